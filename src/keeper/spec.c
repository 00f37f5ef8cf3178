#include "src/keeper/spec.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/json.h"
#include "src/base/options.h"
#include "src/base/vec.h"
#include "src/net/worker.h"
#include "src/wire/auth_sha2.h"
#include "topo/rec.h"
#include "topo/rec_shard.h"

enum { MAX_GATES = 64, MAX_REPLICAS = 64, MAX_PORT = 65535, MAX_BINLOG_EXPIRE = 8553600 };

/* What the field functions need besides the reader. */
struct reading {
	struct spec *spec;
	const char *base;
	struct spec_keyspace *keyspace;
};

static int read_topo(struct json_reader *r, JSON *v, void *object)
{
	struct reading *g = object;
	const char *kind = json_string(v, "");

	if (strcmp(kind, "embedded") != 0 && strcmp(kind, "etcd") != 0)
		return json_reader_fail(r, ERR_PARSE, "expected \"embedded\" or \"etcd\"");
	g->spec->etcd = kind[1] == 't';
	return 0;
}

static int read_range(struct json_reader *r, JSON *v, int32_t max, int32_t *out)
{
	double d = json_number(v, -1);

	if (json_type(v) != JSON_NUMBER || d != (double)(int64_t)d || d < 0 || d > max)
		return json_reader_fail(r, ERR_PARSE, "expected an integer of 0 to %d", max);
	*out = (int32_t)d;
	return 0;
}

static int read_gates(struct json_reader *r, JSON *v, void *object)
{
	return read_range(r, v, MAX_GATES, &((struct reading *)object)->spec->gates);
}

static int read_mysql_port(struct json_reader *r, JSON *v, void *object)
{
	return read_range(r, v, MAX_PORT, &((struct reading *)object)->spec->mysql_port);
}

static int read_web_port(struct json_reader *r, JSON *v, void *object)
{
	return read_range(r, v, MAX_PORT, &((struct reading *)object)->spec->web_port);
}

static int read_io(struct json_reader *r, JSON *v, void *object)
{
	enum worker_io io;
	struct err why;
	const char **out = &((struct reading *)object)->spec->io;

	if (json_reader_string(r, v, out) < 0)
		return -1;
	return worker_io_parse(*out, &io, &why) < 0 ? json_reader_fail(r, ERR_PARSE, "%s", why.msg)
						    : 0;
}

static int read_rpc(struct json_reader *r, JSON *v, void *object)
{
	const char *text;

	if (json_reader_string(r, v, &text) < 0)
		return -1;
	if (strcmp(text, "unix") != 0 && strcmp(text, "tcp") != 0)
		return json_reader_fail(r, ERR_PARSE, "expected \"unix\" or \"tcp\"");
	((struct reading *)object)->spec->rpc_tcp = strcmp(text, "tcp") == 0;
	return 0;
}

static int read_workers(struct json_reader *r, JSON *v, void *object)
{
	return read_range(r, v, 256, &((struct reading *)object)->spec->workers);
}

static int read_durable(struct json_reader *r, JSON *v, void *object)
{
	if (json_type(v) != JSON_BOOL)
		return json_reader_fail(r, ERR_PARSE, "expected true or false");
	((struct reading *)object)->spec->durable = json_bool(v, true);
	return 0;
}

static int read_buffer_pool(struct json_reader *r, JSON *v, void *object)
{
	struct reading *g = object;
	int64_t n = 0;

	if (json_type(v) == JSON_NUMBER)
		n = json_int(v, 0);
	else if (json_type(v) != JSON_STRING || options_size(json_string(v, ""), &n) < 0)
		return json_reader_fail(r, ERR_PARSE, "expected a size as \"64M\"");
	if (n < 5 << 20)
		return json_reader_fail(r, ERR_PARSE, "a mysqld needs at least 5M");
	g->spec->buffer_pool = n;
	return 0;
}

static int read_binlog_expire(struct json_reader *r, JSON *v, void *object)
{
	int32_t s;

	if (read_range(r, v, MAX_BINLOG_EXPIRE, &s) < 0)
		return -1;
	((struct reading *)object)->spec->binlog_expire_s = s;
	return 0;
}

static int read_max_replica_lag(struct json_reader *r, JSON *v, void *object)
{
	int64_t *us = &((struct reading *)object)->spec->max_replica_lag;

	if (json_type(v) != JSON_STRING || options_duration(json_string(v, ""), us) < 0 || *us < 0)
		return json_reader_fail(r, ERR_PARSE, "expected a time as \"30s\"");
	return 0;
}

static int keep_name(struct json_reader *r, const char *name, const char **out)
{
	*out = arena_dup(r->arena, name, strlen(name));
	return *out ? 0 : json_reader_nomem(r);
}

static int read_cell(struct json_reader *r, JSON *v, void *object)
{
	const char *name = json_string(v, "");
	struct err why;

	if (rec_check_name("cell", name, &why) < 0)
		return json_reader_fail(r, ERR_PARSE, "%s", why.msg);
	return keep_name(r, name, &((struct reading *)object)->spec->cell);
}

/* One field of a spec_limits: the name in @names is the field's own. */
static int read_limit(struct json_reader *r, JSON *v, void *object)
{
	struct spec_limits *l = object;
	const struct {
		const char *name, **out;
	} field[] = {{"query_timeout", &l->query_timeout},
		     {"idle_timeout", &l->idle_timeout},
		     {"net_write_timeout", &l->net_write_timeout},
		     {"pool_wait", &l->pool_wait}};
	int64_t us;

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		if (strcmp(json_key(v), field[i].name) != 0)
			continue;
		if (json_type(v) != JSON_STRING || options_duration(json_string(v, ""), &us) < 0 ||
		    us < 0)
			return json_reader_fail(r, ERR_PARSE, "expected a time as \"30s\"");
		return json_reader_string(r, v, field[i].out);
	}
	return json_reader_fail(r, ERR_PARSE, "unknown field");
}

static int read_limits(struct json_reader *r, JSON *v, void *object)
{
	struct spec *s = ((struct reading *)object)->spec;
	int64_t us;

	if (json_reader_map(r, v, read_limit, &s->limits) < 0)
		return -1;
	if (s->limits.pool_wait && options_duration(s->limits.pool_wait, &us) == 0 &&
	    (us < 1000 || us > 3600000000))
		return json_reader_fail(r, ERR_PARSE, "\"pool_wait\" is between 1ms and 1h");
	return 0;
}

static int read_user_limit(struct json_reader *r, JSON *v, void *object)
{
	return read_limit(r, v, &((struct spec_user *)object)->limits);
}

static const struct json_field user_fields[] = {
	JSON_FIELD(FIELD_STRING, struct spec_user, password, "password"),
	JSON_FIELD(FIELD_BOOL, struct spec_user, process, "process"),
	JSON_FIELD(FIELD_BOOL, struct spec_user, admin, "admin"),
	JSON_FIELD_CALL(read_user_limit, "query_timeout"),
	JSON_FIELD_CALL(read_user_limit, "idle_timeout"),
	JSON_FIELD_CALL(read_user_limit, "net_write_timeout"),
};
enum { USER_FIELDS = sizeof(user_fields) / sizeof(user_fields[0]) };

static int read_user(struct json_reader *r, JSON *v, void *object)
{
	struct spec *s = ((struct reading *)object)->spec;
	struct spec_user u = {.name = arena_dup(r->arena, json_key(v), strlen(json_key(v)))};

	if (!u.name || VEC_GROW(&s->users) < 0)
		return json_reader_nomem(r);
	if (!*u.name || strlen(u.name) > 128)
		return json_reader_fail(r, ERR_PARSE, "a user's name has 1 to 128 bytes");
	if (json_type(v) == JSON_OBJECT ? json_reader_object(r, v, user_fields, USER_FIELDS, &u) < 0
					: json_reader_string(r, v, &u.password) < 0)
		return -1;
	if (!u.password)
		return json_reader_fail(r, ERR_PARSE, "\"password\" is missing (\"\" for none)");
	if (strlen(u.password) > AUTH_SHA2_MAX_PASSWORD)
		return json_reader_fail(r, ERR_PARSE, "a password has at most %d bytes",
					AUTH_SHA2_MAX_PASSWORD);
	for (size_t i = 0; i < s->users.len; i++)
		if (!strcmp(s->users.v[i].name, u.name))
			return json_reader_fail(r, ERR_PARSE, "named twice");
	s->users.v[s->users.len++] = u;
	return 0;
}

static int read_users(struct json_reader *r, JSON *v, void *object)
{
	return json_reader_map(r, v, read_user, object);
}

static int read_shard(struct json_reader *r, JSON *v, void *object)
{
	struct spec_keyspace *k = ((struct reading *)object)->keyspace;
	struct keyrange range;
	struct err why;
	const char *name = NULL;

	if (json_reader_string(r, v, &name) < 0)
		return -1;
	if (keyrange_parse(str_of(name), &range, &why) < 0)
		return json_reader_fail(r, ERR_PARSE, "%s", why.msg);
	for (size_t i = 0; i < k->shard_count; i++)
		if (!strcmp(k->shards[i], name))
			return json_reader_fail(r, ERR_PARSE, "shard %s is named twice", name);
	k->shards[k->shard_count++] = name;
	return 0;
}

static int read_shards(struct json_reader *r, JSON *v, void *object)
{
	struct spec_keyspace *k = ((struct reading *)object)->keyspace;

	if (json_type(v) != JSON_ARRAY || !json_len(v))
		return json_reader_fail(r, ERR_PARSE, "expected a list of shard names");
	k->shards = arena_array(r->arena, json_len(v), sizeof(*k->shards));
	if (!k->shards)
		return json_reader_nomem(r);
	k->shard_count = 0;
	return json_reader_array(r, v, read_shard, object);
}

static int read_replicas(struct json_reader *r, JSON *v, void *object)
{
	return read_range(r, v, MAX_REPLICAS, &((struct reading *)object)->keyspace->replicas);
}

static int read_durability(struct json_reader *r, JSON *v, void *object)
{
	const char *d = json_string(v, "");

	if (strcmp(d, "none") != 0 && strcmp(d, "semi_sync") != 0)
		return json_reader_fail(r, ERR_PARSE, "expected \"none\" or \"semi_sync\"");
	return json_reader_string(r, v, &((struct reading *)object)->keyspace->durability);
}

/* A file that must be readable; relative to the spec. */
static int read_path(struct json_reader *r, JSON *v, const char *base, const char **out)
{
	const char *p;

	if (json_reader_string(r, v, &p) < 0)
		return -1;
	*out = *p == '/' || !base ? p : arena_printf(r->arena, "%s/%s", base, p);
	if (!*out)
		return json_reader_nomem(r);
	if (base && access(*out, R_OK) < 0)
		return json_reader_fail(r, ERR_PARSE, "cannot read the file %s", *out);
	return 0;
}

static int read_schema(struct json_reader *r, JSON *v, void *object)
{
	struct reading *g = object;

	return read_path(r, v, g->base, &g->keyspace->schema);
}

static int read_vschema(struct json_reader *r, JSON *v, void *object)
{
	struct reading *g = object;

	return read_path(r, v, g->base, &g->keyspace->vschema);
}

static const struct json_field keyspace_fields[] = {
	JSON_FIELD_CALL(read_shards, "shards"),		JSON_FIELD_CALL(read_replicas, "replicas"),
	JSON_FIELD_CALL(read_schema, "schema"),		JSON_FIELD_CALL(read_vschema, "vschema"),
	JSON_FIELD_CALL(read_durability, "durability"),
};

/* The shards must cover all keyspace ids exactly once. */
static int check_partition(struct json_reader *r, const struct spec_keyspace *k)
{
	struct keyrange *ranges = arena_array(r->arena, k->shard_count, sizeof(*ranges));
	struct err why;

	if (!ranges)
		return json_reader_nomem(r);
	for (size_t i = 0; i < k->shard_count; i++)
		if (keyrange_parse(str_of(k->shards[i]), &ranges[i], r->e) < 0)
			return -1;
	if (keyrange_check_partition(ranges, k->shard_count, &why) < 0)
		return json_reader_fail(r, ERR_PARSE, "%s", why.msg);
	return 0;
}

static int read_keyspace(struct json_reader *r, JSON *v, void *object)
{
	struct reading *g = object;
	struct spec *s = g->spec;
	struct spec_keyspace k = {.replicas = 0, .durability = "none"};
	struct err why;
	int rc;

	if (VEC_GROW(&s->keyspaces) < 0)
		return json_reader_nomem(r);
	if (rec_check_keyspace(json_key(v), &why) < 0)
		return json_reader_fail(r, ERR_PARSE, "%s", why.msg);
	if (keep_name(r, json_key(v), &k.name) < 0)
		return -1;
	for (size_t i = 0; i < s->keyspaces.len; i++)
		if (!strcmp(s->keyspaces.v[i].name, k.name))
			return json_reader_fail(r, ERR_PARSE, "named twice");
	g->keyspace = &k;
	rc = json_reader_object(r, v, keyspace_fields,
				sizeof(keyspace_fields) / sizeof(keyspace_fields[0]), g);
	if (rc == 0 && !k.shard_count)
		rc = json_reader_fail(r, ERR_PARSE, "\"shards\" is missing");
	if (rc == 0)
		rc = check_partition(r, &k);
	if (rc == 0 && !k.replicas && !strcmp(k.durability, "semi_sync"))
		rc = json_reader_fail(r, ERR_PARSE,
				      "durability \"semi_sync\" needs \"replicas\" of 1 "
				      "or more: a commit waits for a replica");
	if (rc == 0)
		s->keyspaces.v[s->keyspaces.len++] = k;
	return rc;
}

static int read_keyspaces(struct json_reader *r, JSON *v, void *object)
{
	return json_reader_map(r, v, read_keyspace, object);
}

static const struct json_field fields[] = {
	JSON_FIELD_CALL(read_topo, "topo"),
	JSON_FIELD_CALL(read_gates, "gates"),
	JSON_FIELD_CALL(read_mysql_port, "mysql_port"),
	JSON_FIELD_CALL(read_web_port, "web_port"),
	JSON_FIELD_CALL(read_workers, "workers"),
	JSON_FIELD_CALL(read_io, "io"),
	JSON_FIELD_CALL(read_rpc, "rpc"),
	JSON_FIELD_CALL(read_durable, "durable"),
	JSON_FIELD_CALL(read_buffer_pool, "buffer_pool"),
	JSON_FIELD_CALL(read_max_replica_lag, "max_replica_lag"),
	JSON_FIELD_CALL(read_binlog_expire, "binlog_expire_logs_seconds"),
	JSON_FIELD_CALL(read_cell, "cell"),
	JSON_FIELD_CALL(read_limits, "limits"),
	JSON_FIELD_CALL(read_users, "users"),
	JSON_FIELD_CALL(read_keyspaces, "keyspaces"),
};

int spec_read(struct str text, const char *base, struct spec *out, struct err *e)
{
	struct json_reader r = {.text = text, .e = e, .arena = &out->arena};
	struct reading g = {.spec = out, .base = base};
	struct cJSON *doc;
	int rc;

	*out = (struct spec){.gates = 1,
			     .workers = 1,
			     .io = "auto",
			     .buffer_pool = 64 << 20,
			     .durable = true,
			     .max_replica_lag = 30000000,
			     .binlog_expire_s = 604800,
			     .cell = "zone1"};
	arena_init(&out->arena, 0);
	doc = json_parse(text, e);
	if (!doc)
		return -1;
	rc = json_reader_object(&r, doc, fields, sizeof(fields) / sizeof(fields[0]), &g);
	json_free(doc);
	if (rc == 0 && !out->keyspaces.len)
		return err_set(e, ERR_PARSE, "\"keyspaces\" is missing or empty");
	return rc;
}

int spec_load(const char *path, struct spec *out, struct err *e)
{
	char real[PATH_MAX], *slash;
	struct buf b;
	int rc = -1;

	*out = (struct spec){.gates = 0};
	arena_init(&out->arena, 0);
	buf_init(&b);
	if (!realpath(path, real))
		err_set(e, ERR_IO, "cannot read %s", path);
	else if (file_read(real, &b, e) == 0) {
		slash = strrchr(real, '/');
		*slash = 0;
		rc = spec_read(buf_slice(&b), real, out, e);
		if (rc < 0)
			err_wrap(e, "%s", path);
	}
	buf_fini(&b);
	return rc;
}

void spec_fini(struct spec *s)
{
	free(s->users.v);
	s->users.v = NULL;
	free(s->keyspaces.v);
	s->keyspaces.v = NULL;
	arena_fini(&s->arena);
}

static void print_keyspace(struct json_out *o, const struct spec_keyspace *k)
{
	json_out_object(o, k->name);
	json_out_array(o, "shards");
	for (size_t i = 0; i < k->shard_count; i++)
		json_out_strz(o, NULL, k->shards[i]);
	json_out_end_array(o);
	json_out_int(o, "replicas", k->replicas);
	if (k->schema)
		json_out_strz(o, "schema", k->schema);
	if (k->vschema)
		json_out_strz(o, "vschema", k->vschema);
	json_out_strz(o, "durability", k->durability);
	json_out_end_object(o);
}

static void print_limits(struct json_out *o, const struct spec_limits *l)
{
	if (l->query_timeout)
		json_out_strz(o, "query_timeout", l->query_timeout);
	if (l->idle_timeout)
		json_out_strz(o, "idle_timeout", l->idle_timeout);
	if (l->net_write_timeout)
		json_out_strz(o, "net_write_timeout", l->net_write_timeout);
	if (l->pool_wait)
		json_out_strz(o, "pool_wait", l->pool_wait);
}

/* @password: in clear, or its hash. */
static void print_user(struct json_out *o, const struct spec_user *u, const char *password)
{
	const struct spec_limits *l = &u->limits;

	if (!u->admin && !u->process && !l->query_timeout && !l->idle_timeout &&
	    !l->net_write_timeout) {
		json_out_strz(o, u->name, password);
		return;
	}
	json_out_object(o, u->name);
	json_out_strz(o, "password", password);
	if (u->process)
		json_out_bool(o, "process", true);
	if (u->admin)
		json_out_bool(o, "admin", true);
	print_limits(o, l);
	json_out_end_object(o);
}

void spec_print(const struct spec *s, struct buf *out)
{
	struct json_out o;
	char lag[40];

	json_out_init(&o, out, true);
	json_out_object(&o, NULL);
	json_out_strz(&o, "topo", s->etcd ? "etcd" : "embedded");
	json_out_int(&o, "gates", s->gates);
	json_out_int(&o, "mysql_port", s->mysql_port);
	json_out_int(&o, "web_port", s->web_port);
	json_out_int(&o, "workers", s->workers);
	json_out_strz(&o, "io", s->io);
	json_out_strz(&o, "rpc", s->rpc_tcp ? "tcp" : "unix");
	json_out_bool(&o, "durable", s->durable);
	json_out_int(&o, "buffer_pool", s->buffer_pool);
	snprintf(lag, sizeof(lag), "%lldms", (long long)s->max_replica_lag / 1000);
	json_out_strz(&o, "max_replica_lag", lag);
	json_out_int(&o, "binlog_expire_logs_seconds", s->binlog_expire_s);
	json_out_strz(&o, "cell", s->cell);
	json_out_object(&o, "limits");
	print_limits(&o, &s->limits);
	json_out_end_object(&o);
	json_out_object(&o, "users");
	for (size_t i = 0; i < s->users.len; i++)
		print_user(&o, &s->users.v[i], s->users.v[i].password);
	json_out_end_object(&o);
	json_out_object(&o, "keyspaces");
	for (size_t i = 0; i < s->keyspaces.len; i++)
		print_keyspace(&o, &s->keyspaces.v[i]);
	json_out_end_object(&o);
	json_out_end_object(&o);
}

int spec_print_users(const struct spec *s, struct buf *out, struct err *e)
{
	struct json_out o;

	json_out_init(&o, out, true);
	json_out_object(&o, NULL);
	for (size_t i = 0; i < s->users.len; i++) {
		const struct spec_user *u = &s->users.v[i];
		char hash[AUTH_SHA2_HASH + 1] = "";

		if (*u->password && auth_sha2_hash(str_of(u->password), hash, e) < 0)
			return err_wrap(e, "user %s", u->name);
		print_user(&o, u, hash);
	}
	json_out_end_object(&o);
	return buf_check(out, e);
}
