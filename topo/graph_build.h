/* graph_build - records of the store to a graph. The source keeps what the store has told; each
 * graph is built from all of it, with parsed VSchemas kept between graphs. One thread. */
#ifndef TOPO_GRAPH_BUILD_H
#define TOPO_GRAPH_BUILD_H
#include "src/base/err.h"
#include "src/base/hmap.h"
#include "src/base/str.h"

struct graph;
struct vschema;
struct routing_rules;

struct graph_source {
	struct hmap records; /* key to struct graph_record, owned */
	/* "TYPE/KEYSPACE" to the names of the shards of its last good partition, separated by
	 * spaces (owned): kept in use when records do not make one any more. */
	struct hmap good;
};

void graph_build_init(struct graph_source *src);
void graph_build_fini(struct graph_source *src);
/* Sets or forgets a record. -1: out of memory. */
int graph_build_put(struct graph_source *src, const char *key, struct str value);
void graph_build_delete(struct graph_source *src, const char *key);
/* The graph as @cell sees it. A record that cannot be read is left out and logged once. One
 * reference, the caller's; NULL: out of memory. */
struct graph *graph_build(struct graph_source *src, const char *cell);
#endif
