/* INSERT, REPLACE, UPDATE and DELETE of one table: a query without outputs over that table. */
#include "sql/sema/bind_int.h"

/* Whose columns @l names: each once for INSERT. */
static int targets(struct bind *b, struct bind_query *q, const struct ast_list *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		struct ast_column *c = AST_AS(column, l->v[i]);

		if (bind_name_column(b, q, c, false))
			return -1;
		for (uint32_t k = 0; k < i; k++) {
			const struct bind_ref *r = bind_ref_of(b, AST_AS(column, l->v[k]));

			if (r->column == bind_ref_of(b, c)->column)
				return err_set_mysql(b->e, ERR_INVALID, 1110, "42000",
						     "Column '%.*s' specified twice",
						     STR_ARG(c->name));
		}
	}
	return 0;
}

static int sets(struct bind *b, struct bind_query *q, const struct ast_list *l,
		enum bind_place target, enum bind_place value)
{
	q->place = (uint8_t)target;
	for (uint32_t i = 0; i < l->n; i++) {
		if (bind_expr_one(b, q, AST_AS(assign, l->v[i])->target))
			return -1;
	}
	q->place = (uint8_t)value;
	for (uint32_t i = 0; i < l->n; i++) {
		if (bind_expr_one(b, q, AST_AS(assign, l->v[i])->value))
			return -1;
	}
	return 0;
}

static int wrong_count(struct bind *b, uint32_t row)
{
	return err_set(b->e, ERR_COLUMN_COUNT, "Column count doesn't match value count at row %u",
		       row);
}

/* Columns that rows without a list of columns have. */
static uint32_t visible(const struct bind_table *t)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->column_count; i++)
		n += !t->columns[i].invisible;
	return n;
}

static int rows(struct bind *b, struct bind_query *q, const struct ast_insert *n, uint32_t width)
{
	for (uint32_t i = 0; i < n->rows.n; i++) {
		const struct ast_list *items = &AST_AS(row, n->rows.v[i])->items;
		bool all_default = items->n == 0 && n->columns.n == 0;

		if (items->n != width && !all_default)
			return wrong_count(b, i + 1);
	}
	q->place = BIND_IN_VALUES;
	for (uint32_t i = 0; i < n->rows.n; i++) {
		const struct ast_list *items = &AST_AS(row, n->rows.v[i])->items;

		for (uint32_t k = 0; k < items->n; k++) {
			if (bind_expr_one(b, q, items->v[k]))
				return -1;
		}
	}
	return 0;
}

static int insert(struct bind *b, struct bind_query *q, struct ast_insert *n)
{
	struct ast_list from = {.v = &n->table, .n = 1, .cap = 1};
	const struct bind_query *source;
	uint32_t width;

	if (n->returning.n || n->on_dup.n || n->row_alias.p)
		return bind_int_not_done(b, "RETURNING and ON DUPLICATE KEY UPDATE");
	q->place = BIND_IN_INTO;
	if (bind_from_list(b, q, &from) || targets(b, q, &n->columns))
		return -1;
	width = n->columns.n ? n->columns.n : visible(q->tables[0]);
	if (!n->query)
		return n->set.n ? sets(b, q, &n->set, BIND_IN_INTO, BIND_IN_VALUES)
				: rows(b, q, n, width);
	source = bind_query_make(b, n->query, NULL);
	if (!source)
		return -1;
	return source->output_count == width ? 0 : wrong_count(b, 1);
}

static int orders(struct bind *b, struct bind_query *q, const struct ast_list *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		struct ast_node *x = l->v[i];

		if (bind_name_order(b, q, x->kind == AST_ORDER ? AST_AS(order, x)->expr : x,
				    BIND_IN_ORDER))
			return -1;
	}
	return 0;
}

static int where(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	q->place = BIND_IN_WHERE;
	return x && bind_expr_one(b, q, x) ? -1 : 0;
}

static int update(struct bind *b, struct bind_query *q, const struct ast_update *n)
{
	if (n->with || n->tables.n != 1 || n->tables.v[0]->kind != AST_TABLE)
		return bind_int_not_done(b, "UPDATE of several tables");
	if (bind_from_list(b, q, &n->tables) || where(b, q, n->where) || orders(b, q, &n->order))
		return -1;
	return sets(b, q, &n->set, BIND_IN_SET, BIND_IN_SET);
}

static int delete (struct bind *b, struct bind_query *q, const struct ast_delete *n)
{
	if (n->with || n->targets.n || n->from.n != 1 || n->from.v[0]->kind != AST_TABLE ||
	    n->returning.n || n->history.p)
		return bind_int_not_done(b, "DELETE of several tables");
	if (bind_from_list(b, q, &n->from) || where(b, q, n->where))
		return -1;
	return orders(b, q, &n->order);
}

int bind_dml_make(struct bind *b, struct bind_query *q, struct ast_node *n)
{
	switch (n->kind) {
	case AST_INSERT:
		return insert(b, q, AST_AS(insert, n));
	case AST_UPDATE:
		return update(b, q, AST_AS(update, n));
	case AST_DELETE:
		return delete (b, q, AST_AS(delete, n));
	default:
		return bind_int_not_done(b, ast_kind_name((enum ast_kind)n->kind));
	}
}
