/* sluicectl sql: the SQL library from the command line. No cluster is asked. */
#include "src/cli/cmd_sql.h"

#include <stdio.h>
#include <stdlib.h>

#include "sql/ast/ast_json.h"
#include "sql/ast/ast_print.h"
#include "sql/norm/fingerprint.h"
#include "sql/parse/parse.h"

enum { ARENA_LIMIT = 1 << 30 };

static int usage(const char *option, const char *value)
{
	fprintf(stderr, "sluicectl: --%s: unknown: \"%s\"\n", option, value);
	return CLI_USAGE;
}

static void failure(struct json_out *out, const struct cmd_sql *c, const struct err *e)
{
	json_out_object(out, NULL);
	json_out_bool(out, "ok", false);
	json_out_int(out, "errno", e->mysql_errno);
	json_out_strz(out, "message", e->msg);
	json_out_int(out, "offset", c->error_at);
	json_out_end_object(out);
}

static int one(struct cmd_sql *c, cmd_sql_fn fn, struct str text, struct buf *b)
{
	struct json_out out;
	struct err e;

	buf_reset(b);
	json_out_init(&out, b, false);
	c->out = &out;
	c->error_at = 0;
	json_out_object(&out, NULL);
	json_out_bool(&out, "ok", true);
	if (fn(c, text, &e) == 0) {
		json_out_end_object(&out);
	} else {
		buf_reset(b);
		json_out_init(&out, b, false);
		failure(&out, c, &e);
	}
	buf_u8(b, '\n');
	if (b->failed) {
		fprintf(stderr, "sluicectl: out of memory\n");
		return -1;
	}
	return fwrite(b->p, 1, b->len, stdout) == b->len ? 0 : -1;
}

int cmd_sql_run(const struct cli_options *o, cmd_sql_fn fn)
{
	struct arena arena;
	struct cmd_sql c = {.options = o, .arena = &arena};
	char *text = NULL;
	size_t cap = 0;
	struct buf b;
	struct err e;
	ssize_t n;
	int status = CLI_OK;

	if (!lex_mode_of(str_of(o->sql_mode), &c.lex.mode))
		return usage("sql-mode", o->sql_mode);
	if (!lex_server_of(str_of(o->server_version), &c.lex))
		return usage("server-version", o->server_version);
	c.lex.charset = lex_charset_of(str_of(o->charset));
	if (cmd_sql_schema_open(&c, &e)) {
		cmd_sql_schema_close(&c);
		return cli_fail(&e);
	}
	arena_init(&arena, ARENA_LIMIT);
	buf_init(&b);
	while (status == CLI_OK && (n = getdelim(&text, &cap, 0, stdin)) > 0) {
		if (text[n - 1] == 0)
			n--;
		if (one(&c, fn, str_make(text, (size_t)n), &b) < 0)
			status = CLI_FAILED;
		arena_reset(&arena);
	}
	if (fflush(stdout) != 0)
		status = CLI_FAILED;
	free(text);
	buf_fini(&b);
	arena_fini(&arena);
	cmd_sql_schema_close(&c);
	return status;
}

static struct ast_node *tree(struct cmd_sql *c, struct str text, struct err *e)
{
	struct parse_result r;

	if (parse_statement(c->arena, &c->lex, text, NULL, &r, e) == 0)
		return r.root;
	c->error_at = r.error_at;
	return NULL;
}

static int parse_one(struct cmd_sql *c, struct str text, struct err *e)
{
	struct ast_node *n = tree(c, text, e);

	if (!n)
		return -1;
	ast_json(c->out, "tree", n);
	return cmd_sql_bind(c, n, text, e);
}

static int print_one(struct cmd_sql *c, struct str text, struct err *e)
{
	const struct ast_print p = {.charset = c->lex.charset};
	struct ast_node *n = tree(c, text, e);
	struct buf b;

	if (!n)
		return -1;
	buf_init(&b);
	ast_print(&b, n, &p);
	if (buf_check(&b, e) < 0) {
		buf_fini(&b);
		return -1;
	}
	json_out_str(c->out, "text", buf_slice(&b));
	buf_fini(&b);
	return cmd_sql_bind(c, n, text, e);
}

static const char *type_name(unsigned type)
{
	static const char *const names[] = {
		[FP_NULL] = "null",	[FP_TRUE] = "true",	  [FP_FALSE] = "false",
		[FP_INT] = "int",	[FP_DECIMAL] = "decimal", [FP_FLOAT] = "float",
		[FP_STRING] = "string", [FP_NSTRING] = "nstring", [FP_HEX] = "hex",
		[FP_BIT] = "bit",	[FP_PARAM] = "param",
	};

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : "?";
}

/* The statement with a question mark in the place of each literal; of a group only the first
 * element is there, with dots after it. */
static void without_literals(struct buf *b, const struct fingerprint *fp, struct str text)
{
	uint32_t at = fp->start, group = 0, skip_to = 0;

	for (uint32_t i = 0; i < fp->lits.len; i++) {
		const struct fingerprint_lit *l = &fp->lits.v[i];

		while (group < fp->groups.len && fp->groups.v[group].end <= l->start)
			group++;
		if (l->start < skip_to)
			continue;
		buf_append(b, text.p + at, l->start - at);
		buf_u8(b, '?');
		at = l->start + l->len;
		if (group < fp->groups.len && l->start >= fp->groups.v[group].start &&
		    fp->groups.v[group].rows > 1) {
			const struct fingerprint_group *g = &fp->groups.v[group];
			uint32_t last = g->first_lit + g->per_row - 1;

			if (i == last) {
				uint32_t end = fingerprint_element(fp, g, 0).end;

				buf_append(b, text.p + at, end - at);
				buf_puts(b, ", ...");
				at = skip_to = g->end;
			}
		}
	}
	buf_append(b, text.p + at, fp->end - at);
}

static int fingerprint_one(struct cmd_sql *c, struct str text, struct err *e)
{
	struct fingerprint fp;
	char hash[40];
	struct buf b;

	fingerprint_init(&fp);
	if (fingerprint_scan(&fp, &c->lex, text, 0, 0, e) < 0) {
		c->error_at = fp.end;
		fingerprint_fini(&fp);
		return -1;
	}
	snprintf(hash, sizeof(hash), "%016llx%016llx", (unsigned long long)fp.hash[0],
		 (unsigned long long)fp.hash[1]);
	buf_init(&b);
	without_literals(&b, &fp, text);
	json_out_strz(c->out, "fingerprint", hash);
	json_out_str(c->out, "text", buf_slice(&b));
	buf_fini(&b);
	json_out_array(c->out, "literals");
	for (uint32_t i = 0; i < fp.lits.len; i++) {
		const struct fingerprint_lit *l = &fp.lits.v[i];

		json_out_object(c->out, NULL);
		json_out_strz(c->out, "type", type_name(l->type));
		json_out_str(c->out, "text", str_make(text.p + l->start, l->len));
		json_out_int(c->out, "offset", l->start);
		json_out_int(c->out, "slot", fingerprint_place(&fp, i).slot);
		json_out_end_object(c->out);
	}
	json_out_end_array(c->out);
	/* Where the next statement begins, when the text goes on. */
	if (fp.next < text.n)
		json_out_int(c->out, "next", fp.next);
	fingerprint_fini(&fp);
	return 0;
}

static int run_parse(const struct cli_options *o, char **operand)
{
	(void)operand;
	return cmd_sql_run(o, parse_one);
}

static int run_print(const struct cli_options *o, char **operand)
{
	(void)operand;
	return cmd_sql_run(o, print_one);
}

static int run_fingerprint(const struct cli_options *o, char **operand)
{
	(void)operand;
	return cmd_sql_run(o, fingerprint_one);
}

static int run_eval(const struct cli_options *o, char **operand)
{
	(void)operand;
	return cmd_sql_run(o, cmd_sql_eval_one);
}

static const struct option_def defs[] = {CMD_SQL_OPTIONS, CMD_SQL_OPTION_SCHEMA};
/* A fingerprint knows no tables. */
enum { DEFS = sizeof(defs) / sizeof(defs[0]), WITHOUT_SCHEMA = DEFS - 1 };

const struct cli_command cmd_sql_commands[] = {
	{"sql", "parse", "", "Print the trees of the statements on standard input.", defs, DEFS,
	 run_parse},
	{"sql", "print", "", "Parse the statements on standard input and print them again.", defs,
	 DEFS, run_print},
	{"sql", "fingerprint", "", "Print fingerprints and literals of statements.", defs, WITHOUT_SCHEMA,
	 run_fingerprint},
	{"sql", "eval", "", "Print the values of the expressions on standard input.", defs, DEFS,
		run_eval},
	{.noun = NULL},
};
