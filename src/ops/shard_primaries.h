/* shard_primaries - the primaries of a keyspace's shards, from the store, and steps on all of them.
 * For blocking threads. */
#ifndef OPS_SHARD_PRIMARIES_H
#define OPS_SHARD_PRIMARIES_H
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/rpc/rpc_trust.h"
#include "topo/rec_shard.h"
#include "topo/rec_tablet.h"

struct store;

struct shard_primary {
	char shard[KEYRANGE_NAME];
	bool serving;
	struct rec_tablet tablet;
};
struct shard_primaries {
	/* Owned; those that serve, then the others that have a primary; each in the order of the
	 * key ranges. */
	struct shard_primary *v;
	size_t len, cap;
};

/* -1: no such keyspace, no shard, or a shard without a primary (the message names it).
 * shard_primaries_fini() ends @out, also after an error. */
int shard_primaries_get(struct store *s, const char *keyspace, struct shard_primaries *out,
			struct err *e) MUST_CHECK;
void shard_primaries_fini(struct shard_primaries *p);
/* Runs the statements of @sql on every shard's primary. All primaries must answer before the first
 * statement is sent; when one refuses, the message says which shards have done it. Holds the lock
 * locks/schema/<keyspace> meanwhile. */
int shard_primaries_apply_schema(struct store *s, const char *keyspace, struct str sql,
				 struct rpc_trust rpc, struct err *e) MUST_CHECK;
#endif
