/* Date arithmetic: intervals, sums and differences, seconds. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"

#define DAY_USEC INT64_C(86400000000)

enum { EPOCH_DAYNR = 719528, MAX_PARTS = 5, PART_DIGITS = 19, USEC_DIGITS = 6,
	ZERO_OFF = TEMPORAL_NO_ZERO_DATE | TEMPORAL_NO_ZERO_IN_DATE };

struct interval {
	int64_t months, usec;
	bool too_large;
};

/* Units of several parts: how many, and whether the last is microseconds. */
static const struct compound {
	uint16_t unit;
	uint8_t parts;
	bool usec;
	int64_t scale[MAX_PARTS]; /* microseconds of each part (months for YEAR_MONTH) */
} compounds[] = {
	{KW_YEAR_MONTH, 2, false, {12, 1}},
	{KW_DAY_HOUR, 2, false, {DAY_USEC, DAY_USEC / 24}},
	{KW_DAY_MINUTE, 3, false, {DAY_USEC, DAY_USEC / 24, 60000000}},
	{KW_DAY_SECOND, 4, false, {DAY_USEC, DAY_USEC / 24, 60000000, 1000000}},
	{KW_HOUR_MINUTE, 2, false, {DAY_USEC / 24, 60000000}},
	{KW_HOUR_SECOND, 3, false, {DAY_USEC / 24, 60000000, 1000000}},
	{KW_MINUTE_SECOND, 2, false, {60000000, 1000000}},
	{KW_DAY_MICROSECOND, 5, true, {DAY_USEC, DAY_USEC / 24, 60000000, 1000000, 1}},
	{KW_HOUR_MICROSECOND, 4, true, {DAY_USEC / 24, 60000000, 1000000, 1}},
	{KW_MINUTE_MICROSECOND, 3, true, {60000000, 1000000, 1}},
	{KW_SECOND_MICROSECOND, 2, true, {1000000, 1}},
};

static const struct compound *find_compound(unsigned unit)
{
	for (size_t i = 0; i < sizeof(compounds) / sizeof(compounds[0]); i++)
		if (compounds[i].unit == unit)
			return &compounds[i];
	return NULL;
}

static void add_scaled(struct interval *k, int64_t n, int64_t scale, bool months)
{
	int64_t product;

	if (__builtin_mul_overflow(n, scale, &product) ||
	    __builtin_add_overflow(months ? k->months : k->usec, product, months ? &k->months
		: &k->usec))
		k->too_large = true;
}

/* The digits at @at as a number, of microseconds (@usec) the first six, with zeros for those that are
 * missing. false: it is too long to be one. */
static bool read_part(struct str s, size_t *at, bool usec, int64_t *value)
{
	size_t digits = 0;

	for (*value = 0; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; (*at)++, digits++) {
		if (usec && digits >= USEC_DIGITS)
			continue;
		if (*value > (INT64_MAX - 9) / 10)
			*value = INT64_MAX / 10; /* more than any date can move */
		else
			*value = *value * 10 + (s.p[*at] - '0');
	}
	for (size_t n = digits; usec && n < USEC_DIGITS; n++)
		*value *= 10;
	return digits <= PART_DIGITS;
}

static void skip_to_digit(struct str s, size_t *at)
{
	while (*at < s.n && (s.p[*at] < '0' || s.p[*at] > '9'))
		(*at)++;
}

/* Whether the number at @at is the last one of the text. */
static bool is_last(struct str s, size_t at)
{
	while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	skip_to_digit(s, &at);
	return at == s.n;
}

/* "1-2", "1 2:3:4.5": numbers with anything between; those left out are the first ones. false: there are
 * more than the unit has, or one is too long. */
static bool read_compound(struct str s, const struct compound *c, struct interval *k)
{
	int64_t value[MAX_PARTS] = {0};
	unsigned n = 0;
	size_t at = 0;
	bool negative;

	while (at < s.n && (s.p[at] == ' ' || (s.p[at] >= '\t' && s.p[at] <= '\r')))
		at++;
	negative = at < s.n && s.p[at] == '-';
	at += negative;
	skip_to_digit(s, &at);
	for (; at < s.n && n < c->parts; n++) {
		bool last = n + 1u == c->parts || is_last(s, at);

		if (!read_part(s, &at, c->usec && last, &value[n]))
			return false;
		skip_to_digit(s, &at);
	}
	if (at < s.n)
		return false;
	for (unsigned i = 0; i < n; i++)
		add_scaled(k, value[i], c->scale[c->parts - n + i], c->unit == KW_YEAR_MONTH);
	if (negative) {
		k->months = -k->months;
		k->usec = -k->usec;
	}
	return true;
}

/* Text of no decimals, as HEX() is, is read as an integer. */
static bool seconds_of(struct eval *v, const struct expr *x, struct decimal *d)
{
	struct eval_num n;

	if (expr_result_of(&x->t) != EXPR_STRING || x->t.decimals > 0)
		return eval_dec(v, x, d);
	if (!eval_num(v, x, &n))
		return false;
	if (n.is_unsigned)
		decimal_from_u64(d, (uint64_t)n.i);
	else
		decimal_from_i64(d, n.i);
	return true;
}

static bool read_seconds(struct eval *v, const struct expr *x, struct interval *k)
{
	struct decimal d, whole;
	int64_t us;

	if (!seconds_of(v, x, &d))
		return false;
	whole = d;
	decimal_truncate(&whole, 6);
	whole.scale = 0;
	if (!decimal_to_i64(&whole, &us))
		k->too_large = true;
	k->usec = us;
	return true;
}

static bool read_interval(struct eval *v, const struct expr *x, struct interval *k)
{
	const struct compound *c = find_compound(x->unit);
	struct eval_num n;
	struct str s;

	*k = (struct interval){0};
	if (c) {
		if (!eval_str_plain(v, x->arg[1], &s))
			return false;
		return read_compound(s, c, k);
	}
	if (x->unit == KW_SECOND)
		return read_seconds(v, x->arg[1], k);
	if (!eval_num(v, x->arg[1], &n))
		return false;
	/* Too many of these count backwards, as the server's registers do. */
	k->too_large = n.is_unsigned && n.i < 0 && x->unit != KW_YEAR && x->unit != KW_MONTH &&
		       x->unit != KW_MICROSECOND;
	switch (x->unit) {
	case KW_YEAR:
		add_scaled(k, n.i, 12, true);
		break;
	case KW_QUARTER:
		add_scaled(k, n.i, 3, true);
		break;
	case KW_MONTH:
		add_scaled(k, n.i, 1, true);
		break;
	case KW_WEEK:
		add_scaled(k, n.i, 7 * DAY_USEC, false);
		break;
	case KW_DAY:
		add_scaled(k, n.i, DAY_USEC, false);
		break;
	case KW_HOUR:
		add_scaled(k, n.i, DAY_USEC / 24, false);
		break;
	case KW_MINUTE:
		add_scaled(k, n.i, 60000000, false);
		break;
	default:
		add_scaled(k, n.i, 1, false);
		break;
	}
	return true;
}

static bool is_month_unit(unsigned unit)
{
	return unit == KW_YEAR || unit == KW_QUARTER || unit == KW_MONTH || unit == KW_YEAR_MONTH;
}

/* A TIME with months or weeks has no value. */
static bool time_with_date(struct eval *v, const struct expr *x)
{
	if (x->arg[0]->t.type != TYPE_TIME)
		return false;
	eval_warn(v, WARN_TRUNCATED, "Incorrect datetime value");
	return true;
}

static bool is_day_unit(unsigned unit)
{
	return is_month_unit(unit) || unit == KW_DAY || unit == KW_WEEK;
}

/* *t moved by @k; false: it leaves the calendar. */
static bool add_interval(struct temporal *t, const struct interval *k, unsigned unit)
{
	int64_t n, us;
	uint8_t kind = t->kind;

	if (k->too_large)
		return false;
	if (is_month_unit(unit)) {
		if (__builtin_add_overflow(t->year * INT64_C(12) + t->month - 1, k->months, &n) ||
			n < 0 ||
		    n >= 120000)
			return false;
		t->year = (uint16_t)(n / 12);
		t->month = (uint8_t)(n % 12 + 1);
		if (t->day > temporal_days_in_month(t->year, t->month))
			t->day = (uint8_t)temporal_days_in_month(t->year, t->month);
		return true;
	}
	if (__builtin_add_overflow(temporal_datetime_usec(t), k->usec, &us) || us < 0 ||
	    !temporal_datetime_from_usec(us, t))
		return false;
	t->kind = kind == TEMPORAL_DATE && is_day_unit(unit) ? TEMPORAL_DATE : TEMPORAL_DATETIME;
	return true;
}

static void add_to_time(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	struct interval k;
	int64_t us;

	if (!eval_time(v, x->arg[0], TEMPORAL_TIME, TEMPORAL_FUZZY, &t) || !read_interval(v, x, &k))
		return;
	if (x->negated)
		k.usec = -k.usec;
	if (k.too_large || __builtin_add_overflow(temporal_usec(&t), k.usec, &us) ||
	    !temporal_time_from_usec(us, &t))
		eval_warn(v, WARN_DATE_OVERFLOW, "Datetime function: time field overflow");
	else
		eval_put_time(out, &t);
}

/* A date, which may have no zero parts now. */
static bool start_of(struct eval *v, const struct expr *x, struct temporal *t)
{
	unsigned warn = 0;

	if (!eval_time(v, x->arg[0], x->t.type == TYPE_DATETIME ? TEMPORAL_DATETIME : EVAL_ANY_TIME,
		       TEMPORAL_FUZZY, t))
		return false;
	if (t->kind != TEMPORAL_TIME && temporal_check_date(t, ZERO_OFF, &warn) &&
	    !temporal_is_zero_date(t))
		return true;
	eval_warn(v, WARN_TRUNCATED, "Incorrect datetime value");
	return false;
}

void eval_interval_add(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	struct interval k;

	if (x->t.type == TYPE_TIME) {
		add_to_time(v, x, out);
		return;
	}
	if (time_with_date(v, x) || !start_of(v, x, &t) || !read_interval(v, x, &k))
		return;
	if (x->negated) {
		k.months = -k.months;
		k.usec = -k.usec;
	}
	if (add_interval(&t, &k, x->unit))
		eval_put_time(out, &t);
	else
		eval_warn(v, WARN_DATE_OVERFLOW, "Datetime function: datetime field overflow");
}

void eval_fn_adddate(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_interval_add(v, x, out);
}

void eval_fn_timestampadd(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_interval_add(v, x, out);
}

/* A TIME of so many microseconds, cut to what a TIME may be. */
static void put_span(struct eval *v, const struct expr *x, int64_t us, struct datum *out)
{
	struct temporal t;

	if (!temporal_time_from_usec(us, &t)) {
		if (expr_result_of(&x->t) == EXPR_TIME)
			temporal_truncate(&t, x->t.decimals);
		eval_warn(v, WARN_TRUNCATED, "Truncated incorrect time value");
	}
	eval_put_time(out, &t);
}

void eval_fn_addtime(struct eval *v, const struct expr *x, struct datum *out)
{
	bool datetime = x->t.type == TYPE_DATETIME;
	struct temporal t, add;
	int64_t us;

	/* A text is a time or a datetime, as it looks. */
	if (!eval_time(v, x->arg[0], datetime ? TEMPORAL_DATETIME : TEMPORAL_TIME,
		       datetime ? TEMPORAL_FUZZY : TEMPORAL_FUZZY | EVAL_AS_READ, &t) ||
	    !eval_span(v, x->arg[1], &add))
		return;
	us = x->fn == FN_SUBTIME ? -temporal_usec(&add) : temporal_usec(&add);
	if (t.kind == TEMPORAL_TIME)
		put_span(v, x, temporal_usec(&t) + us, out);
	else if (temporal_datetime_from_usec(temporal_datetime_usec(&t) + us, &t))
		eval_put_time(out, &t);
}

void eval_fn_timediff(struct eval *v, const struct expr *x, struct datum *out)
{
	unsigned flags = TEMPORAL_FUZZY | EVAL_AS_READ;
	struct temporal a, b;

	/* No date can be made of it where a whole one is wanted. */
	if (v->asked & TEMPORAL_NO_ZERO_IN_DATE)
		return;
	if (!eval_time(v, x->arg[0], TEMPORAL_TIME, flags, &a) ||
	    !eval_time(v, x->arg[1], TEMPORAL_TIME, flags, &b) || a.kind != b.kind)
		return;
	if (a.kind == TEMPORAL_TIME)
		put_span(v, x, temporal_usec(&a) - temporal_usec(&b), out);
	else
		put_span(v, x, temporal_datetime_usec(&a) - temporal_datetime_usec(&b), out);
}

void eval_fn_time_to_sec(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	struct decimal d;
	int64_t us;

	if (!eval_time(v, x->arg[0], TEMPORAL_TIME, TEMPORAL_FUZZY, &t))
		return;
	us = temporal_usec(&t);
	if (expr_result_of(&x->t) == EXPR_INT) {
		eval_put_int(out, us / 1000000, false);
		return;
	}
	decimal_from_i64(&d, us);
	d.scale = 6;
	d.negative = t.negative; /* also of 0 */
	eval_put_dec(v, &d, out);
}

void eval_fn_sec_to_time(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	struct decimal d;
	int64_t us;

	if (!seconds_of(v, x->arg[0], &d))
		return;
	decimal_truncate(&d, 6);
	d.scale = 0;
	if (!decimal_to_i64(&d, &us))
		us = d.negative ? INT64_MIN : INT64_MAX;
	if (!temporal_time_from_usec(us, &t)) {
		temporal_truncate(&t, x->t.decimals);
		eval_warn(v, WARN_TRUNCATED, "Truncated incorrect seconds value");
	}
	eval_put_time(out, &t);
}

void eval_fn_maketime(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t = {.kind = TEMPORAL_TIME};
	struct eval_num hour;
	int64_t minute, us = 0;
	struct decimal d;
	bool has_hour = eval_num(v, x->arg[0], &hour), has_minute = eval_i64(v, x->arg[1], &minute);
	bool has_second = seconds_of(v, x->arg[2], &d), too_large = false, negative;

	if (has_second) {
		decimal_truncate(&d, 6);
		d.scale = 0;
		negative = d.negative;
		d.negative = false;
		too_large = !decimal_to_i64(&d, &us) || us >= 60000000;
	}
	if (too_large)
		eval_warn(v, WARN_TRUNCATED, "Truncated incorrect seconds value");
	if (!has_hour || !has_minute || !has_second || too_large || negative || minute < 0 ||
	    minute > 59)
		return;
	t.negative = !hour.is_unsigned && hour.i < 0;
	if (t.negative ? hour.i < -TEMPORAL_MAX_HOUR : hour.i < 0 || hour.i > TEMPORAL_MAX_HOUR) {
		put_span(v, x, t.negative ? INT64_MIN : INT64_MAX, out);
		return;
	}
	t.hour = (uint32_t)(t.negative ? -hour.i : hour.i);
	t.minute = (uint8_t)minute;
	t.second = (uint8_t)(us / 1000000);
	t.usec = (uint32_t)(us % 1000000);
	eval_put_time(out, &t);
}

static int64_t zone_usec(const struct eval *v)
{
	return v->session->zone_seconds * INT64_C(1000000);
}

void eval_fn_from_unixtime(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	struct decimal d;
	int64_t us;

	if (!seconds_of(v, x->arg[0], &d))
		return;
	decimal_truncate(&d, 6);
	us = d.negative ? -1 : INT64_MAX;
	if (decimal_round(&d, 6)) {
		d.scale = 0;
		if (!decimal_to_i64(&d, &us))
			us = d.negative ? INT64_MIN : INT64_MAX;
	}
	if (us / 1000000 > INT32_MAX || us / 1000000 < -(int64_t)INT32_MAX)
		eval_warn(v, WARN_TRUNCATED, "Truncated incorrect unixtime value");
	if (us < 0 || us / 1000000 > INT32_MAX)
		return;
	if (temporal_datetime_from_usec(us + EPOCH_DAYNR * DAY_USEC + zone_usec(v), &t))
		eval_put_time(out, &t);
}

void eval_fn_unix_timestamp(struct eval *v, const struct expr *x, struct datum *out)
{
	struct temporal t;
	struct decimal d;
	int64_t us;

	if (x->n == 0) {
		eval_put_int(out, v->session->now_usec / 1000000, false);
		return;
	}
	if (!eval_time(v, x->arg[0], TEMPORAL_DATETIME, TEMPORAL_NO_ZERO_IN_DATE, &t))
		return;
	us = temporal_datetime_usec(&t) - EPOCH_DAYNR * DAY_USEC - zone_usec(v);
	if (us < 0 || us / 1000000 > INT32_MAX)
		return;
	if (expr_result_of(&x->t) == EXPR_INT) {
		eval_put_int(out, us / 1000000, false);
		return;
	}
	decimal_from_i64(&d, us);
	d.scale = 6;
	eval_put_dec(v, &d, out);
}

/* What the name of a time zone may be. */
enum zone { ZONE_OFFSET, ZONE_NAMED, ZONE_NONE };

/* "+05:30" in seconds, from -12:59 to 13:00. Names begin with a letter; nothing else can be one. */
static enum zone read_zone(struct str s, int64_t *seconds)
{
	int64_t h = 0, m = 0;
	struct str hours, minutes;

	if (s.n && isalpha((unsigned char)*s.p))
		return ZONE_NAMED;
	if (s.n < 4 || s.n > 8 || (s.p[0] != '+' && s.p[0] != '-') ||
	    !str_cut(str_make(s.p + 1, s.n - 1), ':', &hours, &minutes) ||
	    !str_to_i64(hours, &h) || !str_to_i64(minutes, &m) || h < 0 || m < 0 || m > 59)
		return ZONE_NONE;
	*seconds = (h * 60 + m) * 60 * (s.p[0] == '-' ? -1 : 1);
	return *seconds >= -46740 && *seconds <= 46800 ? ZONE_OFFSET : ZONE_NONE;
}

void eval_fn_convert_tz(struct eval *v, const struct expr *x, struct datum *out)
{
	enum zone from = ZONE_NONE, to = ZONE_NONE;
	struct temporal t;
	struct str s;
	int64_t a = 0, b = 0, us;

	if (eval_str_plain(v, x->arg[1], &s))
		from = read_zone(s, &a);
	if (eval_str_plain(v, x->arg[2], &s))
		to = read_zone(s, &b);
	if (from == ZONE_NONE || to == ZONE_NONE)
		return;
	if (from == ZONE_NAMED || to == ZONE_NAMED) {
		eval_fail(v, ERR_UNSUPPORTED, "named time zones");
		return;
	}
	if (!eval_time(v, x->arg[0], TEMPORAL_DATETIME, ZERO_OFF, &t))
		return;
	us = temporal_datetime_usec(&t) - a * 1000000 - EPOCH_DAYNR * DAY_USEC;
	/* Outside of what a timestamp can be it stays as it is. */
	if (us >= 0 && us / 1000000 <= INT32_MAX &&
	    !temporal_datetime_from_usec(us + EPOCH_DAYNR * DAY_USEC + b * 1000000, &t))
		return;
	eval_put_time(out, &t);
}
