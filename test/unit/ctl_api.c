/* The handlers of the admin API and the steps below them, on a store in a file. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/ctl/api_guard.h"
#include "src/ctl/api_int.h"
#include "src/ops/shard_primaries.h"
#include "src/ops/tablet_call.h"
#include "test/lib/tap.h"
#include "topo/rec_shard.h"
#include "topo/rec_tablet.h"
#include "topo/store.h"

static struct store *store;
static struct buf out;
static struct err e;

struct ask {
	const char *path[4], *body, *keyspace;
	bool dry_run, force;
};

static int ask(api_fn fn, struct ask a)
{
	struct api_call c = {.store = store,
			     .out = &out,
			     .body = str_of(a.body ? a.body : ""),
			     .dry_run = a.dry_run,
			     .force = a.force,
			     .keyspace = a.keyspace};

	for (size_t i = 0; i < 4 && a.path[i]; i++) {
		c.name[i] = a.path[i];
		c.segment[i] = str_of(a.path[i]);
		c.segments++;
	}
	buf_reset(&out);
	err_clear(&e);
	return fn(&c, &e);
}

#define ASK(fn, ...) ask(fn, (struct ask){__VA_ARGS__})

static void test_keyspaces(void)
{
	CHECK(ASK(api_keyspace_list, .body = "") == 0);
	CHECK_STR(buf_cstr(&out), "{\"keyspaces\":[]}");
	CHECK(ASK(api_keyspace_create, .body = "{\"name\":\"ks\",\"sharded\":true}") == 0);
	CHECK_STR(buf_cstr(&out), "{\"name\":\"ks\",\"sharded\":true,\"durability\":\"none\"}");
	CHECK(ASK(api_keyspace_create, .body = "{\"name\":\"ks\"}") < 0 && e.code == ERR_EXISTS);
	CHECK(ASK(api_keyspace_create, .body = "{\"name\":\"a/b\"}") < 0 && e.code == ERR_INVALID);
	CHECK(ASK(api_keyspace_create, .body = "{\"name\":\"\"}") < 0);
	CHECK(ASK(api_keyspace_create, .body = "{\"nam\":\"x\"}") < 0 && strstr(e.msg, "\"nam\""));
	CHECK(ASK(api_keyspace_create, .body = "{\"name\":\"x\",\"durability\":\"much\"}") < 0);
	CHECK(ASK(api_keyspace_create, .body = "nonsense") < 0 && e.code == ERR_PARSE);
	CHECK(ASK(api_keyspace_show, .path = {"keyspaces", "ks"}) == 0);
	CHECK(ASK(api_keyspace_show, .path = {"keyspaces", "none"}) < 0 && e.code == ERR_NOT_FOUND);
	CHECK(ASK(api_keyspace_show, .path = {"keyspaces", "../x"}) < 0 && e.code == ERR_INVALID);
}

static void test_shards(void)
{
	const char *const at[4] = {"keyspaces", "ks", "shards"};

	CHECK(ASK(api_shard_create, .path = {at[0], at[1], at[2]}, .body = "{\"name\":\"-80\"}") ==
	      0);
	CHECK(ASK(api_shard_create, .path = {at[0], at[1], at[2]}, .body = "{\"name\":\"80-\"}") ==
	      0);
	CHECK(ASK(api_shard_create, .path = {at[0], at[1], at[2]}, .body = "{\"name\":\"-8000\"}") <
		      0 &&
	      e.code == ERR_EXISTS && strstr(e.msg, "ks/-80"));
	CHECK(ASK(api_shard_create, .path = {at[0], at[1], at[2]}, .body = "{\"name\":\"90-80\"}") <
	      0);
	CHECK(ASK(api_shard_create, .path = {at[0], "none", at[2]}, .body = "{\"name\":\"-80\"}") <
		      0 &&
	      e.code == ERR_NOT_FOUND);
	CHECK(ASK(api_keyspace_show, .path = {"keyspaces", "ks"}) == 0);
	CHECK(strstr(buf_cstr(&out), "\"shards\":[\"-80\",\"80-\"]") != NULL);
	CHECK(ASK(api_shard_list, .keyspace = "other") == 0);
	CHECK_STR(buf_cstr(&out), "{\"shards\":[]}");
	CHECK(ASK(api_shard_list, .keyspace = "ks") == 0 && strstr(buf_cstr(&out), "\"80-\""));
	CHECK(ASK(api_shard_show, .path = {at[0], at[1], at[2], "-80"}) == 0);
	CHECK(ASK(api_shard_show, .path = {at[0], at[1], at[2], "-40"}) < 0 &&
	      e.code == ERR_NOT_FOUND);
}

/* Issue 8, A 6: new shards that overlap serving ones do not serve; a shard that serves stays. */
static void test_overlap(void)
{
	const char *const at[4] = {"keyspaces", "ks", "shards"};

	CHECK(ASK(api_shard_create, .path = {at[0], at[1], at[2]},
		  .body = "{\"name\":\"80-c0\"}") == 0);
	CHECK(strstr(buf_cstr(&out), "\"serving\":false") != NULL);
	CHECK(ASK(api_shard_create, .path = {at[0], at[1], at[2]}, .body = "{\"name\":\"c0-\"}") ==
	      0);
	CHECK(strstr(buf_cstr(&out), "\"serving\":false") != NULL);
	CHECK(ASK(api_shard_show, .path = {at[0], at[1], at[2], "80-"}) == 0);
	CHECK(strstr(buf_cstr(&out), "\"serving\":true") != NULL);
	CHECK(ASK(api_shard_delete, .path = {at[0], at[1], at[2], "80-"}) < 0 &&
	      e.code == ERR_CONFLICT && strstr(e.msg, "serves"));
	CHECK(ASK(api_shard_delete, .path = {at[0], at[1], at[2], "80-c0"}) == 0);
	CHECK(ASK(api_shard_delete, .path = {at[0], at[1], at[2], "80-c0"}) < 0 &&
	      e.code == ERR_NOT_FOUND);
	CHECK(ASK(api_shard_delete, .path = {at[0], at[1], at[2], "c0-"}) == 0);
	CHECK(ASK(api_shard_delete, .path = {at[0], at[1], at[2], "80-"}, .force = true) == 0);
	CHECK(ASK(api_shard_create, .path = {at[0], at[1], at[2]}, .body = "{\"name\":\"80-\"}") ==
	      0);
	CHECK(strstr(buf_cstr(&out), "\"serving\":true") != NULL);
}

static void test_vschema(void)
{
	static const char good[] = "{\"sharded\":true,\"vindexes\":{\"h\":{\"type\":\"hash\"}},"
				   "\"tables\":{\"t\":{\"column_vindexes\":[{\"column\":\"id\","
				   "\"name\":\"h\"}]}}}";

	CHECK(ASK(api_vschema_apply, .path = {"keyspaces", "ks"}, .body = good) < 0 &&
	      strstr(e.msg, "cannot be compared"));
	CHECK(ASK(api_vschema_apply, .path = {"keyspaces", "ks"}, .body = good, .dry_run = true,
		  .force = true) == 0 &&
	      strstr(buf_cstr(&out), "cannot be compared"));
	CHECK(ASK(api_vschema_show, .path = {"keyspaces", "ks"}) == 0);
	CHECK(strstr(buf_cstr(&out), "hash") == NULL);
	CHECK(ASK(api_vschema_apply, .path = {"keyspaces", "ks"}, .body = good, .force = true) ==
	      0);
	CHECK(ASK(api_vschema_show, .path = {"keyspaces", "ks"}) == 0);
	CHECK(strstr(buf_cstr(&out), "hash") != NULL);
	CHECK(ASK(api_vschema_apply, .path = {"keyspaces", "ks"}, .body = "{\n\"tabels\":{}}") <
		      0 &&
	      strstr(e.msg, "line 2"));
	CHECK(ASK(api_vschema_apply, .path = {"keyspaces", "ks"}, .body = "{\"sharded\":false}") <
		      0 &&
	      e.code == ERR_INVALID);
	CHECK(ASK(api_vschema_apply, .path = {"keyspaces", "none"}, .body = good) < 0 &&
	      e.code == ERR_NOT_FOUND);
}

static void put_tablet(int uid, const char *shard)
{
	struct rec_tablet t = {.cell = "z",
			       .uid = uid,
			       .keyspace = "ks",
			       .rpc_address = "unix:/nonexistent/socket"};
	struct rec_shard s = {.keyspace = "ks", .primary_term = 1};
	struct store_write w = {.expect = STORE_ANY};

	snprintf(t.shard, sizeof(t.shard), "%s", shard);
	snprintf(s.name, sizeof(s.name), "%s", shard);
	snprintf(s.primary, sizeof(s.primary), "z-%d", uid);
	CHECK(rec_tablet_put(store, &t, STORE_ANY, &e) == 0);
	CHECK(rec_shard_put(store, &s, &w, &e) == 0);
}

static void test_tablets(void)
{
	struct shard_primaries p;

	CHECK(shard_primaries_get(store, "ks", &p, &e) < 0 &&
	      strstr(e.msg, "ks/-80 has no primary"));
	shard_primaries_fini(&p);
	put_tablet(2, "80-");
	put_tablet(1, "-80");
	CHECK(shard_primaries_get(store, "ks", &p, &e) == 0 && p.len == 2);
	CHECK_STR(p.v[0].shard, "-80");
	CHECK_INT(p.v[1].tablet.uid, 2);
	shard_primaries_fini(&p);
	CHECK(shard_primaries_get(store, "none", &p, &e) < 0 && e.code == ERR_NOT_FOUND);
	shard_primaries_fini(&p);
	CHECK(ASK(api_tablet_list, .keyspace = "ks") == 0 && strstr(buf_cstr(&out), "\"z-2\""));
	CHECK(ASK(api_tablet_show, .path = {"tablets", "z-1"}) == 0);
	CHECK(strstr(buf_cstr(&out), "\"problem\"") != NULL);
	CHECK(ASK(api_tablet_show, .path = {"tablets", "z-9"}) < 0 && e.code == ERR_NOT_FOUND);
	CHECK(ASK(api_tablet_show, .path = {"tablets", "nothing"}) < 0 && e.code == ERR_INVALID);
	/* Nobody answers: nothing is changed, and it says so. */
	CHECK(ASK(api_schema_apply, .path = {"keyspaces", "ks"}, .body = "{\"sql\":\"SELECT 1\"}") <
	      0);
	CHECK(strstr(e.msg, "nothing is changed: shard -80") != NULL);
	CHECK(ASK(api_schema_apply, .path = {"keyspaces", "ks"}, .body = "{\"sql\":\" \\n\"}") <
		      0 &&
	      e.code == ERR_INVALID);
	CHECK(ASK(api_schema_apply, .path = {"keyspaces", "ks"}, .body = "{\"sqls\":\"\"}") < 0);
	CHECK(ASK(api_schema_show, .path = {"keyspaces", "ks"}) < 0);
}

static void test_delete(void)
{
	struct store_write w = {.key = "cells/z/tablets/z-1", .expect = STORE_ANY};
	struct store_list left = {.revision = 0};

	CHECK(ASK(api_keyspace_delete, .path = {"keyspaces", "ks"}) < 0 && e.code == ERR_CONFLICT);
	CHECK(store_delete(store, &w, &e) == 0);
	w.key = "cells/z/tablets/z-2";
	CHECK(store_delete(store, &w, &e) == 0);
	CHECK(ASK(api_keyspace_delete, .path = {"keyspaces", "ks"}) == 0);
	CHECK(ASK(api_keyspace_delete, .path = {"keyspaces", "ks"}) < 0 && e.code == ERR_NOT_FOUND);
	CHECK(store_list(store, "global/keyspaces/", &left, &e) == 0 && left.entries.len == 0);
	store_list_fini(&left);
}

/* Issue 8, C 4. */
static void test_guard(void)
{
	static const struct {
		const char *host;
		bool ok;
	} hosts[] = {{"127.0.0.1:15000", true},
		     {"127.0.0.1", true},
		     {"[::1]:15000", true},
		     {"localhost:1", true},
		     {"LOCALHOST", true},
		     {"10.1.2.3:80", true},
		     {"", false},
		     {"evil.example", false},
		     {"127.0.0.1.evil.example:80", false},
		     {"[::1", false},
		     {"127.0.0.1@evil.example", false},
		     {":80", false}};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		CHECK(api_guard_host(str_of(hosts[i].host)) == hosts[i].ok);
	CHECK(api_guard_origin(STR_LIT(""), STR_LIT("a:1")));
	CHECK(api_guard_origin(STR_LIT("http://a:1"), STR_LIT("a:1")));
	CHECK(!api_guard_origin(STR_LIT("http://a:2"), STR_LIT("a:1")));
	CHECK(!api_guard_origin(STR_LIT("null"), STR_LIT("a:1")));
	CHECK(!api_guard_origin(STR_LIT("http://a:1.evil"), STR_LIT("a:1")));
	CHECK(api_guard_json(STR_LIT("application/json")) &&
	      api_guard_json(STR_LIT("Application/JSON ; charset=utf-8")));
	CHECK(!api_guard_json(STR_LIT("text/plain")) && !api_guard_json(STR_LIT("")) &&
	      !api_guard_json(STR_LIT("application/jsonp")));
}

int main(void)
{
	char dir[] = "/tmp/sluice-api-XXXXXX", address[64];
	struct store_config config = {.address = address};

	if (!mkdtemp(dir))
		return 1;
	snprintf(address, sizeof(address), "sqlite:%s/topo.db", dir);
	store = store_open(&config, &e);
	if (!CHECK(store != NULL))
		return 1;
	buf_init(&out);
	test_keyspaces();
	test_shards();
	test_overlap();
	test_vschema();
	test_tablets();
	test_delete();
	test_guard();
	buf_fini(&out);
	store_close(store);
	for (size_t i = 0; i < 3; i++) {
		static const char *const ends[] = {"", "-wal", "-shm"};
		char path[80];

		snprintf(path, sizeof(path), "%s/topo.db%s", dir, ends[i]);
		unlink(path);
	}
	rmdir(dir);
	return TAP_DONE();
}
