/* plan_write - UPDATE and DELETE of sharded tables. */
#include "gate/plan/plan_int.h"
#include "src/shard/vschema.h"

static bool is_vindex_column(const struct vschema_table *t, struct str name)
{
	for (size_t v = 0; t && v < t->vindex_count; v++)
		for (size_t c = 0; c < t->vindexes[v].column_count; c++)
			if (str_ieqz(name, t->vindexes[v].columns[c]))
				return true;
	return false;
}

static int check_update(struct planner *p, const struct ast_update *u)
{
	for (uint32_t i = 0; i < u->set.n; i++) {
		const struct ast_assign *a = AST_AS(assign, u->set.v[i]);
		const struct plan_table *t;

		if (a->target->kind != AST_COLUMN)
			continue;
		t = plan_tables_of_column(p, p->tree, AST_AS(column, a->target));
		for (uint32_t k = 0; k < p->tables; k++)
			if ((!t || t == &p->table[k]) &&
			    is_vindex_column(p->table[k].vtable, AST_AS(column, a->target)->name))
				return planner_unsupported(
					p, "changing sharding column '%.*s'",
					STR_ARG(AST_AS(column, a->target)->name));
	}
	return 0;
}

static int check_tables(struct planner *p)
{
	for (uint32_t i = 0; i < p->tables; i++) {
		const struct vschema_table *t = p->table[i].vtable;

		if (p->table[i].reference && p->table[i].block == p->tree)
			return planner_unsupported(p, "writing to reference table '%s'", t->name);
		for (size_t v = 0; t && v < t->vindex_count; v++)
			if (t->vindexes[v].owned)
				return planner_unsupported(p,
							   "UPDATE or DELETE of table '%s', which "
							   "owns a lookup vindex",
							   t->name);
	}
	return 0;
}

int plan_write_build(struct planner *p)
{
	bool update = p->tree->kind == AST_UPDATE;
	const struct ast_node *limit =
		update ? AST_AS(update, p->tree)->limit : AST_AS(delete, p->tree)->limit;
	struct plan_route *r = planner_route(p, ROUTE_SCATTER);
	struct template t;

	if (!r || check_tables(p) < 0 || (update && check_update(p, AST_AS(update, p->tree)) < 0))
		return -1;
	if (plan_route_block(p, p->tree, r) < 0)
		return -1;
	if (r->op == ROUTE_EQUAL && p->in->context->scatter)
		*r = (struct plan_route){.op = ROUTE_SCATTER, .group = -1};
	if (r->op == ROUTE_EQUAL) {
		/* Whatever stands in it, one shard runs it whole. */
		p->plan->single_only = limit || p->tables > 1 ||
				       (!update && AST_AS(delete, p->tree)->returning.n) ||
				       p->plan->flags & (PLAN_USER_VARS_READ | PLAN_USER_VARS_SET);
		return plan_session_values(p);
	}
	if (limit)
		return planner_unsupported(p, "UPDATE or DELETE with LIMIT over several shards");
	if (!update && AST_AS(delete, p->tree)->returning.n)
		return planner_unsupported(p, "DELETE ... RETURNING over several shards");
	for (uint32_t i = 0; i < p->tables; i++)
		if (p->table[i].block != p->tree && !p->table[i].reference)
			return planner_unsupported(
				p, "subqueries on sharded tables in a write to several shards");
	if (p->plan->flags & (PLAN_USER_VARS_READ | PLAN_USER_VARS_SET))
		return planner_unsupported(p, "user variables in a write to several shards");
	if (r->op != ROUTE_IN || r->group < 0)
		return plan_session_values(p);
	template_init(&t, p);
	t.routed = r->group;
	return template_finish(&t);
}
