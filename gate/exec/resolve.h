/* resolve - from a plan and the statement's values to the shards it goes to. */
#ifndef EXEC_RESOLVE_H
#define EXEC_RESOLVE_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"

struct graph_shard;
struct plan_value;
struct query;
struct value;

/* The shards of a statement, in the order of their key ranges. Lives in the query's arena. */
struct resolved {
	const struct graph_shard **target; /* borrowed from the catalog */
	unsigned targets;
	/* For the (one) route over a group or a list: the index in target[] of each row, or
	 * RESOLVED_NOWHERE, or RESOLVED_EVERYWHERE. NULL when no route has rows. */
	uint16_t *row_target;
	uint32_t rows;
};
enum { RESOLVED_NOWHERE = 0xffff, RESOLVED_EVERYWHERE = 0xfffe };

/* Fills q->resolved from q->plan; at least one target. -1: a value a write cannot place
 * (ERR_BAD_NULL, ERR_BAD_VALUE), ERR_UNAVAILABLE (a keyspace without shards), ERR_NOMEM. */
int resolve_plan(struct query *q, struct err *e) MUST_CHECK;
/* Any one shard of q->keyspace (the session's own if it chose one). */
int resolve_any(struct query *q, struct err *e) MUST_CHECK;
/* The value of @v for row @row of its group (0 outside of groups), decoded into the query's arena.
 */
int resolve_value(struct query *q, const struct plan_value *v, uint32_t row, struct value *out,
		  struct err *e) MUST_CHECK;
#endif
