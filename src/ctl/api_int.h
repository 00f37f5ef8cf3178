/* api_int - the handlers that api.c routes to, by file. */
#ifndef CTL_API_INT_H
#define CTL_API_INT_H
#include "src/base/arena.h"
#include "src/ctl/api.h"
#include "src/shard/json_reader.h"

/* Reads the request's body into @out by its fields; an unknown one is an error that names it.
 * Strings live in @a. (api_body.c) */
int api_body_read(struct api_call *c, const struct json_field *fields, size_t n, void *out,
		  struct arena *a, struct err *e) MUST_CHECK;
/* api_keyspace.c */
int api_keyspace_list(struct api_call *c, struct err *e) MUST_CHECK;
int api_keyspace_show(struct api_call *c, struct err *e) MUST_CHECK;
int api_keyspace_create(struct api_call *c, struct err *e) MUST_CHECK;
int api_keyspace_delete(struct api_call *c, struct err *e) MUST_CHECK;
/* api_shard.c */
int api_shard_list(struct api_call *c, struct err *e) MUST_CHECK;
int api_shard_show(struct api_call *c, struct err *e) MUST_CHECK;
int api_shard_create(struct api_call *c, struct err *e) MUST_CHECK;
int api_shard_delete(struct api_call *c, struct err *e) MUST_CHECK;
int api_shard_promote(struct api_call *c, struct err *e) MUST_CHECK;
/* api_tablet.c */
int api_tablet_list(struct api_call *c, struct err *e) MUST_CHECK;
int api_tablet_show(struct api_call *c, struct err *e) MUST_CHECK;
/* api_schema.c */
int api_schema_show(struct api_call *c, struct err *e) MUST_CHECK;
int api_schema_apply(struct api_call *c, struct err *e) MUST_CHECK;
int api_vschema_show(struct api_call *c, struct err *e) MUST_CHECK;
int api_vschema_apply(struct api_call *c, struct err *e) MUST_CHECK;
#endif
