/* graph - who serves what, as one immutable snapshot: keyspaces with their VSchema, shards by key
 * range, tablets. Built from the store's records; look-ups allocate nothing. Any thread.
 * Everything reachable from a graph lives as long as the graph; take a reference of a vschema to
 * keep it longer. */
#ifndef TOPO_GRAPH_H
#define TOPO_GRAPH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/snapshot.h"
#include "src/base/str.h"
#include "src/shard/keyrange.h"
#include "topo/rec_tablet.h"

struct buf;
struct routing_rules;
struct vschema;
struct graph_shard;
struct graph_keyspace;

struct graph_tablet {
	const char *alias, *cell;
	enum tablet_type type; /* TABLET_PRIMARY only if the shard's record names it */
	int64_t term;	       /* of the primary; 0 for others */
	const char *hostname, *rpc_address, *web_address, *mysql_address, *mysql_socket;
	int64_t started_ms;
	const struct graph_shard *shard;
};

struct graph_shard {
	const char *name;
	struct keyrange range;
	const struct graph_keyspace *keyspace;
	const struct graph_tablet *tablets; /* of all cells, sorted by alias */
	size_t tablet_count;
	const struct graph_tablet *primary; /* NULL: none, or its record is missing */
	const char *primary_alias;	    /* "": none */
	int64_t primary_term;
	bool serving; /* as its record says; a cell's serving record may say otherwise */
};

/* The shards that serve as one type of tablet: a partition of all keyspace ids, sorted by range. */
struct graph_partition {
	const struct graph_shard *const *shards;
	size_t count;	     /* 0: nobody serves, see problem */
	/* Why the records make no partition, or NULL. With a count above 0 the last partition that was
	 * good is still in use. */
	const char *problem;
};

struct graph_keyspace {
	const char *name;
	bool sharded;
	const char *durability;
	const struct vschema *vschema;	  /* never NULL */
	const char *vschema_problem;	  /* why the stored one is not used, or NULL */
	/* All: those that serve, then the others; each sorted by range. */
	const struct graph_shard *shards;
	size_t shard_count;
	struct graph_partition serving[TABLET_SPARE]; /* by type: primary, replica, rdonly */
};

struct graph {
	struct snapshot snap; /* must be first */
	struct arena arena;
	const char *cell;			/* whose serving records were used */
	const struct graph_keyspace *keyspaces; /* sorted by name */
	size_t keyspace_count;
	const struct graph_tablet *tablets; /* all */
	size_t tablet_count;
	const struct routing_rules *rules; /* NULL: none */
};

const struct graph_keyspace *graph_find_keyspace(const struct graph *g, struct str name);
/* Whether the keyspace is in use: a shard of it has had a primary. One that is still being made is
 * not, and takes nobody's readiness away. */
bool graph_is_live(const struct graph_keyspace *ks);
/* Appends to @why which live keyspaces have no usable partition of primaries. @strict: also those
 * that are served by the last good one. Whether there is none. */
bool graph_is_whole(const struct graph *g, bool strict, struct buf *why);
/* By name, or by another name of the same range ("0" and "-"). */
const struct graph_shard *graph_find_shard(const struct graph_keyspace *ks, struct str name);
/* Whether statements may be sent to the shard by its name: its record says that it serves, or it is one
 * of those in use for @type. */
bool graph_shard_serves(const struct graph_shard *s, enum tablet_type type);
const struct graph_tablet *graph_find_tablet(const struct graph *g, struct str alias);
/* The shard that serves @type for @ksid; NULL when there is no usable partition. */
const struct graph_shard *graph_route(const struct graph_keyspace *ks, enum tablet_type type,
				      struct str ksid);
/* The shards that serve @type and meet [start, end) (end empty: to the end): returns how many, the
 * first at *first, the others behind it. */
size_t graph_route_range(const struct graph_keyspace *ks, enum tablet_type type, struct str start,
			 struct str end, const struct graph_shard *const **first);
#endif
