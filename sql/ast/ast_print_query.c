/* Queries and table references. */
#include "sql/ast/ast_print_int.h"
#include "sql/lex/keyword.h"

static void s(struct printer *r, const char *z)
{
	ast_print_int_s(r, z);
}

static void hint(struct printer *r, struct str text)
{
	if (!text.p)
		return;
	s(r, " /*+ ");
	buf_str(r->out, text);
	s(r, " */");
}

static void as(struct printer *r, struct str alias)
{
	if (!alias.p)
		return;
	s(r, " AS ");
	ast_print_int_name(r, alias);
}

static void names(struct printer *r, const char *before, const struct ast_list *l)
{
	if (l->n == 0)
		return;
	s(r, before);
	s(r, "(");
	ast_print_int_list(r, l);
	s(r, ")");
}

/* @named: the item's own name is to be kept. */
static void item(struct printer *r, const struct ast_item *n, bool named)
{
	ast_print_int_node(r, n->expr);
	if (n->alias.p)
		as(r, n->alias);
	else if (named && n->expr->kind != AST_COLUMN && n->expr->kind != AST_STAR)
		as(r, ast_print_item_name(n, r->p->name_from));
}

static void limit(struct printer *r, const struct ast_limit *n)
{
	if (!n->count || n->n.flags & AST_WITH_TIES) {
		/* The forms that LIMIT has no words for. */
		ast_print_int_word_node(r, "OFFSET ", n->offset);
		s(r, n->offset ? " ROWS" : "");
		ast_print_int_word_node(r, n->offset ? " FETCH FIRST " : "FETCH FIRST ", n->count);
		s(r, n->count ? " ROWS WITH TIES" : "");
		ast_print_int_word_node(r, "LIMIT ROWS EXAMINED ", n->examined);
		return;
	}
	s(r, "LIMIT ");
	ast_print_int_node(r, n->count);
	ast_print_int_word_node(r, " OFFSET ", n->offset);
	ast_print_int_word_node(r, " ROWS EXAMINED ", n->examined);
}

static void lock(struct printer *r, const struct ast_lock *n)
{
	static const char *const what[] = {" FOR UPDATE", " FOR SHARE", " LOCK IN SHARE MODE"};

	s(r, what[n->n.op]);
	ast_print_int_clause(r, " OF ", &n->tables);
	if (n->wait == KW_NOWAIT)
		s(r, " NOWAIT");
	else if (n->wait == KW_SKIP)
		s(r, " SKIP LOCKED");
	else
		ast_print_int_word_node(r, " WAIT ", n->seconds);
}

static void into(struct printer *r, const struct ast_into *n)
{
	s(r, "INTO ");
	if (n->text.p)
		buf_str(r->out, n->text);
	else
		ast_print_int_list(r, &n->targets);
}

static void tail(struct printer *r, const struct ast_list *order, const struct ast_node *lim,
		 const struct ast_list *locks, const struct ast_node *target)
{
	ast_print_int_clause(r, " ORDER BY ", order);
	ast_print_int_word_node(r, " ", lim);
	ast_print_int_word_node(r, " ", target);
	for (uint32_t i = 0; i < locks->n; i++)
		ast_print_int_node(r, locks->v[i]);
}

static void select_options(struct printer *r, unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *text;
	} options[] = {
		{AST_SELECT_ALL, " ALL"},
		{AST_SELECT_DISTINCT, " DISTINCT"},
		{AST_SELECT_HIGH_PRIORITY, " HIGH_PRIORITY"},
		{AST_SELECT_STRAIGHT, " STRAIGHT_JOIN"},
		{AST_SELECT_SMALL_RESULT, " SQL_SMALL_RESULT"},
		{AST_SELECT_BIG_RESULT, " SQL_BIG_RESULT"},
		{AST_SELECT_BUFFER_RESULT, " SQL_BUFFER_RESULT"},
		{AST_SELECT_CACHE, " SQL_CACHE"},
		{AST_SELECT_NO_CACHE, " SQL_NO_CACHE"},
		{AST_SELECT_CALC_FOUND_ROWS, " SQL_CALC_FOUND_ROWS"},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (flags & options[i].flag)
			s(r, options[i].text);
	}
}

static void windows(struct printer *r, const struct ast_list *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		struct ast_window w = *AST_AS(window, l->v[i]);

		s(r, i ? ", " : " WINDOW ");
		ast_print_int_name(r, w.name);
		s(r, " AS ");
		ast_print_int_node(r, &w.n);
	}
}

static void with(struct printer *r, const struct ast_with *n)
{
	s(r, n->n.flags & AST_RECURSIVE ? "WITH RECURSIVE " : "WITH ");
	ast_print_int_list(r, &n->ctes);
	s(r, " ");
}

static void select(struct printer *r, const struct ast_select *n)
{
	bool named = r->named;

	r->named = false;
	ast_print_int_node(r, n->with);
	s(r, "SELECT");
	hint(r, n->hint);
	select_options(r, n->n.flags);
	for (uint32_t i = 0; i < n->items.n; i++) {
		s(r, i ? ", " : " ");
		item(r, AST_AS(item, n->items.v[i]), named);
	}
	ast_print_int_clause(r, " FROM ", &n->from);
	ast_print_int_word_node(r, n->from.n ? " WHERE " : " FROM DUAL WHERE ", n->where);
	ast_print_int_clause(r, " GROUP BY ", &n->group);
	if (n->n.flags & (AST_SELECT_ROLLUP | AST_SELECT_CUBE))
		s(r, n->n.flags & AST_SELECT_ROLLUP ? " WITH ROLLUP" : " WITH CUBE");
	ast_print_int_word_node(r, " HAVING ", n->having);
	windows(r, &n->windows);
	tail(r, &n->order, n->limit, &n->locks, n->into);
	ast_print_int_word_node(r, " PROCEDURE ", n->procedure);
}

/* Of INTERSECTs alone, which bind more tightly than the others. */
static bool is_intersection(const struct ast_setop *n)
{
	for (uint32_t i = 0; i < n->parts.n; i++) {
		if (n->parts.v[i]->op != AST_INTERSECT)
			return false;
	}
	return n->parts.n && !n->with && !n->order.n && !n->limit && !n->locks.n && !n->into;
}

static bool is_plain(const struct ast_node *n)
{
	const struct ast_select *q = AST_AS(select, n);

	if (n->flags & AST_PARENS)
		return false;
	if (n->kind == AST_SETOP)
		return is_intersection(AST_AS(setop, n));
	return n->kind == AST_VALUES ||
	       (n->kind == AST_SELECT && !q->with && !q->order.n && !q->limit && !q->locks.n &&
		!q->into && !q->procedure);
}

/* An operand of a set operation: in parentheses where they were written, or are needed. (To a server
 * they are not always the same: locks behind them are no longer the last SELECT's.) */
static void operand(struct printer *r, const struct ast_node *n)
{
	if (is_plain(n)) {
		ast_print_int_node(r, n);
		return;
	}
	s(r, "(");
	ast_print_int_node(r, n);
	s(r, ")");
}

static void setop(struct printer *r, const struct ast_setop *n)
{
	static const char *const word[] = {" UNION ", " EXCEPT ", " INTERSECT "};

	ast_print_int_node(r, n->with);
	/* VALUES with ORDER BY of its own was wrapped without parentheses. */
	operand(r, n->first);
	r->named = false;
	for (uint32_t i = 0; i < n->parts.n; i++) {
		const struct ast_setop_part *p = AST_AS(setop_part, n->parts.v[i]);

		s(r, word[p->n.op]);
		if (p->n.flags & AST_ALL)
			s(r, "ALL ");
		if (p->n.flags & AST_DISTINCT)
			s(r, "DISTINCT ");
		operand(r, p->query);
	}
	tail(r, &n->order, n->limit, &n->locks, n->into);
}

static void cte(struct printer *r, const struct ast_cte *n)
{
	ast_print_int_name(r, n->name);
	names(r, " ", &n->columns);
	s(r, " AS ");
	ast_print_int_parens(r, n->query);
	ast_print_int_clause(r, " CYCLE ", &n->cycle);
	s(r, n->cycle.n ? " RESTRICT" : "");
}

static void index_hint(struct printer *r, const struct ast_index_hint *n)
{
	static const char *const kind[] = {" USE INDEX", " IGNORE INDEX", " FORCE INDEX"};

	s(r, kind[n->n.op]);
	if (n->scope == KW_JOIN)
		s(r, " FOR JOIN");
	else if (n->scope == KW_ORDER)
		s(r, " FOR ORDER BY");
	else if (n->scope == KW_GROUP)
		s(r, " FOR GROUP BY");
	s(r, " (");
	for (uint32_t i = 0; i < n->names.n; i++) {
		struct str name = AST_AS(name, n->names.v[i])->name;

		s(r, i ? ", " : "");
		if (str_ieqz(name, "PRIMARY"))
			s(r, "PRIMARY");
		else
			ast_print_int_name(r, name);
	}
	s(r, ")");
}

static void table(struct printer *r, const struct ast_table *n)
{
	if (!r->p->table || !r->p->table(r->p->arg, r->out, n)) {
		if (n->db.p) {
			ast_print_int_name(r, n->db);
			s(r, ".");
		}
		ast_print_int_name(r, n->name);
	}
	if (n->n.flags & AST_DOT_STAR)
		s(r, ".*");
	names(r, " PARTITION ", &n->partitions);
	if (n->system_time.p) {
		s(r, " FOR SYSTEM_TIME ");
		buf_str(r->out, n->system_time);
	}
	if (n->portion.p) {
		s(r, " FOR PORTION OF ");
		buf_str(r->out, n->portion);
	}
	as(r, n->alias);
	for (uint32_t i = 0; i < n->hints.n; i++)
		ast_print_int_node(r, n->hints.v[i]);
}

static void derived(struct printer *r, const struct ast_derived *n)
{
	s(r, n->n.flags & AST_LATERAL ? "LATERAL " : "");
	ast_print_int_parens(r, n->query);
	if (n->system_time.p) {
		s(r, " FOR SYSTEM_TIME ");
		buf_str(r->out, n->system_time);
	}
	as(r, n->alias);
	names(r, " ", &n->columns);
}

static void json_column(struct printer *r, const struct ast_json_column *n)
{
	if (n->n.op == AST_JSON_NESTED) {
		ast_print_int_word_node(r, "NESTED PATH ", n->path);
		ast_print_int_clause(r, " COLUMNS (", &n->columns);
		s(r, ")");
		return;
	}
	ast_print_int_name(r, n->name);
	s(r, n->n.op == AST_JSON_ORDINALITY ? " FOR ORDINALITY" : "");
	ast_print_int_word_node(r, " ", n->type);
	s(r, n->n.op == AST_JSON_EXISTS ? " EXISTS" : "");
	ast_print_int_word_node(r, " PATH ", n->path);
	for (uint32_t i = 0; i < n->on.n; i++)
		ast_print_int_word_node(r, " ", n->on.v[i]);
}

static void json_table(struct printer *r, const struct ast_json_table *n)
{
	ast_print_int_word_node(r, "JSON_TABLE(", n->source);
	ast_print_int_word_node(r, ", ", n->path);
	ast_print_int_clause(r, " COLUMNS (", &n->columns);
	s(r, "))");
	as(r, n->alias);
}

/* Joins nest to the left; a join on the right is in parentheses, and one on the left that has no
 * condition: the next one's could be taken for its own. */
static void side(struct printer *r, const struct ast_node *n, bool right)
{
	const struct ast_join *j = AST_AS(join, n);
	bool parens = n->kind == AST_JOIN &&
		      (right || (!j->on && !j->using.n && !(n->flags & AST_NATURAL)));

	if (parens)
		s(r, "(");
	ast_print_int_node(r, n);
	if (parens)
		s(r, ")");
}

static void join(struct printer *r, const struct ast_join *n)
{
	static const char *const word[] = {"JOIN ", "CROSS JOIN ", "STRAIGHT_JOIN ", "LEFT JOIN ",
					   "RIGHT JOIN "};

	side(r, n->left, false);
	s(r, n->n.flags & AST_NATURAL ? " NATURAL " : " ");
	s(r, word[n->n.op]);
	side(r, n->right, true);
	ast_print_int_word_node(r, " ON ", n->on);
	names(r, " USING ", &n->using);
}

static void order(struct printer *r, const struct ast_order *n)
{
	static const char *const dir[] = {"", " ASC", " DESC"};

	ast_print_int_node(r, n->expr);
	s(r, dir[n->n.op]);
}

static void values(struct printer *r, const struct ast_values *n)
{
	s(r, "VALUES ");
	ast_print_int_list(r, &n->rows);
}

bool ast_print_int_query(struct printer *r, const struct ast_node *n)
{
#define CASE(KIND, name, fn)                                                                       \
	case AST_##KIND:                                                                           \
		fn(r, AST_AS(name, n));                                                            \
		return true
	switch (n->kind) {
		CASE(SELECT, select, select);
		CASE(SETOP, setop, setop);
		CASE(VALUES, values, values);
		CASE(WITH, with, with);
		CASE(CTE, cte, cte);
		CASE(ORDER, order, order);
		CASE(LIMIT, limit, limit);
		CASE(LOCK, lock, lock);
		CASE(INTO, into, into);
		CASE(TABLE, table, table);
		CASE(INDEX_HINT, index_hint, index_hint);
		CASE(DERIVED, derived, derived);
		CASE(JOIN, join, join);
		CASE(JSON_TABLE, json_table, json_table);
		CASE(JSON_COLUMN, json_column, json_column);
	case AST_ITEM:
		item(r, AST_AS(item, n), false);
		return true;
	case AST_NAME:
		ast_print_int_name(r, AST_AS(name, n)->name);
		return true;
	default:
		return false;
	}
#undef CASE
}
