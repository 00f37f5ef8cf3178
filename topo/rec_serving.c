#include "topo/rec_serving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/vec.h"

void rec_serving_fini(struct rec_serving *r)
{
	free(r->shards);
	*r = (struct rec_serving){.count = 0};
}

static struct rec_serving_shard *new_shard(struct rec_serving *r)
{
	if (vec_grow((void **)&r->shards, &r->cap, r->count + 1, sizeof(*r->shards)) < 0)
		return NULL;
	memset(&r->shards[r->count], 0, sizeof(*r->shards));
	return &r->shards[r->count++];
}

int rec_serving_add(struct rec_serving *r, const char *shard, unsigned types)
{
	struct rec_serving_shard *s = strlen(shard) < KEYRANGE_NAME ? new_shard(r) : NULL;

	if (!s)
		return -1;
	memcpy(s->name, shard, strlen(shard) + 1);
	for (unsigned i = 0; i < TABLET_SPARE; i++)
		s->serves[i] = (types >> i & 1) != 0;
	return 0;
}

void rec_serving_key(const char *cell, const char *keyspace, char key[REC_KEY])
{
	snprintf(key, REC_KEY, "cells/%s/serving/%s", cell, keyspace);
}

static int read_type(struct json_reader *r, JSON *v, void *object)
{
	struct rec_serving_shard *s = object;
	enum tablet_type t;

	if (rec_tablet_type_parse(json_string(v, ""), &t) < 0 || t == TABLET_SPARE)
		return json_reader_fail(r, ERR_PARSE, "expected primary, replica or rdonly");
	s->serves[t] = true;
	return 0;
}

static int read_serves(struct json_reader *r, JSON *v, void *object)
{
	return json_reader_array(r, v, read_type, object);
}

static int read_shard(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		JSON_FIELD_CHARS(struct rec_serving_shard, name, "shard"),
		JSON_FIELD_CALL(read_serves, "serves"),
	};
	struct rec_serving_shard *s = new_shard(object);

	if (!s)
		return json_reader_nomem(r);
	return json_reader_object(r, v, fields, sizeof(fields) / sizeof(fields[0]), s);
}

static int read_shards(struct json_reader *r, JSON *v, void *object)
{
	return json_reader_array(r, v, read_shard, object);
}

static void print_shards(const void *rec, struct json_out *o)
{
	const struct rec_serving *r = rec;

	json_out_array(o, "shards");
	for (size_t i = 0; i < r->count; i++) {
		json_out_object(o, NULL);
		json_out_strz(o, "shard", r->shards[i].name);
		json_out_array(o, "serves");
		for (unsigned t = 0; t < TABLET_SPARE; t++) {
			if (r->shards[i].serves[t])
				json_out_strz(o, NULL, rec_tablet_type_name((enum tablet_type)t));
		}
		json_out_end_array(o);
		json_out_end_object(o);
	}
	json_out_end_array(o);
}

static const struct json_field fields_of_serving[] = {
	JSON_FIELD_CHARS(struct rec_serving, keyspace, "keyspace"),
	JSON_FIELD_CALL(read_shards, "shards"),
};

static int check_serving(const void *rec, struct err *e)
{
	const struct rec_serving *r = rec;
	struct keyrange range;

	for (size_t i = 0; i < r->count; i++) {
		if (keyrange_parse(str_of(r->shards[i].name), &range, e) < 0)
			return -1;
	}
	return rec_check_keyspace(r->keyspace, e);
}

static const struct rec_kind kind = {
	.what = "serving",
	.size = sizeof(struct rec_serving),
	.fields = fields_of_serving,
	.count = sizeof(fields_of_serving) / sizeof(fields_of_serving[0]),
	.check = check_serving,
	.print = print_shards,
};

int rec_serving_read(struct str text, struct rec_serving *out, struct err *e)
{
	int rc = rec_read(&kind, text, out, e);

	if (rc < 0)
		rec_serving_fini(out);
	return rc;
}

void rec_serving_print(const struct rec_serving *r, struct buf *out)
{
	rec_print(&kind, r, out);
}

int rec_serving_put(struct store *s, const char *cell, const struct rec_serving *r,
		    struct store_write *w, struct err *e)
{
	char key[REC_KEY];
	int rc;

	rec_serving_key(cell, r->keyspace, key);
	w->key = key;
	rc = rec_put(s, &kind, r, w, e);
	w->key = NULL;
	return rc;
}
