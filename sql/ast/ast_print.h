/* ast_print - trees to SQL text that parses to an equal tree and means the same to a server.
 * Hooks let a planner put slots in the place of literals and other names in the place of tables:
 * each gets the buffer, appends what it wants there and returns true, or returns false for the
 * ordinary text. */
#ifndef AST_AST_PRINT_H
#define AST_AST_PRINT_H
#include <stdbool.h>

#include "sql/ast/ast.h"
#include "sql/lex/lex.h"
#include "src/base/buf.h"
#include "src/base/err.h"

struct ast_print {
	void *arg; /* given to the hooks */
	bool (*literal)(void *arg, struct buf *out, const struct ast_literal *n);
	/* The list of an IN (parent is its IN node), the rows of INSERT ... VALUES (parent is the
	 * INSERT): what stands between the parentheses, or after VALUES. */
	bool (*list)(void *arg, struct buf *out, const struct ast_node *parent,
		     const struct ast_list *l);
	/* The (qualified) name of a table in FROM, INTO, UPDATE..., without alias and hints. */
	bool (*table)(void *arg, struct buf *out, const struct ast_table *n);
	/* A whole column reference; a star with its qualifier has kind STAR. */
	bool (*column)(void *arg, struct buf *out, const struct ast_node *n);
	/* Any node at all, before anything else is tried (system functions, subqueries...). */
	bool (*node)(void *arg, struct buf *out, const struct ast_node *n);
	/* Select items of the outermost query get an alias when they have none and are no plain
	 * column: the name that they have in this text. Empty: none. */
	struct str name_from;
	/* Of the text that the tree was made of: some have backticks within characters. */
	enum lex_charset charset;
};

/* Appends @n (any kind; expression, query, statement) to @out. @p may be NULL. Memory trouble is in
 * out->failed. */
void ast_print(struct buf *out, const struct ast_node *n, const struct ast_print *p);
/* As an operand: in parentheses when it is anything but a name, literal or call. */
void ast_print_operand(struct buf *out, const struct ast_node *n, const struct ast_print *p);
/* A comma-separated list. */
void ast_print_list(struct buf *out, const struct ast_list *l, const struct ast_print *p);
/* A name, in backticks where it must be. */
void ast_print_name(struct buf *out, struct str name, enum lex_charset charset);
/* A string literal with quotes; @backslash: the server reads backslashes as escapes (no
 * NO_BACKSLASH_ESCAPES). Safe in character sets whose trail bytes are no backslash. */
void ast_print_string(struct buf *out, struct str s, bool backslash);
/* A select item's column name as the servers make it of @text: the alias, the column's name, else
 * the item's text. A slice of tree or text. */
struct str ast_print_item_name(const struct ast_item *item, struct str text);
#endif
