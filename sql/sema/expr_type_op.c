/* Types of operators, of comparisons, and of values that are one of several. */
#include "sql/lex/keyword.h"
#include "sql/sema/expr_type_int.h"

enum { REAL_QUOTIENT = 21, NEGATED_REAL = 53, BIT_AS_INT = 9, TINY_BYTES = 255 };

static unsigned larger(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static unsigned number_scale(const struct expr *x)
{
	return expr_numeric(x) == EXPR_INT ? 0 : expr_scale(x);
}

/* A result of arithmetic on integers or decimals: integers keep the sign of none if one has none. */
static void set_number(struct expr *x, enum expr_result r, unsigned precision, unsigned scale)
{
	const struct expr *a = x->arg[0], *b = x->arg[x->n - 1];
	bool time = expr_result_of(&a->t) == EXPR_TIME || expr_result_of(&b->t) == EXPR_TIME;
	bool plus = r == EXPR_INT && !time ? a->t.is_unsigned || b->t.is_unsigned
					   : a->t.is_unsigned && b->t.is_unsigned;

	if (r == EXPR_INT)
		expr_set_int(x, precision + !plus, plus);
	else
		expr_set_decimal(x, precision, scale, plus);
}

static enum expr_result arithmetic_result(const struct expr *a, const struct expr *b)
{
	enum expr_result p = expr_numeric(a), q = expr_numeric(b);
	bool time = expr_result_of(&a->t) == EXPR_TIME || expr_result_of(&b->t) == EXPR_TIME;

	if (time && p != EXPR_REAL && q != EXPR_REAL)
		return a->t.decimals || b->t.decimals ? EXPR_DECIMAL : EXPR_INT;
	if (p == EXPR_REAL || q == EXPR_REAL)
		return EXPR_REAL;
	return p == EXPR_INT && q == EXPR_INT ? EXPR_INT : EXPR_DECIMAL;
}

static unsigned capped(unsigned precision)
{
	return precision < DECIMAL_MAX_DIGITS ? precision : DECIMAL_MAX_DIGITS;
}

/* Digits of a quotient that was no integer and no decimal. */
static unsigned quotient_digits(const struct expr *a)
{
	unsigned n = expr_whole_digits(a);

	return n < REAL_QUOTIENT ? n : REAL_QUOTIENT;
}

static void type_division(struct expr_env *env, struct expr *x, enum expr_result r)
{
	const struct expr *a = x->arg[0], *b = x->arg[1];
	unsigned more = env->session->div_precision_increment, scale;

	x->t.nullable = true;
	if (r == EXPR_REAL) {
		scale = larger(a->t.decimals, b->t.decimals) + more;
		expr_set_real(x, scale);
		if (scale < TYPE_NOT_FIXED_DECIMALS &&
			a->t.length - a->t.decimals + scale < x->t.length)
			x->t.length = a->t.length - a->t.decimals + scale;
		return;
	}
	scale = number_scale(a) + more;
	expr_set_decimal(x, capped(expr_precision(a) + more + number_scale(b)), scale,
			 a->t.is_unsigned && b->t.is_unsigned);
}

static void type_modulo(struct expr *x, enum expr_result r)
{
	const struct expr *a = x->arg[0], *b = x->arg[1];
	unsigned precision = larger(expr_precision(a), expr_precision(b));
	unsigned scale = larger(number_scale(a), number_scale(b));

	x->t.nullable = true;
	if (r == EXPR_REAL) {
		expr_set_real(x, larger(a->t.decimals, b->t.decimals));
		x->t.is_unsigned = a->t.is_unsigned;
	} else if (r == EXPR_INT)
		expr_set_int(x, precision + !a->t.is_unsigned, a->t.is_unsigned);
	else
		expr_set_decimal(x, precision, scale, a->t.is_unsigned);
}

static void type_arithmetic(struct expr_env *env, struct expr *x)
{
	const struct expr *a = x->arg[0], *b = x->arg[1];
	enum expr_result r = arithmetic_result(a, b);
	unsigned scale, precision;

	switch (x->op) {
	case AST_OP_DIV:
		type_division(env, x, r);
		return;
	case AST_OP_MOD:
		type_modulo(x, r);
		return;
	case AST_OP_INTDIV:
		x->t.nullable = true;
		precision = expr_numeric(a) == EXPR_REAL || expr_result_of(&a->t) == EXPR_TIME
				    ? quotient_digits(a)
				    : expr_int_digits(a);
		precision = precision < REAL_QUOTIENT ? precision : REAL_QUOTIENT;
		expr_set_int(x, precision, a->t.is_unsigned || b->t.is_unsigned);
		return;
	default:
		break;
	}
	if (r == EXPR_REAL) {
		expr_set_real(x, larger(a->t.decimals, b->t.decimals));
		return;
	}
	if (x->op == AST_OP_MUL) {
		scale = number_scale(a) + number_scale(b);
		precision = capped(expr_precision(a) + expr_precision(b));
	} else {
		scale = larger(number_scale(a), number_scale(b));
		precision = larger(expr_int_digits(a), expr_int_digits(b)) + 1 + scale;
	}
	set_number(x, r, precision, scale);
	if (x->op == AST_OP_SUB && r == EXPR_INT &&
		(env->session->mode & EXPR_NO_UNSIGNED_SUBTRACTION))
		x->t.is_unsigned = false;
}

/* Of a negative constant a DECIMAL is made, as if it were the least BIGINT. */
static bool type_negation(struct expr_env *env, struct expr *x)
{
	struct expr *a = x->arg[0];
	enum expr_result r = expr_numeric(a);
	struct expr_known k;

	if (r == EXPR_REAL) {
		expr_set_real(x, a->t.decimals);
		x->t.length = a->t.length < NEGATED_REAL ? a->t.length + 1 : NEGATED_REAL;
		x->t.digits = (uint8_t)expr_precision(a);
		return true;
	}
	if (expr_result_of(&a->t) == EXPR_TIME || r == EXPR_DECIMAL) {
		expr_set_decimal(x, 1, expr_scale(a), false);
		x->t.length = a->t.length + 1;
		x->t.digits = (uint8_t)expr_precision(a);
		return true;
	}
	if (!expr_known_int(env, a, &k))
		return false;
	if (k.i < 0)
		expr_set_decimal(x, 1, 0, false);
	else
		expr_set_int(x, a->t.length + 1, false);
	x->t.length = a->t.length + !(a->kind == EXPR_LITERAL && k.i == 0);
	x->t.digits = (uint8_t)expr_precision(a);
	return true;
}

bool expr_type_unary(struct expr_env *env, struct expr *x)
{
	struct expr *a = x->arg[0];

	x->t.nullable = a->t.nullable;
	switch (x->op) {
	case AST_OP_NEG:
		return type_negation(env, x);
	case AST_OP_BITNOT:
		expr_set_int(x, 21, true);
		return true;
	case AST_OP_BINARY:
		x->t.collation = collation_get(TYPE_CHARSET_BINARY);
		x->t.derivation = EXPR_IMPLICIT;
		expr_set_text(x, a->t.length);
		x->t.decimals = 0;
		x->t.nullable = a->t.nullable || (env->session->mode & EXPR_STRICT);
		return true;
	case AST_OP_NOT:
	case AST_OP_BANG:
		expr_set_bool(x);
		return true;
	default:
		return expr_unsupported(env, "operator", (struct str){0});
	}
}

bool expr_type_binary(struct expr_env *env, struct expr *x)
{
	x->t.nullable = expr_any_nullable(x);
	switch (x->op) {
	case AST_OP_EQ:
	case AST_OP_NE:
	case AST_OP_LT:
	case AST_OP_LE:
	case AST_OP_GT:
	case AST_OP_GE:
	case AST_OP_NULLSAFE:
		expr_set_bool(x);
		if (x->op == AST_OP_NULLSAFE)
			x->t.nullable = false;
		if (!expr_compare_of(env, x, x->arg[0], x->arg[1], &x->cmp))
			return false;
		expr_compare_column(x->arg[0], x->arg[1], &x->cmp);
		expr_compare_column(x->arg[1], x->arg[0], &x->cmp);
		return true;
	case AST_OP_BITOR:
	case AST_OP_BITAND:
	case AST_OP_BITXOR:
	case AST_OP_SHL:
	case AST_OP_SHR:
		expr_set_int(x, 21, true);
		return true;
	default:
		type_arithmetic(env, x);
		return true;
	}
}

/* --- one of several --- */

static bool is_text_type(uint8_t type)
{
	return type == TYPE_VAR_STRING || type == TYPE_STRING || type == TYPE_VARCHAR ||
	       (type >= TYPE_TINY_BLOB && type <= TYPE_BLOB) || type == TYPE_ENUM ||
		type == TYPE_SET ||
	       type == TYPE_JSON;
}

static unsigned int_rank(uint8_t type)
{
	switch (type) {
	case TYPE_TINY:
		return 1;
	case TYPE_SHORT:
		return 2;
	case TYPE_INT24:
		return 3;
	case TYPE_LONG:
		return 4;
	default:
		return 5;
	}
}

static uint8_t merge_numbers(uint8_t a, uint8_t b)
{
	bool ints = type_is_integer(a) && type_is_integer(b);
	uint8_t other = a == TYPE_FLOAT ? b : a;

	if (ints && a == TYPE_YEAR)
		return b;
	if (ints && b == TYPE_YEAR)
		return a;
	if (ints)
		return int_rank(a) > int_rank(b) ? a : b;
	if (a == TYPE_FLOAT || b == TYPE_FLOAT)
		return other == TYPE_TINY || other == TYPE_SHORT || other == TYPE_FLOAT ||
			other == TYPE_INT24 || other == TYPE_YEAR
			       ? TYPE_FLOAT
			       : TYPE_DOUBLE;
	if (a == TYPE_DOUBLE || b == TYPE_DOUBLE)
		return TYPE_DOUBLE;
	return TYPE_NEWDECIMAL;
}

/* The field type that holds both. */
static uint8_t merge_types(uint8_t a, uint8_t b)
{
	bool time_a = type_is_temporal(a), time_b = type_is_temporal(b);

	if (a == b || b == TYPE_NULL)
		return a;
	if (a == TYPE_NULL)
		return b == TYPE_INT24 ? TYPE_LONGLONG : b; /* as a server has it */
	if (time_a && time_b)
		return TYPE_DATETIME;
	if (is_text_type(a) && is_text_type(b))
		return TYPE_VAR_STRING;
	if (a == TYPE_STRING || b == TYPE_STRING)
		return TYPE_STRING;
	if (time_a || time_b || is_text_type(a) || is_text_type(b))
		return TYPE_VAR_STRING;
	return merge_numbers(a, b);
}

static void hybrid_decimal(struct expr *x, struct expr **v, uint32_t n)
{
	unsigned digits = 0, scale = 0;
	bool plus = true;

	for (uint32_t i = 0; i < n; i++) {
		plus = plus && v[i]->t.is_unsigned; /* NULL has a sign */
		digits = larger(digits, expr_int_digits(v[i]));
		scale = larger(scale, expr_scale(v[i]));
	}
	expr_set_decimal(x, digits + scale < DECIMAL_MAX_DIGITS ? digits + scale
		: DECIMAL_MAX_DIGITS, scale, plus);
}

/* A BIT among other integers is an INT when it is short. */
static uint8_t field_type(const struct expr *x, bool all_bits)
{
	if (x->t.type == TYPE_ENUM || x->t.type == TYPE_SET)
		return TYPE_VAR_STRING;
	if (x->t.type == TYPE_BIT && !all_bits)
		return x->t.length > BIT_AS_INT ? TYPE_LONGLONG : TYPE_LONG;
	return x->t.type;
}

static void hybrid_int(struct expr *x, uint8_t type, struct expr **v, uint32_t n)
{
	unsigned digits = 0, length = 0;
	bool plus = false, minus = false;

	for (uint32_t i = 0; i < n; i++) {
		minus = minus || (!v[i]->t.is_unsigned &&
			((type != TYPE_YEAR && type != TYPE_BIT) || v[i]->t.type != TYPE_NULL));
		if (v[i]->t.type == TYPE_NULL)
			continue;
		digits = larger(digits, expr_precision(v[i]));
		length = larger(length, v[i]->t.length);
		plus = plus || v[i]->t.is_unsigned;
	}
	if (plus && minus) {
		hybrid_decimal(x, v, n);
		return;
	}
	expr_set_int(x, digits + minus, plus);
	x->t.type = type;
	if (type == TYPE_YEAR || type == TYPE_BIT)
		x->t.length = length;
}

static void hybrid_real(struct expr *x, uint8_t type, struct expr **v, uint32_t n)
{
	uint32_t length = 0, most = 0;
	unsigned decimals = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (decimals < TYPE_NOT_FIXED_DECIMALS) {
			uint32_t before = v[i]->t.length - v[i]->t.decimals;

			decimals = larger(decimals, v[i]->t.decimals);
			length = v[i]->t.length > v[i]->t.decimals && before > length ? before
				: length;
		}
		most = larger(most, v[i]->t.length);
	}
	expr_set_real(x, decimals);
	x->t.type = type;
	x->t.length = decimals < TYPE_NOT_FIXED_DECIMALS ? length + decimals : most;
}

static bool is_blob(const struct expr *x)
{
	return x->t.type >= TYPE_TINY_BLOB && x->t.type <= TYPE_BLOB;
}

static bool hybrid_text(struct expr_env *env, struct expr *x, struct expr **v, uint32_t n)
{
	uint64_t chars = 0;
	bool binary, hex = true, blob = false;

	if (!expr_aggregate_collation(env, x, v, n, false))
		return false;
	binary = x->t.collation->charset == CHARSET_BINARY;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t c = binary ? expr_bytes(v[i]) : expr_chars(&v[i]->t);

		chars = c > chars ? c : chars;
		blob = blob || is_blob(v[i]);
		hex = hex && (v[i]->t.is_hex || v[i]->t.type == TYPE_NULL);
	}
	expr_set_text(x, chars);
	if (blob && x->t.type == TYPE_VAR_STRING)
		x->t.type = x->t.length > TINY_BYTES ? TYPE_BLOB : TYPE_TINY_BLOB;
	x->t.is_hex = x->t.is_unsigned = hex;
	if (hex || !chars)
		x->t.decimals = 0;
	return true;
}

static void hybrid_time(struct expr *x, uint8_t type, struct expr **v, uint32_t n)
{
	unsigned digits = 0;

	for (uint32_t i = 0; i < n; i++)
		if (v[i]->t.type != TYPE_NULL)
			digits = larger(digits, v[i]->t.decimals);
	expr_set_time(x, type == TYPE_DATE ? TEMPORAL_DATE : type == TYPE_TIME ? TEMPORAL_TIME
		: TEMPORAL_DATETIME,
		      digits);
	x->t.type = type;
}

bool expr_hybrid(struct expr_env *env, struct expr *x, struct expr **v, uint32_t n)
{
	uint8_t type;
	bool bits = true, bools = true;

	for (uint32_t i = 0; i < n; i++) {
		if (v[i]->kind == EXPR_ROW_VALUE)
			return err_set_mysql(env->e, ERR_INVALID, 1241, "21000",
					     "Operand should contain 1 column(s)") == 0;
		bits = bits && (v[i]->t.type == TYPE_BIT || v[i]->t.type == TYPE_NULL);
		bools = bools && v[i]->t.is_bool;
	}
	type = field_type(v[0], bits);
	for (uint32_t i = 1; i < n; i++)
		type = merge_types(type, field_type(v[i], bits));
	if (type == TYPE_NULL) {
		expr_set_binary(x, 0);
		x->t.type = TYPE_NULL;
		x->t.decimals = 0;
		x->t.derivation = EXPR_IGNORABLE;
		return true;
	}
	if (type_is_temporal(type)) {
		hybrid_time(x, type, v, n);
		return true;
	}
	if (type_is_integer(type) || type == TYPE_BIT) {
		hybrid_int(x, type, v, n);
		x->t.is_bool = bools;
		return true;
	}
	if (type == TYPE_NEWDECIMAL) {
		hybrid_decimal(x, v, n);
		return true;
	}
	if (type == TYPE_DOUBLE || type == TYPE_FLOAT) {
		hybrid_real(x, type, v, n);
		return true;
	}
	if (!hybrid_text(env, x, v, n))
		return false;
	if (type == TYPE_STRING && x->t.type == TYPE_VAR_STRING)
		x->t.type = TYPE_STRING;
	return true;
}

bool expr_type_case(struct expr_env *env, struct expr *x)
{
	struct expr **values = arena_array(env->arena, x->n + 1, sizeof(*values));
	uint32_t n = 0, first = x->has_operand ? 1 : 0, end = x->n - (x->has_else ? 1 : 0);

	x->cmps = arena_array(env->arena, x->n + 1, sizeof(*x->cmps));
	if (!values || !x->cmps)
		return err_set(env->e, ERR_NOMEM, "out of memory") == 0;
	x->t.nullable = !x->has_else;
	for (uint32_t i = first; i + 1 < end; i += 2)
		values[n++] = x->arg[i + 1];
	if (x->has_operand && !expr_compare_case(env, x))
		return false;
	if (x->has_else)
		values[n++] = x->arg[x->n - 1];
	x->t.nullable = x->t.nullable || expr_any_nullable(x);
	return expr_hybrid(env, x, values, n);
}

/* --- date + INTERVAL --- */

static bool has_usec(unsigned unit)
{
	return unit == KW_MICROSECOND || unit == KW_DAY_MICROSECOND ||
		unit == KW_HOUR_MICROSECOND ||
	       unit == KW_MINUTE_MICROSECOND || unit == KW_SECOND_MICROSECOND;
}

static bool is_date_unit(unsigned unit)
{
	return unit == KW_YEAR || unit == KW_QUARTER || unit == KW_MONTH || unit == KW_WEEK ||
	       unit == KW_DAY || unit == KW_YEAR_MONTH;
}

static bool is_month_unit(unsigned unit)
{
	return unit == KW_YEAR || unit == KW_QUARTER || unit == KW_MONTH || unit == KW_WEEK ||
		unit == KW_YEAR_MONTH;
}

bool expr_type_interval(struct expr_env *env, struct expr *x)
{
	struct expr *a = x->arg[0];
	unsigned digits = expr_time_digits(env, a, false), more = 0;

	if (has_usec(x->unit))
		more = 6;
	else if (x->unit == KW_SECOND)
		more = expr_digits(x->arg[1]);
	digits = larger(digits, more);
	x->t.nullable = true;
	if (a->t.type == TYPE_DATETIME || a->t.type == TYPE_TIMESTAMP) {
		expr_set_time(x, TEMPORAL_DATETIME, digits);
	} else if (a->t.type == TYPE_TIME) {
		expr_set_time(x, is_month_unit(x->unit) ? TEMPORAL_DATETIME : TEMPORAL_TIME, digits);
	} else if (a->t.type == TYPE_DATE) {
		expr_set_time(x, is_date_unit(x->unit) ? TEMPORAL_DATE : TEMPORAL_DATETIME, more);
	} else {
		if (a->t.decimals == EXPR_NOT_FIXED)
			expr_time_digits(env, a, true); /* a server looks twice, which warns twice */
		expr_set_own_text(env, x, 19 + digits + (digits > 0));
		x->t.type = TYPE_STRING;
		x->t.decimals = (uint8_t)digits;
	}
	return true;
}
