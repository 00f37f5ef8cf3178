/* tracker - feeds the gate's catalog: the serving graph from the topology store, and each
 * keyspace's tables from the primary of its first shard, read again whenever that tablet's health
 * says that they changed. Thread: a control worker of its own. */
#ifndef CATALOG_TRACKER_H
#define CATALOG_TRACKER_H
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/rpc/rpc_trust.h"

struct snapshot_cell;
struct store;
struct tracker;
struct worker;

/* Starts watching for the gates of @cell on @w (not yet running, or current); catalogs are
 * published in @catalog (borrowed). */
struct tracker *tracker_new(struct snapshot_cell *catalog, const char *cell, struct worker *w,
			    struct store *s, struct err *e);
/* How gate and tablets prove to each other who they are (borrowed). Before @w runs. */
void tracker_set_trust(struct tracker *t, struct rpc_trust rpc);
/* Reads @keyspace's tables again and publishes them, then runs @done on the calling worker; out of
 * memory: at once. Any worker. */
void tracker_refresh(struct tracker *t, const char *keyspace, void (*done)(void *arg),
		     void *done_arg);
/* On @w's thread, or after it ended. */
void tracker_free(struct tracker *t);
/* Keyspaces whose tables are not known yet; 0 with a catalog means ready. Any thread. */
unsigned tracker_missing(const struct tracker *t);
#endif
