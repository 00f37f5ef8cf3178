/* Functions of numbers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"

enum { MAX_POWER = 19 };

static void divided_by_zero(struct eval *v)
{
	if (v->session->mode & EXPR_ERROR_FOR_DIVISION_BY_ZERO)
		eval_warn(v, WARN_DIVISION_BY_ZERO, "Division by 0");
}

void eval_fn_abs(struct eval *v, const struct expr *x, struct datum *out)
{
	struct eval_num n;
	struct decimal d;
	double r;

	switch (expr_result_of(&x->t)) {
	case EXPR_REAL:
		if (eval_real(v, x->arg[0], &r))
			eval_put_real(v, x, fabs(r), out);
		break;
	case EXPR_DECIMAL:
		if (eval_dec(v, x->arg[0], &d)) {
			d.negative = false;
			eval_put_dec(v, &d, out);
		}
		break;
	default:
		if (!eval_num(v, x->arg[0], &n))
			return;
		if (!n.is_unsigned && n.i == INT64_MIN)
			eval_out_of_range(v, x, "BIGINT");
		else
			eval_put_int(out, !n.is_unsigned && n.i < 0 ? -n.i : n.i, x->t.is_unsigned);
		break;
	}
}

/* A function of one double where it is defined. */
static void real_function(struct eval *v, const struct expr *x, double (*f)(double),
	struct datum *out)
{
	double d;

	if (eval_real(v, x->arg[0], &d))
		eval_put_real(v, x, f(d), out);
}

void eval_fn_acos(struct eval *v, const struct expr *x, struct datum *out)
{
	double d;

	if (eval_real(v, x->arg[0], &d) && d >= -1 && d <= 1)
		eval_put_real(v, x, acos(d), out);
}

void eval_fn_asin(struct eval *v, const struct expr *x, struct datum *out)
{
	double d;

	if (eval_real(v, x->arg[0], &d) && d >= -1 && d <= 1)
		eval_put_real(v, x, asin(d), out);
}

void eval_fn_atan(struct eval *v, const struct expr *x, struct datum *out)
{
	double a, b;

	if (!eval_real(v, x->arg[0], &a))
		return;
	if (x->n == 1)
		eval_put_real(v, x, atan(a), out);
	else if (eval_real(v, x->arg[1], &b))
		eval_put_real(v, x, atan2(a, b), out);
}

void eval_fn_cos(struct eval *v, const struct expr *x, struct datum *out)
{
	real_function(v, x, cos, out);
}

void eval_fn_sin(struct eval *v, const struct expr *x, struct datum *out)
{
	real_function(v, x, sin, out);
}

void eval_fn_tan(struct eval *v, const struct expr *x, struct datum *out)
{
	real_function(v, x, tan, out);
}

void eval_fn_exp(struct eval *v, const struct expr *x, struct datum *out)
{
	real_function(v, x, exp, out);
}

static double cotangent(double d)
{
	return 1 / tan(d);
}

void eval_fn_cot(struct eval *v, const struct expr *x, struct datum *out)
{
	real_function(v, x, cotangent, out);
}

void eval_fn_degrees(struct eval *v, const struct expr *x, struct datum *out)
{
	double d;

	if (eval_real(v, x->arg[0], &d))
		eval_put_real(v, x, d * (180 / M_PI), out);
}

void eval_fn_radians(struct eval *v, const struct expr *x, struct datum *out)
{
	double d;

	if (eval_real(v, x->arg[0], &d))
		eval_put_real(v, x, d * (M_PI / 180), out);
}

static void logarithm(struct eval *v, const struct expr *x, double (*f)(double), struct datum *out)
{
	double d;

	if (!eval_real(v, x->arg[0], &d))
		return;
	if (d <= 0)
		divided_by_zero(v);
	else
		eval_put_real(v, x, f(d), out);
}

void eval_fn_ln(struct eval *v, const struct expr *x, struct datum *out)
{
	logarithm(v, x, log, out);
}

void eval_fn_log10(struct eval *v, const struct expr *x, struct datum *out)
{
	logarithm(v, x, log10, out);
}

static double binary_logarithm(double d)
{
	return log(d) / M_LN2;
}

void eval_fn_log2(struct eval *v, const struct expr *x, struct datum *out)
{
	logarithm(v, x, binary_logarithm, out);
}

void eval_fn_log(struct eval *v, const struct expr *x, struct datum *out)
{
	double base, d;

	if (x->n == 1) {
		logarithm(v, x, log, out);
		return;
	}
	if (!eval_real(v, x->arg[0], &base))
		return;
	if (base <= 0) {
		divided_by_zero(v);
		return;
	}
	if (!eval_real(v, x->arg[1], &d))
		return;
	if (d <= 0 || base == 1)
		divided_by_zero(v);
	else
		eval_put_real(v, x, log(d) / log(base), out);
}

void eval_fn_sqrt(struct eval *v, const struct expr *x, struct datum *out)
{
	double d;

	if (eval_real(v, x->arg[0], &d) && d >= 0)
		eval_put_real(v, x, sqrt(d), out);
}

void eval_fn_pow(struct eval *v, const struct expr *x, struct datum *out)
{
	double a, b;
	bool has_a = eval_real(v, x->arg[0], &a);

	if (eval_real(v, x->arg[1], &b) && has_a)
		eval_put_real(v, x, pow(a, b), out);
}

void eval_fn_pi(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_put_real(v, x, M_PI, out);
}

void eval_fn_mod(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_op_function(x)(v, x, out);
}

void eval_fn_sign(struct eval *v, const struct expr *x, struct datum *out)
{
	double d;

	if (eval_real(v, x->arg[0], &d))
		eval_put_int(out, (d > 0) - (d < 0), false);
}

/* --- ROUND, TRUNCATE, CEILING, FLOOR --- */

static void put_integer(struct eval *v, const struct expr *x, const struct decimal *d,
	struct datum *out)
{
	int64_t i = 0;
	uint64_t u = 0;

	if (x->t.is_unsigned ? !decimal_to_u64(d, &u) : !decimal_to_i64(d, &i))
		eval_warn(v, WARN_OVERFLOW, "Got overflow when casting a DECIMAL to INT");
	eval_put_int(out, x->t.is_unsigned ? (int64_t)u : i, x->t.is_unsigned);
}

static int time_kind(const struct expr *x)
{
	return x->t.type == TYPE_DATE ? TEMPORAL_DATE : x->t.type == TYPE_TIME ? TEMPORAL_TIME
		: TEMPORAL_DATETIME;
}

/* Up or down to a unit of @digits digits of the fraction. -1: down, 0: nearest, 1: up, 2: cut. */
static void round_time(struct eval *v, const struct expr *x, unsigned digits, int way,
	struct datum *out)
{
	static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
	struct temporal t;
	int64_t us, unit = units[digits < 6 ? digits : 6], rest;
	bool clock;

	if (!eval_time(v, x->arg[0], time_kind(x), TEMPORAL_FUZZY, &t))
		return;
	clock = t.kind == TEMPORAL_TIME;
	us = clock ? temporal_usec(&t) : t.usec;
	rest = (us % unit + unit) % unit;
	if (t.kind == TEMPORAL_DATE || rest == 0) {
		eval_put_time(out, &t);
		return;
	}
	if (way == 2)
		way = us < 0 ? 1 : -1;
	else if (way == 0)
		way = us < 0 ? (rest > unit / 2 ? 1 : -1) : (rest >= unit / 2 ? 1 : -1);
	us += way > 0 ? unit - rest : -rest;
	if (clock) {
		if (!temporal_time_from_usec(us, &t))
			temporal_truncate(&t, digits);
		eval_put_time(out, &t);
		return;
	}
	rest = us - t.usec;
	if (temporal_is_zero_date(&t) || t.month == 0 || t.day == 0) {
		t.usec = (uint32_t)us % 1000000;
		eval_put_time(out, &t);
		return;
	}
	if (temporal_datetime_from_usec(temporal_datetime_usec(&t) + rest, &t))
		eval_put_time(out, &t);
	else
		eval_warn(v, WARN_DATE_OVERFLOW, "Datetime function: field overflow");
}

static void to_integer(struct eval *v, const struct expr *x, bool up, struct datum *out)
{
	struct eval_num n;
	struct decimal d;
	double r;

	if (expr_rounds_to_int(x->arg[0])) {
		if (eval_num(v, x->arg[0], &n))
			eval_put_int(out, n.i, x->t.is_unsigned);
		return;
	}
	switch (expr_result_of(&x->arg[0]->t)) {
	case EXPR_DECIMAL:
		if (!eval_dec(v, x->arg[0], &d))
			return;
		if (up)
			decimal_ceiling(&d);
		else
			decimal_floor(&d);
		if (expr_result_of(&x->t) == EXPR_INT)
			put_integer(v, x, &d, out);
		else
			eval_put_dec(v, &d, out);
		break;
	case EXPR_TIME:
		round_time(v, x, 0, up ? 1 : -1, out);
		break;
	default:
		if (eval_real(v, x->arg[0], &r))
			eval_put_real(v, x, up ? ceil(r) : floor(r), out);
		break;
	}
}

void eval_fn_ceiling(struct eval *v, const struct expr *x, struct datum *out)
{
	to_integer(v, x, true, out);
}

void eval_fn_floor(struct eval *v, const struct expr *x, struct datum *out)
{
	to_integer(v, x, false, out);
}

static double round_real(double value, int64_t digits, bool cut)
{
	bool negative = digits < 0;
	volatile double unit = pow(10, negative ? -(double)digits : (double)digits);
	volatile double scaled = negative ? value / unit : value * unit, r;

	if (isinf(unit))
		return negative ? 0 : value;
	if (!negative && isinf(scaled))
		return value;
	if (cut)
		r = value >= 0 ? floor(scaled) : ceil(scaled);
	else
		r = rint(scaled);
	return negative ? r * unit : r / unit;
}

static void round_int(const struct expr *x, struct eval_num n, int64_t digits, bool cut,
		      struct datum *out)
{
	uint64_t unit = 1, u, rest;
	bool negative;

	if (digits >= 0) {
		eval_put_int(out, n.i, x->t.is_unsigned);
		return;
	}
	if (digits < -MAX_POWER) {
		eval_put_int(out, 0, x->t.is_unsigned);
		return;
	}
	for (int64_t i = digits; i < 0; i++)
		unit *= 10;
	negative = !n.is_unsigned && n.i < 0;
	u = negative ? 0 - (uint64_t)n.i : (uint64_t)n.i;
	rest = u % unit;
	u -= rest;
	if (!cut && rest >= unit - rest)
		u += unit;
	eval_put_int(out, (int64_t)(negative ? 0 - u : u), x->t.is_unsigned);
}

/* *d rounded; false: it leaves the range. */
static bool round_decimal(const struct expr *x, struct decimal *d, int64_t digits, bool cut)
{

	if (digits > x->t.decimals)
		digits = x->t.decimals;
	if (digits >= 0)
		return cut ? decimal_truncate(d, (uint8_t)digits)
			   : decimal_round(d, (uint8_t)digits);
	decimal_round_up(d,
			 digits < -DECIMAL_MAX_DIGITS ? DECIMAL_MAX_DIGITS + 1u : (unsigned)-digits,
			 cut);
	return true;
}

static bool digits_of(struct eval *v, const struct expr *x, int64_t *digits)
{
	struct eval_num n = {0};

	if (x->n == 2 && !eval_num(v, x->arg[1], &n))
		return false;
	*digits = n.is_unsigned && n.i < 0 ? INT32_MAX : n.i;
	return true;
}

/* The digits are computed behind the value; when that is NULL, of exact numbers and dates only. */
static void round_any(struct eval *v, const struct expr *x, bool cut, struct datum *out)
{
	struct eval_num n;
	struct decimal dec;
	uint32_t warnings;
	int64_t digits;
	double d;
	bool has;

	if (expr_result_of(&x->arg[0]->t) == EXPR_TIME && !expr_rounds_to_int(x->arg[0])) {
		if (digits_of(v, x, &digits))
			round_time(v, x, digits < 0 ? 0 : digits > 6 ? 6 : (unsigned)digits,
				   cut ? 2 : 0, out);
		return;
	}
	switch (expr_result_of(&x->t)) {
	case EXPR_INT:
		has = eval_num(v, x->arg[0], &n);
		warnings = v->warnings;
		if (!digits_of(v, x, &digits) || !has)
			return;
		if (cut && digits >= 0 && x->arg[1]->constant)
			v->warnings = warnings; /* while typing it was seen that nothing is to be done */
		round_int(x, n, digits, cut, out);
		break;
	case EXPR_DECIMAL:
		has = eval_dec(v, x->arg[0], &dec);
		if (!digits_of(v, x, &digits) || !has)
			return;
		if (round_decimal(x, &dec, digits, cut))
			eval_put_dec(v, &dec, out);
		else
			eval_out_of_range(v, x, "DECIMAL");
		break;
	default:
		if (eval_real(v, x->arg[0], &d) && digits_of(v, x, &digits))
			eval_put_real(v, x, round_real(d, digits, cut), out);
		break;
	}
}

void eval_fn_round(struct eval *v, const struct expr *x, struct datum *out)
{
	round_any(v, x, false, out);
}

void eval_fn_truncate(struct eval *v, const struct expr *x, struct datum *out)
{
	round_any(v, x, true, out);
}
