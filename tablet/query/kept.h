/* kept - connections to mysqld that belong to a session of a gate: a transaction is open on them,
 * or they are reserved. A session belongs to the RPC connection that made it: the tablet rolls it back
 * and releases it when that connection is gone. Thread: one worker. */
#ifndef QUERY_KEPT_H
#define QUERY_KEPT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct exec;
struct pooled;

struct kept {
	uint64_t id;
	uint64_t owner;	  /* the RPC connection */
	struct pooled *c; /* lent to us */
	struct kept_table *table;
	uint64_t used_us;
	uint64_t last_call;   /* rpc_reply_number() of the last call that ran on it */
	struct exec *running; /* NULL: idle */
	struct exec *waiting; /* the one request that runs next; NULL: none */
	bool reserved, in_txn;
	bool doomed; /* its owner is gone; released when what runs has ended */
};

struct kept_table {
	struct {
		struct kept **v; /* owned; NULL: free */
		size_t len, cap;
	} slots;
	size_t count;
	unsigned m_kept; /* gauge */
};

void kept_init(struct kept_table *t);
/* The table must be empty. */
void kept_fini(struct kept_table *t);
/* Keeps @c for @owner; NULL: out of memory. */
struct kept *kept_add(struct kept_table *t, struct pooled *c, uint64_t owner);
/* NULL with ERR_TXN_LOST when there is no such session of this owner. */
struct kept *kept_find(struct kept_table *t, uint64_t id, uint64_t owner, struct err *e);
/* Forgets the session; its connection is now the caller's. Frees @k. */
struct pooled *kept_take(struct kept *k);
/* Rolls back an idle session and gives its connection back. Frees @k. */
void kept_release(struct kept *k);
/* The session becomes idle: no request runs on it. */
void kept_idle(struct kept *k);
/* The session that the call with this number was the last to run in: released, or doomed if it runs
 * another call already that ends with its client, too. */
void kept_release_call(struct kept_table *t, uint64_t call);
/* All idle ones of @owner are released, the others doomed; 0: those of everybody. */
void kept_release_owner(struct kept_table *t, uint64_t owner);
/* Releases idle transactions last used before @txn_us, and other idle sessions last used before
 * @session_us; returns how many. */
unsigned kept_expire(struct kept_table *t, uint64_t txn_us, uint64_t session_us);
/* How many are inside a transaction or run something. */
unsigned kept_busy(const struct kept_table *t);
#endif
