/* Schemas (on the shards' primaries) and VSchemas (in the store): show, apply. */
#include <string.h>

#include "src/ctl/api_int.h"
#include "src/ops/shard_primaries.h"
#include "src/ops/tablet_call.h"
#include "src/ops/vschema_real.h"
#include "src/shard/json_reader.h"
#include "src/shard/vschema.h"
#include "topo/rec_keyspace.h"
#include "topo/rec_vschema.h"

enum { SCHEMA_MS = 10000 };

int api_schema_show(struct api_call *c, struct err *e)
{
	struct tablet_call call = {.timeout_ms = SCHEMA_MS, .rpc = c->rpc};
	struct shard_primaries p;
	int rc = shard_primaries_get(c->store, c->name[1], &p, e);

	/* Schema changes go to all shards, so one can speak for all. */
	if (rc == 0) {
		call.address = p.v[0].tablet.rpc_address;
		rc = tablet_call_schema(&call, c->out, e);
	}
	if (rc < 0 && p.len)
		err_wrap(e, "shard %s", p.v[0].shard);
	shard_primaries_fini(&p);
	return rc;
}

struct schema_request {
	const char *sql;
};
static const struct json_field schema_fields[] = {
	JSON_FIELD(FIELD_STRING, struct schema_request, sql, "sql"),
};

int api_schema_apply(struct api_call *c, struct err *e)
{
	struct schema_request q = {.sql = ""};
	struct arena arena;
	int rc;

	arena_init(&arena, 0);
	rc = api_body_read(c, schema_fields, 1, &q, &arena, e);
	if (rc == 0)
		rc = shard_primaries_apply_schema(c->store, c->name[1], str_of(q.sql), c->rpc, e);
	arena_fini(&arena);
	if (rc == 0)
		buf_puts(c->out, "{}");
	return rc;
}

/* @problem: one more warning; empty: none. */
static void print_vschema(const struct vschema *vs, struct str problem, struct buf *out)
{
	struct json_out o;
	struct buf text;

	buf_init(&text);
	vschema_print(vs, true, &text);
	json_out_init(&o, out, false);
	json_out_object(&o, NULL);
	json_out_raw(&o, "vschema", buf_slice(&text));
	json_out_array(&o, "warnings");
	for (size_t i = 0; i < vs->warning_count; i++)
		json_out_strz(&o, NULL, vs->warnings[i]);
	if (problem.n)
		json_out_str(&o, NULL, problem);
	json_out_end_array(&o);
	json_out_end_object(&o);
	buf_fini(&text);
}

int api_vschema_show(struct api_call *c, struct err *e)
{
	struct rec_keyspace k;
	struct vschema *vs;

	if (rec_check_keyspace(c->name[1], e) < 0)
		return -1;
	if (rec_keyspace_get(c->store, c->name[1], &k, NULL, e) < 0)
		return err_wrap(e, "keyspace %s", c->name[1]);
	vs = rec_vschema_get(c->store, c->name[1], NULL, e);
	if (!vs)
		return -1;
	print_vschema(vs, STR_LIT(""), c->out);
	vschema_put(vs);
	return 0;
}

static int count_shards(struct store *s, const char *keyspace, size_t *out, struct err *e)
{
	struct store_list list = {.revision = 0};
	char prefix[REC_KEY];
	int rc;

	rec_shard_key(keyspace, "", prefix);
	rc = store_list(s, prefix, &list, e);
	*out = list.entries.len;
	store_list_fini(&list);
	return rc;
}

/* What names nothing that is there is an error; forced, a warning in @problems. */
static int check_real(struct api_call *c, const struct vschema *vs, struct buf *problems,
		      struct err *e)
{
	int rc = vschema_real_check(c->store, c->name[1], vs, c->rpc, problems, e);

	if (rc < 0 && c->force) {
		buf_reset(problems);
		buf_puts(problems, e->msg);
		return 0;
	}
	if (rc < 0 || !problems->len || c->force)
		return rc;
	return err_set(e, ERR_INVALID, "the VSchema does not fit the tables: %s",
		       buf_cstr(problems));
}

/* Everything that can be wrong is found before anything is written. */
static int write_vschema(struct api_call *c, const struct vschema *vs, struct buf *problems,
			 struct err *e)
{
	const char *name = c->name[1];
	struct rec_keyspace k;
	int64_t version;
	size_t shards;

	if (rec_check_keyspace(name, e) < 0)
		return -1;
	if (rec_keyspace_get(c->store, name, &k, &version, e) < 0)
		return err_wrap(e, "keyspace %s", name);
	if (count_shards(c->store, name, &shards, e) < 0)
		return -1;
	if (!vs->sharded && shards > 1)
		return err_set(
			e, ERR_INVALID,
			"keyspace %s has %zu shards, so its vschema must say \"sharded\": true",
			name, shards);
	if (check_real(c, vs, problems, e) < 0)
		return -1;
	if (c->dry_run)
		return 0;
	if (k.sharded != vs->sharded) {
		k.sharded = vs->sharded;
		if (rec_keyspace_put(c->store, &k, version, e) < 0)
			return -1;
	}
	return rec_vschema_put(c->store, name, c->body, STORE_ANY, e);
}

int api_vschema_apply(struct api_call *c, struct err *e)
{
	struct vschema *vs = vschema_read(c->body, e);
	struct buf problems;
	int rc;

	if (!vs)
		return -1;
	buf_init(&problems);
	rc = write_vschema(c, vs, &problems, e);
	if (rc == 0)
		print_vschema(vs, buf_slice(&problems), c->out);
	buf_fini(&problems);
	vschema_put(vs);
	return rc;
}
