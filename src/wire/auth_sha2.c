#include "src/wire/auth_sha2.h"

#include <string.h>

#include "src/base/digest.h"
#include "src/base/rng.h"

enum { PREFIX = 7, DIGEST_TEXT = 43 };

static const char alphabet[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static void sha256(const void *p, size_t n, uint8_t out[32])
{
	digest_sha256(&(struct digest_part){p, n}, 1, out);
}

/* SHA256(fast, nonce) */
static void mask_of(const uint8_t nonce[20], const uint8_t fast[32], uint8_t out[32])
{
	struct digest_part part[2] = {{fast, 32}, {nonce, 20}};

	digest_sha256(part, 2, out);
}

void auth_sha2_fast(struct str password, uint8_t fast[AUTH_SHA2_FAST])
{
	uint8_t stage1[32];

	sha256(password.p, password.n, stage1);
	sha256(stage1, 32, fast);
}

void auth_sha2_prove(const uint8_t nonce[20], struct str password, uint8_t proof[AUTH_SHA2_PROOF])
{
	uint8_t stage1[32], fast[32], mask[32];

	sha256(password.p, password.n, stage1);
	sha256(stage1, 32, fast);
	mask_of(nonce, fast, mask);
	for (int i = 0; i < 32; i++)
		proof[i] = stage1[i] ^ mask[i];
}

bool auth_sha2_check_fast(const uint8_t nonce[20], const uint8_t proof[AUTH_SHA2_PROOF],
			  const uint8_t fast[AUTH_SHA2_FAST])
{
	uint8_t stage1[32], mask[32], got[32];
	unsigned diff = 0;

	mask_of(nonce, fast, mask);
	for (int i = 0; i < 32; i++)
		stage1[i] = proof[i] ^ mask[i];
	sha256(stage1, 32, got);
	for (int i = 0; i < 32; i++)
		diff |= got[i] ^ fast[i];
	return diff == 0;
}

/* SHA-crypt's first digest: the password, the salt, as many bytes of @b as the password is long,
 * and for each bit of that length, lowest first, @b or the password. */
static void first_digest(struct str pw, struct str salt, const uint8_t b[32], uint8_t out[32])
{
	struct digest_part part[2 + AUTH_SHA2_MAX_PASSWORD / 32 + 1 + 16];
	size_t n = 0;

	part[n++] = (struct digest_part){pw.p, pw.n};
	part[n++] = (struct digest_part){salt.p, salt.n};
	for (size_t left = pw.n; left > 0; left -= left < 32 ? left : 32)
		part[n++] = (struct digest_part){b, left < 32 ? left : 32};
	for (size_t bits = pw.n; bits > 0; bits >>= 1) {
		if (bits & 1)
			part[n++] = (struct digest_part){b, 32};
		else
			part[n++] = (struct digest_part){pw.p, pw.n};
	}
	digest_sha256(part, n, out);
}

/* The digest of @count copies of @s, repeated to @s.n bytes of @out. */
static void stretched(struct str s, size_t count, uint8_t *out)
{
	struct digest_part part[AUTH_SHA2_MAX_PASSWORD + 16];
	uint8_t d[32];

	for (size_t i = 0; i < count; i++)
		part[i] = (struct digest_part){s.p, s.n};
	digest_sha256(part, count, d);
	for (size_t i = 0; i < s.n; i++)
		out[i] = d[i % 32];
}

static void encode(const uint8_t d[32], char out[DIGEST_TEXT])
{
	/* Which three bytes make each four characters: SHA-crypt's own order. */
	static const uint8_t order[10][3] = {{0, 10, 20}, {21, 1, 11}, {12, 22, 2}, {3, 13, 23},
					     {24, 4, 14}, {15, 25, 5}, {6, 16, 26}, {27, 7, 17},
					     {18, 28, 8}, {9, 19, 29}};
	unsigned w;
	int at = 0;

	for (int i = 0; i < 10; i++) {
		w = (unsigned)d[order[i][0]] << 16 | (unsigned)d[order[i][1]] << 8 | d[order[i][2]];
		for (int k = 0; k < 4; k++, w >>= 6)
			out[at++] = alphabet[w & 63];
	}
	w = (unsigned)d[31] << 8 | d[30];
	for (int k = 0; k < 3; k++, w >>= 6)
		out[at++] = alphabet[w & 63];
}

static void crypt_sha256(struct str pw, struct str salt, unsigned rounds, char out[DIGEST_TEXT])
{
	uint8_t p[AUTH_SHA2_MAX_PASSWORD], s[AUTH_SHA2_SALT], b[32], c[32];
	struct digest_part outer[3] = {{pw.p, pw.n}, {salt.p, salt.n}, {pw.p, pw.n}};

	digest_sha256(outer, 3, b);
	first_digest(pw, salt, b, c);
	stretched(pw, pw.n, p);
	stretched(salt, (size_t)16 + c[0], s);
	for (unsigned i = 0; i < rounds; i++) {
		struct digest_part part[4];
		size_t n = 0;
		uint8_t next[32];

		part[n++] = i & 1 ? (struct digest_part){p, pw.n} : (struct digest_part){c, 32};
		if (i % 3)
			part[n++] = (struct digest_part){s, salt.n};
		if (i % 7)
			part[n++] = (struct digest_part){p, pw.n};
		part[n++] = i & 1 ? (struct digest_part){c, 32} : (struct digest_part){p, pw.n};
		digest_sha256(part, n, next);
		memcpy(c, next, 32);
	}
	encode(c, out);
}

/* Thousands of rounds from "$A$005$", 0 when malformed. */
static unsigned stored_rounds(struct str stored)
{
	unsigned units = 0;

	if (stored.n != AUTH_SHA2_HASH || memcmp(stored.p, "$A$", 3) != 0 || stored.p[6] != '$')
		return 0;
	for (int i = 3; i < 6; i++) {
		if (stored.p[i] < '0' || stored.p[i] > '9')
			return 0;
		units = units * 10 + (unsigned)(stored.p[i] - '0');
	}
	return units * 1000;
}

bool auth_sha2_is_hash(struct str stored)
{
	return stored_rounds(stored) > 0;
}

int auth_sha2_hash(struct str password, char out[AUTH_SHA2_HASH + 1], struct err *e)
{
	uint8_t salt[AUTH_SHA2_SALT];

	if (password.n > AUTH_SHA2_MAX_PASSWORD)
		return err_set(e, ERR_INVALID, "the password is longer than %d bytes",
			       AUTH_SHA2_MAX_PASSWORD);
	rng_secure(salt, sizeof(salt));
	memcpy(out, "$A$005$", PREFIX);
	for (int i = 0; i < AUTH_SHA2_SALT; i++)
		out[PREFIX + i] = alphabet[salt[i] & 63];
	crypt_sha256(password, str_make(out + PREFIX, AUTH_SHA2_SALT), 5000,
		     out + PREFIX + AUTH_SHA2_SALT);
	out[AUTH_SHA2_HASH] = 0;
	return 0;
}

bool auth_sha2_check(struct str stored, struct str password)
{
	unsigned rounds = stored_rounds(stored), diff = 0;
	char text[DIGEST_TEXT];

	if (rounds == 0 || password.n > AUTH_SHA2_MAX_PASSWORD)
		return false;
	crypt_sha256(password, str_make(stored.p + PREFIX, AUTH_SHA2_SALT), rounds, text);
	for (int i = 0; i < DIGEST_TEXT; i++)
		diff |= (unsigned char)(text[i] ^ stored.p[PREFIX + AUTH_SHA2_SALT + i]);
	return diff == 0;
}
