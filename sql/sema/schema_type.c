/* The type of a column from its definition, as a server has it. */
#include "sql/lex/literal.h"
#include "sql/sema/schema_ddl.h"
#include "src/data/collation.h"

enum class { CLASS_0, CLASS_NUM, CLASS_TXT, CLASS_BIN, CLASS_NAT };

static const struct {
	const char *words;
	uint8_t type, cls;
} types[] = {
#define X(words, args, type, flags) {words, TYPE_##type, CLASS_##flags},
#include "sql/grammar/types.def"
#undef X
};

static uint64_t number(struct str s, uint64_t otherwise)
{
	uint64_t v;

	return s.p && str_to_u64(s, &v) ? v : otherwise;
}

/* Digits that an integer type shows when nothing is said. */
static uint64_t int_width(uint8_t type, bool is_unsigned)
{
	switch (type) {
	case TYPE_TINY:
		return is_unsigned ? 3 : 4;
	case TYPE_SHORT:
		return is_unsigned ? 5 : 6;
	case TYPE_INT24:
		return is_unsigned ? 8 : 9;
	case TYPE_LONG:
		return is_unsigned ? 10 : 11;
	default:
		return 20;
	}
}

/* BLOB(n) is the smallest type that has room for n. */
static uint8_t blob_for(uint64_t bytes)
{
	return bytes < 1u << 8	  ? TYPE_TINY_BLOB
	       : bytes < 1u << 16 ? TYPE_BLOB
	       : bytes < 1u << 24 ? TYPE_MEDIUM_BLOB
				  : TYPE_LONG_BLOB;
}

static uint64_t blob_size(uint8_t type)
{
	switch (type) {
	case TYPE_TINY_BLOB:
		return (1u << 8) - 1;
	case TYPE_BLOB:
		return (1u << 16) - 1;
	case TYPE_MEDIUM_BLOB:
		return (1u << 24) - 1;
	default:
		return UINT32_MAX;
	}
}

static void decimal_of(struct schema_column *c, const struct ast_data_type *d)
{
	uint64_t precision = number(d->length, 0), scale = number(d->decimals, 0);

	if (d->length.p && memchr(d->length.p, '.', d->length.n)) { /* DECIMAL(10.2) */
		struct str whole, rest;

		str_cut(d->length, '.', &whole, &rest);
		precision = number(whole, 0);
	}
	if (!precision)
		precision = 10;
	c->meta.decimals = (uint8_t)scale;
	/* Sign and point are counted, as servers do. */
	c->length = precision + (scale > 0) + !(c->meta.flags & TYPE_FLAG_UNSIGNED);
}

static void real_of(struct schema_column *c, const struct ast_data_type *d)
{
	uint64_t precision = number(d->length, 0);

	if (c->meta.type == TYPE_FLOAT && d->length.p && !d->decimals.p && precision > 24)
		c->meta.type = TYPE_DOUBLE;
	c->meta.decimals = TYPE_NOT_FIXED_DECIMALS;
	c->length = c->meta.type == TYPE_FLOAT ? 12 : 22;
	if (d->decimals.p) {
		c->meta.decimals = (uint8_t)number(d->decimals, 0);
		c->length = precision;
	}
}

/* Characters of the literal's value. */
static uint64_t characters(const struct ast_node *literal)
{
	struct str s = AST_AS(literal, literal)->text;
	uint64_t n = 0;

	if (literal->op == AST_LIT_HEX || literal->op == AST_LIT_BIT)
		return s.n / 2;
	for (size_t i = 1; i + 1 < s.n; i++) {
		if (s.p[i] == '\'' || s.p[i] == '\\')
			i++; /* doubled or escaped */
		n += ((uint8_t)s.p[i] & 0xC0) != 0x80;
	}
	return n;
}

static void members_of(struct schema_column *c, const struct ast_data_type *d)
{
	bool set = c->meta.type == TYPE_SET;

	c->meta.flags |= set ? TYPE_FLAG_SET : TYPE_FLAG_ENUM;
	c->length = set && d->members.n ? d->members.n - 1 : 0;
	for (uint32_t i = 0; i < d->members.n; i++) {
		uint64_t n = characters(d->members.v[i]);

		if (set)
			c->length += n;
		else if (n > c->length)
			c->length = n;
	}
}

static void temporal_of(struct schema_column *c, const struct ast_data_type *d)
{
	uint64_t digits = number(d->length, 0);

	c->length = c->meta.type == TYPE_DATE || c->meta.type == TYPE_TIME ? 10 : 19;
	c->meta.flags |= TYPE_FLAG_BINARY;
	if (c->meta.type == TYPE_TIMESTAMP)
		c->meta.flags |= TYPE_FLAG_UNSIGNED;
	c->meta.decimals = (uint8_t)digits;
	c->length += digits ? digits + 1 : 0;
}

static void set_charset(const struct schema_ddl *s, const struct schema_table *t,
			struct schema_column *c, const struct ast_data_type *d)
{
	struct str charset = d->charset, collation = d->collate;

	if (charset.p && str_ieqz(charset, "DEFAULT"))
		charset = (struct str){0};
	if (!charset.p && !collation.p) {
		charset = t->charset;
		collation = t->collation;
	}
	c->charset = charset;
	c->collation = collation;
	c->meta.charset = s->collation ? s->collation(charset, collation) : 0;
	if ((d->n.flags & AST_TYPE_BINARY) && collation_get(c->meta.charset))
		c->meta.charset =
			charset_get(collation_get(c->meta.charset)->charset)->bin_collation;
	if ((charset.p && str_ieqz(charset, "binary")) || c->meta.charset == TYPE_CHARSET_BINARY) {
		c->meta.charset = TYPE_CHARSET_BINARY;
		c->meta.flags |= TYPE_FLAG_BINARY;
	}
	if ((collation.n > 4 && str_ieqz(str_make(collation.p + collation.n - 4, 4), "_bin")) ||
	    (d->n.flags & AST_TYPE_BINARY))
		c->meta.flags |= TYPE_FLAG_BINARY;
}

static void string_of(const struct schema_ddl *s, const struct schema_table *t,
		      struct schema_column *c, const struct ast_data_type *d, enum class cls)
{
	bool blob = c->meta.type >= TYPE_TINY_BLOB && c->meta.type <= TYPE_BLOB;

	if (cls == CLASS_BIN) {
		c->charset = STR_LIT("binary");
		c->meta.charset = TYPE_CHARSET_BINARY;
		c->meta.flags |= TYPE_FLAG_BINARY;
	} else if (cls == CLASS_NAT) {
		c->charset = STR_LIT("utf8mb3");
		c->meta.charset = s->collation ? s->collation(c->charset, d->collate) : 0;
	} else {
		set_charset(s, t, c, d);
	}
	if (!blob) {
		c->length = number(d->length, 1);
		return;
	}
	c->meta.flags |= TYPE_FLAG_BLOB;
	if (d->length.p) /* of characters, up to four bytes each */
		c->meta.type = blob_for(number(d->length, 0) * (cls == CLASS_TXT ? 4 : 1));
	c->length = blob_size(c->meta.type);
}

static void attributes(struct schema_column *c)
{
	const struct ast_column_def *d = c->def;
	unsigned f = d->n.flags;
	bool serial =
		str_eqz(AST_AS(data_type, d->type)->name, "SERIAL") || (f & AST_COL_SERIAL_DEFAULT);

	if ((f & AST_COL_AUTO_INCREMENT) || serial)
		c->meta.flags |= TYPE_FLAG_AUTO_INCREMENT | TYPE_FLAG_NOT_NULL;
	if (f & (AST_COL_NOT_NULL | AST_COL_PRIMARY | AST_COL_ROW_START | AST_COL_ROW_END))
		c->meta.flags |= TYPE_FLAG_NOT_NULL;
	if (serial && str_eqz(AST_AS(data_type, d->type)->name, "SERIAL"))
		c->meta.flags |= TYPE_FLAG_UNSIGNED;
	if (d->on_update)
		c->meta.flags |= TYPE_FLAG_ON_UPDATE_NOW;
	c->generated = d->generated || (f & (AST_COL_ROW_START | AST_COL_ROW_END));
	c->stored = c->generated && (!d->generated || (f & AST_COL_STORED));
	c->invisible = f & AST_COL_INVISIBLE;
	if ((c->meta.flags & TYPE_FLAG_NOT_NULL) && !d->value && !c->generated &&
	    !(c->meta.flags & TYPE_FLAG_AUTO_INCREMENT))
		c->meta.flags |= TYPE_FLAG_NO_DEFAULT;
}

static void numeric_of(struct schema_column *c, const struct ast_data_type *d)
{
	switch (c->meta.type) {
	case TYPE_NEWDECIMAL:
		decimal_of(c, d);
		break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		real_of(c, d);
		break;
	case TYPE_YEAR:
		c->meta.flags |= TYPE_FLAG_UNSIGNED | TYPE_FLAG_ZEROFILL;
		c->length = number(d->length, 4);
		break;
	default:
		c->length = number(d->length,
				   int_width(c->meta.type, c->meta.flags & TYPE_FLAG_UNSIGNED));
		break;
	}
}

void schema_type_of(const struct schema_ddl *s, const struct schema_table *t,
		    struct schema_column *c, bool mysql)
{
	const struct ast_data_type *d = AST_AS(data_type, c->def->type);
	size_t i = 0, all = sizeof(types) / sizeof(types[0]);

	while (i < all && !str_eqz(d->name, types[i].words))
		i++;
	c->meta = (struct type_meta){.charset = TYPE_CHARSET_BINARY};
	c->meta.type = i < all ? types[i].type : TYPE_STRING; /* UUID, INET6: as text of the wire */
	if (d->n.flags & AST_TYPE_UNSIGNED)
		c->meta.flags |= TYPE_FLAG_UNSIGNED;
	if (d->n.flags & AST_TYPE_ZEROFILL)
		c->meta.flags |= TYPE_FLAG_ZEROFILL | TYPE_FLAG_UNSIGNED;
	if (i < all && (c->meta.type == TYPE_ENUM || c->meta.type == TYPE_SET)) {
		set_charset(s, t, c, d);
		members_of(c, d);
	} else if (c->meta.type == TYPE_JSON && !mysql) {
		c->charset = STR_LIT("utf8mb4");
		c->collation = STR_LIT("utf8mb4_bin");
		c->meta.charset = s->collation ? s->collation(c->charset, c->collation) : 0;
		c->meta.type = TYPE_LONG_BLOB;
		c->meta.flags |= TYPE_FLAG_BLOB | TYPE_FLAG_BINARY;
		c->length = UINT32_MAX;
	} else if (type_is_temporal(c->meta.type)) {
		temporal_of(c, d);
	} else if (i < all && (types[i].cls == CLASS_TXT || types[i].cls == CLASS_BIN ||
			       types[i].cls == CLASS_NAT)) {
		string_of(s, t, c, d, types[i].cls);
	} else if (c->meta.type == TYPE_BIT) {
		c->meta.flags |= TYPE_FLAG_UNSIGNED;
		c->length = number(d->length, 1);
	} else if (c->meta.type == TYPE_GEOMETRY) {
		c->meta.flags |= TYPE_FLAG_BLOB | TYPE_FLAG_BINARY;
		c->length = UINT32_MAX;
	} else if (i < all && str_starts(d->name, "BOOL")) {
		c->length = 1;
	} else {
		numeric_of(c, d);
	}
	attributes(c);
}
