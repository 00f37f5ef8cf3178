/* Expressions: each name in them, and how many columns operands have. */
#include "sql/ast/ast_info.h"
#include "sql/lex/keyword.h"
#include "sql/sema/bind_int.h"

struct walk {
	struct bind *b;
	struct bind_query *q;
};

int bind_expr_one(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	int n = bind_expr_any(b, q, x);

	if (n < 0)
		return -1;
	return n == 1 ? 0 : bind_int_operand(b, 1);
}

static bool child(struct ast_node **place, void *arg)
{
	struct walk *w = arg;

	return bind_expr_one(w->b, w->q, *place) == 0;
}

static int list(struct bind *b, struct bind_query *q, const struct ast_list *l, int columns)
{
	for (uint32_t i = 0; i < l->n; i++) {
		int n = bind_expr_any(b, q, l->v[i]);

		if (n < 0)
			return -1;
		if (n != columns)
			return bind_int_operand(b, (uint32_t)columns);
	}
	return 0;
}

static int subquery(struct bind *b, struct bind_query *q, struct ast_node *query)
{
	struct bind_query *inner = bind_query_make(b, query, q);

	return inner ? (int)inner->output_count : -1;
}

struct levels {
	struct bind *b;
	uint32_t least;
	bool any;
};

static int look_level(struct ast_node *n, void *arg)
{
	struct levels *l = arg;
	const struct bind_ref *r;

	if (n->kind != AST_COLUMN)
		return AST_GO_ON;
	r = bind_ref_of(l->b, AST_AS(column, n));
	if (r) {
		l->any = true;
		l->least = r->levels < l->least ? r->levels : l->least;
	}
	return AST_GO_ON;
}

static bool may_aggregate(const struct bind_query *q)
{
	return q->place == BIND_IN_FIELDS || q->place == BIND_IN_HAVING ||
	       q->place == BIND_IN_ORDER;
}

/* An aggregate belongs to the query its columns are of; is one allowed where it stands there? */
static int aggregate_place(struct bind *b, struct bind_query *q, const struct ast_func *f)
{
	struct levels l = {.b = b, .least = UINT32_MAX};
	struct bind_query *of = q;

	ast_walk_list(&f->args, look_level, &l);
	for (uint32_t i = l.any ? l.least : 0; i && of->outer; i--)
		of = of->outer;
	if (!may_aggregate(of))
		return err_set_mysql(b->e, ERR_INVALID, 1111, "HY000",
				     "Invalid use of group function");
	of->grouped = true;
	return 0;
}

static int func(struct bind *b, struct bind_query *q, struct ast_func *f)
{
	bool sums = ast_info_is_aggregate(&f->n);

	if (sums && q->in_sum)
		return err_set_mysql(b->e, ERR_INVALID, 1111, "HY000",
				     "Invalid use of group function");
	q->in_sum = q->in_sum || sums;
	/* COUNT(DISTINCT a, b): each is an argument. */
	if (list(b, q, &f->args, 1))
		return -1;
	for (uint32_t i = 0; i < f->order.n; i++) {
		struct ast_node *x = AST_AS(order, f->order.v[i])->expr;

		if (x->kind != AST_LITERAL && bind_expr_one(b, q, x))
			return -1;
	}
	q->in_sum = q->in_sum && !sums;
	if (sums && aggregate_place(b, q, f))
		return -1;
	return 1;
}

static bool compares(unsigned op)
{
	return op >= AST_OP_EQ && op <= AST_OP_GE;
}

static int binary(struct bind *b, struct bind_query *q, const struct ast_binary *n)
{
	int left = bind_expr_any(b, q, n->left), right;

	if (left < 0)
		return -1;
	if (left != 1 && !compares(n->n.op))
		return bind_int_operand(b, 1);
	right = bind_expr_any(b, q, n->right);
	if (right < 0)
		return -1;
	return right == left ? 1 : bind_int_operand(b, (uint32_t)left);
}

static int in(struct bind *b, struct bind_query *q, const struct ast_in *n)
{
	int left = bind_expr_any(b, q, n->arg), right = left;

	if (left < 0)
		return -1;
	if (n->query)
		right = subquery(b, q, n->query);
	else if (list(b, q, &n->list, left))
		return -1;
	if (right < 0)
		return -1;
	return right == left ? 1 : bind_int_operand(b, (uint32_t)left);
}

static int quantified(struct bind *b, struct bind_query *q, const struct ast_quantified *n)
{
	int left = bind_expr_any(b, q, n->left), right = left < 0 ? -1 : subquery(b, q, n->query);

	if (right < 0)
		return -1;
	return right == left ? 1 : bind_int_operand(b, (uint32_t)left);
}

static int row(struct bind *b, struct bind_query *q, const struct ast_row *n)
{
	for (uint32_t i = 0; i < n->items.n; i++) {
		if (bind_expr_any(b, q, n->items.v[i]) < 0)
			return -1;
	}
	return (int)n->items.n;
}

static int others(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	struct walk w = {b, q};

	return ast_each(x, child, &w) ? 1 : -1;
}

static int column(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	bool items = q->place == BIND_IN_GROUP || q->place == BIND_IN_ORDER ||
		     (q->place == BIND_IN_HAVING && !q->in_sum);

	return bind_name_column(b, q, AST_AS(column, x), items) ? -1 : 1;
}

static int by_kind(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	switch (x->kind) {
	case AST_COLUMN:
		return column(b, q, x);
	case AST_LITERAL:
	case AST_USER_VAR:
	case AST_SYS_VAR:
	case AST_TYPE:
	case AST_UNIT:
	case AST_SEQ_VALUE:
	case AST_WINDOW:
		return 1;
	case AST_FUNC:
		return func(b, q, AST_AS(func, x));
	case AST_BINARY:
		return binary(b, q, AST_AS(binary, x));
	case AST_IN:
		return in(b, q, AST_AS(in, x));
	case AST_QUANTIFIED:
		return quantified(b, q, AST_AS(quantified, x));
	case AST_ROW:
		return row(b, q, AST_AS(row, x));
	case AST_SUBQUERY:
		return subquery(b, q, AST_AS(subquery, x)->query);
	case AST_EXISTS:
		return subquery(b, q, AST_AS(exists, x)->query) < 0 ? -1 : 1;
	default:
		return others(b, q, x);
	}
}

int bind_expr_any(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	int n;

	if (++b->depth > BIND_MAX_DEPTH)
		return err_set(b->e, ERR_TOO_DEEP, "the statement is nested too deeply");
	n = by_kind(b, q, x);
	b->depth--;
	return n;
}
