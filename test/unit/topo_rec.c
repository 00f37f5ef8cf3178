/* Records: JSON there and back, names, keys; base64. */
#include "src/base/base64.h"
#include "test/lib/tap.h"
#include "topo/rec_cell.h"
#include "topo/rec_keyspace.h"
#include "topo/rec_serving.h"
#include "topo/rec_shard.h"
#include "topo/rec_tablet.h"

static void test_tablet(void)
{
	struct rec_tablet t = {.cell = "zone-1",
			       .uid = 100,
			       .keyspace = "customer",
			       .shard = "-80",
			       .type = TABLET_RDONLY,
			       .hostname = "h\"1",
			       .rpc_address = "127.0.0.1:16100",
			       .mysql_socket = "/tmp/x y.sock",
			       .started_ms = 1794999999123};
	struct rec_tablet back;
	char alias[REC_ALIAS], cell[REC_NAME], key[REC_KEY];
	int32_t uid;
	struct err e;
	struct buf b;

	buf_init(&b);
	rec_print(&rec_tablet_kind, &t, &b);
	CHECK_INT(rec_read(&rec_tablet_kind, buf_slice(&b), &back, &e), 0);
	CHECK_STR(back.hostname, "h\"1");
	CHECK_STR(back.mysql_socket, t.mysql_socket);
	CHECK_INT(back.started_ms, t.started_ms);
	CHECK(back.type == TABLET_RDONLY && back.uid == 100);
	rec_tablet_alias(&back, alias);
	CHECK_STR(alias, "zone-1-100");
	CHECK_INT(rec_tablet_parse_alias(alias, cell, &uid), 0);
	CHECK_STR(cell, "zone-1");
	CHECK_INT(uid, 100);
	CHECK_INT(rec_tablet_key(alias, key, &e), 0);
	CHECK_STR(key, "cells/zone-1/tablets/zone-1-100");
	CHECK(rec_tablet_parse_alias("zone1", cell, &uid) < 0);
	CHECK(rec_tablet_parse_alias("-1", cell, &uid) < 0);
	CHECK(rec_tablet_parse_alias("a-", cell, &uid) < 0);
	CHECK(rec_tablet_parse_alias("a-99999999999", cell, &uid) < 0);
	CHECK(rec_tablet_key("../x", key, &e) < 0);
	buf_fini(&b);
}

static int read_tablet(const char *text)
{
	struct rec_tablet t;
	struct err e;

	return rec_read(&rec_tablet_kind, str_of(text), &t, &e);
}

static void test_bad(void)
{
	char large[1000];
	struct err e;
	struct rec_keyspace ks;
	struct rec_shard sh;

	CHECK_INT(read_tablet("{\"cell\":\"z\",\"uid\":1,\"keyspace\":\"k\",\"shard\":\"0\","
			      "\"later\":[1]}"),
		  0);
	CHECK_INT(read_tablet("{\"cell\":\"z\",\"uid\":-1,\"keyspace\":\"k\",\"shard\":\"0\"}"),
		  -1);
	CHECK_INT(read_tablet("{\"cell\":\"z/..\",\"uid\":1,\"keyspace\":\"k\",\"shard\":\"0\"}"),
		  -1);
	CHECK_INT(read_tablet("{\"cell\":\"z\",\"uid\":1,\"keyspace\":\"k\",\"shard\":\"80-40\"}"),
		  -1);
	CHECK_INT(read_tablet("{\"cell\":\"z\",\"uid\":1,\"keyspace\":\"k\",\"shard\":\"0\","
			      "\"type\":\"x\"}"),
		  -1);
	CHECK_INT(read_tablet("{\"cell\":\"z\",\"uid\":\"a\",\"keyspace\":\"k\",\"shard\":\"0\"}"),
		  -1);
	CHECK_INT(read_tablet("{"), -1);
	CHECK_INT(read_tablet("[]"), -1);
	snprintf(large, sizeof(large), "{\"name\":\"%0*d\"}", 65, 1);
	CHECK_INT(rec_read(&rec_keyspace_kind, str_of(large), &ks, &e), -1);
	CHECK_INT(rec_read(&rec_keyspace_kind, str_of("{\"name\":\"a b\"}"), &ks, &e), -1);
	CHECK_STR(e.msg, "keyspace record: keyspace name 'a b': ' ' is not allowed");
	CHECK_INT(rec_read(&rec_keyspace_kind, str_of("{\"name\":\"a\",\"durability\":\"x\"}"), &ks,
			   &e),
		  -1);
	CHECK_INT(
		rec_read(&rec_keyspace_kind, str_of("{\"name\":\"a\",\"sharded\":true}"), &ks, &e),
		0);
	CHECK(ks.sharded);
	CHECK_INT(rec_read(&rec_shard_kind,
			   str_of("{\"keyspace\":\"a\",\"shard\":\"80-\",\"primary\":\"z-1\","
				  "\"primary_term\":\"7\"}"),
			   &sh, &e),
		  0);
	CHECK_INT(sh.primary_term, 7);
}

static void test_serving(void)
{
	struct rec_serving r = {.keyspace = "ks"}, back;
	struct err e;
	struct buf b;

	buf_init(&b);
	CHECK_INT(rec_serving_add(&r, "-80", 1U << TABLET_PRIMARY | 1U << TABLET_REPLICA), 0);
	CHECK_INT(rec_serving_add(&r, "80-", ~0U), 0);
	rec_serving_print(&r, &b);
	CHECK_INT(rec_serving_read(buf_slice(&b), &back, &e), 0);
	CHECK_INT(back.count, 2);
	CHECK(back.shards[0].serves[TABLET_REPLICA] && !back.shards[0].serves[TABLET_RDONLY]);
	CHECK(back.shards[1].serves[TABLET_RDONLY] && !back.shards[1].serves[TABLET_SPARE]);
	CHECK_STR(back.shards[1].name, "80-");
	rec_serving_fini(&back);
	CHECK_INT(rec_serving_read(str_of("{\"keyspace\":\"k\",\"shards\":[{\"shard\":\"-80\","
					  "\"serves\":[\"spare\"]}]}"),
				   &back, &e),
		  -1);
	rec_serving_fini(&r);
	buf_fini(&b);
}

static void test_base64(void)
{
	static const char *const pairs[][2] = {
		{"", ""},	 {"f", "Zg=="},	       {"fo", "Zm8="},
		{"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"},
	};
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		buf_reset(&b);
		base64_encode(&b, str_of(pairs[i][0]));
		CHECK_STR(buf_cstr(&b), pairs[i][1]);
		buf_reset(&b);
		CHECK(base64_decode(&b, str_of(pairs[i][1])) == 0);
		CHECK_MEM(b.p, b.len, pairs[i][0], strlen(pairs[i][0]));
	}
	CHECK(base64_decode(&b, str_of("Zg=")) < 0);
	CHECK(base64_decode(&b, str_of("Z===")) < 0);
	CHECK(base64_decode(&b, str_of("Zg==Zg==")) < 0);
	CHECK(base64_decode(&b, str_of("Z*==")) < 0);
	buf_fini(&b);
}

int main(void)
{
	test_tablet();
	test_bad();
	test_serving();
	test_base64();
	return TAP_DONE();
}
