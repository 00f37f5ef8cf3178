/* Literals: their values, their types, and the signs before them. */
#include "sql/lex/literal.h"
#include "sql/sema/expr_type_int.h"
#include "src/data/number.h"

struct expr *expr_new(struct expr_env *env, enum expr_kind kind, const struct ast_node *n,
			     uint32_t args)
{
	struct expr *x = arena_zalloc(env->arena, sizeof(*x));

	if (x)
		x->arg = arena_array(env->arena, args + 1, sizeof(struct expr *));
	if (!x || !x->arg) {
		err_set(env->e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	x->kind = (uint8_t)kind;
	x->start = n->start;
	x->end = n->end;
	x->constant = true;
	x->t.collation = collation_get(TYPE_CHARSET_BINARY);
	x->t.derivation = EXPR_COERCIBLE;
	return x;
}

static struct expr *string_literal(struct expr_env *env, struct expr *x, struct str text,
				   const struct collation *c)
{
	struct str s;

	if (literal_string(text, &env->lex, env->arena, &s, env->e))
		return NULL;
	x->value = (struct datum){.kind = DATUM_STRING, .s = s};
	x->t.collation = c;
	x->t.derivation = EXPR_COERCIBLE;
	x->t.ascii = charset_get(c->charset)->ascii && charset_is_ascii(s);
	expr_set_text(x, charset_count(c->charset, s));
	return x;
}

static struct expr *bytes_literal(struct expr_env *env, struct expr *x, struct str text,
				  const struct collation *introduced)
{
	struct str s;

	if (literal_bytes(text, env->arena, &s, env->e))
		return NULL;
	x->value = (struct datum){.kind = DATUM_STRING, .s = s};
	expr_set_binary(x, s.n);
	if (introduced) {
		x->t.collation = introduced;
		x->t.ascii = charset_get(introduced->charset)->ascii && charset_is_ascii(s);
		expr_set_text(x, charset_count(introduced->charset, s));
		return x;
	}
	x->t.ascii = charset_is_ascii(s);
	x->t.decimals = 0;
	x->t.is_unsigned = true;
	x->t.is_hex = text.p[0] != 'x' && text.p[0] != 'X';
	return x;
}

static struct expr *decimal_literal(struct expr_env *env, struct expr *x, struct str text)
{
	struct decimal *d = arena_alloc(env->arena, sizeof(*d));
	unsigned digits = 0, scale = 0;
	bool point = false;

	if (!d) {
		err_set(env->e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < text.n; i++) {
		point = point || text.p[i] == '.';
		if (text.p[i] >= '0' && text.p[i] <= '9') {
			digits++;
			scale += point;
		}
	}
	if (!decimal_parse(d, text) || digits > DECIMAL_MAX_DIGITS || scale > EXPR_MAX_SCALE) {
		expr_unsupported(env, "decimal literal", text);
		return NULL;
	}
	x->value = (struct datum){.kind = DATUM_DECIMAL, .dec = d};
	expr_set_decimal(x, digits, scale, false);
	return x;
}

static struct expr *int_literal(struct expr_env *env, struct expr *x, struct str text)
{
	uint32_t digits = 0;
	bool negative;
	uint64_t u;

	if (!literal_int(text, &negative, &u) || (negative && u > (uint64_t)INT64_MAX + 1))
		return decimal_literal(env, x, text);
	/* There may be spaces behind a sign. */
	for (size_t i = 0; i < text.n; i++)
		digits += text.p[i] >= '0' && text.p[i] <= '9';
	x->value = (struct datum){.kind = DATUM_INT,
				  .is_unsigned = !negative && u > INT64_MAX,
				  .i = (int64_t)(negative ? 0 - u : u)};
	expr_set_int(x, digits + (negative && u), x->value.is_unsigned);
	return x;
}

static struct expr *real_literal(struct expr_env *env, struct expr *x, struct str text)
{
	double d;
	bool range;

	number_scan_double(text, &d, &range);
	if (range) {
		err_set_mysql(env->e, ERR_INVALID, 1367, "22007",
			      "Illegal double '%.*s' value found during parsing", STR_ARG(text));
		return NULL;
	}
	x->value = (struct datum){.kind = DATUM_REAL, .d = d};
	expr_set_real(x, EXPR_NOT_FIXED);
	x->t.length = (uint32_t)text.n - (d == 0 && *text.p == '-');
	return x;
}

struct expr *expr_literal(struct expr_env *env, const struct ast_literal *n)
{
	struct expr *x = expr_new(env, EXPR_LITERAL, &n->n, 0);

	if (!x)
		return NULL;
	switch (n->n.op) {
	case AST_LIT_NULL:
		x->t.type = TYPE_NULL;
		x->t.nullable = true;
		x->t.ascii = true;
		x->t.derivation = EXPR_IGNORABLE;
		return x;
	case AST_LIT_TRUE:
	case AST_LIT_FALSE:
		x->value = (struct datum){.kind = DATUM_INT, .i = n->n.op == AST_LIT_TRUE};
		expr_set_bool(x);
		x->t.length = 5;
		x->t.digits = 5;
		return x;
	case AST_LIT_INT:
		return int_literal(env, x, n->text);
	case AST_LIT_DECIMAL:
		return decimal_literal(env, x, n->text);
	case AST_LIT_FLOAT:
		return real_literal(env, x, n->text);
	case AST_LIT_STRING:
		return string_literal(env, x, n->text, env->session->collation);
	case AST_LIT_NSTRING:
		return string_literal(env, x, n->text, collation_get(33));
	case AST_LIT_HEX:
	case AST_LIT_BIT:
		return bytes_literal(env, x, n->text, NULL);
	default:
		expr_unsupported(env, "parameter", n->text);
		return NULL;
	}
}

struct expr *expr_introducer(struct expr_env *env, const struct ast_introducer *n)
{
	const struct ast_literal *l = AST_AS(literal, n->literal);
	struct expr *x = expr_new(env, EXPR_LITERAL, &n->n, 0);
	const struct collation *c;
	enum charset_id cs;

	if (!x)
		return NULL;
	if (!charset_find(n->charset, &cs)) {
		expr_unsupported(env, "character set", n->charset);
		return NULL;
	}
	c = collation_get(charset_get(cs)->default_collation);
	if (l->n.op == AST_LIT_STRING)
		x = string_literal(env, x, l->text, c);
	else
		x = bytes_literal(env, x, l->text, c);
	if (x && charset_valid_prefix(cs, x->value.s) < x->value.s.n) {
		err_set_mysql(env->e, ERR_INVALID, 1300, "HY000", "Invalid %s character string",
			      charset_get(cs)->name);
		return NULL;
	}
	return x;
}

static unsigned date_flags(const struct expr_session *s)
{
	return (s->mode & EXPR_NO_ZERO_DATE ? TEMPORAL_NO_ZERO_DATE : 0u) |
	       (s->mode & EXPR_NO_ZERO_IN_DATE ? TEMPORAL_NO_ZERO_IN_DATE : 0u) |
	       (s->mode & EXPR_ALLOW_INVALID_DATES ? TEMPORAL_INVALID_DATES : 0u);
}

struct expr *expr_temporal(struct expr_env *env, const struct ast_temporal *n)
{
	static const char *const names[] = {"DATE", "TIME", "DATETIME"};
	struct expr *x = expr_new(env, EXPR_LITERAL, &n->n, 0);
	struct temporal t;
	struct str s;
	unsigned warn, digits;
	bool ok;

	if (!x || literal_string(AST_AS(literal, n->literal)->text, &env->lex, env->arena, &s,
		env->e))
		return NULL;
	if (n->n.op == AST_TIME)
		ok = temporal_parse_time(s, TEMPORAL_FUZZY, &t, &warn, &digits) &&
			t.kind == TEMPORAL_TIME;
	else
		ok = temporal_parse_datetime(s, date_flags(env->session), &t, &warn, &digits) &&
		     t.kind == (n->n.op == AST_DATE ? TEMPORAL_DATE : t.kind);
	if (!ok || (warn & ~(unsigned)TEMPORAL_NOTE)) {
		err_set_mysql(env->e, ERR_INVALID, 1525, "HY000", "Incorrect %s value: '%.*s'",
			      names[n->n.op], STR_ARG(s));
		return NULL;
	}
	if (n->n.op == AST_TIMESTAMP)
		t.kind = TEMPORAL_DATETIME;
	x->value = (struct datum){.kind = DATUM_TIME, .t = t};
	expr_set_time(x, (enum temporal_kind)t.kind, digits);
	return x;
}

/* The least BIGINT without its sign is a DECIMAL. */
static bool negate_least(struct expr_env *env, struct expr *a)
{
	struct decimal *d = arena_alloc(env->arena, sizeof(*d));

	if (!d)
		return false;
	decimal_from_u64(d, (uint64_t)INT64_MAX + 1);
	a->value = (struct datum){.kind = DATUM_DECIMAL, .dec = d};
	expr_set_decimal(a, a->t.length - 1, 0, false);
	return true;
}

static bool negate_decimal(struct expr_env *env, struct expr *a)
{
	struct decimal *d = arena_alloc(env->arena, sizeof(*d));

	if (!d)
		return false;
	*d = *a->value.dec;
	decimal_negate(d);
	a->value.dec = d;
	return true;
}

bool expr_negate_literal(struct expr_env *env, struct expr *a)
{
	struct datum *d = &a->value;

	if (a->kind != EXPR_LITERAL)
		return false;
	if (a->t.is_bool) {
		d->i = -d->i;
		a->t.length += d->i < 0 ? 1u : 0u - (d->i > 0);
		return true;
	}
	switch (d->kind) {
	case DATUM_INT:
		if (d->is_unsigned && (uint64_t)d->i != (uint64_t)INT64_MAX + 1)
			return false;
		if (!d->is_unsigned && d->i == INT64_MIN)
			return negate_least(env, a);
		d->i = (int64_t)(0 - (uint64_t)d->i);
		d->is_unsigned = false;
		expr_set_int(a, a->t.length + (d->i < 0) - (d->i > 0), false);
		return true;
	case DATUM_REAL:
		d->d = -d->d;
		a->t.length += d->d < 0 ? 1u : 0u - (d->d > 0);
		return true;
	case DATUM_DECIMAL:
		return negate_decimal(env, a);
	default:
		return false;
	}
}

bool expr_invert_literal(struct expr *a)
{
	if (a->kind != EXPR_LITERAL || !a->t.is_bool)
		return false;
	a->value.i = !a->value.i;
	return true;
}

