/* catalog - tables and their columns for those who bind names, given by callbacks. */
#ifndef SEMA_CATALOG_H
#define SEMA_CATALOG_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/data/type.h"

struct ast_node;
struct lex_opts;
struct ast_list;
struct schema_ddl;

struct catalog_column {
	struct str name;
	struct type_meta meta;
	uint32_t length; /* bytes, as result metadata tells it */
	bool typed;	 /* meta and length are known */
	bool invisible;	 /* not in a star */
	bool generated;
};

struct catalog_table {
	struct str db, name;
	struct catalog_column *columns; /* borrowed: lives as long as what is bound; read only */
	uint32_t column_count;
	const struct ast_node *view;  /* its query, else NULL */
	bool temptable;		      /* the view's rows are put into a table, always */
	struct str view_text;	      /* what the view's tree was made of; names columns */
	const struct ast_list *names; /* NAMEs of a view, or NULL */
};

/* How names of tables, databases and aliases compare: lower_case_table_names of a server. */
enum catalog_case {
	CATALOG_AS_WRITTEN = 0,
	CATALOG_LOWER = 1, /* and are told in lower case */
	CATALOG_ANY_CASE = 2,
};

struct catalog {
	void *arg;
	enum catalog_case names;
	struct str db; /* the current database, may be empty */
	/* 1 and *out, 0: there is none, -1: see @e. @a: for what it must make. @db is never empty.
	 * Names in lower case with CATALOG_LOWER. */
	int (*find)(const struct catalog *c, struct arena *a, struct str db, struct str name,
		    struct catalog_table *out, struct err *e);
};

/* catalog_ddl.c: the type of a column that is defined as @text ("INT UNSIGNED"); -1: see @e. */
int catalog_type_of(struct arena *a, const struct lex_opts *opts, struct str text,
		    struct catalog_column *out, struct err *e) MUST_CHECK;
/* The catalog that @s is, with names as written; @s must outlive it. */
void catalog_of_ddl(struct catalog *c, const struct schema_ddl *s);
#endif
