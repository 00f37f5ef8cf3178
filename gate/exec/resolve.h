/* resolve - from a plan and the statement's values to the shards it goes to. */
#ifndef EXEC_RESOLVE_H
#define EXEC_RESOLVE_H
#include <stdint.h>

#include "src/base/err.h"

struct plan_value;
struct statement;
struct value;

/* Fills st->resolved from st->plan; at least one target. -1: a value a write cannot place
 * (ERR_BAD_NULL, ERR_BAD_VALUE), ERR_UNAVAILABLE (a keyspace without shards), ERR_NOMEM. */
int resolve_plan(struct statement *st, struct err *e) MUST_CHECK;
/* Any one shard of st->keyspace (the session's own if it chose one). */
int resolve_any(struct statement *st, struct err *e) MUST_CHECK;
/* The value of @v for row @row of its group (0 outside of groups), decoded into the statement's
 * arena.
 */
int resolve_value(struct statement *st, const struct plan_value *v, uint32_t row, struct value *out,
		  struct err *e) MUST_CHECK;
#endif
