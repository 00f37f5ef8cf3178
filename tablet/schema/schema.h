/* schema - what the keyspace's database looks like, for gates: tables, columns, primary keys and
 * the collations in use. Read from mysqld on blocking threads; what is read is published as an
 * immutable snapshot with a version that moves only when something changed. Any thread. */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/snapshot.h"
#include "src/base/str.h"

struct blocking;
struct mysqld_manager;
struct schema;
struct worker;

struct schema_snapshot {
	struct snapshot snapshot; /* first */
	uint64_t version;
	struct str packed; /* owned: a SchemaReply */
};

/* All borrowed for the schema's life; @changed runs on a blocking thread. */
struct schema *schema_new(struct mysqld_manager *mysqld, struct blocking *blocking,
			  const char *database, void (*changed)(void *arg), void *arg);
/* No reload may be under way. NULL is fine. */
void schema_free(struct schema *s);
/* 0 until it was read once; never goes back, also not over a restart of the tablet. */
uint64_t schema_version(const struct schema *s);
/* Whether a plain query may, by functions, triggers or views of the schema, leave state on its
 * connection that mysqld does not tell of. */
bool schema_leaves_state(const struct schema *s);
/* The newest, a reference of the caller's, or NULL. */
struct schema_snapshot *schema_get(struct schema *s);
/* Reads it now, on this blocking thread. */
int schema_reload_sync(struct schema *s, struct err *e) MUST_CHECK;
/* Reads it on a blocking thread; then @done(@arg) on @w (errors are logged: the old one stays). */
int schema_reload(struct schema *s, struct worker *w, void (*done)(void *arg), void *arg,
		  struct err *e) MUST_CHECK;
/* Asks mysqld whether anything changed behind our back, and reads it if so; on a blocking thread,
 * unless one is at it already. */
void schema_poll(struct schema *s);
#endif
