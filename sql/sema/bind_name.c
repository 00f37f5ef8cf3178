/* Names of columns: in tables, in select items, in the queries outside. */
#include "sql/ast/ast_info.h"
#include "sql/sema/bind_int.h"
#include "src/base/str.h"

/* _rowid is a primary key of one integer column. */
static uint32_t row_id(const struct bind_table *t)
{
	uint32_t at = UINT32_MAX;

	for (uint32_t i = 0; i < t->column_count && !t->query; i++) {
		if (!(t->columns[i].meta.flags & TYPE_FLAG_PRI_KEY))
			continue;
		if (at != UINT32_MAX || !type_is_integer(t->columns[i].meta.type))
			return UINT32_MAX;
		at = i;
	}
	return at;
}

/* A column's number in @t, UINT32_MAX: none. */
static uint32_t in_table(const struct bind_table *t, struct str name)
{
	for (uint32_t i = 0; i < t->column_count; i++) {
		const struct str *n = &t->columns[i].name;

		if (n->n == name.n && str_ieq(*n, name))
			return i;
	}
	return str_ieqz(name, "_rowid") ? row_id(t) : UINT32_MAX;
}

static bool qualifies(const struct bind *b, const struct bind_table *t, const struct ast_column *c)
{
	return bind_int_same(b, t->name, c->table) && (!c->db.n || bind_int_same(b, t->db, c->db));
}

/* As messages tell it. */
static enum bind_place place_of(const struct bind_query *q)
{
	return q->in_left ? BIND_IN_SUBQUERY : (enum bind_place)q->place;
}

/* Names are looked up one after the other: what a client sends must not take minutes. */
static int looked(struct bind *b, uint32_t names)
{
	b->looks += names;
	return b->looks > BIND_MAX_LOOKS
		       ? err_set(b->e, ERR_EXHAUSTED, "the statement has too many names")
		       : 0;
}

static int found(struct bind *b, const struct bind_query *q, const struct ast_column *c,
		 struct bind_name *out, struct bind_name now)
{
	if (out->table && (out->table != now.table || out->column != now.column))
		return bind_int_ambiguous(b, c->name, place_of(q));
	*out = now;
	return 0;
}

static int find_plain(struct bind *b, const struct bind_query *q, const struct bind_side *s,
		      const struct ast_column *c, struct bind_name *out)
{
	if (s->columns) {
		for (uint32_t i = 0; i < s->column_count; i++) {
			const struct bind_name *n = &s->columns[i];

			if (str_ieq(n->table->columns[n->column].name, c->name) &&
			    found(b, q, c, out, *n))
				return -1;
		}
		return 0;
	}
	if (s->left)
		return find_plain(b, q, s->left, c, out) || find_plain(b, q, s->right, c, out) ? -1
											       : 0;
	if (s->table) {
		uint32_t i = in_table(s->table, c->name);

		if (i != UINT32_MAX)
			return found(b, q, c, out, (struct bind_name){s->table, i});
	}
	return 0;
}

static int find_qualified(struct bind *b, const struct bind_query *q, const struct bind_side *s,
			  const struct ast_column *c, struct bind_name *out)
{
	uint32_t n;

	if (s->left)
		return find_qualified(b, q, s->left, c, out) ||
				       find_qualified(b, q, s->right, c, out)
			       ? -1
			       : 0;
	if (!qualifies(b, s->table, c))
		return 0;
	n = in_table(s->table, c->name);
	return n == UINT32_MAX ? 0 : found(b, q, c, out, (struct bind_name){s->table, n});
}

int bind_name_find(struct bind *b, const struct bind_query *q, const struct bind_side *s,
		   const struct ast_column *c, struct bind_name *out)
{
	uint32_t names = 0;
	int rc;

	*out = (struct bind_name){0};
	if (!s)
		return 0;
	for (uint32_t i = 0; i < q->table_count; i++)
		names += q->tables[i]->column_count;
	if (looked(b, names + 1))
		return -1;
	rc = c->table.n ? find_qualified(b, q, s, c, out) : find_plain(b, q, s, c, out);
	return rc ? -1 : out->table != NULL;
}

static int give(struct bind *b, struct ast_column *c, struct bind_ref r)
{
	if (b->ref_count == b->ref_cap) {
		struct bind_ref *more = arena_array(b->arena, b->ref_cap, 2 * sizeof(*more));

		if (!more)
			return bind_int_nomem(b);
		memcpy(more, b->refs, b->ref_count * sizeof(*more));
		b->refs = more;
		b->ref_cap *= 2;
	}
	c->ref = b->ref_count;
	b->refs[b->ref_count++] = r;
	return 0;
}

static bool same_output(const struct bind_output *x, const struct bind_output *y)
{
	if (x->table || y->table)
		return x->table == y->table && x->column == y->column;
	return x->expr && y->expr && ast_equal(x->expr, y->expr);
}

/* As a server looks through the select list: a name given there (alias or column) first, then
 * columns behind an alias. *behind: it was one of these. 1 and *at, 0, -1: ambiguous. */
static int find_item(struct bind *b, const struct bind_query *q, const struct ast_column *c,
		     uint32_t *at, bool *behind)
{
	uint32_t alias = UINT32_MAX, hidden = UINT32_MAX;
	bool many = false;

	*behind = false;
	if (looked(b, q->output_count))
		return -1;
	for (uint32_t i = 0; i < q->output_count; i++) {
		const struct bind_output *o = &q->outputs[i];
		bool by_column = o->table && str_ieq(o->table->columns[o->column].name, c->name);

		if (c->table.n) {
			if (!by_column || !qualifies(b, o->table, c))
				continue;
			if (hidden != UINT32_MAX && !same_output(o, &q->outputs[hidden]))
				return bind_int_ambiguous(b, c->name, place_of(q));
			hidden = hidden == UINT32_MAX ? i : hidden;
		} else if (!o->table && str_ieq(o->name, c->name)) {
			alias = i;
			break;
		} else if (str_ieq(o->name, c->name)) {
			if (alias != UINT32_MAX && !same_output(o, &q->outputs[alias]))
				return bind_int_ambiguous(b, c->name, place_of(q));
			alias = alias == UINT32_MAX ? i : alias;
		} else if (by_column) {
			many = many ||
			       (hidden != UINT32_MAX && !same_output(o, &q->outputs[hidden]));
			hidden = hidden == UINT32_MAX ? i : hidden;
		}
	}
	*behind = alias == UINT32_MAX;
	*at = *behind ? hidden : alias;
	if (*behind && many)
		return bind_int_ambiguous(b, c->name, place_of(q));
	return *at != UINT32_MAX;
}

static int window_place(struct bind *b)
{
	return err_set_mysql(b->e, ERR_INVALID, 4015, "HY000",
			     "Window function is allowed only in SELECT list and ORDER BY clause");
}

static int give_item(struct bind *b, struct bind_query *q, struct ast_column *c, uint32_t at,
		     uint32_t levels)
{
	const struct bind_output *o = &q->outputs[at];

	if (at >= q->items_bound)
		return err_set_mysql(
			b->e, ERR_INVALID, 1247, "42S22",
			"Reference '%.*s' not supported (forward reference in item list)",
			STR_ARG(c->name));
	if (q->place == BIND_IN_GROUP && !q->in_window && levels == 0 && o->expr &&
	    (ast_info_has(o->expr) & AST_HAS_WINDOW))
		return window_place(b);
	if (q->place == BIND_IN_GROUP && !q->in_window && levels == 0 && o->expr &&
	    bind_expr_aggregates(b, o->expr))
		return err_set_mysql(b->e, ERR_INVALID, 1247, "42S22",
				     "Reference '%.*s' not supported (reference to group function)",
				     STR_ARG(c->name));
	if (o->table)
		return give(b, c, (struct bind_ref){q, o->table, o->column, levels});
	return give(b, c, (struct bind_ref){q, NULL, at, levels});
}

/* HAVING sees select items and GROUP BY. 1: found. */
static int in_having(struct bind *b, struct bind_query *q, struct ast_column *c, uint32_t levels)
{
	const struct ast_select *s = AST_AS(select, q->node);
	const struct bind_ref *group = NULL;
	bool behind;
	uint32_t at;
	int rc = find_item(b, q, c, &at, &behind);

	if (rc > 0)
		return give_item(b, q, c, at, levels) ? -1 : 1;
	for (uint32_t i = 0; rc == 0 && q->node->kind == AST_SELECT && i < s->group.n; i++) {
		const struct ast_node *o = s->group.v[i];
		const struct ast_node *g = o->kind == AST_ORDER ? AST_AS(order, o)->expr : o;
		const struct ast_column *gc = AST_AS(column, g);
		const struct bind_ref *r = g->kind == AST_COLUMN ? bind_ref_of(b, gc) : NULL;

		if (!r || !str_ieq(gc->name, c->name) ||
		    (c->table.n && !(r->table && qualifies(b, r->table, c))))
			continue;
		if (group && (group->table != r->table || group->column != r->column))
			return bind_int_ambiguous(b, c->name, place_of(q));
		group = r;
	}
	if (!group)
		return rc;
	return give(b, c, (struct bind_ref){q, group->table, group->column, levels}) ? -1 : 1;
}

/* In @q, that the name's own query is in. 1: found. */
static int in_outer(struct bind *b, struct bind_query *q, struct ast_column *c, uint32_t levels,
		    bool in_sum)
{
	bool tables = q->place != BIND_IN_HAVING || !q->grouped || in_sum;
	struct bind_name n;
	int rc = tables ? bind_name_find(b, q, q->at, c, &n) : 0;

	if (rc > 0)
		return give(b, c, (struct bind_ref){q, n.table, n.column, levels}) ? -1 : 1;
	if (rc < 0 || q->place == BIND_IN_WHERE || q->place == BIND_IN_ON)
		return rc;
	return in_having(b, q, c, levels);
}

static int outwards(struct bind *b, struct bind_query *q, struct ast_column *c)
{
	bool in_sum = q->in_sum;
	uint32_t levels = 1;

	for (struct bind_query *o = q->outer; o;
	     in_sum = in_sum || o->in_sum, o = o->outer, levels++) {
		int rc = in_outer(b, o, c, levels, in_sum);
		uint32_t reach = levels;

		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		for (struct bind_query *i = q; reach; i = i->outer, reach--)
			i->correlated = i->correlated > reach ? i->correlated : reach;
		return 0;
	}
	if (!q->at && !q->outer && c->table.n && q->node->kind != AST_SETOP &&
	    q->place != BIND_IN_JSON_TABLE)
		return bind_int_unknown_table(b, c, place_of(q));
	return bind_int_unknown(b, c, place_of(q));
}

static int table_of_part(struct bind *b, const struct ast_column *c)
{
	return err_set_mysql(b->e, ERR_INVALID, 1250, "42000",
			     "Table '%.*s' from one of the SELECTs cannot be used in ORDER BY",
			     STR_ARG(c->table));
}

int bind_name_column(struct bind *b, struct bind_query *q, struct ast_column *c, bool items)
{
	struct bind_name n;
	bool behind;
	uint32_t at;
	int rc;

	bind_int_at(b, &c->n);
	if (c->table.n && q->part_count > 1 && q->node->kind == AST_SETOP)
		return table_of_part(b, c);
	if (q->place == BIND_IN_HAVING && items) {
		rc = in_having(b, q, c, 0);
		return rc ? (rc < 0 ? -1 : 0) : outwards(b, q, c);
	}
	rc = bind_name_find(b, q, q->at, c, &n);
	if (rc > 0)
		return give(b, c, (struct bind_ref){q, n.table, n.column, 0});
	if (rc == 0 && items) {
		rc = find_item(b, q, c, &at, &behind);
		if (rc > 0)
			return give_item(b, q, c, at, 0);
	}
	return rc < 0 ? -1 : outwards(b, q, c);
}

/* GROUP BY what an aggregate makes. */
static int group_on(struct bind *b, const struct bind_query *q, uint32_t at)
{
	const struct bind_output *o = &q->outputs[at];

	if (!o->expr)
		return 0;
	if (ast_info_has(o->expr) & AST_HAS_WINDOW)
		return window_place(b);
	if (!bind_expr_aggregates(b, o->expr))
		return 0;
	return err_set_mysql(b->e, ERR_INVALID, 1056, "42000", "Can't group on '%.*s'",
			     STR_ARG(o->name));
}

static int position(struct bind *b, struct bind_query *q, const struct ast_literal *l,
		    enum bind_place place)
{
	uint64_t n;

	if (!str_to_u64(l->text, &n) || n == 0 || n > q->output_count) {
		struct ast_column c = {.name = l->text};

		return bind_int_unknown(b, &c, place);
	}
	return place == BIND_IN_GROUP ? group_on(b, q, (uint32_t)n - 1) : 0;
}

/* What is told of a set operation's ORDER BY. */
static int set_order(struct bind *b, const struct bind_query *q, const struct ast_node *x,
		     const struct ast_list *all)
{
	unsigned n = 1;

	for (uint32_t i = 0; i < all->n && AST_AS(order, all->v[i])->expr != x; i++)
		n++;
	if (q->part_count < 2 || !(ast_info_has(x) & (AST_HAS_AGGREGATE | AST_HAS_WINDOW)))
		return 0;
	return err_set_mysql(b->e, ERR_INVALID, 3028, "HY000",
			     "Expression #%u of ORDER BY contains aggregate function and applies "
			     "to a UNION",
			     n);
}

/* Windows know no positions. */
static bool is_position(const struct bind_query *q, const struct ast_node *x)
{
	return !q->in_window && x->kind == AST_LITERAL && x->op == AST_LIT_INT;
}

static int order_expr(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	if (bind_expr_one(b, q, x))
		return -1;
	return q->node->kind == AST_SETOP ? set_order(b, q, x, &AST_AS(setop, q->node)->order) : 0;
}

int bind_name_order(struct bind *b, struct bind_query *q, struct ast_node *x, enum bind_place place)
{
	struct ast_column *c;
	struct bind_name n;
	bool behind;
	uint32_t at;
	int rc;

	while (x->kind == AST_UNARY && x->op == AST_OP_PLUS)
		x = AST_AS(unary, x)->arg;
	c = AST_AS(column, x);
	q->place = (uint8_t)place;
	bind_int_at(b, x);
	if (is_position(q, x))
		return position(b, q, AST_AS(literal, x), place);
	if (x->kind != AST_COLUMN)
		return order_expr(b, q, x);
	if (c->table.n && q->part_count > 1)
		return table_of_part(b, c);
	rc = find_item(b, q, c, &at, &behind);
	if (rc < 0)
		return -1;
	/* GROUP BY prefers columns; a column behind an alias must be the only one of its name. */
	if (rc > 0 && (place == BIND_IN_GROUP || (behind && !c->table.n))) {
		int in_from = bind_name_find(b, q, q->at, c, &n);

		if (in_from < 0 && behind && place != BIND_IN_GROUP)
			return -1;
		if (in_from < 0)
			err_clear(b->e);
		if (in_from > 0)
			return give(b, c, (struct bind_ref){q, n.table, n.column, 0});
	}
	if (rc > 0 && place == BIND_IN_GROUP && !q->in_window && group_on(b, q, at))
		return -1;
	return rc > 0 ? give_item(b, q, c, at, 0) : bind_name_column(b, q, c, true);
}
