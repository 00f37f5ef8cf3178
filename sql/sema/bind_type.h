/* bind_type - the types of what is bound: select items as result metadata tells them, columns of
 * derived tables. Memory and threads: as bind.h. */
#ifndef SEMA_BIND_TYPE_H
#define SEMA_BIND_TYPE_H
#include "sql/sema/bind.h"
#include "sql/sema/expr_type.h"

/* The type of @x, which is bound in @q. 1, 0: it is not known, -1: an error as a server gives it.
 */
int bind_type_expr(struct bind *b, struct bind_query *q, const struct ast_node *x,
		   struct expr_type *out) MUST_CHECK;
/* Types the outputs of @q, as far as they are known. Does nothing without b->session. */
int bind_type_outputs(struct bind *b, struct bind_query *q) MUST_CHECK;
/* Output @o as a column of a table that is made of the query; not typed when the type is unknown.
 */
struct catalog_column bind_type_stored(const struct bind_output *o);
/* The type's name in messages about rows. */
const char *bind_type_word(const struct expr_type *t);
#endif
