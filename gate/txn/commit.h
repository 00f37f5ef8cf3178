/* commit - ends a transaction on all shards that take part, and gives kept connections back.
 *
 * COMMIT goes to one shard after the other; when one refuses, the rest is rolled back and the
 * client is told how many shards had committed. ROLLBACK goes to all at once. A commit owns its
 * life: when its client leaves it goes on to the end. Thread: one worker. */
#ifndef TXN_COMMIT_H
#define TXN_COMMIT_H
#include "src/base/err.h"

struct commit;
struct conditions;
struct gate_ctx;
struct txn;

enum commit_action { COMMIT_COMMIT, COMMIT_ROLLBACK };
/* @e: NULL when all went well. The transaction is cleared before. */
typedef void (*commit_fn)(void *arg, const struct err *e);

/* Starts; warnings go to @conditions (NULL: nowhere). *slot points to it until it is over; then it
 * is cleared and @done called once, maybe before this returns. @t (borrowed) must not change
 * meanwhile. */
void commit_start(struct commit **slot, struct gate_ctx *ctx, struct txn *t,
		  struct conditions *conditions, enum commit_action action, commit_fn done,
		  void *arg);
/* The client has left: the commit clears its slot, takes the connections that take part out of the
 * transaction and goes on by itself; @done is not called. NULL is fine. */
void commit_abandon(struct commit *c);
/* Gives back the connections that were held for one statement only: neither in the transaction nor
 * reserved. */
void commit_release_held(struct gate_ctx *ctx, struct txn *t);
/* Rolls back and gives back all connections kept on tablets, without waiting; frees what @t holds.
 */
void commit_release_all(struct gate_ctx *ctx, struct txn *t);
#endif
