/* UPDATE and DELETE, of one table and of several; DO, CALL, SET, CREATE VIEW and others that hold
 * expressions or queries. */
#include "sql/sema/bind_int.h"
#include "sql/sema/colname.h"
#include "src/base/str.h"

/* --- which tables and views may be changed --- */

/* The SELECT that a view is, when each of its rows is one row of its tables; else NULL. */
static const struct bind_query *merged(const struct bind_table *t)
{
	return t->is_view && t->merged ? t->query : NULL;
}

bool bind_dml_updatable(const struct bind_table *t)
{
	const struct bind_query *v;
	bool any = false;

	if (t->node->kind == AST_INSERT || t->node->kind == AST_JSON_TABLE)
		return false;
	if (!t->query)
		return true;
	v = merged(t);
	for (uint32_t i = 0; v && i < v->table_count; i++)
		any = any || bind_dml_updatable(v->tables[i]);
	return any;
}

bool bind_dml_column_updatable(const struct bind_table *t, uint32_t i)
{
	const struct bind_query *v = t->query;
	const struct bind_output *o;

	if (!v)
		return true;
	if (!merged(t) || i >= v->output_count)
		return false;
	o = &v->outputs[i];
	return o->table && bind_dml_updatable(o->table) &&
	       bind_dml_column_updatable(o->table, o->column);
}

/* The table that holds column @column of @t. */
static const struct bind_table *base_of(const struct bind_table *t, uint32_t column)
{
	while (t->merged && column < t->query->output_count && t->query->outputs[column].table) {
		const struct bind_output *o = &t->query->outputs[column];

		t = o->table;
		column = o->column;
	}
	return t;
}

int bind_dml_one_base(struct bind *b, const struct ast_list *columns)
{
	for (uint32_t i = 0; i < columns->n; i++) {
		const struct bind_ref *r = bind_ref_of(b, AST_AS(column, columns->v[i]));
		struct bind_table *t = r ? (struct bind_table *)(uintptr_t)r->table : NULL;
		const struct bind_table *base;

		if (!t || !t->is_view)
			continue;
		base = base_of(t, r->column);
		if (base->query) /* an expression */
			continue;
		if (t->base && t->base != base)
			return err_set_mysql(b->e, ERR_INVALID, 1393, "HY000",
					     "Can not modify more than one base table through a "
					     "join view '%.*s.%.*s'",
					     STR_ARG(t->db), STR_ARG(AST_AS(table, t->node)->name));
		t->base = base;
	}
	return 0;
}

static int not_updatable(struct bind *b, const struct bind_table *t, const char *word)
{
	return err_set_mysql(b->e, ERR_INVALID, 1288, "HY000",
			     "The target table %.*s of the %s is not updatable", STR_ARG(t->name),
			     word);
}

/* --- UPDATE --- */

static int set_target(struct bind *b, struct bind_query *q, struct ast_node *target)
{
	const struct bind_ref *r;
	struct bind_table *t;

	if (bind_expr_one(b, q, target))
		return -1;
	r = target->kind == AST_COLUMN ? bind_ref_of(b, AST_AS(column, target)) : NULL;
	t = r ? (struct bind_table *)(uintptr_t)r->table : NULL;
	if (t)
		t->target = true;
	return 0;
}

static int check_target(struct bind *b, const struct ast_node *target)
{
	const struct bind_ref *r =
		target->kind == AST_COLUMN ? bind_ref_of(b, AST_AS(column, target)) : NULL;

	if (!r || !r->table)
		return 0;
	if (!bind_dml_updatable(r->table))
		return not_updatable(b, r->table, "UPDATE");
	if (!bind_dml_column_updatable(r->table, r->column))
		return err_set_mysql(b->e, ERR_INVALID, 1348, "HY000",
				     "Column '%.*s' is not updatable",
				     STR_ARG(AST_AS(column, target)->name));
	return 0;
}

static int set_targets(struct bind *b, struct bind_query *q, const struct ast_list *l)
{
	struct ast_list columns = {0};

	q->place = BIND_IN_SET;
	for (uint32_t i = 0; i < l->n; i++) {
		if (set_target(b, q, AST_AS(assign, l->v[i])->target))
			return -1;
	}
	for (uint32_t i = 0; i < l->n; i++) {
		struct ast_node *target = AST_AS(assign, l->v[i])->target;

		if (check_target(b, target))
			return -1;
		if (target->kind == AST_COLUMN && ast_push(b->arena, &columns, target))
			return bind_int_nomem(b);
	}
	return bind_dml_one_base(b, &columns);
}

static int set_values(struct bind *b, struct bind_query *q, const struct ast_list *l,
		      enum bind_place place)
{
	q->place = (uint8_t)place;
	for (uint32_t i = 0; i < l->n; i++) {
		if (bind_expr_one(b, q, AST_AS(assign, l->v[i])->value))
			return -1;
	}
	return 0;
}

static int where(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	q->place = BIND_IN_WHERE;
	return x && bind_expr_one(b, q, x) ? -1 : 0;
}

/* Of several tables, or of something else than a table: a server makes a query of it. */
static bool is_multi(const struct bind_query *q, const struct ast_list *tables)
{
	const struct bind_table *t = q->tables[0];

	return tables->n > 1 || tables->v[0]->kind != AST_TABLE ||
	       (t->query && (!merged(t) || t->query->table_count > 1));
}

static int update(struct bind *b, struct bind_query *q, const struct ast_update *n)
{
	bool multi;

	if (bind_from_list(b, q, &n->tables))
		return -1;
	multi = is_multi(q, &n->tables);
	if (multi && set_targets(b, q, &n->set))
		return -1;
	if (where(b, q, n->where) || bind_from_on(b, q, &n->tables) ||
	    bind_query_orders(b, q, &n->order, BIND_IN_ORDER))
		return -1;
	if (!multi && set_targets(b, q, &n->set))
		return -1;
	if (set_values(b, q, &n->set, multi ? BIND_IN_FIELDS : BIND_IN_SET))
		return -1;
	return bind_query_limit(b, n->limit);
}

/* --- DELETE --- */

/* The table that the target @t names: by alias, or by name and database what has no alias. */
static struct bind_table *target_of(struct bind *b, const struct bind_query *q,
				    const struct ast_table *t)
{
	for (uint32_t i = 0; i < q->table_count; i++) {
		struct bind_table *o = q->tables[i];
		const struct ast_table *of = AST_AS(table, o->node);

		if (!bind_int_same(b, o->name, t->name) || o->node->kind == AST_JSON_TABLE)
			continue;
		if (!t->db.n ||
		    (o->node->kind == AST_TABLE && !of->alias.n && bind_int_same(b, o->db, t->db)))
			return o;
	}
	return NULL;
}

static int no_target(struct bind *b, const struct ast_table *t)
{
	return err_set_mysql(b->e, ERR_NO_TABLE, 1109, "42S02",
			     "Unknown table '%.*s' in MULTI DELETE",
			     STR_ARG(bind_int_table_name(b, t->name)));
}

static int join_view(struct bind *b, const struct bind_table *t)
{
	return err_set_mysql(b->e, ERR_INVALID, 1395, "HY000",
			     "Can not delete from join view '%.*s.%.*s'", STR_ARG(t->db),
			     STR_ARG(AST_AS(table, t->node)->name));
}

static int delete_targets(struct bind *b, struct bind_query *q, const struct ast_list *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		const struct ast_table *n = AST_AS(table, l->v[i]);
		struct bind_table *t = target_of(b, q, n);

		bind_int_at(b, &n->n);
		if (!t)
			return no_target(b, n);
		if (!bind_dml_updatable(t))
			return not_updatable(b, t, "DELETE");
		if (t->query && t->query->table_count > 1)
			return join_view(b, t);
		t->target = true;
	}
	return 0;
}

/* Whether a table that @x is or is made of is the table @y is or one it is made of. */
static bool same_base(const struct bind *b, const struct bind_table *x, const struct bind_table *y)
{
	for (uint32_t i = 0; x->query && x->is_view && i < x->query->table_count; i++) {
		if (same_base(b, x->query->tables[i], y))
			return true;
	}
	for (uint32_t i = 0; y->query && y->is_view && i < y->query->table_count; i++) {
		if (same_base(b, x, y->query->tables[i]))
			return true;
	}
	return x->node->kind == AST_TABLE && y->node->kind == AST_TABLE && !x->query && !y->query &&
	       bind_int_same(b, x->db, y->db) &&
	       bind_int_same(b, AST_AS(table, x->node)->name, AST_AS(table, y->node)->name);
}

static int specified_twice(struct bind *b, const struct bind_table *target,
			   const struct bind_table *source)
{
	if (target->is_view || source->is_view)
		return err_set_mysql(b->e, ERR_INVALID, 1443, "HY000",
				     "The definition of table '%.*s' prevents operation DELETE on "
				     "table '%.*s'",
				     STR_ARG(target->is_view ? target->name : source->name),
				     STR_ARG(target->name));
	return err_set_mysql(b->e, ERR_INVALID, 1093, "HY000",
			     "Table '%.*s' is specified twice, both as a target for 'DELETE' and "
			     "as a separate source for data",
			     STR_ARG(target->name));
}

/* The rows that go must not come from a query in WHERE. */
static int used_twice(struct bind *b, const struct bind_query *q)
{
	for (uint32_t i = 1; i < b->query_count; i++) {
		const struct bind_query *inner = b->queries[i];

		for (uint32_t k = 0; inner->outer && k < inner->table_count; k++) {
			for (uint32_t m = 0; m < q->table_count; m++) {
				if (q->tables[m]->target &&
				    same_base(b, inner->tables[k], q->tables[m]))
					return specified_twice(b, q->tables[m], inner->tables[k]);
			}
		}
	}
	return 0;
}

/* Named twice: known from the text alone, and said before anything else. */
static int targets_once(struct bind *b, const struct ast_list *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		const struct ast_table *x = AST_AS(table, l->v[i]);

		if (!x->db.n && !b->db.n)
			return err_set(b->e, ERR_NO_DB, "No database selected");
		for (uint32_t k = 0; k < i && i < BIND_MAX_TABLES; k++) {
			const struct ast_table *y = AST_AS(table, l->v[k]);

			if (bind_int_same(b, x->name, y->name) && str_eq(x->db, y->db))
				return err_set_mysql(b->e, ERR_INVALID, 1066, "42000",
						     "Not unique table/alias: '%.*s'",
						     STR_ARG(x->name));
		}
	}
	return 0;
}

static int delete (struct bind *b, struct bind_query *q, const struct ast_delete *n)
{
	if (targets_once(b, &n->targets) || bind_from_list(b, q, &n->from))
		return -1;
	if (n->targets.n) {
		if (delete_targets(b, q, &n->targets) || where(b, q, n->where))
			return -1;
		return bind_from_on(b, q, &n->from) || used_twice(b, q) ? -1 : 0;
	}
	if (!bind_dml_updatable(q->tables[0]))
		return not_updatable(b, q->tables[0], "DELETE");
	if (q->tables[0]->query && q->tables[0]->query->table_count > 1)
		return join_view(b, q->tables[0]);
	q->tables[0]->target = true;
	if (n->returning.n && bind_query_items(b, q, &n->returning, BIND_IN_RETURNING))
		return -1;
	if (where(b, q, n->where) || bind_query_orders(b, q, &n->order, BIND_IN_ORDER))
		return -1;
	return bind_query_limit(b, n->limit);
}

/* --- others --- */

static int expressions(struct bind *b, struct bind_query *q, const struct ast_list *l,
		       enum bind_place place)
{
	q->place = (uint8_t)place;
	for (uint32_t i = 0; i < l->n; i++) {
		struct ast_node *x = l->v[i];

		if (bind_expr_one(b, q, x->kind == AST_ITEM ? AST_AS(item, x)->expr : x))
			return -1;
	}
	return 0;
}

static int set(struct bind *b, struct bind_query *q, const struct ast_list *l)
{
	q->place = BIND_IN_SET;
	for (uint32_t i = 0; i < l->n; i++) {
		const struct ast_set_item *n = AST_AS(set_item, l->v[i]);

		/* SET variable = ON: words that are no names of columns. */
		if (!n->value || (n->value->kind == AST_COLUMN && n->target->kind != AST_USER_VAR))
			continue;
		if (bind_expr_one(b, q, n->value))
			return -1;
	}
	return 0;
}

static int inner(struct bind *b, struct bind_query *q, struct ast_node *n)
{
	struct bind_query *p = n ? bind_query_make(b, n, NULL) : NULL;

	if (!n)
		return 0;
	q->parts = arena_array(b->arena, 1, sizeof(struct bind_query *));
	if (!p || !q->parts)
		return p ? bind_int_nomem(b) : -1;
	q->parts[0] = p;
	q->part_count = 1;
	return 0;
}

/* SET STATEMENT x = 1 FOR statement: the result is the statement's. */
static int set_statement(struct bind *b, struct bind_query *q, const struct ast_set_statement *n)
{
	if (set(b, q, &n->items) || inner(b, q, n->statement))
		return -1;
	if (!q->part_count)
		return 0;
	q->outputs = q->parts[0]->outputs;
	q->output_count = q->parts[0]->output_count;
	q->into = q->parts[0]->into;
	return 0;
}

static int column_name(struct bind *b, struct str name)
{
	return err_set_mysql(b->e, ERR_INVALID, 1166, "42000", "Incorrect column name '%.*s'",
			     STR_ARG(name));
}

/* The names that are given anywhere in a view. */
static int view_aliases(struct bind *b)
{
	for (uint32_t i = 1; i < b->query_count; i++) {
		const struct bind_query *q = b->queries[i];

		for (uint32_t k = 0; q->node->kind == AST_SELECT && k < q->output_count; k++) {
			const struct ast_item *item = q->outputs[k].item;

			if (item && item->alias.p && !colname_valid(colname_cut(item->alias)))
				return column_name(b, item->alias);
		}
	}
	return 0;
}

/* CREATE VIEW, CREATE TABLE .. SELECT: the query, and that its columns have names. */
static int ddl(struct bind *b, struct bind_query *q, const struct ast_ddl *n)
{
	enum bind_naming naming = n->def ? BIND_DERIVED : BIND_VIEW;
	struct catalog_column *c;

	if (inner(b, q, n->query) || !n->query)
		return n->query ? -1 : 0;
	if (naming == BIND_VIEW && view_aliases(b))
		return -1;
	for (uint32_t i = 0; naming == BIND_DERIVED && i < q->parts[0]->output_count; i++) {
		const struct bind_output *o = &q->parts[0]->outputs[i];

		if (!colname_valid(o->name))
			return column_name(b, o->name);
	}
	return bind_leaf_columns(b, q->parts[0], n->columns.n ? &n->columns : NULL, naming, &c);
}

int bind_dml_make(struct bind *b, struct bind_query *q, struct ast_node *n)
{
	switch (n->kind) {
	case AST_INSERT:
		return bind_insert_make(b, q, AST_AS(insert, n));
	case AST_UPDATE:
		return update(b, q, AST_AS(update, n));
	case AST_DELETE:
		return delete (b, q, AST_AS(delete, n));
	case AST_DO:
		return expressions(b, q, &AST_AS(do, n)->items, BIND_IN_DO);
	case AST_CALL:
		return expressions(b, q, &AST_AS(call, n)->args, BIND_IN_CALL);
	case AST_SET:
		return set(b, q, &AST_AS(set, n)->items);
	case AST_EXPLAIN:
		return inner(b, q, AST_AS(explain, n)->statement);
	case AST_DDL:
		return ddl(b, q, AST_AS(ddl, n));
	case AST_SET_STATEMENT:
		return set_statement(b, q, AST_AS(set_statement, n));
	case AST_HANDLER:
	case AST_LOAD:
		return bind_int_not_done(b, ast_kind_name((enum ast_kind)n->kind));
	default:
		return 0; /* has no names of columns */
	}
}
