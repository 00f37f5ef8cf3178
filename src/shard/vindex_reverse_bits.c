/* vindex_reverse_bits - type "reverse_bits": the number with its 64 bits in reverse order. */
#include "src/shard/vindex_int.h"

static uint64_t reverse_bits(uint64_t x)
{
	uint64_t r = 0;

	for (unsigned i = 0; i < 64; i++, x >>= 1)
		r = r << 1 | (x & 1);
	return r;
}

static int reverse_bits_map(const struct vindex *v, const struct value *values, size_t n,
			    struct vindex_result *out, struct err *e)
{
	uint64_t num;
	enum vindex_kind kind = vindex_to_u64(values, &num);

	(void)v, (void)n, (void)e;
	if (kind != VINDEX_KSID)
		return vindex_out_kind(out, kind);
	return vindex_out_u64(out, reverse_bits(num));
}

static int reverse_bits_reverse(struct str ksid, struct value *out)
{
	uint64_t num = 0;

	if (ksid.n != 8)
		return -1;
	for (size_t i = 0; i < 8; i++)
		num = num << 8 | (uint8_t)ksid.p[i];
	*out = (struct value){.type = VALUE_UINT, .u = reverse_bits(num)};
	return 0;
}

const struct vindex_ops vindex_reverse_bits_ops = {
	.map = reverse_bits_map,
	.reverse = reverse_bits_reverse,
	.hashing = true,
	.props = {.domain = VINDEX_INTEGERS,
		  .unique = true,
		  .reversible = true,
		  .cost = 1,
		  .columns = 1},
};
