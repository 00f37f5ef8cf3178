/* FROM: tables, derived tables, common table expressions, joins. */
#include "sql/sema/bind_int.h"
#include "src/base/str.h"

static struct bind_side *nothing(int rc)
{
	(void)rc;
	return NULL;
}

static bool is_cte(const struct bind_ctes *c, const struct ast_table *t)
{
	return str_ieq(c->cte->name, t->name);
}

static int of_cte(struct bind *b, struct bind_table *t, const struct bind_ctes *c)
{
	if (!c->columns)
		return bind_int_not_done(b, "a recursive reference before the first SELECT");
	t->query = c->query;
	t->columns = c->columns;
	t->column_count = c->column_count;
	return 0;
}

static int of_view(struct bind *b, struct bind_table *t, const struct catalog_table *view)
{
	struct bind_ctes *ctes = b->ctes;
	struct str text = b->text;
	struct catalog_column *c;
	int rc = -1;

	b->ctes = NULL;
	b->text = view->view_text;
	/* What a view is made of is read only, but for the refs of its names: bind a copy. */
	t->query = bind_query_make(b, ast_clone(b->arena, view->view, false), NULL);
	if (t->query && bind_query_columns(b, t->query, view->names, &c) == 0) {
		t->columns = c;
		t->column_count = t->query->output_count;
		rc = 0;
	}
	b->ctes = ctes;
	b->text = text;
	return rc;
}

static int of_table(struct bind *b, struct bind_table *t, const struct ast_table *n)
{
	struct str db = t->db;
	struct catalog_table found;
	int rc;

	for (const struct bind_ctes *c = b->ctes; c && !n->db.n; c = c->outer) {
		if (is_cte(c, n))
			return of_cte(b, t, c);
	}
	if (!db.n)
		return err_set(b->e, ERR_NO_DB, "No database selected");
	rc = b->catalog->find(b->catalog->arg, b->arena, db, n->name, &found, b->e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(b->e, ERR_NO_TABLE, "Table '%.*s.%.*s' doesn't exist", STR_ARG(db),
			       STR_ARG(n->name));
	t->columns = found.columns;
	t->column_count = found.column_count;
	return found.view ? of_view(b, t, &found) : 0;
}

static int of_derived(struct bind *b, struct bind_table *t, const struct ast_derived *n)
{
	struct catalog_column *c;

	if (n->n.flags & AST_LATERAL)
		return bind_int_not_done(b, "LATERAL");
	t->query = bind_query_make(b, n->query, NULL);
	if (!t->query || bind_query_columns(b, t->query, n->columns.n ? &n->columns : NULL, &c))
		return -1;
	t->columns = c;
	t->column_count = t->query->output_count;
	return 0;
}

static int twice(struct bind *b, const struct bind_query *q, const struct bind_table *t)
{
	for (uint32_t i = 0; i < q->table_count; i++) {
		const struct bind_table *o = q->tables[i];

		if (str_eq(o->name, t->name) && str_eq(o->db, t->db))
			return err_set_mysql(b->e, ERR_INVALID, 1066, "42000",
					     "Not unique table/alias: '%.*s'", STR_ARG(t->name));
	}
	return 0;
}

static bool names_cte(const struct bind *b, const struct ast_table *n)
{
	const struct bind_ctes *c = b->ctes;

	while (c && !is_cte(c, n))
		c = c->outer;
	return c && !n->db.n;
}

static int add_leaf(struct bind *b, struct bind_query *q, struct ast_node *n)
{
	struct bind_table *t = arena_zalloc(b->arena, sizeof(*t));

	if (!t)
		return bind_int_nomem(b);
	if (q->table_count == BIND_MAX_TABLES)
		return err_set_mysql(b->e, ERR_INVALID, 1116, "HY000",
				     "Too many tables; MariaDB can only use 61 tables in a join");
	t->node = n;
	if (n->kind == AST_TABLE) {
		const struct ast_table *table = AST_AS(table, n);

		t->name = table->alias.n ? table->alias : table->name;
		if (!names_cte(b, table))
			t->db = table->db.n ? table->db : b->catalog->db;
	} else if (n->kind == AST_DERIVED) {
		t->name = AST_AS(derived, n)->alias;
	} else {
		return bind_int_not_done(b, ast_kind_name((enum ast_kind)n->kind));
	}
	if (twice(b, q, t))
		return -1;
	q->tables[q->table_count++] = t;
	return 0;
}

static int leaves(struct bind *b, struct bind_query *q, struct ast_node *n)
{
	const struct ast_join *j = AST_AS(join, n);
	int rc;

	if (n->kind != AST_JOIN)
		return add_leaf(b, q, n);
	if (++b->depth > BIND_MAX_DEPTH)
		return err_set(b->e, ERR_TOO_DEEP, "the statement is nested too deeply");
	rc = leaves(b, q, j->left) || leaves(b, q, j->right) ? -1 : 0;
	b->depth--;
	return rc;
}

static int open_leaf(struct bind *b, struct bind_table *t)
{
	return t->node->kind == AST_TABLE ? of_table(b, t, AST_AS(table, t->node))
					  : of_derived(b, t, AST_AS(derived, t->node));
}

/* Joins once all tables are known; *@at: the next table. */
static struct bind_side *side(struct bind *b, struct bind_query *q, const struct ast_node *n,
			      uint32_t *at)
{
	const struct ast_join *j = AST_AS(join, n);
	struct bind_side *left, *right;

	if (n->kind != AST_JOIN) {
		struct bind_side *s = arena_zalloc(b->arena, sizeof(*s));

		if (!s)
			return nothing(bind_int_nomem(b));
		s->table = q->tables[*at];
		s->first = (*at)++;
		s->last = *at;
		return s;
	}
	left = side(b, q, j->left, at);
	right = left ? side(b, q, j->right, at) : NULL;
	return right ? bind_join_side(b, left, right, j) : NULL;
}

int bind_from_list(struct bind *b, struct bind_query *q, const struct ast_list *from)
{
	struct bind_side *all = NULL;
	uint32_t at = 0;

	if (!from->n)
		return 0;
	q->tables = arena_array(b->arena, BIND_MAX_TABLES, sizeof(struct bind_table *));
	if (!q->tables)
		return bind_int_nomem(b);
	for (uint32_t i = 0; i < from->n; i++) {
		if (leaves(b, q, from->v[i]))
			return -1;
	}
	for (uint32_t i = 0; i < q->table_count; i++) {
		if (open_leaf(b, q->tables[i]))
			return -1;
	}
	for (uint32_t i = 0; i < from->n; i++) {
		struct bind_side *s = side(b, q, from->v[i], &at);

		all = all && s ? bind_join_side(b, all, s, NULL) : s;
		if (!all)
			return -1;
	}
	q->at = all;
	return 0;
}

/* The same way down again. */
static int on(struct bind *b, struct bind_query *q, struct ast_node *n, const struct bind_side *s)
{
	const struct ast_join *j = AST_AS(join, n);

	if (n->kind != AST_JOIN)
		return 0;
	if (on(b, q, j->left, s->left) || on(b, q, j->right, s->right))
		return -1;
	q->at = s;
	return j->on && bind_expr_one(b, q, j->on) ? -1 : 0;
}

int bind_from_on(struct bind *b, struct bind_query *q, const struct ast_list *from)
{
	const struct bind_side *all = q->at, *s = all;
	int rc = 0;

	q->place = BIND_IN_ON;
	/* The list's sides hang to the left: from the last to the first. */
	for (uint32_t i = from->n; rc == 0 && i-- > 0;) {
		rc = on(b, q, from->v[i], i ? s->right : s);
		s = i ? s->left : s;
	}
	q->at = all;
	return rc;
}

int bind_from_with(struct bind *b, const struct ast_node *with)
{
	const struct ast_list *l = &AST_AS(with, with)->ctes;

	for (uint32_t i = 0; i < l->n; i++) {
		const struct ast_cte *n = AST_AS(cte, l->v[i]);
		struct bind_ctes *c = arena_zalloc(b->arena, sizeof(*c)), *outer = b->ctes;
		struct catalog_column *columns;

		if (!c)
			return bind_int_nomem(b);
		c->cte = n;
		c->outer = outer;
		for (uint32_t k = 0; k < i; k++) {
			if (str_ieq(AST_AS(cte, l->v[k])->name, n->name))
				return err_set_mysql(b->e, ERR_INVALID, 4004, "HY000",
						     "Duplicate query name `%.*s` in WITH clause",
						     STR_ARG(n->name));
		}
		if (with->flags & AST_RECURSIVE)
			b->ctes = c;
		c->query = bind_query_make(b, n->query, NULL);
		if (!c->query ||
		    bind_query_columns(b, c->query, n->columns.n ? &n->columns : NULL, &columns))
			return -1;
		c->columns = columns;
		c->column_count = c->query->output_count;
		b->ctes = c;
	}
	return 0;
}
