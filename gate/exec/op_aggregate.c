/* op_aggregate - rows of the shards' partial groups to whole groups. Rows come ordered by the group
 * keys; a group is over when a row with other keys comes. */
#include "gate/exec/op.h"
#include "gate/exec/row_copy.h"
#include "gate/plan/plan.h"
#include "src/base/arena.h"
#include "src/data/aggregate.h"
#include "src/wire/binary_row.h"
#include "src/wire/text_row.h"

/* What one column of the group has come to. */
struct acc {
	struct aggregate sum;
	uint64_t count;	      /* AVG: of the shards' counts */
	struct row_copy best; /* MIN, MAX: the row that holds it */
};

struct fold {
	struct op op;
	const struct plan_merge *m;
	const struct row_shape *shape;
	struct row_copy first; /* of the group */
	struct acc *acc;       /* in the arena, one per aggregate */
	struct buf out;	       /* owned: the row being put together */
	struct str *col;       /* in the arena */
	struct arena *arena;
};

static int add(struct aggregate *sum, const struct row *row, uint32_t column, struct err *e)
{
	char tmp[ROW_TMP];
	struct value v;

	if (row_value(row, column, tmp, &v) < 0)
		return err_set(e, ERR_PROTOCOL, "a shard sent a number that is none");
	return aggregate_add(sum, &v, e);
}

static int add_count(uint64_t *count, const struct row *row, uint32_t column, struct err *e)
{
	char tmp[ROW_TMP];
	struct value v;

	if (row_value(row, column, tmp, &v) < 0 || (v.type != VALUE_INT && v.type != VALUE_UINT))
		return err_set(e, ERR_PROTOCOL, "a shard sent a count that is none");
	*count += v.u;
	return 0;
}

/* Keeps the smaller (or larger) of the row's value and what there is; NULL never wins. */
static int keep_best(struct acc *acc, const struct plan_agg *g, const struct row *row,
		     struct err *e)
{
	int c;

	if (!row->col[g->column].p)
		return 0;
	if (acc->best.full) {
		c = row_compare(row, &acc->best.row, &g->key, 1);
		if (g->op == AGG_MIN ? c >= 0 : c <= 0)
			return 0;
	}
	return row_copy_set(&acc->best, row, e);
}

static int fold(struct fold *a, const struct row *row, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < a->m->agg_count && rc == 0; i++) {
		const struct plan_agg *g = &a->m->agg[i];
		struct acc *acc = &a->acc[i];

		switch (g->op) {
		case AGG_FIRST:
			break;
		case AGG_COUNT:
			rc = add(&acc->sum, row, g->column, e);
			break;
		case AGG_SUM:
			rc = add(&acc->sum, row, g->sum, e);
			break;
		case AGG_MIN:
		case AGG_MAX:
			rc = keep_best(acc, g, row, e);
			break;
		case AGG_AVG:
			rc = add(&acc->sum, row, g->sum, e);
			if (rc == 0)
				rc = add_count(&acc->count, row, g->count, e);
			break;
		}
	}
	return rc;
}

/* A sum in the form of its column: COUNTs are integers. */
static int sum_value(const struct aggregate *sum, const struct type_meta *m,
		     char text[DECIMAL_TEXT], struct value *out, struct err *e)
{
	int64_t i;

	aggregate_sum(sum, text, out);
	if (out->type != VALUE_DECIMAL || !type_is_integer(m->type))
		return 0;
	if (!str_to_i64(out->s, &i))
		return err_set(e, ERR_OUT_OF_RANGE, "a count over all shards is out of range");
	*out = (struct value){.type = VALUE_INT, .i = i};
	return 0;
}

/* Column @i of the group: raw bytes of some row, or a computed value. */
static int column_value(struct fold *a, uint32_t i, struct str *raw, bool *is_raw,
			char text[DECIMAL_TEXT], struct value *v, struct err *e)
{
	const struct plan_agg *g = i < a->m->agg_count ? &a->m->agg[i] : NULL;
	const struct type_meta *m = &a->shape->meta[i];

	*is_raw = true;
	*raw = a->first.row.col[i];
	if (!g || g->op == AGG_FIRST)
		return 0;
	if (g->op == AGG_MIN || g->op == AGG_MAX) {
		*raw = a->acc[i].best.full ? a->acc[i].best.row.col[g->column]
					   : (struct str){NULL, 0};
		return 0;
	}
	*is_raw = false;
	/* The column says how many digits the session's div_precision_increment leaves. */
	if (g->op == AGG_SUM && g->sum != g->column)
		return aggregate_average(&a->acc[i].sum, 1, m->decimals, text, v, e);
	if (g->op == AGG_AVG)
		return aggregate_average(&a->acc[i].sum, a->acc[i].count, m->decimals, text, v, e);
	return sum_value(&a->acc[i].sum, m, text, v, e);
}

static int put_columns(struct fold *a, struct err *e)
{
	struct binary_row br;

	buf_reset(&a->out);
	if (a->shape->binary)
		binary_row_begin(&br, &a->out, a->shape->columns);
	for (uint32_t i = 0; i < a->shape->columns; i++) {
		const struct type_meta *m = &a->shape->meta[i];
		char text[DECIMAL_TEXT];
		struct value v = {.type = VALUE_NULL};
		struct str raw;
		bool is_raw;

		if (column_value(a, i, &raw, &is_raw, text, &v, e) < 0)
			return -1;
		if (a->shape->binary && is_raw)
			binary_row_put_raw(&br, m, raw);
		else if (a->shape->binary) {
			if (binary_row_put(&br, m, &v) < 0)
				return err_set(e, ERR_INTERNAL,
					       "an aggregate does not fit its column");
		} else if (is_raw && raw.p)
			text_row_put(&a->out, raw);
		else if (is_raw || v.type == VALUE_NULL)
			text_row_put_null(&a->out);
		else
			text_row_put_value(&a->out, m, &v);
	}
	return buf_check(&a->out, e);
}

static int emit(struct fold *a, struct err *e)
{
	struct row row;

	if (put_columns(a, e) < 0 || row_split(a->shape, buf_slice(&a->out), a->col, &row, e) < 0)
		return -1;
	for (uint32_t i = 0; i < a->m->agg_count; i++) {
		row_copy_fini(&a->acc[i].best);
		aggregate_init(&a->acc[i].sum);
		a->acc[i].count = 0;
	}
	a->first.full = false;
	return a->op.next->push(a->op.next, &row, e);
}

static int push(struct op *op, const struct row *row, struct err *e)
{
	struct fold *a = (struct fold *)op;
	int rc = 0;

	if (!a->shape) {
		a->shape = row->shape;
		a->col = arena_array(a->arena, row->shape->columns + 1u, sizeof(*a->col));
		if (!a->col)
			return err_set(e, ERR_NOMEM,
				       "the statement needs more memory than allowed");
	}
	if (a->first.full && row_compare(&a->first.row, row, a->m->order, a->m->group_count) != 0)
		rc = emit(a, e);
	if (rc < 0 || rc == OP_DONE)
		return rc;
	if (!a->first.full && row_copy_set(&a->first, row, e) < 0)
		return -1;
	return fold(a, row, e) < 0 ? -1 : rc;
}

static int end(struct op *op, struct err *e)
{
	struct fold *a = (struct fold *)op;

	if (a->first.full && emit(a, e) < 0)
		return -1;
	return op->next->end(op->next, e);
}

static void free_aggregate(struct op *op)
{
	struct fold *a = (struct fold *)op;

	row_copy_fini(&a->first);
	for (uint32_t i = 0; i < a->m->agg_count; i++)
		row_copy_fini(&a->acc[i].best);
	buf_fini(&a->out);
}

struct op *op_aggregate_new(struct arena *arena, const struct plan_merge *m)
{
	struct fold *a = arena_zalloc(arena, sizeof(*a));

	if (!a || !(a->acc = arena_array(arena, m->agg_count + 1u, sizeof(*a->acc))))
		return NULL;
	a->op = (struct op){
		.push = push, .end = end, .resume = op_pass_resume, .free = free_aggregate};
	a->m = m;
	a->arena = arena;
	for (uint32_t i = 0; i < m->agg_count; i++)
		aggregate_init(&a->acc[i].sum);
	return &a->op;
}
