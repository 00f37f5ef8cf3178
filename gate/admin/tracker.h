/* tracker - feeds the gate's catalog: the serving graph from the topology store, and each
 * keyspace's tables from the primary of its first shard, read again whenever that tablet's health
 * says that they changed. Thread: a control worker of its own. */
#ifndef ADMIN_TRACKER_H
#define ADMIN_TRACKER_H
#include "src/base/err.h"

struct gate;
struct store;
struct tracker;
struct worker;

/* Starts watching on @w (not yet running, or current). The gate's refresh_schema is set to it. */
struct tracker *tracker_new(struct gate *g, struct worker *w, struct store *s, struct err *e);
/* On @w's thread, or after it ended. */
void tracker_free(struct tracker *t);
/* Keyspaces whose tables are not known yet; 0 with a catalog means ready. Any thread. */
unsigned tracker_missing(const struct tracker *t);
#endif
