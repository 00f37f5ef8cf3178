/* Queries: the parts of a SELECT in the order in which a server looks at them, so that of several
 * errors ours is its. */
#include "sql/ast/ast_info.h"
#include "sql/sema/bind_int.h"
#include "src/base/str.h"

static int push(struct bind *b, struct bind_query *q, uint32_t *cap, struct bind_output o)
{
	if (q->output_count == *cap) {
		uint32_t more = *cap ? 2 * *cap : 8;
		struct bind_output *v = arena_array(b->arena, more, sizeof(*v));

		if (!v)
			return bind_int_nomem(b);
		if (q->output_count)
			memcpy(v, q->outputs, q->output_count * sizeof(*v));
		q->outputs = v;
		*cap = more;
	}
	q->outputs[q->output_count++] = o;
	return 0;
}

struct star {
	struct bind *b;
	struct bind_query *q;
	const struct ast_item *item;
	uint32_t *cap;
};

static int star_column(void *arg, struct bind_table *t, uint32_t column)
{
	struct star *s = arg;

	return push(s->b, s->q, s->cap,
		    (struct bind_output){.name = t->columns[column].name,
					 .item = s->item,
					 .table = t,
					 .column = column});
}

static int unknown_table(struct bind *b, const struct ast_star *n)
{
	struct str db = n->db.n ? n->db : b->catalog->db;

	return err_set_mysql(b->e, ERR_NO_TABLE, 1051, "42S02", "Unknown table '%.*s%s%.*s'",
			     STR_ARG(db), db.n ? "." : "", STR_ARG(n->table));
}

static int star(struct star *s, const struct ast_star *n)
{
	struct bind_query *q = s->q;

	if (!q->at)
		return n->table.n ? unknown_table(s->b, n)
				  : err_set_mysql(s->b->e, ERR_INVALID, 1096, "HY000",
						  "No tables used");
	if (!n->table.n)
		return bind_join_each(q->at, star_column, s);
	for (uint32_t i = 0; i < q->table_count; i++) {
		struct bind_side one = {.table = q->tables[i]};

		if (str_eq(one.table->name, n->table) && (!n->db.n || str_eq(one.table->db, n->db)))
			return bind_join_each(&one, star_column, s);
	}
	return unknown_table(s->b, n);
}

/* Stars first, all of them, then the meaning of the expressions. */
static int items(struct bind *b, struct bind_query *q, const struct ast_list *l)
{
	uint32_t cap = 0;
	struct star s = {b, q, NULL, &cap};

	q->place = BIND_IN_FIELDS;
	for (uint32_t i = 0; i < l->n; i++) {
		const struct ast_item *n = AST_AS(item, l->v[i]);
		struct bind_output o = {.item = n, .expr = n->expr, .name = n->alias};

		s.item = n;
		if (n->expr->kind == AST_STAR) {
			if (star(&s, AST_AS(star, n->expr)))
				return -1;
			continue;
		}
		if (!o.name.p)
			o.name = n->expr->kind == AST_COLUMN ? AST_AS(column, n->expr)->name
							     : colname_of(b, n);
		if (push(b, q, &cap, o))
			return -1;
	}
	for (uint32_t i = 0; i < q->output_count; i++) {
		struct bind_output *o = &q->outputs[i];
		const struct bind_ref *r;

		q->items_bound = i;
		if (!o->expr)
			continue;
		if (bind_expr_one(b, q, (struct ast_node *)(uintptr_t)o->expr))
			return -1;
		r = o->expr->kind == AST_COLUMN ? bind_ref_of(b, AST_AS(column, o->expr)) : NULL;
		if (r && r->table && r->levels == 0) {
			o->table = r->table;
			o->column = r->column;
		}
	}
	q->items_bound = q->output_count;
	return 0;
}

static int orders(struct bind *b, struct bind_query *q, const struct ast_list *l,
		  enum bind_place place)
{
	for (uint32_t i = 0; i < l->n; i++) {
		struct ast_node *x = l->v[i];

		/* PARTITION BY has expressions. */
		if (bind_name_order(b, q, x->kind == AST_ORDER ? AST_AS(order, x)->expr : x, place))
			return -1;
	}
	return 0;
}

static int window(struct bind *b, struct bind_query *q, const struct ast_window *w)
{
	return orders(b, q, &w->partition, BIND_IN_GROUP) || orders(b, q, &w->order, BIND_IN_ORDER)
		       ? -1
		       : 0;
}

struct windows {
	struct bind *b;
	struct bind_query *q;
};

static int look_window(struct ast_node *n, void *arg)
{
	struct windows *w = arg;

	if (ast_info_is_query(n))
		return AST_SKIP_CHILDREN;
	if (n->kind == AST_WINDOW && window(w->b, w->q, AST_AS(window, n)))
		return AST_STOP;
	return AST_GO_ON;
}

static int select_query(struct bind *b, struct bind_query *q, const struct ast_select *n)
{
	struct windows w = {b, q};

	q->grouped = n->group.n > 0;
	if (bind_from_list(b, q, &n->from) || items(b, q, &n->items))
		return -1;
	q->place = BIND_IN_WHERE;
	if (n->where && bind_expr_one(b, q, n->where))
		return -1;
	if (bind_from_on(b, q, &n->from) || orders(b, q, &n->order, BIND_IN_ORDER) ||
	    orders(b, q, &n->group, BIND_IN_GROUP))
		return -1;
	if (!ast_walk_list(&n->windows, look_window, &w) ||
	    !ast_walk_list(&n->items, look_window, &w) ||
	    !ast_walk_list(&n->order, look_window, &w))
		return -1;
	q->place = BIND_IN_HAVING;
	return n->having && bind_expr_one(b, q, n->having) ? -1 : 0;
}

static int same_width(struct bind *b, const struct bind_query *x, const struct bind_query *y)
{
	if (x->output_count == y->output_count)
		return 0;
	return err_set_mysql(b->e, ERR_INVALID, 1222, "21000",
			     "The used SELECT statements have a different number of columns");
}

/* The CTE whose query @node is may be named in all but its first part. */
static int recursive(struct bind *b, const struct ast_node *node, const struct bind_query *first)
{
	struct bind_ctes *c = b->ctes;
	struct catalog_column *columns;

	if (!c || c->cte->query != node || c->columns)
		return 0;
	if (bind_query_columns(b, first, c->cte->columns.n ? &c->cte->columns : NULL, &columns))
		return -1;
	c->columns = columns;
	c->column_count = first->output_count;
	return 0;
}

static int set_query(struct bind *b, struct bind_query *q, const struct ast_setop *n)
{
	struct bind_query *first = bind_query_make(b, n->first, q->outer);

	if (!first || recursive(b, q->node, first))
		return -1;
	q->correlated = first->correlated;
	for (uint32_t i = 0; i < n->parts.n; i++) {
		struct bind_query *p =
			bind_query_make(b, AST_AS(setop_part, n->parts.v[i])->query, q->outer);

		if (!p || same_width(b, first, p))
			return -1;
		q->correlated = p->correlated > q->correlated ? p->correlated : q->correlated;
	}
	q->output_count = first->output_count;
	q->outputs = arena_array(b->arena, (size_t)q->output_count + 1, sizeof(*q->outputs));
	if (!q->outputs)
		return bind_int_nomem(b);
	for (uint32_t i = 0; i < q->output_count; i++)
		q->outputs[i] = (struct bind_output){.name = first->outputs[i].name,
						     .item = first->outputs[i].item};
	q->items_bound = q->output_count;
	return orders(b, q, &n->order, BIND_IN_ORDER);
}

static int values_query(struct bind *b, struct bind_query *q, const struct ast_values *n)
{
	(void)q;
	(void)n;
	return bind_int_not_done(b, "VALUES");
}

static int by_kind(struct bind *b, struct bind_query *q, struct ast_node *n)
{
	const struct ast_node *with = NULL;
	struct bind_ctes *ctes = b->ctes;
	int rc;

	if (n->kind == AST_SELECT)
		with = AST_AS(select, n)->with;
	else if (n->kind == AST_SETOP)
		with = AST_AS(setop, n)->with;
	if (with && bind_from_with(b, with))
		return -1;
	if (n->kind == AST_SELECT)
		rc = select_query(b, q, AST_AS(select, n));
	else if (n->kind == AST_SETOP)
		rc = set_query(b, q, AST_AS(setop, n));
	else if (n->kind == AST_VALUES)
		rc = values_query(b, q, AST_AS(values, n));
	else
		rc = bind_dml_make(b, q, n);
	b->ctes = ctes;
	return rc;
}

struct bind_query *bind_query_make(struct bind *b, struct ast_node *node, struct bind_query *outer)
{
	struct bind_query *q = node ? arena_zalloc(b->arena, sizeof(*q)) : NULL;
	int rc;

	if (!q) {
		bind_int_nomem(b);
		return NULL;
	}
	if (++b->depth > BIND_MAX_DEPTH) {
		err_set(b->e, ERR_TOO_DEEP, "the statement is nested too deeply");
		return NULL;
	}
	q->outer = outer;
	q->node = node;
	rc = by_kind(b, q, node);
	b->depth--;
	return rc ? NULL : q;
}

int bind_query_columns(struct bind *b, const struct bind_query *q, const struct ast_list *names,
		       struct catalog_column **out)
{
	struct catalog_column *c = arena_array(b->arena, (size_t)q->output_count + 1, sizeof(*c));

	if (!c)
		return bind_int_nomem(b);
	if (names && names->n != q->output_count)
		return err_set_mysql(b->e, ERR_INVALID, 4002, "HY000",
				     "WITH column list and SELECT field list have different column "
				     "counts");
	for (uint32_t i = 0; i < q->output_count; i++) {
		const struct bind_output *o = &q->outputs[i];

		if (o->table)
			c[i] = o->table->columns[o->column];
		c[i].invisible = false;
		c[i].name = names ? AST_AS(name, names->v[i])->name : o->name;
		for (uint32_t k = 0; k < i; k++) {
			if (str_ieq(c[k].name, c[i].name))
				return err_set_mysql(b->e, ERR_INVALID, 1060, "42S21",
						     "Duplicate column name '%.*s'",
						     STR_ARG(c[i].name));
		}
	}
	*out = c;
	return 0;
}
