/* sluicectl schema and vschema. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/buf.h"
#include "src/base/file.h"
#include "src/cli/cli.h"
#include "src/cli/cmd_show.h"
#include "src/cli/keeper_client.h"

#define KEYSPACE                                                                                   \
	{                                                                                          \
		"keyspace", OPTION_STRING, CLI_AT(keyspace), NULL, "NAME", "The keyspace.", 0, 0   \
	}
static const struct option_def show_defs[] = {KEYSPACE, CLI_OPT_DIR, CLI_OPT_KEEPER, CLI_OPT_TOKEN,
					      CLI_OPT_JSON};
static const struct option_def schema_apply_defs[] = {
	KEYSPACE,
	CLI_OPT_DIR,
	CLI_OPT_KEEPER,
	CLI_OPT_TOKEN,
	CLI_OPT_JSON,
	{"sql", OPTION_STRING, CLI_AT(sql), NULL, "FILE|TEXT",
	 "The statements: a file's name, or the text itself.", 0, 0},
};
static const struct option_def vschema_apply_defs[] = {
	KEYSPACE,
	CLI_OPT_DIR,
	CLI_OPT_KEEPER,
	CLI_OPT_TOKEN,
	CLI_OPT_JSON,
	{"file", OPTION_STRING, CLI_AT(file), NULL, "FILE", "The VSchema (JSON).", 0, 0},
	{"dry-run", OPTION_BOOL, CLI_AT(dry_run), "false", NULL, "Only check it.", 0, 0},
	{"force", OPTION_BOOL, CLI_AT(force), "false", NULL,
	 "Also when it names tables, columns or sequences that do not exist, or vindexes that do "
	 "not "
	 "work.",
	 0, 0},
};

static int missing(const char *option)
{
	fprintf(stderr, "sluicectl: --%s is needed (see --help)\n", option);
	return CLI_USAGE;
}

static void print_tables(JSON *tables, struct buf *out)
{
	static const struct text_table_column columns[] = {{"  COLUMN", "name"},
							   {"TYPE", "type"},
							   {"NULL", "nullable"},
							   {"AUTO_INCREMENT", "auto_increment"}};

	for (JSON *t = json_first(tables); t; t = json_next(t)) {
		JSON *key = json_get(t, "primary_key");

		buf_printf(out, "%s %s", json_bool(json_get(t, "view"), false) ? "view" : "table",
			   json_string(json_get(t, "name"), "?"));
		for (size_t i = 0; i < json_len(key); i++)
			buf_printf(out, "%s%s%s", i ? ", " : ", primary key (",
				   json_string(json_at(key, i), "?"),
				   i + 1 == json_len(key) ? ")" : "");
		buf_u8(out, '\n');
		text_table_json(json_get(t, "columns"), columns, 4, out);
	}
}

static int schema_show(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"GET", "keyspaces/%s/schema", {o->keyspace}, {NULL, 0}};
	struct cJSON *doc;
	struct err e;
	struct buf b;

	(void)operand;
	if (!o->keyspace)
		return missing("keyspace");
	doc = keeper_client_call(o, &r, &e);
	if (!doc)
		return cli_fail(&e);
	buf_init(&b);
	if (o->json)
		cmd_show_json(doc);
	else
		print_tables(json_get(doc, "tables"), &b);
	fwrite(b.p ? (const void *)b.p : "", 1, b.len, stdout);
	buf_fini(&b);
	json_free(doc);
	return CLI_OK;
}

static int schema_apply(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"POST", "keyspaces/%s/schema", {o->keyspace}, {NULL, 0}};
	struct json_out j;
	struct buf sql, body;
	struct err e;
	int status;

	(void)operand;
	if (!o->keyspace || !o->sql)
		return missing(o->keyspace ? "sql" : "keyspace");
	buf_init(&sql);
	buf_init(&body);
	err_clear(&e);
	if (access(o->sql, F_OK) != 0 && errno == ENOENT && !strpbrk(o->sql, " \t\n;")) {
		err_set(&e, ERR_NOT_FOUND, "there is no file %s, and it is no statement", o->sql);
		sql.failed = true;
	} else if (access(o->sql, F_OK) != 0) {
		buf_puts(&sql, o->sql);
	} else if (file_read(o->sql, &sql, &e) < 0) {
		sql.failed = true;
	}
	if (sql.failed) {
		status = cli_fail(&e);
	} else {
		json_out_init(&j, &body, false);
		json_out_object(&j, NULL);
		json_out_str(&j, "sql", buf_slice(&sql));
		json_out_end_object(&j);
		r.body = buf_slice(&body);
		status = cmd_show_done(o, &r, "applied on every shard");
	}
	buf_fini(&sql);
	buf_fini(&body);
	return status;
}

static int vschema_show(const struct cli_options *o, char **operand)
{
	struct keeper_request r = {"GET", "keyspaces/%s/vschema", {o->keyspace}, {NULL, 0}};
	struct cJSON *doc;
	struct err e;

	(void)operand;
	if (!o->keyspace)
		return missing("keyspace");
	doc = keeper_client_call(o, &r, &e);
	if (!doc)
		return cli_fail(&e);
	cmd_show_json(json_get(doc, "vschema"));
	json_free(doc);
	return CLI_OK;
}

static int vschema_apply(const struct cli_options *o, char **operand)
{
	static const char *const paths[] = {
		"keyspaces/%s/vschema", "keyspaces/%s/vschema?dry_run=1",
		"keyspaces/%s/vschema?force=1", "keyspaces/%s/vschema?dry_run=1&force=1"};
	struct keeper_request r = {
		"PUT", paths[o->dry_run + 2 * o->force], {o->keyspace}, {NULL, 0}};
	struct cJSON *doc = NULL;
	struct buf text;
	struct err e;
	JSON *w;

	(void)operand;
	if (!o->keyspace || !o->file)
		return missing(o->keyspace ? "file" : "keyspace");
	buf_init(&text);
	if (file_read(o->file, &text, &e) == 0) {
		r.body = buf_slice(&text);
		doc = keeper_client_call(o, &r, &e);
		if (!doc && e.code == ERR_PARSE)
			err_wrap(&e, "%s", o->file);
	}
	buf_fini(&text);
	if (!doc)
		return cli_fail(&e);
	for (w = json_first(json_get(doc, "warnings")); w; w = json_next(w))
		fprintf(stderr, "warning: %s\n", json_string(w, "?"));
	if (o->json)
		cmd_show_json(doc);
	else
		printf("%s\n", o->dry_run ? "it is fine; nothing was written" : "applied");
	json_free(doc);
	return CLI_OK;
}

const struct cli_command cmd_schema_commands[] = {
	{"schema", "show", "", "Show the tables of a keyspace.", show_defs, 5, schema_show},
	{"schema", "apply", "", "Run DDL on every shard.", schema_apply_defs, 6, schema_apply},
	{"vschema", "show", "", "Show a keyspace's VSchema.", show_defs, 5, vschema_show},
	{"vschema", "apply", "", "Check and replace a keyspace's VSchema.", vschema_apply_defs, 8,
	 vschema_apply},
	{.noun = NULL},
};
