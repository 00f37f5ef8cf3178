/* Rows: operands that are compared have as many columns, and so have the rows in them. */
#include "sql/sema/bind_int.h"
#include "sql/sema/bind_type.h"

uint32_t bind_row_width(const struct bind *b, const struct ast_node *x)
{
	const struct bind_query *q;

	if (x->kind == AST_ROW)
		return AST_AS(row, x)->items.n;
	if (x->kind != AST_SUBQUERY)
		return 1;
	q = bind_query_of(b, AST_AS(subquery, x)->query);
	return q ? q->output_count : 1;
}

static const char *word_of(struct bind *b, struct bind_query *q, struct ast_node *x, bool number)
{
	struct expr_type t;

	if (bind_row_width(b, x) != 1)
		return "row";
	if (x->kind == AST_LITERAL && (x->op == AST_LIT_HEX || x->op == AST_LIT_BIT))
		return number ? "bigint unsigned" : "varchar";
	return bind_type_expr(b, q, x, &t) == 1 ? bind_type_word(&t) : NULL;
}

int bind_row_illegal(struct bind *b, struct bind_query *q, struct ast_node *left,
		     struct ast_node *right, const char *what)
{
	bool number = strchr("+-*/M", what[0]) != NULL;
	const char *l = word_of(b, q, left, number), *r = word_of(b, q, right, number);

	if (!l || !r)
		return bind_int_operand(b, 1);
	return err_set_mysql(b->e, ERR_INVALID, 4078, "HY000",
			     "Illegal parameter data types %s and %s for operation '%s'", l, r,
			     what);
}

static int same_items(struct bind *b, const struct ast_node *left, const struct ast_node *right)
{
	const struct ast_node *row = left->kind == AST_ROW ? left : right;
	uint32_t n = bind_row_width(b, row);

	for (uint32_t i = 0; row->kind == AST_ROW && i < n; i++) {
		/* The columns of a subquery are single ones. */
		const struct ast_node *l =
			left->kind == AST_ROW ? AST_AS(row, left)->items.v[i] : NULL;
		const struct ast_node *r =
			right->kind == AST_ROW ? AST_AS(row, right)->items.v[i] : NULL;
		uint32_t wl = l ? bind_row_width(b, l) : 1, wr = r ? bind_row_width(b, r) : 1;

		if (wl != wr)
			return bind_int_operand(b, wl);
		if (wl > 1 && same_items(b, l, r))
			return -1;
	}
	return 0;
}

int bind_row_same(struct bind *b, struct bind_query *q, struct ast_node *left,
		  struct ast_node *right, const char *what)
{
	uint32_t wl = bind_row_width(b, left), wr = bind_row_width(b, right);

	if (wl == 1 && wr == 1)
		return 0;
	if (wl == 1 || wr == 1)
		return bind_row_illegal(b, q, left, right, what);
	return wl == wr ? same_items(b, left, right) : bind_int_operand(b, wl);
}

int bind_row_in_query(struct bind *b, const struct ast_node *left, struct ast_node *query)
{
	const struct bind_query *q = bind_query_of(b, query);
	uint32_t width = bind_row_width(b, left);

	if (q && q->output_count != width)
		return bind_int_operand(b, width);
	for (uint32_t i = 0; left->kind == AST_ROW && i < width; i++) {
		uint32_t inner = bind_row_width(b, AST_AS(row, left)->items.v[i]);

		if (inner != 1)
			return bind_int_operand(b, inner);
	}
	return 0;
}
