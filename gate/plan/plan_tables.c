/* plan_tables - the tables of a statement, and which table a column belongs to. */
#include <string.h>

#include "gate/plan/plan_int.h"
#include "src/shard/vschema.h"
#include "topo/graph.h"

static bool is_system_schema(struct str db)
{
	static const char *const names[] = {"information_schema", "mysql", "performance_schema",
					    "sys"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_ieqz(db, names[i]))
			return true;
	return false;
}

/* Names that WITH defines are no tables. */
struct ctes {
	struct str *v; /* in the arena */
	uint32_t n, room;
	struct arena *a;
	bool failed;
};

static int note_cte(struct ast_node *n, void *arg)
{
	struct ctes *c = arg;

	if (n->kind != AST_CTE)
		return AST_GO_ON;
	if (c->n == c->room) {
		struct str *more = arena_array(c->a, c->room * 2 + 8, sizeof(*more));

		if (!more) {
			c->failed = true;
			return AST_STOP;
		}
		for (uint32_t i = 0; i < c->n; i++)
			more[i] = c->v[i];
		c->v = more;
		c->room = c->room * 2 + 8;
	}
	c->v[c->n++] = AST_AS(cte, n)->name;
	return AST_GO_ON;
}

/* Without a chosen keyspace a name must be known in exactly one. */
static const struct graph_keyspace *search(struct planner *p, struct str name)
{
	const struct graph *g = p->in->catalog->graph;
	const struct graph_keyspace *found = NULL;

	for (size_t i = 0; i < g->keyspace_count; i++) {
		const struct graph_keyspace *ks = &g->keyspaces[i];

		if (!vschema_find_table(ks->vschema, name) &&
		    !(catalog_table(p->in->catalog, str_of(ks->name), name) && !ks->sharded))
			continue;
		if (ks->vschema->require_explicit_routing)
			continue;
		if (found) {
			err_set(p->e, ERR_AMBIGUOUS,
				"table '%.*s' is in keyspaces '%s' and '%s': say which",
				STR_ARG(name), found->name, ks->name);
			return NULL;
		}
		found = ks;
	}
	if (!found)
		err_set(p->e, ERR_NO_DB, "No database selected");
	return found;
}

/* System schemas are read only, and what one server knows of its connections is not the client's to
 * read: they are the tablet's and carry everybody's statements. */
static int check_system(struct planner *p, const struct ast_table *ref)
{
	static const char *const hidden[] = {"processlist", "innodb_trx", "user_variables"};
	const char *user = "this user";

	if (p->plan->kind != PLAN_QUERY)
		return err_set_mysql(p->e, ERR_ACCESS, 1044, "42000",
				     "Access denied for %s to database '%.*s'", user,
				     STR_ARG(ref->db));
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (str_ieqz(ref->name, hidden[i]))
			return err_set_mysql(
				p->e, ERR_DENIED, 1227, "42000",
				"Access denied; you need (at least one of) the PROCESS "
				"privilege(s) for this operation; SHOW PROCESSLIST "
				"lists the gate's connections");
	return 0;
}

static int resolve(struct planner *p, struct plan_table *t)
{
	struct str db = t->ref->db, name = t->ref->name;

	if (is_system_schema(db)) {
		p->any_system = true;
		return check_system(p, t->ref);
	}
	if (db.n) {
		t->keyspace = graph_find_keyspace(p->in->catalog->graph, db);
		if (!t->keyspace)
			return err_set(p->e, ERR_BAD_DB, "Unknown database '%.*s'", STR_ARG(db));
	} else {
		t->keyspace = p->session_keyspace ? p->session_keyspace : search(p, name);
		if (!t->keyspace)
			return -1;
	}
	t->columns = catalog_table(p->in->catalog, str_of(t->keyspace->name), name);
	if (!t->keyspace->sharded)
		return 0;
	t->vtable = vschema_find_table(t->keyspace->vschema, name);
	t->reference = t->vtable && t->vtable->type == VSCHEMA_REFERENCE;
	return 0;
}

struct collecting {
	struct planner *p;
	struct ctes ctes;
	const struct ast_node *block;
	bool outer;
	int rc;
};

static void visit(struct collecting *c, struct ast_node *n);

static bool each_child(struct ast_node **place, void *arg)
{
	visit(arg, *place);
	return ((struct collecting *)arg)->rc == 0;
}

static int grow(struct planner *p)
{
	uint32_t room = p->table_room ? p->table_room * 4 : 16;
	struct plan_table *more;

	if (room > PLAN_ALL_TABLES)
		return planner_unsupported(p, "a statement with more than %u tables", p->tables);
	more = arena_array(p->a, room, sizeof(*more));
	if (!more)
		return planner_no_memory(p);
	if (p->tables)
		memcpy(more, p->table, p->tables * sizeof(*more));
	p->table = more;
	p->table_room = room;
	return 0;
}

static void add_table(struct collecting *c, const struct ast_table *ref)
{
	struct planner *p = c->p;
	struct plan_table *t;

	for (uint32_t i = 0; i < c->ctes.n && !ref->db.n; i++)
		if (str_ieq(c->ctes.v[i], ref->name))
			return;
	if (p->tables == p->table_room && grow(p) < 0) {
		c->rc = -1;
		return;
	}
	t = &p->table[p->tables++];
	*t = (struct plan_table){.ref = ref,
				 .alias = ref->alias.n ? ref->alias : ref->name,
				 .block = c->block,
				 .outer = c->outer};
	if (resolve(p, t) < 0)
		c->rc = -1;
}

static void visit_join(struct collecting *c, struct ast_join *j)
{
	bool outer = c->outer;

	c->outer = outer || j->n.op == AST_JOIN_RIGHT;
	visit(c, j->left);
	c->outer = outer || j->n.op == AST_JOIN_LEFT;
	visit(c, j->right);
	c->outer = outer;
	if (j->on)
		visit(c, j->on);
}

static void visit(struct collecting *c, struct ast_node *n)
{
	const struct ast_node *block = c->block;
	bool outer = c->outer;

	if (c->rc < 0)
		return;
	if (n->kind == AST_TABLE) {
		add_table(c, AST_AS(table, n));
		return;
	}
	if (n->kind == AST_JOIN) {
		visit_join(c, AST_AS(join, n));
		return;
	}
	if (n->kind == AST_CREATE_TABLE || n->kind == AST_ALTER_TABLE)
		return; /* what it names is in the DDL node's tables */
	if (n->kind == AST_SELECT || n->kind == AST_UPDATE || n->kind == AST_DELETE ||
	    n->kind == AST_INSERT) {
		c->block = n;
		c->outer = false;
	}
	ast_each(n, each_child, c);
	c->block = block;
	c->outer = outer;
}

/* One keyspace for all; system tables join none. */
static int common_keyspace(struct planner *p)
{
	for (uint32_t i = 0; i < p->tables; i++) {
		const struct graph_keyspace *ks = p->table[i].keyspace;

		if (!ks)
			continue;
		if (p->keyspace && p->keyspace != ks)
			return planner_unsupported(
				p, "a statement over tables of keyspaces '%s' and '%s'",
				p->keyspace->name, ks->name);
		p->keyspace = ks;
	}
	if (p->keyspace && p->any_system)
		return planner_unsupported(
			p, "a statement over tables of keyspace '%s' and of a system schema",
			p->keyspace->name);
	return 0;
}

int plan_tables_collect(struct planner *p)
{
	struct collecting c = {.p = p, .ctes = {.a = p->a}};

	ast_walk(p->tree, note_cte, &c.ctes);
	if (c.ctes.failed)
		return planner_no_memory(p);
	visit(&c, p->tree);
	if (c.rc < 0 || common_keyspace(p) < 0)
		return -1;
	if (!p->keyspace || !p->keyspace->sharded || p->in->context->shard[0])
		return 0;
	if (p->tables > PLAN_MAX_TABLES)
		return planner_unsupported(p, "a statement with more than %d tables",
					   PLAN_MAX_TABLES);
	/* A DDL statement may create what the VSchema does not know. */
	for (uint32_t i = 0;
	     i < p->tables && p->tree->kind != AST_DDL && p->tree->kind != AST_ADMIN; i++)
		if (!p->table[i].vtable)
			return err_set(
				p->e, ERR_NO_TABLE,
				"Table '%s.%.*s' doesn't exist in the VSchema of its keyspace",
				p->keyspace->name, STR_ARG(p->table[i].ref->name));
	return 0;
}

static bool has_column(const struct plan_table *t, struct str name)
{
	if (t->columns)
		return catalog_column(t->columns, name) != NULL;
	return t->vtable && (vschema_find_column(t->vtable, name) != NULL);
}

struct plan_table *plan_tables_of_column(struct planner *p, const struct ast_node *block,
					 const struct ast_column *c)
{
	struct plan_table *found = NULL;
	uint32_t in_block = 0;

	for (uint32_t i = 0; i < p->tables; i++) {
		struct plan_table *t = &p->table[i];

		if (t->block != block)
			continue;
		in_block++;
		if (c->table.n ? str_ieq(t->alias, c->table) : has_column(t, c->name)) {
			if (found)
				return NULL;
			found = t;
		}
	}
	/* The only table of the block, whose columns we have not been told. */
	if (!found && in_block == 1 && !c->table.n)
		for (uint32_t i = 0; i < p->tables; i++)
			if (p->table[i].block == block && !p->table[i].columns)
				found = &p->table[i];
	return found;
}

const struct gate_column *plan_tables_column(struct planner *p, const struct ast_node *block,
					     const struct ast_node *column)
{
	struct plan_table *t;

	if (column->kind != AST_COLUMN)
		return NULL;
	t = plan_tables_of_column(p, block, AST_AS(column, column));
	return t && t->columns ? catalog_column(t->columns, AST_AS(column, column)->name) : NULL;
}
