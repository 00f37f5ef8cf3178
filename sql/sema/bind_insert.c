/* INSERT and REPLACE: the table, its columns, what they get (rows, SET, a query), ON DUPLICATE KEY
 * UPDATE, RETURNING; in the order in which a server looks at them. */
#include "sql/sema/bind_int.h"
#include "src/base/str.h"

/* Whose columns @l names: each once. */
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

/* The columns of SET, as a list. */
static int set_targets(struct bind *b, struct bind_query *q, const struct ast_list *set)
{
	struct ast_list l = {0};

	for (uint32_t i = 0; i < set->n; i++) {
		if (ast_push(b->arena, &l, AST_AS(assign, set->v[i])->target))
			return bind_int_nomem(b);
	}
	return targets(b, q, &l);
}

static int set_values(struct bind *b, struct bind_query *q, const struct ast_list *set,
		      enum bind_place place)
{
	q->place = (uint8_t)place;
	for (uint32_t i = 0; i < set->n; i++) {
		if (bind_expr_one(b, q, AST_AS(assign, set->v[i])->value))
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

static uint32_t width_of(const struct bind_query *q, const struct ast_insert *n)
{
	return n->columns.n ? n->columns.n : visible(q->tables[0]);
}

static int rows(struct bind *b, struct bind_query *q, const struct ast_insert *n)
{
	uint32_t width = width_of(q, n);

	for (uint32_t i = 0; i < n->rows.n; i++) {
		const struct ast_list *items = &AST_AS(row, n->rows.v[i])->items;
		bool all_default = items->n == 0 && n->columns.n == 0;

		if (items->n != width && !all_default)
			return wrong_count(b, i + 1);
	}
	q->place = BIND_IN_VALUES;
	for (uint32_t i = 0; i < n->rows.n; i++) {
		if (bind_expr_list(b, q, &AST_AS(row, n->rows.v[i])->items))
			return -1;
	}
	return 0;
}

/* Each column that is given must be one of a table, and each such at most once. */
static bool columns_insertable(const struct bind *b, const struct bind_query *q,
			       const struct ast_insert *n)
{
	const struct bind_table *t = q->tables[0];
	uint32_t all = n->columns.n ? n->columns.n : n->set.n ? n->set.n : t->column_count;
	bool named = n->columns.n || n->set.n;

	for (uint32_t i = 0; i < all; i++) {
		const struct ast_node *c = n->columns.n ? n->columns.v[i]
					   : n->set.n	? AST_AS(assign, n->set.v[i])->target
							: NULL;
		uint32_t at = named ? bind_ref_of(b, AST_AS(column, c))->column : i;

		if (!bind_dml_column_updatable(t, at))
			return false;
	}
	return true;
}

static int insertable(struct bind *b, const struct bind_query *q, const struct ast_insert *n)
{
	const struct bind_table *t = q->tables[0];

	if (!t->query || (bind_dml_updatable(t) && columns_insertable(b, q, n)))
		return 0;
	return err_set_mysql(b->e, ERR_INVALID, 1471, "HY000",
			     "The target table %.*s of the INSERT is not insertable-into",
			     STR_ARG(t->name));
}

static int returning(struct bind *b, struct bind_query *q, const struct ast_insert *n)
{
	return n->returning.n ? bind_query_items(b, q, &n->returning, BIND_IN_RETURNING) : 0;
}

/* --- MySQL's row alias: VALUES (..) AS new(a, b) --- */

static int alias_columns(struct bind *b, const struct bind_query *q, const struct ast_insert *n,
			 struct bind_table *t)
{
	const struct bind_table *into = q->tables[0];
	uint32_t width = n->set.n ? n->set.n : width_of(q, n), next = 0;

	t->columns = arena_array(b->arena, (size_t)width + 1, sizeof(*t->columns));
	if (!t->columns)
		return bind_int_nomem(b);
	if (n->alias_columns.n && n->alias_columns.n != width)
		return err_set_mysql(b->e, ERR_INVALID, 1353, "HY000",
				     "In definition of view, derived table or common table "
				     "expression, SELECT list and column names list have different "
				     "column counts");
	for (uint32_t i = 0; i < width; i++) {
		const struct ast_node *c = n->columns.n ? n->columns.v[i]
					   : n->set.n	? AST_AS(assign, n->set.v[i])->target
							: NULL;

		while (!c && into->columns[next].invisible)
			next++;
		t->columns[i] =
			into->columns[c ? bind_ref_of(b, AST_AS(column, c))->column : next++];
		if (n->alias_columns.n)
			t->columns[i].name = AST_AS(name, n->alias_columns.v[i])->name;
		for (uint32_t k = 0; k < i; k++) {
			if (str_ieq(t->columns[k].name, t->columns[i].name))
				return err_set_mysql(b->e, ERR_INVALID, 1060, "42S21",
						     "Duplicate column name '%.*s'",
						     STR_ARG(t->columns[i].name));
		}
	}
	t->column_count = width;
	return 0;
}

/* Adds the alias as a table that ON DUPLICATE KEY UPDATE sees. */
static const struct bind_side *row_alias(struct bind *b, struct bind_query *q,
					 const struct ast_insert *n)
{
	struct bind_table *t = arena_zalloc(b->arena, sizeof(*t));
	const struct bind_side *s;

	if (!t) {
		bind_int_nomem(b);
		return NULL;
	}
	t->node = &n->n;
	t->name = bind_int_table_name(b, n->row_alias);
	/* An alias is in the table's database for the rule that names are unique. */
	t->db = q->tables[0]->db;
	if (bind_from_add(b, q, t) || alias_columns(b, q, n, t))
		return NULL;
	s = bind_join_table(b, t);
	return s ? bind_join_side(b, q->at, s, NULL) : NULL;
}

/* --- ON DUPLICATE KEY UPDATE --- */

/* What its values see: the table, a row alias, and the tables of a SELECT that does not group. */
static const struct bind_side *sources(struct bind *b, struct bind_query *q,
				       const struct ast_insert *n)
{
	const struct bind_query *from = q->part_count ? q->parts[0] : NULL;

	while (from && from->part_count)
		from = from->parts[0];
	if (n->row_alias.p)
		return row_alias(b, q, n);
	if (from && from->at && !from->grouped)
		return bind_join_side(b, q->at, from->at, NULL);
	return q->at;
}

/* What is inserted into and what is updated are one table of a view. */
static int one_base(struct bind *b, const struct ast_insert *n)
{
	struct ast_list columns = {0};

	for (uint32_t i = 0; i < n->on_dup.n; i++) {
		if (ast_push(b->arena, &columns, AST_AS(assign, n->on_dup.v[i])->target))
			return bind_int_nomem(b);
	}
	return bind_dml_one_base(b, &columns);
}

static int on_duplicate(struct bind *b, struct bind_query *q, const struct ast_insert *n)
{
	const struct bind_side *at = q->at, *all;
	int rc = 0;

	if (!n->on_dup.n)
		return 0;
	/* Of INSERT .. VALUES a server looks at the values first, and names another place. */
	all = sources(b, q, n);
	if (!all)
		return -1;
	q->in_update = true;
	if (!n->query) {
		q->at = all;
		rc = set_values(b, q, &n->on_dup, BIND_IN_FIELDS);
		q->at = at;
	}
	q->place = BIND_IN_UPDATE;
	for (uint32_t i = 0; rc == 0 && i < n->on_dup.n; i++)
		rc = bind_expr_one(b, q, AST_AS(assign, n->on_dup.v[i])->target);
	if (rc == 0 && n->query) {
		q->at = all;
		rc = set_values(b, q, &n->on_dup, BIND_IN_UPDATE);
		q->at = at;
	}
	q->in_update = false;
	return rc ? rc : one_base(b, n);
}

int bind_insert_values(struct bind *b, struct bind_query *q, struct ast_values_fn *n)
{
	const struct bind_side *at = q->at;
	struct bind_side into = {0};
	int rc;

	if (q->node->kind != AST_INSERT || !q->in_update)
		return bind_expr_one(b, q, n->column);
	into.table = q->tables[0];
	q->at = &into;
	rc = bind_expr_one(b, q, n->column);
	q->at = at;
	return rc;
}

/* --- the statement --- */

static int of_query(struct bind *b, struct bind_query *q, const struct ast_insert *n)
{
	struct bind_query *source = bind_query_make(b, n->query, NULL);

	q->parts = arena_array(b->arena, 1, sizeof(struct bind_query *));
	if (!source || !q->parts)
		return source ? bind_int_nomem(b) : -1;
	q->parts[0] = source;
	q->part_count = 1;
	if (returning(b, q, n))
		return -1;
	if (source->output_count != width_of(q, n))
		return wrong_count(b, 1);
	q->place = BIND_IN_INTO;
	if (targets(b, q, &n->columns) || insertable(b, q, n) || bind_dml_one_base(b, &n->columns))
		return -1;
	return on_duplicate(b, q, n);
}

int bind_insert_make(struct bind *b, struct bind_query *q, struct ast_insert *n)
{
	struct ast_list from = {.v = &n->table, .n = 1, .cap = 1};

	if (bind_from_list(b, q, &from))
		return -1;
	if (n->query)
		return of_query(b, q, n);
	if (returning(b, q, n))
		return -1;
	if (n->rows.n && n->columns.n && AST_AS(row, n->rows.v[0])->items.n != n->columns.n)
		return wrong_count(b, 1);
	q->place = BIND_IN_INTO;
	if (n->set.n ? set_targets(b, q, &n->set) : targets(b, q, &n->columns))
		return -1;
	if (insertable(b, q, n) || bind_dml_one_base(b, &n->columns))
		return -1;
	if (n->set.n ? set_values(b, q, &n->set, BIND_IN_VALUES) : rows(b, q, n))
		return -1;
	return on_duplicate(b, q, n);
}
