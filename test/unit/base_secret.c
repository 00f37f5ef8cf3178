/* Secrets: files, comparison, HMAC by the vectors of RFC 4231. */
#include "src/base/secret.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/lib/tap.h"

static void test_files(void)
{
	char dir[] = "/tmp/sluice-secret-XXXXXX", path[64];
	struct buf a, b;
	struct stat st;
	struct err e;

	if (!CHECK(mkdtemp(dir) != NULL))
		return;
	snprintf(path, sizeof(path), "%s/s", dir);
	buf_init(&a);
	buf_init(&b);
	CHECK(secret_read(path, &a, &e) < 0);
	CHECK(secret_make(path, &e) == 0 && stat(path, &st) == 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK(secret_read(path, &a, &e) == 0 && a.len == 48);
	CHECK(secret_make(path, &e) == 0 && secret_read(path, &b, &e) == 0);
	CHECK(secret_equal(buf_slice(&a), buf_slice(&b)));
	b.p[47] ^= 1;
	CHECK(!secret_equal(buf_slice(&a), buf_slice(&b)));
	b.len--;
	CHECK(!secret_equal(buf_slice(&a), buf_slice(&b)) && !secret_equal(buf_slice(&a), STR_LIT("")));
	chmod(path, 0644);
	buf_reset(&b);
	CHECK(secret_read(path, &b, &e) < 0 && strstr(e.msg, "chmod 600"));
	chmod(path, 0600);
	CHECK(truncate(path, SECRET_MIN - 1) == 0 && secret_read(path, &b, &e) < 0);
	buf_fini(&a);
	buf_fini(&b);
	unlink(path);
	rmdir(dir);
}

static void check_sign(struct str key, const char *x, const char *y, const char *hex)
{
	struct digest_part parts[] = {{x, strlen(x)}, {y, strlen(y)}};
	uint8_t mac[DIGEST_SHA256_LEN];
	char text[2 * DIGEST_SHA256_LEN + 1];

	secret_sign(key, parts, 2, mac);
	digest_hex(mac, sizeof(mac), text);
	CHECK_STR(text, hex);
}

static void test_sign(void)
{
	char longest[131];

	check_sign(STR_LIT("Jefe"), "what do ya want ", "for nothing?",
		   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(longest, 0xaa, sizeof(longest));
	check_sign(str_make(longest, sizeof(longest)), "Test Using Larger Than Block-Size Key",
		   " - Hash Key First",
		   "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
	test_files();
	test_sign();
	return TAP_DONE();
}
