/* kept_run - a statement of the gate's own on connections that the session keeps, one after the
 * other; keyspaces may differ. Thread: the session's worker. */
#ifndef LOCAL_KEPT_RUN_H
#define LOCAL_KEPT_RUN_H
#include <stdbool.h>
#include <stddef.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct statement;
struct txn_shard;

/* Runs @sql (in the statement's arena) on each kept connection that @want says, then calls @then
 * once, maybe before this returns; the first error ends it. @at is handed to @want. */
void kept_run(struct statement *st, struct str sql,
	      bool (*want)(const struct txn_shard *s, size_t at), size_t at,
	      void (*then)(struct statement *st, const struct err *e));
#endif
