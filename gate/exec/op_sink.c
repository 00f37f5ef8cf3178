#include "gate/client/client.h"
#include "gate/exec/op.h"
#include "gate/exec/row.h"
#include "src/base/arena.h"
#include "src/wire/binary_row.h"
#include "src/wire/text_row.h"

struct sink {
	struct op op;
	struct client *client;
	uint32_t visible;
	uint64_t *sent;
	struct buf b; /* owned: a row without its hidden columns */
};

static void cut(struct sink *k, const struct row *row)
{
	struct binary_row r;

	buf_reset(&k->b);
	if (!row->shape->binary) {
		for (uint32_t i = 0; i < k->visible; i++) {
			if (row->col[i].p)
				text_row_put(&k->b, row->col[i]);
			else
				text_row_put_null(&k->b);
		}
		return;
	}
	binary_row_begin(&r, &k->b, k->visible);
	for (uint32_t i = 0; i < k->visible; i++)
		binary_row_put_raw(&r, &row->shape->meta[i], row->col[i]);
}

static int push(struct op *op, const struct row *row, struct err *e)
{
	struct sink *k = (struct sink *)op;
	struct str out = row->payload;

	if (k->visible < row->shape->columns || !out.p) {
		cut(k, row);
		if (buf_check(&k->b, e) < 0)
			return -1;
		out = buf_slice(&k->b);
	}
	client_send(k->client, out.p, out.n);
	++*k->sent;
	return client_congested(k->client) ? OP_PAUSE : OP_MORE;
}

static int end(struct op *op, struct err *e)
{
	(void)op, (void)e;
	return 0;
}

int op_pass_end(struct op *op, struct err *e)
{
	return op->next->end(op->next, e);
}

int op_pass_resume(struct op *op, struct err *e)
{
	return op->next->resume(op->next, e);
}

static void free_sink(struct op *op)
{
	buf_fini(&((struct sink *)op)->b);
}

struct op *op_sink_new(struct arena *a, struct client *client, uint32_t visible, uint64_t *sent)
{
	struct sink *k = arena_zalloc(a, sizeof(*k));

	if (!k)
		return NULL;
	k->op = (struct op){.push = push, .end = end, .resume = end, .free = free_sink};
	k->client = client;
	k->visible = visible;
	k->sent = sent;
	return &k->op;
}
