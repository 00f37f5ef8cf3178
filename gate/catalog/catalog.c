#include "gate/catalog/catalog.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "src/proto/tablet.pb-c.h"
#include "topo/graph.h"

static void free_table(void *p)
{
	struct gate_table *t = p;

	for (uint32_t i = 0; i < t->column_count; i++)
		free(t->column[i].name);
	hmap_fini(&t->by_name, NULL);
	free(t->column);
	free(t->name);
	free(t);
}

static void free_collation(void *p)
{
	struct catalog_collation *c = p;

	free((char *)(uintptr_t)c->space_weight.p);
	free(c->name);
	free(c);
}

static void free_schema(struct snapshot *s)
{
	struct catalog_schema *c = (struct catalog_schema *)s;

	hmap_fini(&c->tables, free_table);
	hmap_fini(&c->collations, free_collation);
	free(c);
}

static void free_catalog(struct snapshot *s)
{
	struct gate_catalog *c = (struct gate_catalog *)s;
	struct hmap_slot *slot;
	size_t it = 0;

	while ((slot = hmap_next(&c->schemas, &it)))
		snapshot_put(slot->value);
	hmap_fini(&c->schemas, NULL);
	snapshot_put(&c->graph->snap);
	free(c);
}

static int add_collation(struct catalog_schema *s, const Sluice__SchemaCollation *m)
{
	struct catalog_collation *c = calloc(1, sizeof(*c));

	if (!c)
		return -1;
	c->name = str_dup(str_of(m->name));
	c->id = m->id;
	c->pad_space = m->pad_space;
	c->space_weight = str_make(str_dup(str_make(m->space_weight.data, m->space_weight.len)),
				   m->space_weight.len);
	if (!c->name || !c->space_weight.p ||
	    hmap_put(&s->collations, str_of(c->name), c, NULL) < 0) {
		free_collation(c);
		return -1;
	}
	return 0;
}

static int add_column(const struct catalog_schema *s, struct gate_table *t,
		      const Sluice__SchemaColumn *m)
{
	struct gate_column *c = &t->column[t->column_count];

	c->name = str_dup(str_of(m->name));
	if (!c->name)
		return -1;
	t->column_count++;
	c->type = (uint8_t)m->type;
	c->flags = m->flags;
	c->decimals = m->decimals;
	c->length = m->length;
	c->generated = m->generated;
	c->invisible = m->invisible;
	c->collation = m->collation[0] ? hmap_get(&s->collations, str_of(m->collation)) : NULL;
	return hmap_put(&t->by_name, str_of(c->name), c, NULL);
}

static int add_table(struct catalog_schema *s, const Sluice__SchemaTable *m)
{
	struct gate_table *t = calloc(1, sizeof(*t));

	if (!t)
		return -1;
	hmap_init_nocase(&t->by_name);
	t->view = m->view;
	t->name = str_dup(str_of(m->name));
	t->column = calloc(m->n_columns + 1, sizeof(*t->column));
	if (!t->name || !t->column)
		goto fail;
	for (size_t i = 0; i < m->n_columns; i++)
		if (add_column(s, t, m->columns[i]) < 0)
			goto fail;
	if (hmap_put(&s->tables, str_of(t->name), t, NULL) < 0)
		goto fail;
	return 0;
fail:
	free_table(t);
	return -1;
}

struct catalog_schema *catalog_schema_new(const Sluice__SchemaReply *reply)
{
	struct catalog_schema *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	snapshot_init(&s->snap, free_schema);
	s->version = reply->version;
	s->user_variables = reply->user_variables;
	hmap_init(&s->tables);
	hmap_init(&s->collations);
	for (size_t i = 0; i < reply->n_collations; i++)
		if (add_collation(s, reply->collations[i]) < 0)
			goto fail;
	for (size_t i = 0; i < reply->n_tables; i++)
		if (add_table(s, reply->tables[i]) < 0)
			goto fail;
	return s;
fail:
	snapshot_put(&s->snap);
	return NULL;
}

static int keep_schema(struct gate_catalog *c, struct str keyspace, struct catalog_schema *s)
{
	if (hmap_put(&c->schemas, keyspace, s, NULL) < 0)
		return -1;
	snapshot_get(&s->snap);
	return 0;
}

struct gate_catalog *catalog_new(struct graph *graph, const struct gate_catalog *old,
				 struct str keyspace, struct catalog_schema *schema)
{
	static _Atomic uint64_t generation;
	struct gate_catalog *c = calloc(1, sizeof(*c));
	struct hmap_slot *slot;
	size_t it = 0;

	if (!c)
		return NULL;
	snapshot_init(&c->snap, free_catalog);
	c->graph = graph;
	snapshot_get(&graph->snap);
	c->generation = atomic_fetch_add(&generation, 1) + 1;
	hmap_init(&c->schemas);
	while (old && (slot = hmap_next(&old->schemas, &it))) {
		struct str name = str_make(slot->key, slot->n);

		if (schema && str_eq(name, keyspace))
			continue;
		if (graph_find_keyspace(graph, name) && keep_schema(c, name, slot->value) < 0)
			goto fail;
	}
	if (schema && keep_schema(c, keyspace, schema) < 0)
		goto fail;
	return c;
fail:
	snapshot_put(&c->snap);
	return NULL;
}

static const struct catalog_schema *schema_of(const struct gate_catalog *c, struct str keyspace)
{
	return hmap_get(&c->schemas, keyspace);
}

const struct gate_table *catalog_table(const struct gate_catalog *c, struct str keyspace,
				       struct str table)
{
	const struct catalog_schema *s = schema_of(c, keyspace);

	return s ? hmap_get(&s->tables, table) : NULL;
}

const struct gate_column *catalog_column(const struct gate_table *t, struct str name)
{
	return hmap_get(&t->by_name, name);
}

const struct catalog_collation *catalog_collation(const struct gate_catalog *c, struct str keyspace,
						  struct str name)
{
	const struct catalog_schema *s = schema_of(c, keyspace);

	return s ? hmap_get(&s->collations, name) : NULL;
}

bool catalog_has_user_variables(const struct gate_catalog *c, struct str keyspace)
{
	const struct catalog_schema *s = schema_of(c, keyspace);

	return s && s->user_variables;
}

bool catalog_has_schema(const struct gate_catalog *c, struct str keyspace)
{
	return schema_of(c, keyspace) != NULL;
}
