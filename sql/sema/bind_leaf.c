/* The tables of FROM: those of the catalog, views, common table expressions, derived tables,
 * JSON_TABLE; and the columns of queries that are tables. */
#include "sql/sema/bind_int.h"
#include "sql/sema/bind_type.h"
#include "sql/sema/colname.h"
#include "src/base/str.h"

static int duplicate(struct bind *b, struct str name)
{
	return err_set_mysql(b->e, ERR_INVALID, 1060, "42S21", "Duplicate column name '%.*s'",
			     STR_ARG(name));
}

static bool is_taken(const struct catalog_column *c, uint32_t n, uint32_t but, struct str name)
{
	for (uint32_t i = 0; i < n; i++) {
		if (i != but && str_ieq(c[i].name, name))
			return true;
	}
	return false;
}

/* A name for column @i of the first @n, as servers make them: "My_exp_x", "My_exp_1_x"... */
static int unique(struct bind *b, struct catalog_column *c, uint32_t n, uint32_t i, struct str name)
{
	for (unsigned attempt = 0;; attempt++) {
		char *z = attempt ? arena_printf(b->arena, "My_exp_%u_%.*s", attempt, STR_ARG(name))
				  : arena_printf(b->arena, "My_exp_%.*s", STR_ARG(name));

		if (!z)
			return bind_int_nomem(b);
		if (!is_taken(c, n, i, str_of(z))) {
			c[i].name = str_of(z);
			return 0;
		}
	}
}

/* No two of one name; a view's made ones step back. */
static int distinct(struct bind *b, const struct bind_query *q, struct catalog_column *c,
		    bool unique_views)
{
	for (uint32_t i = 1; i < q->output_count; i++) {
		for (uint32_t k = 0; k < i; k++) {
			uint32_t at;

			if (!str_ieq(c[k].name, c[i].name))
				continue;
			if (!unique_views || !(q->outputs[i].made || q->outputs[k].made))
				return duplicate(b, c[i].name);
			/* Made of the name that it had at first. */
			at = q->outputs[i].made ? i : k;
			if (unique(b, c, i + 1, at,
				   str_starts(c[at].name, "Name_exp_") ? c[at].name
								       : q->outputs[at].name))
				return -1;
		}
	}
	return 0;
}

static int wrong_list(struct bind *b, enum bind_naming naming)
{
	if (naming == BIND_VIEW)
		return err_set_mysql(b->e, ERR_INVALID, 1353, "HY000",
				     "View's SELECT and view's field list have different column "
				     "counts");
	return err_set_mysql(b->e, ERR_INVALID, 4002, "HY000",
			     "WITH column list and SELECT field list have different column counts");
}

int bind_leaf_columns(struct bind *b, const struct bind_query *q, const struct ast_list *names,
		      enum bind_naming naming, struct catalog_column **out)
{
	struct catalog_column *c = arena_array(b->arena, (size_t)q->output_count + 1, sizeof(*c));

	if (!c)
		return bind_int_nomem(b);
	if (q->output_count > BIND_MAX_COLUMNS)
		return err_set_mysql(b->e, ERR_INVALID, 1117, "HY000", "Too many columns");
	if (names && names->n != q->output_count)
		return wrong_list(b, naming);
	for (uint32_t i = 0; i < q->output_count; i++) {
		const struct bind_output *o = &q->outputs[i];

		c[i] = bind_type_stored(o);
		if (names)
			c[i].name = AST_AS(name, names->v[i])->name;
		else
			c[i].name = o->name;
		if (!names && naming != BIND_DERIVED && o->made && !colname_valid(o->name)) {
			char *z = arena_printf(b->arena, "Name_exp_%u", i + 1);

			if (!z)
				return bind_int_nomem(b);
			c[i].name = str_of(z);
		}
	}
	*out = c;
	return distinct(b, q, c, naming == BIND_VIEW && !names);
}

/* What is wrong within a view is told as the view's. */
static void view_error(struct bind *b, const struct bind_table *t)
{
	if (b->e->code != ERR_BAD_FIELD &&
	    (b->e->code != ERR_NO_TABLE || b->e->mysql_errno != 1146))
		return;
	err_set_mysql(b->e, ERR_BAD_FIELD, 1356, "HY000",
		      "View '%.*s.%.*s' references invalid table(s) or column(s) or function(s) or "
		      "definer/invoker of view lack rights to use them",
		      STR_ARG(t->db), STR_ARG(AST_AS(table, t->node)->name));
}

static int of_view(struct bind *b, struct bind_table *t, const struct catalog_table *view)
{
	struct bind_ctes *ctes = b->ctes;
	struct str text = b->text, db = b->db;
	struct bind_view open = {b->views, view->view};
	int rc = -1;

	for (const struct bind_view *o = b->views; o; o = o->outer) {
		if (o->view == view->view)
			return err_set_mysql(b->e, ERR_INVALID, 1462, "HY000",
					     "`%.*s`.`%.*s` contains view recursion",
					     STR_ARG(t->db), STR_ARG(AST_AS(table, t->node)->name));
	}
	b->views = &open;

	b->ctes = NULL;
	b->text = view->view_text;
	b->db = view->db;
	/* What a view is made of is read only, but for the refs of its names: bind a copy. */
	t->query = bind_query_make(b, ast_clone(b->arena, view->view, false), NULL);
	if (t->query && bind_leaf_columns(b, t->query, view->names, BIND_VIEW, &t->columns) == 0) {
		t->column_count = t->query->output_count;
		t->is_view = true;
		t->merged = !view->temptable && bind_query_merges(t->query);
		rc = 0;
	}
	b->views = open.outer;
	b->ctes = ctes;
	b->text = text;
	b->db = db;
	if (rc)
		view_error(b, t);
	/* Places in the view's text are none in the statement's. */
	bind_int_at(b, t->node);
	return rc;
}

/* Of those that every server has. */
static bool is_system(struct str db)
{
	return str_ieqz(db, "information_schema") || str_ieqz(db, "performance_schema") ||
	       str_ieqz(db, "mysql") || str_ieqz(db, "sys");
}

static int of_table(struct bind *b, const struct bind_query *q, struct bind_table *t)
{
	const struct ast_table *n = AST_AS(table, t->node);
	struct bind_ctes *c = bind_with_find(b, n);
	struct catalog_table found;
	int rc;

	if (c)
		return bind_with_open(b, q, t, c);
	if (!t->db.n)
		return err_set(b->e, ERR_NO_DB, "No database selected");
	rc = b->catalog->find(b->catalog, b->arena, t->db, bind_int_table_name(b, n->name), &found,
			      b->e);
	if (rc == 0 && is_system(t->db))
		return bind_int_not_done(b, "tables of system databases");
	if (rc <= 0)
		return rc < 0 ? -1 : bind_int_no_table(b, t->db, n->name);
	t->columns = found.columns;
	t->column_count = found.column_count;
	return found.view ? of_view(b, t, &found) : 0;
}

static int of_derived(struct bind *b, struct bind_query *q, struct bind_table *t)
{
	const struct ast_derived *n = AST_AS(derived, t->node);
	const struct bind_side *at = q->at;
	struct bind_query *outer = NULL;

	if (n->n.flags & AST_LATERAL) {
		q->at = t->seen;
		q->place = BIND_IN_FROM;
		outer = q;
	}
	t->query = bind_query_make(b, n->query, outer);
	q->at = at;
	if (!t->query || bind_leaf_columns(b, t->query, n->columns.n ? &n->columns : NULL,
					   BIND_DERIVED, &t->columns))
		return -1;
	t->column_count = t->query->output_count;
	t->merged = bind_query_merges(t->query);
	return 0;
}

/* --- JSON_TABLE --- */

static uint32_t count_json(const struct ast_list *l)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		const struct ast_json_column *c = AST_AS(json_column, l->v[i]);

		n += c->n.op == AST_JSON_NESTED ? count_json(&c->columns) : 1;
	}
	return n;
}

/* The type of a column as the text that it has in a definition. */
static int json_type(struct bind *b, const struct ast_json_column *c, struct catalog_column *out)
{
	struct str text = c->type ? AST_AS(type, c->type)->text : STR_LIT("INT");
	struct err ignored;

	if (!b->session)
		return 0;
	if (catalog_type_of(b->arena, b->opts, text, out, &ignored) && ignored.code == ERR_NOMEM)
		return bind_int_nomem(b);
	return 0;
}

static int add_json(struct bind *b, struct bind_table *t, const struct ast_list *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		const struct ast_json_column *c = AST_AS(json_column, l->v[i]);

		if (c->n.op == AST_JSON_NESTED) {
			if (add_json(b, t, &c->columns))
				return -1;
			continue;
		}
		if (is_taken(t->columns, t->column_count, UINT32_MAX, c->name))
			return duplicate(b, c->name);
		if (json_type(b, c, &t->columns[t->column_count]))
			return -1;
		t->columns[t->column_count++].name = c->name;
	}
	return 0;
}

static int of_json_table(struct bind *b, struct bind_table *t)
{
	const struct ast_json_table *n = AST_AS(json_table, t->node);
	uint32_t all = count_json(&n->columns);

	if (all > BIND_MAX_COLUMNS)
		return err_set_mysql(b->e, ERR_INVALID, 1117, "HY000", "Too many columns");
	t->columns = arena_array(b->arena, (size_t)all + 1, sizeof(*t->columns));
	return t->columns ? add_json(b, t, &n->columns) : bind_int_nomem(b);
}

int bind_leaf_argument(struct bind *b, struct bind_query *q, const struct bind_table *t)
{
	const struct bind_side *at = q->at;
	int rc;

	q->at = t->seen;
	q->place = BIND_IN_JSON_TABLE;
	rc = bind_expr_one(b, q, AST_AS(json_table, t->node)->source);
	q->at = at;
	return rc;
}

int bind_leaf_open(struct bind *b, struct bind_query *q, struct bind_table *t)
{
	if (++b->opened > BIND_MAX_OPENED)
		return err_set(b->e, ERR_EXHAUSTED,
			       "the statement and its views name too many "
			       "tables");
	bind_int_at(b, t->node);
	switch (t->node->kind) {
	case AST_TABLE:
		return of_table(b, q, t);
	case AST_DERIVED:
		return of_derived(b, q, t);
	default:
		return of_json_table(b, t);
	}
}
