/* plan_merge - a SELECT that several shards answer: what each is asked, and how rows are merged.
 *
 * The shards get the client's text with changes: hidden columns behind the select list (weights of
 * text keys, keys that are not selected, SUM and COUNT behind AVG), an ORDER BY that puts groups in
 * order, and LIMIT offset + count. The select list itself stays, so that names and types of the
 * result are those of one server. */
#include "gate/plan/plan_int.h"
#include "sql/lex/keyword.h"
#include "src/data/type.h"

enum { MAX_KEYS = 64 };

struct building {
	struct planner *p;
	struct ast_select *s;
	struct plan_merge *m;
	struct template t;
	uint32_t visible; /* columns of the client's list */
	uint32_t hidden;
	bool grouped, aggregated, distinct;
	bool order_hidden; /* ORDER BY names something that is not selected */
	struct key {
		const struct ast_node *expr;
		uint32_t column;
		bool descending;
	} key[MAX_KEYS];
	uint32_t keys;
};

static int too_many(struct building *b)
{
	return planner_unsupported(b->p, "more than %d sorting and grouping columns", MAX_KEYS);
}

/* --- columns of the select list --- */

/* Columns that a star stands for; 0 with an error when the table is not known. */
static uint32_t star_width(struct building *b, const struct ast_star *star)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->p->tables; i++) {
		const struct plan_table *t = &b->p->table[i];

		if (t->block != &b->s->n || (star->table.n && !str_ieq(t->alias, star->table)))
			continue;
		if (!t->columns) {
			planner_unsupported(b->p,
					    "'*' on table '%.*s', whose columns are not known, "
					    "over several shards",
					    STR_ARG(t->ref->name));
			return 0;
		}
		for (uint32_t c = 0; c < t->columns->column_count; c++)
			n += !t->columns->column[c].invisible;
	}
	if (!n)
		planner_unsupported(b->p, "this use of '*' over several shards");
	return n;
}

static int count_columns(struct building *b)
{
	for (uint32_t i = 0; i < b->s->items.n; i++) {
		const struct ast_item *it = AST_AS(item, b->s->items.v[i]);
		uint32_t n = it->expr->kind == AST_STAR ? star_width(b, AST_AS(star, it->expr)) : 1;

		if (!n)
			return -1;
		b->visible += n;
	}
	return 0;
}

/* The column at which item number @item begins. */
static uint32_t item_column(struct building *b, uint32_t item)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < item; i++) {
		const struct ast_item *it = AST_AS(item, b->s->items.v[i]);

		at += it->expr->kind == AST_STAR ? star_width(b, AST_AS(star, it->expr)) : 1;
	}
	return at;
}

static bool same_column(struct building *b, const struct ast_node *x, const struct ast_node *y)
{
	const struct ast_column *c = AST_AS(column, x), *d = AST_AS(column, y);

	if (x->kind != AST_COLUMN || y->kind != AST_COLUMN)
		return ast_equal(x, y);
	return str_ieq(c->name, d->name) && plan_tables_of_column(b->p, &b->s->n, c) &&
	       plan_tables_of_column(b->p, &b->s->n, c) == plan_tables_of_column(b->p, &b->s->n, d);
}

/* The item that an ORDER BY or GROUP BY expression means: by alias or expression; -1. */
static int find_item(struct building *b, const struct ast_node *expr, bool alias_first)
{
	int by_alias = -1, by_expr = -1;

	for (uint32_t i = 0; i < b->s->items.n; i++) {
		const struct ast_item *it = AST_AS(item, b->s->items.v[i]);

		if (by_alias < 0 && it->alias.n && expr->kind == AST_COLUMN &&
		    !AST_AS(column, expr)->table.n &&
		    str_ieq(it->alias, AST_AS(column, expr)->name))
			by_alias = (int)i;
		if (by_expr < 0 && it->expr->kind != AST_STAR && same_column(b, it->expr, expr))
			by_expr = (int)i;
	}
	if (alias_first)
		return by_alias >= 0 ? by_alias : by_expr;
	return by_expr >= 0 ? by_expr : by_alias;
}

/* A plain column inside a star: its place among the star's columns; -1. */
static int find_in_star(struct building *b, const struct ast_node *expr)
{
	const struct plan_table *want;
	uint32_t at = 0;

	if (expr->kind != AST_COLUMN)
		return -1;
	want = plan_tables_of_column(b->p, &b->s->n, AST_AS(column, expr));
	for (uint32_t i = 0; i < b->s->items.n; i++) {
		const struct ast_item *it = AST_AS(item, b->s->items.v[i]);

		if (it->expr->kind != AST_STAR) {
			at++;
			continue;
		}
		for (uint32_t k = 0; k < b->p->tables; k++) {
			const struct plan_table *t = &b->p->table[k];

			if (t->block != &b->s->n ||
			    (AST_AS(star, it->expr)->table.n &&
			     !str_ieq(t->alias, AST_AS(star, it->expr)->table)))
				continue;
			for (uint32_t c = 0; c < t->columns->column_count; c++) {
				if (t->columns->column[c].invisible)
					continue;
				if (t == want && str_ieqz(AST_AS(column, expr)->name,
							  t->columns->column[c].name))
					return (int)at;
				at++;
			}
		}
	}
	return -1;
}

/* --- hidden columns --- */

static uint32_t hide_text(struct building *b, const char *fmt, const struct ast_node *expr)
{
	/* @fmt has one %s where the expression goes. */
	const char *at = strstr(fmt, "%s");

	template_text(&b->t, ", %.*s", (int)(at - fmt), fmt);
	template_range(&b->t, expr->start, expr->end);
	template_text(&b->t, "%s AS `_sluice_%u`", at + 2, b->hidden);
	return b->visible + b->hidden++;
}

/* Whether values of an expression surely order by themselves: numbers, times, bytes. */
static bool orders_plainly(struct building *b, const struct ast_node *n)
{
	const struct gate_column *c;

	switch (n->kind) {
	case AST_LITERAL:
		return n->op == AST_LIT_INT || n->op == AST_LIT_DECIMAL || n->op == AST_LIT_FLOAT;
	case AST_COLUMN:
		c = plan_tables_column(b->p, &b->s->n, n);
		return c && (!c->collation || !strcmp(c->collation->name, "binary")) &&
		       c->type != TYPE_ENUM && c->type != TYPE_SET &&
		       !(c->flags & (TYPE_FLAG_ENUM | TYPE_FLAG_SET)) && c->type != TYPE_JSON &&
		       c->type != TYPE_GEOMETRY;
	case AST_UNARY:
		return n->op != AST_OP_BINARY;
	case AST_BINARY:
		return n->op != AST_OP_CONCAT && n->op != AST_OP_ARROW && n->op != AST_OP_ARROW2 &&
				       n->op != AST_OP_ADD && n->op != AST_OP_SUB
			       ? true
			       : (n->op == AST_OP_ADD || n->op == AST_OP_SUB) &&
					 orders_plainly(b, AST_AS(binary, n)->left) &&
					 orders_plainly(b, AST_AS(binary, n)->right);
	case AST_LOGIC:
	case AST_IS:
	case AST_BETWEEN:
	case AST_IN:
	case AST_LIKE:
		return true;
	case AST_FUNC:
		switch (AST_AS(func, n)->fn) {
		case FN_MIN:
		case FN_MAX:
			return AST_AS(func, n)->args.n == 1 &&
			       orders_plainly(b, AST_AS(func, n)->args.v[0]);
		case FN_COUNT:
		case FN_SUM:
		case FN_AVG:
		case FN_LENGTH:
		case FN_CHAR_LENGTH:
		case FN_ABS:
		case FN_FLOOR:
		case FN_CEIL:
		case FN_CEILING:
		case FN_ROUND:
		case FN_MOD:
		case FN_YEAR:
		case FN_MONTH:
		case FN_DAY:
			return true;
		default:
			return false;
		}
	default:
		return false;
	}
}

/* Sets how values of @expr, found in @column, compare. -1: unknown, so unsupported. */
static int set_key(struct building *b, struct plan_key *k, const struct ast_node *expr,
		   uint32_t column, bool descending)
{
	const struct gate_column *c = plan_tables_column(b->p, &b->s->n, expr);

	*k = (struct plan_key){.column = column, .weight = -1, .descending = descending};
	if (!c)
		return orders_plainly(b, expr)
			       ? 0
			       : planner_unsupported(
					 b->p,
					 "sorting or grouping over several shards by an expression "
					 "whose type is not known to be a number (a column works)");
	/* Sorted by number, not by text. The wire protocol calls them strings with a flag. */
	if (c->type == TYPE_ENUM || c->type == TYPE_SET ||
	    c->flags & (TYPE_FLAG_ENUM | TYPE_FLAG_SET)) {
		k->column = hide_text(b, "%s + 0", expr);
		return 0;
	}
	if (c->type == TYPE_JSON || c->type == TYPE_GEOMETRY)
		return planner_unsupported(
			b->p, "sorting or grouping over several shards by a column of this type");
	if (!c->collation || !strcmp(c->collation->name, "binary"))
		return 0;
	k->weight = (int32_t)hide_text(b, "WEIGHT_STRING(%s)", expr);
	k->pad_space = c->collation->pad_space;
	k->space_weight = c->collation->space_weight; /* the plan holds the catalog */
	return 0;
}

/* "ORDER BY 2": the column's number and the expression that it shows, made up for a star's. */
static int by_position(struct building *b, const struct ast_node *expr, const char *clause,
		       uint32_t *column, const struct ast_node **real)
{
	uint32_t at = 0;
	uint64_t n;

	planner_guard(b->p, expr);
	if (!str_to_u64(AST_AS(literal, expr)->text, &n) || n < 1 || n > b->visible)
		return err_set(b->p->e, ERR_BAD_FIELD, "Unknown column '%.*s' in '%s'",
			       STR_ARG(AST_AS(literal, expr)->text), clause);
	*column = (uint32_t)n - 1;
	for (uint32_t i = 0; i < b->s->items.n; i++) {
		const struct ast_item *it = AST_AS(item, b->s->items.v[i]);

		if (it->expr->kind == AST_STAR)
			return planner_unsupported(
				b->p, "%s by position together with '*' over several shards",
				clause);
		if (at++ == *column)
			*real = it->expr;
	}
	return 0;
}

static bool is_position(const struct ast_node *expr)
{
	return expr->kind == AST_LITERAL && expr->op == AST_LIT_INT;
}

static const struct ast_node *order_expr(const struct ast_node *n)
{
	return n->kind == AST_ORDER ? AST_AS(order, n)->expr : n;
}

/* The column that holds @expr, added behind the list when it is not selected. */
static int column_of(struct building *b, const struct ast_node *expr, bool ordering,
		     uint32_t *column, const struct ast_node **real)
{
	int i;

	*real = expr;
	if (is_position(expr))
		return by_position(b, expr, ordering ? "order clause" : "group statement", column,
				   real);
	i = find_item(b, expr, ordering);
	if (i >= 0 && AST_AS(item, b->s->items.v[i])->expr->kind != AST_STAR) {
		*real = AST_AS(item, b->s->items.v[i])->expr;
		*column = item_column(b, (uint32_t)i);
		return 0;
	}
	i = find_in_star(b, expr);
	b->order_hidden = b->order_hidden || (i < 0 && ordering);
	*column = i >= 0 ? (uint32_t)i : hide_text(b, "%s", expr);
	return 0;
}

/* --- what cannot be merged --- */

static int look(struct ast_node *n, void *arg)
{
	struct building *b = arg;
	const struct ast_func *f = AST_AS(func, n);

	switch (n->kind) {
	case AST_FUNC:
		if (f->over) {
			planner_unsupported(b->p, "window functions over several shards");
			return AST_STOP;
		}
		if (keyword_fn_flags(f->fn) & FN_IS_AGG)
			b->aggregated = true;
		return AST_GO_ON;
	case AST_SUBQUERY:
	case AST_EXISTS:
	case AST_DERIVED:
		/* Its own aggregates are answered on the shard: correct only if its rows are tied
		 * to the outer ones, which plan_route_block() has made sure of unless it
		 * aggregates. */
		return AST_SKIP_CHILDREN;
	default:
		return AST_GO_ON;
	}
}

static bool has_subquery_with_limits(struct building *b)
{
	for (uint32_t i = 0; i < b->p->tables; i++)
		if (b->p->table[i].block != &b->s->n && !b->p->table[i].reference)
			return true;
	return false;
}

static int check(struct building *b)
{
	struct ast_select *s = b->s;

	b->distinct = s->n.flags & AST_SELECT_DISTINCT;
	b->grouped = s->group.n > 0;
	if (s->n.flags & AST_SELECT_ROLLUP)
		return planner_unsupported(b->p, "WITH ROLLUP over several shards");
	if (s->into)
		return planner_unsupported(b->p, "SELECT ... INTO over several shards");
	if (!ast_walk_list(&s->items, look, b) || !ast_walk_list(&s->order, look, b) ||
	    (s->having && !ast_walk(s->having, look, b)))
		return -1;
	if (s->having && (b->grouped || b->aggregated))
		return planner_unsupported(b->p, "HAVING over several shards");
	if (has_subquery_with_limits(b))
		return planner_unsupported(b->p,
					   "subqueries on sharded tables over several shards");
	if (b->distinct && (b->grouped || b->aggregated))
		return planner_unsupported(
			b->p, "DISTINCT together with aggregation over several shards");
	return 0;
}

/* --- aggregation --- */

static int find_division(struct ast_node *n, void *arg)
{
	bool *found = arg;

	if (n->kind == AST_CAST)
		return AST_SKIP_CHILDREN; /* its value has the digits of its type, and so here: */
	if (n->kind == AST_FUNC) {
		switch (AST_AS(func, n)->fn) {
		case FN_ROUND:
		case FN_TRUNCATE:
		case FN_FLOOR:
		case FN_CEIL:
		case FN_CEILING:
			return AST_SKIP_CHILDREN;
		default:
			break;
		}
	}
	*found |= n->kind == AST_BINARY && n->op == AST_OP_DIV;
	return *found ? AST_STOP : AST_GO_ON;
}

/* A quotient has more digits than its type says: they count in a sum, which is rounded when it is
 * sent. With groups a server keeps sums in a table, with the digits of their type. */
static bool has_more_digits(const struct building *b, const struct ast_node *arg)
{
	bool found = false;

	ast_walk((struct ast_node *)(uintptr_t)arg, find_division, &found);
	return found && !b->grouped;
}

/* The sum of @arg in a hidden column, with all digits that the server has of it. */
static uint32_t hide_sum(struct building *b, const struct ast_node *arg)
{
	if (!has_more_digits(b, arg))
		return hide_text(b, "SUM(%s)", arg);
	if (b->p->in->context->lex.mysql) /* which has 30 of them at most */
		return hide_text(b, "SUM(%s) + 0.000000000000000000000000000000", arg);
	return hide_text(b, "SUM(%s) + 0.00000000000000000000000000000000000000", arg);
}

static int aggregate_item(struct building *b, const struct ast_node *e, uint32_t column,
			  struct plan_agg *g)
{
	const struct ast_func *f = AST_AS(func, e);
	const struct ast_node *arg;

	*g = (struct plan_agg){.op = AGG_FIRST, .column = column};
	if (e->kind != AST_FUNC || !(keyword_fn_flags(f->fn) & FN_IS_AGG)) {
		bool seen = b->aggregated;
		int rc = 0;

		b->aggregated = false;
		ast_walk((struct ast_node *)(uintptr_t)e, look, b);
		if (b->aggregated)
			rc = planner_unsupported(
				b->p, "an expression over an aggregate over several shards");
		b->aggregated = seen;
		return rc;
	}
	if (f->n.flags & AST_DISTINCT && f->fn != FN_MIN && f->fn != FN_MAX)
		return planner_unsupported(b->p, "%.*s(DISTINCT ...) over several shards",
					   STR_ARG(f->name));
	arg = f->args.n ? f->args.v[0] : NULL;
	switch (f->fn) {
	case FN_COUNT:
		g->op = AGG_COUNT;
		return 0;
	case FN_SUM:
		g->op = AGG_SUM;
		g->sum = has_more_digits(b, arg) ? hide_sum(b, arg) : column;
		return 0;
	case FN_MIN:
	case FN_MAX:
		g->op = f->fn == FN_MIN ? AGG_MIN : AGG_MAX;
		if (set_key(b, &g->key, arg, column, false) < 0)
			return -1;
		/* The key compares the aggregate's own column; a weight is that of its winner. */
		if (g->key.weight >= 0 || g->key.column != column)
			return planner_unsupported(b->p, "MIN and MAX of text over several shards");
		return 0;
	case FN_AVG:
		g->op = AGG_AVG;
		g->sum = hide_sum(b, arg);
		g->count = hide_text(b, "COUNT(%s)", arg);
		return 0;
	case FN_ANY_VALUE:
		return 0;
	default:
		return planner_unsupported(b->p, "aggregate %.*s over several shards",
					   STR_ARG(f->name));
	}
}

static int build_aggregates(struct building *b)
{
	uint32_t column = 0;

	b->m->aggregate = true;
	b->m->agg = arena_array(b->p->a, b->visible + MAX_KEYS * 2u, sizeof(*b->m->agg));
	if (!b->m->agg)
		return planner_no_memory(b->p);
	for (uint32_t i = 0; i < b->s->items.n; i++) {
		const struct ast_item *it = AST_AS(item, b->s->items.v[i]);

		if (it->expr->kind == AST_STAR)
			return planner_unsupported(
				b->p, "'*' together with aggregation over several shards");
		if (aggregate_item(b, it->expr, column, &b->m->agg[column]) < 0)
			return -1;
		column++;
	}
	b->m->agg_count = b->visible;
	return 0;
}

static struct plan_key *new_keys(struct building *b)
{
	struct plan_key *k = arena_array(b->p->a, MAX_KEYS, sizeof(*k));

	if (!k)
		planner_no_memory(b->p);
	return k;
}

static int group_keys(struct building *b)
{
	struct plan_merge *m = b->m;

	m->order = new_keys(b);
	if (!m->order)
		return -1;
	for (uint32_t i = 0; i < b->s->group.n; i++) {
		const struct ast_node *real, *expr = order_expr(b->s->group.v[i]);
		uint32_t column;

		if (m->order_count == MAX_KEYS)
			return too_many(b);
		if (column_of(b, expr, false, &column, &real) < 0 ||
		    set_key(b, &m->order[m->order_count++], real, column, false) < 0)
			return -1;
		b->key[b->keys++] = (struct key){real, column, false};
	}
	m->group_count = m->order_count;
	return 0;
}

/* ORDER BY of the client over aggregated rows: sorted at the gate. */
static int sort_keys(struct building *b)
{
	struct plan_merge *m = b->m;

	if (!b->s->order.n)
		return 0;
	m->sort = new_keys(b);
	if (!m->sort)
		return -1;
	for (uint32_t i = 0; i < b->s->order.n; i++) {
		const struct ast_node *n = b->s->order.v[i], *expr = order_expr(n), *real = expr;
		bool desc = n->op == AST_DIR_DESC;
		uint32_t position = 0;
		int item = -1;
		struct plan_key *k = &m->sort[m->sort_count];

		if (m->sort_count == MAX_KEYS)
			return too_many(b);
		m->sort_count++;
		if (is_position(expr)) {
			if (by_position(b, expr, "order clause", &position, &real) < 0)
				return -1;
			item = (int)position;
		} else {
			item = find_item(b, expr, true);
		}
		if (item >= 0)
			real = AST_AS(item, b->s->items.v[item])->expr;
		/* A group key sorts as it groups. */
		for (uint32_t g = 0; g < m->group_count; g++) {
			if (!same_column(b, b->key[g].expr, real))
				continue;
			*k = m->order[g];
			k->descending = desc;
			item = -2;
		}
		if (item == -2)
			continue;
		if (item < 0)
			return planner_unsupported(
				b->p, "ORDER BY an expression that is not selected together with "
				      "aggregation over several shards");
		if (set_key(b, k, real, item_column(b, (uint32_t)item), desc) < 0)
			return -1;
	}
	return 0;
}

/* --- plain rows --- */

static int order_keys(struct building *b)
{
	struct plan_merge *m = b->m;

	m->order = new_keys(b);
	if (!m->order)
		return -1;
	for (uint32_t i = 0; i < b->s->order.n; i++) {
		const struct ast_node *n = b->s->order.v[i], *real, *expr = order_expr(n);
		uint32_t column;

		if (expr->kind == AST_LITERAL && expr->op == AST_LIT_NULL)
			continue; /* ORDER BY NULL: no order */
		if (m->order_count == MAX_KEYS)
			return too_many(b);
		if (column_of(b, expr, true, &column, &real) < 0 ||
		    set_key(b, &m->order[m->order_count++], real, column, n->op == AST_DIR_DESC) <
			    0)
			return -1;
	}
	return 0;
}

/* DISTINCT: all columns are keys, those of ORDER BY first. */
static int distinct_keys(struct building *b)
{
	struct plan_merge *m = b->m;
	uint32_t column = 0;

	m->distinct = true;
	if (b->order_hidden)
		return planner_unsupported(
			b->p, "SELECT DISTINCT with ORDER BY a column that is not selected, over "
			      "several shards");
	for (uint32_t i = 0; i < b->s->items.n; i++, column++) {
		const struct ast_item *it = AST_AS(item, b->s->items.v[i]);
		bool have = false;

		if (it->expr->kind == AST_STAR)
			return planner_unsupported(b->p, "SELECT DISTINCT * over several shards");
		for (uint32_t k = 0; k < m->order_count; k++)
			have = have || m->order[k].column == column;
		if (have)
			continue;
		if (m->order_count == MAX_KEYS)
			return too_many(b);
		if (set_key(b, &m->order[m->order_count++], it->expr, column, false) < 0)
			return -1;
		b->key[b->keys++] = (struct key){it->expr, column, false};
	}
	return 0;
}

/* --- limits --- */

static int set_limit(struct building *b)
{
	const struct ast_limit *l = AST_AS(limit, b->s->limit);
	struct plan_limit *out = &b->m->limit;

	if (!b->s->limit)
		return 0;
	out->present = true;
	out->offset =
		(struct plan_value){.kind = PLAN_VALUE_CONST, .constant = {.type = VALUE_INT}};
	if (!plan_route_value(b->p, l->count, &out->count) ||
	    (l->offset && !plan_route_value(b->p, l->offset, &out->offset)))
		return planner_unsupported(b->p, "a LIMIT that is no number");
	return 0;
}

/* --- the text --- */

static uint32_t list_end(const struct ast_list *l)
{
	uint32_t end = 0;

	for (uint32_t i = 0; i < l->n; i++)
		end = l->v[i]->end > end ? l->v[i]->end : end;
	return end;
}

/* Where the words "ORDER BY" begin: behind everything that stands before them. */
static uint32_t tail_start(const struct building *b)
{
	const struct ast_select *s = b->s;
	uint32_t end = list_end(&s->items);

	if (list_end(&s->from) > end)
		end = list_end(&s->from);
	if (s->where && s->where->end > end)
		end = s->where->end;
	if (list_end(&s->group) > end)
		end = list_end(&s->group);
	if (s->having && s->having->end > end)
		end = s->having->end;
	return end;
}

static void put_keys(struct building *b, bool first)
{
	for (uint32_t i = 0; i < b->keys; i++) {
		template_text(&b->t, "%s", first && i == 0 ? " ORDER BY " : ", ");
		template_range(&b->t, b->key[i].expr->start, b->key[i].expr->end);
	}
}

/* The rest of the statement behind the hidden columns. */
static int put_tail(struct building *b)
{
	const struct ast_select *s = b->s;
	uint32_t tail = tail_start(b), order_end = list_end(&s->order);

	template_copy(&b->t, tail);
	if (b->m->aggregate) {
		put_keys(b, true);
		template_skip(&b->t, order_end);
		if (s->limit)
			template_skip(&b->t, s->limit->end);
	} else {
		if (order_end)
			template_copy(&b->t, order_end);
		put_keys(b, !order_end);
		if (s->limit) {
			template_skip(&b->t, s->limit->end);
			template_text(&b->t, " LIMIT ");
			template_piece(&b->t, (struct piece){.kind = PIECE_LIMIT});
		}
	}
	return template_finish(&b->t);
}

int plan_merge_build(struct planner *p, struct ast_select *s)
{
	struct building b = {.p = p, .s = s, .m = &p->plan->merge};
	int rc;

	if (s->with)
		return planner_unsupported(p, "WITH over several shards");
	if (count_columns(&b) < 0 || check(&b) < 0)
		return -1;
	template_init(&b.t, p);
	b.t.routed = p->plan->route->op == ROUTE_IN ? p->plan->route->group : -1;
	template_copy(&b.t, list_end(&s->items));
	if (b.grouped || b.aggregated)
		rc = build_aggregates(&b) < 0 || group_keys(&b) < 0 || sort_keys(&b) < 0 ? -1 : 0;
	else
		rc = order_keys(&b) < 0 || (b.distinct && distinct_keys(&b) < 0) ? -1 : 0;
	if (rc < 0 || set_limit(&b) < 0)
		return -1;
	b.m->visible = b.visible;
	p->plan->text_guard = true;
	p->plan->text_hash = fingerprint_text_hash(p->in->fp, p->in->text);
	if (p->in->fp->features & (FP_HAS_LAST_INSERT_ID | FP_HAS_FOUND_ROWS | FP_HAS_ROW_COUNT |
				   FP_HAS_CONNECTION_ID | FP_HAS_DATABASE_FN | FP_HAS_USER_FN))
		return planner_unsupported(
			p, "LAST_INSERT_ID() and other session functions over several shards");
	return put_tail(&b);
}
