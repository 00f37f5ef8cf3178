/* Columns: types and attributes. */
#include "sql/parse/ddl.h"

enum type_args { ARGS_N, ARGS_L, ARGS_R, ARGS_D, ARGS_M };
enum type_class { CLASS_0, CLASS_NUM, CLASS_TXT, CLASS_BIN, CLASS_NAT };

static const struct {
	const char *words;
	uint8_t args, cls;
} types[] = {
#define X(words, args, type, flags) {words, ARGS_##args, CLASS_##flags},
#include "sql/grammar/types.def"
#undef X
};

/* Numbers of digits: more than anybody can mean is a syntax error. */
static bool is_small(struct str s)
{
	uint64_t v;

	return !s.p || !str_to_u64(s, &v) ? s.n < 11 : v <= INT32_MAX;
}

static bool length(struct hand *h, struct ast_data_type *n, enum type_args args)
{
	if (args == ARGS_N)
		return true;
	if (!hand_is_char(h, '('))
		return args != ARGS_R || (h->p->opts->mode & LEX_ORACLE) || hand_fail(h);
	hand_next(h);
	if (args == ARGS_D && h->t.t.kind == LEX_DECIMAL)
		n->length = hand_take(h); /* DECIMAL(10.2) */
	else if (!hand_int(h, &n->length))
		return hand_fail(h);
	if (args == ARGS_D && hand_eat_char(h, ',') && !hand_int(h, &n->decimals))
		return hand_fail(h);
	if (args == ARGS_D && (!is_small(n->length) || !is_small(n->decimals)))
		return hand_fail(h);
	return hand_want_char(h, ')');
}

/* ('a', x'41', ...) of ENUM and SET */
static bool members(struct hand *h, struct ast_data_type *n)
{
	if (!hand_want_char(h, '('))
		return false;
	do {
		struct parse_loc loc = {h->t.t.start, h->t.t.end};
		unsigned kind = h->t.t.kind;
		enum ast_lit lit = kind == LEX_STRING	 ? AST_LIT_STRING
				   : kind == LEX_NSTRING ? AST_LIT_NSTRING
				   : kind == LEX_HEX	 ? AST_LIT_HEX
							 : AST_LIT_BIT;

		if (kind != LEX_STRING && kind != LEX_HEX && kind != LEX_BIT && kind != LEX_NSTRING)
			return hand_fail(h);
		hand_next(h);
		n->members = parse_int_push(h->p, n->members, parse_int_literal(h->p, loc, lit));
	} while (hand_eat_char(h, ','));
	return hand_want_char(h, ')');
}

/* MariaDB: each once, and SIGNED alone; MySQL: any of them. */
static bool numeric(struct hand *h, struct ast_data_type *n)
{
	for (;;) {
		unsigned flag = hand_eat(h, KW_UNSIGNED)   ? AST_TYPE_UNSIGNED
				: hand_eat(h, KW_SIGNED)   ? AST_TYPE_SIGNED
				: hand_eat(h, KW_ZEROFILL) ? AST_TYPE_ZEROFILL
							   : 0;

		if (!flag)
			return true;
		if (!h->p->opts->mysql && ((n->n.flags & (flag | AST_TYPE_SIGNED)) ||
					   (n->n.flags && flag == AST_TYPE_SIGNED)))
			return hand_fail(h);
		n->n.flags |= (uint16_t)flag;
	}
}

static bool charset_name(struct hand *h, struct str *out)
{
	if (hand_eat(h, KW_BINARY))
		*out = STR_LIT("binary");
	else if (hand_eat(h, KW_DEFAULT))
		*out = STR_LIT("DEFAULT");
	else if (!hand_name(h, out) && !hand_string_value(h, out))
		return hand_fail(h);
	return true;
}

/* COMPRESSED[=zlib], of VARCHAR, VARBINARY, TEXT and BLOB. */
static bool compressed(struct hand *h, struct ast_data_type *n)
{
	if (n->n.flags & AST_TYPE_COMPRESSED)
		return hand_fail(h);
	hand_next(h);
	n->n.flags |= AST_TYPE_COMPRESSED;
	if (!hand_eat_char(h, '='))
		return true;
	return hand_name(h, &n->compression) || hand_fail(h);
}

static bool text_type(struct hand *h, struct ast_data_type *n)
{
	for (;;) {
		if (hand_is(h, KW_COMPRESSED)) {
			if (n->members.n || str_eqz(n->name, "CHAR") || !compressed(h, n))
				return hand_fail(h);
			continue;
		}
		if (hand_eat(h, KW_BINARY))
			n->n.flags |= AST_TYPE_BINARY;
		else if (hand_eat(h, KW_ASCII))
			n->charset = STR_LIT("latin1");
		else if (hand_eat(h, KW_UNICODE))
			n->charset = STR_LIT("ucs2");
		else if (hand_eat(h, KW_BYTE))
			n->charset = STR_LIT("binary");
		else if (hand_eat2(h, KW_CHARACTER, KW_SET) || hand_eat2(h, KW_CHAR, KW_SET) ||
			 hand_eat(h, KW_CHARSET)) {
			if (!charset_name(h, &n->charset))
				return false;
		} else
			return true;
	}
}

static bool known_type(struct hand *h, struct ast_data_type *n, size_t i)
{
	bool ok;

	n->name = str_of(types[i].words);
	ok = types[i].args == ARGS_M ? members(h, n) : length(h, n, types[i].args);
	if (!ok)
		return false;
	switch ((enum type_class)types[i].cls) {
	case CLASS_NUM:
		return numeric(h, n);
	case CLASS_TXT:
		return text_type(h, n);
	case CLASS_NAT:
		if (hand_is(h, KW_COMPRESSED) && !compressed(h, n))
			return false;
		if (hand_eat(h, KW_BINARY))
			n->n.flags |= AST_TYPE_BINARY;
		return true;
	case CLASS_BIN:
		if (str_eqz(n->name, "BINARY"))
			return true;
		return !hand_is(h, KW_COMPRESSED) || compressed(h, n);
	case CLASS_0:
		break;
	}
	return true;
}

/* A plugin's type, or a schema's: MARIADB_SCHEMA.DATE. */
static bool other_type(struct hand *h, struct ast_data_type *n)
{
	uint32_t from = h->t.t.start;

	if (h->t.t.kind != LEX_WORD || keyword_is_reserved(h->t.kw))
		return hand_fail(h);
	hand_next(h);
	if (hand_eat_char(h, '.')) {
		if (h->t.t.kind != LEX_WORD)
			return hand_fail(h);
		hand_next(h);
	}
	n->name = hand_text_from(h, from);
	if (!length(h, n, ARGS_D))
		return false;
	return numeric(h, n) && text_type(h, n);
}

struct ast_node *ddl_column_type(struct hand *h)
{
	uint32_t from = h->t.t.start;
	struct ast_data_type *n = parse_int_new(h->p, AST_DATA_TYPE, hand_loc(h));
	size_t i = 0, all = sizeof(types) / sizeof(types[0]);
	bool ok;

	while (i < all && !hand_eat_words(h, types[i].words))
		i++;
	ok = i < all ? known_type(h, n, i) : other_type(h, n);
	parse_int_extend(&n->n, hand_loc_from(h, from));
	return ok ? &n->n : NULL;
}

/* GENERATED ALWAYS AS (expr), AS (expr), AS ROW START */
static bool generated(struct hand *h, struct ast_column_def *n)
{
	if (hand_eat_word(h, "GENERATED") && !(hand_eat_word(h, "ALWAYS") || hand_fail(h)))
		return false;
	if (!hand_want(h, KW_AS))
		return false;
	if (hand_eat_word(h, "ROW")) {
		if (hand_eat(h, KW_START))
			n->n.flags |= AST_COL_ROW_START;
		else if (hand_eat(h, KW_END))
			n->n.flags |= AST_COL_ROW_END;
		else
			return hand_fail(h);
		return true;
	}
	n->generated = hand_expr_in_parens(h);
	if (!n->generated)
		return false;
	if (hand_eat_word(h, "STORED") || hand_eat_word(h, "PERSISTENT"))
		n->n.flags |= AST_COL_STORED;
	else if (hand_eat_word(h, "VIRTUAL"))
		n->n.flags |= AST_COL_VIRTUAL;
	return true;
}

/* [CONSTRAINT [name]] CHECK (expr), CONSTRAINT name REFERENCES ... */
static bool constraint(struct form *f, struct ast_column_def *n)
{
	struct hand *h = f->h;
	struct ast_node *c;
	struct str name = {0};
	unsigned flags = 0;

	if (hand_eat(h, KW_CONSTRAINT)) {
		flags = AST_CONSTRAINT;
		hand_name(h, &name);
	}
	if (hand_is(h, KW_REFERENCES)) {
		n->references = ddl_key_references(f);
		if (n->references)
			AST_AS(references, n->references)->constraint = name;
		return n->references != NULL;
	}
	c = ddl_key_check(h, name, flags);
	if (c)
		n->checks = parse_int_push(h->p, n->checks, c);
	return c != NULL;
}

static unsigned flag_of(struct hand *h)
{
	if (hand_eat2(h, KW_NOT, KW_NULL))
		return AST_COL_NOT_NULL;
	if (hand_eat(h, KW_NULL))
		return AST_COL_NULL;
	if (hand_eat(h, KW_AUTO_INCREMENT))
		return AST_COL_AUTO_INCREMENT;
	if (hand_eat(h, KW_UNIQUE)) {
		hand_eat(h, KW_KEY);
		return AST_COL_UNIQUE;
	}
	if (hand_eat2(h, KW_PRIMARY, KW_KEY) || hand_eat(h, KW_KEY))
		return AST_COL_PRIMARY;
	if (hand_eat_word(h, "INVISIBLE"))
		return AST_COL_INVISIBLE;
	if (hand_eat_word(h, "VISIBLE"))
		return AST_COL_VISIBLE;
	if (hand_eat_words(h, "WITH SYSTEM VERSIONING"))
		return AST_COL_VERSIONED;
	if (hand_eat_words(h, "WITHOUT SYSTEM VERSIONING"))
		return AST_COL_NOT_VERSIONED;
	if (hand_eat_words(h, "SERIAL DEFAULT VALUE"))
		return AST_COL_SERIAL_DEFAULT;
	return 0;
}

/* 1: an attribute, 0: none, -1: wrong. */
static int attribute(struct form *f, struct ast_column_def *n)
{
	struct hand *h = f->h;
	unsigned flag = flag_of(h);
	bool ok;

	n->n.flags |= (uint16_t)flag;
	if (flag)
		return 1;
	if (hand_eat(h, KW_DEFAULT))
		ok = (n->value = hand_operand(h));
	else if (hand_eat(h, KW_COLLATE))
		ok = charset_name(h, &AST_AS(data_type, n->type)->collate);
	else if (hand_eat(h, KW_COMMENT))
		ok = hand_string(h, &n->comment) || hand_fail(h);
	else if (hand_eat2(h, KW_ON, KW_UPDATE))
		ok = (n->on_update = hand_operand(h));
	else if (hand_is(h, KW_REFERENCES))
		ok = (n->references = ddl_key_references(f));
	else if (hand_is(h, KW_CHECK) || hand_is(h, KW_CONSTRAINT))
		ok = constraint(f, n);
	else if (hand_is(h, KW_AS) || hand_is_word(h, "GENERATED"))
		ok = generated(h, n);
	else if (hand_is(h, KW_COMPRESSED))
		ok = compressed(h, AST_AS(data_type, n->type));
	else
		return ddl_option(f, DDL_OF_COLUMN, &n->options);
	return ok ? 1 : -1;
}

/* a, t.a, db.t.a, .a */
static bool column_name(struct hand *h, struct str *out)
{
	hand_eat_char(h, '.');
	if (!hand_name(h, out))
		return hand_fail(h);
	while (hand_eat_char(h, '.')) {
		if (!hand_name(h, out))
			return hand_fail(h);
	}
	return true;
}

/* What no server lets stand together. */
static bool attributes_fit(struct hand *h, const struct ast_column_def *n)
{
	unsigned f = n->n.flags;
	bool serial = str_eqz(AST_AS(data_type, n->type)->name, "SERIAL");

	if (n->generated && (n->value || serial ||
			     (f & (AST_COL_AUTO_INCREMENT | AST_COL_SERIAL_DEFAULT |
				   AST_COL_VERSIONED | AST_COL_NOT_VERSIONED))))
		return hand_fail(h);
	/* MariaDB leaves these to the expression. */
	if (n->generated && !h->p->opts->mysql &&
	    (n->references || (f & (AST_COL_NULL | AST_COL_NOT_NULL | AST_COL_PRIMARY))))
		return hand_fail(h);
	if (serial && (f & (AST_COL_NULL | AST_COL_AUTO_INCREMENT | AST_COL_SERIAL_DEFAULT)))
		return hand_fail(h);
	return true;
}

struct ast_node *ddl_column(struct hand *h, struct form *f)
{
	uint32_t from = h->t.t.start;
	struct ast_column_def *n = parse_int_new(h->p, AST_COLUMN_DEF, hand_loc(h));
	int rc;

	if (!column_name(h, &n->name))
		return NULL;
	n->type = ddl_column_type(h);
	if (!n->type)
		return NULL;
	do {
		rc = attribute(f, n);
	} while (rc > 0);
	parse_int_extend(&n->n, hand_loc_from(h, from));
	return rc == 0 && attributes_fit(h, n) ? &n->n : NULL;
}
