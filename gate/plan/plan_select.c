/* plan_select - SELECT over sharded tables: one shard by vindex, or several with merging. */
#include "gate/plan/plan_int.h"

int plan_select_build(struct planner *p)
{
	struct plan_route *r = planner_route(p, ROUTE_SCATTER);

	if (!r)
		return -1;
	if (p->plan->flags & PLAN_CALC_FOUND_ROWS)
		return planner_unsupported(p, "SQL_CALC_FOUND_ROWS over sharded tables");
	if (p->tree->kind == AST_SETOP)
		return plan_union_build(p, AST_AS(setop, p->tree));
	if (plan_route_block(p, p->tree, r) < 0)
		return -1;
	/* One lookup gives one shard, which runs the statement whole. When the value turns out to
	 * need several (text compared with a number), the statement is planned again, as a scatter.
	 */
	if (r->op == ROUTE_EQUAL && p->in->context->scatter)
		*r = (struct plan_route){.op = ROUTE_SCATTER, .group = -1};
	if (r->op == ROUTE_ANY || r->op == ROUTE_EQUAL) {
		p->plan->single_only = r->op == ROUTE_EQUAL;
		return plan_session_values(p);
	}
	if (p->plan->flags & PLAN_USER_VARS_SET)
		return planner_unsupported(
			p, "assigning user variables in a statement over several shards");
	return plan_merge_build(p, AST_AS(select, p->tree));
}
