/* plan_other - SHOW, EXPLAIN, DESCRIBE, administration, CALL, LOAD and the rest. */
#include "gate/plan/plan_int.h"
#include "topo/graph.h"

static const struct graph_keyspace *default_keyspace(struct planner *p)
{
	const struct graph *g = p->in->catalog->graph;

	if (p->keyspace)
		return p->keyspace;
	if (p->session_keyspace)
		return p->session_keyspace;
	return g->keyspace_count ? &g->keyspaces[0] : NULL;
}

static bool needs_keyspace(const struct ast_node *n)
{
	switch (n->op) {
	case AST_SHOW_TABLES:
	case AST_SHOW_TABLE_STATUS:
	case AST_SHOW_COLUMNS:
	case AST_SHOW_INDEX:
	case AST_SHOW_CREATE_TABLE:
	case AST_SHOW_CREATE_VIEW:
	case AST_SHOW_TRIGGERS:
	case AST_SHOW_EVENTS:
	case AST_SHOW_OPEN_TABLES:
		return true;
	default:
		return false;
	}
}

/* Schemas are alike on all shards, so any one can answer. */
static int show(struct planner *p)
{
	const struct ast_show *s = AST_AS(show, p->tree);
	const struct graph_keyspace *ks = default_keyspace(p);

	if (s->db.n) {
		ks = graph_find_keyspace(p->in->catalog->graph, s->db);
		/* information_schema and its like are everywhere. */
		if (!ks && (str_ieqz(s->db, "information_schema") || str_ieqz(s->db, "mysql") ||
			    str_ieqz(s->db, "performance_schema") || str_ieqz(s->db, "sys")))
			ks = default_keyspace(p);
		if (!ks)
			return err_set(p->e, ERR_BAD_DB, "Unknown database '%.*s'", STR_ARG(s->db));
	} else if (needs_keyspace(p->tree) && !p->session_keyspace) {
		return err_set(p->e, ERR_NO_DB, "No database selected");
	}
	if (!ks)
		return err_set(p->e, ERR_UNAVAILABLE, "there is no keyspace yet");
	p->plan->keyspace = ks;
	return planner_route(p, ROUTE_ANY) ? 0 : -1;
}

/* CHECK TABLE and its like: each shard has its own part of the table. */
static int admin(struct planner *p, const struct graph_keyspace *ks)
{
	if (p->tree->op == AST_ADMIN_FLUSH)
		return ks->sharded ? planner_unsupported(p, "FLUSH in a sharded keyspace") : 1;
	if (p->tree->op == AST_ADMIN_CHECKSUM && ks->sharded && !p->in->context->shard[0])
		return planner_unsupported(p, "CHECKSUM TABLE over several shards at once: "
					      "choose one (USE `ks:-80`)");
	p->plan->flags |= PLAN_NO_CACHE | PLAN_IMPLICIT_COMMIT;
	return planner_route(p, ks->sharded ? ROUTE_SCATTER : ROUTE_UNSHARDED) ? 0 : -1;
}

static bool is_query(const struct ast_node *n)
{
	return n && (n->kind == AST_SELECT || n->kind == AST_SETOP);
}

/* Of a statement that goes to one shard, that shard's plan; else one shard speaks for the others.
 */
static int explain(struct planner *p, bool whole)
{
	struct ast_node *s = AST_AS(explain, p->tree)->statement;
	struct plan_route *r = planner_route(p, ROUTE_ANY);

	if (!r)
		return -1;
	if (whole || !s)
		return plan_session_values(p);
	if (p->tree->op == AST_EXPLAIN_ANALYZE && !is_query(s))
		return planner_unsupported(p, "ANALYZE of a statement that writes, in a sharded "
					      "keyspace: it would run");
	if (s->kind == AST_SELECT || s->kind == AST_UPDATE || s->kind == AST_DELETE) {
		if (plan_route_block(p, s, r) < 0)
			return -1;
		if (r->op != ROUTE_EQUAL || p->in->context->scatter)
			*r = (struct plan_route){.op = ROUTE_ANY, .group = -1};
		p->plan->single_only = r->op == ROUTE_EQUAL;
	}
	return plan_session_values(p);
}

/* What an error calls the statement: its first word, or two where one says little. */
static const char *name_of(struct planner *p)
{
	struct str text = planner_text(p, p->in->fp->start, p->in->fp->end);
	size_t n = 0;
	char *z;

	if (p->in->fp->cls == FP_BEGIN)
		return "BEGIN NOT ATOMIC";
	if (p->tree->kind == AST_LOAD)
		return "LOAD";
	while (n < text.n && ((text.p[n] | 32) >= 'a' && (text.p[n] | 32) <= 'z'))
		n++;
	z = arena_dup(p->a, text.p, n);
	for (char *c = z; c && *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
	return z && *z ? z : "this statement";
}

int plan_other_build(struct planner *p)
{
	const struct graph_keyspace *ks = default_keyspace(p);
	bool whole = false;
	int rc;

	p->plan->kind = PLAN_QUERY;
	if (p->tree->kind == AST_SHOW)
		return show(p);
	if (!ks)
		return err_set(p->e, ERR_UNAVAILABLE, "there is no keyspace yet");
	whole = !ks->sharded || (p->in->context->shard[0] && ks == p->session_keyspace);
	p->plan->keyspace = ks;
	switch (p->tree->kind) {
	case AST_EXPLAIN:
		return explain(p, whole);
	case AST_ADMIN:
		rc = admin(p, ks);
		if (rc <= 0)
			return rc;
		break;
	case AST_LOCK_TABLES:
		if (!whole)
			return planner_unsupported(p, "LOCK TABLES in a sharded keyspace");
		p->plan->flags |= PLAN_RESERVE | PLAN_IMPLICIT_COMMIT | PLAN_LOCK_TABLES;
		break;
	case AST_HANDLER:
		if (!whole)
			return planner_unsupported(p, "HANDLER in a sharded keyspace");
		p->plan->flags |= PLAN_RESERVE | PLAN_NO_CACHE; /* it stays open */
		break;
	case AST_CALL:
		if (!whole)
			return planner_unsupported(p, "CALL in a sharded keyspace");
		p->plan->flags |= FOLLOW_FLAGS;
		break;
	case AST_VALUES:
	case AST_DO:
		return planner_route(p, ROUTE_ANY) ? plan_session_values(p) : -1;
	default:
		if (!whole)
			return planner_unsupported(p, "%s in a sharded keyspace", name_of(p));
		p->plan->flags |= PLAN_NO_CACHE | (p->tree->kind == AST_TEXT ? FOLLOW_FLAGS : 0u);
	}
	return planner_route(p, ROUTE_ANY) ? plan_session_values(p) : -1;
}
