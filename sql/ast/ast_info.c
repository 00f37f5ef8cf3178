#include "sql/ast/ast_info.h"

#include "sql/lex/keyword.h"

bool ast_info_is_aggregate(const struct ast_node *n)
{
	return n->kind == AST_FUNC && !AST_AS(func, n)->over &&
	       (keyword_fn_flags(AST_AS(func, n)->fn) & FN_IS_AGG);
}

bool ast_info_is_query(const struct ast_node *n)
{
	return n->kind == AST_SELECT || n->kind == AST_SETOP || n->kind == AST_VALUES;
}

static unsigned of_function(const struct ast_func *n)
{
	unsigned flags = keyword_fn_flags(n->fn), has = 0;

	if (!flags)
		return AST_HAS_UNKNOWN_FN | (n->over ? AST_HAS_WINDOW : 0);
	if (n->over || (flags & FN_IS_WIN))
		has |= AST_HAS_WINDOW;
	else if (flags & FN_IS_AGG)
		has |= AST_HAS_AGGREGATE;
	has |= flags & FN_IS_NONDET ? AST_HAS_NONDET_FN : 0;
	has |= flags & FN_IS_NOW ? AST_HAS_NOW_FN : 0;
	has |= flags & FN_IS_SESS ? AST_HAS_SESSION_FN : 0;
	has |= flags & FN_IS_LOCK ? AST_HAS_LOCK_FN : 0;
	/* UNIX_TIMESTAMP(x) has no time of its own. */
	if (n->fn == FN_UNIX_TIMESTAMP && n->args.n)
		has &= ~(unsigned)AST_HAS_NOW_FN;
	return has;
}

static unsigned of_node(const struct ast_node *n)
{
	switch (n->kind) {
	case AST_FUNC:
		return of_function(AST_AS(func, n));
	case AST_SELECT:
	case AST_SETOP:
	case AST_VALUES:
		return AST_HAS_SUBQUERY;
	case AST_USER_VAR:
		return AST_HAS_USER_VAR;
	case AST_SYS_VAR:
		return AST_HAS_SYS_VAR;
	case AST_ASSIGN:
		return n->flags & AST_COLON ? AST_HAS_USER_VAR_SET : 0;
	case AST_INTO:
		return AST_AS(into, n)->targets.n ? AST_HAS_USER_VAR_SET : 0;
	case AST_SET_ITEM:
		return AST_AS(set_item, n)->target &&
				       AST_AS(set_item, n)->target->kind == AST_USER_VAR
			       ? AST_HAS_USER_VAR_SET
			       : 0;
	case AST_COLUMN:
	case AST_STAR:
		return AST_HAS_COLUMN;
	case AST_LITERAL:
		return n->op == AST_LIT_PARAM ? AST_HAS_PARAM | AST_HAS_LITERAL : AST_HAS_LITERAL;
	default:
		return 0;
	}
}

struct asked {
	unsigned has;
	const struct ast_node *root;
};

static int ask(struct ast_node *n, void *arg)
{
	struct asked *a = arg;
	bool below = ast_info_is_query(n) && n != a->root;

	a->has |= of_node(n);
	if (n == a->root && ast_info_is_query(n))
		a->has &= ~(unsigned)AST_HAS_SUBQUERY;
	if (below) {
		/* Its aggregates and windows are its own. */
		struct asked inner = {.root = n};

		ast_walk(n, ask, &inner);
		a->has |= inner.has & ~(unsigned)(AST_HAS_AGGREGATE | AST_HAS_WINDOW);
		return AST_SKIP_CHILDREN;
	}
	return AST_GO_ON;
}

unsigned ast_info_has(const struct ast_node *n)
{
	struct asked a = {.root = n};

	ast_walk((struct ast_node *)(uintptr_t)n, ask, &a);
	return a.has;
}

unsigned ast_info_has_list(const struct ast_list *l)
{
	unsigned has = 0;

	for (uint32_t i = 0; i < l->n; i++)
		has |= ast_info_has(l->v[i]);
	return has;
}

/* CTE names in scope, innermost first. */
struct scope {
	const struct scope *outer;
	const struct ast_list *ctes;
	uint32_t visible; /* ctes[0..visible) */
};

struct collect {
	struct arena *a;
	struct ast_list *out;
	const struct scope *scope;
	bool nomem;
};

static bool is_cte(const struct scope *s, const struct ast_table *t)
{
	if (t->db.p)
		return false;
	for (; s; s = s->outer) {
		for (uint32_t i = 0; i < s->visible; i++) {
			if (str_ieq(AST_AS(cte, s->ctes->v[i])->name, t->name))
				return true;
		}
	}
	return false;
}

const struct ast_node *ast_info_with(const struct ast_node *n)
{
	switch (n->kind) {
	case AST_SELECT:
		return AST_AS(select, n)->with;
	case AST_SETOP:
		return AST_AS(setop, n)->with;
	case AST_UPDATE:
		return AST_AS(update, n)->with;
	case AST_DELETE:
		return AST_AS(delete, n)->with;
	default:
		return NULL;
	}
}

static bool visit(struct ast_node **place, void *arg);

/* In the query of each CTE the ones before it are seen, and with RECURSIVE all of them. */
static void with_ctes(struct collect *c, const struct ast_with *w, struct scope *s)
{
	s->ctes = &w->ctes;
	for (uint32_t i = 0; i < w->ctes.n; i++) {
		s->visible = w->n.flags & AST_RECURSIVE ? w->ctes.n : i;
		visit(&AST_AS(cte, w->ctes.v[i])->query, c);
	}
	s->visible = w->ctes.n;
}

/* The names in DELETE t FROM are those of tables in FROM; what FOR UPDATE OF names too. */
static bool are_references(const struct ast_node *n)
{
	return n->kind == AST_LOCK;
}

static bool visit_delete(struct collect *c, struct ast_delete *n)
{
	for (uint32_t i = 0; i < n->from.n; i++)
		visit(&n->from.v[i], c);
	if (n->where)
		visit(&n->where, c);
	for (uint32_t i = 0; i < n->order.n; i++)
		visit(&n->order.v[i], c);
	for (uint32_t i = 0; i < n->returning.n; i++)
		visit(&n->returning.v[i], c);
	return !c->nomem;
}

/* Those in its definition are in its list. */
static bool visit_ddl(struct collect *c, struct ast_ddl *n)
{
	for (uint32_t i = 0; i < n->tables.n; i++)
		visit(&n->tables.v[i], c);
	if (n->query)
		visit(&n->query, c);
	return !c->nomem;
}

static bool visit(struct ast_node **place, void *arg)
{
	struct collect *c = arg;
	struct ast_node *n = *place;
	const struct scope *outer = c->scope;
	struct scope s = {.outer = outer};
	const struct ast_node *with;

	if (are_references(n) || n->kind == AST_WITH)
		return true;
	if (n->kind == AST_TABLE && !is_cte(outer, AST_AS(table, n)) && ast_push(c->a, c->out, n))
		c->nomem = true;
	with = ast_info_with(n);
	if (with) {
		c->scope = &s;
		with_ctes(c, AST_AS(with, with), &s);
	}
	if (n->kind == AST_DELETE)
		visit_delete(c, AST_AS(delete, n));
	else if (n->kind == AST_DDL)
		visit_ddl(c, AST_AS(ddl, n));
	else
		ast_each(n, visit, c);
	c->scope = outer;
	return !c->nomem;
}

int ast_info_tables(struct arena *a, struct ast_node *root, struct ast_list *out, struct err *e)
{
	struct collect c = {.a = a, .out = out};

	visit(&root, &c);
	return c.nomem ? err_set(e, ERR_NOMEM, "out of memory for a list of tables") : 0;
}
