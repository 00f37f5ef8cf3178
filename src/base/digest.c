#include "src/base/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

static void run(const EVP_MD *md, const struct digest_part *part, size_t count, uint8_t *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	/* These digests fail only without memory, where nothing sensible can follow. */
	if (!ctx || EVP_DigestInit_ex(ctx, md, NULL) != 1)
		abort();
	for (size_t i = 0; i < count; i++)
		if (EVP_DigestUpdate(ctx, part[i].p, part[i].n) != 1)
			abort();
	if (EVP_DigestFinal_ex(ctx, out, NULL) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
}

void digest_md5(const void *p, size_t n, uint8_t out[DIGEST_MD5_LEN])
{
	run(EVP_md5(), &(struct digest_part){p, n}, 1, out);
}

void digest_sha1(const struct digest_part *part, size_t count, uint8_t out[DIGEST_SHA1_LEN])
{
	run(EVP_sha1(), part, count, out);
}

void digest_sha256(const struct digest_part *part, size_t count, uint8_t out[DIGEST_SHA256_LEN])
{
	run(EVP_sha256(), part, count, out);
}

size_t digest_sha2(unsigned bits, const void *p, size_t n, uint8_t out[DIGEST_MAX_LEN])
{
	const EVP_MD *md = bits == 224	 ? EVP_sha224()
			   : bits == 256 ? EVP_sha256()
			   : bits == 384 ? EVP_sha384()
			   : bits == 512 ? EVP_sha512()
					 : NULL;

	if (!md)
		return 0;
	run(md, &(struct digest_part){p, n}, 1, out);
	return bits / 8;
}

void digest_hex(const uint8_t *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = 0;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int digest_unhex(const char *hex, size_t n, uint8_t *out)
{
	if (n % 2)
		return -1;
	for (size_t i = 0; i < n; i += 2) {
		int hi = hex_value(hex[i]), lo = hex_value(hex[i + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		out[i / 2] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}
