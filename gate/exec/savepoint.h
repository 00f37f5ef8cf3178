/* savepoint - ROLLBACK TO and RELEASE over the shards of a transaction. Savepoints themselves are
 * sent to a shard with its next statement, so that shards which join later know them too. */
#ifndef EXEC_SAVEPOINT_H
#define EXEC_SAVEPOINT_H
#include <stdbool.h>
#include <stddef.h>

#include "src/base/err.h"

struct query;

/* Ends number @at of the session's savepoints on each shard that knows it; later ones go with it.
 * @done: once, maybe before this returns. */
void savepoint_end(struct query *q, size_t at, bool release,
		   void (*done)(struct query *q, const struct err *e));
#endif
