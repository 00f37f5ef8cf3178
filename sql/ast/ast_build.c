#include "sql/ast/ast_build.h"

#include <inttypes.h>

#include "sql/lex/keyword.h"

struct ast_node *ast_build_column(struct arena *a, struct str table, struct str name)
{
	struct ast_column *n = ast_new(a, AST_COLUMN);

	if (!n)
		return NULL;
	n->table = table;
	n->name = name;
	return &n->n;
}

struct ast_node *ast_build_literal(struct arena *a, enum ast_lit type, struct str text)
{
	struct ast_literal *n = text.p ? ast_new(a, AST_LITERAL) : NULL;

	if (!n)
		return NULL;
	n->n.op = (uint8_t)type;
	n->lit = AST_NO_LIT;
	n->text = text;
	return &n->n;
}

struct ast_node *ast_build_int(struct arena *a, int64_t v)
{
	return ast_build_literal(a, AST_LIT_INT, str_of(arena_printf(a, "%" PRId64, v)));
}

struct ast_node *ast_build_binary(struct arena *a, enum ast_op op, struct ast_node *x,
				  struct ast_node *y)
{
	struct ast_binary *n = x && y ? ast_new(a, AST_BINARY) : NULL;

	if (!n)
		return NULL;
	n->n.op = (uint8_t)op;
	n->left = x;
	n->right = y;
	return &n->n;
}

static int add(struct arena *a, struct ast_list *l, struct ast_node *x)
{
	if (x->kind != AST_LOGIC || x->op != AST_OP_AND)
		return ast_push(a, l, x);
	for (uint32_t i = 0; i < AST_AS(logic, x)->args.n; i++) {
		if (ast_push(a, l, AST_AS(logic, x)->args.v[i]))
			return -1;
	}
	return 0;
}

struct ast_node *ast_build_and(struct arena *a, struct ast_node *x, struct ast_node *y)
{
	struct ast_logic *n;

	if (!x || !y)
		return x ? x : y;
	n = ast_new(a, AST_LOGIC);
	if (!n)
		return NULL;
	n->n.op = AST_OP_AND;
	return add(a, &n->args, x) || add(a, &n->args, y) ? NULL : &n->n;
}

struct ast_node *ast_build_call(struct arena *a, unsigned fn, struct ast_node *x,
				struct ast_node *y)
{
	struct ast_func *n = ast_new(a, AST_FUNC);

	if (!n)
		return NULL;
	n->fn = fn;
	n->name = str_of(keyword_fn_name(fn));
	if ((x && ast_push(a, &n->args, x)) || (y && ast_push(a, &n->args, y)))
		return NULL;
	return &n->n;
}

struct ast_node *ast_build_item(struct arena *a, struct ast_node *expr, struct str alias)
{
	struct ast_item *n = expr ? ast_new(a, AST_ITEM) : NULL;

	if (!n)
		return NULL;
	n->alias_lit = AST_NO_LIT;
	n->expr = expr;
	n->alias = alias;
	return &n->n;
}

struct ast_node *ast_build_order(struct arena *a, struct ast_node *expr, enum ast_dir_op dir)
{
	struct ast_order *n = expr ? ast_new(a, AST_ORDER) : NULL;

	if (!n)
		return NULL;
	n->n.op = (uint8_t)dir;
	n->expr = expr;
	return &n->n;
}

struct ast_node *ast_build_table(struct arena *a, struct str db, struct str name)
{
	struct ast_table *n = ast_new(a, AST_TABLE);

	if (!n)
		return NULL;
	n->db = db;
	n->name = name;
	return &n->n;
}
