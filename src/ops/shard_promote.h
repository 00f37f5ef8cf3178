/* shard_promote - an operator makes a replica the primary of a shard whose primary cannot serve any
 * more. There is no failover by itself. For blocking threads. */
#ifndef OPS_SHARD_PROMOTE_H
#define OPS_SHARD_PROMOTE_H
#include <stdbool.h>

#include "src/base/err.h"
#include "src/base/str.h"
#include "src/rpc/rpc_trust.h"
#include "topo/rec_shard.h"

struct store;

struct shard_promotion {
	const char *alias;	/* the new primary */
	bool force;		/* although the old one does not answer */
	struct rpc_trust rpc; /* of the tablets */
};

/* Names a tablet as the primary of the shard that @shard names (keyspace and name set; filled). The
 * tablet must be a replica with the shard's data that serves or whose only trouble is replication;
 * the primary must say that it does not serve; with force: or not answer at all. The tablets follow the
 * record by themselves. -1: nothing is changed. */
int shard_promote(struct store *s, struct rec_shard *shard, const struct shard_promotion *p,
		  struct err *e) MUST_CHECK;
#endif
