#include "src/base/json.h"
#include "src/cli/cli.h"
#include "src/cli/keeper_client.h"
#include "src/cli/text_table.h"
#include "test/lib/tap.h"

#include <stdlib.h>
#include <unistd.h>

static void test_table(void)
{
	struct text_table t;
	struct buf b;

	buf_init(&b);
	text_table_init(&t, 3);
	text_table_add(&t, "A");
	text_table_add(&t, "NAME");
	text_table_add(&t, "C");
	text_table_add(&t, "long");
	text_table_add(&t, NULL);
	text_table_addf(&t, "%d", 7);
	text_table_add(&t, "\xc3\xa9");
	text_table_add(&t, "a\nb");
	text_table_add(&t, "");
	text_table_print(&t, &b);
	CHECK_STR(buf_cstr(&b), "A     NAME  C\nlong        7\n\xc3\xa9     a?b\n");
	text_table_fini(&t);
	buf_fini(&b);
}

static void test_json_table(void)
{
	static const struct text_table_column columns[] = {{"N", "n"}, {"B", "b"}, {"S", "s"}};
	struct err e;
	struct cJSON *doc = json_parse(
		STR_LIT("[{\"n\":1,\"b\":true,\"s\":\"x\"},{\"b\":false,\"s\":\"\"},{\"s\":null}]"),
		&e);
	struct buf b;

	buf_init(&b);
	text_table_json(doc, columns, 3, &b);
	CHECK_STR(buf_cstr(&b), "N  B    S\n1  yes  x\n-  no   -\n-  -    -\n");
	buf_reset(&b);
	text_table_json(NULL, columns, 3, &b);
	CHECK_STR(buf_cstr(&b), "N  B  S\n");
	buf_fini(&b);
	json_free(doc);
}

static void test_find(void)
{
	struct cli_options o = {.keeper = "10.0.0.1:99"};
	char host[256];
	struct err e;
	int port;

	unsetenv("SLUICE_KEEPER");
	CHECK(keeper_client_find(&o, host, &port, &e) == 0 && port == 99);
	CHECK_STR(host, "10.0.0.1");
	o.keeper = "nonsense";
	CHECK(keeper_client_find(&o, host, &port, &e) < 0);
	o.keeper = "h:0";
	CHECK(keeper_client_find(&o, host, &port, &e) < 0);
	o.keeper = NULL;
	CHECK(keeper_client_find(&o, host, &port, &e) == 0 && port == 15000);
	setenv("SLUICE_KEEPER", "h:7", 1);
	CHECK(keeper_client_find(&o, host, &port, &e) == 0 && port == 7);
	o.dir = "/nonexistent";
	CHECK(keeper_client_find(&o, host, &port, &e) < 0 && e.code == ERR_NOT_FOUND);
}

static int run(const char *a, const char *b, const char *c)
{
	char *argv[] = {(char *)"sluicectl", (char *)a, (char *)b, (char *)c, NULL};
	int argc = 1;

	while (argv[argc])
		argc++;
	return cli_run(argc, argv);
}

static void test_usage(void)
{
	int real = dup(1);
	bool silent;

	/* What it prints is not TAP. */
	CHECK(real >= 0 && freopen("/dev/null", "w", stderr) != NULL);
	fflush(stdout);
	silent = freopen("/dev/null", "w", stdout) != NULL;
	int bad = run(NULL, NULL, NULL) == CLI_USAGE && run("nothing", NULL, NULL) == CLI_USAGE &&
		  run("cluster", NULL, NULL) == CLI_USAGE &&
		  run("cluster", "sideways", NULL) == CLI_USAGE &&
		  run("cluster", "up", NULL) == CLI_USAGE &&
		  run("cluster", "up", "--nope") == CLI_USAGE &&
		  run("keyspace", "show", NULL) == CLI_USAGE &&
		  run("shard", "show", "x") == CLI_USAGE &&
		  run("schema", "apply", NULL) == CLI_USAGE &&
		  run("vschema", "apply", NULL) == CLI_USAGE;
	int good = run("--help", NULL, NULL) == CLI_OK && run("--version", NULL, NULL) == CLI_OK &&
		   run("--man", NULL, NULL) == CLI_OK && run("cluster", "--help", NULL) == CLI_OK &&
		   run("cluster", "up", "--help") == CLI_OK;
	int failed = run("cluster", "status", "--dir=/nonexistent") == CLI_FAILED &&
		     run("cluster", "down", "--dir=/nonexistent") == CLI_FAILED;

	fflush(stdout);
	dup2(real, 1);
	close(real);
	CHECK(silent);
	CHECK(bad);
	CHECK(good);
	CHECK(failed);
}

int main(void)
{
	test_table();
	test_json_table();
	test_find();
	test_usage();
	return TAP_DONE();
}
