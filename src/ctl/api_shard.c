/* Shards: list, show, create. */
#include <string.h>

#include "src/ctl/api_int.h"
#include "src/shard/json_reader.h"
#include "src/shard/keyrange.h"
#include "topo/rec_keyspace.h"
#include "topo/rec_shard.h"

static void print(const struct rec_shard *s, struct json_out *o)
{
	json_out_strz(o, "keyspace", s->keyspace);
	json_out_strz(o, "name", s->name);
	json_out_strz(o, "primary", s->primary);
	json_out_int(o, "primary_term", s->primary_term);
	json_out_int(o, "primary_since_ms", s->primary_since_ms);
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

	if (rec_check_name("keyspace", keyspace, e) < 0 ||
	    keyrange_parse(str_of(shard), &range, e) < 0)
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

/* The same range under another name ("0" and "-") is the same shard. */
static int check_new(struct api_call *c, const struct rec_shard *s, struct err *e)
{
	struct store_list list = {.revision = 0};
	struct keyrange mine, other;
	char prefix[REC_KEY];
	int rc;

	rec_shard_key(s->keyspace, "", prefix);
	rc = store_list(c->store, prefix, &list, e);
	if (rc == 0)
		rc = keyrange_parse(str_of(s->name), &mine, e);
	for (size_t i = 0; i < list.entries.len && rc == 0; i++) {
		const char *name = list.entries.v[i].key + strlen(prefix);

		if (keyrange_parse(str_of(name), &other, NULL) == 0 && keyrange_eq(&mine, &other))
			rc = err_set(e, ERR_EXISTS, "shard %s/%s exists", s->keyspace, name);
	}
	store_list_fini(&list);
	return rc;
}

static const struct json_field create_fields[] = {
	JSON_FIELD_CHARS(struct rec_shard, name, "name"),
};

int api_shard_create(struct api_call *c, struct err *e)
{
	struct json_reader r = {.text = c->body, .e = e};
	struct rec_shard asked = {.primary_term = 0}, s = {.primary_term = 0};
	struct store_write w = {.expect = STORE_CREATE};
	struct cJSON *doc = json_parse(c->body, e);
	struct rec_keyspace k;
	struct arena arena;
	int rc = -1;

	arena_init(&arena, 0);
	r.arena = &arena;
	if (doc)
		rc = json_reader_object(&r, doc, create_fields, 1, &asked);
	json_free(doc);
	arena_fini(&arena);
	if (rc < 0 || take_names(c->name[1], asked.name, &s, e) < 0)
		return -1;
	if (rec_keyspace_get(c->store, s.keyspace, &k, NULL, e) < 0)
		return err_wrap(e, "keyspace %s", s.keyspace);
	if (check_new(c, &s, e) < 0 || rec_shard_put(c->store, &s, &w, e) < 0)
		return -1;
	return reply(c, &s);
}
