/* Key ranges and keyspace ids. */
#include "src/shard/keyrange.h"
#include "src/shard/keyspace_id.h"
#include "test/lib/tap.h"

static struct keyrange range(const char *name)
{
	struct keyrange r;

	if (keyrange_parse(str_of(name), &r, NULL) < 0)
		printf("# cannot parse %s\n", name);
	return r;
}

static const char *round_trip(const char *name)
{
	static char out[KEYRANGE_NAME];
	struct keyrange r = range(name);

	keyrange_print(&r, out);
	return out;
}

static void test_parse(void)
{
	struct keyrange r;
	struct err e;
	char name[200];

	CHECK_STR(round_trip("-80"), "-80");
	CHECK_STR(round_trip("80-"), "80-");
	CHECK_STR(round_trip("80-c0"), "80-c0");
	CHECK_STR(round_trip("8000-C000"), "80-c0");
	CHECK_STR(round_trip("-"), "-");
	CHECK_STR(round_trip("0"), "-");
	CHECK_STR(round_trip("00-80"), "-80");
	CHECK_STR(round_trip("0080-0100"), "0080-01");
	CHECK(keyrange_parse(str_of(""), &r, &e) < 0);
	CHECK(keyrange_parse(str_of("8-"), &r, &e) < 0);
	CHECK(keyrange_parse(str_of("zz-"), &r, &e) < 0);
	CHECK(keyrange_parse(str_of("80-40"), &r, &e) < 0);
	CHECK(keyrange_parse(str_of("80-80"), &r, &e) < 0);
	CHECK(keyrange_parse(str_of("80-8000"), &r, &e) < 0);
	CHECK(keyrange_parse(str_of("40-00"), &r, &e) < 0);
	CHECK(keyrange_parse(str_of("-00"), &r, &e) < 0);
	CHECK(keyrange_parse(str_of("40-80-c0"), &r, &e) < 0);
	memset(name, '1', sizeof(name));
	name[2 * KEYRANGE_BYTES] = '-';
	CHECK(keyrange_parse(str_make(name, 2 * KEYRANGE_BYTES + 1), &r, &e) == 0);
	CHECK(keyrange_parse(str_make(name, 2 * KEYRANGE_BYTES), &r, &e) == 0); /* no dash */
	name[2 * KEYRANGE_BYTES] = '1';
	name[2 * KEYRANGE_BYTES + 2] = '-';
	CHECK(keyrange_parse(str_make(name, 2 * KEYRANGE_BYTES + 3), &r, &e) < 0);
	CHECK(keyrange_is_full(&(struct keyrange){.start_n = 0}));
}

static void test_contains(void)
{
	struct keyrange low = range("-80"), mid = range("80-c0"), all = range("-");

	CHECK(keyrange_contains(&low, str_make("", 0)));
	CHECK(keyrange_contains(&low, str_make("\x7f\xff\xff", 3)));
	CHECK(!keyrange_contains(&low, str_make("\x80", 1)));
	CHECK(!keyrange_contains(&low, str_make("\x80\0\0", 3)));
	CHECK(keyrange_contains(&mid, str_make("\x80", 1)));
	CHECK(keyrange_contains(&mid, str_make("\x80\0\0", 3)));
	CHECK(!keyrange_contains(&mid, str_make("\xc0\0", 2)));
	CHECK(keyrange_contains(&all, str_make("\xff\xff", 2)));
	CHECK(keyspace_id_cmp(str_make("\x80\0", 2), str_make("\x80", 1)) == 0);
	CHECK(keyspace_id_cmp(str_make("\x80\0\1", 3), str_make("\x80", 1)) > 0);
	CHECK(keyspace_id_cmp(str_make("\0\0", 2), str_make("", 0)) == 0);
}

static bool overlaps(const char *a, const char *b)
{
	struct keyrange x = range(a), y = range(b);

	return keyrange_overlaps(&x, &y) && keyrange_overlaps(&y, &x);
}

static void test_overlaps(void)
{
	struct keyrange r = range("40-80");

	CHECK(overlaps("-", "-"));
	CHECK(overlaps("-80", "40-"));
	CHECK(overlaps("40-50", "-"));
	CHECK(overlaps("40-80", "40-80"));
	CHECK(!overlaps("-80", "80-"));
	CHECK(!overlaps("-40", "80-c0"));
	CHECK(keyrange_meets(&r, str_make("\x7f", 1), str_make("", 0)));
	CHECK(!keyrange_meets(&r, str_make("\x80", 1), str_make("", 0)));
	CHECK(!keyrange_meets(&r, str_make("", 0), str_make("\x40\0", 2)));
	CHECK(keyrange_meets(&r, str_make("", 0), str_make("\x40\1", 2)));
}

static int check(const char *const *names, size_t n, struct err *e)
{
	struct keyrange r[8];

	for (size_t i = 0; i < n; i++)
		r[i] = range(names[i]);
	return keyrange_check_partition(r, n, e);
}

#define PARTITION(...)                                                                             \
	check((const char *const[]){__VA_ARGS__},                                                  \
	      sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), &e)

static void test_partition(void)
{
	struct err e;

	CHECK_INT(PARTITION("-"), 0);
	CHECK_INT(PARTITION("80-", "-80"), 0);
	CHECK_INT(PARTITION("c0-", "-40", "80-c0", "40-80"), 0);
	CHECK_INT(PARTITION("-80"), -1);
	CHECK_STR(e.msg, "no shard holds the keyspace ids after shard -80");
	CHECK_INT(PARTITION("80-"), -1);
	CHECK_INT(PARTITION("-40", "80-"), -1);
	CHECK_STR(e.msg, "there is a gap before shard 80-");
	CHECK_INT(PARTITION("-80", "40-"), -1);
	CHECK_STR(e.msg, "shard 40- overlaps the one before it");
	CHECK_INT(PARTITION("-", "-"), -1);
	CHECK_INT(PARTITION("-80", "80-", "80-"), -1);
	CHECK_INT(keyrange_check_partition(NULL, 0, &e), -1);
}

static void test_split(void)
{
	static const unsigned counts[] = {1, 2, 3, 4, 5, 7, 16, 256, 257, 512, 1000};
	struct keyrange r[1000], low, high;
	char name[KEYRANGE_NAME];
	struct err e;

	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		for (unsigned i = 0; i < counts[c]; i++)
			keyrange_even(counts[c], i, &r[i]);
		CHECK(keyrange_check_partition(r, counts[c], &e) == 0);
	}
	keyrange_even(3, 1, &low);
	keyrange_print(&low, name);
	CHECK_STR(name, "55-aa");
	r[0] = range("-");
	CHECK_INT(keyrange_split(&r[0], &low, &high), 0);
	keyrange_print(&low, name);
	CHECK_STR(name, "-80");
	r[0] = range("80-");
	CHECK_INT(keyrange_split(&r[0], &low, &high), 0);
	keyrange_print(&high, name);
	CHECK_STR(name, "c0-");
	r[0] = range("40-41");
	CHECK_INT(keyrange_split(&r[0], &low, &high), 0);
	keyrange_print(&low, name);
	CHECK_STR(name, "40-4080");
	CHECK(keyrange_cmp(&low, &high) < 0);
}

int main(void)
{
	test_parse();
	test_contains();
	test_overlaps();
	test_partition();
	test_split();
	return TAP_DONE();
}
