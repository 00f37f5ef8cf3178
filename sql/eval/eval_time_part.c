/* Parts of dates and times: YEAR(), WEEK(), EXTRACT(), TO_DAYS() and their like. */
#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"

enum { ZERO_OFF = TEMPORAL_NO_ZERO_DATE | TEMPORAL_NO_ZERO_IN_DATE };

static bool date_of(struct eval *v, const struct expr *x, unsigned flags, struct temporal *t)
{
	return eval_time(v, x->arg[0], TEMPORAL_DATETIME, flags, t);
}

void eval_fn_year(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (date_of(v, x, TEMPORAL_FUZZY, &t))
		eval_put_int(out, t.year, false);
}

void eval_fn_month(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (date_of(v, x, TEMPORAL_FUZZY, &t))
		eval_put_int(out, t.month, false);
}

void eval_fn_day(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (date_of(v, x, TEMPORAL_FUZZY, &t))
		eval_put_int(out, t.day, false);
}

void eval_fn_quarter(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (date_of(v, x, TEMPORAL_FUZZY, &t))
		eval_put_int(out, (t.month + 2) / 3, false);
}

void eval_fn_clock(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (!eval_time(v, x->arg[0], TEMPORAL_TIME, TEMPORAL_FUZZY, &t))
		return;
	switch (x->fn) {
	case FN_HOUR:
		eval_put_int(out, t.hour, false);
		break;
	case FN_MINUTE:
		eval_put_int(out, t.minute, false);
		break;
	case FN_SECOND:
		eval_put_int(out, t.second, false);
		break;
	default:
		eval_put_int(out, t.usec, false);
		break;
	}
}

bool eval_daynr(struct eval *v, const struct expr *x, struct temporal *t, int64_t *daynr)
{
	if (!eval_time(v, x, TEMPORAL_DATETIME, ZERO_OFF, t))
		return false;
	*daynr = temporal_daynr(t->year, t->month, t->day);
	return true;
}

void eval_fn_to_days(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	int64_t daynr;

	if (eval_daynr(v, x->arg[0], &t, &daynr))
		eval_put_int(out, daynr, false);
}

void eval_fn_to_seconds(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	int64_t daynr;

	if (eval_daynr(v, x->arg[0], &t, &daynr))
		eval_put_int(out, daynr * 86400 + t.hour * 3600 + t.minute * 60 + t.second, false);
}

void eval_fn_dayofyear(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	int64_t daynr;

	if (eval_daynr(v, x->arg[0], &t, &daynr))
		eval_put_int(out, daynr - temporal_daynr(t.year, 1, 1) + 1, false);
}

void eval_fn_weekday(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	int64_t daynr;

	if (!eval_daynr(v, x->arg[0], &t, &daynr))
		return;
	if (x->fn == FN_WEEKDAY)
		eval_put_int(out, temporal_weekday(daynr, false), false);
	else
		eval_put_int(out, temporal_weekday(daynr, true) + 1, false);
}

static unsigned week_mode(unsigned mode)
{
	mode &= 7;
	return mode & 1 ? mode : mode ^ 4;
}

void eval_fn_week(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	int64_t daynr, mode = v->session->default_week_format;
	unsigned year, week;

	if (!eval_daynr(v, x->arg[0], &t, &daynr))
		return;
	if (x->fn == FN_WEEKOFYEAR)
		mode = 3;
	else if (x->fn == FN_YEARWEEK)
		mode = 0;
	if (x->n == 2 && !eval_i64(v, x->arg[1], &mode))
		mode = 0;
	week = temporal_week(&t, week_mode((unsigned)mode) | (x->fn == FN_YEARWEEK ? 2 : 0), &year);
	eval_put_int(out, x->fn == FN_YEARWEEK ? year * INT64_C(100) + week : week, false);
}

void eval_fn_datediff(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal a, b;
	int64_t p, q;
	bool has_a = eval_daynr(v, x->arg[0], &a, &p), has_b = eval_daynr(v, x->arg[1], &b, &q);

	if (has_a && has_b)
		eval_put_int(out, p - q, false);
}

void eval_fn_last_day(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (!eval_time(v, x->arg[0], TEMPORAL_DATE, TEMPORAL_FUZZY, &t) || !t.month)
		return;
	t.day = (uint8_t)temporal_days_in_month(t.year, t.month);
	eval_put_time(out, &t);
}

/* @day: of a date, or full days of a time. */
static int64_t extract_span(unsigned unit, const struct temporal *t, int64_t day)
{
	int64_t hms = t->hour * INT64_C(10000) + t->minute * 100 + t->second;

	switch (unit) {
	case KW_DAY:
		return day;
	case KW_HOUR:
		return t->hour;
	case KW_MINUTE:
		return t->minute;
	case KW_SECOND:
		return t->second;
	case KW_MICROSECOND:
		return t->usec;
	case KW_DAY_HOUR:
		return day * 100 + t->hour;
	case KW_DAY_MINUTE:
		return day * 10000 + hms / 100;
	case KW_DAY_SECOND:
		return day * 1000000 + hms;
	case KW_HOUR_MINUTE:
		return hms / 100;
	case KW_HOUR_SECOND:
		return hms;
	case KW_MINUTE_SECOND:
		return hms % 10000;
	case KW_DAY_MICROSECOND:
		return (day * 1000000 + hms) * 1000000 + t->usec;
	case KW_HOUR_MICROSECOND:
		return hms * 1000000 + t->usec;
	case KW_MINUTE_MICROSECOND:
		return hms % 10000 * 1000000 + t->usec;
	default:
		return hms % 100 * 1000000 + t->usec;
	}
}

static bool is_date_unit(unsigned unit)
{
	return unit == KW_YEAR || unit == KW_QUARTER || unit == KW_MONTH || unit == KW_WEEK ||
	       unit == KW_YEAR_MONTH;
}

static bool is_day_unit(unsigned unit)
{
	return unit == KW_DAY || unit == KW_DAY_HOUR || unit == KW_DAY_MINUTE ||
	       unit == KW_DAY_SECOND; /* DAY_MICROSECOND is read as a time */
}

static int64_t extract_date(const struct eval *v, unsigned unit, const struct temporal *t)
{
	unsigned year;

	switch (unit) {
	case KW_YEAR:
		return t->year;
	case KW_QUARTER:
		return (t->month + 2) / 3;
	case KW_MONTH:
		return t->month;
	case KW_WEEK:
		return temporal_week(t, week_mode(v->session->default_week_format), &year);
	default:
		return t->year * INT64_C(100) + t->month;
	}
}

void eval_fn_extract(struct eval *v, const struct expr *x, struct datum *out)
{
	bool days = is_day_unit(x->unit) && x->unit != KW_DAY_MICROSECOND;
	int kind = is_date_unit(x->unit) ? EVAL_ANY_TIME
		   : days		 ? EVAL_INTERVAL_DAYS
					 : EVAL_INTERVAL;
	struct temporal t;
	int64_t day, n;

	if (!eval_time(v, x->arg[0], kind, TEMPORAL_FUZZY, &t))
		return;
	if (is_date_unit(x->unit)) {
		eval_put_int(out, extract_date(v, x->unit, &t), false);
		return;
	}
	day = t.day;
	if (t.kind == TEMPORAL_TIME) {
		day = t.hour / 24;
		t.hour %= 24;
	}
	n = extract_span(x->unit, &t, day);
	eval_put_int(out, t.kind == TEMPORAL_TIME && t.negative ? -n : n, false);
}
