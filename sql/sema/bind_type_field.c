/* Columns of temporary tables, as servers make them of expressions. */
#include "sql/sema/bind_int.h"
#include "sql/sema/expr_type_int.h"

enum {
	VARCHAR_CHARS = 512, /* longer texts are BLOBs */
};

static uint32_t blob_bytes(uint64_t bytes)
{
	if (bytes < 1u << 8)
		return (1u << 8) - 1;
	if (bytes < 1u << 16)
		return (1u << 16) - 1;
	return bytes < 1u << 24 ? (1u << 24) - 1 : UINT32_MAX;
}

/* Window functions and subqueries give no CHAR; what has no length is one but for set operations.
 */
static void text(const struct expr_type *t, enum bind_other of, struct catalog_column *c)
{
	bool blob = t->type >= TYPE_TINY_BLOB && t->type <= TYPE_BLOB;

	c->meta.decimals = 0;
	c->meta.flags &= (uint16_t)~TYPE_FLAG_UNSIGNED;
	if (t->type == TYPE_NULL || (t->length == 0 && of != BIND_OTHER_UNION)) {
		c->meta.type = TYPE_STRING;
		c->length = 0;
	} else if (blob || expr_chars(t) > VARCHAR_CHARS) {
		c->meta.type = TYPE_BLOB;
		c->meta.flags |= TYPE_FLAG_BLOB;
		c->length = blob_bytes(t->length);
	} else if (t->type != TYPE_STRING || of == BIND_OTHER_ROW) {
		c->meta.type = TYPE_VARCHAR;
	}
}

struct catalog_column bind_type_field(const struct expr *x)
{
	const struct expr_type *t = &x->t;
	struct catalog_column c = {.meta.type = t->type,
				   .meta.decimals = t->decimals,
				   .meta.charset = t->collation->id,
				   .length = t->length,
				   .typed = true};

	/* The least or greatest of a column, a value of another row of it. */
	if (x->kind == EXPR_OTHER && x->state) {
		c = *(const struct catalog_column *)x->state;
		c.invisible = c.generated = false;
		c.meta.flags &= (uint16_t)~TYPE_FLAG_NOT_NULL;
		return c;
	}
	if (!t->nullable)
		c.meta.flags |= TYPE_FLAG_NOT_NULL;
	if (t->is_unsigned)
		c.meta.flags |= TYPE_FLAG_UNSIGNED;
	switch (expr_result_of(t)) {
	case EXPR_STRING:
		text(t, x->kind == EXPR_OTHER ? (enum bind_other)x->op : BIND_OTHER, &c);
		break;
	case EXPR_REAL:
		if (t->decimals < TYPE_NOT_FIXED_DECIMALS)
			break;
		c.meta.decimals = TYPE_NOT_FIXED_DECIMALS;
		break;
	case EXPR_INT:
		c.length += t->natural;
		break;
	default:
		break;
	}
	return c;
}

/* Whole numbers: as wide as the widest, with room for a sign. */
static void widen(struct expr *x, struct expr **v, uint32_t n)
{
	uint32_t width = 0, digits = 0;
	bool sign = false;

	if (expr_result_of(&x->t) != EXPR_INT)
		return;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t d = expr_precision(v[i]);

		if (v[i]->t.type == TYPE_NULL)
			continue;

		width = v[i]->t.length > width ? v[i]->t.length : width;
		digits = d > digits ? d : digits;
		sign = sign || !v[i]->t.is_unsigned;
	}
	x->t.length = x->t.type == TYPE_BIT ? width : digits + sign;
}

void bind_type_recursive(struct catalog_column *c, const struct bind_query *first)
{
	for (uint32_t i = 0; i < first->output_count; i++) {
		struct expr x, *v[] = {&x, &x};

		c[i].meta.flags &= (uint16_t)~TYPE_FLAG_NOT_NULL;
		if (!c[i].typed || !bind_type_operand(&c[i], true, &x))
			continue;
		if (expr_result_of(&x.t) == EXPR_INT && x.t.type != TYPE_BIT) {
			if (!first->outputs[i].table) {
				x.t.length = c[i].length;
				x.kind = EXPR_OTHER;
			}
			widen(&x, v, 2);
			c[i].length = x.t.length;
		}
	}
}

static uint32_t how_many(struct expr **v, uint32_t n, uint8_t first, uint8_t last)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < n; i++)
		found += v[i]->t.type >= first && v[i]->t.type <= last;
	return found;
}

/* Bits, and what they are together with others: bytes. */
static void set_bits(struct expr *x, struct expr **v, uint32_t n)
{
	uint32_t longest = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t bytes = (uint32_t)expr_bytes(v[i]);

		longest = bytes > longest ? bytes : longest;
	}
	x->t.length = longest;
	x->t.is_unsigned =
		how_many(v, n, TYPE_BIT, TYPE_BIT) + how_many(v, n, TYPE_NULL, TYPE_NULL) == n;
	x->t.type = x->t.is_unsigned ? TYPE_BIT : TYPE_VAR_STRING;
	x->t.decimals = 0;
	x->t.collation = collation_get(TYPE_CHARSET_BINARY);
}

/* What a set operation does otherwise than CASE. */
static void set_type(struct expr *x, struct expr **v, uint32_t n)
{
	if (how_many(v, n, TYPE_BIT, TYPE_BIT))
		set_bits(x, v, n);
	if (how_many(v, n, TYPE_TIMESTAMP, TYPE_TIMESTAMP) == n) {
		x->t.type = TYPE_TIMESTAMP;
		x->t.is_unsigned = true;
	}
	if (x->t.type == TYPE_INT24 && how_many(v, n, TYPE_NULL, TYPE_NULL))
		x->t.type = TYPE_LONGLONG;
	if (expr_result_of(&x->t) == EXPR_STRING) {
		if (how_many(v, n, TYPE_TINY_BLOB, TYPE_BLOB))
			x->t.type = TYPE_BLOB;
		else if (how_many(v, n, TYPE_STRING, TYPE_STRING) &&
			 !how_many(v, n, TYPE_VAR_STRING, TYPE_VAR_STRING))
			x->t.type = TYPE_STRING;
	}
	widen(x, v, n);
}

int bind_type_union(struct bind *b, struct expr **v, uint32_t n, struct expr *out)
{
	struct err e = {0};
	struct expr_env env = {.arena = b->arena,
			       .session = b->session,
			       .lex = *b->opts,
			       .text = b->text,
			       .e = &e};

	if (!n)
		return 0;
	out->kind = EXPR_OTHER;
	out->op = BIND_OTHER_UNION;
	out->t.collation = collation_get(TYPE_CHARSET_BINARY);
	for (uint32_t i = 0; i < n; i++)
		out->t.nullable = out->t.nullable || v[i]->t.nullable;
	if (!expr_hybrid(&env, out, v, n))
		return e.code == ERR_NOMEM ? bind_int_nomem(b) : 0;
	out->t.is_bool = false;
	if (n > 1)
		set_type(out, v, n);
	return 1;
}
