/* Typing rules of functions; which one a function has is in expr_functions.def. */
#include "sql/lex/keyword.h"
#include "sql/sema/expr_type_int.h"

enum { MAX_ARGS = 99 };

static unsigned larger(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static bool real_of(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_real(x, EXPR_NOT_FIXED);
	return true;
}

static bool long_of(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_long(x, length);
	return true;
}

bool expr_rule_real(struct expr_env *env, struct expr *x, uint32_t length)
{
	return real_of(env, x, length);
}

bool expr_rule_long(struct expr_env *env, struct expr *x, uint32_t length)
{
	return long_of(env, x, length);
}

bool expr_rule_ulong(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_long(x, length);
	x->t.is_unsigned = true;
	return true;
}

bool expr_rule_int(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_int(x, length, false);
	return true;
}

bool expr_rule_uint(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_int(x, length, true);
	return true;
}

bool expr_rule_bool(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_bool(x);
	return true;
}

bool expr_rule_pi(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_real(x, 6);
	x->t.length = 8;
	return true;
}

bool expr_rule_abs(struct expr_env *env, struct expr *x, uint32_t length)
{
	const struct expr *a = x->arg[0];

	(void)env, (void)length;
	if (expr_numeric(a) == EXPR_REAL) {
		expr_set_real(x, a->t.decimals);
	} else if (expr_result_of(&a->t) == EXPR_TIME || expr_numeric(a) == EXPR_DECIMAL) {
		expr_set_decimal(x, 1, a->t.decimals, a->t.is_unsigned);
		x->t.length = a->t.length;
	} else {
		expr_set_int(x, a->t.length, a->t.is_unsigned);
	}
	return true;
}

bool expr_rule_ceiling(struct expr_env *env, struct expr *x, uint32_t length)
{
	const struct expr *a = x->arg[0];
	unsigned digits = expr_int_digits(a);

	(void)env, (void)length;
	switch (expr_result_of(&a->t)) {
	case EXPR_INT:
		expr_set_int(x, a->t.length, a->t.is_unsigned);
		if (type_is_integer(a->t.type) && a->t.type != TYPE_YEAR)
			x->t.type = a->t.type;
		return true;
	case EXPR_DECIMAL:
		if (digits + 1 < 18) {
			expr_set_int(x, digits + !a->t.is_unsigned + (a->t.decimals > 0),
				a->t.is_unsigned);
			x->t.type = digits + 2 > 11 ? TYPE_LONGLONG : TYPE_LONG;
		} else {
			expr_set_decimal(x, digits + (a->t.decimals > 0), 0, a->t.is_unsigned);
		}
		return true;
	case EXPR_TIME:
		expr_set_time(x, a->t.type == TYPE_DATE ? TEMPORAL_DATE
			      : a->t.type == TYPE_TIME	? TEMPORAL_TIME
							: TEMPORAL_DATETIME, 0);
		x->t.nullable = true;
		return true;
	default:
		expr_set_real(x, 0);
		return true;
	}
}

/* @truncate is 1 for TRUNCATE(), which cannot carry into one digit more. */
bool expr_rule_round(struct expr_env *env, struct expr *x, uint32_t truncate)
{
	const struct expr *a = x->arg[0];
	enum expr_result r = expr_result_of(&a->t);
	int64_t to = 0;
	bool known = x->n == 1 || expr_literal_int(x->arg[1], &to);
	unsigned scale = to < 0 ? 0 : to > EXPR_MAX_SCALE ? EXPR_MAX_SCALE : (unsigned)to;

	(void)env;
	if (r == EXPR_TIME) {
		if (!known)
			return expr_unsupported(env, "rounding of dates", (struct str){0});
		expr_set_time(x, a->t.type == TYPE_DATE ? TEMPORAL_DATE
			      : a->t.type == TYPE_TIME	? TEMPORAL_TIME
							: TEMPORAL_DATETIME,
			      scale < a->t.decimals ? scale : a->t.decimals);
		x->t.nullable = true;
		return true;
	}
	if (r == EXPR_STRING || r == EXPR_REAL) {
		expr_set_real(x, known ? scale : a->t.decimals);
		return true;
	}
	if (r == EXPR_INT) {
		bool carries = (!known || to < 0) && !truncate;

		if (carries && a->t.length >= 20 && a->t.is_unsigned)
			expr_set_decimal(x, a->t.length + 1, 0, true);
		else
			expr_set_int(x, a->t.length + carries, a->t.is_unsigned);
		if (!carries && type_is_integer(a->t.type) && a->t.type != TYPE_YEAR)
			x->t.type = a->t.type;
		return true;
	}
	if (!known) {
		expr_set_decimal(x, expr_precision(a), a->t.decimals, a->t.is_unsigned);
		return true;
	}
	expr_set_decimal(x, expr_int_digits(a) + scale + (scale < a->t.decimals && !truncate),
		scale,
			 a->t.is_unsigned);
	return true;
}

bool expr_rule_mod(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	x->kind = EXPR_BINARY;
	x->op = AST_OP_MOD;
	return expr_type_binary(env, x);
}

bool expr_rule_coalesce(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	x->t.nullable = true;
	for (uint32_t i = 0; i < x->n; i++)
		x->t.nullable = x->t.nullable && x->arg[i]->t.nullable;
	return expr_hybrid(env, x, x->arg, x->n);
}

/* IF(), and NVL2() (@nvl2 1): the first argument is not one of the values. */
bool expr_rule_if(struct expr_env *env, struct expr *x, uint32_t nvl2)
{
	(void)nvl2;
	return expr_hybrid(env, x, x->arg + 1, 2);
}

bool expr_rule_nullif(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!expr_compare_of(env, x, x->arg[0], x->arg[1], &x->cmp))
		return false;
	x->t = x->arg[0]->t;
	x->t.nullable = true;
	if (expr_result_of(&x->t) == EXPR_STRING && x->t.type != TYPE_NULL)
		expr_set_text(x, expr_chars(&x->t));
	return true;
}

bool expr_rule_greatest(struct expr_env *env, struct expr *x, uint32_t length)
{
	enum expr_result by = expr_result_of(&x->arg[0]->t);

	(void)length;
	for (uint32_t i = 0; i < x->n; i++)
		if (expr_result_of(&x->arg[i]->t) == EXPR_TIME)
			return expr_unsupported(env, "GREATEST or LEAST of dates", (struct str){0});
	for (uint32_t i = 1; i < x->n; i++) {
		enum expr_result r = expr_result_of(&x->arg[i]->t);

		if (r == by)
			continue;
		by = (r == EXPR_DECIMAL || r == EXPR_INT) && (by == EXPR_DECIMAL || by == EXPR_INT)
			     ? EXPR_DECIMAL
			     : EXPR_REAL;
	}
	if (by == EXPR_REAL) {
		unsigned decimals = 0;

		for (uint32_t i = 0; i < x->n; i++)
			decimals = larger(decimals, x->arg[i]->t.decimals);
		expr_set_real(x, decimals);
		return true;
	}
	if (by == EXPR_STRING) {
		if (!expr_hybrid(env, x, x->arg, x->n))
			return false;
		x->cmp = (struct expr_cmp){.by = EXPR_STRING, .collation = x->t.collation};
		return true;
	}
	if (!expr_hybrid(env, x, x->arg, x->n))
		return false;
	return true;
}

bool expr_rule_interval(struct expr_env *env, struct expr *x, uint32_t length)
{
	for (uint32_t i = 0; i < x->n; i++)
		if (expr_result_of(&x->arg[i]->t) == EXPR_TIME)
			return expr_unsupported(env, "INTERVAL() of dates", (struct str){0});
	return long_of(env, x, length);
}

bool expr_rule_strcmp(struct expr_env *env, struct expr *x, uint32_t length)
{
	if (!expr_aggregate_collation(env, x, x->arg, 2, true))
		return false;
	x->cmp = (struct expr_cmp){.by = EXPR_STRING, .collation = x->t.collation};
	return long_of(env, x, length);
}

bool expr_rule_field(struct expr_env *env, struct expr *x, uint32_t length)
{
	enum expr_result by = expr_result_of(&x->arg[0]->t);

	for (uint32_t i = 0; i < x->n; i++) {
		enum expr_result r = expr_result_of(&x->arg[i]->t);

		if (r == EXPR_TIME)
			return expr_unsupported(env, "FIELD of dates", (struct str){0});
		if (r == by || x->arg[i]->t.type == TYPE_NULL)
			continue;
		by = (r == EXPR_DECIMAL || r == EXPR_INT) && (by == EXPR_DECIMAL || by == EXPR_INT)
			     ? EXPR_DECIMAL
			     : EXPR_REAL;
	}
	x->cmp = (struct expr_cmp){.by = (uint8_t)by};
	if (by == EXPR_STRING) {
		if (!expr_aggregate_collation(env, x, x->arg, x->n, true))
			return false;
		x->cmp.collation = x->t.collation;
	}
	return long_of(env, x, length);
}

/* --- the table --- */

enum null_rule { NULL_A, NULL_S, NULL_Y, NULL_N };

static const struct rule {
	uint8_t min, max, null; /* max 0 and no fn: not done here */
	expr_rule_fn fn;
	uint32_t length;
} rules[] = {
#define F(name, min, max, rule, length, null, eval)                                                \
	[FN_##name] = {min, max, NULL_##null, expr_rule_##rule, length},
#include "sql/sema/expr_functions.def"
#undef F
};

bool expr_func_arity(unsigned fn, uint32_t *min, uint32_t *max)
{
	if (fn >= sizeof(rules) / sizeof(rules[0]) || !rules[fn].fn)
		return false;
	*min = rules[fn].min;
	*max = rules[fn].max == MAX_ARGS ? UINT32_MAX : rules[fn].max;
	/* A unit counts as an argument. */
	return true;
}

bool expr_type_func(struct expr_env *env, struct expr *x)
{
	const struct rule *r = &rules[x->fn];

	switch (r->null) {
	case NULL_A:
		x->t.nullable = expr_any_nullable(x);
		break;
	case NULL_S:
		x->t.nullable = expr_any_nullable(x) || (env->session->mode & EXPR_STRICT);
		break;
	default:
		x->t.nullable = r->null == NULL_Y;
		break;
	}
	if (x->fn >= sizeof(rules) / sizeof(rules[0]) || !r->fn)
		return expr_unsupported(env, "function", (struct str){0});
	return r->fn(env, x, r->length);
}
