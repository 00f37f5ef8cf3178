/* rec - what all kinds of records have in common: a struct of plain data, its JSON form by a table
 * of fields, and its key in the store. Fields that this program does not know are passed over, so
 * that programs of two versions can share a store. */
#ifndef TOPO_REC_H
#define TOPO_REC_H
#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/shard/json_reader.h"
#include "topo/store.h"

enum {
	REC_NAME = 65,	   /* room for a keyspace, cell or user name */
	REC_ALIAS = 80,	   /* "zone1-100" */
	REC_ADDRESS = 300, /* "host:port" or "unix:/path" */
	REC_KEY = 400,	   /* any record's key */
};

struct rec_kind {
	const char *what; /* "keyspace" */
	size_t size;	  /* of the struct */
	const struct json_field *fields;
	size_t count;
	/* What the fields must fulfil; NULL: nothing. */
	int (*check)(const void *rec, struct err *e);
	/* Appends the members that a FIELD_FN reads; NULL when there are none. */
	void (*print)(const void *rec, struct json_out *o);
};

/* A name that may be part of a key and of a target: 1 to 64 letters, digits, '_', '$', '-'. */
int rec_check_name(const char *what, const char *name, struct err *e) MUST_CHECK;
/* The same for a keyspace; those of the databases that a server or a tablet has itself are refused.
 */
int rec_check_keyspace(const char *name, struct err *e) MUST_CHECK;
/* Fills @rec (kind->size bytes, zeroed first) from JSON. */
int rec_read(const struct rec_kind *kind, struct str text, void *rec, struct err *e) MUST_CHECK;
/* Appends the JSON of @rec. */
void rec_print(const struct rec_kind *kind, const void *rec, struct buf *out);
/* Reads from the store; @version as for store_get(). */
int rec_get(struct store *s, const struct rec_kind *kind, const char *key, void *rec,
	    int64_t *version, struct err *e) MUST_CHECK;
/* Checks and writes; key, expect and guard of @w are the caller's. */
int rec_put(struct store *s, const struct rec_kind *kind, const void *rec, struct store_write *w,
	    struct err *e) MUST_CHECK;
#endif
