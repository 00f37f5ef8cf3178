#include "topo/rec_keyspace.h"

#include <stdio.h>
#include <string.h>

static const struct json_field fields[] = {
	JSON_FIELD_CHARS(struct rec_keyspace, name, "name"),
	JSON_FIELD(FIELD_BOOL, struct rec_keyspace, sharded, "sharded"),
	JSON_FIELD_CHARS(struct rec_keyspace, durability, "durability"),
};

static int check_keyspace(const void *rec, struct err *e)
{
	const struct rec_keyspace *r = rec;

	if (*r->durability && strcmp(r->durability, "none") != 0 &&
	    strcmp(r->durability, "semi_sync") != 0)
		return err_set(e, ERR_INVALID, "durability '%s' is neither none nor semi_sync",
			       r->durability);
	return rec_check_keyspace(r->name, e);
}

const struct rec_kind rec_keyspace_kind = {
	.what = "keyspace",
	.size = sizeof(struct rec_keyspace),
	.fields = fields,
	.count = sizeof(fields) / sizeof(fields[0]),
	.check = check_keyspace,
};

void rec_keyspace_key(const char *keyspace, char key[REC_KEY])
{
	snprintf(key, REC_KEY, REC_KEYSPACE_PREFIX "%s/keyspace", keyspace);
}

int rec_keyspace_get(struct store *s, const char *keyspace, struct rec_keyspace *out,
		     int64_t *version, struct err *e)
{
	char key[REC_KEY];

	rec_keyspace_key(keyspace, key);
	if (rec_get(s, &rec_keyspace_kind, key, out, version, e) == 0)
		return 0;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no such keyspace");
	return -1;
}

int rec_keyspace_put(struct store *s, const struct rec_keyspace *r, int64_t expect, struct err *e)
{
	char key[REC_KEY];
	struct store_write w = {.key = key, .expect = expect};

	rec_keyspace_key(r->name, key);
	return rec_put(s, &rec_keyspace_kind, r, &w, e);
}
