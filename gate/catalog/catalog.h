/* catalog - all that plans depend on, as one immutable snapshot: the serving graph with the
 * vschemas (topo) and the tables' columns as the tablets report them. A new one is published when
 * either changes; plan caches empty themselves then. Any thread may hold a reference. */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/hmap.h"
#include "src/base/snapshot.h"
#include "src/base/str.h"

struct graph;
struct Sluice__SchemaReply;

struct catalog_collation {
	char *name;
	uint32_t id;
	bool pad_space;
	struct str space_weight; /* WEIGHT_STRING(' ') */
};

struct gate_column {
	char *name;
	uint8_t type;	/* of the MySQL protocol (enum data type in src/data/type.h) */
	uint32_t flags; /* of a column definition */
	uint32_t decimals, length;
	const struct catalog_collation *collation; /* NULL: not text */
	bool generated, invisible;
};

struct gate_table {
	char *name;
	bool view;
	uint32_t column_count;
	struct gate_column *column; /* in the order of the table */
	struct hmap by_name;	    /* lower-case-insensitive name -> struct gate_column */
};

/* The tables of one keyspace. Reference counted by itself: most changes touch one keyspace. */
struct catalog_schema {
	struct snapshot snap;
	uint64_t version;
	bool user_variables;	/* stored code uses some */
	struct hmap tables;	/* name (case matters) -> struct gate_table */
	struct hmap collations; /* name -> struct catalog_collation */
};

struct gate_catalog {
	struct snapshot snap;
	struct graph *graph; /* ref */
	struct hmap schemas; /* keyspace name -> struct catalog_schema, a ref each */
	uint64_t generation; /* differs between any two catalogs of a process */
};

/* The table, or NULL when the keyspace's schema is not known or has none of that name. */
const struct gate_table *catalog_table(const struct gate_catalog *c, struct str keyspace,
				       struct str table);
const struct gate_column *catalog_column(const struct gate_table *t, struct str name);
/* NULL when unknown. */
const struct catalog_collation *catalog_collation(const struct gate_catalog *c, struct str keyspace,
						  struct str name);
/* True once the keyspace's tables have been read. */
bool catalog_has_schema(const struct gate_catalog *c, struct str keyspace);

/* Whether a procedure, function or trigger of the keyspace may use user variables. */
bool catalog_has_user_variables(const struct gate_catalog *c, struct str keyspace);

/* A schema from a tablet's report; NULL when out of memory. One reference, the caller's. */
struct catalog_schema *catalog_schema_new(const struct Sluice__SchemaReply *reply);
/* A catalog of @graph (a reference is taken) and the schemas of @old (may be NULL), with @schema
 * (a reference is taken; may be NULL) in the place of @keyspace's. NULL when out of memory. */
struct gate_catalog *catalog_new(struct graph *graph, const struct gate_catalog *old,
				 struct str keyspace, struct catalog_schema *schema);
#endif
