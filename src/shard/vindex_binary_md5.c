/* vindex_binary_md5 - type "binary_md5": MD5 of the bytes. */
#include "src/base/digest.h"
#include "src/shard/vindex_int.h"

static int binary_md5_map(const struct vindex *v, const struct value *values, size_t n,
			  struct vindex_result *out, struct err *e)
{
	uint8_t md5[DIGEST_MD5_LEN];
	char digits[24];
	struct str text;

	(void)v, (void)n, (void)e;
	if (!vindex_to_text(values, digits, &text))
		return vindex_out_kind(out, VINDEX_MISFIT);
	digest_md5(text.p, text.n, md5);
	return vindex_out_ksid(out, md5, sizeof(md5));
}

const struct vindex_ops vindex_binary_md5_ops = {
	.map = binary_md5_map,
	.hashing = true,
	.props = {.unique = true, .cost = 1, .columns = 1},
};
