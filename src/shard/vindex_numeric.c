/* vindex_numeric - type "numeric": the number itself, big-endian. */
#include "src/shard/vindex_int.h"

static int numeric_map(const struct vindex *v, const struct value *values, size_t n,
		       struct vindex_result *out, struct err *e)
{
	uint64_t num;
	enum vindex_kind kind = vindex_to_u64(values, &num);

	(void)v, (void)n, (void)e;
	if (kind != VINDEX_KSID)
		return vindex_out_kind(out, kind);
	return vindex_out_u64(out, num);
}

static bool is_negative(const struct value *v)
{
	return v->type == VALUE_INT && v->i < 0;
}

static int numeric_between(const struct vindex *v, const struct value *low,
			   const struct value *high, struct vindex_result *out, struct err *e)
{
	uint64_t from, to;
	enum vindex_kind a = vindex_to_u64(low, &from), b = vindex_to_u64(high, &to);

	(void)v, (void)e;
	if (a == VINDEX_NONE || b == VINDEX_NONE)
		return vindex_out_kind(out, VINDEX_NONE);
	/* Negative numbers come after the positive ones as ids. */
	if (a != VINDEX_KSID || b != VINDEX_KSID || is_negative(low) != is_negative(high))
		return vindex_out_kind(out, VINDEX_MISFIT);
	if (from > to)
		return vindex_out_kind(out, VINDEX_NONE);
	vindex_out_u64(out, from);
	out->kind = VINDEX_RANGE;
	if (to == UINT64_MAX)
		return 0;
	to++;
	for (unsigned i = 0; i < 8; i++)
		out->end_buf[i] = (uint8_t)(to >> (56 - 8 * i));
	out->end = str_make(out->end_buf, 8);
	return 0;
}

static int numeric_reverse(struct str ksid, struct value *out)
{
	uint64_t num = 0;

	if (ksid.n != 8)
		return -1;
	for (size_t i = 0; i < 8; i++)
		num = num << 8 | (uint8_t)ksid.p[i];
	*out = (struct value){.type = VALUE_UINT, .u = num};
	return 0;
}

const struct vindex_ops vindex_numeric_ops = {
	.map = numeric_map,
	.between = numeric_between,
	.reverse = numeric_reverse,
	.hashing = true,
	.props = {.domain = VINDEX_INTEGERS,
		  .unique = true,
		  .sequential = true,
		  .reversible = true,
		  .cost = 0,
		  .columns = 1},
};
