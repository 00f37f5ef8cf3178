/* plan_ddl - statements that change the schema: on every shard of the keyspace. */
#include "gate/plan/plan_int.h"
#include "sql/lex/keyword.h"
#include "topo/graph.h"

int plan_ddl_build(struct planner *p)
{
	const struct ast_ddl *d = AST_AS(ddl, p->tree);
	const struct graph_keyspace *ks = p->keyspace ? p->keyspace : p->session_keyspace;
	bool targeted = p->in->context->shard[0];

	if (d->object == KW_DATABASE || d->object == KW_SCHEMA)
		return planner_unsupported(
			p, "CREATE, ALTER and DROP DATABASE: keyspaces are made with sluicectl");
	if (d->object == KW_VSCHEMA)
		return planner_unsupported(p, "ALTER VSCHEMA: sluicectl changes VSchemas");
	if (d->object == KW_USER || d->object == KW_ROLE)
		return planner_unsupported(p, "accounts of the servers behind the gate: the gate's "
					      "users are in its users file");
	if (d->db.n && !p->keyspace)
		ks = graph_find_keyspace(p->in->catalog->graph, d->db);
	if (!ks)
		return err_set(p->e, ERR_NO_DB, "No database selected");
	p->plan->keyspace = ks;
	if (p->in->context->tablet_type != 0)
		return err_set_mysql(p->e, ERR_NOT_PRIMARY, 1290, "HY000",
				     "The session's target is not the primary: it can only read");
	if (d->n.flags & AST_TEMPORARY) {
		/* Lives on one connection, and does not end the transaction. */
		if (ks->sharded && !targeted)
			return planner_unsupported(p, "temporary tables in a sharded keyspace");
		p->plan->kind = PLAN_QUERY;
		p->plan->flags |= PLAN_RESERVE | PLAN_NO_CACHE;
		return planner_route(p, ROUTE_ANY) ? 0 : -1;
	}
	if (ks->sharded && !targeted && d->query)
		return planner_unsupported(p, d->object == KW_VIEW
						      ? "CREATE VIEW in a sharded keyspace"
						      : "CREATE TABLE ... SELECT in a sharded "
							"keyspace");
	p->plan->kind = PLAN_DDL;
	p->plan->flags |= PLAN_IMPLICIT_COMMIT | PLAN_NO_CACHE;
	return planner_route(p, ks->sharded ? ROUTE_SCATTER : ROUTE_UNSHARDED) ? 0 : -1;
}
