/* bind - what the names of a query, or of an INSERT, UPDATE or DELETE of one table, mean: each
 * COLUMN of the tree gets the number (from 1) of a struct bind_ref; each query knows its tables and
 * what its columns are called. Errors are those of MariaDB 10.11.19, with its codes and texts. What
 * is not done is ERR_UNSUPPORTED with its name: VALUES, LATERAL, JSON_TABLE, RETURNING, ON
 * DUPLICATE KEY UPDATE, statements over several tables.
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
#include "src/base/arena.h"
#include "src/base/err.h"

struct bind_query;

enum { BIND_MAX_TABLES = 61, BIND_MAX_DEPTH = 1000 };

/* A table of FROM. */
struct bind_table {
	const struct ast_node *node; /* TABLE, DERIVED */
	struct str db, name; /* db is empty for what is no table of a database; name: alias */
	const struct catalog_column *columns;
	uint32_t column_count;
	struct bind_query *query; /* of a derived table, CTE or view, else NULL */
};

/* A column of a result. */
struct bind_output {
	struct str name;
	const struct ast_item *item;	/* the select item; of a star: that */
	const struct ast_node *expr;	/* NULL: table and column, of a star */
	const struct bind_table *table; /* of a plain column, else NULL */
	uint32_t column;
};

struct bind_side;
struct bind_query {
	struct bind_query *outer;    /* of the expression it is in, else NULL */
	const struct ast_node *node; /* SELECT, SETOP, VALUES */
	struct bind_table **tables;  /* leaves of FROM, in the text's order */
	struct bind_output *outputs;
	uint32_t table_count, output_count;
	uint32_t correlated; /* the most levels out that a name in it reaches; 0: none */
	bool grouped;	     /* GROUP BY or aggregates */
	/* inside */
	const struct bind_side *at; /* where names are looked up now */
	uint8_t place;		    /* enum bind_place */
	uint32_t items_bound;	    /* outputs before it have their meaning */
	bool in_sum;		    /* within an aggregate */
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
	struct bind_ref *refs; /* refs[0] is not used */
	uint32_t ref_count, ref_cap;
	/* inside */
	struct bind_ctes *ctes;
	struct err *e;
	unsigned depth;
};

/* Binds the statement @node of @text; what is no query has no outputs. The result, NULL: see @e.
 * @b, zeroed but for arena, catalog, opts and text, must be kept: it has the refs. */
struct bind_query *bind_statement(struct bind *b, struct ast_node *node, struct err *e);
/* What COLUMN @c means, NULL: it is not bound. */
const struct bind_ref *bind_ref_of(const struct bind *b, const struct ast_column *c);
#endif
