/* sql_bound - what the unit tests of the binder share: a schema, and statements bound over it. */
#ifndef UNIT_SQL_BOUND_H
#define UNIT_SQL_BOUND_H
#include "sql/sema/bind.h"
#include "sql/sema/schema_ddl.h"
#include "test/unit/sql_tree.h"

static struct schema_ddl schema;
static struct catalog catalog;
static struct bind bound;

/* Reads the CREATE statements @ddl into the catalog. */
static inline void bound_open(const char *ddl)
{
	schema_ddl_init(&schema);
	arena_init(&arena, 0);
	CHECK_INT(schema_ddl_read(&schema, &opts, str_of(ddl), &err), 0);
	catalog_of_ddl(&catalog, &schema);
}

static inline void bound_close(void)
{
	arena_fini(&arena);
	schema_ddl_fini(&schema);
}

/* @sql, bound; with types when there is a @session. NULL: see err. */
static inline struct bind_query *bound_query(const char *sql, const struct expr_session *session)
{
	struct ast_node *n = tree_parse(sql, NULL);

	bound = (struct bind){.arena = &arena,
			      .catalog = &catalog,
			      .opts = &opts,
			      .text = str_of(sql),
			      .session = session};
	return n ? bind_statement(&bound, n, &err) : NULL;
}
#endif
