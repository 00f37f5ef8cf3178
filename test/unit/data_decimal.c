#include "src/data/decimal.h"

#include "test/lib/tap.h"

static char text[DECIMAL_TEXT];

static struct decimal dec(const char *z)
{
	struct decimal d;

	if (!decimal_parse(&d, str_of(z)))
		printf("# cannot parse %s\n", z);
	return d;
}

static const char *show(const struct decimal *d)
{
	decimal_print(d, text);
	return text;
}

static const char *op(char o, const char *a, const char *b, int scale)
{
	struct decimal x = dec(a), y = dec(b), r;
	bool ok = o == '+'   ? decimal_add(&r, &x, &y)
		  : o == '-' ? decimal_sub(&r, &x, &y)
		  : o == '*' ? decimal_mul(&r, &x, &y)
			     : decimal_div(&r, &x, &y, (uint8_t)scale);

	return ok ? show(&r) : "overflow";
}

static void test_text(void)
{
	static const char *const same[] = {"0", "1", "-1", "0.00", "12.50", "-0.05", "999999999", "1000000000",
					   "123456789012345678901234567890.123456789",
					   "99999999999999999999999999999999999999999999999999999999999999999"};
	struct decimal d;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		d = dec(same[i]);
		CHECK_STR(show(&d), same[i]);
	}
	d = dec("-0.0");
	CHECK_STR(show(&d), "0.0");
	d = dec(".5");
	CHECK_STR(show(&d), "0.5");
	d = dec("+1.5e3");
	CHECK_STR(show(&d), "1500");
	d = dec("15e-3");
	CHECK_STR(show(&d), "0.015");
	CHECK(!decimal_parse(&d, STR_LIT("")) && !decimal_parse(&d, STR_LIT("-")) &&
	      !decimal_parse(&d, STR_LIT("1x")) && !decimal_parse(&d, STR_LIT("1.2.3")) &&
	      !decimal_parse(&d, STR_LIT(".")));
	CHECK(!decimal_parse(&d, STR_LIT("1000000000000000000000000000000000000000000000000000000000000000000")));
}

static void test_arithmetic(void)
{
	CHECK_STR(op('+', "1.5", "2.25", 0), "3.75");
	CHECK_STR(op('+', "999999999", "1", 0), "1000000000");
	CHECK_STR(op('+', "-1.5", "1.50", 0), "0.00");
	CHECK_STR(op('-', "1", "1000000000000000000000", 0), "-999999999999999999999");
	CHECK_STR(op('-', "-5", "-7.5", 0), "2.5");
	CHECK_STR(op('*', "-12345678901234567890", "98765432109876543210", 0),
		  "-1219326311370217952237463801111263526900");
	CHECK_STR(op('*', "0.5", "0.5", 0), "0.25");
	CHECK_STR(op('*', "1e40", "1e40", 0), "overflow");
	CHECK_STR(op('/', "10", "3", 4), "3.3333");
	CHECK_STR(op('/', "20", "3", 4), "6.6667");
	CHECK_STR(op('/', "-20", "3", 4), "-6.6667");
	CHECK_STR(op('/', "1", "8", 2), "0.13");
	CHECK_STR(op('/', "5.00", "0.01", 0), "500");
	CHECK_STR(op('/', "0", "7", 4), "0.0000");
	CHECK_STR(op('/', "1", "0", 4), "overflow");
	CHECK_STR(op('/', "123456789012345678901234567890", "987654321", 10),
		  "124999998873437499901.5820312399");
}

static void test_order(void)
{
	struct decimal a = dec("1.50"), b = dec("1.5"), c = dec("-2"), d = dec("1e60"), z = dec("-0");

	CHECK_INT(decimal_cmp(&a, &b), 0);
	CHECK(decimal_cmp(&c, &a) < 0 && decimal_cmp(&a, &d) < 0 && decimal_cmp(&c, &z) < 0);
	CHECK(decimal_cmp(&d, &c) > 0);
	a = dec("-1.005");
	CHECK(decimal_round(&a, 2));
	CHECK_STR(show(&a), "-1.01");
	decimal_from_i64(&a, INT64_MIN);
	CHECK_STR(show(&a), "-9223372036854775808");
	decimal_from_u64(&a, UINT64_MAX);
	CHECK_STR(show(&a), "18446744073709551615");
}

int main(void)
{
	test_text();
	test_arithmetic();
	test_order();
	return TAP_DONE();
}
