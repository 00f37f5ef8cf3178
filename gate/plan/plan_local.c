/* plan_local - statements that the gate itself carries out. */
#include "gate/plan/plan_int.h"

static enum plan_local transaction(const struct ast_node *n)
{
	switch (n->op) {
	case AST_TXN_BEGIN:
	case AST_TXN_START:
		return LOCAL_BEGIN;
	case AST_TXN_COMMIT:
		return LOCAL_COMMIT;
	case AST_TXN_ROLLBACK:
		return LOCAL_ROLLBACK;
	case AST_TXN_SAVEPOINT:
		return LOCAL_SAVEPOINT;
	case AST_TXN_ROLLBACK_TO:
		return LOCAL_ROLLBACK_TO;
	case AST_TXN_RELEASE:
		return LOCAL_RELEASE_SAVEPOINT;
	default:
		return LOCAL_NONE;
	}
}

static enum plan_local show(const struct ast_node *n)
{
	switch (n->op) {
	case AST_SHOW_DATABASES:
	case AST_SHOW_KEYSPACES:
		return LOCAL_SHOW_DATABASES;
	case AST_SHOW_WARNINGS:
	case AST_SHOW_COUNT_WARNINGS:
		return LOCAL_SHOW_WARNINGS;
	case AST_SHOW_ERRORS:
	case AST_SHOW_COUNT_ERRORS:
		return LOCAL_SHOW_ERRORS;
	case AST_SHOW_SHARDS:
		return LOCAL_SHOW_SHARDS;
	case AST_SHOW_TABLETS:
		return LOCAL_SHOW_TABLETS;
	case AST_SHOW_PROCESSLIST:
		return LOCAL_SHOW_PROCESSLIST;
	case AST_SHOW_VSCHEMA:
		return LOCAL_SHOW_VSCHEMA;
	default:
		return LOCAL_NONE;
	}
}

int plan_local_build(struct planner *p, bool *taken)
{
	enum plan_local local = LOCAL_NONE;

	switch (p->tree->kind) {
	case AST_SET:
	case AST_SET_TRANSACTION:
		local = LOCAL_SET;
		break;
	case AST_USE:
		local = LOCAL_USE;
		break;
	case AST_TXN:
		local = transaction(p->tree);
		if (local == LOCAL_NONE)
			return planner_unsupported(p, "XA statements");
		break;
	case AST_SHOW:
		local = show(p->tree);
		break;
	case AST_KILL:
		local = LOCAL_KILL;
		break;
	case AST_UNLOCK:
		local = LOCAL_UNLOCK_TABLES;
		break;
	case AST_PREPARE:
	case AST_EXECUTE:
	case AST_DEALLOCATE:
		return planner_unsupported(p, "PREPARE, EXECUTE and DEALLOCATE as statements");
	case AST_SET_STATEMENT:
		return planner_unsupported(p, "SET STATEMENT ... FOR");
	default:
		break;
	}
	if (local == LOCAL_NONE)
		return 0;
	if (p->tree->kind == AST_SHOW && AST_AS(show, p->tree)->where)
		return planner_unsupported(p, "WHERE in this SHOW statement");
	p->plan->kind = PLAN_LOCAL;
	p->plan->local = local;
	*taken = true;
	return 0;
}
