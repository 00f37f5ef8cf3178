/* op_sort - a heap of rows: they go in as they come and are taken out in order, a slice at a time,
 * so that neither a comparison sort of everything nor a flood of rows blocks the worker. */
#include <stdlib.h>

#include "gate/exec/op.h"
#include "gate/exec/row_copy.h"
#include "gate/plan/plan.h"
#include "src/base/arena.h"
#include "src/base/vec.h"

enum {
	SORT_ROW_COST = 128,
	SORT_SLICE = 512, /* rows handed on before others have their turn */
};

struct sort {
	struct op op;
	const struct plan_merge *m;
	uint64_t used, memory, arrived;
	bool handed_on;
	struct {
		struct entry {
			struct row_copy copy;
			uint64_t arrival; /* equal rows keep their order */
		} * v; /* owned; from end() on a heap, the first row at the top */
		size_t len, cap;
	} rows;
};

static int push(struct op *op, const struct row *row, struct err *e)
{
	struct sort *s = (struct sort *)op;
	struct row_copy *c;

	if (s->handed_on)
		return OP_DONE;
	if (VEC_GROW(&s->rows) < 0)
		return err_set(e, ERR_NOMEM, "out of memory for sorting");
	s->rows.v[s->rows.len] = (struct entry){.arrival = s->arrived++};
	c = &s->rows.v[s->rows.len].copy;
	if (row_copy_set(c, row, e) < 0) {
		row_copy_fini(c);
		return -1;
	}
	s->rows.len++;
	s->used += SORT_ROW_COST + c->bytes.cap + row->shape->columns * sizeof(struct str);
	if (s->used > s->memory)
		return err_set(e, ERR_EXHAUSTED,
			       "sorting the groups of all shards takes more than the gate's "
			       "merge-memory of "
			       "%llu bytes",
			       (unsigned long long)s->memory);
	return OP_MORE;
}

static bool before(const struct sort *s, const struct entry *a, const struct entry *b)
{
	int c = row_compare(&a->copy.row, &b->copy.row, s->m->sort, s->m->sort_count);

	return c ? c < 0 : a->arrival < b->arrival;
}

/* Moves the entry at @i down to its place. */
static void sift(struct sort *s, size_t i)
{
	struct entry *v = s->rows.v, moving = v[i];
	size_t n = s->rows.len;

	for (size_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
		if (child + 1 < n && before(s, &v[child + 1], &v[child]))
			child++;
		if (!before(s, &v[child], &moving))
			break;
		v[i] = v[child];
		i = child;
	}
	v[i] = moving;
}

static int resume(struct op *op, struct err *e)
{
	struct sort *s = (struct sort *)op;

	if (s->handed_on)
		return op->next->resume(op->next, e);
	for (unsigned n = 0; s->rows.len; n++) {
		struct entry first = s->rows.v[0];
		int rc;

		if (n == SORT_SLICE)
			return OP_PAUSE;
		s->rows.v[0] = s->rows.v[--s->rows.len];
		if (s->rows.len)
			sift(s, 0);
		rc = op->next->push(op->next, &first.copy.row, e);
		row_copy_fini(&first.copy);
		if (rc < 0)
			return -1;
		if (rc == OP_DONE)
			break;
		if (rc == OP_PAUSE && s->rows.len)
			return OP_PAUSE;
	}
	s->handed_on = true;
	return op->next->end(op->next, e);
}

static int end(struct op *op, struct err *e)
{
	struct sort *s = (struct sort *)op;

	for (size_t i = s->rows.len / 2; i-- > 0;)
		sift(s, i);
	return resume(op, e);
}

static void free_sort(struct op *op)
{
	struct sort *s = (struct sort *)op;

	for (size_t i = 0; i < s->rows.len; i++)
		row_copy_fini(&s->rows.v[i].copy);
	free(s->rows.v);
	s->rows.v = NULL;
	s->rows.len = s->rows.cap = 0;
}

struct op *op_sort_new(struct arena *a, const struct plan_merge *m, uint64_t memory)
{
	struct sort *s = arena_zalloc(a, sizeof(*s));

	if (!s)
		return NULL;
	s->op = (struct op){.push = push, .end = end, .resume = resume, .free = free_sort};
	s->m = m;
	s->memory = memory;
	return &s->op;
}
