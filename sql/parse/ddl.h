/* ddl - definitions of tables, parsed by hand to trees; see nodes.def. All give false or NULL when
 * that is said already (hand_fail()). For sql/parse only. */
#ifndef PARSE_DDL_H
#define PARSE_DDL_H
#include "sql/parse/form.h"

/* ddl_table.c: what follows the name in CREATE TABLE; the rest of ALTER TABLE from the word before
 * TABLE on (ddl_alter.c). Both set f->def; ddl_alter_table() is false when it is no ALTER TABLE. */
bool ddl_table_create(struct form *f);
bool ddl_alter_table(struct form *f);

/* An element of CREATE TABLE; elements up to the closing parenthesis. */
struct ast_node *ddl_table_element(struct form *f);
bool ddl_table_elements(struct form *f, struct ast_list *out);

/* ddl_column.c */
struct ast_node *ddl_column_type(struct hand *h);
/* name type attribute... */
struct ast_node *ddl_column(struct hand *h, struct form *f);

/* ddl_key.c: a key or constraint; *is: it is one at all. */
struct ast_node *ddl_key(struct form *f, bool *is);
bool ddl_key_parts(struct hand *h, struct ast_list *parts);
bool ddl_key_options(struct hand *h, struct ast_list *options, struct str *method);
struct ast_node *ddl_key_references(struct form *f);
struct ast_node *ddl_key_check(struct hand *h, struct str name, unsigned flags);

/* ddl_option.c: where an option may stand. */
enum ddl_where { DDL_OF_TABLE = 1, DDL_OF_KEY = 2, DDL_OF_COLUMN = 4, DDL_OF_PARTITION = 8 };
/* 1: one is added to @out, 0: there is none, -1: wrong. */
int ddl_option(struct form *f, enum ddl_where where, struct ast_list *out);
/* Any number, with commas between them or not. */
bool ddl_option_table(struct hand *h, struct ast_list *out);

/* ddl_partition.c: PARTITION BY ...; PARTITION name ...; from the '(' on:
 * all of them. */
struct ast_node *ddl_partition_by(struct form *f);
struct ast_node *ddl_partition(struct form *f);
bool ddl_partition_list(struct form *f, struct ast_list *parts);

/* body.c: a statement of a stored program; what follows BEGIN, to END. */
bool body_statement(struct hand *h);
bool body_compound(struct hand *h);
#endif
