#include "gate/catalog/catalog_match.h"

#include <string.h>

#include "gate/catalog/catalog.h"
#include "src/base/buf.h"
#include "src/shard/vschema.h"
#include "src/shard/vschema_match.h"
#include "topo/graph.h"

struct match {
	const struct gate_catalog *c;
	const struct graph_keyspace *ks;
};

/* Tables of a keyspace that has not been read are taken to be there. */
static bool table(void *arg, const char *keyspace, const char *name)
{
	const struct match *m = arg;
	struct str ks = str_of(keyspace ? keyspace : m->ks->name);

	if (!graph_find_keyspace(m->c->graph, ks))
		return false;
	return !catalog_has_schema(m->c, ks) || catalog_table(m->c, ks, str_of(name));
}

static bool column(void *arg, const char *table_name, const char *name, uint8_t *type, bool *text)
{
	const struct match *m = arg;
	const struct gate_table *t = catalog_table(m->c, str_of(m->ks->name), str_of(table_name));
	const struct gate_column *c = t ? catalog_column(t, str_of(name)) : NULL;

	if (!c)
		return false;
	*type = c->type;
	*text = c->collation && strcmp(c->collation->name, "binary") != 0;
	return true;
}

static bool sequence(void *arg, const char *keyspace, const char *name)
{
	const struct graph *g = ((const struct match *)arg)->c->graph;

	for (size_t i = 0; i < g->keyspace_count; i++) {
		const struct graph_keyspace *ks = &g->keyspaces[i];
		const struct vschema_table *t = vschema_find_table(ks->vschema, str_of(name));

		if ((!keyspace || !strcmp(keyspace, ks->name)) && t && t->type == VSCHEMA_SEQUENCE)
			return true;
	}
	return false;
}

void catalog_match(const struct gate_catalog *c, struct buf *out)
{
	struct match m = {.c = c};
	struct vschema_world w = {&m, table, column, sequence};
	struct buf text;

	for (size_t i = 0; i < c->graph->keyspace_count; i++) {
		m.ks = &c->graph->keyspaces[i];
		if (!graph_is_live(m.ks) || !catalog_has_schema(c, str_of(m.ks->name)))
			continue;
		buf_init(&text);
		if (vschema_match(m.ks->vschema, &w, &text))
			buf_printf(out, "%skeyspace %s: VSchema: %s", out->len ? "; " : "",
				   m.ks->name, buf_cstr(&text));
		buf_fini(&text);
	}
}
