/* Character sets and collations. */
#include "src/data/collation.h"

#include "test/lib/tap.h"

static int compare(const char *collation, const char *a, const char *b)
{
	const struct collation *c = collation_find(str_of(collation));
	int order = c ? collation_compare(c, str_of(a), str_of(b)) : 99;

	if (c && order == 0)
		CHECK(collation_hash(c, str_of(a)) == collation_hash(c, str_of(b)));
	return (order > 0) - (order < 0);
}

static void orders(void)
{
	CHECK_INT(compare("utf8mb4_general_ci", "abc", "ABC  "), 0);
	CHECK_INT(compare("utf8mb4_general_ci", "\xc3\xa9", "E"), 0);
	CHECK_INT(compare("utf8mb4_general_ci", "\xc3\x9f", "ss"), -1);
	CHECK_INT(compare("utf8mb4_unicode_ci", "\xc3\x9f", "ss"), 0);
	CHECK_INT(compare("utf8mb4_bin", "a", "B"), 1);
	CHECK_INT(compare("utf8mb4_nopad_bin", "a", "a "), -1);
	CHECK_INT(compare("latin1_swedish_ci", "\xe4", "\xc4"), 0);
	CHECK_INT(compare("binary", "a", "a "), -1);
	CHECK_INT(compare("utf8mb4_general_ci", "a\t", "a"), -1);
	CHECK(!collation_find(STR_LIT("utf8mb4_swedish_ci")));
	CHECK_INT(collation_get(45)->charset, CHARSET_UTF8MB4);
}

static void like(void)
{
	const struct collation *c = collation_get(45);

	CHECK(collation_like(c, STR_LIT("Hello"), STR_LIT("h%L_"), '\\'));
	CHECK(!collation_like(c, STR_LIT("Hello"), STR_LIT("h%l"), '\\'));
	CHECK(collation_like(c, STR_LIT("50%"), STR_LIT("50\\%"), '\\'));
	CHECK(!collation_like(c, STR_LIT("505"), STR_LIT("50\\%"), '\\'));
	CHECK(collation_like(c, STR_LIT("\xe6\x97\xa5\xe6\x9c\xac"), STR_LIT("__"), '\\'));
	CHECK(collation_like(c, STR_LIT(""), STR_LIT("%%"), '\\'));
	CHECK(!collation_like(collation_get(46), STR_LIT("a"), STR_LIT("A"), '\\'));
}

static void converting(void)
{
	struct arena a;
	struct str s;
	size_t bad, len;

	arena_init(&a, 0);
	CHECK(charset_convert(&a, CHARSET_LATIN1, CHARSET_UTF8MB4, STR_LIT("\xe9\x80"), &s, &bad) && bad == 0);
	CHECK_MEM(s.p, s.n, "\xc3\xa9\xe2\x82\xac", 5);
	CHECK(charset_convert(&a, CHARSET_UTF8MB4, CHARSET_LATIN1, STR_LIT("\xe6\x97\xa5x"), &s, &bad) && bad == 1);
	CHECK_MEM(s.p, s.n, "?x", 2);
	CHECK(charset_convert(&a, CHARSET_UTF8MB4, CHARSET_UTF16, STR_LIT("\xf0\x9f\x98\x80"), &s, &bad) && s.n == 4);
	CHECK(charset_convert(&a, CHARSET_UTF16, CHARSET_UTF8MB4, s, &s, &bad) && s.n == 4 && bad == 0);
	CHECK_INT(charset_count(CHARSET_UTF8MB4, STR_LIT("a\xc3\xa9\xff")), 3);
	CHECK_INT(charset_valid_prefix(CHARSET_UTF8MB4, STR_LIT("a\xc3")), 1);
	CHECK(collation_fold(&a, collation_get(45), true, STR_LIT("stra\xc3\x9f\x65 \xc3\xa9"), &s));
	CHECK_MEM(s.p, s.n, "STRA\xc3\x9f\x45 \xc3\x89", 10);
	CHECK_INT(collation_search(collation_get(45), STR_LIT("xHELLO"), STR_LIT("ell"), 0, &len), 2);
	arena_fini(&a);
}

int main(void)
{
	orders();
	like();
	converting();
	return TAP_DONE();
}
