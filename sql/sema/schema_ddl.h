/* schema_ddl - a catalog of tables and columns made of the statements that create them: CREATE,
 * ALTER, DROP and RENAME TABLE, CREATE and DROP INDEX, VIEW and DATABASE, USE. Others are skipped,
 * so that a dump can be read as it is. The statements are believed: what a server would refuse for
 * its meaning is taken here when it makes sense at all. Thread: the owner's while statements are
 * read, then immutable. */
#ifndef SEMA_SCHEMA_DDL_H
#define SEMA_SCHEMA_DDL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/ast/ast.h"
#include "sql/lex/lex.h"
#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/hmap.h"
#include "src/data/type.h"

struct schema_column {
	struct str name;
	struct type_meta meta; /* charset: what collation() says, 63 for what is no text */
	/* Characters of text, bytes of binary strings, digits of numbers (the sign is one), bits;
	 * of ENUM the longest member, of SET all of them with commas. */
	uint64_t length;
	struct str charset, collation; /* of text: own, the table's or the database's; or empty */
	bool generated, invisible, stored; /* stored: a generated one that is kept */
	const struct ast_column_def *def;  /* borrowed from the arena; NULL: a view's column */
	/* inside */
	struct str before; /* while ALTER TABLE runs: its name before; empty: it was not there */
};

struct schema_key {
	struct str name;
	uint8_t op;		      /* enum ast_key_op, no FOREIGN */
	const struct ast_list *parts; /* KEY_PART */
};

struct schema_table {
	struct str db, name;
	struct schema_column *columns;
	struct schema_key *keys;
	uint32_t column_count, key_count;
	struct str charset, collation; /* the defaults; or empty */
	bool temporary;
	bool open; /* CREATE TABLE ... SELECT: there are more columns than these */
	/* A view: its query, and the NAMEs in parentheses; columns then are not known here. */
	const struct ast_node *query;
	const struct ast_list *names;
	bool temptable;	 /* ALGORITHM=TEMPTABLE */
	struct str text; /* what query was made of; places in it */
};

struct schema_ddl {
	struct arena arena;
	struct hmap tables;    /* "db" zero byte "table", without case, to struct schema_table * */
	struct hmap temporary; /* the same for those that are; they hide others */
	struct hmap dbs;       /* to struct schema_db * of schema_int.h */
	struct str db;	       /* the current database, may be empty */
	struct str text;       /* borrowed: what is read now */
	/* The collation's number for a character set or a collation (or both; names as written; or
	 * none: a server's default); 0 when unknown. schema_ddl_init() sets schema_collation(). */
	uint16_t (*collation)(struct str charset, struct str collation);
};

void schema_ddl_init(struct schema_ddl *s);
void schema_ddl_fini(struct schema_ddl *s);
/* Reads a text of statements, copied; DELIMITER lines of the mysql client are understood. -1: the
 * error of the first statement that does not parse or that names what there is not. */
int schema_ddl_read(struct schema_ddl *s, const struct lex_opts *opts, struct str text,
		    struct err *e) MUST_CHECK;
/* The table or view, NULL: there is none. @db empty: the current one. */
const struct schema_table *schema_ddl_find(const struct schema_ddl *s, struct str db,
					   struct str name);
const struct schema_column *schema_ddl_column(const struct schema_table *t, struct str name);

/* schema_collation.c: as src/data knows them; utf8mb4 is the default. */
uint16_t schema_collation(struct str charset, struct str collation);

/* schema_type.c: type, length and flags of @c from its definition; the flags of keys are not among
 * them.
 * @mysql: JSON is a type of its own. */
void schema_type_of(const struct schema_ddl *s, const struct schema_table *t,
		    struct schema_column *c, bool mysql);
#endif
