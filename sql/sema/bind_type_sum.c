/* Types of aggregates and window functions. */
#include "sql/lex/keyword.h"
#include "sql/sema/bind_int.h"
#include "sql/sema/expr_type_int.h"

enum {
	BIGINT_WIDTH = 21,
	SUM_DIGITS = 22,	    /* what the number of rows adds */
	CONCAT_BYTES = 1024 * 1024, /* group_concat_max_len */
	SHARE_DECIMALS = 10,
};

static int count(struct expr *x, bool is_unsigned)
{
	expr_set_int(x, BIGINT_WIDTH, is_unsigned);
	x->t.nullable = false;
	return 1;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static int sum(struct expr *x, const struct expr *a)
{
	if (expr_numeric(a) == EXPR_REAL)
		expr_set_real(x, a->t.decimals);
	else
		expr_set_decimal(x, expr_precision(a) + SUM_DIGITS, a->t.decimals, false);
	x->t.nullable = true;
	return 1;
}

static int avg(struct expr_env *env, struct expr *x, const struct expr *a)
{
	unsigned more = env->session->div_precision_increment;

	if (expr_numeric(a) == EXPR_REAL) {
		expr_set_real(x, a->t.decimals >= TYPE_NOT_FIXED_DECIMALS ? EXPR_NOT_FIXED
									  : a->t.decimals + more);
		x->t.length = least(x->t.length, a->t.length + more);
	} else {
		expr_set_decimal(x, expr_precision(a) + more, a->t.decimals + more, false);
	}
	x->t.nullable = true;
	return 1;
}

static int variance(struct expr_env *env, struct expr *x, const struct expr *a)
{
	unsigned more = env->session->div_precision_increment;
	bool real = expr_numeric(a) == EXPR_REAL;

	if (real && a->t.decimals >= TYPE_NOT_FIXED_DECIMALS)
		expr_set_real(x, EXPR_NOT_FIXED);
	else
		expr_set_real(x, a->t.decimals + more);
	if (!real)
		x->t.length = expr_precision(a) * 2 + more + (x->t.decimals > 0) + 1;
	else if (a->t.decimals < TYPE_NOT_FIXED_DECIMALS)
		x->t.length -= more; /* counted without them */
	x->t.nullable = true;
	return 1;
}

static int one_of(struct expr_env *env, struct expr *x, const struct expr *a)
{
	const struct catalog_column *c = bind_type_root(env, a);

	expr_copy_type(x, a);
	if (x->op != BIND_OTHER_ROW)
		x->state = (void *)(uintptr_t)c;
	switch (expr_result_of(&x->t)) {
	case EXPR_INT:
		if (c)
			x->t.length = expr_precision(a) + !x->t.is_unsigned;
		else if (a->kind == EXPR_LITERAL)
			x->t.type = TYPE_LONGLONG;
		break;
	case EXPR_REAL:
		expr_set_real(x, a->t.decimals);
		x->t.type = a->t.type;
		break;
	case EXPR_STRING:
		if (x->t.type == TYPE_NULL)
			x->t.type = TYPE_VAR_STRING;
		break;
	default:
		break;
	}
	x->t.nullable = true;
	return 1;
}

/* Members of ENUM and SET are added up as numbers. */
static struct expr *as_number(struct expr_env *env, struct expr *a)
{
	const struct catalog_column *c = bind_type_root(env, a);
	struct expr *n;

	if (!c || (c->meta.type != TYPE_ENUM && c->meta.type != TYPE_SET))
		return a;
	n = arena_zalloc(env->arena, sizeof(*n));
	if (!n)
		return a;
	n->kind = EXPR_OTHER;
	expr_set_decimal(n, expr_chars(&a->t), 0, true);
	return n;
}

static int share(struct expr *x)
{
	expr_set_real(x, SHARE_DECIMALS);
	x->t.length = 17;
	x->t.nullable = true;
	return 1;
}

static int concat(struct expr_env *env, struct expr *x, struct expr **v, uint32_t n)
{
	bool texts = false;

	for (uint32_t i = 0; i < n; i++)
		texts = texts || expr_result_of(&v[i]->t) == EXPR_STRING ||
			v[i]->t.type == TYPE_BIT;
	if (!expr_aggregate_collation(env, x, v, n, false))
		return -1;
	if (!texts ||
	    (x->t.collation->charset == CHARSET_BINARY && x->t.derivation == EXPR_NUMERIC))
		x->t.collation = env->session->collation;
	x->t.type = TYPE_BLOB;
	x->t.decimals = 0;
	x->t.length = CONCAT_BYTES * charset_get(x->t.collation->charset)->mbmax;
	x->t.nullable = true;
	return 1;
}

static int json(struct expr_env *env, struct expr *x, uint32_t more)
{
	x->t.collation = env->session->collation;
	x->t.type = TYPE_BLOB;
	x->t.decimals = 0;
	x->t.length = CONCAT_BYTES * charset_get(x->t.collation->charset)->mbmax + more;
	x->t.nullable = true;
	return 1;
}

static int by_first(struct expr_env *env, unsigned fn, struct expr *x, struct expr *a)
{
	switch (fn) {
	case FN_SUM:
		return sum(x, as_number(env, a));
	case FN_AVG:
		return avg(env, x, as_number(env, a));
	case FN_STD:
	case FN_STDDEV:
	case FN_STDDEV_POP:
	case FN_STDDEV_SAMP:
	case FN_VARIANCE:
	case FN_VAR_POP:
	case FN_VAR_SAMP:
		return variance(env, x, a);
	case FN_MIN:
	case FN_MAX:
	case FN_ANY_VALUE:
	case FN_LAG:
	case FN_LEAD:
	case FN_FIRST_VALUE:
	case FN_LAST_VALUE:
	case FN_NTH_VALUE:
	case FN_PERCENTILE_DISC:
		return one_of(env, x, a);
	default:
		return 0;
	}
}

int bind_type_sum(struct expr_env *env, const struct ast_func *f, struct expr *x)
{
	struct expr **v = arena_array(env->arena, (size_t)f->args.n + 1, sizeof(struct expr *));

	if (!v)
		return err_set(env->e, ERR_NOMEM, "out of memory");
	x->op = f->over ? BIND_OTHER_ROW : BIND_OTHER;
	switch (f->fn) {
	case FN_COUNT:
	case FN_ROW_NUMBER:
	case FN_RANK:
	case FN_DENSE_RANK:
	case FN_NTILE:
		return count(x, false);
	case FN_BIT_AND:
	case FN_BIT_OR:
	case FN_BIT_XOR:
		return count(x, true);
	case FN_PERCENT_RANK:
	case FN_CUME_DIST:
		return share(x);
	case FN_MEDIAN:
	case FN_PERCENTILE_CONT:
		share(x);
		x->t.length = 18;
		return 1;
	case FN_JSON_ARRAYAGG:
		return json(env, x, 2);
	case FN_JSON_OBJECTAGG:
		return json(env, x, 0);
	default:
		break;
	}
	if (f->fn == FN_PERCENTILE_DISC && f->order.n) {
		v[0] = expr_build_more(env, AST_AS(order, f->order.v[0])->expr);
		return v[0] ? by_first(env, f->fn, x, v[0]) : -1;
	}
	for (uint32_t i = 0; i < f->args.n; i++) {
		v[i] = expr_build_more(env, f->args.v[i]);
		if (!v[i])
			return -1;
	}
	if (f->fn == FN_GROUP_CONCAT && f->args.n)
		return concat(env, x, v, f->args.n);
	return f->args.n ? by_first(env, f->fn, x, v[0]) : 0;
}
