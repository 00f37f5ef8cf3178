#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/json.h"
#include "src/keeper/cluster_file.h"
#include "src/keeper/fleet.h"
#include "src/keeper/layout.h"
#include "src/keeper/spec.h"
#include "src/keeper/spec_change.h"
#include "src/keeper/supervise.h"
#include "src/wire/auth_sha2.h"
#include "test/lib/tap.h"

static const char full[] =
	"{\"topo\":\"etcd\",\"gates\":2,\"mysql_port\":15306,\"web_port\":15000,\"workers\":3,"
	"\"io\":\"epoll\",\n"
	"\"durable\":false,\"buffer_pool\":\"32M\",\"cell\":\"c1\",\"max_replica_lag\":\"1500ms\","
	"\"limits\":{\"query_timeout\":\"2s\"},\n"
	"\"users\":{\"root\":\"\",\"app\":\"secret\",\"dba\":{\"password\":\"x\",\"process\":true}}"
	",\n"
	"\"keyspaces\":{\"commerce\":{\"shards\":[\"-\"],\"schema\":\"s.sql\"},\n"
	"\"customer\":{\"shards\":[\"80-\",\"-80\"],\"replicas\":1,\"durability\":\"semi_sync\"}}}";

static char dir[] = "/tmp/sluice-spec-XXXXXX";

static void test_full(void)
{
	struct spec s, again;
	const char *hash;
	struct err e;
	struct buf b;

	CHECK(spec_read(str_of(full), dir, &s, &e) == 0);
	CHECK(s.etcd && s.gates == 2 && s.mysql_port == 15306 && s.web_port == 15000);
	CHECK_STR(s.io, "epoll");
	CHECK(s.workers == 3 && !s.durable && s.buffer_pool == 32 << 20);
	CHECK_INT(s.max_replica_lag, 1500000);
	CHECK_STR(s.limits.query_timeout, "2s");
	CHECK_STR(s.cell, "c1");
	CHECK(s.users.len == 3 && s.users.v[2].process && s.keyspaces.len == 2);
	CHECK(!strncmp(s.keyspaces.v[0].schema, dir, strlen(dir)) && !s.keyspaces.v[0].vschema);
	CHECK_INT(s.keyspaces.v[1].shard_count, 2);
	CHECK_STR(s.keyspaces.v[1].durability, "semi_sync");
	buf_init(&b);
	spec_print(&s, &b);
	CHECK(spec_read(buf_slice(&b), "/elsewhere", &again, &e) == 0);
	CHECK(again.etcd && again.keyspaces.v[1].replicas == 1);
	CHECK_STR(again.keyspaces.v[0].schema, s.keyspaces.v[0].schema);
	CHECK_STR(again.users.v[1].password, "secret");
	CHECK(again.users.v[2].process && !strcmp(again.users.v[2].password, "x"));
	buf_reset(&b);
	CHECK(spec_print_users(&s, &b, &e) == 0);
	hash = strstr(buf_cstr(&b), "$A$005$");
	CHECK(hash && auth_sha2_check(str_make(hash, AUTH_SHA2_HASH), STR_LIT("secret")));
	CHECK(strstr(buf_cstr(&b), "\"root\": \"\"") != NULL);
	buf_fini(&b);
	spec_fini(&s);
	spec_fini(&again);
}

static void test_defaults(void)
{
	struct spec s;
	struct err e;

	CHECK(spec_read(STR_LIT("{\"keyspaces\":{\"a\":{\"shards\":[\"0\"]}}}"), dir, &s, &e) == 0);
	CHECK(!s.etcd && s.gates == 1 && s.workers == 1 && !strcmp(s.io, "auto") && s.durable &&
	      !s.mysql_port);
	CHECK_INT(s.buffer_pool, 64 << 20);
	CHECK_STR(s.cell, "zone1");
	spec_fini(&s);
}

static int change(const char *before, const char *after, bool live, bool *same, struct err *e)
{
	struct spec a, b;
	int rc;

	CHECK(spec_read(str_of(before), NULL, &a, e) == 0);
	CHECK(spec_read(str_of(after), NULL, &b, e) == 0);
	rc = spec_change_check(&a, &b, live, same, e);
	spec_fini(&a);
	spec_fini(&b);
	return rc;
}

/* Issue 8, A 6 and F: what a specification may change. */
static void test_change(void)
{
#define KS(shards, more) "\"keyspaces\":{\"a\":{\"shards\":" shards more "}"
	static const char base[] = "{" KS("[\"-80\",\"80-\"]", ",\"replicas\":1") "}}";
	static const struct {
		const char *text, *message; /* NULL: allowed */
		bool live;
	} cases[] = {
		{"{" KS("[\"80-\",\"-80\"]", ",\"replicas\":2") "}}", NULL, true},
		{"{\"gates\":2," KS("[\"-80\",\"80-\"]",
				    ",\"replicas\":1") ",\"b\":{\"shards\":[\"-\"]}}}",
		 NULL, true},
		{"{\"gates\":0," KS("[\"-80\",\"80-\"]", ",\"replicas\":1") "}}", NULL, false},
		{"{\"gates\":0," KS("[\"-80\",\"80-\"]", ",\"replicas\":1") "}}", "gates", true},
		{"{\"workers\":9," KS("[\"-80\",\"80-\"]", ",\"replicas\":1") "}}", NULL, false},
		{"{\"workers\":9," KS("[\"-80\",\"80-\"]", ",\"replicas\":1") "}}", "workers",
		 true},
		{"{" KS("[\"-\"]", ",\"replicas\":1") "}}", "changes its shards", false},
		{"{" KS("[\"-80\",\"80-\"]", "") "}}", "replicas", false},
		{"{\"keyspaces\":{\"b\":{\"shards\":[\"-\"]}}}", "keyspace a is not in", false},
		{"{\"topo\":\"etcd\"," KS("[\"-80\",\"80-\"]", ",\"replicas\":1") "}}", "topo",
		 false},
	};
	bool same;
	struct err e;

	CHECK(change(base, base, true, &same, &e) == 0 && same);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = change(base, cases[i].text, cases[i].live, &same, &e);

		CHECK(!same);
		CHECK(cases[i].message ? rc < 0 && strstr(e.msg, cases[i].message) : rc == 0);
	}
}

/* Each mistake is named with its field and, where there are lines, its line. */
static void test_mistakes(void)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"{", "line 1"},
		{"[]", "expected an object"},
		{"{}", "\"keyspaces\" is missing"},
		{"{\n\"topos\": 1}", "line 2: topos: unknown field \"topos\""},
		{"{\"topo\": \"zookeeper\"}", "topo: expected \"embedded\" or \"etcd\""},
		{"{\"gates\": -1}", "gates: expected an integer of 0 to 64"},
		{"{\"gates\": 1.5}", "gates: expected an integer"},
		{"{\"gates\": \"1\"}", "gates: expected an integer"},
		{"{\"mysql_port\": 65536}", "mysql_port: expected"},
		{"{\"keyspaces\":{\"MySQL\":{\"shards\":[\"-\"]}}}",
		 "no keyspace can have the name 'MySQL'"},
		{"{\"keyspaces\":{\"_sluice\":{\"shards\":[\"-\"]}}}",
		 "no keyspace can have the name"},
		{"{\"users\":{\"a\":{\"proces\":true}}}", "proces"},
		{"{\"max_replica_lag\": 3}", "max_replica_lag: expected a time"},
		{"{\"durable\": 1}", "durable: expected true or false"},
		{"{\"buffer_pool\": \"1M\"}", "buffer_pool: a mysqld needs"},
		{"{\"buffer_pool\": \"lots\"}", "buffer_pool: expected a size"},
		{"{\"users\": {\"\": \"\"}}", "a user's name"},
		{"{\"users\": {\"a\": 1}}", "users.a: expected a string"},
		{"{\"users\": {\"a\": \"\", \"a\": \"x\"}}", "named twice"},
		{"{\"keyspaces\": {\"a b\": {\"shards\": [\"-\"]}}}", "' ' is not allowed"},
		{"{\"keyspaces\": {\"a\": {}}}", "\"shards\" is missing"},
		{"{\"keyspaces\": {\"a\": {\"shards\": []}}}", "expected a list"},
		{"{\"keyspaces\": {\"a\": {\"shards\": [\"-80\"]}}}", "keyspaces.a"},
		{"{\"keyspaces\": {\"a\": {\"shards\": [\"-80\", \"-80\"]}}}", "named twice"},
		{"{\"keyspaces\": {\"a\": {\"shards\": [\"-80\", \"40-\"]}}}", "keyspaces.a"},
		{"{\"keyspaces\": {\"a\": {\"shards\": [\"-zz\"]}}}", "keyspaces.a.shards[0]"},
		{"{\"keyspaces\":\n {\"a\":\n {\"shards\": [\"-\"], \"vschema\": \"none.json\"}}}",
		 "line 3: keyspaces.a.vschema: cannot read the file"},
		{"{\"keyspaces\": {\"a\": {\"shards\": [\"-\"], \"replica\": 1}}}",
		 "unknown field \"replica\""},
		{"{\"keyspaces\": {\"a\": {\"shards\": [\"-\"], \"durability\": \"semi_sync\"}}}",
		 "durability \"semi_sync\" needs \"replicas\" of 1 or more"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct spec s;
		struct err e;

		err_clear(&e);
		CHECK(spec_read(str_of(cases[i].text), dir, &s, &e) < 0);
		if (!CHECK(strstr(e.msg, cases[i].message) != NULL))
			printf("# %s\n# %s\n", cases[i].text, e.msg);
		spec_fini(&s);
	}
}

static void test_layout(void)
{
	struct layout l, again;
	char path[100];
	struct err e;
	int64_t uid;
	int port, other;

	snprintf(path, sizeof(path), "%s/layout.json", dir);
	CHECK(layout_load(path, &l, &e) == 0);
	CHECK(layout_port(&l, "port a", 0, 0, &port, &e) == 0 && port >= 1024 && port < 32768);
	CHECK(layout_port(&l, "port b", 0, port, &other, &e) == 0 && other != port);
	CHECK(layout_port(&l, "port a", 0, 0, &other, &e) == 0 && other == port);
	CHECK(layout_port(&l, "port c", 15306, 0, &other, &e) == 0 && other == 15306);
	CHECK(layout_uid(&l, "uid ", "uid x/-80/0", 100, &uid, &e) == 0 && uid == 100);
	CHECK(layout_uid(&l, "uid ", "uid x/80-/0", 100, &uid, &e) == 0 && uid == 101);
	CHECK(layout_save(&l, &e) == 0);
	CHECK(layout_load(path, &again, &e) == 0);
	CHECK_INT(layout_get(&again, "port a", 0), port);
	CHECK_INT(layout_get(&again, "uid x/80-/0", 0), 101);
	CHECK_INT(layout_get(&again, "nothing", 7), 7);
	layout_fini(&again);
	layout_fini(&l);
	CHECK(file_write(path, STR_LIT("{nonsense"), 0644, &e) == 0);
	CHECK(layout_load(path, &l, &e) < 0 && strstr(e.msg, "layout.json"));
	layout_fini(&l);
	unlink(path);
}

static const char *find_arg(const struct fleet_process *p, const char *start)
{
	for (size_t i = 0; i < p->argc; i++)
		if (!strncmp(p->argv[i], start, strlen(start)))
			return p->argv[i] + strlen(start);
	return NULL;
}

static void print_json(const struct fleet *f, struct buf *out)
{
	pid_t pids[] = {10, 11, 12, 13, 14, 15, 16, 17}, mysqlds[] = {0, 0, 0, 23, 24, 25, 26, 27};
	const char *types[] = {NULL,	  NULL,	     NULL,	"primary",
			       "primary", "replica", "primary", "replica"};
	struct cluster_file c = {f, 9, pids, mysqlds, types};

	cluster_file_print(&c, out);
}

static void test_fleet(void)
{
	struct layout l = {.path = NULL};
	struct fleet f;
	struct spec s;
	struct err e;
	struct cJSON *doc;
	struct buf b;
	JSON *t;

	CHECK(spec_read(str_of(full), dir, &s, &e) == 0);
	CHECK(fleet_build(&s, &l, "/d", "/bin", &f, &e) == 0);
	CHECK_INT(f.count, 8);
	CHECK_INT(f.keeper_web_port, 15000);
	CHECK_STR(f.processes[2].name, "gate-2");
	CHECK_INT(f.processes[2].mysql_port, 15307);
	CHECK_INT(f.processes[2].web_port, 15002);
	CHECK_STR(f.processes[3].alias, "c1-100");
	CHECK_STR(f.processes[5].alias, "c1-201");
	CHECK(f.processes[4].primary && !f.processes[5].primary);
	CHECK_STR(find_arg(&f.processes[5], "--type="), "replica");
	CHECK_STR(find_arg(&f.processes[5], "--no-dur"), "able");
	CHECK_STR(f.processes[3].argv[f.processes[3].argc], NULL);
	buf_init(&b);
	print_json(&f, &b);
	doc = json_parse(buf_slice(&b), &e);
	CHECK_STR(json_string(json_get(json_get(doc, "topo"), "kind"), ""), "etcd");
	CHECK_INT(json_int(json_get(json_get(doc, "keeper"), "pid"), 0), 9);
	CHECK_INT(json_len(json_get(doc, "gates")), 2);
	CHECK_INT(json_len(json_get(doc, "tablets")), 5);
	t = json_at(json_get(doc, "tablets"), 2);
	CHECK_STR(json_string(json_get(t, "type"), ""), "replica");
	CHECK_INT(json_int(json_get(t, "mysqld_pid"), 0), 25);
	CHECK_STR(json_string(json_get(t, "mysqld_socket"), ""), "/d/tablets/c1-201/mysqld.sock");
	json_free(doc);
	buf_fini(&b);
	fleet_fini(&f);
	layout_fini(&l);
	spec_fini(&s);
}

static void test_deep_directory(void)
{
	struct layout l = {.path = NULL};
	char deep[120];
	struct fleet f;
	struct spec s;
	struct err e;

	memset(deep, 'x', sizeof(deep) - 1);
	deep[0] = '/';
	deep[sizeof(deep) - 1] = 0;
	CHECK(spec_read(str_of(full), dir, &s, &e) == 0);
	CHECK(fleet_build(&s, &l, deep, "/bin", &f, &e) < 0 && strstr(e.msg, "too deep"));
	fleet_fini(&f);
	layout_fini(&l);
	spec_fini(&s);
}

static void test_supervise(void)
{
	struct supervise s = {.running = false};
	uint64_t now = 1000;
	uint64_t pause = 0;

	CHECK_INT(supervise_step(&s, true, now), SUPERVISE_NOTHING);
	CHECK_INT(supervise_step(&s, false, now += 10), SUPERVISE_DIED);
	CHECK_INT(supervise_step(&s, false, now), SUPERVISE_START);
	/* It dies at each start: the pauses grow up to the limit. */
	for (int i = 0; i < 20; i++) {
		CHECK_INT(supervise_step(&s, false, now += 1000), SUPERVISE_DIED);
		CHECK(s.retry_us - now >= pause);
		pause = s.retry_us - now;
		CHECK_INT(supervise_step(&s, false, s.retry_us - 1), SUPERVISE_NOTHING);
		now = s.retry_us;
		CHECK_INT(supervise_step(&s, false, now), SUPERVISE_START);
	}
	CHECK_INT(pause, SUPERVISE_PAUSE_MAX_US);
	CHECK_INT(s.restarts, 21);
	/* It stays: the next death is a first one. */
	CHECK_INT(supervise_step(&s, true, now += SUPERVISE_STABLE_US), SUPERVISE_NOTHING);
	CHECK_INT(supervise_step(&s, false, ++now), SUPERVISE_DIED);
	CHECK_INT(supervise_step(&s, false, now), SUPERVISE_START);
}

int main(void)
{
	char path[100];
	struct err e;

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/s.sql", dir);
	if (file_write(path, STR_LIT("SELECT 1"), 0644, &e) < 0)
		return 1;
	test_full();
	test_change();
	test_defaults();
	test_mistakes();
	test_layout();
	test_fleet();
	test_deep_directory();
	test_supervise();
	unlink(path);
	rmdir(dir);
	return TAP_DONE();
}
