#include "src/data/compare.h"

#include "test/lib/tap.h"

static const struct value null = {.type = VALUE_NULL};

static struct value i64(int64_t i)
{
	return (struct value){.type = VALUE_INT, .i = i};
}

static struct value u64(uint64_t u)
{
	return (struct value){.type = VALUE_UINT, .u = u};
}

static struct value dbl(double d)
{
	return (struct value){.type = VALUE_DOUBLE, .d = d};
}

static struct value txt(enum value_type t, const char *z)
{
	return (struct value){.type = t, .s = str_of(z)};
}

static bool less(struct value a, struct value b)
{
	return compare_values(&a, &b) < 0 && compare_values(&b, &a) > 0 && compare_values(&a, &a) == 0;
}

int main(void)
{
	CHECK(less(null, i64(INT64_MIN)) && compare_values(&null, &null) == 0);
	CHECK(less(i64(-1), i64(0)) && less(i64(INT64_MAX), u64(UINT64_MAX)));
	CHECK(less(i64(-1), u64(1ull << 63)) && less(u64(1ull << 63), u64(UINT64_MAX)));
	CHECK(less(txt(VALUE_DECIMAL, "-1.5"), i64(-1)) && less(i64(1), txt(VALUE_DECIMAL, "1.01")));
	CHECK(less(txt(VALUE_DECIMAL, "9.99"), txt(VALUE_DECIMAL, "10.0")));
	CHECK(less(dbl(1.5), i64(2)) && less(txt(VALUE_DECIMAL, "2.25"), dbl(2.5)));
	CHECK(less(txt(VALUE_BYTES, "a"), txt(VALUE_BYTES, "ab")) && less(txt(VALUE_BYTES, "B"), txt(VALUE_BYTES, "a")));
	CHECK(less(txt(VALUE_TIME, "2024-01-31"), txt(VALUE_TIME, "2024-02-01")));
	CHECK(less(txt(VALUE_TIME, "-10:00:00"), txt(VALUE_TIME, "-09:00:00")));
	CHECK(less(txt(VALUE_TIME, "99:59:59.5"), txt(VALUE_TIME, "100:00:00")));
	CHECK(less(txt(VALUE_TIME, "00:00:00.499"), txt(VALUE_TIME, "00:00:00.500")));

	CHECK(compare_weights(STR_LIT("\0A\0B"), STR_LIT("\0A\0C"), true, STR_LIT("\0 ")) < 0);
	CHECK(compare_weights(STR_LIT("\0A"), STR_LIT("\0A\0 \0 "), true, STR_LIT("\0 ")) == 0);
	CHECK(compare_weights(STR_LIT("\0A"), STR_LIT("\0A\0 "), false, STR_LIT("\0 ")) < 0);
	CHECK(compare_weights(STR_LIT("\0A"), STR_LIT("\0A\0\t"), true, STR_LIT("\0 ")) > 0);
	CHECK(compare_weights(STR_LIT("\0A\0\t"), STR_LIT("\0A"), true, STR_LIT("\0 ")) < 0);
	CHECK(compare_weights(STR_LIT(""), STR_LIT("\0!"), true, STR_LIT("\0 ")) < 0);
	return TAP_DONE();
}
