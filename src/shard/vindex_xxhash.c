/* vindex_xxhash - type "xxhash": XXH64 (seed 0) of the bytes, little-endian. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "src/shard/vindex_int.h"

void vindex_xxhash_bytes(struct str text, uint8_t *out)
{
	uint64_t h = XXH64(text.p, text.n, 0);

	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)(h >> (8 * i));
}

static int xxhash_map(const struct vindex *v, const struct value *values, size_t n,
		      struct vindex_result *out, struct err *e)
{
	uint8_t hash[8];
	char digits[24];
	struct str text;

	(void)v, (void)n, (void)e;
	if (!vindex_to_text(values, digits, &text))
		return vindex_out_kind(out, VINDEX_MISFIT);
	vindex_xxhash_bytes(text, hash);
	return vindex_out_ksid(out, hash, sizeof(hash));
}

const struct vindex_ops vindex_xxhash_ops = {
	.map = xxhash_map,
	.hashing = true,
	.props = {.unique = true, .cost = 1, .columns = 1},
};
