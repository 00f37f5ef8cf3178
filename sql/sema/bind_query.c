/* Queries: the parts of a SELECT in the order in which a server looks at them, so that of several
 * errors ours is its. */
#include "sql/ast/ast_info.h"
#include "sql/sema/bind_int.h"
#include "sql/sema/bind_type.h"
#include "sql/sema/colname.h"
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
	struct str db = n->db.n ? n->db : b->db;

	return err_set_mysql(b->e, ERR_NO_TABLE, 1051, "42S02", "Unknown table '%.*s%s%.*s'",
			     STR_ARG(db), db.n ? "." : "", STR_ARG(n->table));
}

static int star(struct star *s, const struct ast_star *n)
{
	struct bind_query *q = s->q;

	bind_int_at(s->b, &n->n);
	if (!q->at)
		return n->table.n ? unknown_table(s->b, n)
				  : err_set_mysql(s->b->e, ERR_INVALID, 1096, "HY000",
						  "No tables used");
	if (!n->table.n)
		return bind_join_each(q->at, star_column, s);
	for (uint32_t i = 0; i < q->table_count; i++) {
		struct bind_side one = {.table = q->tables[i]};

		if (bind_int_same(s->b, one.table->name, n->table) &&
		    (!n->db.n || bind_int_same(s->b, one.table->db, n->db)))
			return bind_join_each(&one, star_column, s);
	}
	return unknown_table(s->b, n);
}

/* The outputs that @l is, stars as their columns, without the meaning of expressions. */
static int outputs(struct bind *b, struct bind_query *q, const struct ast_list *l)
{
	uint32_t cap = 0;
	struct star s = {b, q, NULL, &cap};

	for (uint32_t i = 0; i < l->n; i++) {
		const struct ast_item *n = AST_AS(item, l->v[i]);
		struct bind_output o = {.item = n, .expr = n->expr};

		s.item = n;
		if (n->expr->kind == AST_STAR) {
			if (star(&s, AST_AS(star, n->expr)))
				return -1;
			continue;
		}
		o.made = !n->alias.p && n->expr->kind != AST_COLUMN;
		if (n->alias.p)
			o.name = colname_cut(n->alias);
		else
			o.name = o.made ? colname_of(b->arena, b->opts, b->text, n)
					: AST_AS(column, n->expr)->name;
		if (push(b, q, &cap, o))
			return -1;
	}
	return 0;
}

int bind_query_items(struct bind *b, struct bind_query *q, const struct ast_list *l,
		     enum bind_place place)
{
	q->place = (uint8_t)place;
	if (outputs(b, q, l))
		return -1;
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

int bind_query_orders(struct bind *b, struct bind_query *q, const struct ast_list *l,
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

static int wrong_width(struct bind *b)
{
	return err_set_mysql(b->e, ERR_INVALID, 1222, "21000",
			     "The used SELECT statements have a different number of columns");
}

static int same_width(struct bind *b, const struct bind_query *x, const struct bind_query *y)
{
	return x->output_count == y->output_count ? 0 : wrong_width(b);
}

/* Only stored programs, which are not bound, have such. */
static int undeclared(struct bind *b, struct str name)
{
	return err_set_mysql(b->e, ERR_BAD_FIELD, 1327, "42000", "Undeclared variable: %.*s",
			     STR_ARG(name));
}

int bind_query_limit(struct bind *b, const struct ast_node *n)
{
	const struct ast_limit *l = AST_AS(limit, n);
	const struct ast_node *v[] = {l ? l->count : NULL, l ? l->offset : NULL};

	for (unsigned i = 0; i < 2; i++) {
		if (v[i] && v[i]->kind == AST_COLUMN)
			return undeclared(b, AST_AS(column, v[i])->table.n
						     ? AST_AS(column, v[i])->table
						     : AST_AS(column, v[i])->name);
	}
	return 0;
}

/* INTO: as many variables as columns; that there are such is not known here. */
static int into(struct bind *b, struct bind_query *q, const struct ast_node *n)
{
	const struct ast_into *i = AST_AS(into, n);

	q->into = i != NULL;
	for (uint32_t k = 0; i && k < i->targets.n; k++) {
		if (i->targets.v[k]->kind == AST_NAME)
			return undeclared(b, AST_AS(name, i->targets.v[k])->name);
	}
	return i && i->targets.n && i->targets.n != q->output_count ? wrong_width(b) : 0;
}

static int select_query(struct bind *b, struct bind_query *q, const struct ast_select *n)
{
	if ((n->n.flags & (AST_SELECT_ROLLUP | AST_SELECT_CUBE)) && n->order.n && !b->opts->mysql)
		return err_set_mysql(b->e, ERR_INVALID, 1221, "HY000",
				     "Incorrect usage of CUBE/ROLLUP and ORDER BY");
	if (bind_window_check(b, q, n))
		return -1;
	q->grouped = n->group.n > 0;
	if (bind_from_list(b, q, &n->from) || bind_query_items(b, q, &n->items, BIND_IN_FIELDS))
		return -1;
	q->place = BIND_IN_WHERE;
	if (n->where && bind_expr_one(b, q, n->where))
		return -1;
	if (bind_from_on(b, q, &n->from) || bind_query_orders(b, q, &n->order, BIND_IN_ORDER) ||
	    bind_query_orders(b, q, &n->group, BIND_IN_GROUP) || bind_window_all(b, q, n))
		return -1;
	q->place = BIND_IN_HAVING;
	if ((n->having && bind_expr_one(b, q, n->having)) || into(b, q, n->into))
		return -1;
	if (n->procedure)
		return bind_int_not_done(b, "PROCEDURE");
	return bind_query_limit(b, n->limit);
}

/* --- set operations --- */

static struct ast_node *part_of(const struct ast_setop *n, uint32_t i)
{
	return i ? AST_AS(setop_part, n->parts.v[i - 1])->query : n->first;
}

static int bind_part(struct bind *b, struct bind_query *q, uint32_t i)
{
	struct bind_query *p = bind_query_make(b, part_of(AST_AS(setop, q->node), i), q->outer);

	if (!p)
		return -1;
	q->parts[i] = p;
	q->correlated = p->correlated > q->correlated ? p->correlated : q->correlated;
	return 0;
}

static int mixed(struct bind *b, const struct ast_setop *n)
{
	if (n->order.n || n->limit)
		return err_set(b->e, ERR_UNSUPPORTED,
			       "This version of MariaDB doesn't yet support 'global "
			       "ORDER_BY/LIMIT in recursive CTE spec'");
	for (uint32_t i = 1; i < n->parts.n; i++) {
		if ((n->parts.v[i]->flags ^ n->parts.v[0]->flags) & AST_ALL)
			return err_set(b->e, ERR_UNSUPPORTED,
				       "This version of MariaDB doesn't yet support 'mix of ALL "
				       "and DISTINCT UNION operations in recursive CTE spec'");
	}
	return 0;
}

/* Parts that do not name the CTE @c come first, and its columns are theirs. */
static int bind_recursive(struct bind *b, struct bind_query *q, struct bind_ctes *c)
{
	const struct ast_setop *n = AST_AS(setop, q->node);

	if (!b->opts->mysql && mixed(b, n))
		return -1;
	for (uint32_t i = 0; i < q->part_count; i++) {
		int found = bind_with_reaches(b, c, part_of(n, i));

		if (found < 0 || (!found && bind_part(b, q, i)))
			return -1;
		if (!found && !c->columns && bind_with_columns(b, c, q->parts[i]))
			return -1;
	}
	return 0;
}

/* The parts of a recursive CTE that name it. */
int bind_query_rest(struct bind *b, struct bind_query *q)
{
	for (uint32_t i = 0; i < q->part_count; i++) {
		if (q->parts[i])
			continue;
		if (bind_part(b, q, i) || bind_with_check(b, q->parts[i]))
			return -1;
		if (q->parts[i]->output_count != q->output_count)
			return wrong_width(b);
	}
	return 0;
}

static int set_outputs(struct bind *b, struct bind_query *q)
{
	const struct bind_query *first = NULL;

	for (uint32_t i = 0; i < q->part_count; i++) {
		if (first && q->parts[i] && same_width(b, first, q->parts[i]))
			return -1;
		first = first ? first : q->parts[i];
	}
	if (!first) /* all parts name the CTE: it is said when they are bound */
		return bind_part(b, q, 0) ? -1 : set_outputs(b, q);
	q->output_count = first->output_count;
	q->outputs = arena_array(b->arena, (size_t)q->output_count + 1, sizeof(*q->outputs));
	if (!q->outputs)
		return bind_int_nomem(b);
	for (uint32_t i = 0; i < q->output_count; i++)
		q->outputs[i] = (struct bind_output){.name = first->outputs[i].name,
						     .item = first->outputs[i].item,
						     .made = first->outputs[i].made};
	q->items_bound = q->output_count;
	return 0;
}

static int rest(struct bind *b, struct bind_query *q, struct bind_ctes *c)
{
	int waits = bind_with_wait(b, q, c);

	return waits ? (waits < 0 ? -1 : 0) : bind_query_rest(b, q);
}

static int set_query(struct bind *b, struct bind_query *q, const struct ast_setop *n)
{
	struct bind_ctes *c = bind_with_recursive(b, q->node);

	q->part_count = n->parts.n + 1;
	q->parts = arena_array(b->arena, q->part_count, sizeof(struct bind_query *));
	if (!q->parts)
		return bind_int_nomem(b);
	if (c && bind_recursive(b, q, c))
		return -1;
	for (uint32_t i = 0; !c && i < q->part_count; i++) {
		if (bind_part(b, q, i) || same_width(b, q->parts[0], q->parts[i]))
			return -1;
	}
	if (set_outputs(b, q) || (c && rest(b, q, c)))
		return -1;
	if (bind_query_orders(b, q, &n->order, BIND_IN_ORDER) || into(b, q, n->into))
		return -1;
	return bind_query_limit(b, n->limit);
}

/* --- VALUES --- */

static int field_in_values(struct bind *b, const struct ast_column *c)
{
	return err_set_mysql(b->e, ERR_INVALID, 4100, "HY000",
			     "Field reference '%.*s%s%.*s%s%.*s' can't be used in table value "
			     "constructor",
			     STR_ARG(c->db), c->db.n ? "." : "", STR_ARG(c->table),
			     c->table.n ? "." : "", STR_ARG(c->name));
}

static int look_field(struct ast_node *n, void *arg)
{
	if (ast_info_is_query(n))
		return AST_SKIP_CHILDREN;
	if (n->kind == AST_COLUMN && field_in_values(arg, AST_AS(column, n)))
		return AST_STOP;
	if (n->kind == AST_DEFAULT && !AST_AS(default, n)->column) {
		err_set_mysql(((struct bind *)arg)->e, ERR_INVALID, 4172, "HY000",
			      "'%s' is not allowed in this context",
			      n->flags & AST_IGNORE ? "ignore" : "default");
		return AST_STOP;
	}
	return AST_GO_ON;
}

static int check_rows(struct bind *b, const struct ast_values *n)
{
	uint32_t width = AST_AS(row, n->rows.v[0])->items.n;

	for (uint32_t i = 0; i < n->rows.n; i++) {
		if (!ast_walk(n->rows.v[i], look_field, b))
			return -1;
	}
	for (uint32_t i = 1; i < n->rows.n; i++) {
		if (AST_AS(row, n->rows.v[i])->items.n != width)
			return err_set_mysql(b->e, ERR_INVALID, 4099, "HY000",
					     "The used table value constructor has a different "
					     "number of values");
	}
	if (width == 0)
		return err_set_mysql(b->e, ERR_INVALID, 4141, "HY000",
				     "Row with no elements is not allowed in table value "
				     "constructor in this context");
	return 0;
}

/* MySQL calls the columns column_0, column_1...; MariaDB as the first row's values. */
static int values_names(struct bind *b, struct bind_query *q, const struct ast_list *row)
{
	for (uint32_t i = 0; i < row->n; i++) {
		struct ast_item *item = arena_zalloc(b->arena, sizeof(*item));
		char *z = b->opts->mysql ? arena_printf(b->arena, "column_%u", i) : NULL;
		struct bind_output *o = &q->outputs[i];

		if (!item || (b->opts->mysql && !z))
			return bind_int_nomem(b);
		item->n.kind = AST_ITEM;
		item->expr = row->v[i];
		item->name_start = item->n.start = row->v[i]->start;
		item->name_end = item->n.end = row->v[i]->end;
		o->item = item;
		o->expr = row->v[i];
		o->made = true;
		o->name = z ? str_of(z) : colname_of(b->arena, b->opts, b->text, item);
	}
	return 0;
}

static int values_query(struct bind *b, struct bind_query *q, const struct ast_values *n)
{
	const struct ast_list *first = &AST_AS(row, n->rows.v[0])->items;
	struct bind_query *outer = q->outer;

	if (check_rows(b, n))
		return -1;
	q->output_count = first->n;
	q->outputs = arena_array(b->arena, first->n, sizeof(*q->outputs));
	if (!q->outputs || values_names(b, q, first))
		return q->outputs ? -1 : bind_int_nomem(b);
	/* Queries in it see nothing outside. */
	q->outer = NULL;
	q->place = BIND_IN_VALUES;
	for (uint32_t i = 0; i < n->rows.n; i++) {
		if (bind_expr_list(b, q, &AST_AS(row, n->rows.v[i])->items))
			return -1;
	}
	q->outer = outer;
	q->items_bound = q->output_count;
	return 0;
}

static int by_kind(struct bind *b, struct bind_query *q, struct ast_node *n)
{
	const struct ast_node *with = ast_info_with(n);
	struct bind_ctes *ctes = b->ctes;
	int rc;

	if (with && bind_with_list(b, with)) {
		b->ctes = ctes;
		return -1;
	}
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

bool bind_query_merges(const struct bind_query *q)
{
	const struct ast_select *s = AST_AS(select, q->node);

	return q->node->kind == AST_SELECT && !q->grouped && !q->windowed && q->table_count &&
	       !(s->n.flags & AST_SELECT_DISTINCT) && !s->having && !s->limit;
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
		bind_int_deep(b);
		return NULL;
	}
	q->outer = outer;
	q->node = node;
	rc = bind_int_number(b, q) || by_kind(b, q, node) || bind_type_outputs(b, q) ? -1 : 0;
	b->depth--;
	return rc ? NULL : q;
}
