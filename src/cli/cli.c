#include "src/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/str.h"

enum { MAX_OPERANDS = 4 };

static const struct cli_command *const tables[] = {
	cmd_cluster_commands,
	cmd_keyspace_commands,
	cmd_tablet_commands,
	cmd_schema_commands,
	cmd_sql_commands,
};
enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

int cli_fail(const struct err *e)
{
	fprintf(stderr, "sluicectl: %s\n", e->msg);
	return CLI_FAILED;
}

static void print_usage(FILE *out, const char *noun)
{
	fprintf(out, "Usage: sluicectl %s COMMAND [OPTION]...\n%s\n", noun ? noun : "NOUN",
		noun ? "" : "\nThe admin client of a Sluice cluster.\n");
	for (size_t t = 0; t < TABLES; t++) {
		for (const struct cli_command *c = tables[t]; c->noun; c++) {
			char words[80];

			if (noun && strcmp(noun, c->noun) != 0)
				continue;
			snprintf(words, sizeof(words), "%s %s %s", c->noun, c->verb, c->operands);
			fprintf(out, "  %-32s %s\n", words, c->summary);
		}
	}
	fprintf(out, "\nEach command has --help. Exit status: 0 done, 1 failed, 2 wrong usage.\n");
}

/* roff for all commands. */
static void print_man(void)
{
	printf(".TH SLUICECTL 1 \"\" \"sluice %s\"\n.SH NAME\nsluicectl \\- the admin client of a "
	       "Sluice "
	       "cluster\n.SH SYNOPSIS\n.B sluicectl\nNOUN COMMAND [OPTION]...\n.SH COMMANDS\n",
	       PACKAGE_VERSION);
	for (size_t t = 0; t < TABLES; t++) {
		for (const struct cli_command *c = tables[t]; c->noun; c++) {
			printf(".SS %s %s %s\n%s\n", c->noun, c->verb, c->operands, c->summary);
			for (size_t i = 0; i < c->def_count; i++)
				printf(".TP\n.B \\-\\-%s%s%s%s\n%s\n",
				       c->defs[i].type == OPTION_BOOL ? "[no\\-]" : "",
				       c->defs[i].name,
				       c->defs[i].arg ? " " : "",
				       c->defs[i].arg ? c->defs[i].arg : "", c->defs[i].help);
		}
	}
	printf(".SH EXIT STATUS\n0: done. 1: failed. 2: wrong usage.\n");
}

static bool has_noun(const char *noun)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct cli_command *c = tables[t]; c->noun; c++)
			if (strcmp(c->noun, noun) == 0)
				return true;
	return false;
}

static const struct cli_command *find(const char *noun, const char *verb)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct cli_command *c = tables[t]; c->noun; c++)
			if (strcmp(c->noun, noun) == 0 && strcmp(c->verb, verb) == 0)
				return c;
	return NULL;
}

static int count_words(const char *s)
{
	struct str rest = str_of(s), word;
	int n = 0;

	while (rest.n) {
		str_cut(rest, ' ', &word, &rest);
		n++;
	}
	return n;
}

static int print_info(const struct options *o, enum options_action action)
{
	struct buf b;

	buf_init(&b);
	if (action == OPTIONS_HELP)
		options_print_help(o, &b);
	else if (action == OPTIONS_MAN)
		options_print_man(o, &b);
	else
		buf_printf(&b, "sluicectl %s\n", PACKAGE_VERSION);
	fwrite(b.p, 1, b.len, stdout);
	buf_fini(&b);
	return CLI_OK;
}

static int run_command(const struct cli_command *c, int argc, char **argv)
{
	struct cli_options values = {.dir = NULL};
	enum options_action action;
	struct options *o;
	char name[100];
	struct err e;
	int status;

	snprintf(name, sizeof(name), "sluicectl %s %s%s%s", c->noun, c->verb,
		 *c->operands ? " " : "", c->operands);
	o = options_new(name, c->summary, c->defs, c->def_count);
	if (!o || options_parse(o, &values, &argc, argv, true, &action, &e) < 0) {
		fprintf(stderr, "%s: %s\n", name, o ? e.msg : "out of memory");
		status = CLI_USAGE;
	} else if (action != OPTIONS_RUN) {
		status = print_info(o, action);
	} else if (argc - 1 != count_words(c->operands)) {
		fprintf(stderr, "%s: expected %d operand(s), got %d (see --help)\n", name,
			count_words(c->operands), argc - 1);
		status = CLI_USAGE;
	} else {
		status = c->run(&values, argv + 1);
	}
	options_free(o);
	return status;
}

static bool is_help(const char *arg)
{
	return !strcmp(arg, "--help") || !strcmp(arg, "-h") || !strcmp(arg, "help");
}

int cli_run(int argc, char **argv)
{
	const struct cli_command *c;

	if (argc >= 2 && is_help(argv[1])) {
		print_usage(stdout, NULL);
		return CLI_OK;
	}
	if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
		printf("sluicectl %s\n", PACKAGE_VERSION);
		return CLI_OK;
	}
	if (argc >= 2 && strcmp(argv[1], "--man") == 0) {
		print_man();
		return CLI_OK;
	}
	if (argc < 2 || !has_noun(argv[1])) {
		if (argc >= 2)
			fprintf(stderr, "sluicectl: there is no \"%s\"\n", argv[1]);
		print_usage(stderr, NULL);
		return CLI_USAGE;
	}
	if (argc >= 3 && is_help(argv[2])) {
		print_usage(stdout, argv[1]);
		return CLI_OK;
	}
	c = argc >= 3 ? find(argv[1], argv[2]) : NULL;
	if (!c) {
		if (argc >= 3)
			fprintf(stderr, "sluicectl: %s has no command \"%s\"\n", argv[1], argv[2]);
		print_usage(stderr, argv[1]);
		return CLI_USAGE;
	}
	return run_command(c, argc - 2, argv + 2);
}
