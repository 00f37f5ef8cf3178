/* op - a push operator: rows go in one by one, rows come out to the next operator. One per file.
 *
 * push: 0 go on, 1 enough (no further row will be used), -1 failed. The row is borrowed for the
 * call. end: no more rows come; what was held back goes on, then the next one's end runs. free: at
 * any time, also in the middle (cancel). All live in the query's arena but for what free gives
 * back. */
#ifndef SCATTER_OP_H
#define SCATTER_OP_H
#include <stdint.h>

#include "src/base/err.h"

struct arena;
struct plan_merge;
struct row;
struct row_shape;
struct session;

struct op {
	int (*push)(struct op *op, const struct row *row, struct err *e);
	int (*end)(struct op *op, struct err *e);
	void (*free)(struct op *op);
	struct op *next; /* NULL: the sink */
};

/* Each NULL when out of memory. */
/* Groups adjacent rows equal in the first m->group_count order keys and folds the others' columns.
 */
struct op *op_aggregate_new(struct arena *a, const struct plan_merge *m);
/* Keeps the first of adjacent rows equal in all order keys. */
struct op *op_distinct_new(struct arena *a, const struct plan_merge *m);
/* Gathers all rows, at most @memory bytes, and hands them on sorted. */
struct op *op_sort_new(struct arena *a, const struct plan_merge *m, uint64_t memory);
struct op *op_limit_new(struct arena *a, uint64_t offset, uint64_t count);
/* Sends the first @visible columns to the client; *sent counts rows. */
struct op *op_sink_new(struct arena *a, struct session *s, uint32_t visible, uint64_t *sent);
#endif
