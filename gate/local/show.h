/* show - SHOW of what only the gate knows: databases, shards, tablets, VSchemas.
 * Thread: the session's worker. */
#ifndef LOCAL_SHOW_H
#define LOCAL_SHOW_H
#include <stdbool.h>
#include <stddef.h>

#include "gate/conn/resultset.h"

struct statement;

void show_databases(struct statement *st);
void show_shards(struct statement *st);
void show_tablets(struct statement *st);
void show_vschema(struct statement *st);
/* A result of @st with these columns, begun. */
struct resultset show_begin(struct statement *st, const struct resultset_column *column,
			    size_t columns);
/* Ends it and the statement. */
void show_end(struct statement *st, struct resultset *r);
#endif
