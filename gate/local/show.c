#include "gate/local/show.h"

#include <stdio.h>

#include "gate/catalog/catalog.h"
#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "sql/ast/ast.h"
#include "sql/lex/literal.h"
#include "src/data/collation.h"
#include "src/shard/vschema.h"
#include "src/wire/collation_id.h"
#include "topo/graph.h"

struct resultset show_begin(struct statement *st, const struct resultset_column *column,
			    size_t columns)
{
	struct resultset r = {.conn = st->conn,
			      .column = column,
			      .columns = columns,
			      .binary = st->input == STATEMENT_EXECUTE,
			      .more = statement_has_more(st)};

	resultset_begin(&r);
	return r;
}

void show_end(struct statement *st, struct resultset *r)
{
	resultset_end(r);
	statement_done(st);
}

/* The statement's LIKE pattern, decoded; p NULL: it has none. */
static struct str pattern_of(struct statement *st)
{
	const struct ast_show *show = AST_AS(show, st->plan->tree);
	struct str pattern = {NULL, 0};

	if (st->plan->tree->kind == AST_SHOW && show->like)
		pattern = statement_span(st, show->like->start, show->like->end);
	if (pattern.p &&
	    literal_string(pattern, &st->conn->vars.lex, &st->arena, &pattern, NULL) < 0)
		pattern = (struct str){NULL, 0};
	return pattern;
}

static bool fits(struct str pattern, struct str name)
{
	return !pattern.p ||
	       collation_like(collation_get(COLLATION_UTF8MB4_GENERAL_CI), name, pattern, '\\');
}

/* The plan's reference keeps the graph while the statement runs. */
static const struct graph *graph_of(const struct statement *st)
{
	return st->plan->catalog->graph;
}

void show_databases(struct statement *st)
{
	struct str pattern = pattern_of(st), name = STR_LIT("information_schema");
	const char *title = pattern.p
				    ? arena_printf(&st->arena, "Database (%.*s)", STR_ARG(pattern))
				    : "Database";
	const struct resultset_column column = {title ? title : "Database", RESULTSET_NAME};
	const struct graph *g = graph_of(st);
	struct resultset r = show_begin(st, &column, 1);

	if (fits(pattern, name))
		resultset_row(&r, &name);
	for (size_t i = 0; i < g->keyspace_count; i++) {
		name = str_of(g->keyspaces[i].name);
		if (fits(pattern, name))
			resultset_row(&r, &name);
	}
	show_end(st, &r);
}

void show_shards(struct statement *st)
{
	static const struct resultset_column column[] = {{"Shards", RESULTSET_NAME}};
	const struct graph *g = graph_of(st);
	struct resultset r = show_begin(st, column, 1);
	struct str pattern = pattern_of(st);
	char name[192];

	for (size_t i = 0; i < g->keyspace_count; i++) {
		for (size_t k = 0; k < g->keyspaces[i].shard_count; k++) {
			struct str v;

			snprintf(name, sizeof(name), "%s/%s", g->keyspaces[i].name,
				 g->keyspaces[i].shards[k].name);
			v = str_of(name);
			if (fits(pattern, v))
				resultset_row(&r, &v);
		}
	}
	show_end(st, &r);
}

void show_tablets(struct statement *st)
{
	static const struct resultset_column column[] = {
		{"Cell", RESULTSET_NAME},   {"Keyspace", RESULTSET_NAME},
		{"Shard", RESULTSET_NAME},  {"TabletType", RESULTSET_NAME},
		{"Alias", RESULTSET_NAME},  {"Hostname", RESULTSET_NAME},
		{"Address", RESULTSET_NAME}};
	const struct graph *g = graph_of(st);
	struct resultset r = show_begin(st, column, 7);
	struct str pattern = pattern_of(st);

	for (size_t i = 0; i < g->tablet_count; i++) {
		const struct graph_tablet *t = &g->tablets[i];
		struct str v[7] = {str_of(t->cell),	   str_of(t->shard->keyspace->name),
				   str_of(t->shard->name), str_of(rec_tablet_type_name(t->type)),
				   str_of(t->alias),	   str_of(t->hostname),
				   str_of(t->rpc_address)};

		if (fits(pattern, v[4]))
			resultset_row(&r, v);
	}
	show_end(st, &r);
}

void show_vschema(struct statement *st)
{
	static const struct resultset_column column[] = {{"Keyspace", RESULTSET_NAME},
							 {"VSchema", RESULTSET_UTF8}};
	const struct graph *g = graph_of(st);
	struct resultset r = show_begin(st, column, 2);
	struct str pattern = pattern_of(st);

	for (size_t i = 0; i < g->keyspace_count; i++) {
		struct str v[2] = {str_of(g->keyspaces[i].name)};
		struct buf b;

		buf_init(&b);
		vschema_print(g->keyspaces[i].vschema, false, &b);
		v[1] = buf_slice(&b);
		if (fits(pattern, v[0]))
			resultset_row(&r, v);
		buf_fini(&b);
	}
	show_end(st, &r);
}
