#include "gate/exec/row.h"

#include "gate/plan/plan.h"
#include "src/data/compare.h"
#include "src/wire/binary_row.h"
#include "src/wire/binary_value.h"
#include "src/wire/text_row.h"

int row_split(const struct row_shape *shape, struct str payload, struct str *col, struct row *out,
	      struct err *e)
{
	int rc = shape->binary ? binary_row_split(payload, shape->meta, col, shape->columns)
			       : text_row_split(payload, col, shape->columns);

	*out = (struct row){.shape = shape, .payload = payload, .col = col};
	return rc < 0 ? err_set(e, ERR_PROTOCOL, "a shard sent a malformed row") : 0;
}

int row_value(const struct row *r, uint32_t i, char tmp[ROW_TMP], struct value *out)
{
	if (!r->col[i].p) {
		*out = (struct value){.type = VALUE_NULL};
		return 0;
	}
	if (r->shape->binary)
		return binary_value_decode(&r->shape->meta[i], r->col[i], tmp, out);
	return text_row_value(&r->shape->meta[i], r->col[i], out);
}

static int compare_key(const struct row *a, const struct row *b, const struct plan_key *k)
{
	char tmp_a[ROW_TMP], tmp_b[ROW_TMP];
	struct value x, y;
	int c;

	if (k->weight >= 0 && (a->col[k->weight].p || b->col[k->weight].p)) {
		struct str p = a->col[k->weight], q = b->col[k->weight];

		if (!p.p || !q.p)
			c = (p.p != NULL) - (q.p != NULL);
		else
			c = compare_weights(p, q, k->pad_space, k->space_weight);
	} else if (row_value(a, k->column, tmp_a, &x) == 0 &&
		   row_value(b, k->column, tmp_b, &y) == 0) {
		c = compare_values(&x, &y);
	} else {
		c = str_cmp(a->col[k->column], b->col[k->column]);
	}
	return k->descending ? -c : c;
}

int row_compare(const struct row *a, const struct row *b, const struct plan_key *key,
		uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		int c = compare_key(a, b, &key[i]);

		if (c)
			return c;
	}
	return 0;
}
