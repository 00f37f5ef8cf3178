/* Dates and times from values of every type, and the functions that take them apart. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"

#define DAY_USEC INT64_C(86400000000)

enum { EPOCH_DAYNR = 719528, ZERO_OFF = TEMPORAL_NO_ZERO_DATE | TEMPORAL_NO_ZERO_IN_DATE };

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
	eval_warn(v, WARN_TRUNCATED, "Incorrect %s value: '%.*s'",
		  kind == TEMPORAL_TIME   ? "time"
		  : kind <= EVAL_INTERVAL ? "interval"
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
	else if (kind <= EVAL_INTERVAL)
		ok = temporal_parse_interval(s,
					     kind == EVAL_INTERVAL ? TEMPORAL_DIGITS_LONG_DATE
								   : TEMPORAL_DIGITS_DATE,
					     out, &warn);
	else
		ok = temporal_parse_datetime(s, flags, out, &warn, &digits);
	if (!ok || warn)
		incorrect(v, kind, s);
	return ok;
}

/* A number with its fraction as microseconds. */
static bool from_number(struct eval *v, const struct eval_num *n, uint32_t usec, int kind,
			unsigned flags, struct temporal *out)
{
	bool negative = !n->is_unsigned && n->i < 0;
	uint64_t u = negative ? 0 - (uint64_t)n->i : (uint64_t)n->i;
	unsigned warn = 0;
	bool ok;

	if (kind == TEMPORAL_TIME)
		ok = temporal_time_from_number(negative, u, usec, out, &warn);
	else if (kind <= EVAL_INTERVAL)
		ok = temporal_interval_from_number(negative, u, usec, out, &warn);
	else
		ok = !negative && temporal_from_number(u, usec, flags, out, &warn);
	if (!ok || warn)
		incorrect(v, kind, (struct str){"", 0});
	return ok;
}

/* The same with nanoseconds, of which only microseconds stay; but they must not round to a second. */
static bool from_parts(struct eval *v, bool negative, uint64_t u, uint32_t nsec, int kind,
		       unsigned flags, struct temporal *out)
{
	struct eval_num n = {(int64_t)(negative ? 0 - u : u), !negative};
	bool clock = kind == TEMPORAL_TIME || kind <= EVAL_INTERVAL;

	if (nsec >= 999999500 || (negative && !clock)) {
		incorrect(v, kind, (struct str){"", 0});
		return false;
	}
	if (!from_number(v, &n, nsec / 1000, kind, flags, out))
		return false;
	out->negative = negative && out->kind == TEMPORAL_TIME && temporal_usec(out) != 0;
	return true;
}

static bool from_decimal(struct eval *v, const struct decimal *d, int kind, unsigned flags,
			 struct temporal *out)
{
	struct decimal whole = *d, rest;
	uint64_t u, nsec;

	whole.negative = false;
	rest = whole;
	if (!decimal_truncate(&whole, 0) || !decimal_sub(&rest, &rest, &whole) ||
	    !decimal_truncate(&rest, 9)) {
		incorrect(v, kind, (struct str){"", 0});
		return false;
	}
	rest.scale = 0;
	decimal_to_u64(&rest, &nsec);
	if (!decimal_to_u64(&whole, &u) || u > INT64_MAX)
		u = INT64_MAX;
	return from_parts(v, d->negative, u, (uint32_t)nsec, kind, flags, out);
}

static bool from_real(struct eval *v, double d, int kind, unsigned flags, struct temporal *out)
{
	bool negative = d < 0;
	uint64_t u = INT64_MAX;
	uint32_t nsec = 0;

	d = fabs(d);
	if (d < 9223372036854775808.0) {
		u = (uint64_t)d;
		nsec = (uint32_t)((d - floor(d)) * 1000000000);
	}
	return from_parts(v, negative, u, nsec, kind, flags, out);
}

/* A YEAR is the date of it with month and day zero; as a number of hours, minutes, seconds that looks
 * the same. */
static bool from_year(struct eval *v, int64_t year, int kind, unsigned flags, struct temporal *out)
{
	struct eval_num n = {.i = year * 10000};
	unsigned warn = 0;

	if (kind <= EVAL_INTERVAL)
		return from_number(v, &n, 0, kind, flags, out);
	*out = (struct temporal){.kind = TEMPORAL_DATE, .year = (uint16_t)year};
	if ((flags & TEMPORAL_FUZZY) || temporal_check_date(out, flags, &warn))
		return true;
	incorrect(v, kind, (struct str){"", 0});
	return false;
}

static bool read_time(struct eval *v, const struct expr *x, const struct datum *d, int kind,
		      unsigned flags, struct temporal *out)
{
	struct eval_num n;
	unsigned warn = 0;
	struct str s;

	switch (d->kind) {
	case DATUM_TIME:
		*out = d->t;
		/* FROM_DAYS() gives a zero date to everybody. */
		if (out->kind == TEMPORAL_TIME || (flags & TEMPORAL_FUZZY) ||
		    (x->kind == EXPR_CALL && x->fn == FN_FROM_DAYS) ||
		    temporal_check_date(out, flags, &warn))
			return true;
		/* Columns have no zero dates to give, and say nothing about it. */
		if (x->kind == EXPR_COLUMN)
			return false;
		break;
	case DATUM_STRING:
		return from_text(v, x, d->s, kind, flags, out);
	case DATUM_INT:
		if (x->t.type == TYPE_YEAR)
			return from_year(v, d->i, kind, flags, out);
		/* A BIT column is text. */
		if (eval_is_text(x) && eval_datum_text(v, x, d, &s))
			return from_text(v, x, s, kind, flags, out);
		n = (struct eval_num){d->i, d->is_unsigned};
		return from_number(v, &n, 0, kind, flags, out);
	case DATUM_DECIMAL:
		return from_decimal(v, d->dec, kind, flags, out);
	default:
		return from_real(v, d->d, kind, flags, out);
	}
	incorrect(v, kind, (struct str){"", 0});
	return false;
}

bool eval_time_of(struct eval *v, const struct expr *x, const struct datum *d, int kind,
		  unsigned flags, struct temporal *out)
{
	if (d->kind == DATUM_NULL)
		return false;
	if (!read_time(v, x, d, kind, flags, out)) {
		if (!(flags & EVAL_OR_ZERO) || v->failed)
			return false;
		*out = (struct temporal){.kind = kind < 0 ? TEMPORAL_DATETIME : (uint8_t)kind};
		return true;
	}
	return (flags & EVAL_AS_READ) || as_kind(v, kind, out);
}

unsigned eval_asked_flags(const struct eval *v)
{
	return eval_date_flags(v) | v->asked;
}

bool eval_time(struct eval *v, const struct expr *x, int kind, unsigned flags, struct temporal *out)
{
	struct datum d = {.kind = DATUM_NULL};

	if (v->failed)
		return false;
	x = eval_source(x);
	/* Who makes a date takes what is wanted from here; eval_get() forgets it. */
	v->asked = flags & ~(unsigned)(TEMPORAL_FUZZY | EVAL_AS_READ);
	x->eval(v, x, &d);
	v->asked = 0;
	return !v->failed && eval_time_of(v, x, &d, kind, flags, out);
}

bool eval_span(struct eval *v, const struct expr *x, struct temporal *out)
{
	unsigned warn = 0;
	struct str s;
	bool ok;

	if (expr_result_of(&x->t) == EXPR_TIME) {
		if (!eval_time(v, x, EVAL_ANY_TIME, TEMPORAL_FUZZY, out))
			return false;
		ok = true;
	} else {
		if (!eval_str_plain(v, x, &s))
			return false;
		ok = temporal_parse_interval(s, TEMPORAL_DIGITS_CLOCK, out, &warn);
	}
	ok = ok && out->kind == TEMPORAL_TIME;
	if (!ok || warn)
		eval_warn(v, WARN_TRUNCATED, "Incorrect INTERVAL DAY TO SECOND value");
	return ok;
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

	if (eval_time(v, x->arg[0], TEMPORAL_DATE, eval_asked_flags(v), &t))
		eval_put_time(out, &t);
}

void eval_fn_time(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;

	if (!eval_time(v, x->arg[0], TEMPORAL_TIME, eval_asked_flags(v), &t))
		return;
	temporal_truncate(&t, x->t.decimals);
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
	struct eval_num year, day;
	bool has_day = eval_num(v, x->arg[1], &day), has_year = eval_num(v, x->arg[0], &year);

	if (!has_day || !has_year || day.i <= 0 || year.i < 0 || year.i > 9999 ||
	    day.i > TEMPORAL_MAX_DAYNR)
		return;
	if (year.i < 100)
		year.i += year.i < 70 ? 2000 : 1900;
	if (temporal_from_daynr(temporal_daynr((unsigned)year.i, 1, 1) + day.i - 1, &t))
		eval_put_time(out, &t);
}

void eval_fn_timestamp(struct eval *v, const struct expr *x, struct datum *out)
{
	unsigned flags = x->n == 2 ? TEMPORAL_FUZZY : eval_asked_flags(v);
	struct temporal t, add;

	if (!eval_time(v, x->arg[0], TEMPORAL_DATETIME, flags, &t))
		return;
	if (x->n == 2 &&
	    (!eval_span(v, x->arg[1], &add) ||
	     !temporal_datetime_from_usec(temporal_datetime_usec(&t) + temporal_usec(&add), &t)))
		return;
	eval_put_time(out, &t);
}

/* --- periods --- */

/* 0 is a period, too. */
static bool valid_period(int64_t p)
{
	return p == 0 || (p > 0 && p % 100 >= 1 && p % 100 <= 12);
}

static uint64_t months_of(uint64_t p)
{
	uint64_t year = p / 100;

	if (p == 0)
		return 0;
	if (year < 70)
		year += 2000;
	else if (year < 100)
		year += 1900;
	return year * 12 + p % 100 - 1;
}

static bool periods_of(struct eval *v, const struct expr *x, unsigned count, int64_t p[2])
{
	bool has[2];

	for (unsigned i = 0; i < 2; i++)
		has[i] = eval_i64(v, x->arg[i], &p[i]);
	if (!has[0] || !has[1])
		return false;
	if (valid_period(p[0]) && (count == 1 || valid_period(p[1])))
		return true;
	err_set_mysql(&v->e, ERR_INVALID, 1210, "HY000", "Incorrect arguments to %s",
		      count == 1 ? "period_add" : "period_diff");
	v->failed = true;
	return false;
}

/* Months are counted in 32 bits, whatever comes of it. */
void eval_fn_period_add(struct eval *v, const struct expr *x, struct datum *out)
{
	int64_t p[2];
	uint32_t months, year;

	if (!periods_of(v, x, 1, p))
		return;
	months = (uint32_t)months_of((uint64_t)p[0]) + (uint32_t)p[1];
	if (p[0] == 0 || months == 0) {
		eval_put_int(out, 0, false);
		return;
	}
	year = months / 12;
	if (year < 100)
		year += year < 70 ? 2000 : 1900;
	eval_put_int(out, year * INT64_C(100) + months % 12 + 1, false);
}

void eval_fn_period_diff(struct eval *v, const struct expr *x, struct datum *out)
{
	int64_t p[2];

	if (periods_of(v, x, 2, p))
		eval_put_int(out,
			     (int64_t)months_of((uint64_t)p[0]) - (int64_t)months_of((uint64_t)p[1]),
			     false);
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
