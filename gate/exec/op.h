/* op - a push operator: rows go in one by one, rows come out to the next operator. One per file.
 *
 * push: takes one row, which is borrowed for the call; OP_MORE, OP_DONE (no further row will be
 * used), OP_PAUSE (the row was taken; the client shall take its bytes first), or -1: failed.
 * end: no more rows come; what was held back goes on, then the next one's end runs. OP_PAUSE: not
 * all has gone on; call resume when the client takes bytes again, or, when it already does, at a
 * later turn of the loop. Else 0 or -1. resume: as end. free: at any time, also in the middle. All
 * live in the statement's arena but for what free gives back. */
#ifndef EXEC_OP_H
#define EXEC_OP_H
#include <stdint.h>

#include "src/base/err.h"

struct arena;
struct client;
struct plan_merge;
struct row;
struct row_shape;

enum op_flow { OP_MORE, OP_DONE, OP_PAUSE };

struct op {
	int (*push)(struct op *op, const struct row *row, struct err *e);
	int (*end)(struct op *op, struct err *e);
	int (*resume)(struct op *op, struct err *e);
	void (*free)(struct op *op);
	struct op *next; /* NULL: the sink */
};

/* Each NULL when out of memory. */
/* Groups adjacent rows equal in the first m->group_count order keys and folds the others' columns.
 */
struct op *op_aggregate_new(struct arena *a, const struct plan_merge *m);
/* Keeps the first of adjacent rows equal in all order keys. */
struct op *op_distinct_new(struct arena *a, const struct plan_merge *m);
/* Gathers all rows, at most @memory bytes, and hands them on sorted, a few at a time. */
struct op *op_sort_new(struct arena *a, const struct plan_merge *m, uint64_t memory);
struct op *op_limit_new(struct arena *a, uint64_t offset, uint64_t count);
/* Sends the first @visible columns to the client; *sent counts rows. */
/* For operators that hold nothing back. */
int op_pass_end(struct op *op, struct err *e);
int op_pass_resume(struct op *op, struct err *e);
struct op *op_sink_new(struct arena *a, struct client *client, uint32_t visible, uint64_t *sent);
#endif
