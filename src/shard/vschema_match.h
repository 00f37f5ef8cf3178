/* vschema_match - compares a VSchema with the tables that its keyspace has: what it names and is
 * not there, vindexes over columns of a type that they are not made for, vindexes that do not work
 * yet. Pure. */
#ifndef SHARD_VSCHEMA_MATCH_H
#define SHARD_VSCHEMA_MATCH_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"

struct vschema;

/* What there is; each function is called with @arg. */
struct vschema_world {
	void *arg;
	/* Whether a table or view is there; @keyspace NULL: the VSchema's own. */
	bool (*table)(void *arg, const char *keyspace, const char *table);
	/* A column of an own table that is there: its type (enum type_id), and whether it is text
	 * (not binary). False: no such column. */
	bool (*column)(void *arg, const char *table, const char *column, uint8_t *type, bool *text);
	/* Whether a VSchema has this sequence; @keyspace NULL: any keyspace's. */
	bool (*sequence)(void *arg, const char *keyspace, const char *name);
};

/* Appends what is wrong, as "table t has no column x; ..."; the number of problems, of which only
 * the first ones are named. */
unsigned vschema_match(const struct vschema *vs, const struct vschema_world *w, struct buf *out);
#endif
