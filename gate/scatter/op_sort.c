#include <stdlib.h>

#include "gate/plan/plan.h"
#include "gate/scatter/op.h"
#include "gate/scatter/row_copy.h"
#include "src/base/arena.h"
#include "src/base/vec.h"

enum { SORT_ROW_COST = 128 };

struct sort {
	struct op op;
	const struct plan_merge *m;
	uint64_t used, memory;
	struct {
		struct row_copy *v; /* owned */
		size_t len, cap;
	} rows;
};

static int push(struct op *op, const struct row *row, struct err *e)
{
	struct sort *s = (struct sort *)op;
	struct row_copy *c;

	if (VEC_GROW(&s->rows) < 0)
		return err_set(e, ERR_NOMEM, "out of memory for sorting");
	c = &s->rows.v[s->rows.len];
	*c = (struct row_copy){.full = false};
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
	return 0;
}

static int by_keys(const void *a, const void *b, void *arg)
{
	const struct plan_merge *m = arg;
	const struct row_copy *x = a, *y = b;

	return row_compare(&x->row, &y->row, m->sort, m->sort_count);
}

static int end(struct op *op, struct err *e)
{
	struct sort *s = (struct sort *)op;
	int rc = 0;

	if (s->rows.len)
		qsort_r(s->rows.v, s->rows.len, sizeof(*s->rows.v), by_keys,
			(void *)(uintptr_t)s->m);
	for (size_t i = 0; i < s->rows.len && rc == 0; i++)
		rc = op->next->push(op->next, &s->rows.v[i].row, e);
	return rc < 0 ? -1 : op->next->end(op->next, e);
}

static void free_sort(struct op *op)
{
	struct sort *s = (struct sort *)op;

	for (size_t i = 0; i < s->rows.len; i++)
		row_copy_fini(&s->rows.v[i]);
	free(s->rows.v);
	s->rows.v = NULL;
	s->rows.len = s->rows.cap = 0;
}

struct op *op_sort_new(struct arena *a, const struct plan_merge *m, uint64_t memory)
{
	struct sort *s = arena_zalloc(a, sizeof(*s));

	if (!s)
		return NULL;
	s->op = (struct op){.push = push, .end = end, .free = free_sort};
	s->m = m;
	s->memory = memory;
	return &s->op;
}
