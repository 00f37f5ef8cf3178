/* link - a worker's connections to tablets, one per address, made when first needed and kept.
 * Thread: one worker. */
#ifndef PICK_LINK_H
#define PICK_LINK_H
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/rpc/rpc_trust.h"

struct gate_catalog;
struct gate_ctx;
struct graph_shard;
struct graph_tablet;
struct links;
struct rpc_client;
struct worker;

/* @rpc: how gate and tablets know each other. */
struct links *links_new(struct worker *w, struct rpc_trust rpc);
void links_free(struct links *l);
/* Drops the connections to addresses that no tablet of the catalog has any more and that carry no
 * call. */
void links_trim(struct links *l, const struct gate_catalog *c);
/* Connects to all replicas of the catalog and follows their health. */
void links_watch(struct links *l, const struct gate_catalog *c);
/* The tablet of @shard that serves @tablet_type; a replica that says that it does not replicate or
 * is too far behind is never picked, one that says it is well goes first, then one in the gate's
 * cell; a random one of several. NULL with ERR_UNAVAILABLE. */
const struct graph_tablet *link_pick(struct gate_ctx *ctx, const struct graph_shard *shard,
				     unsigned tablet_type, struct err *e);
/* The connection to a tablet, NULL with @e. */
struct rpc_client *link_get(struct links *l, const char *address, struct err *e);
#endif
