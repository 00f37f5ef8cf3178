#include <stdlib.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/metrics.h"
#include "src/base/options.h"
#include "test/lib/tap.h"

struct settings {
	const char *name;
	bool flag;
	int64_t count, size, wait;
};

static const struct option_def defs[] = {
	{"name", OPTION_STRING, offsetof(struct settings, name), "x", NULL, "A name.", 0, 0},
	{"flag", OPTION_BOOL, offsetof(struct settings, flag), "true", NULL, "A flag.", 0, 0},
	{"count", OPTION_INT, offsetof(struct settings, count), "3", NULL, "A count.", 1, 10},
	{"size", OPTION_SIZE, offsetof(struct settings, size), "16M", NULL, "A size.", 0, 0},
	{"wait", OPTION_DURATION, offsetof(struct settings, wait), "250ms", NULL, "A time.", 0, 0},
};

static int parse(struct settings *s, struct options **o, enum options_action *a, struct err *e,
		 const char *const *args)
{
	static char *argv[16];
	int argc = 1;

	argv[0] = (char *)"prog";
	while (args[argc - 1]) {
		argv[argc] = (char *)args[argc - 1];
		argc++;
	}
	*o = options_new("prog", "Does things.", defs, 5);
	return options_parse(*o, s, &argc, argv, false, a, e);
}

static void test_line(void)
{
	enum options_action a;
	struct settings s = {0};
	struct options *o;
	struct err e;

	CHECK(parse(&s, &o, &a, &e, (const char *[]){"--name", "n", "--no-flag", "--size=2k", NULL}) == 0);
	CHECK_STR(s.name, "n");
	CHECK(!s.flag && s.count == 3 && s.size == 2048 && s.wait == 250000 && a == OPTIONS_RUN);
	options_free(o);
	CHECK(parse(&s, &o, &a, &e, (const char *[]){"--count", "11", NULL}) < 0);
	CHECK_STR(e.msg, "command line: count: 11 is not between 1 and 10");
	options_free(o);
	CHECK(parse(&s, &o, &a, &e, (const char *[]){"--nope", NULL}) < 0);
	CHECK_STR(e.msg, "unknown option --nope (see --help)");
	options_free(o);
	CHECK(parse(&s, &o, &a, &e, (const char *[]){"--wait", NULL}) < 0);
	options_free(o);
	CHECK(parse(&s, &o, &a, &e, (const char *[]){"stray", NULL}) < 0);
	options_free(o);
	CHECK(parse(&s, &o, &a, &e, (const char *[]){"--help", NULL}) == 0 && a == OPTIONS_HELP);
	options_free(o);
}

static void test_file(void)
{
	char path[] = "/tmp/sluice-options-XXXXXX";
	int fd = mkstemp(path);
	static const char good[] = "# c\n\ncount = 7\nname = \"a b\"\n", bad[] = "count=99\nzz=1\n";
	enum options_action a;
	struct settings s = {0};
	struct options *o;
	struct err e;

	CHECK(write(fd, good, sizeof(good) - 1) > 0);
	CHECK(parse(&s, &o, &a, &e, (const char *[]){"--config", path, "--count", "8", NULL}) == 0);
	CHECK_STR(s.name, "a b");
	CHECK_INT(s.count, 8);
	CHECK(ftruncate(fd, 0) == 0 && pwrite(fd, bad, sizeof(bad) - 1, 0) > 0);
	CHECK(options_reload(o, &s, &e) < 0);
	CHECK(strstr(e.msg, ":1: count: 99 is not between") && strstr(e.msg, ":2: unknown option \"zz\""));
	options_free(o);
	{
		struct buf b;

		buf_init(&b);
		CHECK(file_write(path, STR_LIT("whole"), 0600, &e) == 0 && file_read(path, &b, &e) == 0);
		CHECK_STR(buf_cstr(&b), "whole");
		CHECK(file_read("/nonexistent/x", &b, &e) < 0 && e.code == ERR_IO);
		CHECK(file_write("/nonexistent/x", STR_LIT("x"), 0600, &e) < 0);
		buf_fini(&b);
	}
	close(fd);
	unlink(path);
}

static void test_metrics(void)
{
	unsigned c = metrics_id(METRIC_COUNTER, "t_total", "k=\"v\"", "Things.");
	unsigned h = metrics_histogram("t_seconds", "", "Times.");
	struct buf b;

	buf_init(&b);
	CHECK_INT(metrics_id(METRIC_COUNTER, "t_total", "k=\"v\"", "Things."), c);
	metrics_add(c, 5);
	metrics_observe_us(h, 300);
	metrics_print_prometheus(&b);
	CHECK(strstr(buf_cstr(&b), "# TYPE t_total counter\nt_total{k=\"v\"} 5\n") != NULL);
	CHECK(strstr(buf_cstr(&b), "t_seconds_bucket{le=\"0.00025\"} 0\n") != NULL);
	CHECK(strstr(buf_cstr(&b), "t_seconds_bucket{le=\"0.0005\"} 1\n") != NULL);
	CHECK(strstr(buf_cstr(&b), "t_seconds_sum{} 0.000300\n") != NULL);
	buf_fini(&b);
}

int main(void)
{
	test_line();
	test_file();
	test_metrics();
	return TAP_DONE();
}
