/* bind - what the names of a statement mean: each COLUMN of the tree gets the number (from 1) of a
 * struct bind_ref; each query knows its tables and what its columns are called. Errors are those of
 * MariaDB 10.11.19, with its codes and texts; for what only MySQL 8 has, those of MySQL. Names of
 * stored functions, procedures and variables are left alone. What is not done is ERR_UNSUPPORTED
 * with its name (HANDLER, LOAD DATA). bind_type.h has the types.
 *
 * Memory: the arena, which must outlive the result, as must tree, text and catalog. The tree is
 * written to (COLUMN's ref). Thread: the caller's while binding, then immutable. */
#ifndef SEMA_BIND_H
#define SEMA_BIND_H
#include <stdbool.h>
#include <stdint.h>

#include "sql/ast/ast.h"
#include "sql/lex/lex.h"
#include "sql/sema/catalog.h"
#include "sql/sema/expr_type.h"
#include "src/base/arena.h"
#include "src/base/err.h"

struct bind_query;

enum {
	BIND_MAX_TABLES = 61,
	BIND_MAX_DEPTH = 1000,
	BIND_MAX_COLUMNS = 4096,  /* of a derived table */
	BIND_MAX_LOOKS = 1 << 28, /* names that are compared with those of a statement */
	BIND_MAX_CTES = 1000,	  /* of one WITH */
	BIND_MAX_OPENED = 10000,  /* tables of a statement, those of views included */
};

struct bind_side;

/* A table of FROM, or what INSERT, UPDATE and DELETE write to. */
struct bind_table {
	const struct ast_node *node; /* TABLE, DERIVED, JSON_TABLE; INSERT: its row alias */
	struct str db, name; /* db is empty for what is no table of a database; name: alias */
	struct catalog_column *columns; /* of a table: read only */
	uint32_t column_count;
	struct bind_query *query; /* of a derived table, CTE or view, else NULL */
	bool is_view;
	bool merged;	/* its rows are those of the tables of its query */
	bool optional;	/* an outer join may put NULLs in its place */
	bool target;	/* UPDATE and DELETE: it is changed */
	bool recursive; /* the CTE that it is in the definition of */
	/* inside */
	const struct bind_side *seen;  /* what LATERAL and JSON_TABLE see */
	const struct bind_table *base; /* of a view: the table in it that is changed */
};

/* A column of a result. */
struct bind_output {
	struct str name;
	const struct ast_item *item;	/* the select item; of a star: that */
	const struct ast_node *expr;	/* NULL: table and column, of a star */
	const struct bind_table *table; /* of a plain column, else NULL */
	uint32_t column;
	bool made;	       /* the name is the expression's text */
	bool typed;	       /* type is known */
	bool optional;	       /* may be NULL even if its column may not: windows do that */
	struct expr_type type; /* as result metadata tells it */
	struct expr *tree;     /* of an expression whose type is known, else NULL */
	/* Of a set operation that has one part only: that part's. */
	const struct bind_output *part;
};

struct bind_query {
	struct bind_query *outer;    /* of the expression it is in, else NULL */
	const struct ast_node *node; /* SELECT, SETOP, VALUES, or the statement */
	struct bind_table **tables;  /* leaves of FROM, in the text's order */
	struct bind_output *outputs; /* of INSERT and DELETE: RETURNING */
	struct bind_query **parts; /* of a SETOP; of INSERT, DDL, EXPLAIN: what they are made of */
	uint32_t table_count, output_count, part_count;
	uint32_t correlated; /* the most levels out that a name in it reaches; 0: none */
	bool grouped;	     /* GROUP BY or aggregates */
	bool aggregated;     /* aggregates */
	bool windowed;	     /* window functions */
	bool into;	     /* INTO: its rows are no result */
	/* inside */
	const struct bind_side *at; /* where names are looked up now */
	uint8_t place;		    /* enum bind_place */
	uint32_t items_bound;	    /* outputs before it have their meaning */
	bool in_sum;		    /* within an aggregate */
	bool in_left;		    /* within the left operand of IN, ANY, ALL */
	uint8_t in_window;	    /* enum bind_in_window */
	bool in_update;		    /* within ON DUPLICATE KEY UPDATE */
	bool laterals;		    /* FROM has a LATERAL or JSON_TABLE */
};

/* What a COLUMN means: a column of a table, or a select item of the query @levels out. */
struct bind_ref {
	struct bind_query *query;
	const struct bind_table *table; /* NULL: item */
	uint32_t column;		/* of the table, or number of the output */
	uint32_t levels;
};

struct bind {
	struct arena *arena;
	const struct catalog *catalog;
	const struct lex_opts *opts;
	struct str text;
	const struct expr_session *session; /* what types depend on; NULL: no types */
	/* As that of struct expr_env, or NULL. */
	int (*compute)(struct expr_env *env, struct expr *x, enum expr_result as,
		       struct datum *out);
	void *compute_arg;
	struct bind_ref *refs;	     /* refs[0] is not used */
	struct bind_query **queries; /* queries[0] is not used */
	uint32_t ref_count, ref_cap, query_count, query_cap;
	/* inside */
	struct bind_ctes *ctes;	       /* in scope */
	struct bind_ctes *cte;	       /* the one that is being bound */
	const struct bind_view *views; /* that are being bound */
	struct bind_waiting *waiting;  /* parts of CTEs for which others must be known first */
	uint32_t at;		       /* after an error: the byte of the text where it was seen */
	struct str db;		       /* of names without one: a view's is its own */
	struct err *e;
	unsigned depth;
	uint32_t looks;
	uint32_t typed; /* expressions of merged tables */
	uint32_t opened;
	uint32_t marks;
};

/* Binds the statement @node of @text. The result, NULL: see @e. @b, zeroed but for arena, catalog,
 * opts, text and session, must be kept: it has the refs. */
struct bind_query *bind_statement(struct bind *b, struct ast_node *node, struct err *e);
/* What COLUMN @c means, NULL: it is not bound. */
const struct bind_ref *bind_ref_of(const struct bind *b, const struct ast_column *c);
/* What @node (SELECT, SETOP, VALUES) is bound as, NULL: it is not. */
const struct bind_query *bind_query_of(const struct bind *b, const struct ast_node *node);
#endif
