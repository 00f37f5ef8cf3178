/* Shards: list, show, create, delete, promote. */
#include <stdio.h>
#include <string.h>

#include "src/ctl/api_int.h"
#include "src/ops/shard_promote.h"
#include "src/ops/tablet_call.h"
#include "src/shard/json_reader.h"
#include "src/shard/keyrange.h"
#include "topo/lock.h"
#include "topo/rec_keyspace.h"
#include "topo/rec_serving.h"
#include "topo/rec_shard.h"
#include "topo/rec_tablet.h"

enum { LOCK_WAIT_MS = 10000, PING_MS = 2000 };

static void print(const struct rec_shard *s, struct json_out *o)
{
	json_out_strz(o, "keyspace", s->keyspace);
	json_out_strz(o, "name", s->name);
	json_out_strz(o, "primary", s->primary);
	json_out_int(o, "primary_term", s->primary_term);
	json_out_int(o, "primary_since_ms", s->primary_since_ms);
	json_out_bool(o, "serving", !s->not_serving);
	json_out_strz(o, "identity", s->identity);
}

int api_shard_list(struct api_call *c, struct err *e)
{
	struct store_list list = {.revision = 0};
	struct json_out o;
	int rc = store_list(c->store, REC_KEYSPACE_PREFIX, &list, e);

	json_out_init(&o, c->out, false);
	json_out_object(&o, NULL);
	json_out_array(&o, "shards");
	for (size_t i = 0; i < list.entries.len && rc == 0; i++) {
		const struct store_entry *en = &list.entries.v[i];
		struct rec_shard s;

		if (!strstr(en->key, "/shards/"))
			continue;
		rc = rec_read(&rec_shard_kind, str_make(en->value, en->value_n), &s, e);
		if (rc < 0 || (c->keyspace && strcmp(c->keyspace, s.keyspace) != 0))
			continue;
		json_out_object(&o, NULL);
		print(&s, &o);
		json_out_end_object(&o);
	}
	json_out_end_array(&o);
	json_out_end_object(&o);
	store_list_fini(&list);
	return rc;
}

/* Takes keyspace and shard names into @s after checking them. */
static int take_names(const char *keyspace, const char *shard, struct rec_shard *s, struct err *e)
{
	struct keyrange range;

	if (rec_check_keyspace(keyspace, e) < 0 || keyrange_parse(str_of(shard), &range, e) < 0)
		return -1;
	memcpy(s->keyspace, keyspace, strlen(keyspace) + 1);
	if (strlen(shard) >= sizeof(s->name))
		return err_set(e, ERR_INVALID, "the shard's name is too long");
	memcpy(s->name, shard, strlen(shard) + 1);
	return 0;
}

static int reply(struct api_call *c, const struct rec_shard *s)
{
	struct json_out o;

	json_out_init(&o, c->out, false);
	json_out_object(&o, NULL);
	print(s, &o);
	json_out_end_object(&o);
	return 0;
}

int api_shard_show(struct api_call *c, struct err *e)
{
	struct rec_shard s = {.primary_term = 0};

	if (take_names(c->name[1], c->name[3], &s, e) < 0)
		return -1;
	if (rec_shard_get(c->store, &s, NULL, e) < 0)
		return err_wrap(e, "shard %s/%s", c->name[1], c->name[3]);
	return reply(c, &s);
}

static const struct json_field create_fields[] = {
	JSON_FIELD_CHARS(struct rec_shard, name, "name"),
};

/* Changes of a keyspace's shards go one after the other. */
static struct store_lock *lock_shards(struct api_call *c, const char *keyspace, struct err *e)
{
	char key[REC_KEY];
	struct lock_request r = {
		.key = key, .holder = "change of shards", .timeout_ms = LOCK_WAIT_MS};

	snprintf(key, sizeof(key), "locks/shards/%s", keyspace);
	return lock_acquire(c->store, &r, e);
}

int api_shard_create(struct api_call *c, struct err *e)
{
	struct rec_shard asked = {.primary_term = 0}, s = {.primary_term = 0};
	struct store_write w = {.expect = STORE_CREATE};
	struct store_lock *lock;
	struct rec_keyspace k;
	struct arena arena;
	int rc;

	arena_init(&arena, 0);
	rc = api_body_read(c, create_fields, 1, &asked, &arena, e);
	arena_fini(&arena);
	if (rc < 0 || take_names(c->name[1], asked.name, &s, e) < 0)
		return -1;
	if (rec_keyspace_get(c->store, s.keyspace, &k, NULL, e) < 0)
		return err_wrap(e, "keyspace %s", s.keyspace);
	lock = lock_shards(c, s.keyspace, e);
	if (!lock)
		return -1;
	w.guard = lock;
	rc = rec_shard_place(c->store, &s, e);
	if (rc == 0)
		rc = rec_shard_put(c->store, &s, &w, e);
	lock_release(lock);
	return rc == 0 ? reply(c, &s) : -1;
}

/* Why the shard must stay, unless it is forced; 0 when nothing speaks for it. */
static int check_unused(struct api_call *c, const struct rec_shard *s, struct err *e)
{
	struct store_list list = {.revision = 0};
	int rc = store_list(c->store, "cells/", &list, e);

	if (rc == 0 && !s->not_serving)
		rc = err_set(
			e, ERR_CONFLICT,
			"shard %s/%s serves: without it a part of the keyspace's ids has no "
			"shard, and what is stored there cannot be reached (--force deletes it "
			"nevertheless)",
			s->keyspace, s->name);
	for (size_t i = 0; i < list.entries.len && rc == 0; i++) {
		const struct store_entry *en = &list.entries.v[i];
		struct rec_serving serving;

		if (!strstr(en->key, "/serving/"))
			continue;
		rc = rec_serving_read(str_make(en->value, en->value_n), &serving, e);
		if (rc < 0)
			break;
		for (size_t k = 0; k < serving.count && rc == 0; k++)
			if (strcmp(serving.keyspace, s->keyspace) == 0 &&
			    strcmp(serving.shards[k].name, s->name) == 0)
				rc = err_set(e, ERR_CONFLICT,
					     "shard %s/%s serves by the record %s (--force deletes "
					     "it nevertheless)",
					     s->keyspace, s->name, en->key);
		rec_serving_fini(&serving);
	}
	store_list_fini(&list);
	return rc;
}

/* Deletes the records of the shard's tablets. One that answers would write them anew. */
static int delete_tablets(struct api_call *c, const struct rec_shard *s, struct err *e)
{
	struct store_list list = {.revision = 0};
	int rc = store_list(c->store, "cells/", &list, e);

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < list.entries.len && rc == 0; i++) {
			const struct store_entry *en = &list.entries.v[i];
			struct tablet_call ping = {.command = "ping", .timeout_ms = PING_MS};
			struct store_write w = {.key = en->key, .expect = en->version};
			struct rec_tablet t;

			if (!strstr(en->key, "/tablets/"))
				continue;
			rc = rec_read(&rec_tablet_kind, str_make(en->value, en->value_n), &t, e);
			if (rc < 0 || strcmp(t.keyspace, s->keyspace) != 0 ||
			    strcmp(t.shard, s->name) != 0)
				continue;
			ping.address = t.rpc_address;
			ping.rpc = c->rpc;
			if (pass == 0 && tablet_call_control(&ping, NULL, NULL) == 0)
				rc = err_set(e, ERR_CONFLICT,
					     "tablet %s-%d of shard %s/%s runs: stop it first",
					     t.cell, t.uid, s->keyspace, s->name);
			else if (pass == 1)
				rc = store_delete(c->store, &w, e);
		}
	}
	store_list_fini(&list);
	return rc;
}

int api_shard_delete(struct api_call *c, struct err *e)
{
	struct rec_shard s = {.primary_term = 0};
	struct store_write w = {.key = NULL};
	struct store_lock *lock;
	char key[REC_KEY];
	int rc = -1;

	if (take_names(c->name[1], c->name[3], &s, e) < 0)
		return -1;
	lock = lock_shards(c, s.keyspace, e);
	if (!lock)
		return -1;
	if (rec_shard_get(c->store, &s, &w.expect, e) < 0)
		err_wrap(e, "shard %s/%s", c->name[1], c->name[3]);
	else if ((c->force || check_unused(c, &s, e) == 0) && delete_tablets(c, &s, e) == 0)
		rc = 0;
	rec_shard_key(s.keyspace, s.name, key);
	w.key = key;
	w.guard = lock;
	if (rc == 0)
		rc = store_delete(c->store, &w, e);
	lock_release(lock);
	if (rc == 0)
		buf_puts(c->out, "{}");
	return rc;
}

struct promotion {
	char tablet[REC_ALIAS];
	bool force;
};

static const struct json_field promote_fields[] = {
	JSON_FIELD_CHARS(struct promotion, tablet, "tablet"),
	JSON_FIELD(FIELD_BOOL, struct promotion, force, "force"),
};

int api_shard_promote(struct api_call *c, struct err *e)
{
	struct rec_shard s = {.primary_term = 0};
	struct promotion p = {.force = false};
	struct arena arena;
	int rc;

	arena_init(&arena, 0);
	rc = api_body_read(c, promote_fields, 2, &p, &arena, e);
	arena_fini(&arena);
	if (rc < 0 || take_names(c->name[1], c->name[3], &s, e) < 0 ||
	    shard_promote(c->store, &s, &(struct shard_promotion){p.tablet, p.force, c->rpc}, e) <
		    0)
		return -1;
	return reply(c, &s);
}
