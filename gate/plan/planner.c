#include "gate/plan/planner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/plan/plan_int.h"
#include "sql/lex/keyword.h"
#include "topo/graph.h"

int planner_no_memory(struct planner *p)
{
	return err_set(p->e, ERR_NOMEM, "planning the statement needs more memory than allowed");
}

int planner_unsupported(struct planner *p, const char *what, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, what);
	vsnprintf(text, sizeof(text), what, ap);
	va_end(ap);
	return err_set(p->e, ERR_UNSUPPORTED, "This version of Sluice doesn't yet support %s",
		       text);
}

struct str planner_text(const struct planner *p, uint32_t start, uint32_t end)
{
	return str_make(p->in->text.p + start, end - start);
}

void planner_guard(struct planner *p, const struct ast_node *literal)
{
	const struct ast_literal *l = AST_AS(literal, literal);
	struct fingerprint_place place;

	if (literal->kind != AST_LITERAL || l->lit == AST_NO_LIT)
		return;
	place = fingerprint_place(p->in->fp, l->lit);
	if (p->guards.n < p->in->fp->slots && place.group < 0)
		p->guards.v[p->guards.n++] =
			(struct plan_guard){place.slot, arena_str(p->a, l->text)};
}

struct plan_route *planner_route(struct planner *p, enum route_op op)
{
	struct plan_route *r = arena_zalloc(p->a, sizeof(*r));

	if (!r) {
		planner_no_memory(p);
		return NULL;
	}
	r->op = op;
	r->group = -1;
	p->plan->route = r;
	p->plan->route_count = 1;
	return r;
}

static int find_assignment(struct ast_node *n, void *arg)
{
	bool *found = arg;

	if (n->kind == AST_ASSIGN && AST_AS(assign, n)->target &&
	    AST_AS(assign, n)->target->kind == AST_USER_VAR)
		*found = true;
	if (n->kind == AST_INTO && AST_AS(into, n)->targets.n)
		*found = true;
	return *found ? AST_STOP : AST_GO_ON;
}

static int find_sequence(struct ast_node *n, void *arg)
{
	bool *found = arg;

	if (n->kind == AST_SEQ_VALUE)
		*found = true;
	if (n->kind == AST_FUNC && !AST_AS(func, n)->schema.n)
		*found = *found || str_ieqz(AST_AS(func, n)->name, "nextval") ||
			 str_ieqz(AST_AS(func, n)->name, "lastval");
	return *found ? AST_STOP : AST_GO_ON;
}

/* An XPath may name user variables: '/a[$@i]'. */
static int find_xpath(struct ast_node *n, void *arg)
{
	bool *found = arg;

	if (n->kind == AST_FUNC && !AST_AS(func, n)->schema.n)
		*found = *found || str_ieqz(AST_AS(func, n)->name, "extractvalue") ||
			 str_ieqz(AST_AS(func, n)->name, "updatexml");
	return *found ? AST_STOP : AST_GO_ON;
}

static void set_flags(struct planner *p)
{
	uint32_t f = p->in->fp->features;
	struct plan *plan = p->plan;
	bool assigns = false, sequence = false, xpath = false;

	if (f & FP_HAS_USER_VAR) {
		ast_walk(p->tree, find_assignment, &assigns);
		plan->flags |=
			PLAN_USER_VARS_READ | PLAN_NO_CACHE | (assigns ? PLAN_USER_VARS_SET : 0);
	}
	ast_walk(p->tree, find_xpath, &xpath);
	if (xpath)
		plan->flags |= PLAN_USER_VARS_READ;
	if (f & FP_HAS_LOCK_FN)
		plan->flags |= PLAN_RESERVE;
	/* LASTVAL() is the connection's. */
	ast_walk(p->tree, find_sequence, &sequence);
	if (sequence)
		plan->flags |= PLAN_RESERVE;
	if (f & (FP_HAS_FOR_UPDATE | FP_HAS_FOR_SHARE))
		plan->flags |= PLAN_LOCKING;
	if (f & FP_HAS_CALC_FOUND_ROWS)
		plan->flags |= PLAN_CALC_FOUND_ROWS;
}

/* One shard has all the data: the statement goes there as it is. */
static int whole(struct planner *p, const struct graph_keyspace *ks, enum route_op op)
{
	p->plan->keyspace = ks;
	if (p->plan->flags & PLAN_CALC_FOUND_ROWS)
		return planner_unsupported(p, "SQL_CALC_FOUND_ROWS");
	return planner_route(p, op) ? plan_session_values(p) : -1;
}

static enum plan_kind kind_of(const struct ast_node *tree)
{
	switch (tree->kind) {
	case AST_INSERT:
	case AST_UPDATE:
	case AST_DELETE:
	case AST_LOAD:
		return PLAN_WRITE;
	case AST_DDL:
		return PLAN_DDL;
	default:
		return PLAN_QUERY;
	}
}

static bool is_select(const struct ast_node *n)
{
	return n->kind == AST_SELECT || n->kind == AST_SETOP || n->kind == AST_VALUES;
}

/* Any keyspace will do (SELECT 1, SHOW VARIABLES). */
static const struct graph_keyspace *any_keyspace(struct planner *p)
{
	const struct graph *g = p->in->catalog->graph;

	if (p->session_keyspace)
		return p->session_keyspace;
	if (g->keyspace_count)
		return &g->keyspaces[0];
	err_set(p->e, ERR_UNAVAILABLE, "there is no keyspace yet");
	return NULL;
}

static int without_tables(struct planner *p)
{
	const struct graph_keyspace *ks = any_keyspace(p);

	return ks ? whole(p, ks, ROUTE_ANY) : -1;
}

static int sharded(struct planner *p)
{
	p->plan->keyspace = p->keyspace;
	if (p->keyspace->sharded && plan_refuse(p) < 0)
		return -1;
	switch (p->tree->kind) {
	case AST_SELECT:
	case AST_SETOP:
		return plan_select_build(p);
	case AST_INSERT:
		return plan_insert_build(p);
	case AST_UPDATE:
	case AST_DELETE:
		return plan_write_build(p);
	default:
		return plan_other_build(p);
	}
}

static int find_stored(struct ast_node *n, void *arg)
{
	bool *found = arg;

	*found = n->kind == AST_FUNC && AST_AS(func, n)->fn == FN_NONE;
	return *found ? AST_STOP : AST_GO_ON;
}

/* A function that the grammar does not know may be a stored one, which may use tables. */
static bool reads_no_table(struct planner *p)
{
	bool stored = false;

	if (p->tables || p->any_system || !(is_select(p->tree) || p->tree->kind == AST_DO))
		return false;
	ast_walk(p->tree, find_stored, &stored);
	return !stored;
}

/* Notes whether stored code runs that may use user variables: its own ones, or those that the
 * statement hands to it (OUT parameters). */
static void note_stored_code(struct planner *p)
{
	const struct graph_keyspace *ks = p->keyspace ? p->keyspace : p->session_keyspace;
	bool uses = p->in->fp->features & FP_HAS_USER_VAR, runs = true;

	if (p->tree && p->tree->kind != AST_CALL && p->tree->kind != AST_TEXT) {
		runs = false;
		ast_walk(p->tree, find_stored, &runs);
		if (!runs) { /* triggers, and functions of views, get no variables */
			uses = false;
			runs = p->plan->kind == PLAN_WRITE;
			for (size_t i = 0; i < p->tables; i++)
				runs = runs || (p->table[i].columns && p->table[i].columns->view);
		}
	}
	if (runs && (uses || (ks && catalog_has_user_variables(p->in->catalog, str_of(ks->name)))))
		p->plan->flags |= PLAN_STORED_USER_VARS;
}

static int with_tree(struct planner *p)
{
	bool taken = false;
	int rc;

	p->plan->tree = p->tree;
	p->plan->kind = kind_of(p->tree);
	set_flags(p);
	if (p->tree->kind == AST_SET)
		note_stored_code(p);
	rc = plan_admin_build(p);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (plan_local_build(p, &taken) < 0 || taken)
		return taken ? 0 : -1;
	if (p->in->context->tablet_type != 0 &&
	    (p->plan->kind != PLAN_QUERY || p->plan->flags & PLAN_LOCKING))
		return err_set_mysql(p->e, ERR_NOT_PRIMARY, 1290, "HY000",
				     "The session's target is not the primary: it can only read");
	if (plan_tables_collect(p) < 0)
		return -1;
	note_stored_code(p);
	if (p->tree->kind == AST_INSERT)
		plan_insert_auto_id(p);
	if (reads_no_table(p))
		p->plan->flags |= PLAN_NO_TABLES;
	if (p->tree->kind == AST_DDL)
		return plan_ddl_build(p);
	if (!p->keyspace && (is_select(p->tree) || p->tree->kind == AST_DO))
		return without_tables(p);
	if (!p->keyspace)
		return plan_other_build(p);
	if (p->in->context->shard[0] && p->keyspace == p->session_keyspace)
		return whole(p, p->keyspace, ROUTE_ANY);
	if (!p->keyspace->sharded && (is_select(p->tree) || p->plan->kind == PLAN_WRITE))
		return whole(p, p->keyspace, ROUTE_UNSHARDED);
	return sharded(p);
}

/* Statements our grammar does not know may still be a server's (procedures, administration): in an
 * unsharded keyspace the server decides. */
static bool may_pass_unparsed(const struct planner *p)
{
	uint32_t cls = p->in->fp->cls;

	return p->session_keyspace && (!p->session_keyspace->sharded || p->in->context->shard[0]) &&
	       cls != FP_SET && cls != FP_USE && cls != FP_BEGIN && cls != FP_START &&
	       cls != FP_COMMIT && cls != FP_ROLLBACK && cls != FP_SAVEPOINT && cls != FP_RELEASE &&
	       cls != FP_KILL;
}

static int unparsed(struct planner *p)
{
	if (plan_admin_check_words(p) < 0)
		return -1;
	p->plan->flags |= FOLLOW_FLAGS;
	p->plan->kind = PLAN_QUERY;
	p->plan->flags |= PLAN_NO_CACHE;
	p->plan->keyspace = p->session_keyspace;
	note_stored_code(p);
	return planner_route(p, ROUTE_ANY) ? 0 : -1;
}

static int guard_fixed(struct planner *p, const struct parse_result *r)
{
	const struct fingerprint *fp = p->in->fp;

	for (uint32_t i = 0; i < r->fixed_count; i++) {
		const struct fingerprint_lit *l;

		if (fingerprint_group_of(fp, r->fixed[i])) {
			p->plan->flags |= PLAN_NO_CACHE;
			continue;
		}
		l = &fp->lits.v[fingerprint_lit_at(fp, r->fixed[i], 0, 0)];
		if (p->guards.n < fp->slots)
			p->guards.v[p->guards.n++] = (struct plan_guard){
				r->fixed[i],
				arena_str(p->a, planner_text(p, l->start, l->start + l->len))};
	}
	return 0;
}

static int parse(struct planner *p, struct parse_result *r)
{

	p->guards.v = arena_array(p->a, p->in->fp->slots + 1u, sizeof(*p->guards.v));
	if (!p->guards.v)
		return planner_no_memory(p);
	return parse_statement(p->a, &p->in->context->lex, p->in->text, p->in->fp, r, p->e);
}

/* The tree borrows from the text, which is gone when the plan is used again: plans that keep theirs
 * get a copy of the text in their arena. */
static int build(struct planner *p)
{
	struct parse_result r;

	if (p->in->context->keyspace[0]) {
		p->session_keyspace = graph_find_keyspace(p->in->catalog->graph,
							  str_of(p->in->context->keyspace));
		if (!p->session_keyspace)
			return err_set(p->e, ERR_BAD_DB, "Unknown database '%s'",
				       p->in->context->keyspace);
	}
	if (parse(p, &r) < 0)
		return p->e->code == ERR_SYNTAX && may_pass_unparsed(p) ? unparsed(p) : -1;
	p->tree = r.root;
	if (guard_fixed(p, &r) < 0 || with_tree(p) < 0)
		return -1;
	p->plan->guard = p->guards.v;
	p->plan->guard_count = p->guards.n;
	return 0;
}

struct plan *planner_build(const struct planner_input *in, struct err *e)
{
	struct plan *plan = calloc(1, sizeof(*plan));
	struct planner *p = plan ? calloc(1, sizeof(*p)) : NULL;
	struct planner_input mine = *in;
	int rc;

	if (!p) {
		free(plan);
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	arena_init(&plan->arena, in->memory);
	plan->catalog = (struct gate_catalog *)snapshot_get(&in->catalog->snap);
	mine.text = arena_str(&plan->arena, in->text);
	p->in = &mine;
	p->plan = plan;
	p->a = &plan->arena;
	p->e = e;
	err_clear(e);
	rc = mine.text.p ? build(p) : planner_no_memory(p);
	free(p);
	if (rc == 0)
		return plan;
	plan_free(plan);
	return NULL;
}
