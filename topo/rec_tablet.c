#include "topo/rec_tablet.h"

#include <stdio.h>
#include <string.h>

static const char *const type_names[TABLET_TYPES] = {"primary", "replica", "rdonly", "spare"};

static int read_type(struct json_reader *r, JSON *v, void *object)
{
	struct rec_tablet *t = object;

	if (rec_tablet_type_parse(json_string(v, ""), &t->type) < 0)
		return json_reader_fail(r, ERR_PARSE, "'%s' is no tablet type", json_string(v, ""));
	return 0;
}

static void print_type(const void *rec, struct json_out *o)
{
	json_out_strz(o, "type", rec_tablet_type_name(((const struct rec_tablet *)rec)->type));
}

static const struct json_field fields[] = {
	JSON_FIELD_CHARS(struct rec_tablet, cell, "cell"),
	JSON_FIELD(FIELD_INT, struct rec_tablet, uid, "uid"),
	JSON_FIELD_CHARS(struct rec_tablet, keyspace, "keyspace"),
	JSON_FIELD_CHARS(struct rec_tablet, shard, "shard"),
	JSON_FIELD_CALL(read_type, "type"),
	JSON_FIELD_CHARS(struct rec_tablet, hostname, "hostname"),
	JSON_FIELD_CHARS(struct rec_tablet, rpc_address, "rpc_address"),
	JSON_FIELD_CHARS(struct rec_tablet, web_address, "web_address"),
	JSON_FIELD_CHARS(struct rec_tablet, mysql_address, "mysql_address"),
	JSON_FIELD_CHARS(struct rec_tablet, mysql_socket, "mysql_socket"),
	JSON_FIELD(FIELD_INT64, struct rec_tablet, started_ms, "started_ms"),
};

static int check_tablet(const void *rec, struct err *e)
{
	const struct rec_tablet *t = rec;
	struct keyrange range;

	if (rec_check_name("cell", t->cell, e) < 0 || rec_check_keyspace(t->keyspace, e) < 0 ||
	    keyrange_parse(str_of(t->shard), &range, e) < 0)
		return -1;
	if (t->uid < 0)
		return err_set(e, ERR_INVALID, "the uid is negative");
	return 0;
}

const struct rec_kind rec_tablet_kind = {
	.what = "tablet",
	.size = sizeof(struct rec_tablet),
	.fields = fields,
	.count = sizeof(fields) / sizeof(fields[0]),
	.check = check_tablet,
	.print = print_type,
};

const char *rec_tablet_type_name(enum tablet_type t)
{
	return t < TABLET_TYPES ? type_names[t] : "unknown";
}

int rec_tablet_type_parse(const char *name, enum tablet_type *out)
{
	for (unsigned i = 0; i < TABLET_TYPES; i++) {
		if (str_ieqz(str_of(name), type_names[i])) {
			*out = (enum tablet_type)i;
			return 0;
		}
	}
	return -1;
}

void rec_tablet_alias(const struct rec_tablet *t, char alias[REC_ALIAS])
{
	snprintf(alias, REC_ALIAS, "%s-%d", t->cell, t->uid);
}

int rec_tablet_parse_alias(const char *alias, char cell[REC_NAME], int32_t *uid)
{
	const char *dash = strrchr(alias, '-');
	uint64_t n;

	if (!dash || dash == alias || (size_t)(dash - alias) >= REC_NAME ||
	    !str_to_u64(str_of(dash + 1), &n) || n > INT32_MAX)
		return -1;
	memcpy(cell, alias, (size_t)(dash - alias));
	cell[dash - alias] = 0;
	*uid = (int32_t)n;
	return 0;
}

int rec_tablet_key(const char *alias, char key[REC_KEY], struct err *e)
{
	char cell[REC_NAME];
	int32_t uid;

	if (rec_tablet_parse_alias(alias, cell, &uid) < 0)
		return err_set(e, ERR_INVALID, "'%s' is no tablet alias: expected cell-number",
			       alias);
	snprintf(key, REC_KEY, "cells/%s/tablets/%s-%d", cell, cell, uid);
	return 0;
}

int rec_tablet_get(struct store *s, const char *alias, struct rec_tablet *out, int64_t *version,
		   struct err *e)
{
	char key[REC_KEY];

	if (rec_tablet_key(alias, key, e) < 0)
		return -1;
	if (rec_get(s, &rec_tablet_kind, key, out, version, e) == 0)
		return 0;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no such tablet");
	return -1;
}

int rec_tablet_put(struct store *s, const struct rec_tablet *r, int64_t expect, struct err *e)
{
	char alias[REC_ALIAS], key[REC_KEY];
	struct store_write w = {.key = key, .expect = expect};

	rec_tablet_alias(r, alias);
	if (rec_tablet_key(alias, key, e) < 0)
		return -1;
	return rec_put(s, &rec_tablet_kind, r, &w, e);
}
