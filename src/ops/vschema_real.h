/* vschema_real - checks a VSchema against the tables that the shards of its keyspace really have.
 * For blocking threads. */
#ifndef OPS_VSCHEMA_REAL_H
#define OPS_VSCHEMA_REAL_H
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/rpc/rpc_trust.h"

struct store;
struct vschema;

/* Appends to @problems what @vs names and is not there, in words; nothing when it fits. -1: it
 * could not be found out (a shard has no primary, or that does not answer). */
int vschema_real_check(struct store *s, const char *keyspace, const struct vschema *vs,
		       struct rpc_trust rpc, struct buf *problems, struct err *e) MUST_CHECK;
/* The same for the VSchema that is in the store. */
int vschema_real_check_stored(struct store *s, const char *keyspace, struct rpc_trust rpc,
			      struct buf *problems, struct err *e) MUST_CHECK;
#endif
