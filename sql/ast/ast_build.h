/* ast_build - new nodes. All give NULL when out of memory, and also when an operand that is needed
 * is NULL, so that calls can be nested and checked once at the outside. Strings are borrowed. */
#ifndef AST_AST_BUILD_H
#define AST_AST_BUILD_H
#include <stdint.h>

#include "sql/ast/ast.h"

/* [table.]name; table.p may be NULL. */
struct ast_node *ast_build_column(struct arena *a, struct str table, struct str name);
struct ast_node *ast_build_int(struct arena *a, int64_t v);
/* A literal of any type with its SQL text. */
struct ast_node *ast_build_literal(struct arena *a, enum ast_lit type, struct str text);
struct ast_node *ast_build_binary(struct arena *a, enum ast_op op, struct ast_node *x,
				  struct ast_node *y);
/* x AND y; one of them may be NULL, then it is the other. */
struct ast_node *ast_build_and(struct arena *a, struct ast_node *x, struct ast_node *y);
/* A call of a built-in function (enum keyword_fn), with up to two arguments (NULL: none). */
struct ast_node *ast_build_call(struct arena *a, unsigned fn, struct ast_node *x,
				struct ast_node *y);
/* A select item; alias.p may be NULL. */
struct ast_node *ast_build_item(struct arena *a, struct ast_node *expr, struct str alias);
struct ast_node *ast_build_order(struct arena *a, struct ast_node *expr, enum ast_dir_op dir);
struct ast_node *ast_build_table(struct arena *a, struct str db, struct str name);
#endif
