/* SUM and AVG: exact over integers and decimals, doubles otherwise, NULLs, limits. */
#include "src/data/aggregate.h"

#include "test/lib/tap.h"

static struct aggregate a;
static char text[DECIMAL_TEXT];
static struct value v;
static struct err e;

static int add(struct value x)
{
	return aggregate_add(&a, &x, &e);
}

#define DEC(z) ((struct value){.type = VALUE_DECIMAL, .s = {z, sizeof(z) - 1}})
#define INT(n) ((struct value){.type = VALUE_INT, .i = n})
#define DBL(x) ((struct value){.type = VALUE_DOUBLE, .d = x})

static void exact(void)
{
	aggregate_init(&a);
	aggregate_sum(&a, text, &v);
	CHECK_INT(v.type, VALUE_NULL);
	CHECK_INT(aggregate_average(&a, 0, 4, text, &v, &e), 0);
	CHECK_INT(v.type, VALUE_NULL);
	CHECK_INT(add((struct value){.type = VALUE_NULL}), 0);
	CHECK_INT(a.count, 0);
	CHECK_INT(add(INT(INT64_MAX)), 0);
	CHECK_INT(add(INT(INT64_MAX)), 0);
	CHECK_INT(add((struct value){.type = VALUE_UINT, .u = UINT64_MAX}), 0);
	aggregate_sum(&a, text, &v);
	CHECK(v.type == VALUE_DECIMAL && str_eqz(v.s, "36893488147419103229"));
	CHECK_INT(aggregate_average(&a, a.count, 4, text, &v, &e), 0);
	CHECK(str_eqz(v.s, "12297829382473034409.6667"));
	aggregate_init(&a);
	CHECK_INT(add(DEC("1.10")), 0);
	CHECK_INT(add(DEC("-2.205")), 0);
	aggregate_sum(&a, text, &v);
	CHECK(str_eqz(v.s, "-1.105"));
	CHECK_INT(aggregate_average(&a, 2, 7, text, &v, &e), 0);
	CHECK(str_eqz(v.s, "-0.5525000"));
	CHECK_INT(aggregate_average(&a, 3, 0, text, &v, &e), 0);
	CHECK(str_eqz(v.s, "0")); /* not -0 */
	CHECK_INT(add(DEC("1x")), -1);
	CHECK_INT(e.code, ERR_BAD_VALUE);
	aggregate_init(&a);
	for (int i = 0; i < 10; i++)
		if (add(DEC("99999999999999999999999999999999999999999999999999999999999999999")))
			break;
	CHECK_INT(e.code, ERR_OUT_OF_RANGE);
}

static void real(void)
{
	aggregate_init(&a);
	CHECK_INT(add(INT(3)), 0);
	CHECK_INT(add(DBL(0.5)), 0);
	CHECK_INT(add(DEC("1.25")), 0);
	CHECK_INT(add((struct value){.type = VALUE_TEXT, .s = STR_LIT("1e1")}), 0);
	aggregate_sum(&a, text, &v);
	CHECK(v.type == VALUE_DOUBLE && v.d == 14.75);
	CHECK_INT(aggregate_average(&a, 4, 4, text, &v, &e), 0);
	CHECK(v.d == 14.75 / 4);
	CHECK_INT(add((struct value){.type = VALUE_TEXT, .s = STR_LIT("ten")}), -1);
	aggregate_init(&a);
	CHECK_INT(add(DBL(1e308)), 0);
	CHECK_INT(add(DBL(1e308)), -1);
	CHECK_INT(e.code, ERR_OUT_OF_RANGE);
}

int main(void)
{
	exact();
	real();
	return TAP_DONE();
}
