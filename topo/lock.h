/* lock - mutual exclusion between processes through the store. A lock lives on a lease that a
 * thread keeps alive; when its process dies the lease runs out and the lock is free. The holder
 * must expect to lose it: writes that depend on it name it as their guard (store_write), and what
 * is outside of the store gets the lock's fence, a number that grows with every new holder. */
#ifndef TOPO_LOCK_H
#define TOPO_LOCK_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"

struct store;
struct store_lock;

struct lock_request {
	const char *key;     /* "locks/keyspaces/ks": starts with locks/ or elections/ */
	const char *holder;  /* readable text: who and why */
	unsigned ttl_s;	     /* seconds the lock outlives a dead holder; 0: 10 */
	unsigned timeout_ms; /* how long to wait for it; 0: only one try */
	/* Called at most once, from the lock's thread, when the lock is lost other than by
	 * lock_release(): stop what needs it. May be NULL. */
	void (*lost)(void *arg);
	void *arg;
	const _Atomic int *stop; /* nonzero ends the wait with ERR_CANCELED; may be NULL */
};

/* NULL with @e: ERR_DEADLINE (somebody else holds it, the message says who), ERR_CANCELED,
 * ERR_UNAVAILABLE. The caller releases it. */
struct store_lock *lock_acquire(struct store *s, const struct lock_request *r, struct err *e);
/* Gives the lock back and frees it, also when it was lost. Not from its lost(). NULL is fine. */
void lock_release(struct store_lock *l);
/* Whether it is held as far as is known, without asking the store. */
bool lock_held(const struct store_lock *l);
/* Asks the store: 0, or -1 with ERR_TXN_LOST or ERR_UNAVAILABLE. */
int lock_check(struct store_lock *l, struct err *e) MUST_CHECK;
/* A number that is larger than that of any earlier holder of this lock. */
int64_t lock_fence(const struct store_lock *l);
/* For the back ends: the lock's key. */
const char *lock_key(const struct store_lock *l);
/* Appends the text of who holds the lock at @key. -1: ERR_NOT_FOUND: nobody; ERR_UNAVAILABLE. */
int lock_holder(struct store *s, const char *key, struct buf *out, struct err *e) MUST_CHECK;
#endif
