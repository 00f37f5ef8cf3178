/* Dates and times from text and numbers. MySQL takes nearly everything: any punctuation between the
 * parts, parts of any number of digits, digits alone (whose count decides), and stops with a warning
 * where it understands no more. */
#include <ctype.h>
#include <string.h>

#include "src/data/temporal.h"

enum {
	CENTURY_SPLIT = 70,
	MAX_NUMBER = 100000,
	FULL_DATE = 12,
	SHORT_DATE = 5,
	YEAR_DIGITS = 4,
	POINT_DIGITS = 6,
};

struct scan {
	const char *p, *end;
	unsigned fields, warn, digits;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_punct(char c)
{
	return c > ' ' && c < 127 && ispunct((unsigned char)c);
}

/* Each returns false when there is something else; at the end of the text there is nothing wrong. */
static bool get_number(struct scan *k, unsigned *v, size_t most)
{
	size_t n = 0;

	if (k->p == k->end)
		return true;
	if (!is_digit(*k->p))
		return false;
	for (*v = 0; k->p < k->end && is_digit(*k->p) && n < most; k->p++, n++)
		*v = *v < MAX_NUMBER ? *v * 10 + (unsigned)(*k->p - '0') : MAX_NUMBER;
	k->fields++;
	return true;
}

static bool get_punct(struct scan *k)
{
	if (k->p == k->end)
		return true;
	if (!is_punct(*k->p))
		return false;
	k->p++;
	return true;
}

/* Between date and time. */
static bool get_separator(struct scan *k, bool strict)
{
	if (k->p == k->end)
		return true;
	if (*k->p == 'T') {
		k->p++;
		return true;
	}
	if (is_punct(*k->p)) {
		if (strict) {
			k->fields = 0;
			return false;
		}
		k->p++;
		return true;
	}
	if (!is_space(*k->p))
		return false;
	while (k->p < k->end && is_space(*k->p))
		k->p++;
	return true;
}

static void get_fraction(struct scan *k, uint32_t *usec)
{
	static const uint32_t scale[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
	const char *start = k->p;
	unsigned v = 0;

	if (!get_number(k, &v, 6))
		k->warn |= TEMPORAL_TRUNCATED;
	k->digits = (unsigned)(k->p - start);
	*usec = 0;
	for (const char *c = start; c < k->p; c++)
		*usec = *usec * 10 + (uint32_t)(*c - '0');
	*usec *= scale[k->digits];
	for (; k->p < k->end && is_digit(*k->p); k->p++)
		k->warn |= TEMPORAL_NOTE;
}

struct parts {
	unsigned year, month, day, hour, minute, second;
};

static void read_parts(struct scan *k, struct parts *d, bool strict, unsigned *year_length)
{
	const char *start = k->p, *c = k->p;
	size_t digits;

	while (c < k->end && is_digit(*c))
		c++;
	digits = (size_t)(c - k->p);
	if (digits && (c == k->end || *c == 'T' || (*c == '.' && digits >= POINT_DIGITS))) {
		*year_length = digits == 4 || digits == 8 || digits >= 14 ? 4 : 2;
		if (!get_number(k, &d->year, *year_length) || !get_number(k, &d->month, 2) ||
		    !get_number(k, &d->day, 2))
			k->warn |= TEMPORAL_TRUNCATED;
		if (k->p < k->end && *k->p == 'T')
			k->p++;
		if (*c == '.' && c < k->end && digits < 10)
			return;
		if (!get_number(k, &d->hour, 2) || !get_number(k, &d->minute, 2) ||
		    !get_number(k, &d->second, 2))
			k->warn |= TEMPORAL_TRUNCATED;
		return;
	}
	if (!get_number(k, &d->year, 1000))
		k->warn |= TEMPORAL_TRUNCATED;
	*year_length = (unsigned)(k->p - start);
	if (!k->warn &&
	    (!get_punct(k) || !get_number(k, &d->month, 1000) || !get_punct(k) ||
	     !get_number(k, &d->day, 1000) || !get_separator(k, strict) ||
	     !get_number(k, &d->hour, 1000) || !get_punct(k) || !get_number(k, &d->minute, 1000) ||
	     !get_punct(k) || !get_number(k, &d->second, 1000)))
		k->warn |= TEMPORAL_TRUNCATED;
}

static void skip_space(struct scan *k)
{
	while (k->p < k->end && is_space(*k->p))
		k->p++;
}

static bool fill(struct scan *k, struct parts d, uint32_t usec, unsigned flags, struct temporal *t)
{
	if (d.year > 9999 || d.month > 12 || d.day > 31 || d.hour > 23 || d.minute > 59 ||
	    d.second > 59) {
		k->warn |= TEMPORAL_TRUNCATED;
		return false;
	}
	t->year = (uint16_t)d.year;
	t->month = (uint8_t)d.month;
	t->day = (uint8_t)d.day;
	t->hour = d.hour;
	t->minute = (uint8_t)d.minute;
	t->second = (uint8_t)d.second;
	t->usec = usec;
	return temporal_check_date(t, flags, &k->warn);
}

/* How sure it must be that a text is a date: of any kind; where it could be a time; where it could be one
 * and only a datetime is wanted. */
enum strictness { AS_ANY, AS_DATE, AS_DATETIME };

/* *none: not even a date. */
static bool parse_datetime(struct scan *k, unsigned flags, enum strictness strict,
			   struct temporal *t, bool *none)
{
	struct parts d = {0};
	unsigned year_length = 0;
	uint32_t usec = 0;
	bool any;

	*t = (struct temporal){.kind = TEMPORAL_DATETIME};
	*none = true;
	skip_space(k);
	if (k->p == k->end) {
		k->warn = TEMPORAL_TRUNCATED;
		return false;
	}
	read_parts(k, &d, strict != AS_ANY, &year_length);
	if (k->fields < (strict == AS_DATETIME ? 4 : 3)) {
		k->warn |= TEMPORAL_TRUNCATED;
		return false;
	}
	*none = false;
	if (!k->warn && k->p < k->end && *k->p == '.') {
		k->p++;
		get_fraction(k, &usec);
	}
	any = d.year || d.month || d.day || d.hour || d.minute || d.second || usec;
	if (year_length == 2 && any && d.year < 100)
		d.year += d.year < CENTURY_SPLIT ? 2000 : 1900;
	if (!fill(k, d, usec, flags, t)) {
		*t = (struct temporal){.kind = TEMPORAL_DATETIME};
		return false;
	}
	t->kind = k->fields <= 3 ? TEMPORAL_DATE : TEMPORAL_DATETIME;
	skip_space(k);
	if (k->p < k->end)
		k->warn |= TEMPORAL_TRUNCATED;
	return true;
}

bool temporal_parse_datetime(struct str s, unsigned flags, struct temporal *t, unsigned *warn,
			     unsigned *digits)
{
	struct scan k = {.p = s.p, .end = s.p + s.n};
	bool none, ok = parse_datetime(&k, flags, AS_ANY, t, &none);

	*warn = k.warn;
	*digits = k.digits;
	return ok;
}

/* Reads the digits; false when there are too many. */
static bool get_value(struct scan *k, uint64_t *v)
{
	for (*v = 0; k->p < k->end && is_digit(*k->p); k->p++) {
		if (*v >= UINT64_MAX / 100)
			return false;
		*v = *v * 10 + (uint64_t)(*k->p - '0');
	}
	return true;
}

static bool more_digits(const struct scan *k)
{
	return k->end - k->p > 1 && *k->p == ':' && is_digit(k->p[1]);
}

/* date[]: days, hours, minutes, seconds. */
static bool read_time(struct scan *k, uint64_t date[4])
{
	const char *end_of_days;
	uint64_t value;
	unsigned state;

	memset(date, 0, 4 * sizeof(date[0]));
	end_of_days = k->p;
	if (!get_value(k, &value) || k->p == end_of_days)
		return false;
	end_of_days = k->p;
	skip_space(k);
	if (k->end - k->p > 1 && k->p != end_of_days && is_digit(*k->p)) {
		date[0] = value;
		state = 1;
	} else if (more_digits(k)) {
		date[1] = value;
		state = 2;
		k->p++;
	} else {
		k->p = end_of_days;
		date[1] = value / 10000;
		date[2] = value / 100 % 100;
		date[3] = value % 100;
		return true;
	}
	for (;;) {
		if (!get_value(k, &value))
			return false;
		date[state++] = value;
		if (state == 4 || !more_digits(k))
			break;
		k->p++;
	}
	return true;
}

static bool is_exponent(const struct scan *k)
{
	const char *p = k->p;

	if (k->end - p < 2 || (*p != 'e' && *p != 'E'))
		return false;
	p += (p[1] == '-' || p[1] == '+') && k->end - p > 2;
	return is_digit(p[1]);
}

static bool time_of_parts(const uint64_t date[4], uint32_t usec, uint64_t most, struct temporal *t,
			  unsigned *warn)
{
	uint64_t hours;

	if (date[0] > UINT32_MAX || date[1] > UINT32_MAX || date[2] > 59 || date[3] > 59) {
		*warn |= TEMPORAL_TRUNCATED;
		return false;
	}
	hours = date[0] * 24 + date[1];
	t->usec = usec;
	t->second = (uint8_t)date[3];
	t->minute = (uint8_t)date[2];
	if (hours > most) {
		*warn |= TEMPORAL_OUT_OF_RANGE;
		t->hour = TEMPORAL_MAX_HOUR;
		t->minute = t->second = 59;
		t->usec = 999999;
		return most == TEMPORAL_MAX_HOUR;
	}
	t->hour = (uint32_t)hours;
	return true;
}

/* Where a text of a time may be a date instead. */
struct time_rules {
	size_t shortest, shortest_digits; /* texts that are tried as a date; of digits alone */
	uint64_t most;			  /* hours */
	enum strictness strict;
	bool no_digits;			  /* digits alone are no time */
};

static const char *skip_digits(const char *p, const char *end)
{
	while (p < end && is_digit(*p))
		p++;
	return p;
}

/* The shortest text that is tried as a date when it starts like the one at k->p. */
static size_t shortest_date(const struct scan *k, const struct time_rules *rules)
{
	const char *p = skip_digits(k->p, k->end);

	if (p == k->end)
		return rules->shortest_digits;
	if (*p == ':') /* no year has so many digits */
		return p - k->p > YEAR_DIGITS ? SIZE_MAX : FULL_DATE;
	if (*p == '.' && p - k->p >= POINT_DIGITS) /* digits with a fraction */
		return p - k->p < FULL_DATE || rules->shortest_digits == SIZE_MAX ? SIZE_MAX : 0;
	return rules->shortest;
}

static bool parse_time(struct scan *k, const struct time_rules *rules, unsigned flags, struct temporal *t)
{
	bool negative, none, plain;
	uint64_t date[4];
	uint32_t usec = 0;
	const char *start;

	*t = (struct temporal){.kind = TEMPORAL_TIME};
	skip_space(k);
	negative = k->p < k->end && *k->p == '-';
	k->p += negative;
	if (k->p == k->end) {
		k->warn = TEMPORAL_TRUNCATED;
		return false;
	}
	if ((size_t)(k->end - k->p) >= shortest_date(k, rules)) {
		struct scan full = {.p = k->p, .end = k->end};
		bool ok = parse_datetime(&full, flags, rules->strict, t, &none);

		if (!none) {
			*k = full;
			return ok && !negative;
		}
	}
	*t = (struct temporal){.kind = TEMPORAL_TIME, .negative = negative};
	start = k->p;
	if (!read_time(k, date)) {
		k->warn = TEMPORAL_TRUNCATED;
		return false;
	}
	plain = skip_digits(start, k->p) == k->p;
	if (k->p < k->end && *k->p == '.') {
		k->p++;
		get_fraction(k, &usec);
		plain = false;
	}
	if (is_exponent(k) || (plain && rules->no_digits)) {
		k->warn = TEMPORAL_TRUNCATED;
		return false;
	}
	if (!time_of_parts(date, usec, rules->most, t, &k->warn))
		return false;
	skip_space(k);
	if (k->p < k->end)
		k->warn |= TEMPORAL_TRUNCATED;
	return true;
}

bool temporal_parse_time(struct str s, unsigned flags, struct temporal *t, unsigned *warn,
			 unsigned *digits)
{
	static const struct time_rules rules = {FULL_DATE, FULL_DATE, TEMPORAL_MAX_HOUR,
						AS_DATETIME, false};
	struct scan k = {.p = s.p, .end = s.p + s.n};
	bool ok = parse_time(&k, &rules, flags, t);

	if (!ok)
		*t = (struct temporal){.kind = TEMPORAL_TIME};
	*warn = k.warn;
	*digits = k.digits;
	return ok;
}

bool temporal_parse_interval(struct str s, enum temporal_digits digits, struct temporal *t,
			     unsigned *warn)
{
	static const struct time_rules rules[] = {
		{SHORT_DATE, SIZE_MAX, TEMPORAL_MAX_INTERVAL_HOUR, AS_DATE, false},
		{SHORT_DATE, FULL_DATE, TEMPORAL_MAX_INTERVAL_HOUR, AS_DATE, false},
		{SHORT_DATE, SHORT_DATE, TEMPORAL_MAX_INTERVAL_HOUR, AS_DATE, true}};
	struct scan k = {.p = s.p, .end = s.p + s.n};
	bool ok = parse_time(&k, &rules[digits], TEMPORAL_FUZZY, t);

	*warn = k.warn;
	return ok;
}

/* YYMMDD and its like to YYYYMMDDHHMMSS; 0 when it is none. */
static uint64_t whole_number(uint64_t n)
{
	if (n < 101)
		return 0;
	if (n <= 691231)
		return (n + 20000000) * 1000000;
	if (n < 700101)
		return 0;
	if (n <= 991231)
		return (n + 19000000) * 1000000;
	if (n < 10000101)
		return 0;
	if (n <= 99991231)
		return n * 1000000;
	if (n < 101000000)
		return 0;
	if (n <= 691231235959)
		return n + UINT64_C(20000000000000);
	if (n < 700101000000)
		return 0;
	return n <= UINT64_C(991231235959) ? n + UINT64_C(19000000000000) : n;
}

bool temporal_from_number(uint64_t n, uint32_t usec, unsigned flags, struct temporal *t,
			  unsigned *warn)
{
	struct scan k = {0};
	struct parts d;
	bool date_only = n < 101000000;
	uint64_t whole;

	*warn = 0;
	*t = (struct temporal){.kind = TEMPORAL_DATETIME};
	if (n == 0 || n >= 10000101000000) {
		whole = n;
		date_only = false;
	} else {
		whole = whole_number(n);
		if (!whole) {
			*warn = TEMPORAL_TRUNCATED;
			return false;
		}
	}
	if (whole > UINT64_C(99991231235959)) {
		*warn = TEMPORAL_TRUNCATED;
		return false;
	}
	d = (struct parts){.year = (unsigned)(whole / UINT64_C(10000000000)),
			   .month = (unsigned)(whole / 100000000 % 100),
			   .day = (unsigned)(whole / 1000000 % 100),
			   .hour = (unsigned)(whole / 10000 % 100),
			   .minute = (unsigned)(whole / 100 % 100),
			   .second = (unsigned)(whole % 100)};
	if (!fill(&k, d, usec, flags, t)) {
		*warn = k.warn ? k.warn : TEMPORAL_TRUNCATED;
		*t = (struct temporal){.kind = TEMPORAL_DATETIME};
		return false;
	}
	t->kind = date_only ? TEMPORAL_DATE : TEMPORAL_DATETIME;
	if (date_only && usec) /* the fraction of a day is lost */
		*warn = TEMPORAL_TRUNCATED;
	return true;
}

bool temporal_time_from_number(bool negative, uint64_t n, uint32_t usec, struct temporal *t,
			       unsigned *warn)
{
	uint64_t date[4] = {0, n / 10000, n / 100 % 100, n % 100};

	*warn = 0;
	*t = (struct temporal){.kind = TEMPORAL_TIME, .negative = negative};
	if (n > 9999999 && n <= UINT64_C(99991231235959) && !negative)
		return temporal_from_number(n, usec, TEMPORAL_INVALID_DATES, t, warn);
	if (date[1] > UINT32_MAX)
		date[1] = UINT32_MAX;
	if (!time_of_parts(date, usec, TEMPORAL_MAX_HOUR, t, warn)) {
		*t = (struct temporal){.kind = TEMPORAL_TIME};
		return false;
	}
	return true;
}

bool temporal_interval_from_number(bool negative, uint64_t n, uint32_t usec, struct temporal *t,
				   unsigned *warn)
{
	uint64_t date[4] = {0, n / 10000, n / 100 % 100, n % 100};

	*warn = 0;
	if (n > UINT64_C(999999995959) && n <= UINT64_C(99991231235959) && !negative)
		return temporal_from_number(n, usec, TEMPORAL_FUZZY, t, warn);
	*t = (struct temporal){.kind = TEMPORAL_TIME, .negative = negative};
	return time_of_parts(date, usec, TEMPORAL_MAX_INTERVAL_HOUR, t, warn);
}
