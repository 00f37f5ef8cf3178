#include "gate/exec/op.h"
#include "gate/exec/row_copy.h"
#include "gate/plan/plan.h"
#include "src/base/arena.h"

struct distinct {
	struct op op;
	const struct plan_merge *m;
	struct row_copy last;
};

static int push(struct op *op, const struct row *row, struct err *e)
{
	struct distinct *d = (struct distinct *)op;

	if (d->last.full && row_compare(&d->last.row, row, d->m->order, d->m->order_count) == 0)
		return OP_MORE;
	if (row_copy_set(&d->last, row, e) < 0)
		return -1;
	return op->next->push(op->next, row, e);
}

static void free_distinct(struct op *op)
{
	row_copy_fini(&((struct distinct *)op)->last);
}

struct op *op_distinct_new(struct arena *a, const struct plan_merge *m)
{
	struct distinct *d = arena_zalloc(a, sizeof(*d));

	if (!d)
		return NULL;
	d->op = (struct op){
		.push = push, .end = op_pass_end, .resume = op_pass_resume, .free = free_distinct};
	d->m = m;
	return &d->op;
}
