/* schema_load - reads a database's tables, columns, keys and collations out of information_schema.
 * For blocking threads. */
#ifndef SCHEMA_SCHEMA_LOAD_H
#define SCHEMA_SCHEMA_LOAD_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/proto/tablet.pb-c.h"

struct control_conn;

/* A message whose memory is @a's; version is 0. NULL with @e. */
Sluice__SchemaReply *schema_load(struct control_conn *c, const char *database, struct arena *a,
				 struct err *e);
/* Whether functions, triggers or views of the database may leave state on a connection that mysqld
 * does not tell of: user variables, locks, values of sequences. */
int schema_load_state(struct control_conn *c, const char *database, bool *leaves,
		      struct err *e) MUST_CHECK;
/* A number that changes when tables, views, functions or triggers do; cheaper than reading them. */
int schema_load_mark(struct control_conn *c, const char *database, uint64_t *mark,
		     struct err *e) MUST_CHECK;
#endif
