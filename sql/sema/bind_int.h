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
	X(SET, "SET")                                                                              \
	X(UPDATE, "UPDATE")                                                                        \
	X(RETURNING, "RETURNING")                                                                  \
	X(SUBQUERY, "IN/ALL/ANY")                                                                  \
	X(JSON_TABLE, "JSON_TABLE")                                                                \
	X(DO, "DO")                                                                                \
	X(CALL, "CALL")

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
 */
struct bind_side {
	const struct bind_side *left, *right; /* both or none */
	struct bind_table *table;
	struct bind_name *columns; /* of USING and NATURAL, else NULL */
	uint32_t column_count;
};

/* Where a window function stands that is met. */
enum bind_in_window {
	BIND_NO_WINDOW,
	BIND_IN_SPEC,	  /* in a window */
	BIND_IN_WINDOWED, /* in the arguments of a function with OVER */
};

/* A view that is being bound. */
struct bind_view {
	const struct bind_view *outer;
	const struct ast_node *view;
};

enum bind_cte_state { BIND_CTE_NEW, BIND_CTE_BUSY, BIND_CTE_DONE };

/* A common table expression; they are chained from the innermost WITH's last to the outermost's
 * first. */
struct bind_ctes {
	struct bind_ctes *outer, *scope; /* scope: what its own query sees */
	struct bind_ctes *opener;	 /* the one that is being bound, too, and names it */
	const struct ast_with *with;
	const struct ast_cte *cte;
	struct bind_query *query;
	struct catalog_column *columns; /* NULL: not known yet */
	uint32_t column_count;
	uint8_t state;	/* enum bind_cte_state */
	bool recursive; /* it names itself, maybe through others */
	uint32_t mark;	/* of a walk */
};

/* Which names the columns of a query get as a table's. */
enum bind_naming {
	BIND_DERIVED,
	BIND_CTE,  /* "Name_exp_1" for what is no name */
	BIND_VIEW, /* and "My_exp_x" for the second x */
};

/* bind.c */
int bind_int_nomem(struct bind *b);
int bind_int_deep(struct bind *b);
int bind_int_unknown(struct bind *b, const struct ast_column *c, enum bind_place place);
int bind_int_unknown_table(struct bind *b, const struct ast_column *c, enum bind_place place);
int bind_int_no_table(struct bind *b, struct str db, struct str name);
int bind_int_ambiguous(struct bind *b, struct str name, enum bind_place place);
int bind_int_operand(struct bind *b, uint32_t columns);
int bind_int_not_done(struct bind *b, const char *what);
/* Errors from here on are about @n. */
void bind_int_at(struct bind *b, const struct ast_node *n);
/* Gives the node of @q its number. */
int bind_int_number(struct bind *b, struct bind_query *q) MUST_CHECK;
/* Names of tables, databases and aliases. */
bool bind_int_same(const struct bind *b, struct str x, struct str y);
/* As the catalog tells them: in lower case or as they are. */
struct str bind_int_table_name(struct bind *b, struct str name);
/* bind_query.c: a query in @outer (NULL: none), NULL: error set. */
struct bind_query *bind_query_make(struct bind *b, struct ast_node *node, struct bind_query *outer);
/* Binds @l as the select list or RETURNING of @q. */
int bind_query_items(struct bind *b, struct bind_query *q, const struct ast_list *l,
		     enum bind_place place) MUST_CHECK;
int bind_query_orders(struct bind *b, struct bind_query *q, const struct ast_list *l,
		      enum bind_place place) MUST_CHECK;
/* LIMIT's values are no names. @n may be NULL. */
int bind_query_limit(struct bind *b, const struct ast_node *n) MUST_CHECK;
/* Whether the rows of @q as a table are those of its tables, so that a server puts it into the
 * query around it. */
bool bind_query_merges(const struct bind_query *q);
/* bind_leaf.c: the columns of a table of FROM. */
int bind_leaf_open(struct bind *b, struct bind_query *q, struct bind_table *t) MUST_CHECK;
/* The outputs of @q as columns of a table, called by @names when given. */
int bind_leaf_columns(struct bind *b, const struct bind_query *q, const struct ast_list *names,
		      enum bind_naming naming, struct catalog_column **out) MUST_CHECK;
/* The argument of the JSON_TABLE @t, looked up in t->seen. */
int bind_leaf_argument(struct bind *b, struct bind_query *q, const struct bind_table *t) MUST_CHECK;
/* bind_from.c: tables and sides of FROM; ON conditions come later. */
int bind_from_list(struct bind *b, struct bind_query *q, const struct ast_list *from) MUST_CHECK;
int bind_from_on(struct bind *b, struct bind_query *q, const struct ast_list *from) MUST_CHECK;
/* One more table of @q. */
int bind_from_add(struct bind *b, struct bind_query *q, struct bind_table *t) MUST_CHECK;
/* bind_with.c: the CTEs of @with (NULL: none) are in scope until b->ctes is set back. */
int bind_with_list(struct bind *b, const struct ast_node *with) MUST_CHECK;
/* The CTE that @t names, NULL: none. */
struct bind_ctes *bind_with_find(const struct bind *b, const struct ast_table *t);
/* Table @t of @q is @c. */
int bind_with_open(struct bind *b, const struct bind_query *q, struct bind_table *t,
		   struct bind_ctes *c) MUST_CHECK;
/* The CTE whose query @node is; NULL: none that names itself. */
struct bind_ctes *bind_with_recursive(const struct bind *b, const struct ast_node *node);
/* Whether @node names @c, maybe through other CTEs. -1: too deep. */
int bind_with_reaches(struct bind *b, struct bind_ctes *c, struct ast_node *node);
/* The columns of the recursive @c are those of @first, its first part that is bound. */
int bind_with_columns(struct bind *b, struct bind_ctes *c,
		      const struct bind_query *first) MUST_CHECK;
/* What a server allows in a SELECT of a recursive CTE. */
int bind_with_check(struct bind *b, const struct bind_query *q) MUST_CHECK;
/* bind_join.c: @j NULL: all of both. */
struct bind_side *bind_join_side(struct bind *b, const struct bind_side *left,
				 const struct bind_side *right, const struct ast_join *j);
struct bind_side *bind_join_table(struct bind *b, struct bind_table *t);
/* All columns of @s in the order of a star, by @fn; -1: @fn did. */
int bind_join_each(const struct bind_side *s,
		   int (*fn)(void *arg, struct bind_table *t, uint32_t column), void *arg);
/* bind_name.c. Column @c in @s of @q: 1 and *out, 0: none, -1: ambiguous, error set. */
int bind_name_find(struct bind *b, const struct bind_query *q, const struct bind_side *s,
		   const struct ast_column *c, struct bind_name *out) MUST_CHECK;
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
int bind_expr_list(struct bind *b, struct bind_query *q, const struct ast_list *l) MUST_CHECK;
/* Whether @x, which is bound, has an aggregate of its query in it. */
bool bind_expr_aggregates(struct bind *b, const struct ast_node *x);
/* What an EXPR_OTHER is, in its op, where a temporary table makes a difference. */
enum bind_other {
	BIND_OTHER,
	BIND_OTHER_UNION,
	BIND_OTHER_ROW, /* of a window function or subquery: a value of some row */
};

/* bind_type_sum.c: the type of an aggregate or window function into x->t: 1, 0: unknown, -1. */
int bind_type_sum(struct expr_env *env, const struct ast_func *f, struct expr *x) MUST_CHECK;
/* bind_type_field.c: the column of a temporary table that holds @t. */
struct catalog_column bind_type_field(const struct expr *x);
/* The column of a table that the operand @a of @env is, NULL: it is none. */
const struct catalog_column *bind_type_root(const struct expr_env *env, const struct expr *a);
/* Columns of a recursive CTE, which are @c by its part @first: what the others put there must fit.
 */
void bind_type_recursive(struct catalog_column *c, const struct bind_query *first);
/* What the values @v of several rows or queries are as one column, into *out: 1, 0, -1. */
int bind_type_union(struct bind *b, struct expr **v, uint32_t n, struct expr *out) MUST_CHECK;
/* bind_type.c: a column of a table, or of a temporary one, as an operand; false: not known. */
bool bind_type_operand(const struct catalog_column *c, bool optional, struct expr *x);
/* bind_row.c: the operands of a comparison, which are bound, have the same number of columns, all
 * the way down. @what: the operator in messages. */
int bind_row_same(struct bind *b, struct bind_query *q, struct ast_node *left,
		  struct ast_node *right, const char *what) MUST_CHECK;
/* The same for IN (SELECT ..) and its like. */
int bind_row_in_query(struct bind *b, const struct ast_node *left,
		      struct ast_node *query) MUST_CHECK;
/* Error 4078: one of them is a row. Always -1. */
int bind_row_illegal(struct bind *b, struct bind_query *q, struct ast_node *left,
		     struct ast_node *right, const char *what);
/* The columns of @x, which is bound. */
uint32_t bind_row_width(const struct bind *b, const struct ast_node *x);
/* Parts of the recursive @c that wait until others' columns are known; 1: it waits. */
int bind_with_wait(struct bind *b, struct bind_query *q, struct bind_ctes *c) MUST_CHECK;
/* bind_query.c: binds what waited. */
int bind_query_rest(struct bind *b, struct bind_query *q) MUST_CHECK;
/* bind_window.c: what a server refuses before it looks at names. */
int bind_window_check(struct bind *b, struct bind_query *q, const struct ast_select *n) MUST_CHECK;
/* What MEDIAN and its like take; @f is bound. */
int bind_window_percentile(struct bind *b, struct bind_query *q,
			   const struct ast_func *f) MUST_CHECK;
/* The names in the windows of a SELECT. */
int bind_window_all(struct bind *b, struct bind_query *q, const struct ast_select *n) MUST_CHECK;
/* A window function is met: may it stand here? */
int bind_window_place(struct bind *b, const struct bind_query *q) MUST_CHECK;
/* bind_insert.c, bind_dml.c: a statement that is no query, as @q. */
int bind_insert_make(struct bind *b, struct bind_query *q, struct ast_insert *n) MUST_CHECK;
/* VALUES(column) of ON DUPLICATE KEY UPDATE: a column of the table that is inserted into. */
int bind_insert_values(struct bind *b, struct bind_query *q, struct ast_values_fn *n) MUST_CHECK;
int bind_dml_make(struct bind *b, struct bind_query *q, struct ast_node *n) MUST_CHECK;
/* Whether the rows of @t, a table or view, can be changed; column @i of it. */
bool bind_dml_updatable(const struct bind_table *t);
bool bind_dml_column_updatable(const struct bind_table *t, uint32_t i);
/* The COLUMNs @columns of a view, which are to be changed, are of one table of it. */
int bind_dml_one_base(struct bind *b, const struct ast_list *columns) MUST_CHECK;
#endif
