/* vindex_binary - type "binary": the bytes themselves. */
#include "src/shard/vindex_int.h"

#include <string.h>

static int binary_map(const struct vindex *v, const struct value *values, size_t n,
		      struct vindex_result *out, struct err *e)
{
	char digits[24];
	struct str text;

	(void)v, (void)n, (void)e;
	if (!vindex_to_text(values, digits, &text))
		return vindex_out_kind(out, VINDEX_MISFIT);
	if (text.p == digits || text.n <= VINDEX_BUF)
		return vindex_out_ksid(out, (const uint8_t *)text.p, text.n);
	vindex_out_kind(out, VINDEX_KSID);
	out->ksid = text;
	return 0;
}

static int binary_between(const struct vindex *v, const struct value *low, const struct value *high,
			  struct vindex_result *out, struct err *e)
{
	size_t n;

	(void)v, (void)e;
	if (low->type == VALUE_NULL || high->type == VALUE_NULL)
		return vindex_out_kind(out, VINDEX_NONE);
	/* Text compares by its collation, not by its bytes. */
	if (low->type != VALUE_BYTES || high->type != VALUE_BYTES)
		return vindex_out_kind(out, VINDEX_MISFIT);
	if (str_cmp(low->s, high->s) > 0)
		return vindex_out_kind(out, VINDEX_NONE);
	/* [low, what follows all ids that start with high), from as many bytes as there is room
	 * for: that may be a little wider, never narrower. */
	n = high->s.n < VINDEX_BUF ? high->s.n : VINDEX_BUF;
	memcpy(out->buf, high->s.p, n);
	vindex_out_prefix(out, n);
	n = low->s.n < VINDEX_BUF ? low->s.n : VINDEX_BUF;
	memcpy(out->buf, low->s.p, n);
	out->ksid = str_make(out->buf, n);
	return 0;
}

static int binary_reverse(struct str ksid, struct value *out)
{
	*out = (struct value){.type = VALUE_BYTES, .s = ksid};
	return 0;
}

const struct vindex_ops vindex_binary_ops = {
	.map = binary_map,
	.between = binary_between,
	.reverse = binary_reverse,
	.hashing = true,
	.props = {.unique = true, .sequential = true, .reversible = true, .cost = 0, .columns = 1},
};
