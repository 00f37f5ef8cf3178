/* plan_refuse - what is in the language but not yet in the planner for sharded tables: refused by
 * name, wherever it stands in the statement. */
#include "gate/plan/plan_int.h"

static const char *of_limit(const struct ast_limit *l)
{
	if (l->examined)
		return "LIMIT ROWS EXAMINED";
	return !l->count || l->n.flags & AST_WITH_TIES ? "OFFSET without a limit, or WITH TIES"
						       : NULL;
}

static const char *refused(const struct ast_node *n)
{
	switch (n->kind) {
	case AST_SEQ_VALUE:
		return "NEXT VALUE FOR";
	case AST_JSON_TABLE:
		return "JSON_TABLE";
	case AST_LIMIT:
		return of_limit(AST_AS(limit, n));
	case AST_TABLE:
		return AST_AS(table, n)->portion.p ? "FOR PORTION OF" : NULL;
	case AST_DERIVED:
		return AST_AS(derived, n)->system_time.p ? "FOR SYSTEM_TIME of a derived table"
							 : NULL;
	case AST_CTE:
		return AST_AS(cte, n)->cycle.n ? "CYCLE" : NULL;
	case AST_SELECT:
		if (n->flags & AST_SELECT_CUBE)
			return "WITH CUBE";
		return AST_AS(select, n)->procedure ? "PROCEDURE" : NULL;
	case AST_DELETE:
		return AST_AS(delete, n)->history.p ? "DELETE HISTORY" : NULL;
	case AST_DEFAULT:
		return n->flags & AST_IGNORE ? "IGNORE as a value" : NULL;
	default:
		return NULL;
	}
}

static int look(struct ast_node *n, void *arg)
{
	const char **found = arg;

	*found = refused(n);
	return *found ? AST_STOP : AST_GO_ON;
}

int plan_refuse(struct planner *p)
{
	const char *found = NULL;

	ast_walk(p->tree, look, &found);
	return found ? planner_unsupported(p, "%s in a sharded keyspace", found) : 0;
}
