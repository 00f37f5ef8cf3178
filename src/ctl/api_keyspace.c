/* Keyspaces: list, show, create, delete. */
#include <stdio.h>
#include <string.h>

#include "src/ctl/api_int.h"
#include "src/shard/json_reader.h"
#include "topo/rec_keyspace.h"
#include "topo/rec_shard.h"
#include "topo/rec_tablet.h"
#include "topo/rec_vschema.h"

static void print(const struct rec_keyspace *k, struct json_out *o)
{
	json_out_strz(o, "name", k->name);
	json_out_bool(o, "sharded", k->sharded);
	json_out_strz(o, "durability", *k->durability ? k->durability : "none");
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

int api_keyspace_list(struct api_call *c, struct err *e)
{
	struct store_list list = {.revision = 0};
	struct json_out o;
	int rc = store_list(c->store, REC_KEYSPACE_PREFIX, &list, e);

	json_out_init(&o, c->out, false);
	json_out_object(&o, NULL);
	json_out_array(&o, "keyspaces");
	for (size_t i = 0; i < list.entries.len && rc == 0; i++) {
		const struct store_entry *en = &list.entries.v[i];
		struct rec_keyspace k;

		if (!ends_with(en->key, "/keyspace"))
			continue;
		rc = rec_read(&rec_keyspace_kind, str_make(en->value, en->value_n), &k, e);
		json_out_object(&o, NULL);
		print(&k, &o);
		json_out_end_object(&o);
	}
	json_out_end_array(&o);
	json_out_end_object(&o);
	store_list_fini(&list);
	return rc;
}

int api_keyspace_show(struct api_call *c, struct err *e)
{
	struct store_list shards = {.revision = 0};
	char prefix[REC_KEY];
	struct rec_keyspace k;
	struct json_out o;
	int rc;

	if (rec_check_keyspace(c->name[1], e) < 0)
		return -1;
	if (rec_keyspace_get(c->store, c->name[1], &k, NULL, e) < 0)
		return err_wrap(e, "keyspace %s", c->name[1]);
	rec_shard_key(k.name, "", prefix);
	rc = store_list(c->store, prefix, &shards, e);
	json_out_init(&o, c->out, false);
	json_out_object(&o, NULL);
	print(&k, &o);
	json_out_array(&o, "shards");
	for (size_t i = 0; i < shards.entries.len; i++)
		json_out_strz(&o, NULL, shards.entries.v[i].key + strlen(prefix));
	json_out_end_array(&o);
	json_out_end_object(&o);
	store_list_fini(&shards);
	return rc;
}

static const struct json_field create_fields[] = {
	JSON_FIELD_CHARS(struct rec_keyspace, name, "name"),
	JSON_FIELD(FIELD_BOOL, struct rec_keyspace, sharded, "sharded"),
	JSON_FIELD_CHARS(struct rec_keyspace, durability, "durability"),
};

int api_keyspace_create(struct api_call *c, struct err *e)
{
	struct rec_keyspace k = {.sharded = false};
	struct arena arena;
	struct json_out o;
	int rc;

	arena_init(&arena, 0);
	rc = api_body_read(c, create_fields, sizeof(create_fields) / sizeof(create_fields[0]), &k,
			   &arena, e);
	arena_fini(&arena);
	if (rc == 0)
		rc = rec_keyspace_put(c->store, &k, STORE_CREATE, e);
	if (rc < 0)
		return e->code == ERR_EXISTS ? err_set(e, ERR_EXISTS, "keyspace %s exists", k.name)
					     : -1;
	json_out_init(&o, c->out, false);
	json_out_object(&o, NULL);
	print(&k, &o);
	json_out_end_object(&o);
	return 0;
}

/* The tablets of a keyspace are somebody's data: they must be gone first. */
static int check_no_tablets(struct api_call *c, const char *keyspace, struct err *e)
{
	struct store_list list = {.revision = 0};
	int rc = store_list(c->store, "cells/", &list, e);

	for (size_t i = 0; i < list.entries.len && rc == 0; i++) {
		const struct store_entry *en = &list.entries.v[i];
		struct rec_tablet t;

		if (!strstr(en->key, "/tablets/"))
			continue;
		rc = rec_read(&rec_tablet_kind, str_make(en->value, en->value_n), &t, e);
		if (rc == 0 && strcmp(t.keyspace, keyspace) == 0)
			rc = err_set(e, ERR_CONFLICT, "keyspace %s has tablets, for example %s-%d",
				     keyspace, t.cell, t.uid);
	}
	store_list_fini(&list);
	return rc;
}

int api_keyspace_delete(struct api_call *c, struct err *e)
{
	struct store_list list = {.revision = 0};
	const char *name = c->name[1];
	struct rec_keyspace k;
	char prefix[REC_KEY];
	int rc;

	if (rec_check_keyspace(name, e) < 0)
		return -1;
	if (rec_keyspace_get(c->store, name, &k, NULL, e) < 0)
		return err_wrap(e, "keyspace %s", name);
	if (check_no_tablets(c, name, e) < 0)
		return -1;
	snprintf(prefix, sizeof(prefix), REC_KEYSPACE_PREFIX "%s/", name);
	rc = store_list(c->store, prefix, &list, e);
	/* From the last key: the keyspace's own record is gone only when its shards are. */
	for (size_t i = list.entries.len; i-- > 0 && rc == 0;) {
		struct store_write w = {.key = list.entries.v[i].key,
					.expect = list.entries.v[i].version};

		rc = store_delete(c->store, &w, e);
	}
	store_list_fini(&list);
	if (rc == 0)
		buf_puts(c->out, "{}");
	return rc;
}
