/* FROM: which tables, what joins of them show, their conditions. */
#include "sql/sema/bind_int.h"
#include "src/base/str.h"

/* JSON_TABLE's alias must be the only one of its name, tables of other databases may have it. */
static bool clash(const struct bind *b, const struct bind_table *x, const struct bind_table *y)
{
	return bind_int_same(b, x->name, y->name) &&
	       (bind_int_same(b, x->db, y->db) || x->node->kind == AST_JSON_TABLE ||
		y->node->kind == AST_JSON_TABLE);
}

static struct str as_written(const struct bind_table *t)
{
	const struct ast_table *n = AST_AS(table, t->node);

	if (t->node->kind == AST_TABLE)
		return n->alias.n ? n->alias : n->name;
	return t->node->kind == AST_DERIVED ? AST_AS(derived, t->node)->alias : t->name;
}

static int twice(struct bind *b, const struct bind_query *q, const struct bind_table *t)
{
	for (uint32_t i = 0; i < q->table_count; i++) {
		if (clash(b, q->tables[i], t))
			return err_set_mysql(b->e, ERR_INVALID, 1066, "42000",
					     "Not unique table/alias: '%.*s'",
					     STR_ARG(as_written(t)));
	}
	return 0;
}

int bind_from_add(struct bind *b, struct bind_query *q, struct bind_table *t)
{
	if (!q->tables) {
		q->tables = arena_array(b->arena, BIND_MAX_TABLES, sizeof(struct bind_table *));
		if (!q->tables)
			return bind_int_nomem(b);
	}
	if (q->table_count == BIND_MAX_TABLES)
		return err_set_mysql(b->e, ERR_INVALID, 1116, "HY000",
				     "Too many tables; MariaDB can only use 61 tables in a join");
	if (twice(b, q, t))
		return -1;
	q->tables[q->table_count++] = t;
	return 0;
}

static int add_leaf(struct bind *b, struct bind_query *q, struct ast_node *n, bool optional)
{
	struct bind_table *t = arena_zalloc(b->arena, sizeof(*t));
	const struct ast_table *table = AST_AS(table, n);

	if (!t)
		return bind_int_nomem(b);
	bind_int_at(b, n);
	t->node = n;
	t->optional = optional;
	switch (n->kind) {
	case AST_TABLE:
		t->name = table->alias.n ? table->alias : table->name;
		if (!bind_with_find(b, table))
			t->db = table->db.n ? table->db : b->db;
		break;
	case AST_DERIVED:
		t->name = AST_AS(derived, n)->alias;
		q->laterals = q->laterals || (n->flags & AST_LATERAL);
		break;
	case AST_JSON_TABLE:
		t->name = AST_AS(json_table, n)->alias;
		q->laterals = true;
		if (!t->name.p)
			return err_set_mysql(b->e, ERR_INVALID, 4177, "HY000",
					     "Every table function must have an alias.");
		break;
	default:
		return bind_int_not_done(b, ast_kind_name((enum ast_kind)n->kind));
	}
	t->name = bind_int_table_name(b, t->name);
	t->db = bind_int_table_name(b, t->db);
	return bind_from_add(b, q, t);
}

/* @optional: within the inner side of an outer join. */
static int leaves(struct bind *b, struct bind_query *q, struct ast_node *n, bool optional)
{
	const struct ast_join *j = AST_AS(join, n);
	int rc;

	if (n->kind != AST_JOIN)
		return add_leaf(b, q, n, optional);
	if (++b->depth > BIND_MAX_DEPTH)
		return bind_int_deep(b);
	rc = leaves(b, q, j->left, optional || j->n.op == AST_JOIN_RIGHT) ||
			     leaves(b, q, j->right, optional || j->n.op == AST_JOIN_LEFT)
		     ? -1
		     : 0;
	b->depth--;
	return rc;
}

/* Both of them; one may be NULL. */
static const struct bind_side *both(struct bind *b, const struct bind_side *x,
				    const struct bind_side *y)
{
	return x && y ? bind_join_side(b, x, y, NULL) : x ? x : y;
}

static bool is_lateral(const struct bind_table *t)
{
	return t->node->kind == AST_DERIVED && (t->node->flags & AST_LATERAL);
}

/* Where the walk over the joins is. */
struct at {
	struct bind *b;
	struct bind_query *q;
	uint32_t next; /* table of the query */
};

/* What @n shows, once all tables are known but LATERALs, which see @seen: what is to their left. */
static const struct bind_side *side(struct at *a, const struct ast_node *n,
				    const struct bind_side *seen)
{
	const struct ast_join *j = AST_AS(join, n);
	const struct bind_side *left, *right;

	if (n->kind != AST_JOIN) {
		struct bind_table *t = a->q->tables[a->next++];

		if (is_lateral(t)) {
			t->seen = seen;
			if (bind_leaf_open(a->b, a->q, t))
				return NULL;
		}
		return bind_join_table(a->b, t);
	}
	left = side(a, j->left, seen);
	if (left && a->q->laterals)
		seen = both(a->b, seen, left);
	right = left ? side(a, j->right, seen) : NULL;
	return right ? bind_join_side(a->b, left, right, j) : NULL;
}

/* The arguments of JSON_TABLEs, once all columns are known. The outer side of a RIGHT JOIN comes
 * first. */
static int arguments(struct at *a, const struct ast_node *n, const struct bind_side *s,
		     const struct bind_side *seen)
{
	const struct ast_join *j = AST_AS(join, n);
	bool right = j->n.op == AST_JOIN_RIGHT;

	if (n->kind == AST_JSON_TABLE) {
		s->table->seen = seen;
		return bind_leaf_argument(a->b, a->q, s->table);
	}
	if (n->kind != AST_JOIN)
		return 0;
	if (arguments(a, j->left, s->left, right ? both(a->b, seen, s->right) : seen))
		return -1;
	return arguments(a, j->right, s->right, right ? seen : both(a->b, seen, s->left));
}

/* The sides of a list hang to the left: from the last to the first. */
static int list_arguments(struct at *a, const struct ast_list *from, uint32_t n,
			  const struct bind_side *s)
{
	if (n == 1)
		return arguments(a, from->v[0], s, NULL);
	if (list_arguments(a, from, n - 1, s->left))
		return -1;
	return arguments(a, from->v[n - 1], s->right, s->left);
}

int bind_from_list(struct bind *b, struct bind_query *q, const struct ast_list *from)
{
	struct at a = {b, q, 0};
	const struct bind_side *all = NULL;

	if (!from->n)
		return 0;
	for (uint32_t i = 0; i < from->n; i++) {
		if (leaves(b, q, from->v[i], false))
			return -1;
	}
	for (uint32_t i = 0; i < q->table_count; i++) {
		if (!is_lateral(q->tables[i]) && bind_leaf_open(b, q, q->tables[i]))
			return -1;
	}
	for (uint32_t i = 0; i < from->n; i++) {
		const struct bind_side *s = side(&a, from->v[i], all);

		all = all && s ? bind_join_side(b, all, s, NULL) : s;
		if (!all)
			return -1;
	}
	q->at = all;
	return q->laterals ? list_arguments(&a, from, from->n, all) : 0;
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
	for (uint32_t i = from->n; rc == 0 && i-- > 0;) {
		rc = on(b, q, from->v[i], i ? s->right : s);
		s = i ? s->left : s;
	}
	q->at = all;
	return rc;
}
