/* The graph, built from records without a store. */
#include <stdarg.h>

#include "src/base/log.h"
#include "src/shard/vschema.h"
#include "test/lib/tap.h"
#include "topo/graph.h"
#include "topo/graph_build.h"

static struct graph_source src;

static void put(const char *key, const char *value)
{
	CHECK_INT(graph_build_put(&src, key, str_of(value)), 0);
}

static void put_tablet(const char *alias, const char *shard, const char *type)
{
	char key[100], value[300];
	const char *uid = strrchr(alias, '-') + 1;

	snprintf(key, sizeof(key), "cells/%.2s/tablets/%s", alias, alias);
	snprintf(value, sizeof(value),
		 "{\"cell\":\"%.2s\",\"uid\":%s,\"keyspace\":\"cust\",\"shard\":\"%s\",\"type\":\"%"
		 "s\","
		 "\"rpc_address\":\"127.0.0.1:%s\"}",
		 alias, uid, shard, type, uid);
	put(key, value);
}

static void fill(void)
{
	put("global/keyspaces/cust/keyspace", "{\"name\":\"cust\",\"sharded\":true}");
	put("global/keyspaces/com/keyspace", "{\"name\":\"com\"}");
	put("global/keyspaces/com/shards/0", "{\"keyspace\":\"com\",\"shard\":\"0\"}");
	put("global/keyspaces/cust/shards/80-",
	    "{\"keyspace\":\"cust\",\"shard\":\"80-\",\"primary\":\"z2-3\",\"primary_term\":4}");
	put("global/keyspaces/cust/shards/-80",
	    "{\"keyspace\":\"cust\",\"shard\":\"-80\",\"primary\":\"z1-1\",\"primary_term\":2}");
	put("global/keyspaces/cust/vschema",
	    "{\"sharded\":true,\"vindexes\":{\"h\":{\"type\":\"hash\"}},"
	    "\"tables\":{\"t\":{\"column_vindexes\":[{\"column\":\"id\",\"name\":\"h\"}]}}}");
	put_tablet("z1-1", "-80", "primary");
	put_tablet("z1-2", "-80", "primary"); /* it thinks so; the shard's record does not */
	put_tablet("z2-3", "80-", "replica");
	put_tablet("z1-9", "40-60", "replica"); /* no such shard */
	put("global/routing_rules",
	    "{\"rules\":[{\"from_table\":\"t\",\"to_tables\":[\"cust.t\"]}]}");
	put("global/cells/z1", "{\"name\":\"z1\"}");
}

static void test_whole(void)
{
	struct graph *g = graph_build(&src, "z1");
	const struct graph_keyspace *ks = graph_find_keyspace(g, str_of("cust"));
	const struct graph_shard *s, *const *list;

	CHECK_INT(g->keyspace_count, 2);
	CHECK(!graph_find_keyspace(g, str_of("cus")) && !graph_find_keyspace(g, str_of("custo")));
	CHECK(ks && ks->sharded && ks->shard_count == 2);
	CHECK_INT(ks->serving[TABLET_PRIMARY].count, 2);
	CHECK(vschema_find_table(ks->vschema, str_of("t")) != NULL);
	s = graph_route(ks, TABLET_PRIMARY, str_make("\x7f\xff", 2));
	CHECK_STR(s->name, "-80");
	CHECK_INT(s->tablet_count, 2);
	CHECK_STR(s->primary->alias, "z1-1");
	CHECK_INT(s->primary->term, 2);
	CHECK_STR(s->primary->rpc_address, "127.0.0.1:1");
	CHECK_INT(s->tablets[1].type, TABLET_REPLICA);
	CHECK(s->tablets[0].shard == s && s->keyspace == ks);
	s = graph_route(ks, TABLET_REPLICA, str_make("\x80", 1));
	CHECK_STR(s->name, "80-");
	CHECK_STR(s->primary->alias, "z2-3");
	CHECK_INT(s->primary->type, TABLET_PRIMARY);
	CHECK(graph_route(ks, TABLET_PRIMARY, str_make("\x80\0\0", 3)) == s);
	CHECK(graph_route(ks, TABLET_PRIMARY, str_make("", 0)) != s);
	CHECK(graph_find_shard(ks, str_of("80-")) == s);
	CHECK(graph_find_shard(ks, str_of("8000-")) == s);
	CHECK(!graph_find_shard(ks, str_of("80")) && !graph_find_shard(ks, str_of("-")));
	CHECK_INT(
		graph_route_range(ks, TABLET_PRIMARY, str_make("\x70", 1), str_make("", 0), &list),
		2);
	CHECK_INT(graph_route_range(ks, TABLET_PRIMARY, str_make("\x70", 1), str_make("\x80", 1),
				    &list),
		  1);
	CHECK_STR(list[0]->name, "-80");
	CHECK_INT(graph_route_range(ks, TABLET_PRIMARY, str_make("\x90", 1), str_make("\x91", 1),
				    &list),
		  1);
	CHECK_STR(list[0]->name, "80-");
	ks = graph_find_keyspace(g, str_of("com"));
	CHECK(graph_find_shard(ks, str_of("-")) == graph_find_shard(ks, str_of("0")));
	CHECK(graph_find_shard(ks, str_of("0"))->primary == NULL);
	CHECK_INT(g->tablet_count, 3);
	CHECK(graph_find_tablet(g, str_of("z1-2")) && !graph_find_tablet(g, str_of("z1-9")));
	CHECK(g->rules != NULL);
	snapshot_put(&g->snap);
}

/* Issue 8, A 6: a shard that overlaps serving ones is made not serving, and no change of records
 * takes a keyspace away from the gates. */
static void test_not_serving(void)
{
	struct graph *g;
	const struct graph_keyspace *ks;

	put("global/keyspaces/cust/shards/-40",
	    "{\"keyspace\":\"cust\",\"shard\":\"-40\",\"not_serving\":true}");
	g = graph_build(&src, "z1");
	ks = graph_find_keyspace(g, str_of("cust"));
	CHECK(ks->serving[TABLET_PRIMARY].count == 2 && !ks->serving[TABLET_PRIMARY].problem);
	CHECK_STR(graph_route(ks, TABLET_PRIMARY, str_make("\x20", 1))->name, "-80");
	/* Those that serve come first. */
	CHECK_INT(ks->shard_count, 3);
	CHECK(ks->shards[0].serving && ks->shards[1].serving && !ks->shards[2].serving);
	CHECK_STR(ks->shards[2].name, "-40");
	CHECK(graph_is_live(ks) && !graph_is_live(graph_find_keyspace(g, str_of("com"))));
	snapshot_put(&g->snap);
	/* A shard is missing: there is no partition to go on with. */
	graph_build_delete(&src, "global/keyspaces/cust/shards/80-");
	g = graph_build(&src, "z1");
	ks = graph_find_keyspace(g, str_of("cust"));
	CHECK(ks->serving[TABLET_PRIMARY].count == 0 && ks->serving[TABLET_PRIMARY].problem);
	snapshot_put(&g->snap);
	put("global/keyspaces/cust/shards/80-",
	    "{\"keyspace\":\"cust\",\"shard\":\"80-\",\"primary\":\"z2-3\",\"primary_term\":4}");
	graph_build_delete(&src, "global/keyspaces/cust/shards/-40");
	/* A keyspace made again starts without a memory. */
	graph_build_delete(&src, "global/keyspaces/cust/keyspace");
	put("global/keyspaces/cust/keyspace", "{\"name\":\"cust\",\"sharded\":true}");
	put("global/keyspaces/cust/shards/c0-", "{\"keyspace\":\"cust\",\"shard\":\"c0-\"}");
	g = graph_build(&src, "z1");
	CHECK_INT(graph_find_keyspace(g, str_of("cust"))->serving[TABLET_PRIMARY].count, 0);
	snapshot_put(&g->snap);
	graph_build_delete(&src, "global/keyspaces/cust/shards/c0-");
	g = graph_build(&src, "z1");
	CHECK_INT(graph_find_keyspace(g, str_of("cust"))->serving[TABLET_PRIMARY].count, 2);
	snapshot_put(&g->snap);
}

static void test_changes(void)
{
	struct graph *g, *old = graph_build(&src, "z1");
	const struct graph_keyspace *ks;

	/* A broken VSchema leaves the good one in use, and says so. */
	put("global/keyspaces/cust/vschema", "{\"shardid\":true}");
	g = graph_build(&src, "z1");
	ks = graph_find_keyspace(g, str_of("cust"));
	CHECK(vschema_find_table(ks->vschema, str_of("t")) != NULL && ks->vschema_problem != NULL);
	snapshot_put(&g->snap);
	graph_build_delete(&src, "global/keyspaces/cust/vschema");
	/* A shard that overlaps others does not serve while a record says who does. */
	put("global/keyspaces/cust/shards/c0-", "{\"keyspace\":\"cust\",\"shard\":\"c0-\"}");
	g = graph_build(&src, "z1");
	ks = graph_find_keyspace(g, str_of("cust"));
	CHECK(!vschema_find_table(ks->vschema, str_of("t")) && !ks->vschema_problem);
	CHECK_STR(ks->serving[TABLET_PRIMARY].problem, "shard c0- overlaps the one before it");
	/* The last good shards go on. */
	CHECK_INT(ks->serving[TABLET_PRIMARY].count, 2);
	CHECK_STR(graph_route(ks, TABLET_PRIMARY, str_make("\xd0", 1))->name, "80-");
	snapshot_put(&g->snap);
	put("cells/z1/serving/cust", "{\"keyspace\":\"cust\",\"shards\":[{\"shard\":\"-80\","
				     "\"serves\":[\"primary\",\"replica\"]},"
				     "{\"shard\":\"80-\",\"serves\":[\"primary\"]}]}");
	g = graph_build(&src, "z1");
	ks = graph_find_keyspace(g, str_of("cust"));
	CHECK_STR(graph_route(ks, TABLET_PRIMARY, str_make("\xd0", 1))->name, "80-");
	CHECK(ks->serving[TABLET_REPLICA].count == 2 && ks->serving[TABLET_REPLICA].problem);
	CHECK(ks->serving[TABLET_RDONLY].count == 0 && ks->serving[TABLET_RDONLY].problem);
	snapshot_put(&g->snap);
	/* Another cell has no such record. */
	g = graph_build(&src, "z2");
	CHECK(graph_find_keyspace(g, str_of("cust"))->serving[TABLET_PRIMARY].problem != NULL);
	snapshot_put(&g->snap);
	/* Bad records are left out. */
	put("cells/z1/tablets/z1-1", "{\"cell\":");
	put("global/keyspaces/com/keyspace", "[]");
	g = graph_build(&src, "z1");
	CHECK(!graph_find_keyspace(g, str_of("com")));
	CHECK(graph_find_shard(graph_find_keyspace(g, str_of("cust")), str_of("-80"))->primary ==
	      NULL);
	CHECK_INT(g->tablet_count, 2);
	snapshot_put(&g->snap);
	/* The first graph is as it was. */
	CHECK(vschema_find_table(graph_find_keyspace(old, str_of("cust"))->vschema, str_of("t")) !=
	      NULL);
	snapshot_put(&old->snap);
}

int main(void)
{
	struct graph *g;

	log_set_level(LOG_ERROR);
	graph_build_init(&src);
	g = graph_build(&src, "z1");
	CHECK(g && g->keyspace_count == 0 && !graph_find_keyspace(g, str_of("x")));
	snapshot_put(&g->snap);
	fill();
	test_whole();
	test_not_serving();
	test_changes();
	graph_build_fini(&src);
	return TAP_DONE();
}
