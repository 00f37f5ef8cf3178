/* ast_print_int - what the parts of the printer share; for sql/ast only. */
#ifndef AST_AST_PRINT_INT_H
#define AST_AST_PRINT_INT_H
#include "sql/ast/ast_print.h"

struct printer {
	struct buf *out;
	const struct ast_print *p; /* never NULL */
	bool named;		   /* the outermost query's select items are still to come */
};

void ast_print_int_node(struct printer *r, const struct ast_node *n);
/* In parentheses when its operator binds less tightly than @prec. */
void ast_print_int_at(struct printer *r, const struct ast_node *n, int prec);
void ast_print_int_list(struct printer *r, const struct ast_list *l);
/* " WORD " and the list, nothing when it is empty. */
void ast_print_int_clause(struct printer *r, const char *word, const struct ast_list *l);
void ast_print_int_word_node(struct printer *r, const char *word, const struct ast_node *n);
/* The parts; each true when the node was one of its kinds. */
bool ast_print_int_expr(struct printer *r, const struct ast_node *n);
bool ast_print_int_query(struct printer *r, const struct ast_node *n);
bool ast_print_int_statement(struct printer *r, const struct ast_node *n);
bool ast_print_int_table(struct printer *r, const struct ast_node *n);
bool ast_print_int_ddl(struct printer *r, const struct ast_node *n);
/* " DEFAULT x"; nothing for NULL. */
void ast_print_int_default(struct printer *r, const struct ast_node *n);
/* A name, in backticks where it must be; always in backticks. */
void ast_print_int_name(struct printer *r, struct str name);
void ast_print_int_quoted(struct printer *r, struct str name);
void ast_print_int_parens(struct printer *r, const struct ast_node *query);
static inline void ast_print_int_s(struct printer *r, const char *z)
{
	buf_puts(r->out, z);
}
#endif
