/* Dates and times; what a server makes of them is compared in test/compare/test_eval.py. */
#include "src/data/temporal.h"

#include "test/lib/tap.h"

static void parse(const char *text, bool time, const char *want, unsigned want_warn)
{
	struct temporal t;
	unsigned warn, digits;
	char out[TEMPORAL_TEXT] = "none";
	bool ok = time ? temporal_parse_time(str_of(text), TEMPORAL_FUZZY, &t, &warn, &digits)
		       : temporal_parse_datetime(str_of(text), TEMPORAL_FUZZY, &t, &warn, &digits);

	if (ok)
		temporal_print(&t, digits, out);
	CHECK_STR(out, want);
	CHECK_INT(warn, want_warn);
}

static void parsing(void)
{
	parse("2020-02-29", false, "2020-02-29", 0);
	parse("20-2-29 1:2:3.5", false, "2020-02-29 01:02:03.5", 0);
	parse("20200229T010203", false, "2020-02-29 01:02:03", 0);
	parse("2021-02-29", false, "none", TEMPORAL_OUT_OF_RANGE);
	parse("2020-13-01", false, "none", TEMPORAL_TRUNCATED);
	parse("2020-01-01x", false, "2020-01-01", TEMPORAL_TRUNCATED);
	parse("0000-00-00", false, "0000-00-00", 0);
	parse("", false, "none", TEMPORAL_TRUNCATED);
	parse("1 2:3", true, "26:03:00", 0);
	parse("-10:11:12.123", true, "-10:11:12.123", 0);
	parse("101112", true, "10:11:12", 0);
	parse("900:00:00", true, "838:59:59", TEMPORAL_OUT_OF_RANGE);
	parse("10:60", true, "none", TEMPORAL_TRUNCATED);
	parse("abc", true, "none", TEMPORAL_TRUNCATED);
	parse("1e3", true, "none", TEMPORAL_TRUNCATED);
}

static void interval(const char *text, enum temporal_digits digits, enum temporal_kind kind, unsigned hour, unsigned day)
{
	struct temporal t;
	unsigned warn;

	CHECK(temporal_parse_interval(str_of(text), digits, &t, &warn));
	CHECK_INT(warn, 0);
	CHECK_INT(t.kind, kind);
	CHECK_INT(t.hour, hour);
	CHECK_INT(t.day, day);
}

static void intervals(void)
{
	struct temporal t;
	unsigned warn;

	interval("999:00:00", TEMPORAL_DIGITS_CLOCK, TEMPORAL_TIME, 999, 0);
	interval("2020-01-31", TEMPORAL_DIGITS_LONG_DATE, TEMPORAL_DATE, 0, 31);
	interval("200131", TEMPORAL_DIGITS_LONG_DATE, TEMPORAL_TIME, 20, 0);
	interval("323210123456", TEMPORAL_DIGITS_CLOCK, TEMPORAL_TIME, 32321012, 0);
	interval("200131101112", TEMPORAL_DIGITS_LONG_DATE, TEMPORAL_DATETIME, 10, 31);
	interval("200131", TEMPORAL_DIGITS_DATE, TEMPORAL_DATE, 0, 31);
	interval("87649415:00:00", TEMPORAL_DIGITS_CLOCK, TEMPORAL_TIME, 87649415, 0);
	CHECK(!temporal_parse_interval(STR_LIT("87649416:00:00"), TEMPORAL_DIGITS_CLOCK, &t, &warn));
	CHECK(!temporal_parse_interval(STR_LIT("1230"), TEMPORAL_DIGITS_DATE, &t, &warn));
	CHECK(!temporal_parse_interval(STR_LIT("-20-01-31"), TEMPORAL_DIGITS_DATE, &t, &warn));
	CHECK(temporal_interval_from_number(false, 20200101101112, 0, &t, &warn) && t.kind == TEMPORAL_DATETIME);
	CHECK(temporal_interval_from_number(true, 99990000, 0, &t, &warn) && t.hour == 9999 && t.negative);
	CHECK(!temporal_interval_from_number(false, 61, 0, &t, &warn));
}

static void calendar(void)
{
	struct temporal t = {.kind = TEMPORAL_DATE};
	unsigned year;
	bool same = true;

	CHECK_INT(temporal_daynr(2000, 1, 1), 730485);
	for (int64_t n = 366; n <= TEMPORAL_MAX_DAYNR; n += 13)
		same = same && temporal_from_daynr(n, &t) && temporal_daynr(t.year, t.month, t.day) == n;
	CHECK(same);
	CHECK(!temporal_from_daynr(TEMPORAL_MAX_DAYNR + 1, &t));
	CHECK(temporal_from_daynr(temporal_daynr(2008, 2, 20), &t));
	CHECK_INT(temporal_week(&t, 4, &year), 7);
	CHECK_INT(temporal_week(&t, 1, &year), 8);
	CHECK_INT(temporal_weekday(730485, false), 5);
	CHECK(temporal_is_leap(2000) && !temporal_is_leap(1900) && temporal_days_in_month(2024, 2) == 29);
}

static void numbers(void)
{
	struct temporal t;
	unsigned warn;
	char out[TEMPORAL_TEXT];

	CHECK(temporal_from_number(20200229, 0, TEMPORAL_FUZZY, &t, &warn) && t.kind == TEMPORAL_DATE);
	CHECK(temporal_from_number(200229101112, 5, TEMPORAL_FUZZY, &t, &warn));
	temporal_print(&t, 6, out);
	CHECK_STR(out, "2020-02-29 10:11:12.000005");
	CHECK(!temporal_from_number(99, 0, TEMPORAL_FUZZY, &t, &warn));
	CHECK(temporal_time_from_number(true, 8400000, 0, &t, &warn) && warn == TEMPORAL_OUT_OF_RANGE);
	CHECK(!temporal_time_from_usec(INT64_MIN, &t) && t.negative && t.hour == TEMPORAL_MAX_HOUR);
	CHECK(temporal_time_from_usec(-1500000, &t));
	temporal_print(&t, 1, out);
	CHECK_STR(out, "-00:00:01.5");
	CHECK_INT(temporal_usec(&t), -1500000);
}

int main(void)
{
	parsing();
	intervals();
	calendar();
	numbers();
	return TAP_DONE();
}
