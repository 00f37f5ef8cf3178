/* schema_int - what the files of schema_ddl share; for sql/sema only. */
#ifndef SEMA_SCHEMA_INT_H
#define SEMA_SCHEMA_INT_H
#include "sql/sema/schema_ddl.h"

enum { SCHEMA_KEY = 600 };

/* What a database gives its tables. */
struct schema_db {
	struct str charset, collation;
};

/* schema_collation.c: what the text of CREATE or ALTER DATABASE says. */
void schema_int_database(struct str text, struct schema_db *db);

/* schema_ddl.c */
struct str schema_int_key(const struct schema_ddl *s, struct str db, struct str name,
			  char buf[SCHEMA_KEY]);
int schema_int_rename(struct schema_ddl *s, const struct ast_table *from,
		      const struct ast_table *to, struct err *e) MUST_CHECK;
/* schema_select.c: the columns that @query brings to @t. */
int schema_int_select(struct schema_ddl *s, const struct lex_opts *opts, struct schema_table *t,
		      struct ast_node *query, struct err *e) MUST_CHECK;
/* schema_table.c: fills @t from CREATE TABLE; changes it as ALTER TABLE says. */
int schema_int_build(struct schema_ddl *s, struct schema_table *t, const struct ast_create_table *n,
		     bool mysql, struct err *e) MUST_CHECK;
/* Tells the columns of @t which keys they are in. */
void schema_int_keys(struct schema_table *t);
int schema_int_alter(struct schema_ddl *s, struct schema_table *t, const struct ast_table *ref,
		     const struct ast_alter_table *n, bool mysql, struct err *e) MUST_CHECK;
#endif
