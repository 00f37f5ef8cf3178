/* bind_int - what the files of bind share; for sql/sema only. */
#ifndef SEMA_BIND_INT_H
#define SEMA_BIND_INT_H
#include "sql/sema/bind.h"

/* X(name, words): where a name stands, as MariaDB 10.11.19 says it in messages. */
#define BIND_PLACES(X)                                                                             \
	X(FIELDS, "SELECT")                                                                        \
	X(WHERE, "WHERE")                                                                          \
	X(ON, "ON")                                                                                \
	X(GROUP, "GROUP BY")                                                                       \
	X(HAVING, "HAVING")                                                                        \
	X(ORDER, "ORDER BY")                                                                       \
	X(FROM, "FROM")                                                                            \
	X(INTO, "INSERT INTO")                                                                     \
	X(VALUES, "VALUES")                                                                        \
	X(SET, "SET")

enum bind_place {
#define X(name, words) BIND_IN_##name,
	BIND_PLACES(X)
#undef X
};

struct bind_name {
	struct bind_table *table;
	uint32_t column;
};

/* What a part of FROM shows: a table, all of two sides, or the columns of a USING or NATURAL join.
 * Qualified names look into the tables [first, last) of the query. */
struct bind_side {
	const struct bind_side *left, *right; /* both or none */
	struct bind_table *table;
	struct bind_name *columns; /* of USING and NATURAL, else NULL */
	uint32_t column_count, first, last;
};

struct bind_ctes {
	struct bind_ctes *outer;
	const struct ast_cte *cte;
	struct bind_query *query; /* NULL while it is bound: recursion */
	const struct catalog_column *columns;
	uint32_t column_count;
};

/* bind.c */
int bind_int_nomem(struct bind *b);
int bind_int_unknown(struct bind *b, const struct ast_column *c, enum bind_place place);
int bind_int_unknown_table(struct bind *b, const struct ast_column *c, enum bind_place place);
int bind_int_ambiguous(struct bind *b, struct str name, enum bind_place place);
int bind_int_operand(struct bind *b, uint32_t columns);
int bind_int_not_done(struct bind *b, const char *what);
/* bind_query.c: a query in @outer (NULL: none), NULL: error set. */
struct bind_query *bind_query_make(struct bind *b, struct ast_node *node, struct bind_query *outer);
/* Its outputs as columns of a derived table, called by @names when given. */
int bind_query_columns(struct bind *b, const struct bind_query *q, const struct ast_list *names,
		       struct catalog_column **out) MUST_CHECK;
/* bind_from.c: tables and sides of FROM, CTE list; ON conditions come later. */
int bind_from_list(struct bind *b, struct bind_query *q, const struct ast_list *from) MUST_CHECK;
int bind_from_on(struct bind *b, struct bind_query *q, const struct ast_list *from) MUST_CHECK;
int bind_from_with(struct bind *b, const struct ast_node *with) MUST_CHECK;
/* bind_join.c */
struct bind_side *bind_join_side(struct bind *b, struct bind_side *left, struct bind_side *right,
				 const struct ast_join *j);
/* All columns of @s in the order of a star, by @fn; -1: @fn did. */
int bind_join_each(const struct bind_side *s,
		   int (*fn)(void *arg, struct bind_table *t, uint32_t column), void *arg);
/* bind_name.c. Column @c in @s of @q: 1 and *out, 0: none, -1: ambiguous, error set. */
int bind_name_find(struct bind *b, const struct bind_query *q, const struct bind_side *s,
		   const struct ast_column *c, struct bind_name *out) MUST_CHECK;
/* A column's number in @t, UINT32_MAX: none. */
uint32_t bind_name_in_table(const struct bind_table *t, struct str name);
/* Gives @c its meaning, from @q outwards. @items: select items too. */
int bind_name_column(struct bind *b, struct bind_query *q, struct ast_column *c,
		     bool items) MUST_CHECK;
/* An ORDER BY or GROUP BY item: position, select item or expression. */
int bind_name_order(struct bind *b, struct bind_query *q, struct ast_node *x,
		    enum bind_place place) MUST_CHECK;
/* bind_expr.c: binds all in @x; how many columns it has, -1: error set. Less than 0 is never a
 * count. */
int bind_expr_any(struct bind *b, struct bind_query *q, struct ast_node *x);
/* The same, but it must have one. */
int bind_expr_one(struct bind *b, struct bind_query *q, struct ast_node *x) MUST_CHECK;
/* bind_dml.c: a statement that is no query, as @q. */
int bind_dml_make(struct bind *b, struct bind_query *q, struct ast_node *n) MUST_CHECK;
/* colname.c: the name of an item without alias that is no column. */
struct str colname_of(struct bind *b, const struct ast_item *item);
#endif
