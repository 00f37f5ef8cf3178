/* sluicectl tablet. */
#include "src/cli/cli.h"
#include "src/cli/cmd_show.h"
#include "src/cli/keeper_client.h"

static const struct option_def show_defs[] = {CLI_OPT_DIR, CLI_OPT_KEEPER, CLI_OPT_TOKEN, CLI_OPT_JSON};
static const struct option_def list_defs[] = {
	CLI_OPT_DIR,
	CLI_OPT_KEEPER, CLI_OPT_TOKEN,
	CLI_OPT_JSON,
	{"keyspace", OPTION_STRING, CLI_AT(keyspace), NULL, "NAME", "Only this keyspace.", 0, 0},
};

static int tablet_list(const struct cli_options *o, char **operand)
{
	static const struct text_table_column columns[] = {
		{"ALIAS", "alias"},	    {"KEYSPACE", "keyspace"}, {"SHARD", "shard"},
		{"TYPE", "type"},	    {"RPC", "rpc_address"},   {"WEB", "web_address"},
		{"MYSQL", "mysql_address"},
	};
	struct keeper_request all = {"GET", "tablets", {NULL}, {NULL, 0}};
	struct keeper_request one = {"GET", "tablets?keyspace=%s", {o->keyspace}, {NULL, 0}};

	(void)operand;
	return cmd_show_list(o, o->keyspace ? &one : &all, "tablets", columns, 7);
}

static int tablet_show(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"GET", "tablets/%s", {operand[0]}, {NULL, 0}};

	return cmd_show_object(o, &r);
}

const struct cli_command cmd_tablet_commands[] = {
	{"tablet", "list", "", "List tablets.", list_defs, 5, tablet_list},
	{"tablet", "show", "ALIAS", "Show a tablet and what it says of itself.", show_defs, 4,
	 tablet_show},
	{.noun = NULL},
};
