/* vschema_int - what the files that build a vschema share. */
#ifndef SHARD_VSCHEMA_INT_H
#define SHARD_VSCHEMA_INT_H
#include "src/shard/json_reader.h"
#include "src/shard/vschema.h"

/* Whether @name is one of Vitess's column types ("INT64"). */
bool vschema_check_column_type(const char *name);
/* Checks one table after all has been read; @r stands at the table. @vindexes are the table's own,
 * not yet const: owned is set here. */
int vschema_check_table(struct json_reader *r, const struct vschema *vs, struct vschema_table *t,
			struct vschema_column_vindex *vindexes) MUST_CHECK;
/* Appends to the document's warnings. */
int vschema_check_warn(struct json_reader *r, struct vschema *vs, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
#endif
