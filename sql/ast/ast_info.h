/* ast_info - questions about trees: which tables, which kinds of functions and variables. */
#ifndef AST_AST_INFO_H
#define AST_AST_INFO_H
#include <stdbool.h>

#include "sql/ast/ast.h"
#include "src/base/err.h"

enum ast_info_has {
	AST_HAS_AGGREGATE = 1 << 0, /* SUM(..) without OVER, of this query, not of one in it */
	AST_HAS_WINDOW = 1 << 1,
	AST_HAS_SUBQUERY = 1 << 2,
	AST_HAS_USER_VAR = 1 << 3,
	AST_HAS_USER_VAR_SET = 1 << 4, /* @a := x, INTO @a, SET @a */
	AST_HAS_SYS_VAR = 1 << 5,
	AST_HAS_NONDET_FN = 1 << 6,   /* RAND, UUID, SLEEP... */
	AST_HAS_NOW_FN = 1 << 7,      /* NOW and its like */
	AST_HAS_SESSION_FN = 1 << 8,  /* LAST_INSERT_ID, DATABASE, USER... */
	AST_HAS_LOCK_FN = 1 << 9,     /* GET_LOCK and its like */
	AST_HAS_UNKNOWN_FN = 1 << 10, /* a stored or loadable function, maybe */
	AST_HAS_PARAM = 1 << 11,
	AST_HAS_COLUMN = 1 << 12, /* columns and stars, those of subqueries too */
	AST_HAS_LITERAL = 1 << 13,
};

/* Bits of enum ast_info_has for @n (NULL: 0) and all below it, subqueries included. */
unsigned ast_info_has(const struct ast_node *n);
unsigned ast_info_has_list(const struct ast_list *l);
/* An aggregate function's call that aggregates, so without OVER. */
bool ast_info_is_aggregate(const struct ast_node *n);
/* SELECT, SETOP or VALUES. */
bool ast_info_is_query(const struct ast_node *n);
/* The WITH of a query, UPDATE or DELETE; NULL: none. */
const struct ast_node *ast_info_with(const struct ast_node *n);
/* Adds to @out, in the order of the tree, each TABLE node that names a table: not those that name a
 * CTE in scope, and not the names in FOR UPDATE OF and DELETE t FROM, which are aliases. */
int ast_info_tables(struct arena *a, struct ast_node *root, struct ast_list *out,
		    struct err *e) MUST_CHECK;
#endif
