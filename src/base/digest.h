/* digest - hashes of OpenSSL's, over whole inputs. Any thread. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_MD5_LEN = 16, DIGEST_SHA1_LEN = 20, DIGEST_SHA256_LEN = 32, DIGEST_MAX_LEN = 64 };

struct digest_part {
	const void *p;
	size_t n;
};

void digest_md5(const void *p, size_t n, uint8_t out[DIGEST_MD5_LEN]);
/* Over the parts, one after the other. */
void digest_sha1(const struct digest_part *part, size_t count, uint8_t out[DIGEST_SHA1_LEN]);
void digest_sha256(const struct digest_part *part, size_t count, uint8_t out[DIGEST_SHA256_LEN]);
/* SHA-224, -256, -384 or -512 (@bits); its length, 0 for other @bits. */
size_t digest_sha2(unsigned bits, const void *p, size_t n, uint8_t out[DIGEST_MAX_LEN]);
/* Hexadecimal text, lower case, NUL-terminated; @out has room for 2 * n + 1. */
void digest_hex(const uint8_t *p, size_t n, char *out);
/* The bytes of @n hexadecimal digits (n even) into @out (n / 2); -1 when it is not that. */
int digest_unhex(const char *hex, size_t n, uint8_t *out);
#endif
