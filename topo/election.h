/* election - one of several processes leads. Each candidate keeps trying to take the election's
 * lock on a thread of its own; who has it leads until it resigns, dies or loses the store for
 * longer than the lease. */
#ifndef TOPO_ELECTION_H
#define TOPO_ELECTION_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"

struct store;
struct store_lock;
struct election;

/* @leading: this candidate leads from now on (or not any more). @guard is its lock, for guarded
 * writes and fencing; borrowed, valid until the call with @leading == false returns (NULL then).
 * Runs on the election's threads, one call at a time. */
typedef void (*election_fn)(void *arg, bool leading, const struct store_lock *guard);

struct election_config {
	const char *name;      /* the key is elections/<name> */
	const char *candidate; /* readable: who this is */
	unsigned ttl_s;	       /* as in lock.h */
	election_fn fn;
	void *arg;
};

/* NULL: out of memory, no thread. The strings are copied. */
struct election *election_join(struct store *s, const struct election_config *c, struct err *e);
/* Resigns when leading (fn is told), and frees it. Not from @fn. NULL is fine. */
void election_leave(struct election *el);
bool election_leading(const struct election *el);
/* Appends the candidate that leads election @name. -1: ERR_NOT_FOUND: nobody does right now. */
int election_leader(struct store *s, const char *name, struct buf *out, struct err *e) MUST_CHECK;
#endif
