#include <stdlib.h>

#include "src/base/clk.h"
#include "src/base/digest.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/base/utf8.h"
#include "test/lib/tap.h"

static void test_str(void)
{
	struct str h, t;
	uint64_t u;
	int64_t i;

	CHECK(str_ieqz(STR_LIT("SeLect"), "sElect") && !str_ieqz(STR_LIT("a"), "ab"));
	CHECK(str_cmp(STR_LIT("a"), STR_LIT("ab")) < 0 && str_cmp(STR_LIT("b"), STR_LIT("ab")) > 0);
	CHECK(str_cut(STR_LIT("a=b=c"), '=', &h, &t) && str_eqz(h, "a") && str_eqz(t, "b=c"));
	CHECK(!str_cut(STR_LIT("abc"), '=', &h, &t) && str_eqz(h, "abc") && t.n == 0);
	CHECK(str_eqz(str_trim(STR_LIT(" \t x y \n")), "x y"));
	CHECK(str_to_u64(STR_LIT("18446744073709551615"), &u) && u == UINT64_MAX);
	CHECK(!str_to_u64(STR_LIT("18446744073709551616"), &u) && !str_to_u64(STR_LIT(""), &u));
	CHECK(str_to_i64(STR_LIT("-9223372036854775808"), &i) && i == INT64_MIN);
	CHECK(!str_to_i64(STR_LIT("9223372036854775808"), &i) && !str_to_i64(STR_LIT("-"), &i));
	CHECK(!str_to_i64(STR_LIT("12x"), &i));
}

static void test_utf8(void)
{
	static const char *const bad[] = {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"};
	uint8_t out[4];
	uint32_t cp, round = 0;

	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		size_t n;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		n = utf8_encode(c, out);
		if (utf8_decode(out, n, &cp) != n || cp != c)
			round++;
	}
	CHECK_INT(round, 0);
	for (size_t i = 0; i < 5; i++)
		CHECK(!utf8_valid(bad[i], strlen(bad[i])));
	CHECK(utf8_valid("h\xc3\xa9\xf0\x9f\x98\x80", 7) && utf8_length("h\xc3\xa9\xf0\x9f\x98\x80", 7) == 3);
}

static void test_digest(void)
{
	uint8_t d[32];
	char hex[65];

	digest_md5("abc", 3, d);
	digest_hex(d, 16, hex);
	CHECK_STR(hex, "900150983cd24fb0d6963f7d28e17f72");
	digest_sha1(&(struct digest_part){"abc", 3}, 1, d);
	digest_hex(d, 20, hex);
	CHECK_STR(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
	digest_sha256((struct digest_part[]){{"a", 1}, {"bc", 2}}, 2, d);
	digest_hex(d, 32, hex);
	CHECK_STR(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK(digest_unhex("0aFf", 4, d) == 0 && d[0] == 10 && d[1] == 255);
	CHECK(digest_unhex("0g", 2, d) < 0 && digest_unhex("0", 1, d) < 0);
}

static void test_err(void)
{
	struct err e;

	CHECK_INT(err_set(&e, ERR_SYNTAX, "near %d", 5), -1);
	CHECK(e.mysql_errno == 1064 && !strcmp(e.sqlstate, "42000"));
	err_wrap(&e, "line %d", 2);
	CHECK_STR(e.msg, "line 2: near 5");
	CHECK_STR(err_name(ERR_SYNTAX), "ERR_SYNTAX");
	CHECK_INT(err_from_name("ERR_SHUTDOWN"), ERR_SHUTDOWN);
	CHECK_INT(err_set(NULL, ERR_IO, "x"), -1);
	err_set_errno(&e, ERR_IO, 2, "open");
	CHECK_STR(e.msg, "open: No such file or directory");
	clk_freeze(42);
	CHECK_INT(clk_mono_us(), 42);
	clk_freeze(0);
}

int main(void)
{
	test_str();
	test_utf8();
	test_digest();
	test_err();
	return TAP_DONE();
}
