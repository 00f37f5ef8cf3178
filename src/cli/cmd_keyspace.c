/* sluicectl keyspace and shard. */
#include <stdio.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/cli/cli.h"
#include "src/cli/cmd_show.h"
#include "src/cli/keeper_client.h"

#define COMMON CLI_OPT_DIR, CLI_OPT_KEEPER, CLI_OPT_TOKEN, CLI_OPT_JSON
static const struct option_def plain_defs[] = {COMMON};
static const struct option_def create_defs[] = {
	COMMON,
	{"sharded", OPTION_BOOL, CLI_AT(sharded), "false", NULL,
	 "Its tables are spread over shards by vindexes.", 0, 0},
	{"durability", OPTION_STRING, CLI_AT(durability), "none", "HOW",
	 "What a commit waits for: none or semi_sync.", 0, 0},
};
static const struct option_def delete_defs[] = {
	COMMON,
	{"force", OPTION_BOOL, CLI_AT(force), "false", NULL,
	 "Even if it serves: what is stored there cannot be reached any more.", 0, 0},
};
static const struct option_def promote_defs[] = {
	COMMON,
	{"force", OPTION_BOOL, CLI_AT(force), "false", NULL,
	 "Also when the primary does not answer: it must not run any more.", 0, 0},
};
static const struct option_def list_defs[] = {
	COMMON,
	{"keyspace", OPTION_STRING, CLI_AT(keyspace), NULL, "NAME", "Only this keyspace.", 0, 0},
};

static int keyspace_list(const struct cli_options *o, char **operand)
{
	static const struct text_table_column columns[] = {
		{"KEYSPACE", "name"}, {"SHARDED", "sharded"}, {"DURABILITY", "durability"}};
	struct keeper_request r = {"GET", "keyspaces", {NULL}, {NULL, 0}};

	(void)operand;
	return cmd_show_list(o, &r, "keyspaces", columns, 3);
}

static int keyspace_show(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"GET", "keyspaces/%s", {operand[0]}, {NULL, 0}};

	return cmd_show_object(o, &r);
}

static int keyspace_create(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"POST", "keyspaces", {NULL}, {NULL, 0}};
	struct json_out j;
	struct buf b;
	int status;

	buf_init(&b);
	json_out_init(&j, &b, false);
	json_out_object(&j, NULL);
	json_out_strz(&j, "name", operand[0]);
	json_out_bool(&j, "sharded", o->sharded);
	json_out_strz(&j, "durability", o->durability);
	json_out_end_object(&j);
	r.body = buf_slice(&b);
	status = cmd_show_object(o, &r);
	buf_fini(&b);
	return status;
}

static int keyspace_delete(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"DELETE", "keyspaces/%s", {operand[0]}, {NULL, 0}};

	return cmd_show_done(o, &r, "deleted");
}

static int shard_list(const struct cli_options *o, char **operand)
{
	static const struct text_table_column columns[] = {{"KEYSPACE", "keyspace"},
							   {"SHARD", "name"},
							   {"PRIMARY", "primary"},
							   {"TERM", "primary_term"},
							   {"SERVING", "serving"}};
	struct keeper_request all = {"GET", "shards", {NULL}, {NULL, 0}};
	struct keeper_request one = {"GET", "shards?keyspace=%s", {o->keyspace}, {NULL, 0}};

	(void)operand;
	return cmd_show_list(o, o->keyspace ? &one : &all, "shards", columns, 5);
}

/* "customer/-80" to its two words; CLI_OK, or CLI_USAGE (told). */
static int cut_shard(char *operand, const char **keyspace, const char **shard)
{
	char *slash = strchr(operand, '/');

	if (!slash || slash == operand || !slash[1]) {
		fprintf(stderr, "sluicectl: expected KEYSPACE/SHARD instead of \"%s\"\n", operand);
		return CLI_USAGE;
	}
	*slash = 0;
	*keyspace = operand;
	*shard = slash + 1;
	return CLI_OK;
}

static int shard_show(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"GET", "keyspaces/%s/shards/%s", {NULL}, {NULL, 0}};
	int status = cut_shard(operand[0], &r.word[0], &r.word[1]);

	return status == CLI_OK ? cmd_show_object(o, &r) : status;
}

static int shard_create(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"POST", "keyspaces/%s/shards", {NULL}, {NULL, 0}};
	const char *name = NULL;
	struct json_out j;
	struct buf b;
	int status = cut_shard(operand[0], &r.word[0], &name);

	if (status != CLI_OK)
		return status;
	buf_init(&b);
	json_out_init(&j, &b, false);
	json_out_object(&j, NULL);
	json_out_strz(&j, "name", name);
	json_out_end_object(&j);
	r.body = buf_slice(&b);
	status = cmd_show_object(o, &r);
	buf_fini(&b);
	return status;
}

static int shard_delete(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"DELETE",
				   o->force ? "keyspaces/%s/shards/%s?force=1"
					    : "keyspaces/%s/shards/%s",
				   {NULL},
				   {NULL, 0}};
	int status = cut_shard(operand[0], &r.word[0], &r.word[1]);

	return status == CLI_OK ? cmd_show_done(o, &r, "deleted") : status;
}

static int shard_promote(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"POST", "keyspaces/%s/shards/%s/primary", {NULL}, {NULL, 0}};
	struct json_out j;
	struct buf b;
	int status = cut_shard(operand[0], &r.word[0], &r.word[1]);

	if (status != CLI_OK)
		return status;
	buf_init(&b);
	json_out_init(&j, &b, false);
	json_out_object(&j, NULL);
	json_out_strz(&j, "tablet", operand[1]);
	json_out_bool(&j, "force", o->force);
	json_out_end_object(&j);
	r.body = buf_slice(&b);
	status = cmd_show_object(o, &r);
	buf_fini(&b);
	return status;
}

const struct cli_command cmd_keyspace_commands[] = {
	{"keyspace", "list", "", "List keyspaces.", plain_defs, 4, keyspace_list},
	{"keyspace", "show", "NAME", "Show a keyspace.", plain_defs, 4, keyspace_show},
	{"keyspace", "create", "NAME", "Make a keyspace.", create_defs, 6, keyspace_create},
	{"keyspace", "delete", "NAME", "Delete a keyspace that has no tablets.", plain_defs, 4,
	 keyspace_delete},
	{"shard", "list", "", "List shards.", list_defs, 5, shard_list},
	{"shard", "show", "KEYSPACE/SHARD", "Show a shard.", plain_defs, 4, shard_show},
	{"shard", "create", "KEYSPACE/SHARD",
	 "Make a shard; one that overlaps serving shards does not serve.", plain_defs, 4,
	 shard_create},
	{"shard", "delete", "KEYSPACE/SHARD", "Delete a shard that does not serve.", delete_defs, 5,
	 shard_delete},
	{"shard", "promote", "KEYSPACE/SHARD ALIAS",
	 "Make a replica the primary of a shard whose primary cannot serve.", promote_defs, 5,
	 shard_promote},
	{.noun = NULL},
};
