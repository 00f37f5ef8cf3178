#include "topo/rec_shard.h"

#include <stdio.h>

static const struct json_field fields[] = {
	JSON_FIELD_CHARS(struct rec_shard, keyspace, "keyspace"),
	JSON_FIELD_CHARS(struct rec_shard, name, "shard"),
	JSON_FIELD_CHARS(struct rec_shard, primary, "primary"),
	JSON_FIELD(FIELD_INT64, struct rec_shard, primary_term, "primary_term"),
	JSON_FIELD(FIELD_INT64, struct rec_shard, primary_since_ms, "primary_since_ms"),
	JSON_FIELD(FIELD_BOOL, struct rec_shard, not_serving, "not_serving"),
	JSON_FIELD_CHARS(struct rec_shard, identity, "identity"),
};

static int check_shard(const void *rec, struct err *e)
{
	const struct rec_shard *r = rec;
	struct keyrange range;

	if (rec_check_keyspace(r->keyspace, e) < 0 || rec_check_name("shard", r->name, e) < 0)
		return -1;
	return keyrange_parse(str_of(r->name), &range, e);
}

const struct rec_kind rec_shard_kind = {
	.what = "shard",
	.size = sizeof(struct rec_shard),
	.fields = fields,
	.count = sizeof(fields) / sizeof(fields[0]),
	.check = check_shard,
};

void rec_shard_key(const char *keyspace, const char *name, char key[REC_KEY])
{
	snprintf(key, REC_KEY, "global/keyspaces/%s/shards/%s", keyspace, name);
}

int rec_shard_get(struct store *s, struct rec_shard *out, int64_t *version, struct err *e)
{
	char key[REC_KEY];

	rec_shard_key(out->keyspace, out->name, key);
	if (rec_get(s, &rec_shard_kind, key, out, version, e) == 0)
		return 0;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no such shard");
	return -1;
}

int rec_shard_place(struct store *s, struct rec_shard *r, struct err *e)
{
	struct store_list list = {.revision = 0};
	struct keyrange mine, other;
	char prefix[REC_KEY];
	int rc;

	if (keyrange_parse(str_of(r->name), &mine, e) < 0)
		return -1;
	rec_shard_key(r->keyspace, "", prefix);
	rc = store_list(s, prefix, &list, e);
	for (size_t i = 0; i < list.entries.len && rc == 0; i++) {
		const struct store_entry *en = &list.entries.v[i];
		struct rec_shard o;

		rc = rec_read(&rec_shard_kind, str_make(en->value, en->value_n), &o, e);
		if (rc < 0 || keyrange_parse(str_of(o.name), &other, NULL) < 0)
			continue;
		if (keyrange_eq(&mine, &other))
			rc = err_set(e, ERR_EXISTS, "shard %s/%s exists", r->keyspace, o.name);
		r->not_serving |= !o.not_serving && keyrange_overlaps(&mine, &other);
	}
	store_list_fini(&list);
	return rc;
}

int rec_shard_put(struct store *s, const struct rec_shard *r, struct store_write *w, struct err *e)
{
	char key[REC_KEY];
	int rc;

	rec_shard_key(r->keyspace, r->name, key);
	w->key = key;
	rc = rec_put(s, &rec_shard_kind, r, w, e);
	w->key = NULL;
	return rc;
}
