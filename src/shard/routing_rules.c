#include "src/shard/routing_rules.h"

#include <stdlib.h>
#include <string.h>

#include "src/shard/json_reader.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT(type, field, json) JSON_FIELD(FIELD_STRING, type, field, json)

static void rules_free(struct snapshot *s)
{
	struct routing_rules *rr = (struct routing_rules *)s;

	arena_fini(&rr->arena);
	free(rr);
}

void routing_rules_put(struct routing_rules *rr)
{
	if (rr)
		snapshot_put(&rr->snap);
}

static int need(struct json_reader *r, const char *name, const char *value)
{
	if (value && *value)
		return 0;
	return json_reader_fail(r, ERR_INVALID, "needs %s", name);
}

static int add_to_table(struct json_reader *r, JSON *v, void *object)
{
	struct routing_rule *rule = object;

	return json_reader_string(r, v, &rule->to[rule->to_count++]);
}

static int read_to_tables(struct json_reader *r, JSON *v, void *object)
{
	struct routing_rule *rule = object;

	rule->to = arena_array(r->arena, json_len(v) + 1, sizeof(*rule->to));
	rule->to_count = 0;
	return rule->to ? json_reader_array(r, v, add_to_table, rule) : json_reader_nomem(r);
}

static int read_table_rule(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		TEXT(struct routing_rule, from, "from_table"),
		JSON_FIELD_CALL(read_to_tables, "to_tables"),
	};
	struct routing_rules *rr = object;
	struct routing_rule *rule = &rr->tables[rr->table_count];

	if (json_reader_object(r, v, fields, COUNT(fields), rule) < 0 ||
	    need(r, "from_table", rule->from) < 0)
		return -1;
	if (routing_rules_find(rr, str_of(rule->from)))
		return json_reader_fail(r, ERR_INVALID, "there is a rule for %s already",
					rule->from);
	rr->table_count++;
	return 0;
}

static int read_shard_rule(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		TEXT(struct routing_shard_rule, from_keyspace, "from_keyspace"),
		TEXT(struct routing_shard_rule, to_keyspace, "to_keyspace"),
		TEXT(struct routing_shard_rule, shard, "shard"),
	};
	struct routing_rules *rr = object;
	struct routing_shard_rule *rule = &rr->shards[rr->shard_count++];

	if (json_reader_object(r, v, fields, COUNT(fields), rule) < 0 ||
	    need(r, "from_keyspace", rule->from_keyspace) < 0 ||
	    need(r, "to_keyspace", rule->to_keyspace) < 0)
		return -1;
	return need(r, "shard", rule->shard);
}

static int read_keyspace_rule(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		TEXT(struct routing_keyspace_rule, from_keyspace, "from_keyspace"),
		TEXT(struct routing_keyspace_rule, to_keyspace, "to_keyspace"),
	};
	struct routing_rules *rr = object;
	struct routing_keyspace_rule *rule = &rr->keyspaces[rr->keyspace_count++];

	if (json_reader_object(r, v, fields, COUNT(fields), rule) < 0 ||
	    need(r, "from_keyspace", rule->from_keyspace) < 0)
		return -1;
	return need(r, "to_keyspace", rule->to_keyspace);
}

static int read_percent(struct json_reader *r, JSON *v, void *object)
{
	struct routing_mirror_rule *rule = object;

	rule->percent = json_number(v, -1);
	if (!(rule->percent >= 0 && rule->percent <= 100))
		return json_reader_fail(r, ERR_INVALID, "expected a number from 0 to 100");
	return 0;
}

static int read_mirror_rule(struct json_reader *r, JSON *v, void *object)
{
	static const struct json_field fields[] = {
		TEXT(struct routing_mirror_rule, from, "from_table"),
		TEXT(struct routing_mirror_rule, to, "to_table"),
		JSON_FIELD_CALL(read_percent, "percent"),
	};
	struct routing_rules *rr = object;
	struct routing_mirror_rule *rule = &rr->mirrors[rr->mirror_count++];

	if (json_reader_object(r, v, fields, COUNT(fields), rule) < 0 ||
	    need(r, "from_table", rule->from) < 0)
		return -1;
	return need(r, "to_table", rule->to);
}

static int read_table_rules(struct json_reader *r, JSON *v, void *object)
{
	struct routing_rules *rr = object;

	rr->tables = arena_array(r->arena, json_len(v) + 1, sizeof(*rr->tables));
	rr->table_count = 0;
	return rr->tables ? json_reader_array(r, v, read_table_rule, rr) : json_reader_nomem(r);
}

static int read_shard_rules(struct json_reader *r, JSON *v, void *object)
{
	struct routing_rules *rr = object;

	rr->shards = arena_array(r->arena, json_len(v) + 1, sizeof(*rr->shards));
	rr->shard_count = 0;
	return rr->shards ? json_reader_array(r, v, read_shard_rule, rr) : json_reader_nomem(r);
}

static int read_keyspace_rules(struct json_reader *r, JSON *v, void *object)
{
	struct routing_rules *rr = object;

	rr->keyspaces = arena_array(r->arena, json_len(v) + 1, sizeof(*rr->keyspaces));
	rr->keyspace_count = 0;
	return rr->keyspaces ? json_reader_array(r, v, read_keyspace_rule, rr)
			     : json_reader_nomem(r);
}

static int read_mirror_rules(struct json_reader *r, JSON *v, void *object)
{
	struct routing_rules *rr = object;

	rr->mirrors = arena_array(r->arena, json_len(v) + 1, sizeof(*rr->mirrors));
	rr->mirror_count = 0;
	return rr->mirrors ? json_reader_array(r, v, read_mirror_rule, rr) : json_reader_nomem(r);
}

/* {"rules": [...]} around each list. */
#define WRAPPED(kind)                                                                              \
	static int wrapped_##kind(struct json_reader *r, JSON *v, void *object)                    \
	{                                                                                          \
		static const struct json_field fields[] = {                                        \
			JSON_FIELD_CALL(read_##kind##_rules, "rules"),                             \
		};                                                                                 \
		return json_reader_object(r, v, fields, COUNT(fields), object);                    \
	}
WRAPPED(table)
WRAPPED(shard)
WRAPPED(keyspace)
WRAPPED(mirror)

struct routing_rules *routing_rules_read(struct str text, struct err *e)
{
	static const struct json_field fields[] = {
		JSON_FIELD_CALL(read_table_rules, "rules"),
		JSON_FIELD_CALL(wrapped_table, "routing_rules"),
		JSON_FIELD_CALL(wrapped_shard, "shard_routing_rules"),
		JSON_FIELD_CALL(wrapped_keyspace, "keyspace_routing_rules"),
		JSON_FIELD_CALL(wrapped_mirror, "mirror_rules"),
	};
	struct routing_rules *rr = calloc(1, sizeof(*rr));
	struct json_reader r = {.text = text, .e = e};
	struct cJSON *doc;
	int rc = -1;

	if (!rr) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	snapshot_init(&rr->snap, rules_free);
	arena_init(&rr->arena, 0);
	r.arena = &rr->arena;
	doc = json_parse(text, e);
	if (doc)
		rc = json_reader_object(&r, doc, fields, COUNT(fields), rr);
	json_free(doc);
	if (rc < 0) {
		routing_rules_put(rr);
		return NULL;
	}
	return rr;
}

const struct routing_rule *routing_rules_find(const struct routing_rules *rr, struct str from)
{
	for (size_t i = 0; i < rr->table_count; i++) {
		if (str_eqz(from, rr->tables[i].from))
			return &rr->tables[i];
	}
	return NULL;
}

static void begin(struct json_out *o, const char *key)
{
	json_out_object(o, key);
	json_out_array(o, "rules");
}

static void end(struct json_out *o)
{
	json_out_end_array(o);
	json_out_end_object(o);
}

static void print_tables(struct json_out *o, const struct routing_rules *rr)
{
	begin(o, "routing_rules");
	for (size_t i = 0; i < rr->table_count; i++) {
		json_out_object(o, NULL);
		json_out_strz(o, "from_table", rr->tables[i].from);
		json_out_array(o, "to_tables");
		for (size_t k = 0; k < rr->tables[i].to_count; k++)
			json_out_strz(o, NULL, rr->tables[i].to[k]);
		json_out_end_array(o);
		json_out_end_object(o);
	}
	end(o);
}

void routing_rules_print(const struct routing_rules *rr, bool indent, struct buf *out)
{
	struct json_out o;

	json_out_init(&o, out, indent);
	json_out_object(&o, NULL);
	print_tables(&o, rr);
	begin(&o, "shard_routing_rules");
	for (size_t i = 0; i < rr->shard_count; i++) {
		json_out_object(&o, NULL);
		json_out_strz(&o, "from_keyspace", rr->shards[i].from_keyspace);
		json_out_strz(&o, "to_keyspace", rr->shards[i].to_keyspace);
		json_out_strz(&o, "shard", rr->shards[i].shard);
		json_out_end_object(&o);
	}
	end(&o);
	begin(&o, "keyspace_routing_rules");
	for (size_t i = 0; i < rr->keyspace_count; i++) {
		json_out_object(&o, NULL);
		json_out_strz(&o, "from_keyspace", rr->keyspaces[i].from_keyspace);
		json_out_strz(&o, "to_keyspace", rr->keyspaces[i].to_keyspace);
		json_out_end_object(&o);
	}
	end(&o);
	begin(&o, "mirror_rules");
	for (size_t i = 0; i < rr->mirror_count; i++) {
		json_out_object(&o, NULL);
		json_out_strz(&o, "from_table", rr->mirrors[i].from);
		json_out_strz(&o, "to_table", rr->mirrors[i].to);
		json_out_double(&o, "percent", rr->mirrors[i].percent);
		json_out_end_object(&o);
	}
	end(&o);
	json_out_end_object(&o);
}
