/* fetch - small statements that the gate itself sends for a client's statement: values of SET
 * expressions, user variables read back, undoing. One row comes back at the most.
 * Thread: the session's worker. */
#ifndef EXEC_FETCH_H
#define EXEC_FETCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct graph_shard;
struct query;
struct scan_part;

struct fetch_request {
	struct str sql;			   /* borrowed until the end */
	const struct graph_shard **target; /* in the query's arena */
	unsigned targets;
	const char *settings; /* instead of the session's; NULL */
	/* Once, maybe before fetch_start() returns; @e NULL: the row is in q->fetch. */
	void (*done)(struct query *q, const struct err *e);
};

/* The first row, in the query's arena. */
struct fetch {
	uint32_t columns, seen;
	bool have_row;
	struct fetch_column {
		struct str value; /* p NULL: SQL NULL */
		bool number;	  /* of a numeric type */
		uint16_t collation;
	} * column;
};

/* Replaces the query's calls. q->keyspace must be set. */
void fetch_start(struct query *q, const struct fetch_request *r);
void fetch_part(struct query *q, const struct scan_part *part);
/* Settings for a fetch whose values become literals: they come in their own character sets. NULL:
 * the session's do; in the arena. -1: out of memory. */
int fetch_own_charsets(struct query *q, const char **settings, struct err *e) MUST_CHECK;
/* A SQL literal for a fetched value, in the query's arena; NULL when out of memory. */
const char *fetch_literal(struct query *q, const struct fetch_column *c);
#endif
