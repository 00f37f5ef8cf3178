/* cmd_sql - what the commands of "sluicectl sql" share: statements from standard input, each ended
 * by a NUL byte, one JSON object per statement on standard output. */
#ifndef CLI_CMD_SQL_H
#define CLI_CMD_SQL_H
#include "sql/lex/lex.h"
#include "src/base/arena.h"
#include "src/base/json.h"
#include "src/cli/cli.h"

struct ast_node;
struct cmd_sql_schema;
struct expr_session;

struct cmd_sql {
	const struct cli_options *options; /* borrowed */
	struct lex_opts lex;
	struct arena *arena;  /* emptied after each statement */
	struct json_out *out; /* within the statement's object */
	uint32_t error_at;    /* a verb that fails says where in the text */
	struct cmd_sql_schema *schema; /* owned: of --schema, else NULL */
};

/* Handles the statement @text: adds to c->out what follows "ok":true and returns 0, or adds nothing
 * and returns -1 with @e. */
typedef int (*cmd_sql_fn)(struct cmd_sql *c, struct str text, struct err *e);
/* Calls @fn for each statement of standard input. Returns an exit status: a statement that fails is
 * told in its object, and the command goes on. */
int cmd_sql_run(const struct cli_options *o, cmd_sql_fn fn);

/* The verb "eval", in cmd_sql_eval.c: a value, its type, how many warnings. */
int cmd_sql_eval_one(struct cmd_sql *c, struct str text, struct err *e);

/* The session that the options tell of; in cmd_sql_eval.c. */
int cmd_sql_session(const struct cli_options *o, struct expr_session *s, struct err *e);

/* cmd_sql_bind.c: the schema of --schema into c->schema, if there is one. */
int cmd_sql_schema_open(struct cmd_sql *c, struct err *e);
void cmd_sql_schema_close(struct cmd_sql *c);
/* With a schema: binds @n, parsed of @text, and adds "columns" to c->out. */
int cmd_sql_bind(struct cmd_sql *c, struct ast_node *n, struct str text, struct err *e);

#define CMD_SQL_OPTION_SCHEMA                                                                      \
	{                                                                                          \
		"schema", OPTION_STRING, CLI_AT(schema), "", "FILE.sql",                           \
			"CREATE statements of the tables that names are looked up in (database "   \
			"test unless it says USE).",                                               \
			0, 0                                                                       \
	}
#define CMD_SQL_OPTIONS                                                                            \
	{"sql-mode",                                                                               \
	 OPTION_STRING,                                                                            \
	 CLI_AT(sql_mode),                                                                         \
	 "",                                                                                       \
	 "MODES",                                                                                  \
	 "The session's sql_mode, as far as reading the text depends on it.",                      \
	 0,                                                                                        \
	 0},                                                                                       \
	{"server-version",                                                                         \
	 OPTION_STRING,                                                                            \
	 CLI_AT(server_version),                                                                   \
	 "10.11.0",                                                                                \
	 "X.Y.Z",                                                                                  \
	 "The server whose language it is: MariaDB from 10.0.0 on, below it MySQL.",               \
	 0,                                                                                        \
	 0},                                                                                       \
	{                                                                                          \
		"charset", OPTION_STRING, CLI_AT(charset), "utf8mb4", "NAME",                      \
			"The character set that the text is in.", 0, 0                             \
	}
#endif
