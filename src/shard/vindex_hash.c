/* vindex_hash - type "hash": single DES in ECB mode with a key of zeros over the big-endian number.
 * The key schedule is made once; libcrypto's low-level calls take no lock and no memory. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/des.h>
#include <pthread.h>
#include <string.h>

#include "src/shard/vindex_int.h"

static DES_key_schedule schedule; /* written once, by make_schedule() */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_schedule(void)
{
	DES_cblock zero = {0};

	DES_set_key_unchecked(&zero, &schedule);
}

static uint64_t crypt_block(uint64_t in, int enc)
{
	DES_cblock from, to;
	uint64_t out = 0;

	pthread_once(&once, make_schedule);
	for (unsigned i = 0; i < 8; i++)
		from[i] = (uint8_t)(in >> (56 - 8 * i));
	DES_ecb_encrypt(&from, &to, &schedule, enc);
	for (unsigned i = 0; i < 8; i++)
		out = out << 8 | to[i];
	return out;
}

uint64_t vindex_hash_u64(uint64_t num)
{
	return crypt_block(num, DES_ENCRYPT);
}

uint64_t vindex_hash_undo(uint64_t hashed)
{
	return crypt_block(hashed, DES_DECRYPT);
}

static int hash_map(const struct vindex *v, const struct value *values, size_t n,
		    struct vindex_result *out, struct err *e)
{
	uint64_t num;
	enum vindex_kind kind = vindex_to_u64(values, &num);

	(void)v, (void)n, (void)e;
	if (kind != VINDEX_KSID)
		return vindex_out_kind(out, kind);
	return vindex_out_u64(out, vindex_hash_u64(num));
}

static int hash_reverse(struct str ksid, struct value *out)
{
	uint64_t hashed = 0;

	if (ksid.n != 8)
		return -1;
	for (size_t i = 0; i < 8; i++)
		hashed = hashed << 8 | (uint8_t)ksid.p[i];
	*out = (struct value){.type = VALUE_UINT, .u = vindex_hash_undo(hashed)};
	return 0;
}

const struct vindex_ops vindex_hash_ops = {
	.map = hash_map,
	.reverse = hash_reverse,
	.hashing = true,
	.props = {.domain = VINDEX_INTEGERS,
		  .unique = true,
		  .reversible = true,
		  .cost = 1,
		  .columns = 1},
};
