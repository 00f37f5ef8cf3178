/* Builders of queries and table references. */
#include "sql/parse/parse_int.h"

#define NEW(name, kind, loc) ((struct ast_##name *)parse_int_new(p, AST_##kind, loc))

static void error_at(struct parse *p, const struct ast_node *n)
{
	parse_int_error(p, (struct parse_loc){n->start, n->end});
}

/* ORDER BY, LIMIT, locks and INTO after a query, as a list of one SETOP that only carries them, or
 * an empty list. */
struct ast_list parse_int_tail(struct parse *p, struct ast_list order, struct ast_node *limit,
			       struct ast_list items)
{
	struct ast_setop *t;

	if (order.n == 0 && !limit && items.n == 0)
		return (struct ast_list){0};
	t = NEW(setop, SETOP, ((struct parse_loc){0, 0}));
	t->order = order;
	t->limit = limit;
	for (uint32_t i = 0; i < items.n && !p->nomem; i++) {
		struct ast_node *x = items.v[i];

		if (x->kind == AST_LOCK)
			t->locks = parse_int_push(p, t->locks, x);
		else if (x->kind == AST_INTO && !t->into)
			t->into = x;
		else if (x->kind == AST_FUNC && !t->first)
			t->first = x; /* PROCEDURE */
		else
			error_at(p, x);
	}
	return parse_int_list(p, &t->n);
}

struct ast_node *parse_int_marked(struct ast_node *query)
{
	query->flags |= AST_PARENS;
	return query;
}

static void give_tail(struct parse *p, struct ast_node *query, const struct ast_setop *t)
{
	if (query->kind == AST_SETOP) {
		struct ast_setop *q = AST_AS(setop, query);

		q->order = t->order;
		q->limit = t->limit;
		q->locks = t->locks;
		if (t->first)
			error_at(p, t->first);
		if (t->into && q->into)
			error_at(p, t->into);
		if (t->into)
			q->into = t->into;
	} else {
		struct ast_select *q = AST_AS(select, query);

		q->order = t->order;
		q->limit = t->limit;
		q->locks = t->locks;
		q->procedure = t->first;
		if (t->into && q->into)
			error_at(p, t->into);
		if (t->into)
			q->into = t->into;
		if (q->into && q->procedure)
			error_at(p, q->procedure);
	}
}

static struct ast_node *wrap(struct parse *p, struct parse_loc loc, struct ast_node *query)
{
	struct ast_setop *n = NEW(setop, SETOP, loc);

	n->first = query;
	return &n->n;
}

static void give_with(struct ast_node *query, struct ast_node *with)
{
	if (query->kind == AST_SETOP)
		AST_AS(setop, query)->with = with;
	else
		AST_AS(select, query)->with = with;
}

struct ast_node *parse_int_query(struct parse *p, struct parse_loc loc, struct ast_node *with,
				 struct ast_node *body, struct ast_list tail)
{
	if (p->nomem)
		return body;
	if (body->kind == AST_VALUES && (with || tail.n))
		body = wrap(p, loc, body);
	if (with)
		give_with(body, with);
	if (tail.n)
		give_tail(p, body, AST_AS(setop, tail.v[0]));
	parse_int_extend(body, loc);
	return body;
}

/* The query has something that only belongs to it when it is in parentheses. */
static bool is_closed(const struct ast_node *query)
{
	const struct ast_setop *s = AST_AS(setop, query);
	const struct ast_select *q = AST_AS(select, query);

	switch (query->kind) {
	case AST_SETOP:
		return s->with || s->order.n || s->limit || s->locks.n || s->into ||
		       s->parts.n == 0;
	case AST_SELECT:
		return q->with || q->order.n || q->limit || q->locks.n || q->into || q->procedure;
	default:
		return true;
	}
}

struct ast_node *parse_int_query_wrap(struct parse *p, struct parse_loc loc, struct ast_node *with,
				      struct ast_node *inner, struct ast_list tail)
{
	if (p->nomem)
		return inner;
	if (is_closed(inner))
		inner = wrap(p, loc, inner);
	return parse_int_query(p, loc, with, inner, tail);
}

static struct ast_node **into_of(struct ast_node *query)
{
	switch (query->kind) {
	case AST_SELECT:
		return &AST_AS(select, query)->into;
	case AST_SETOP:
		return &AST_AS(setop, query)->into;
	default:
		return NULL;
	}
}

struct ast_node *parse_int_closed(struct parse *p, struct ast_node *query)
{
	struct ast_node **into = into_of(query);

	if (into && *into)
		error_at(p, *into);
	return parse_int_no_procedure(p, query);
}

struct ast_node *parse_int_no_procedure(struct parse *p, struct ast_node *query)
{
	if (query->kind == AST_SELECT && AST_AS(select, query)->procedure)
		error_at(p, AST_AS(select, query)->procedure);
	return query;
}

static bool is_intersect(unsigned op)
{
	return op == AST_INTERSECT;
}

struct ast_node *parse_int_setop(struct parse *p, struct parse_loc loc, struct ast_node *left,
				 struct ast_node *right, unsigned op_and_flags)
{
	unsigned op = op_and_flags & 0xFF;
	struct ast_setop_part *part = NEW(setop_part, SETOP_PART, loc);
	struct ast_node **into = into_of(right);
	struct ast_setop *n;

	if (p->nomem)
		return left;
	parse_int_closed(p, left);
	/* (a UNION b) UNION c is a UNION b UNION c; INTERSECT is of its own level. */
	if (left->kind == AST_SETOP && !is_closed(left) &&
	    is_intersect(AST_AS(setop, left)->parts.v[0]->op) == is_intersect(op))
		n = AST_AS(setop, left);
	else
		n = AST_AS(setop, wrap(p, loc, left));
	n->n.flags &= (uint16_t)~AST_PARENS;
	part->n.op = (uint8_t)op;
	part->n.flags = (uint16_t)(op_and_flags >> 8);
	part->query = right;
	part->n.start = right->start;
	/* The INTO of the last SELECT is that of the whole; one in parentheses is refused before.
	 */
	if (into && *into) {
		if (right->kind == AST_SELECT && AST_AS(select, right)->from.n)
			error_at(p, *into);
		n->into = *into;
		*into = NULL;
	}
	n->parts = parse_int_push(p, n->parts, &part->n);
	parse_int_extend(&n->n, loc);
	return &n->n;
}

struct ast_node *parse_int_value_row(struct parse *p, struct parse_loc loc, struct ast_list items,
				     unsigned flags)
{
	struct ast_row *n = NEW(row, ROW, loc);

	n->n.flags = (uint16_t)flags;
	n->items = items;
	p->row_items = items.n;
	return &n->n;
}

struct ast_node *parse_int_limit(struct parse *p, struct parse_loc loc, struct ast_node *count,
				 struct ast_node *offset)
{
	struct ast_limit *n = NEW(limit, LIMIT, loc);
	struct ast_node *const both[] = {count, offset};

	n->count = count;
	n->offset = offset;
	for (int i = 0; i < 2; i++) {
		const struct ast_literal *l = AST_AS(literal, both[i]);

		if (l && l->n.kind == AST_LITERAL && l->text.n && l->text.p[0] == '-')
			error_at(p, &l->n);
	}
	return &n->n;
}

struct ast_node *parse_int_lock(struct parse *p, struct parse_loc loc, unsigned what,
				struct ast_list tables, unsigned wait)
{
	struct ast_lock *n = NEW(lock, LOCK, loc);

	n->n.op = (uint8_t)what;
	n->tables = tables;
	n->wait = wait;
	return &n->n;
}

/* OUTFILE or DUMPFILE from @from on, verbatim. */
struct ast_node *parse_int_into_file(struct parse *p, struct parse_loc loc, struct parse_loc from)
{
	struct ast_into *n = NEW(into, INTO, loc);

	n->text = parse_int_text(p, (struct parse_loc){from.start, loc.end});
	return &n->n;
}

struct ast_node *parse_int_star(struct parse *p, struct parse_loc loc, struct str db,
				struct str table)
{
	struct ast_star *n = NEW(star, STAR, loc);

	n->db = db;
	n->table = table;
	return parse_int_item(p, loc, loc, &n->n);
}

struct ast_node *parse_int_item(struct parse *p, struct parse_loc loc, struct parse_loc name,
				struct ast_node *x)
{
	struct ast_item *n = NEW(item, ITEM, loc);

	n->expr = x;
	n->alias_lit = AST_NO_LIT;
	n->name_start = name.start;
	n->name_end = name.end;
	return &n->n;
}

void parse_int_item_alias(struct parse *p, struct ast_node *item, struct parse_loc string)
{
	struct ast_item *n = AST_AS(item, item);
	struct lex_token first;
	struct lex l;

	/* Strings that follow each other are one value, but no name. */
	lex_init(&l, p->opts, str_make(p->text.p, string.end), string.start);
	lex_next(&l, &first);
	if (first.end < string.end)
		parse_int_error(p, (struct parse_loc){first.end, string.end});
	n->alias = parse_int_string(p, string);
	n->alias_lit = AST_AS(literal, parse_int_literal(p, string, AST_LIT_STRING))->lit;
}

struct ast_node *parse_int_table(struct parse *p, struct parse_loc loc, struct str db,
				 struct str name)
{
	struct ast_table *n = NEW(table, TABLE, loc);

	n->db = db;
	n->name = name;
	n->name_start = loc.start;
	n->name_end = loc.end;
	return &n->n;
}

/* TABLE t is SELECT * FROM t. */
struct ast_node *parse_int_table_query(struct parse *p, struct parse_loc loc,
				       struct ast_node *table)
{
	struct ast_select *n = NEW(select, SELECT, loc);

	n->items = parse_int_list(p, parse_int_star(p, loc, (struct str){0}, (struct str){0}));
	n->from = parse_int_list(p, table);
	return &n->n;
}

/* (a, b JOIN c): as a join of its own. */
struct ast_node *parse_int_table_parens(struct parse *p, struct parse_loc loc, struct ast_list l)
{
	struct ast_node *n = l.n ? l.v[0] : NULL;

	for (uint32_t i = 1; i < l.n; i++)
		n = parse_int_join(p, loc, AST_JOIN_CROSS, n, l.v[i]);
	return n ? n : parse_int_table(p, loc, (struct str){0}, STR_LIT(""));
}

struct ast_node *parse_int_join(struct parse *p, struct parse_loc loc, unsigned op,
				struct ast_node *left, struct ast_node *right)
{
	struct ast_join *n = NEW(join, JOIN, loc);

	n->n.op = (uint8_t)op;
	n->left = left;
	n->right = right;
	return &n->n;
}

/* NULL for a join in parentheses, too: it begins behind @at, where they are. */
static struct ast_join *open_join(struct ast_node *n, uint32_t at)
{
	return n && n->kind == AST_JOIN && n->start == at ? AST_AS(join, n) : NULL;
}

struct ast_node *parse_int_to_left(struct ast_node *join, uint32_t at)
{
	struct ast_join *j = AST_AS(join, join), *top = open_join(j->right, at), *first = top, *n;

	if (!top)
		return join;
	for (; (n = open_join(first->left, at)); first = n)
		first->n.start = join->start;
	first->n.start = join->start;
	j->right = first->left;
	join->end = j->right ? j->right->end : join->end;
	first->left = join;
	return &top->n;
}

struct ast_node *parse_int_derived(struct parse *p, struct parse_loc loc, struct ast_node *query,
				   struct str alias, struct ast_list columns)
{
	struct ast_derived *n = NEW(derived, DERIVED, loc);

	n->query = query;
	n->alias = alias;
	n->columns = columns;
	return &n->n;
}

struct ast_node *parse_int_no_alias(struct parse *p, struct parse_loc loc, struct ast_node *query)
{
	if (!p->failed && !(p->opts->mode & LEX_ORACLE)) {
		p->failed = true;
		err_set_mysql(p->e, ERR_SYNTAX, 1248, "42000",
			      "Every derived table must have its own alias");
	}
	return parse_int_derived(p, loc, query, (struct str){0}, (struct ast_list){0});
}
