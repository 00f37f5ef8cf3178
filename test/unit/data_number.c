/* Numbers as text. More values are compared with a real server in test/compare/test_decimal.py. */
#include "src/data/number.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "test/lib/tap.h"

static void doubles(void)
{
	static const struct {
		double d;
		const char *text;
	} t[] = {{0, "0"}, {1, "1"}, {-1.5, "-1.5"}, {0.1, "0.1"}, {1e15, "1e15"}, {1e14, "100000000000000"},
		 {1.2345678901234568e17, "1.2345678901234568e17"}, {1e-5, "0.00001"}, {1e-15, "0.000000000000001"},
		 {1e-16, "1e-16"}, {DBL_MAX, "1.7976931348623157e308"}, {5e-324, "5e-324"},
		 {0.30000000000000004, "0.30000000000000004"}, {1234567.25, "1234567.25"}, {-1e100, "-1e100"}};
	char out[NUMBER_FIXED_TEXT];
	double back;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		size_t n = number_format_double(t[i].d, out);

		CHECK_STR(out, t[i].text);
		CHECK(n == strlen(out) && number_parse_double(str_of(out), &back) && back == t[i].d);
	}
	number_format_double(INFINITY, out);
	CHECK_STR(out, "0");
	number_format_float(0.1f, out);
	CHECK_STR(out, "0.1");
	number_format_float(16777216, out);
	CHECK_STR(out, "16777200");
	CHECK_INT(number_format_fixed(2.5, 3, out), 5);
	CHECK_STR(out, "2.500");
	CHECK_INT(number_format_fixed(-DBL_MAX, 30, out), 341);
}

static void parsing(void)
{
	static const char *const bad[] = {"", "x", "0x10", "inf", "nan", " 1", "1 ", "1e", "--1"};
	char out[NUMBER_TEXT];
	double d;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!number_parse_double(str_of(bad[i]), &d));
	CHECK(number_parse_double(STR_LIT("-.5e1"), &d) && d == -5);
	CHECK_INT(number_format_i64(INT64_MIN, out), 20);
	CHECK_STR(out, "-9223372036854775808");
	CHECK_INT(number_format_u64(UINT64_MAX, out), 20);
	CHECK_STR(out, "18446744073709551615");
	number_format_i64(0, out);
	CHECK_STR(out, "0");
}

/* The longest texts fit: sign, zeros after the point, seventeen digits. */
static void longest(void)
{
	char out[NUMBER_TEXT];
	size_t most = 0;

	for (int exponent = -40; exponent <= 40; exponent++) {
		double d = strtod("-1.2345678901234567", NULL) * pow(10, exponent);
		size_t n = number_format_double(d, out);

		CHECK(n < NUMBER_TEXT && out[n] == 0 && strtod(out, NULL) == d);
		most = n > most ? n : most;
	}
	CHECK(most > 30);
}

int main(void)
{
	doubles();
	parsing();
	longest();
	return TAP_DONE();
}
