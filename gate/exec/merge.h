/* merge - a statement kind: rows are taken from the shards' streams in order (or as they come), go
 * through the plan's operators and on to the client.
 *
 * Memory is bounded: each shard may send one credit window ahead, or one row when that is larger;
 * a slow client stops the taking. Thread: the session's worker. */
#ifndef EXEC_MERGE_H
#define EXEC_MERGE_H
#include "src/base/err.h"

struct statement;
struct statement_kind;

extern const struct statement_kind merge_kind;
/* Makes st->merge for the plan and st->calls sources, and sets the kind. */
int merge_begin(struct statement *st, struct err *e) MUST_CHECK;
#endif
