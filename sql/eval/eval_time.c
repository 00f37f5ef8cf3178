/* Dates and times from values of every type, and the functions that take them apart. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"

#define DAY_USEC INT64_C(86400000000)

enum { EPOCH_DAYNR = 719528, ZERO_OFF = TEMPORAL_NO_ZERO_DATE | TEMPORAL_NO_ZERO_IN_DATE };

static const char *const month_names[] = {"January", "February", "March", "April", "May", "June",
	"July",
					  "August", "September", "October", "November", "December"};
static const char *const day_names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday",
					"Sunday"};

unsigned eval_date_flags(const struct eval *v)
{
	uint32_t mode = v->session->mode;

	return (mode & EXPR_NO_ZERO_DATE ? TEMPORAL_NO_ZERO_DATE : 0u) |
	       (mode & EXPR_NO_ZERO_IN_DATE ? TEMPORAL_NO_ZERO_IN_DATE : 0u) |
	       (mode & EXPR_ALLOW_INVALID_DATES ? TEMPORAL_INVALID_DATES : 0u);
}

void eval_now(const struct eval *v, bool utc, struct temporal *t)
{
	int64_t us = v->session->now_usec + EPOCH_DAYNR * DAY_USEC;

	if (!utc)
		us += v->session->zone_seconds * INT64_C(1000000);
	if (!temporal_datetime_from_usec(us, t))
		*t = (struct temporal){.kind = TEMPORAL_DATETIME};
}

void eval_put_time(struct datum *out, const struct temporal *t)
{
	out->kind = DATUM_TIME;
	out->t = *t;
}

/* One kind as another. */
static bool as_kind(struct eval *v, int kind, struct temporal *t)
{
	struct temporal now;
	int64_t us;

	if (kind < 0 || t->kind == kind)
		return true;
	if (t->kind == TEMPORAL_TIME) {
		eval_now(v, false, &now);
		us = temporal_daynr(now.year, now.month, now.day) * DAY_USEC + temporal_usec(t);
		if (!temporal_datetime_from_usec(us, t))
			return false;
	}
	if (kind == TEMPORAL_TIME) {
		t->year = 0;
		t->month = t->day = 0;
		t->negative = false;
	}
	if (kind == TEMPORAL_DATE || t->kind == TEMPORAL_DATE) {
		t->hour = 0;
		t->minute = t->second = 0;
		t->usec = 0;
	}
	t->kind = (uint8_t)kind;
	return true;
}

static void incorrect(struct eval *v, int kind, struct str s)
{
	eval_warn(v, WARN_TRUNCATED, "Incorrect %s value: '%.*s'", kind == TEMPORAL_TIME ? "time"
		: "datetime",
		  (int)(s.n < 64 ? s.n : 64), s.p);
}

static bool from_text(struct eval *v, const struct expr *x, struct str s, int kind, unsigned flags,
		      struct temporal *out)
{
	unsigned warn, digits;
	bool ok;
	size_t bad;

	if (!charset_get(x->t.collation->charset)->ascii &&
	    !charset_convert(v->arena, x->t.collation->charset, CHARSET_UTF8MB4, s, &s, &bad)) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return false;
	}
	if (kind == TEMPORAL_TIME)
		ok = temporal_parse_time(s, flags, out, &warn, &digits);
	else
		ok = temporal_parse_datetime(s, flags, out, &warn, &digits);
	if (!ok || warn)
		incorrect(v, kind, s);
	return ok;
}

/* A number with its fraction as microseconds. */
static bool from_number(struct eval *v, bool negative, uint64_t n, uint32_t usec, int kind,
	unsigned flags,
			struct temporal *out)
{
	unsigned warn;
	bool ok;

	if (kind == TEMPORAL_TIME)
		ok = temporal_time_from_number(negative, n, usec, out, &warn);
	else
		ok = !negative && temporal_from_number(n, usec, flags, out, &warn);
	if (!ok || (kind == TEMPORAL_TIME && warn))
		incorrect(v, kind, (struct str){"", 0});
	return ok;
}

static bool from_decimal(struct eval *v, const struct decimal *d, int kind, unsigned flags,
	struct temporal *out)
{
	struct decimal whole = *d, rest;
	uint64_t n, usec;

	whole.negative = false;
	rest = whole;
	if (!decimal_truncate(&whole, 0) || !decimal_to_u64(&whole, &n) || !decimal_sub(&rest,
		&rest, &whole)) {
		incorrect(v, kind, (struct str){"", 0});
		return false;
	}
	decimal_truncate(&rest, 6);
	rest.scale = 0;
	decimal_to_u64(&rest, &usec);
	return from_number(v, d->negative, n, (uint32_t)usec, kind, flags, out);
}

bool eval_time_of(struct eval *v, const struct expr *x, const struct datum *d, int kind,
		  unsigned flags, struct temporal *out)
{
	struct decimal dec;
	unsigned warn = 0;
	bool ok;

	switch (d->kind) {
	case DATUM_TIME:
		*out = d->t;
		ok = out->kind == TEMPORAL_TIME || (flags & TEMPORAL_FUZZY) ||
			temporal_check_date(out, flags, &warn);
		if (!ok)
			incorrect(v, kind, (struct str){"", 0});
		break;
	case DATUM_STRING:
		ok = from_text(v, x, d->s, kind, flags, out);
		break;
	case DATUM_INT:
		if (x->t.type == TYPE_YEAR) {
			*out = (struct temporal){.kind = TEMPORAL_DATETIME, .year = (uint16_t)d->i};
			ok = true;
			break;
		}
		ok = from_number(v, !d->is_unsigned && d->i < 0,
				 !d->is_unsigned && d->i < 0 ? 0 - (uint64_t)d->i
					: (uint64_t)d->i, 0, kind, flags, out);
		break;
	case DATUM_DECIMAL:
		ok = from_decimal(v, d->dec, kind, flags, out);
		break;
	case DATUM_REAL:
		ok = decimal_from_double(&dec, d->d) && from_decimal(v, &dec, kind, flags, out);
		break;
	default:
		return false;
	}
	return ok && as_kind(v, kind, out);
}

bool eval_time(struct eval *v, const struct expr *x, int kind, unsigned flags, struct temporal *out)
{
	struct datum d;

	return eval_get(v, x, &d) && eval_time_of(v, x, &d, kind, flags, out);
}

/* --- parts --- */

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

static bool daynr_of(struct eval *v, const struct expr *x, struct temporal *t, int64_t *daynr)
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

	if (daynr_of(v, x->arg[0], &t, &daynr))
		eval_put_int(out, daynr, false);
}

void eval_fn_to_seconds(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	int64_t daynr;

	if (daynr_of(v, x->arg[0], &t, &daynr))
		eval_put_int(out, daynr * 86400 + t.hour * 3600 + t.minute * 60 + t.second, false);
}

void eval_fn_dayofyear(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	int64_t daynr;

	if (daynr_of(v, x->arg[0], &t, &daynr))
		eval_put_int(out, daynr - temporal_daynr(t.year, 1, 1) + 1, false);
}

void eval_fn_weekday(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	int64_t daynr;

	if (!daynr_of(v, x->arg[0], &t, &daynr))
		return;
	if (x->fn == FN_WEEKDAY)
		eval_put_int(out, temporal_weekday(daynr, false), false);
	else
		eval_put_int(out, temporal_weekday(daynr, true) + 1, false);
}

void eval_fn_dayname(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	int64_t daynr;

	if (daynr_of(v, x->arg[0], &t, &daynr))
		eval_put_ascii(v, x, str_of(day_names[temporal_weekday(daynr, false)]), out);
}

void eval_fn_monthname(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (date_of(v, x, TEMPORAL_FUZZY, &t) && t.month)
		eval_put_ascii(v, x, str_of(month_names[t.month - 1]), out);
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

	if (!daynr_of(v, x->arg[0], &t, &daynr))
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

	if (daynr_of(v, x->arg[0], &a, &p) && daynr_of(v, x->arg[1], &b, &q))
		eval_put_int(out, p - q, false);
}

void eval_fn_last_day(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (!eval_time(v, x->arg[0], TEMPORAL_DATE, TEMPORAL_NO_ZERO_DATE, &t) || !t.month)
		return;
	t.day = (uint8_t)temporal_days_in_month(t.year, t.month);
	eval_put_time(out, &t);
}

static int64_t extract_time(unsigned unit, const struct temporal *t)
{
	int64_t hms = t->hour * INT64_C(10000) + t->minute * 100 + t->second, day = t->day;

	switch (unit) {
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

void eval_fn_extract(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	unsigned year;
	int64_t n;

	if (x->arg[0]->t.type == TYPE_TIME && (x->unit == KW_YEAR || x->unit == KW_MONTH ||
		x->unit == KW_QUARTER ||
					       x->unit == KW_YEAR_MONTH)) {
		if (eval_time(v, x->arg[0], TEMPORAL_TIME, TEMPORAL_FUZZY, &t))
			eval_put_int(out, 0, false);
		return;
	}
	switch (x->unit) {
	case KW_YEAR:
		eval_fn_year(v, x, out);
		return;
	case KW_MONTH:
		eval_fn_month(v, x, out);
		return;
	case KW_QUARTER:
		eval_fn_quarter(v, x, out);
		return;
	case KW_YEAR_MONTH:
		if (date_of(v, x, TEMPORAL_FUZZY, &t))
			eval_put_int(out, t.year * INT64_C(100) + t.month, false);
		return;
	case KW_WEEK:
		if (x->arg[0]->t.type == TYPE_TIME) {
			eval_fail(v, ERR_UNSUPPORTED, "EXTRACT(WEEK) of a TIME");
			return;
		}
		if (daynr_of(v, x->arg[0], &t, &n))
			eval_put_int(out, temporal_week(&t,
				week_mode(v->session->default_week_format), &year), false);
		return;
	case KW_DAY:
		if (x->arg[0]->t.type != TYPE_TIME) {
			eval_fn_day(v, x, out);
			return;
		}
		break;
	default:
		break;
	}
	/* A date's time of day, or a TIME, whose hours may be days. */
	if (x->arg[0]->t.type == TYPE_NULL)
		return;
	if (expr_result_of(&x->arg[0]->t) != EXPR_TIME) {
		eval_fail(v, ERR_UNSUPPORTED, "EXTRACT of a time unit from what is no date");
		return;
	}
	if (!eval_time(v, x->arg[0], -1, TEMPORAL_FUZZY, &t))
		return;
	if (t.kind == TEMPORAL_TIME) {
		t.day = (uint8_t)(t.hour / 24);
		t.hour %= 24;
		if (x->unit == KW_DAY) {
			eval_put_int(out, t.negative ? -(int64_t)t.day : t.day, false);
			return;
		}
	}
	n = extract_time(x->unit, &t);
	eval_put_int(out, t.kind == TEMPORAL_TIME && t.negative ? -n : n, false);
}

/* --- made of values --- */

void eval_fn_now(struct eval *v, const struct expr *x, struct datum *out)
{
	bool utc = x->fn == FN_UTC_DATE || x->fn == FN_UTC_TIME || x->fn == FN_UTC_TIMESTAMP;
	struct temporal t;

	eval_now(v, utc, &t);
	as_kind(v, x->t.type == TYPE_DATE ? TEMPORAL_DATE : x->t.type == TYPE_TIME ? TEMPORAL_TIME
		: TEMPORAL_DATETIME,
		&t);
	temporal_truncate(&t, x->t.decimals);
	eval_put_time(out, &t);
}

void eval_fn_date(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (eval_time(v, x->arg[0], TEMPORAL_DATE, eval_date_flags(v), &t))
		eval_put_time(out, &t);
}

void eval_fn_time(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (eval_time(v, x->arg[0], TEMPORAL_TIME, eval_date_flags(v), &t))
		eval_put_time(out, &t);
}

void eval_fn_from_days(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t = {.kind = TEMPORAL_DATE};
	int64_t n;

	if (!eval_i64(v, x->arg[0], &n))
		return;
	temporal_from_daynr(n, &t);
	eval_put_time(out, &t);
}

void eval_fn_makedate(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t = {.kind = TEMPORAL_DATE};
	int64_t year, day;

	if (!eval_i64(v, x->arg[0], &year) || !eval_i64(v, x->arg[1], &day) || day <= 0 ||
		year < 0 || year > 9999 ||
	    day > TEMPORAL_MAX_DAYNR)
		return;
	if (year < 100)
		year += year < 70 ? 2000 : 1900;
	if (temporal_from_daynr(temporal_daynr((unsigned)year, 1, 1) + day - 1, &t))
		eval_put_time(out, &t);
}

void eval_fn_timestamp(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t, add;

	if (!eval_time(v, x->arg[0], TEMPORAL_DATETIME, eval_date_flags(v), &t))
		return;
	if (x->n == 2) {
		if (!eval_time(v, x->arg[1], -1, TEMPORAL_FUZZY, &add) ||
			add.kind != TEMPORAL_TIME ||
		    !temporal_datetime_from_usec(temporal_datetime_usec(&t) + temporal_usec(&add),
			&t))
			return;
	}
	eval_put_time(out, &t);
}

static bool valid_period(int64_t p)
{
	return p > 0 && p % 100 >= 1 && p % 100 <= 12;
}

static int64_t months_of(int64_t p)
{
	int64_t year = p / 100;

	if (p == 0)
		return 0;
	if (year < 70)
		year += 2000;
	else if (year < 100)
		year += 1900;
	return year * 12 + p % 100 - 1;
}

void eval_fn_period_add(struct eval *v, const struct expr *x, struct datum *out)
{
	int64_t p, n, m;

	if (!eval_i64(v, x->arg[0], &p) || !eval_i64(v, x->arg[1], &n))
		return;
	if (!valid_period(p)) {
		err_set_mysql(&v->e, ERR_INVALID, 1210, "HY000",
			"Incorrect arguments to period_add");
		v->failed = true;
		return;
	}
	if (n > INT32_MAX || n < INT32_MIN || p > INT32_MAX) {
		eval_fail(v, ERR_UNSUPPORTED, "PERIOD_ADD out of range");
		return;
	}
	m = months_of(p) + n;
	if (m < 0) {
		eval_fail(v, ERR_UNSUPPORTED, "PERIOD_ADD out of range");
		return;
	}
	p = m / 12;
	if (p < 100)
		p += p < 70 ? 2000 : 1900;
	eval_put_int(out, p * 100 + m % 12 + 1, false);
}

void eval_fn_period_diff(struct eval *v, const struct expr *x, struct datum *out)
{
	int64_t p, q;

	if (!eval_i64(v, x->arg[0], &p) || !eval_i64(v, x->arg[1], &q))
		return;
	if (!valid_period(p) || !valid_period(q)) {
		err_set_mysql(&v->e, ERR_INVALID, 1210, "HY000",
			"Incorrect arguments to period_diff");
		v->failed = true;
		return;
	}
	eval_put_int(out, months_of(p) - months_of(q), false);
}

static int64_t diff_months(const struct temporal *a, const struct temporal *b)
{
	int64_t months = (a->year - b->year) * INT64_C(12) + a->month - b->month;
	int64_t rest = (a->day - b->day) * DAY_USEC + temporal_usec(a) - temporal_usec(b);

	return months - (rest < 0);
}

void eval_fn_timestampdiff(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal a, b;
	int64_t us, months, unit = 1;
	bool swap;

	if (!eval_time(v, x->arg[0], TEMPORAL_DATETIME, ZERO_OFF, &a) ||
	    !eval_time(v, x->arg[1], TEMPORAL_DATETIME, ZERO_OFF, &b))
		return;
	us = temporal_datetime_usec(&b) - temporal_datetime_usec(&a);
	swap = us < 0;
	months = swap ? -diff_months(&a, &b) : diff_months(&b, &a);
	switch (x->unit) {
	case KW_YEAR:
		eval_put_int(out, months / 12, false);
		return;
	case KW_QUARTER:
		eval_put_int(out, months / 3, false);
		return;
	case KW_MONTH:
		eval_put_int(out, months, false);
		return;
	case KW_WEEK:
		unit = DAY_USEC * 7;
		break;
	case KW_DAY:
		unit = DAY_USEC;
		break;
	case KW_HOUR:
		unit = DAY_USEC / 24;
		break;
	case KW_MINUTE:
		unit = 60000000;
		break;
	case KW_SECOND:
		unit = 1000000;
		break;
	default:
		break;
	}
	eval_put_int(out, us / unit, false);
}

/* --- text of dates --- */

static size_t format_one(char c, const struct temporal *t, char *o, size_t room)
{
	unsigned h12 = t->hour % 12 ? t->hour % 12 : 12, year;
	const char *half = t->hour % 24 < 12 ? "AM" : "PM";
	int64_t daynr = temporal_daynr(t->year, t->month, t->day);
	static const char *const th[] = {"th", "st", "nd", "rd"};

#define PUT(...) ((size_t)snprintf(o, room, __VA_ARGS__))
	switch (c) {
	case 'M':
		return t->month ? PUT("%s", month_names[t->month - 1]) : SIZE_MAX;
	case 'b':
		return t->month ? PUT("%.3s", month_names[t->month - 1]) : SIZE_MAX;
	case 'W':
		return t->month && t->day ? PUT("%s", day_names[temporal_weekday(daynr, false)])
			: SIZE_MAX;
	case 'a':
		return t->month && t->day ? PUT("%.3s", day_names[temporal_weekday(daynr, false)])
			: SIZE_MAX;
	case 'D':
		return PUT("%u%s", t->day, t->day / 10 == 1 || t->day % 10 > 3 ? "th"
			: th[t->day % 10]);
	case 'Y':
		return PUT("%04u", t->year);
	case 'y':
		return PUT("%02u", t->year % 100);
	case 'm':
		return PUT("%02u", t->month);
	case 'c':
		return PUT("%u", t->month);
	case 'd':
		return PUT("%02u", t->day);
	case 'e':
		return PUT("%u", t->day);
	case 'f':
		return PUT("%06u", t->usec);
	case 'H':
		return PUT("%02u", t->hour);
	case 'k':
		return PUT("%u", t->hour);
	case 'h':
	case 'I':
		return PUT("%02u", h12);
	case 'l':
		return PUT("%u", h12);
	case 'i':
		return PUT("%02u", t->minute);
	case 's':
	case 'S':
		return PUT("%02u", t->second);
	case 'p':
		return PUT("%s", half);
	case 'r':
		return PUT("%02u:%02u:%02u %s", h12, t->minute, t->second, half);
	case 'T':
		return PUT("%02u:%02u:%02u", t->hour, t->minute, t->second);
	case 'j':
		return t->month ? PUT("%03d", (int)(daynr - temporal_daynr(t->year, 1, 1) + 1))
			: SIZE_MAX;
	case 'w':
		return t->month && t->day ? PUT("%u", temporal_weekday(daynr, true)) : SIZE_MAX;
	case 'U':
		return PUT("%02u", temporal_week(t, 4, &year));
	case 'u':
		return PUT("%02u", temporal_week(t, 1, &year));
	case 'V':
		return PUT("%02u", temporal_week(t, 6, &year));
	case 'v':
		return PUT("%02u", temporal_week(t, 3, &year));
	case 'X':
		temporal_week(t, 6, &year);
		return PUT("%04u", year);
	case 'x':
		temporal_week(t, 3, &year);
		return PUT("%04u", year);
	default:
		o[0] = c;
		return 1;
	}
#undef PUT
}

void eval_fn_date_format(struct eval *v, const struct expr *x, struct datum *out)
{
	bool time = x->fn == FN_TIME_FORMAT;
	struct temporal t;
	struct str f;
	char *p;
	size_t n = 0, room;

	if (!eval_time(v, x->arg[0], time ? TEMPORAL_TIME : TEMPORAL_DATETIME, TEMPORAL_FUZZY,
		&t) ||
	    !eval_str_as(v, x->arg[1], x->t.collation, &f) || !f.n)
		return;
	if (!charset_get(x->t.collation->charset)->ascii) {
		eval_fail(v, ERR_UNSUPPORTED, "DATE_FORMAT in ucs2 and its like");
		return;
	}
	room = f.n * 16 + 32;
	p = eval_alloc(v, room);
	if (!p)
		return;
	if (time && t.negative)
		p[n++] = '-';
	for (size_t i = 0; i < f.n; i++) {
		size_t got = 1;

		if (f.p[i] != '%' || i + 1 == f.n)
			p[n] = f.p[i];
		else
			got = format_one(f.p[++i], &t, p + n, room - n);
		if (got == SIZE_MAX)
			return;
		n += got;
	}
	eval_put_str(out, str_make(p, n));
}
