#include "src/wire/auth_native.h"

#include <ctype.h>
#include <string.h>

#include "src/base/digest.h"

static void sha1(const void *p, size_t n, uint8_t out[20])
{
	digest_sha1(&(struct digest_part){p, n}, 1, out);
}

/* SHA1(nonce, stage2) */
static void mask_of(const uint8_t nonce[20], const uint8_t stage2[20], uint8_t out[20])
{
	struct digest_part part[2] = {{nonce, 20}, {stage2, 20}};

	digest_sha1(part, 2, out);
}

void auth_native_prove(const uint8_t nonce[20], struct str password,
		       uint8_t proof[AUTH_NATIVE_PROOF])
{
	uint8_t stage1[20], stage2[20], mask[20];

	sha1(password.p, password.n, stage1);
	sha1(stage1, 20, stage2);
	mask_of(nonce, stage2, mask);
	for (int i = 0; i < 20; i++)
		proof[i] = stage1[i] ^ mask[i];
}

bool auth_native_check(const uint8_t nonce[20], const uint8_t proof[AUTH_NATIVE_PROOF],
		       const uint8_t stage2[20])
{
	uint8_t stage1[20], mask[20], got[20];
	unsigned diff = 0;

	mask_of(nonce, stage2, mask);
	for (int i = 0; i < 20; i++)
		stage1[i] = proof[i] ^ mask[i];
	sha1(stage1, 20, got);
	for (int i = 0; i < 20; i++)
		diff |= got[i] ^ stage2[i];
	return diff == 0;
}

void auth_native_hash(struct str password, char out[AUTH_NATIVE_HASH_TEXT])
{
	uint8_t stage1[20], stage2[20];

	sha1(password.p, password.n, stage1);
	sha1(stage1, 20, stage2);
	out[0] = '*';
	digest_hex(stage2, 20, out + 1);
	for (char *c = out + 1; *c; c++)
		*c = (char)toupper((unsigned char)*c);
}

int auth_native_parse(struct str hash, uint8_t stage2[20])
{
	if (hash.n != 41 || hash.p[0] != '*')
		return -1;
	return digest_unhex(hash.p + 1, 40, stage2);
}
