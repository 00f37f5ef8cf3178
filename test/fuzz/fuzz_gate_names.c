/* Users files and targets: no crash, no leak; a target that parses prints and parses to itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gate/catalog/catalog.h"
#include "gate/session/users.h"
#include "gate/vars/session_vars.h"
#include "gate/vars/target.h"
#include "topo/graph.h"
#include "topo/graph_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct gate_catalog *make_catalog(void)
{
	static const char *const records[][2] = {
		{"global/keyspaces/ks/keyspace", "{\"name\":\"ks\",\"sharded\":true}"},
		{"global/keyspaces/ks/shards/-80", "{\"keyspace\":\"ks\",\"shard\":\"-80\"}"},
		{"global/keyspaces/ks/shards/80-", "{\"keyspace\":\"ks\",\"shard\":\"80-\"}"},
	};
	struct graph_source src;
	struct graph *g;
	struct gate_catalog *c;

	graph_build_init(&src);
	for (size_t i = 0; i < 3; i++)
		if (graph_build_put(&src, records[i][0], str_of(records[i][1])) < 0)
			abort();
	g = graph_build(&src, "zone1");
	graph_build_fini(&src);
	c = g ? catalog_new(g, NULL, STR_LIT(""), NULL) : NULL;
	if (!c)
		abort();
	snapshot_put((struct snapshot *)g);
	return c;
}

static void target(struct str text)
{
	struct gate_catalog *c = make_catalog();
	struct session_target a, b;
	char printed[160];
	struct err e;

	if (target_parse(text, c->graph, &a, &e) == 0) {
		target_print(&a, printed, sizeof(printed));
		if (target_parse(str_of(printed), c->graph, &b, &e) < 0 ||
		    strcmp(a.keyspace, b.keyspace) != 0 || strcmp(a.shard, b.shard) != 0 ||
		    a.tablet_type != b.tablet_type)
			abort();
	}
	snapshot_put(&c->snap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct users *u;
	struct err e;

	target(text);
	u = users_parse(text, &e);
	if (u) {
		users_find(u, text, STR_LIT("127.0.0.1"));
		snapshot_put(&u->snap);
	}
	return 0;
}
