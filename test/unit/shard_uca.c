/* Collation keys. The expected ones were computed with Go's golang.org/x/text/collate (Loose). */
#include <stdio.h>

#include "src/base/buf.h"
#include "src/base/digest.h"
#include "src/base/utf8.h"
#include "src/shard/uca.h"
#include "test/lib/tap.h"

static void sink(void *arg, const uint8_t *p, size_t n)
{
	buf_append(arg, p, n);
}

static const char *key(const char *text)
{
	static char hex[2000];
	struct buf b;

	buf_init(&b);
	if (uca_key(str_of(text), sink, &b) < 0)
		snprintf(hex, sizeof(hex), "invalid");
	else
		digest_hex(b.p ? b.p : (const uint8_t *)"", b.len, hex);
	buf_fini(&b);
	return hex;
}

static const struct {
	const char *in, *out;
} vectors[] = {
#include "test/unit/shard_uca.inc"
};

/* One hash over the keys of every code point: any change of the table shows. */
static void test_all_code_points(void)
{
	uint8_t text[4], md5[DIGEST_MD5_LEN];
	char hex[2 * DIGEST_MD5_LEN + 1];
	struct buf all;

	buf_init(&all);
	for (uint32_t cp = 1; cp < 0x110000; cp++) {
		if (cp >= 0xD800 && cp < 0xE000)
			continue;
		if (uca_key(str_make(text, utf8_encode(cp, text)), sink, &all) < 0)
			CHECK(false);
		buf_u8(&all, 0xff);
	}
	digest_md5(all.p, all.len, md5);
	digest_hex(md5, sizeof(md5), hex);
	CHECK_STR(hex, "1bf9c4ce54be997f15e3f0e604e5beb0");
	buf_fini(&all);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		CHECK_STR(key(vectors[i].in), vectors[i].out);
	CHECK_STR(key("\xed\xa0\x80"), "invalid");
	CHECK_STR(key("a\xc3"), "invalid");
	CHECK_STR(key(""), "");
	test_all_code_points();
	return TAP_DONE();
}
