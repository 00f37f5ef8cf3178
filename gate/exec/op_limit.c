#include "gate/exec/op.h"
#include "src/base/arena.h"

struct limit {
	struct op op;
	uint64_t skip, left;
};

static int push(struct op *op, const struct row *row, struct err *e)
{
	struct limit *l = (struct limit *)op;
	int rc;

	if (!l->left)
		return OP_DONE;
	if (l->skip) {
		l->skip--;
		return OP_MORE;
	}
	rc = op->next->push(op->next, row, e);
	if (rc < 0 || rc == OP_DONE)
		return rc;
	return --l->left == 0 ? OP_DONE : rc;
}

static void nothing(struct op *op)
{
	(void)op;
}

struct op *op_limit_new(struct arena *a, uint64_t offset, uint64_t count)
{
	struct limit *l = arena_zalloc(a, sizeof(*l));

	if (!l)
		return NULL;
	l->op = (struct op){
		.push = push, .end = op_pass_end, .resume = op_pass_resume, .free = nothing};
	l->skip = offset;
	l->left = count;
	return &l->op;
}
