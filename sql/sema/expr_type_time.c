/* Typing rules of functions of dates and times. */
#include "sql/lex/keyword.h"
#include "sql/sema/expr_type_int.h"

static unsigned larger(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

bool expr_rule_date(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_DATE, 0);
	return true;
}

bool expr_rule_time(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_TIME, expr_time_digits(x->arg[0]));
	return true;
}

static bool now_of(struct expr_env *env, struct expr *x, enum temporal_kind kind)
{
	int64_t digits = 0;

	if (x->n && (!expr_literal_int(x->arg[0], &digits) || digits < 0 || digits > 6)) {
		err_set_mysql(env->e, ERR_INVALID, 1426, "42000",
			"Too big precision specified. Maximum is 6");
		return false;
	}
	expr_set_time(x, kind, (unsigned)digits);
	return true;
}

bool expr_rule_now(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	return now_of(env, x, TEMPORAL_DATETIME);
}

bool expr_rule_now_time(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	return now_of(env, x, TEMPORAL_TIME);
}

bool expr_rule_adddate(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	x->kind = EXPR_INTERVAL_ADD;
	x->unit = KW_DAY;
	x->negated = x->fn == FN_SUBDATE;
	return expr_type_interval(env, x);
}

bool expr_rule_timestampadd(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr *n = x->arg[0];

	(void)length;
	x->kind = EXPR_INTERVAL_ADD;
	x->arg[0] = x->arg[1];
	x->arg[1] = n;
	return expr_type_interval(env, x);
}

bool expr_rule_addtime(struct expr_env *env, struct expr *x, uint32_t length)
{
	const struct expr *a = x->arg[0];
	unsigned digits = larger(expr_time_digits(a), expr_time_digits(x->arg[1]));

	(void)length;
	if (a->t.type == TYPE_DATETIME || a->t.type == TYPE_TIMESTAMP || a->t.type == TYPE_DATE) {
		expr_set_time(x, TEMPORAL_DATETIME, digits);
	} else if (a->t.type == TYPE_TIME) {
		expr_set_time(x, TEMPORAL_TIME, digits);
	} else {
		expr_set_own_text(env, x, 26);
		x->t.type = TYPE_STRING;
	}
	return true;
}

bool expr_rule_timediff(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_TIME,
		      larger(expr_time_digits(x->arg[0]), expr_time_digits(x->arg[1])));
	return true;
}

bool expr_rule_timestamp(struct expr_env *env, struct expr *x, uint32_t length)
{
	unsigned digits = expr_time_digits(x->arg[0]);

	(void)env, (void)length;
	if (x->n == 2)
		digits = larger(digits, expr_time_digits(x->arg[1]));
	expr_set_time(x, TEMPORAL_DATETIME, digits);
	return true;
}

bool expr_rule_convert_tz(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_DATETIME, expr_time_digits(x->arg[0]));
	return true;
}

/* What each letter of a format may grow to. */
static uint32_t format_length(struct str f, bool time)
{
	uint32_t n = 0;

	(void)time;
	for (size_t i = 0; i < f.n; i++) {
		if (f.p[i] != '%' || i + 1 == f.n) {
			n++;
			continue;
		}
		switch (f.p[++i]) {
		case 'M':
		case 'W':
			n += 9;
			break;
		case 'D':
		case 'Y':
		case 'x':
		case 'X':
			n += 4;
			break;
		case 'a':
		case 'b':
			n += 10;
			break;
		case 'j':
			n += 3;
			break;
		case 'k':
		case 'H':
			n += 7;
			break;
		case 'r':
			n += 11;
			break;
		case 'T':
			n += 8;
			break;
		case 'f':
			n += 6;
			break;
		case 'w':
		case '%':
			n++;
			break;
		default:
			n += 2;
			break;
		}
	}
	return n;
}

bool expr_rule_date_format(struct expr_env *env, struct expr *x, uint32_t time)
{
	const struct expr *f = x->arg[1];
	uint64_t chars = (uint64_t)expr_chars(&f->t) * 10;

	if (f->kind == EXPR_LITERAL && f->value.kind == DATUM_STRING)
		chars = format_length(f->value.s, time != 0);
	else if (chars * 4 < 3200)
		chars *= 4;
	expr_set_own_text(env, x, chars);
	x->t.decimals = 0;
	return true;
}

bool expr_rule_extract(struct expr_env *env, struct expr *x, uint32_t length)
{
	static const struct {
		uint16_t unit;
		uint8_t length;
	} units[] = {{KW_YEAR, 4}, {KW_QUARTER, 1}, {KW_MONTH, 2}, {KW_WEEK, 2}, {KW_DAY, 2},
		     {KW_HOUR, 2}, {KW_MINUTE, 2}, {KW_SECOND, 2}, {KW_MICROSECOND, 6},
			{KW_YEAR_MONTH, 6},
		     {KW_DAY_HOUR, 4}, {KW_DAY_MINUTE, 6}, {KW_DAY_SECOND, 8}, {KW_HOUR_MINUTE, 4},
		     {KW_HOUR_SECOND, 6}, {KW_MINUTE_SECOND, 4}, {KW_DAY_MICROSECOND, 14},
		     {KW_HOUR_MICROSECOND, 12}, {KW_MINUTE_MICROSECOND, 10},
			{KW_SECOND_MICROSECOND, 8}};
	bool date_part = x->unit == KW_YEAR || x->unit == KW_QUARTER || x->unit == KW_MONTH ||
			 x->unit == KW_WEEK || x->unit == KW_YEAR_MONTH;

	(void)length;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].unit == x->unit)
			expr_set_int(x, units[i].length + (date_part || x->unit == KW_DAY ? 0u
				: 1u), false);
	return x->t.length || expr_unsupported(env, "EXTRACT unit", (struct str){0});
}

bool expr_rule_maketime(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_TIME, expr_time_digits(x->arg[2]));
	return true;
}

bool expr_rule_sec_to_time(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_TIME, expr_time_digits(x->arg[0]));
	return true;
}

bool expr_rule_from_unixtime(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	if (expr_result_of(&x->arg[0]->t) != EXPR_INT &&
		expr_result_of(&x->arg[0]->t) != EXPR_DECIMAL)
		return expr_unsupported(env, "FROM_UNIXTIME of text or double", (struct str){0});
	expr_set_time(x, TEMPORAL_DATETIME, expr_time_digits(x->arg[0]));
	return true;
}

static bool seconds_of(struct expr *x, unsigned digits, unsigned whole)
{
	if (digits)
		expr_set_decimal(x, whole + digits, digits, false);
	else
		expr_set_int(x, 17, false);
	return true;
}

bool expr_rule_time_to_sec(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	seconds_of(x, expr_time_digits(x->arg[0]), 16);
	return true;
}

bool expr_rule_unix_timestamp(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	if (x->n == 0)
		x->t.nullable = false;
	return seconds_of(x, x->n ? expr_time_digits(x->arg[0]) : 0, 16);
}

