#include "src/data/temporal.h"

#include <stdio.h>
#include <string.h>

#define DAY_USEC INT64_C(86400000000)

static const uint8_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

bool temporal_is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || (year % 400 == 0 && year != 0);
}

unsigned temporal_days_in_month(unsigned year, unsigned month)
{
	if (month < 1 || month > 12)
		return 31;
	return month_days[month - 1] + (month == 2 && temporal_is_leap(year));
}

int64_t temporal_daynr(unsigned year, unsigned month, unsigned day)
{
	int64_t days;
	int y = (int)year;

	if (year == 0 && month == 0)
		return 0;
	days = 365 * (int64_t)y + 31 * ((int)month - 1) + (int)day;
	if (month <= 2)
		y--;
	else
		days -= ((int)month * 4 + 23) / 10;
	return days + y / 4 - ((y / 100 + 1) * 3) / 4;
}

bool temporal_from_daynr(int64_t daynr, struct temporal *t)
{
	unsigned year, month, in_year, leap = 0;
	int64_t day;

	t->year = 0;
	t->month = t->day = 0;
	if (daynr <= 365 || daynr > TEMPORAL_MAX_DAYNR)
		return false;
	year = (unsigned)(daynr * 100 / 36525);
	day = (daynr - 365 * (int64_t)year) - (year - 1) / 4 + (((year - 1) / 100 + 1) * 3) / 4;
	while (day > (int64_t)(in_year = temporal_is_leap(year) ? 366 : 365)) {
		day -= in_year;
		year++;
	}
	if (temporal_is_leap(year) && day > 31 + 28) {
		day--;
		leap = day == 31 + 28;
	}
	for (month = 1; day > month_days[month - 1]; month++)
		day -= month_days[month - 1];
	t->year = (uint16_t)year;
	t->month = (uint8_t)month;
	t->day = (uint8_t)(day + leap);
	return true;
}

unsigned temporal_weekday(int64_t daynr, bool sunday_first)
{
	return (unsigned)((daynr + 5 + sunday_first) % 7);
}

unsigned temporal_week(const struct temporal *t, unsigned mode, unsigned *year)
{
	int64_t daynr = temporal_daynr(t->year, t->month, t->day);
	int64_t first = temporal_daynr(t->year, 1, 1);
	bool monday = mode & 1, week_year = mode & 2, first_weekday = mode & 4;
	unsigned weekday = temporal_weekday(first, !monday), days;

	*year = t->year;
	if (t->month == 1 && t->day <= 7 - weekday) {
		if (!week_year && ((first_weekday && weekday != 0) || (!first_weekday &&
			weekday >= 4)))
			return 0;
		week_year = true;
		--*year;
		days = temporal_is_leap(*year) ? 366 : 365;
		first -= days;
		weekday = (weekday + 53 * 7 - days) % 7;
	}
	if ((first_weekday && weekday != 0) || (!first_weekday && weekday >= 4))
		days = (unsigned)(daynr - (first + (7 - weekday)));
	else
		days = (unsigned)(daynr - (first - weekday));
	if (week_year && days >= 52 * 7) {
		weekday = (weekday + (temporal_is_leap(*year) ? 366 : 365)) % 7;
		if ((!first_weekday && weekday < 4) || (first_weekday && weekday == 0)) {
			++*year;
			return 1;
		}
	}
	return days / 7 + 1;
}

bool temporal_is_zero_date(const struct temporal *t)
{
	return t->year == 0 && t->month == 0 && t->day == 0;
}

bool temporal_check_date(const struct temporal *t, unsigned flags, unsigned *warn)
{
	bool any = t->year || t->month || t->day || t->hour || t->minute || t->second || t->usec;

	if (any) {
		if ((flags & TEMPORAL_NO_ZERO_IN_DATE) && !(flags & TEMPORAL_FUZZY) &&
		    (t->month == 0 || t->day == 0)) {
			*warn |= TEMPORAL_BAD_ZERO;
			return false;
		}
		if (!(flags & TEMPORAL_INVALID_DATES) && t->month &&
		    t->day > temporal_days_in_month(t->year, t->month)) {
			*warn |= TEMPORAL_OUT_OF_RANGE;
			return false;
		}
		return true;
	}
	if (flags & TEMPORAL_NO_ZERO_DATE) {
		*warn |= TEMPORAL_BAD_ZERO;
		return false;
	}
	return true;
}

static char *two(char *o, unsigned v)
{
	*o++ = (char)('0' + v / 10 % 10);
	*o++ = (char)('0' + v % 10);
	return o;
}

static char *clock_text(char *o, const struct temporal *t, unsigned digits)
{
	uint32_t unit = 100000;

	*o++ = ':';
	o = two(o, t->minute);
	*o++ = ':';
	o = two(o, t->second);
	if (digits)
		*o++ = '.';
	for (; digits; digits--, unit /= 10)
		*o++ = (char)('0' + t->usec / unit % 10);
	return o;
}

size_t temporal_print(const struct temporal *t, unsigned digits, char out[TEMPORAL_TEXT])
{
	char *o = out;

	if (t->kind == TEMPORAL_TIME) {
		if (t->negative)
			*o++ = '-';
		if (t->hour >= 100)
			o += snprintf(o, 12, "%u", t->hour);
		else
			o = two(o, t->hour);
		o = clock_text(o, t, digits);
	} else {
		o = two(o, t->year / 100);
		o = two(o, t->year % 100);
		*o++ = '-';
		o = two(o, t->month);
		*o++ = '-';
		o = two(o, t->day);
		if (t->kind == TEMPORAL_DATETIME) {
			*o++ = ' ';
			o = two(o, t->hour);
			o = clock_text(o, t, digits);
		}
	}
	*o = 0;
	return (size_t)(o - out);
}

uint64_t temporal_number(const struct temporal *t)
{
	uint64_t date = t->year * UINT64_C(10000) + t->month * 100u + t->day;
	uint64_t clock = t->hour * UINT64_C(10000) + t->minute * 100u + t->second;

	if (t->kind == TEMPORAL_DATE)
		return date;
	return t->kind == TEMPORAL_TIME ? clock : date * 1000000 + clock;
}

void temporal_truncate(struct temporal *t, unsigned digits)
{
	static const uint32_t unit[] = {1000000, 100000, 10000, 1000, 100, 10, 1};

	if (digits < 6)
		t->usec -= t->usec % unit[digits];
	if (t->kind == TEMPORAL_TIME && temporal_usec(t) == 0)
		t->negative = false;
}

int64_t temporal_usec(const struct temporal *t)
{
	int64_t us = ((t->hour * INT64_C(60) + t->minute) * 60 + t->second) * 1000000 + t->usec;

	return t->kind == TEMPORAL_TIME && t->negative ? -us : us;
}

int64_t temporal_packed(const struct temporal *t)
{
	int64_t ym;

	if (t->kind == TEMPORAL_TIME)
		return temporal_usec(t);
	ym = ((t->year * INT64_C(13) + t->month) << 5) | t->day;
	if (t->kind == TEMPORAL_DATE)
		return ym * DAY_USEC;
	return ym * DAY_USEC + temporal_usec(t);
}

bool temporal_time_from_usec(int64_t usec, struct temporal *t)
{
	uint64_t us = usec < 0 ? 0 - (uint64_t)usec : (uint64_t)usec;
	const uint64_t max = (TEMPORAL_MAX_HOUR * UINT64_C(3600) + 59 * 60 + 59) * 1000000 + 999999;
	bool fits = us <= max;

	if (!fits)
		us = max;
	*t = (struct temporal){.kind = TEMPORAL_TIME, .negative = usec < 0};
	t->usec = (uint32_t)(us % 1000000);
	us /= 1000000;
	t->second = (uint8_t)(us % 60);
	t->minute = (uint8_t)(us / 60 % 60);
	t->hour = (uint32_t)(us / 3600);
	return fits;
}

int64_t temporal_datetime_usec(const struct temporal *t)
{
	int64_t clock = t->kind == TEMPORAL_DATE ? 0 : temporal_usec(t);

	return temporal_daynr(t->year, t->month, t->day) * DAY_USEC + clock;
}

bool temporal_datetime_from_usec(int64_t usec, struct temporal *t)
{
	int64_t day = usec / DAY_USEC, rest = usec % DAY_USEC;

	if (usec < 0)
		return false;
	*t = (struct temporal){.kind = TEMPORAL_DATETIME};
	if (!temporal_from_daynr(day, t))
		return false;
	t->usec = (uint32_t)(rest % 1000000);
	rest /= 1000000;
	t->second = (uint8_t)(rest % 60);
	t->minute = (uint8_t)(rest / 60 % 60);
	t->hour = (uint32_t)(rest / 3600);
	return true;
}
