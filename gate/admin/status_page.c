#include "gate/admin/status_page.h"

#include <stdatomic.h>

#include "gate/base/gate_settings.h"
#include "gate/catalog/catalog.h"
#include "gate/session/gate.h"
#include "src/base/metrics.h"
#include "src/net/http_pages.h"
#include "topo/graph.h"

static void print_shard(const struct graph_shard *s, struct buf *out)
{
	buf_puts(out, "<tr><td>");
	http_pages_escape(out, str_of(s->keyspace->name));
	buf_puts(out, "</td><td>");
	http_pages_escape(out, str_of(s->name));
	buf_puts(out, "</td><td>");
	http_pages_escape(out, str_of(s->primary ? s->primary->alias : "none"));
	buf_puts(out, "</td><td>");
	for (size_t i = 0; i < s->tablet_count; i++) {
		http_pages_escape(out, str_of(s->tablets[i].alias));
		buf_printf(out, " (%s) ", rec_tablet_type_name(s->tablets[i].type));
	}
	buf_puts(out, "</td></tr>\n");
}

static int64_t counter(const char *name)
{
	return metrics_value(metrics_id(METRIC_COUNTER, name, "", ""));
}

void status_page_print(struct gate *g, struct buf *out)
{
	struct gate_catalog *c = (struct gate_catalog *)snapshot_acquire(&g->catalog, NULL);

	buf_printf(out,
		   "<p>Connections: %u of %lld. Statements: %lld. Errors: %lld. Plans cached: %lld "
		   "hits, "
		   "%lld misses.</p>\n",
		   atomic_load(&g->connections), (long long)g->settings->max_connections,
		   (long long)counter("sluice_gate_queries_total"),
		   (long long)counter("sluice_gate_errors_total"),
		   (long long)counter("sluice_gate_plan_cache_hits_total"),
		   (long long)counter("sluice_gate_plan_cache_misses_total"));
	if (!c) {
		buf_puts(out, "<p>The topology has not been read yet.</p>\n");
		return;
	}
	buf_puts(out, "<table><tr><th>Keyspace</th><th>Shard</th><th>Primary</th><th>Tablets</th></"
		      "tr>\n");
	for (size_t i = 0; i < c->graph->keyspace_count; i++)
		for (size_t k = 0; k < c->graph->keyspaces[i].shard_count; k++)
			print_shard(&c->graph->keyspaces[i].shards[k], out);
	buf_puts(out, "</table>\n");
	snapshot_put(&c->snap);
}
