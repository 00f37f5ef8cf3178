/* finish - ending a transaction on all shards that take part, and letting go of kept connections.
 * Thread: the session's worker.
 *
 * COMMIT goes to one shard after the other; when one refuses, the rest is rolled back and the
 * client is told which shards had committed. ROLLBACK goes to all at once. */
#ifndef TXN_FINISH_H
#define TXN_FINISH_H
#include <stdbool.h>

#include "src/base/err.h"

struct finish;
struct session;

enum finish_action { FINISH_COMMIT, FINISH_ROLLBACK };
/* @e: NULL when all went well. The session's transaction is cleared before. */
typedef void (*finish_fn)(void *arg, const struct err *e);

/* Starts, in the arena of the session's query. *slot points to it until it is over; then it is
 * cleared and @done called once, maybe before this returns. */
void finish_start(struct finish **slot, struct session *s, enum finish_action action, finish_fn done,
		  void *arg);
/* Forgets it without a callback; what is under way goes on or is undone by the tablets. */
void finish_cancel(struct finish *f); /* NULL is fine */
/* Rolls back and gives back all connections kept on tablets, without waiting. */
void finish_release_all(struct session *s);
#endif
