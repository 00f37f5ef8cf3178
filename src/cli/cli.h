/* cli - what the commands of sluicectl share: their options, their table, how they end. */
#ifndef CLI_CLI_H
#define CLI_CLI_H
#include <stdbool.h>
#include <stddef.h>

#include "src/base/err.h"
#include "src/base/options.h"

/* Exit statuses. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* The options of all commands; each has its own part of them. */
struct cli_options {
	const char *dir, *spec, *keeper, *token_file;
	const char *keyspace, *sql, *file, *durability;
	const char *sql_mode, *charset, *server_version, *schema;
	bool json, sharded, dry_run, force;
};

struct cli_command {
	const char *noun, *verb;
	const char *operands; /* "NAME", "" for none: as many as there are words */
	const char *summary;
	const struct option_def *defs;
	size_t def_count;
	/* @operand: the words; as many as the command has. Returns an exit status. */
	int (*run)(const struct cli_options *o, char **operand);
};

/* Runs sluicectl. */
int cli_run(int argc, char **argv);
/* Tells an error on standard error. Returns CLI_FAILED. */
int cli_fail(const struct err *e);

/* The commands of a noun, ended by one without a noun. One table per file. */
extern const struct cli_command cmd_cluster_commands[];
extern const struct cli_command cmd_keyspace_commands[];
extern const struct cli_command cmd_tablet_commands[];
extern const struct cli_command cmd_schema_commands[];
extern const struct cli_command cmd_sql_commands[];

#define CLI_AT(field) offsetof(struct cli_options, field)
#define CLI_OPT_JSON                                                                               \
	{                                                                                          \
		"json", OPTION_BOOL, CLI_AT(json), "false", NULL, "Print JSON, for programs.", 0,  \
			0                                                                          \
	}
#define CLI_OPT_DIR                                                                                \
	{                                                                                          \
		"dir", OPTION_STRING, CLI_AT(dir), NULL, "DIR",                                    \
			"The directory of a cluster on this machine.", 0, 0                        \
	}
#define CLI_OPT_KEEPER                                                                             \
	{                                                                                          \
		"keeper", OPTION_STRING, CLI_AT(keeper), NULL, "HOST:PORT",                        \
			"The keeper's web address; else from --dir, from the environment's "       \
			"SLUICE_KEEPER, or 127.0.0.1:15000.",                                      \
			0, 0                                                                       \
	}
#define CLI_OPT_TOKEN                                                                              \
	{                                                                                          \
		"token-file", OPTION_STRING, CLI_AT(token_file), NULL, "FILE",                     \
			"Holds the keeper's token; else DIR/keeper.token of --dir, or the "        \
			"environment's SLUICE_TOKEN_FILE.",                                        \
			0, 0                                                                       \
	}
#endif
