/* Typing rules of functions; which one a function has is in expr_functions.def. */
#include <math.h>

#include "sql/lex/keyword.h"
#include "sql/sema/expr_type_int.h"

enum { MAX_ARGS = 99, DATE_DIGITS = 8, MEMBER_DIGITS = 5, LONG_CHARS = 10, LONGLONG_CHARS = 20 };

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

/* A number that is never negative. */
bool expr_rule_natural(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_long(x, length);
	x->t.natural = true;
	return true;
}

/* COERCIBILITY(), which depends on the type only. */
bool expr_rule_of_type(struct expr_env *env, struct expr *x, uint32_t length)
{
	x->constant = true;
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
	x->kind = EXPR_LITERAL;
	x->value = (struct datum){.kind = DATUM_REAL, .d = M_PI};
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
		x->t.is_unsigned = a->t.is_unsigned;
	} else if (expr_result_of(&a->t) == EXPR_TIME || expr_numeric(a) == EXPR_DECIMAL) {
		expr_set_decimal(x, 1, expr_scale(a), a->t.is_unsigned);
		x->t.length = a->t.length;
	} else {
		expr_set_int(x, a->t.length + a->t.natural, a->t.is_unsigned);
	}
	return true;
}

bool expr_rounds_to_int(const struct expr *x)
{
	return x->t.is_hex || x->t.type == TYPE_DATE || x->t.type == TYPE_ENUM ||
	       x->t.type == TYPE_SET || expr_result_of(&x->t) == EXPR_INT;
}

/* The type of @a, which is whole, for @x, which is @a rounded. 0x41 and dates are numbers here. */
static void whole_type(struct expr *x, const struct expr *a)
{
	if (a->t.type == TYPE_DATE)
		expr_set_int(x, DATE_DIGITS, true);
	else if (a->t.type == TYPE_ENUM || a->t.type == TYPE_SET)
		expr_set_int(x, MEMBER_DIGITS, true);
	else if (a->t.type == TYPE_BIT)
		expr_set_int(x, expr_bit_digits(a), true);
	else if (a->t.is_hex)
		expr_set_int(x, expr_precision(a), true);
	else
		expr_set_int(x, a->t.length, a->t.is_unsigned);
	x->t.is_bool = a->t.is_bool;
	if (type_is_integer(a->t.type) && a->t.type != TYPE_YEAR)
		x->t.type = a->t.type;
	x->t.natural = a->t.natural;
}

/* An INT while the digits surely fit. */
static void decimal_as_int(struct expr *x, unsigned digits, bool carries)
{
	bool is_unsigned = x->arg[0]->t.is_unsigned;

	expr_set_int(x, digits + !is_unsigned + carries, is_unsigned);
	x->t.type = digits + 2 > LONG_CHARS ? TYPE_LONGLONG : TYPE_LONG;
}

/* CEILING(), and FLOOR() (@down 1). */
bool expr_rule_ceiling(struct expr_env *env, struct expr *x, uint32_t down)
{
	const struct expr *a = x->arg[0];
	unsigned digits = expr_int_digits(a);
	bool carries = a->t.decimals > 0 && (!down || !a->t.is_unsigned);

	(void)env;
	if (expr_rounds_to_int(a)) {
		whole_type(x, a);
		return true;
	}
	switch (expr_result_of(&a->t)) {
	case EXPR_DECIMAL:
		if ((a->t.digits ? digits + 1 : a->t.length - a->t.decimals) < LONGLONG_CHARS)
			decimal_as_int(x, digits, carries);
		else
			expr_set_decimal(x, digits + carries, 0, a->t.is_unsigned);
		return true;
	case EXPR_TIME:
		expr_set_time(x, a->t.type == TYPE_TIME ? TEMPORAL_TIME : TEMPORAL_DATETIME, 0);
		x->t.nullable = a->t.nullable || a->t.type != TYPE_TIME;
		return true;
	default:
		expr_set_real(x, 0);
		return true;
	}
}

/* How many digits ROUND(x, n) and TRUNCATE(x, n) leave, as far as that is known. */
struct places {
	bool known, null, negative, cut;
	struct expr_known n;
};

static void round_time(struct expr *x, const struct places *to)
{
	const struct expr *a = x->arg[0];
	unsigned digits = to->known && !to->null ? expr_known_uint(&to->n, 6) : a->t.decimals;

	expr_set_time(x, a->t.type == TYPE_TIME ? TEMPORAL_TIME : TEMPORAL_DATETIME, digits);
	if (a->t.type != TYPE_TIME && !to->cut)
		x->t.nullable = true; /* past the year 9999 */
}

static void round_real(struct expr *x, const struct places *to)
{
	if (to->null)
		expr_set_real(x, EXPR_NOT_FIXED);
	else
		expr_set_real(x, to->known ? expr_known_uint(&to->n, EXPR_NOT_FIXED)
					   : x->arg[0]->t.decimals);
	x->t.is_unsigned = x->arg[0]->t.is_unsigned;
}

static void round_int(struct expr *x, const struct places *to)
{
	const struct expr *a = x->arg[0];
	bool carries = (!to->known || to->negative) && !to->null && !to->cut &&
		       a->t.type != TYPE_BIT && a->t.type != TYPE_ENUM && a->t.type != TYPE_SET;
	bool natural = a->t.natural;

	whole_type(x, a);
	x->t.is_bool = a->t.is_bool && !carries;
	if (carries && (x->t.type == TYPE_LONGLONG || x->t.length >= LONGLONG_CHARS))
		expr_set_decimal(x, x->t.length + x->t.is_unsigned, 0, x->t.is_unsigned);
	else if (carries || natural)
		expr_set_int(x, x->t.length + carries + natural, x->t.is_unsigned);
	if (a->t.type == TYPE_DATE || natural)
		x->t.type = TYPE_LONG;
}

static void round_decimal(struct expr *x, const struct places *to)
{
	const struct expr *a = x->arg[0];
	unsigned scale = expr_known_uint(&to->n, EXPR_MAX_SCALE);

	if (to->null)
		expr_set_real(x, EXPR_NOT_FIXED);
	else if (!to->known) {
		expr_set_decimal(x, 1, a->t.decimals, a->t.is_unsigned);
		x->t.length = a->t.length;
	} else
		expr_set_decimal(x, larger(1, expr_int_digits(a) + scale +
					   (scale < a->t.decimals && !to->cut)),
				 scale, a->t.is_unsigned);
}

/* @truncate is 1 for TRUNCATE(), which cannot carry into one digit more. */
bool expr_rule_round(struct expr_env *env, struct expr *x, uint32_t truncate)
{
	const struct expr *a = x->arg[0];
	struct places to = {.known = true, .cut = truncate};

	if (x->n == 2 && !expr_known_int(env, x->arg[1], &to.n))
		return false;
	if (x->n == 2) {
		to.known = to.n.known;
		to.null = to.n.null;
		to.negative = !to.n.is_unsigned && to.n.i < 0;
	}
	if (expr_rounds_to_int(a))
		round_int(x, &to);
	else if (expr_result_of(&a->t) == EXPR_TIME)
		round_time(x, &to);
	else if (expr_result_of(&a->t) == EXPR_DECIMAL)
		round_decimal(x, &to);
	else
		round_real(x, &to);
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

static bool is_null(const struct expr *x)
{
	return x->kind == EXPR_LITERAL && x->t.type == TYPE_NULL;
}

/* IF(), and NVL2() (@nvl2 1): the first argument is not one of the values. Beside NULL a value keeps
 * its type. */
bool expr_rule_if(struct expr_env *env, struct expr *x, uint32_t nvl2)
{
	const struct expr *a = x->arg[1], *b = x->arg[2];

	(void)nvl2;
	if (is_null(a) && is_null(b)) {
		expr_set_binary(x, 0);
		x->t.type = TYPE_STRING;
		x->t.decimals = 0;
		x->t.derivation = EXPR_IGNORABLE;
		return true;
	}
	if (is_null(a) || is_null(b)) {
		expr_copy_type(x, is_null(a) ? b : a);
		x->t.is_bool = (is_null(a) ? b : a)->t.is_bool;
		return true;
	}
	return expr_hybrid(env, x, x->arg + 1, 2);
}

bool expr_rule_nullif(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!expr_compare_of(env, x, x->arg[0], x->arg[1], &x->cmp))
		return false;
	expr_compare_column(x->arg[0], x->arg[1], &x->cmp);
	expr_compare_column(x->arg[1], x->arg[0], &x->cmp);
	expr_copy_type(x, x->arg[0]);
	x->t.is_bool = x->arg[0]->t.is_bool;
	if (expr_result_of(&x->t) == EXPR_STRING)
		x->t.length -= x->t.length % charset_get(x->t.collation->charset)->mbmax;
	return true;
}

/* TYPE_NULL: no date is among the arguments. */
static uint8_t greatest_time_type(const struct expr *x)
{
	uint8_t type = TYPE_NULL;

	for (uint32_t i = 0; i < x->n; i++) {
		const struct expr *a = x->arg[i];

		if (expr_result_of(&a->t) == EXPR_TIME)
			type = type == TYPE_NULL || type == a->t.type ? a->t.type : TYPE_DATETIME;
	}
	return type;
}

static bool all_are(const struct expr *x, uint8_t type)
{
	for (uint32_t i = 0; i < x->n; i++)
		if (x->arg[i]->t.type != type)
			return false;
	return true;
}

/* Dates of one type keep it, others are datetimes, whatever else is among them. */
static bool greatest_time(struct expr_env *env, struct expr *x, uint8_t type)
{
	unsigned digits = 0, room = 0;

	for (uint32_t i = 0; i < x->n; i++) {
		struct expr *a = x->arg[i];

		digits = larger(digits, expr_time_digits(env, a, type == TYPE_TIME));
		room = larger(room, expr_digits(a));
		x->t.nullable = x->t.nullable || expr_result_of(&a->t) != EXPR_TIME;
	}
	expr_set_time(x,
		      type == TYPE_DATE	  ? TEMPORAL_DATE
		      : type == TYPE_TIME ? TEMPORAL_TIME
					  : TEMPORAL_DATETIME,
		      room);
	if (type != TYPE_DATE)
		x->t.decimals = (uint8_t)digits;
	if (all_are(x, TYPE_TIMESTAMP))
		x->t.type = TYPE_TIMESTAMP;
	return true;
}

bool expr_rule_greatest(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint8_t type = greatest_time_type(x);
	enum expr_result by = expr_result_of(&x->arg[0]->t);

	(void)length;
	if (type != TYPE_NULL)
		return greatest_time(env, x, type);
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
		x->t.type = all_are(x, TYPE_FLOAT) ? TYPE_FLOAT : TYPE_DOUBLE;
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
	(void)env;
	expr_set_long(x, length);
	x->t.digits = (uint8_t)length;
	return true;
}

bool expr_rule_strcmp(struct expr_env *env, struct expr *x, uint32_t length)
{
	if (!expr_aggregate_collation(env, x, x->arg, 2, true))
		return false;
	x->cmp = (struct expr_cmp){.by = EXPR_STRING, .collation = x->t.collation};
	return long_of(env, x, length);
}

/* Dates count as texts. */
static enum expr_result result_or_text(const struct expr *x)
{
	enum expr_result r = expr_result_of(&x->t);

	return r == EXPR_TIME ? EXPR_STRING : r;
}

bool expr_rule_field(struct expr_env *env, struct expr *x, uint32_t length)
{
	enum expr_result by = result_or_text(x->arg[0]);

	for (uint32_t i = 0; i < x->n; i++) {
		enum expr_result r = result_or_text(x->arg[i]);

		if (r == by)
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
