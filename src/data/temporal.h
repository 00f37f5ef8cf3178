/* temporal - dates and times as MySQL has them: zero dates, fractions, parsing of every form a
 * literal, a string or a number may have, printing, calendar arithmetic and intervals. The clock is
 * never read here. Plain data; any thread. */
#ifndef DATA_TEMPORAL_H
#define DATA_TEMPORAL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/str.h"

enum temporal_kind { TEMPORAL_DATE, TEMPORAL_DATETIME, TEMPORAL_TIME };

struct temporal {
	uint8_t kind; /* enum temporal_kind */
	bool negative; /* of TEMPORAL_TIME */
	uint8_t month, day, minute, second;
	uint16_t year;
	uint32_t hour; /* to 838 for TEMPORAL_TIME; more in intervals and on the way */
	uint32_t usec;
};

/* What a date may be; from sql_mode. */
enum temporal_flag {
	TEMPORAL_NO_ZERO_DATE = 1,    /* not 0000-00-00 */
	TEMPORAL_NO_ZERO_IN_DATE = 2, /* no month 0, no day 0 */
	TEMPORAL_INVALID_DATES = 4,   /* days to 31 in every month */
	TEMPORAL_FUZZY = 8,	      /* zero parts are fine, whatever the flags above say */
};

/* How parsing went, bits. */
enum temporal_warning {
	TEMPORAL_TRUNCATED = 1,	   /* something was not understood: a warning */
	TEMPORAL_OUT_OF_RANGE = 2, /* the value was too large */
	TEMPORAL_NOTE = 4,	   /* digits past the sixth were cut: a note */
	TEMPORAL_BAD_ZERO = 8,	   /* a zero date or part that the flags forbid */
};

enum {
	TEMPORAL_TEXT = 32,
	TEMPORAL_MAX_HOUR = 838,
	TEMPORAL_MAX_INTERVAL_HOUR = 87649415,
	TEMPORAL_MAX_DAYNR = 3652424,
};

/* Days since year 0, as TO_DAYS(). */
int64_t temporal_daynr(unsigned year, unsigned month, unsigned day);
/* The date of a day number; false (all zero) when it has none. */
bool temporal_from_daynr(int64_t daynr, struct temporal *t);
unsigned temporal_days_in_month(unsigned year, unsigned month);
bool temporal_is_leap(unsigned year);
/* 0 Monday to 6 Sunday; @sunday_first: 0 Sunday. */
unsigned temporal_weekday(int64_t daynr, bool sunday_first);
/* WEEK()'s number; mode bits: 1 Monday first, 2 year (no week 0), 4 first weekday. */
unsigned temporal_week(const struct temporal *t, unsigned mode, unsigned *year);
/* Whether year, month and day are a date under @flags (enum temporal_flag); sets *warn if not. */
bool temporal_check_date(const struct temporal *t, unsigned flags, unsigned *warn);
bool temporal_is_zero_date(const struct temporal *t);

/* A DATE or DATETIME from text. false: it is none (then *t is zero). *warn: enum temporal_warning.
 * *digits: of the fraction. */
bool temporal_parse_datetime(struct str s, unsigned flags, struct temporal *t, unsigned *warn,
			     unsigned *digits);
/* A TIME from text; a full datetime gives kind TEMPORAL_DATETIME. */
bool temporal_parse_time(struct str s, unsigned flags, struct temporal *t, unsigned *warn,
			 unsigned *digits);
/* From numbers: YYMMDD, YYYYMMDDHHMMSS...; HHMMSS for times. @usec is the fraction. */
bool temporal_from_number(uint64_t n, uint32_t usec, unsigned flags, struct temporal *t,
			  unsigned *warn);
bool temporal_time_from_number(bool negative, uint64_t n, uint32_t usec, struct temporal *t,
			       unsigned *warn);

/* What digits alone are where a span of time is read: hours, minutes, seconds; or a date, if there are
 * enough for all of one; or a date always. */
enum temporal_digits { TEMPORAL_DIGITS_CLOCK, TEMPORAL_DIGITS_LONG_DATE, TEMPORAL_DIGITS_DATE };
/* A span of time, which may have more hours than a TIME, or a date: "Y-M-D" is one, too. */
bool temporal_parse_interval(struct str s, enum temporal_digits digits, struct temporal *t,
			     unsigned *warn);
bool temporal_interval_from_number(bool negative, uint64_t n, uint32_t usec, struct temporal *t,
				   unsigned *warn);

/* Text with @digits (0-6) digits of fraction; returns the length. */
size_t temporal_print(const struct temporal *t, unsigned digits, char out[TEMPORAL_TEXT]);
/* YYYYMMDD, YYYYMMDDHHMMSS, HHMMSS; the sign of a TIME is not in it. */
uint64_t temporal_number(const struct temporal *t);
/* Cuts the fraction to @digits. */
void temporal_truncate(struct temporal *t, unsigned digits);
/* A number that orders values of one kind (DATE and DATETIME are one kind). */
int64_t temporal_packed(const struct temporal *t);
/* Microseconds of the time of day, or of a whole TIME with its sign. */
int64_t temporal_usec(const struct temporal *t);
/* A TIME of so many microseconds; clamped to 838:59:59.999999 (then false). */
bool temporal_time_from_usec(int64_t usec, struct temporal *t);
/* DATETIME to and from microseconds since day 0. */
int64_t temporal_datetime_usec(const struct temporal *t);
bool temporal_datetime_from_usec(int64_t usec, struct temporal *t);
#endif
