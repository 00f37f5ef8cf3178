/* Typing rules of functions of dates and times. */
#include <string.h>

#include "sql/lex/keyword.h"
#include "sql/sema/expr_type_int.h"

enum { DATETIME_CHARS = 19, LONG_CHARS = 10 };

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
	(void)length;
	expr_set_time(x, TEMPORAL_TIME, expr_time_digits(env, x->arg[0], true));
	return true;
}

static bool now_of(struct expr_env *env, struct expr *x, enum temporal_kind kind)
{
	struct expr_known digits = {0};

	if (x->n && !expr_known_int(env, x->arg[0], &digits))
		return false;
	if (x->n && (!digits.known || digits.i < 0 || digits.i > 6)) {
		err_set_mysql(env->e, ERR_INVALID, 1426, "42000",
			"Too big precision specified. Maximum is 6");
		return false;
	}
	expr_set_time(x, kind, (unsigned)digits.i);
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

static unsigned fraction_digits(struct str s)
{
	const char *point = s.n ? memchr(s.p, '.', s.n) : NULL;
	unsigned n = 0;

	while (point && ++point < s.p + s.n && *point >= '0' && *point <= '9')
		n++;
	return n < 6 ? n : 6;
}

/* Of a time that is added: of a text it is known only when that is a constant and a span. */
static unsigned added_digits(struct expr_env *env, struct expr *x)
{
	struct temporal t;
	struct datum d;
	unsigned warn = 0;
	bool known;

	if (expr_result_of(&x->t) != EXPR_STRING)
		return expr_digits(x);
	if (!expr_known_text(env, x, &d, &known) || d.kind != DATUM_STRING ||
	    !temporal_parse_interval(d.s, TEMPORAL_DIGITS_CLOCK, &t, &warn) ||
	    t.kind != TEMPORAL_TIME)
		return 6;
	return fraction_digits(d.s);
}

bool expr_rule_addtime(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr *a = x->arg[0];
	bool clock = a->t.type == TYPE_TIME;
	unsigned more = added_digits(env, x->arg[1]);

	(void)length;
	if (expr_result_of(&a->t) == EXPR_TIME) {
		expr_set_time(x, clock ? TEMPORAL_TIME : TEMPORAL_DATETIME,
			      larger(expr_time_digits(env, a, clock), more));
	} else {
		more = larger(a->t.decimals == EXPR_NOT_FIXED ? EXPR_NOT_FIXED : expr_digits(a),
			      more);
		expr_set_own_text(env, x, DATETIME_CHARS + (more > 0) + (more < 6 ? more : 6));
		x->t.type = TYPE_STRING;
		x->t.decimals = (uint8_t)more;
	}
	return true;
}

/* Which parts a format has tells the type: letters of a date and of a time of day. */
static void type_of_format(struct expr *x, struct str f)
{
	bool date = false, clock = false, usec = false;

	for (size_t i = 0; i + 1 < f.n; i++) {
		if (f.p[i] != '%')
			continue;
		i++;
		usec = usec || f.p[i] == 'f';
		clock = clock || memchr("HISThiklrsf", f.p[i], 11);
		date = date || memchr("MVUXYWabcjmvuxyw", f.p[i], 16);
	}
	expr_set_time(x,
		      !clock ? TEMPORAL_DATE
		      : date ? TEMPORAL_DATETIME
			     : TEMPORAL_TIME,
		      usec ? 6 : 0);
}

bool expr_rule_str_to_date(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct datum d;
	bool known;

	(void)length;
	if (!expr_aggregate_collation(env, x, x->arg, 2, false))
		return false;
	x->cmp = (struct expr_cmp){.by = EXPR_STRING, .collation = x->t.collation};
	expr_set_time(x, TEMPORAL_DATETIME, 6);
	if (!expr_known_text(env, x->arg[1], &d, &known))
		return false;
	if (known && d.kind == DATUM_STRING)
		type_of_format(x, d.s);
	return true;
}

bool expr_rule_timediff(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	expr_set_time(x, TEMPORAL_TIME,
		      larger(expr_time_digits(env, x->arg[0], true),
			     expr_time_digits(env, x->arg[1], true)));
	return true;
}

bool expr_rule_timestamp(struct expr_env *env, struct expr *x, uint32_t length)
{
	unsigned digits = expr_time_digits(env, x->arg[0], false);

	(void)length;
	if (x->n == 2)
		digits = larger(digits, added_digits(env, x->arg[1]));
	expr_set_time(x, TEMPORAL_DATETIME, digits);
	return true;
}

bool expr_rule_convert_tz(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	expr_set_time(x, TEMPORAL_DATETIME, expr_time_digits(env, x->arg[0], false));
	return true;
}

/* What a letter of a format may grow to, in all languages. */
static uint32_t letter_length(char letter)
{
	switch (letter) {
	case 'M':
	case 'W':
		return 64;
	case 'a':
	case 'b':
		return 32;
	case 'D':
	case 'Y':
	case 'x':
	case 'X':
		return 4;
	case 'j':
		return 3;
	case 'k':
	case 'H':
		return 7;
	case 'r':
		return 11;
	case 'T':
		return 8;
	case 'f':
		return 6;
	default:
		return strchr("cdehiIlmpsSuUvVy", letter) && letter ? 2 : 1;
	}
}

static uint32_t format_length(struct str f)
{
	uint32_t n = 0;

	for (size_t i = 0; i < f.n; i++) {
		if (f.p[i] == '%' && i + 1 < f.n)
			n += letter_length(f.p[++i]);
		else
			n++;
	}
	return n;
}

/* Only a literal format is looked at; others may grow tenfold. */
bool expr_rule_date_format(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr *f = x->arg[1];
	struct datum d = {0};
	bool known = false;

	(void)length;
	if (f->kind == EXPR_LITERAL && !expr_known_text(env, f, &d, &known))
		return false;
	if (f->kind == EXPR_LITERAL && known) {
		expr_set_own_text(env, x, d.kind == DATUM_STRING ? format_length(d.s) : 0);
	} else {
		expr_set_own_text(env, x, 0);
		expr_set_long_text(x, (uint64_t)f->t.length * 10);
	}
	x->t.derivation = f->t.derivation;
	x->t.ascii = f->t.ascii;
	x->t.decimals = 0;
	return true;
}

/* Units that begin with days: of what is no date or time they may be seven digits. */
static bool has_days(unsigned unit)
{
	return unit == KW_DAY || unit == KW_DAY_HOUR || unit == KW_DAY_MINUTE ||
	       unit == KW_DAY_SECOND || unit == KW_DAY_MICROSECOND;
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
	unsigned days = expr_result_of(&x->arg[0]->t) != EXPR_TIME && has_days(x->unit) ? 5 : 0;

	(void)length;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].unit == x->unit)
			expr_set_int(x, units[i].length + !date_part + days, false);
	if (x->t.length == LONG_CHARS)
		x->t.type = TYPE_LONG;
	x->t.natural = date_part;
	return x->t.length || expr_unsupported(env, "EXTRACT unit", (struct str){0});
}

bool expr_rule_maketime(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_TIME, expr_digits(x->arg[2]));
	return true;
}

bool expr_rule_sec_to_time(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_TIME, expr_digits(x->arg[0]));
	return true;
}

bool expr_rule_from_unixtime(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_DATETIME, expr_digits(x->arg[0]));
	if (x->arg[0]->t.decimals == EXPR_NOT_FIXED)
		x->t.decimals = EXPR_NOT_FIXED;
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
	(void)length;
	seconds_of(x, expr_time_digits(env, x->arg[0], true), 16);
	return true;
}

bool expr_rule_unix_timestamp(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	return seconds_of(x, x->n ? expr_time_digits(env, x->arg[0], false) : 0, 16);
}

