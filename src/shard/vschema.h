/* vschema - how a keyspace's tables are spread over its shards: Vitess's VSchema JSON as an
 * immutable, reference-counted structure. Table and vindex names are case-sensitive, column names
 * are not. Any thread. */
#ifndef SHARD_VSCHEMA_H
#define SHARD_VSCHEMA_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/hmap.h"
#include "src/base/snapshot.h"
#include "src/shard/vindex.h"

enum { VSCHEMA_PINNED_MAX = 64 }; /* bytes of the keyspace id a table is pinned to */

enum vschema_table_type { VSCHEMA_TABLE, VSCHEMA_SEQUENCE, VSCHEMA_REFERENCE };
enum vschema_fk_mode {
	VSCHEMA_FK_UNSPECIFIED,
	VSCHEMA_FK_DISALLOW,
	VSCHEMA_FK_UNMANAGED,
	VSCHEMA_FK_MANAGED
};

struct vschema_column {
	const char *name, *type;     /* type: "INT64", "VARCHAR", ...; "" when not given */
	const char *def, *collation; /* NULL when not given */
	const char **values;	     /* of an ENUM or SET */
	size_t value_count;
	int32_t size, scale;
	bool invisible, nullable;
	bool nullable_given; /* otherwise nullable is true */
};

struct vschema_column_vindex {
	const struct vindex *vindex;
	const char **columns;
	size_t column_count;
	bool single; /* written as "column", not as "columns" */
	bool owned;  /* a lookup vindex that this table owns */
};

struct vschema_table {
	const char *name;
	enum vschema_table_type type;
	const struct vschema_column_vindex *vindexes; /* the first is the primary one */
	size_t vindex_count;
	const char *auto_column, *auto_sequence; /* NULL: no auto_increment */
	const struct vschema_column *columns;
	size_t column_count;
	bool columns_authoritative; /* the list of columns is complete */
	bool pinned;
	struct str pinned_to; /* keyspace id */
	const char *source;   /* "ks.table" of a reference table, or NULL */
};

struct vschema {
	struct snapshot snap; /* must be first */
	struct arena arena;   /* holds everything below but the vindexes */
	bool sharded, require_explicit_routing;
	enum vschema_fk_mode foreign_key_mode;
	const char *tenant_column, *tenant_type; /* multi_tenant_spec, or NULL */
	struct vindex **vindexes;		 /* owned, in the order of the document */
	size_t vindex_count;
	const struct vschema_table *tables; /* in the order of the document */
	size_t table_count;
	struct hmap table_index, vindex_index;
	const char **warnings; /* what is accepted but has no effect */
	size_t warning_count;
};

/* An unsharded keyspace without tables, which is what one without a VSchema has. NULL: no memory.
 */
struct vschema *vschema_new_empty(void);
struct vschema *vschema_get(struct vschema *vs);
void vschema_put(struct vschema *vs); /* NULL is fine */
/* NULL when the VSchema does not name it. */
const struct vschema_table *vschema_find_table(const struct vschema *vs, struct str name);
const struct vindex *vschema_find_vindex(const struct vschema *vs, struct str name);
/* The column's entry in the list of columns, or NULL. Case does not matter. */
const struct vschema_column *vschema_find_column(const struct vschema_table *t, struct str name);

/* Reads and checks a document. One reference, the caller's. NULL with @e: what is wrong and where
 * ("line 7: tables.t1.column_vindexes[0]: ..."). Reads the files that parameters of static map
 * vindexes name. (vschema_read.c) */
struct vschema *vschema_read(struct str text, struct err *e);
/* Appends the document. (vschema_print.c) */
void vschema_print(const struct vschema *vs, bool indent, struct buf *out);
#endif
