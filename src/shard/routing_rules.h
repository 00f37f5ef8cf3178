/* routing_rules - which table, keyspace or shard stands in for another while data moves. The
 * document is Vitess's: {"routing_rules": {"rules": [{"from_table", "to_tables": []}]},
 * "shard_routing_rules": {"rules": [{"from_keyspace", "to_keyspace", "shard"}]},
 * "keyspace_routing_rules": {"rules": [{"from_keyspace", "to_keyspace"}]},
 * "mirror_rules": {"rules": [{"from_table", "to_table", "percent"}]}}; a bare {"rules": [...]} is
 * a list of table rules. Immutable, reference-counted, any thread. */
#ifndef SHARD_ROUTING_RULES_H
#define SHARD_ROUTING_RULES_H
#include <stddef.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/snapshot.h"
#include "src/base/str.h"

struct routing_rule {
	const char *from; /* "t", "ks.t", with or without "@replica" or "@rdonly" */
	const char **to;  /* "ks.t"; none: the table cannot be used */
	size_t to_count;
};
struct routing_shard_rule {
	const char *from_keyspace, *to_keyspace, *shard;
};
struct routing_keyspace_rule {
	const char *from_keyspace, *to_keyspace; /* from: with or without "@replica" */
};
struct routing_mirror_rule {
	const char *from, *to;
	double percent;
};

struct routing_rules {
	struct snapshot snap; /* must be first */
	struct arena arena;
	struct routing_rule *tables;
	struct routing_shard_rule *shards;
	struct routing_keyspace_rule *keyspaces;
	struct routing_mirror_rule *mirrors;
	size_t table_count, shard_count, keyspace_count, mirror_count;
};

/* One reference, the caller's. NULL with @e naming field and line. */
struct routing_rules *routing_rules_read(struct str text, struct err *e);
void routing_rules_put(struct routing_rules *rr); /* NULL is fine */
/* The table rule for exactly @from, or NULL. */
const struct routing_rule *routing_rules_find(const struct routing_rules *rr, struct str from);
void routing_rules_print(const struct routing_rules *rr, bool indent, struct buf *out);
#endif
