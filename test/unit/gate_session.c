/* What a session is made of, without sockets: users, targets, prepared statements, kept
 * connections, warnings. */
#include <stdlib.h>

#include "gate/catalog/catalog.h"
#include "gate/client/conditions.h"
#include "gate/session/users.h"
#include "gate/txn/txn.h"
#include "gate/vars/session_vars.h"
#include "gate/vars/stmt.h"
#include "gate/vars/target.h"
#include "test/lib/tap.h"
#include "topo/graph.h"
#include "topo/graph_build.h"

#define NATIVE "*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29"

/* --- users --- */

static void bad_users(const char *text, const char *part)
{
	struct users *u;
	struct err e;

	err_clear(&e);
	u = users_parse(str_of(text), &e);
	CHECK(!u);
	if (!CHECK(strstr(e.msg, part) != NULL))
		printf("# %s: %s\n", text, e.msg);
}

static void test_user_errors(void)
{
	bad_users("", "");
	bad_users("{", "");
	bad_users("[]", "one JSON object");
	bad_users("3", "one JSON object");
	bad_users("{\"a\": 5}", "user \"a\"");
	bad_users("{\"a\": null}", "user \"a\"");
	bad_users("{\"a\": {}}", "user \"a\"");
	bad_users("{\"ok\": \"\", \"b\": \"plain\"}", "user \"b\"");
	bad_users("{\"a\": {\"password\": \"*12\"}}", "user \"a\"");
	bad_users("{\"a\": {\"password\": 5}}", "user \"a\"");
	bad_users("{\"a\": {\"password\": \"\", \"tls\": \"yes\"}}", "\"tls\"");
	bad_users("{\"a\": {\"password\": \"\", \"tsl\": true}}", "\"tsl\"");
	bad_users("{\"a\": {\"password\": \"\", \"hosts\": \"127.0.0.1\"}}", "hosts");
	bad_users("{\"a\": {\"password\": \"\", \"hosts\": []}}", "hosts");
	bad_users("{\"a\": {\"password\": \"\", \"hosts\": [5]}}", "hosts");
	bad_users("{\"a\": {\"password\": \"\", \"hosts\": [\"::1\", \"localhost\"]}}", "numeric");
}

static void test_users(void)
{
	static const char text[] =
		"{\"root\": \"\", \"app\": \"" NATIVE "\", \"tls\": {\"password\": \"\", \"tls\": "
		"true},"
		"\"op\": {\"password\": \"\", \"admin\": true},"
		"\"near\": {\"password\": \"\", \"hosts\": [\"10.0.0.1\", \"::1\"]}}";
	uint8_t fast[USERS_FAST] = {1, 2, 3}, out[USERS_FAST];
	struct users *u;
	struct user *near;
	struct err e;

	u = users_parse(str_of(text), &e);
	if (!CHECK(u != NULL))
		return;
	CHECK(users_find(u, STR_LIT("root"), STR_LIT("1.2.3.4")) != NULL);
	CHECK(!users_find(u, STR_LIT("Root"), STR_LIT("1.2.3.4")));
	CHECK(!users_find(u, STR_LIT(""), STR_LIT("")));
	CHECK(users_find(u, STR_LIT("tls"), STR_LIT(""))->require_tls);
	CHECK(users_find(u, STR_LIT("op"), STR_LIT(""))->admin);
	CHECK(!users_find(u, STR_LIT("root"), STR_LIT(""))->admin);
	CHECK_STR(users_find(u, STR_LIT("app"), STR_LIT("::1"))->hash, NATIVE);
	near = users_find(u, STR_LIT("near"), STR_LIT("10.0.0.1"));
	CHECK(near && near == users_find(u, STR_LIT("near"), STR_LIT("::1")));
	CHECK(near == users_find(u, STR_LIT("near"), STR_LIT("")));
	CHECK(!users_find(u, STR_LIT("near"), STR_LIT("10.0.0.10")));
	CHECK(!users_find(u, STR_LIT("near"), STR_LIT("10.0.0")));
	CHECK(!users_fast_get(u, near, out));
	users_fast_put(u, near, fast);
	CHECK(users_fast_get(u, near, out) && !memcmp(fast, out, sizeof(out)));
	snapshot_put(&u->snap);
	CHECK(!users_load("/nonexistent/users.json", &e));
	CHECK(strstr(e.msg, "/nonexistent/users.json") != NULL);
}

/* --- targets --- */

static void put(struct graph_source *src, const char *key, const char *value)
{
	if (graph_build_put(src, key, str_of(value)) < 0)
		abort();
}

static void good_target(const struct gate_catalog *c, const char *text, const char *printed)
{
	struct session_target t;
	char out[160];
	struct err e;

	if (!CHECK_INT(target_parse(str_of(text), c->graph, &t, &e), 0))
		return;
	target_print(&t, out, sizeof(out));
	CHECK_STR(out, printed);
}

static void test_targets(void)
{
	static const char *const bad[] = {"nope",	 "ks:",
					  "ks/",	 "ks:90-",
					  ":-80",	 "ks@",
					  "ks@no",	 "ks@spare",
					  "ks:-80@",	 "KS",
					  "ks:-80:",	 "@",
					  "ks@@replica", "ks@replicaandmore",
					  "ks:-80/x",	 "ks@primary@replica"};
	struct graph_source src;
	struct session_target t;
	struct graph *g;
	struct gate_catalog *c;
	struct err e;

	graph_build_init(&src);
	put(&src, "global/keyspaces/ks/keyspace", "{\"name\":\"ks\",\"sharded\":true}");
	put(&src, "global/keyspaces/ks/shards/-80", "{\"keyspace\":\"ks\",\"shard\":\"-80\"}");
	put(&src, "global/keyspaces/ks/shards/80-", "{\"keyspace\":\"ks\",\"shard\":\"80-\"}");
	put(&src, "global/keyspaces/ks/shards/80-c0",
	    "{\"keyspace\":\"ks\",\"shard\":\"80-c0\",\"not_serving\":true}");
	g = graph_build(&src, "zone1");
	graph_build_fini(&src);
	c = g ? catalog_new(g, NULL, STR_LIT(""), NULL) : NULL;
	if (!CHECK(c != NULL))
		return;
	good_target(c, "", "");
	good_target(c, "ks", "ks");
	good_target(c, "ks:-80", "ks:-80");
	good_target(c, "ks/80-", "ks:80-");
	good_target(c, "ks@replica", "ks@replica");
	good_target(c, "ks:80-@rdonly", "ks:80-@rdonly");
	good_target(c, "ks/-80@primary", "ks:-80");
	good_target(c, "@replica", "@replica");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_clear(&e);
		if (!CHECK_INT(target_parse(str_of(bad[i]), c->graph, &t, &e), -1))
			printf("# %s\n", bad[i]);
		CHECK_INT(e.mysql_errno, 1049);
	}
	CHECK_INT(target_parse(STR_LIT("ks:80-c0"), c->graph, &t, &e), -1);
	CHECK_INT(e.code, ERR_UNAVAILABLE);
	CHECK_INT(target_parse(STR_LIT("ks"), NULL, &t, &e), -1);
	CHECK_INT(e.code, ERR_UNAVAILABLE);
	snapshot_put(&c->snap);
	snapshot_put((struct snapshot *)g);
}

/* --- prepared statements --- */

static void test_statements(void)
{
	struct stmt_reading now = {.lex_mode = 0};
	struct stmt_list s = {.count = 0};
	char big[600] = {0};
	struct stmt *st, *again;
	struct err e;

	for (uint32_t i = 1; i <= 20; i++) {
		st = stmt_new(&s, STR_LIT("SELECT ?, ?"), &now, 2, 2, 20, &e);
		CHECK(st && st->id == i && stmt_find(&s, i, "x", &e) == st);
	}
	CHECK(!stmt_new(&s, STR_LIT("SELECT 1"), &now, 0, 1, 20, &e));
	CHECK_INT(e.mysql_errno, 1461);
	CHECK(!stmt_find(&s, 0, "x", &e) && !stmt_find(&s, 21, "x", &e) &&
	      !stmt_find(&s, UINT32_MAX, "x", &e));
	CHECK_INT(e.mysql_errno, 1243);
	stmt_close(&s, stmt_find(&s, 5, "x", &e));
	CHECK(!stmt_find(&s, 5, "x", &e));
	stmt_close(&s, stmt_find(&s, 7, "x", &e));
	st = stmt_new(&s, STR_LIT("a"), &now, 0, 0, 20, &e);
	again = stmt_new(&s, STR_LIT("b"), &now, 0, 0, 20, &e);
	CHECK(st && again && st != again && st->id != again->id && s.open == 20);
	st = stmt_find(&s, 1, "x", &e);
	stmt_append_long(st, 1, STR_LIT("abc"), 1000);
	stmt_append_long(st, 1, STR_LIT("def"), 1000);
	CHECK(stmt_check_long(st, &e) == 0 && st->long_data[1].given && !st->long_data[0].given);
	CHECK(str_eqz(buf_slice(&st->long_data[1].b), "abcdef"));
	stmt_append_long(st, 0, str_make(big, sizeof(big)), 1000);
	CHECK_INT(stmt_check_long(st, &e), 0);
	stmt_append_long(st, 0, str_make(big, sizeof(big)), 1000);
	CHECK_INT(stmt_check_long(st, &e), -1);
	CHECK_INT(e.mysql_errno, 1153);
	stmt_reset(st);
	CHECK(stmt_check_long(st, &e) == 0 && !st->long_data);
	stmt_append_long(st, 2, STR_LIT("x"), 1000);
	CHECK_INT(stmt_check_long(st, &e), -1);
	CHECK_INT(e.mysql_errno, 1210);
	stmt_close_all(&s);
	CHECK(s.open == 0 && !s.v);
	st = stmt_new(&s, STR_LIT("c"), &now, 0, 0, 20, &e);
	CHECK(st && st->id == 1);
	stmt_close_all(&s);
}

/* --- transactions, warnings --- */

static void test_txn(void)
{
	struct txn t = {0};
	struct txn_shard *a = txn_add(&t, "ks", "-80", 0);

	a->in_txn = true;
	a = txn_add(&t, "ks", "80-", 0);
	a->reserved = a->in_txn = a->wrote = true;
	txn_add(&t, "ks", "80-", 1);
	t.open = t.lost = true;
	t.begin = str_dup(STR_LIT("START TRANSACTION READ ONLY"));
	CHECK(txn_has_participants(&t));
	CHECK(txn_find(&t, "ks", "80-", 1) != txn_find(&t, "ks", "80-", 0));
	CHECK(!txn_find(&t, "ks", "80", 0) && !txn_find(&t, "k", "-80", 0));
	txn_clear(&t);
	a = txn_find(&t, "ks", "80-", 0);
	CHECK(t.len == 1 && a && a->reserved && !a->in_txn && !a->wrote);
	CHECK(!t.open && !t.lost && !t.begin && !txn_has_participants(&t));
	txn_fini(&t);
	CHECK(t.len == 0 && !t.shard);
	txn_fini(&t);
}

static void test_conditions(void)
{
	struct conditions c = {.warnings = 0};
	struct err e;

	conditions_clear(&c);
	for (int i = 0; i < 100; i++)
		conditions_add(&c, i % 2 ? "Warning" : "Error", 1000u + (unsigned)i,
			       STR_LIT("some\0thing"));
	c.warnings = 100;
	CHECK_INT(c.len, CONDITIONS_MAX);
	CHECK(c.v[63].code == 1063 && c.v[63].n == 10 &&
	      !memcmp(c.v[63].message, "some\0thing", 10));
	CHECK_INT(conditions_count(&c), 100);
	CHECK_INT(conditions_errors(&c), 32);
	err_set(&e, ERR_SYNTAX, "x");
	conditions_set_error(&c, &e);
	CHECK_INT(conditions_count(&c), 101);
	CHECK_INT(conditions_errors(&c), 33);
	conditions_clear(&c);
	CHECK(!c.len && !c.v && !conditions_count(&c) && !conditions_errors(&c));
	conditions_fini(&c);
}

int main(void)
{
	test_user_errors();
	test_users();
	test_targets();
	test_statements();
	test_txn();
	test_conditions();
	return TAP_DONE();
}
