/* WITH: common table expressions, also such as name themselves or each other.
 *
 * A CTE is bound when it is first named, or at the end of its WITH. One that names itself gets its
 * columns from its first part that does not (its anchor); the parts that do come after, and a name
 * of a CTE that is being bound has those columns. So r AS (SELECT 1 AS n UNION SELECT n FROM s),
 * s AS (SELECT n FROM r): r's anchor, then r's other part, which binds s, which finds r's columns.
 */
#include "sql/sema/bind_int.h"
#include "src/base/str.h"

struct bind_ctes *bind_with_find(const struct bind *b, const struct ast_table *t)
{
	struct bind_ctes *c = t->db.n ? NULL : b->ctes;

	while (c && !str_ieq(c->cte->name, t->name))
		c = c->outer;
	return c;
}

struct reach {
	struct bind *b;
	struct bind_ctes *from; /* whose WITH it is */
	uint32_t mark;
	bool found, deep;
};

static int look(struct ast_node *n, void *arg)
{
	struct reach *r = arg;
	struct bind_ctes *c;

	if (n->kind != AST_TABLE || AST_AS(table, n)->db.n)
		return AST_GO_ON;
	for (c = r->from->scope; c && c->with == r->from->with; c = c->outer) {
		if (str_ieq(c->cte->name, AST_AS(table, n)->name))
			break;
	}
	if (!c || c->with != r->from->with)
		return AST_GO_ON;
	r->found = c == r->from;
	if (!r->found && c->mark != r->mark) {
		c->mark = r->mark;
		r->deep = ++r->b->depth > BIND_MAX_DEPTH;
		if (!r->deep)
			ast_walk(c->cte->query, look, r);
		r->b->depth--;
	}
	return r->found || r->deep ? AST_STOP : AST_GO_ON;
}

int bind_with_reaches(struct bind *b, struct bind_ctes *c, struct ast_node *node)
{
	struct reach r = {.b = b, .from = c, .mark = ++b->marks};

	ast_walk(node, look, &r);
	return r.deep ? bind_int_deep(b) : r.found;
}

struct bind_ctes *bind_with_recursive(const struct bind *b, const struct ast_node *node)
{
	struct bind_ctes *c = b->cte;

	return c && c->recursive && c->cte->query == node ? c : NULL;
}

int bind_with_columns(struct bind *b, struct bind_ctes *c, const struct bind_query *first)
{
	const struct ast_list *names = c->cte->columns.n ? &c->cte->columns : NULL;

	if (bind_leaf_columns(b, first, names, BIND_CTE, &c->columns))
		return -1;
	c->column_count = first->output_count;
	if (c->recursive)
		bind_type_recursive(c->columns, first);
	return 0;
}

/* What waits for the columns of CTEs that are being bound. */
struct bind_waiting {
	struct bind_waiting *next;
	struct bind_query *q;
	struct bind_ctes *cte;
};

/* Whether one that is being bound has no columns yet: it began with a name of another. */
static bool unknown_columns(const struct bind_ctes *c)
{
	while (c && c->columns)
		c = c->opener;
	return c != NULL;
}

int bind_with_wait(struct bind *b, struct bind_query *q, struct bind_ctes *c)
{
	struct bind_waiting *w;

	if (!unknown_columns(c->opener))
		return 0;
	w = arena_zalloc(b->arena, sizeof(*w));
	if (!w)
		return bind_int_nomem(b);
	*w = (struct bind_waiting){b->waiting, q, c};
	b->waiting = w;
	return 1;
}

static int waited(struct bind *b)
{
	struct bind_ctes *ctes = b->ctes;
	int rc = 0;

	while (rc == 0 && b->waiting && !unknown_columns(b->cte)) {
		struct bind_waiting *w = b->waiting;

		b->waiting = w->next;
		b->ctes = w->cte->scope;
		w->cte->state = BIND_CTE_BUSY;
		rc = bind_query_rest(b, w->q);
		w->cte->state = BIND_CTE_DONE;
	}
	b->ctes = ctes;
	return rc;
}

/* CYCLE a, a RESTRICT */
static int check_cycle(struct bind *b, const struct ast_list *l)
{
	for (uint32_t i = 0; i < l->n && i < BIND_MAX_COLUMNS; i++) {
		for (uint32_t k = 0; k < i; k++) {
			struct str name = AST_AS(name, l->v[i])->name;

			if (str_ieq(AST_AS(name, l->v[k])->name, name))
				return err_set_mysql(b->e, ERR_INVALID, 1060, "42S21",
						     "Duplicate column name '%.*s'", STR_ARG(name));
		}
	}
	return 0;
}

static int cycle_columns(struct bind *b, const struct bind_ctes *c)
{
	const struct ast_list *l = &c->cte->cycle;

	for (uint32_t i = 0; i < l->n; i++) {
		struct str name = AST_AS(name, l->v[i])->name;
		bool found = false;

		for (uint32_t k = 0; k < c->column_count && !found; k++)
			found = str_ieq(c->columns[k].name, name);
		if (!found)
			return err_set(b->e, ERR_BAD_FIELD,
				       "Unknown column '%.*s' in 'CYCLE clause'", STR_ARG(name));
	}
	return 0;
}

static int bind_cte(struct bind *b, struct bind_ctes *c)
{
	struct bind_ctes *ctes = b->ctes, *outer = b->cte;
	int rc = -1;

	c->state = BIND_CTE_BUSY;
	c->opener = outer;
	if (check_cycle(b, &c->cte->cycle))
		return -1;
	if (c->with->n.flags & AST_RECURSIVE) {
		int found = bind_with_reaches(b, c, c->cte->query);

		if (found < 0)
			return -1;
		c->recursive = found;
	}
	b->ctes = c->scope;
	b->cte = c;
	c->query = bind_query_make(b, c->cte->query, NULL);
	if (c->query && (c->columns || bind_with_columns(b, c, c->query) == 0))
		rc = cycle_columns(b, c);
	c->state = BIND_CTE_DONE;
	b->ctes = ctes;
	b->cte = outer;
	return rc || waited(b) ? -1 : 0;
}

int bind_with_open(struct bind *b, const struct bind_query *q, struct bind_table *t,
		   struct bind_ctes *c)
{
	if (c->state == BIND_CTE_NEW && bind_cte(b, c))
		return -1;
	if (!c->columns)
		return err_set_mysql(b->e, ERR_INVALID, 4005, "HY000",
				     "No anchors for recursive WITH element '%.*s'",
				     STR_ARG(c->cte->name));
	t->recursive = c->state == BIND_CTE_BUSY;
	if (t->recursive && q->outer)
		return err_set_mysql(b->e, ERR_INVALID, 4008, "HY000",
				     "Restrictions imposed on recursive definitions are violated "
				     "for table '%.*s'",
				     STR_ARG(c->cte->name));
	t->query = c->query;
	t->columns = c->columns;
	t->column_count = c->column_count;
	t->merged = !c->recursive && c->query && bind_query_merges(c->query);
	return 0;
}

int bind_with_check(struct bind *b, const struct bind_query *q)
{
	const struct bind_table *first = NULL;

	for (uint32_t i = 0; i < q->part_count; i++) {
		if (q->parts[i] && bind_with_check(b, q->parts[i]))
			return -1;
	}
	for (uint32_t i = 0; i < q->table_count; i++) {
		const struct bind_table *t = q->tables[i];

		if (!t->recursive)
			continue;
		if (first || q->aggregated || q->windowed || t->optional)
			return err_set_mysql(b->e, ERR_INVALID, 4008, "HY000",
					     "Restrictions imposed on recursive definitions are "
					     "violated for table '%.*s'",
					     STR_ARG(AST_AS(table, t->node)->name));
		first = t;
	}
	return 0;
}

static int declare(struct bind *b, const struct ast_with *with, uint32_t i)
{
	struct bind_ctes *c = arena_zalloc(b->arena, sizeof(*c));

	if (!c)
		return bind_int_nomem(b);
	c->with = with;
	c->cte = AST_AS(cte, with->ctes.v[i]);
	c->outer = b->ctes;
	for (const struct bind_ctes *o = c->outer; o && o->with == with; o = o->outer) {
		if (str_ieq(o->cte->name, c->cte->name))
			return err_set_mysql(b->e, ERR_INVALID, 4004, "HY000",
					     "Duplicate query name `%.*s` in WITH clause",
					     STR_ARG(c->cte->name));
	}
	b->ctes = c;
	return 0;
}

/* From the first to the last, against the chain. */
static int bind_all(struct bind *b, const struct ast_with *with)
{
	struct bind_ctes *last = b->ctes, *c = last;
	struct bind_ctes **v = arena_array(b->arena, with->ctes.n, sizeof(struct bind_ctes *));

	if (!v)
		return bind_int_nomem(b);
	for (uint32_t i = with->ctes.n; i-- > 0; c = c->outer) {
		c->scope = with->n.flags & AST_RECURSIVE ? last : c->outer;
		v[i] = c;
	}
	for (uint32_t i = 0; i < with->ctes.n; i++) {
		if (v[i]->state == BIND_CTE_NEW && bind_cte(b, v[i]))
			return -1;
	}
	return 0;
}

int bind_with_list(struct bind *b, const struct ast_node *node)
{
	const struct ast_with *with = AST_AS(with, node);

	if (!with)
		return 0;
	if (with->ctes.n > BIND_MAX_CTES)
		return err_set(b->e, ERR_TOO_DEEP, "too many common table expressions");
	for (uint32_t i = 0; i < with->ctes.n; i++) {
		if (declare(b, with, i))
			return -1;
	}
	return bind_all(b, with);
}
