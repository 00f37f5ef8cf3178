/* sluicectl cluster up, down; the table of the cluster commands. */
#include "src/cli/cmd_cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/buf.h"
#include "src/base/file.h"
#include "src/base/process.h"
#include "src/base/str.h"
#include "src/cli/cli.h"
#include "src/cli/cluster_dir.h"
#include "src/cli/keeper_client.h"

enum { KEEPER_STOP_MS = 180000, LOG_LINES = 20, READY_MS = 5000 };

static const struct option_def up_defs[] = {
	{"spec", OPTION_STRING, CLI_AT(spec), NULL, "FILE",
	 "What the cluster is to be (JSON, see doc/cluster-spec.md); by default as it was.", 0, 0},
	CLI_OPT_DIR,
	{"force", OPTION_BOOL, CLI_AT(force), "false", NULL,
	 "Also with a VSchema that names what does not exist.", 0, 0},
};
static const struct option_def status_defs[] = {CLI_OPT_DIR, CLI_OPT_JSON};
static const struct option_def down_defs[] = {CLI_OPT_DIR};

const struct cli_command cmd_cluster_commands[] = {
	{"cluster", "up", "", "Start a whole cluster on this machine, or let it grow.", up_defs, 3,
	 cmd_cluster_up},
	{"cluster", "status", "", "Show its processes and whether they serve.", status_defs, 2,
	 cmd_cluster_status},
	{"cluster", "down", "", "Stop it; its data stays.", down_defs, 1, cmd_cluster_down},
	{.noun = NULL},
};

static volatile sig_atomic_t interrupted;

static void on_signal(int signo)
{
	(void)signo;
	interrupted = 1;
}

struct cJSON *cmd_cluster_read(const struct cluster_dir *d, struct err *e)
{
	char path[PATH_MAX + 16];
	struct cJSON *doc = NULL;
	struct buf b;

	snprintf(path, sizeof(path), "%s/cluster.json", d->path);
	buf_init(&b);
	if (file_read(path, &b, e) == 0)
		doc = json_parse(buf_slice(&b), e);
	else if (access(path, F_OK) < 0 && errno == ENOENT)
		err_set(e, ERR_NOT_FOUND, "no cluster runs in %s", d->path);
	buf_fini(&b);
	return doc;
}

void cmd_cluster_print_access(JSON *cluster)
{
	JSON *gates = json_get(cluster, "gates");

	for (JSON *g = json_first(gates); g; g = json_next(g)) {
		printf("  mysql   mariadb -h127.0.0.1 -P%d -u USER   (or --socket=%s)\n",
		       (int)json_int(json_get(g, "mysql_port"), 0),
		       json_string(json_get(g, "mysql_socket"), ""));
		printf("  gate    http://127.0.0.1:%d/\n",
		       (int)json_int(json_get(g, "web_port"), 0));
	}
	printf("  keeper  http://127.0.0.1:%d/\n",
	       (int)json_int(json_get(json_get(cluster, "keeper"), "web_port"), 0));
}

/* Prints lines as they come. 1: READY, 2: PARTLY, 0: FAILED, -1: the keeper ended without any. */
static int show_progress(int fd, pid_t keeper)
{
	struct buf b;
	int result = -2;

	buf_init(&b);
	while (result == -2) {
		uint8_t *at = buf_reserve(&b, 4096), *end;
		ssize_t n = at ? read(fd, at, 4096) : 0;

		if (interrupted)
			kill(keeper, SIGTERM); /* it gives up, undoes, and says so */
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		b.len += (size_t)n;
		while (result == -2 && (end = memchr(b.p, '\n', b.len))) {
			struct str line = str_make(b.p, (size_t)(end - b.p));

			if (str_eqz(line, "READY"))
				result = 1;
			else if (str_eqz(line, "PARTLY"))
				result = 2;
			else if (str_eqz(line, "FAILED"))
				result = 0;
			else
				printf("%.*s\n", STR_ARG(line));
			fflush(stdout);
			buf_consume(&b, line.n + 1);
		}
	}
	buf_fini(&b);
	return result == -2 ? -1 : result;
}

static void tell_log(const char *log)
{
	struct buf b;

	buf_init(&b);
	process_log_tail(log, LOG_LINES, "    ", &b);
	fprintf(stderr, "sluicectl: the keeper ended; the end of %s:\n%.*s", log, (int)b.len,
		b.p ? (const char *)b.p : "");
	buf_fini(&b);
}

/* Where sluice-keeper is: beside this program. */
static void find_keeper(char program[PATH_MAX + 16])
{
	ssize_t n = readlink("/proc/self/exe", program, PATH_MAX - 1);
	char *slash;

	program[n > 0 ? n : 0] = 0;
	slash = strrchr(program, '/');
	snprintf(slash ? slash + 1 : program, 16, "sluice-keeper");
}

/* Starts the keeper (@o NULL: as it was) with the writing end of a pipe; *fd is the reading end. */
static int start_keeper(const struct cluster_dir *d, const struct cli_options *o, int *fd,
			pid_t *pid, struct err *e)
{
	char program[PATH_MAX + 16], pid_file[PATH_MAX + 32], log[PATH_MAX + 32];
	const char *argv[] = {program,
			      "--supervise",
			      d->path,
			      "--log-file",
			      log,
			      "--progress-fd",
			      "3",
			      NULL, /* --force */
			      NULL /* --spec FILE */,
			      NULL,
			      NULL};
	struct process_start s = {argv, pid_file, log, -1, NULL};
	int fds[2], rc, n = 7;

	if (o && o->force)
		argv[n++] = "--force";
	if (o && o->spec) {
		argv[n++] = "--spec";
		argv[n++] = o->spec;
	}
	find_keeper(program);
	snprintf(pid_file, sizeof(pid_file), "%s/run/keeper.pid", d->path);
	snprintf(log, sizeof(log), "%s/log/keeper.log", d->path);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_set_errno(e, ERR_EXHAUSTED, errno, "cannot make a pipe");
	s.keep_fd = fds[1];
	rc = process_start(&s, pid, e);
	close(fds[1]);
	*fd = fds[0];
	if (rc < 0)
		close(fds[0]);
	return rc;
}

static int bring_up(const struct cluster_dir *d, const struct cli_options *o, struct err *e)
{
	struct sigaction sa = {.sa_handler = on_signal};
	char log[PATH_MAX + 32], file[PATH_MAX + 32];
	pid_t keeper = 0;
	int fd = -1, result;
	bool resumed; /* the cluster was not taken down: the keeper alone is missing */

	snprintf(file, sizeof(file), "%s/cluster.json", d->path);
	resumed = access(file, F_OK) == 0;
	if (o->spec && access(o->spec, R_OK) < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot read %s", o->spec);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (start_keeper(d, o, &fd, &keeper, e) < 0)
		return -1;
	result = show_progress(fd, keeper);
	close(fd);
	if (result > 1)
		return err_set(
			e, ERR_UNAVAILABLE,
			"the cluster runs, but not all of it is ready; the keeper looks after "
			"it (sluicectl cluster status)");
	if (result > 0)
		return 0;
	snprintf(log, sizeof(log), "%s/log/keeper.log", d->path);
	/* The keeper stops what it has started; if it cannot any more, that is left to us. */
	process_stop(keeper, KEEPER_STOP_MS);
	if (result < 0) {
		if (!interrupted)
			tell_log(log);
		if (resumed)
			return err_set(
				e, ERR_UNAVAILABLE,
				"no keeper looks after the cluster, which goes on without one; "
				"run this again; logs are in %s/log",
				d->path);
		cluster_dir_stop(d, true);
	}
	return err_set(e, ERR_UNAVAILABLE, "the cluster was not started%s; logs are in %s/log",
		       interrupted ? " (interrupted)" : "", d->path);
}

/* What the keeper says to a changed specification. 1: the running cluster can become that, 0: it
 * is that already; -1 with @e: it cannot. */
static int compare_spec(const struct cluster_dir *d, const char *spec, struct err *e)
{
	char program[PATH_MAX + 16], text[400];
	const char *argv[] = {program, "--supervise",  d->path, "--spec",
			      spec,    "--check-spec", NULL};
	struct str says;
	struct buf out;
	int status;

	find_keeper(program);
	buf_init(&out);
	status = process_run(argv, &out, e);
	says = str_trim(buf_slice(&out));
	snprintf(text, sizeof(text), "%.*s",
		 (int)(says.n < sizeof(text) ? says.n : sizeof(text) - 1), says.n ? says.p : "");
	buf_fini(&out);
	if (status < 0)
		return -1;
	if (status > 0)
		return err_set(e, ERR_CONFLICT, "%s", *text ? text : "the keeper did not run");
	return strcmp(text, "changed") == 0;
}

/* Puts the keeper of the former specification in charge again. */
static void go_back(const struct cluster_dir *d, const char *spec_file, const struct buf *spec)
{
	pid_t keeper;
	struct err e;
	int fd, result = -1;

	if (file_write(spec_file, buf_slice(spec), 0600, &e) == 0 &&
	    start_keeper(d, NULL, &fd, &keeper, &e) == 0) {
		result = show_progress(fd, keeper);
		close(fd);
	}
	if (result < 1)
		fprintf(stderr,
			"sluicectl: no keeper looks after the cluster now: run sluicectl "
			"cluster up --dir %s\n",
			d->path);
}

/* A running cluster becomes what o->spec says. The processes run on: a new keeper takes them over
 * and starts what is missing. */
static int grow(const struct cluster_dir *d, const struct cli_options *o, pid_t old, struct err *e)
{
	char spec_file[PATH_MAX + 32];
	struct buf before;
	pid_t keeper = 0;
	int fd = -1, result = -1;

	snprintf(spec_file, sizeof(spec_file), "%s/spec.json", d->path);
	buf_init(&before);
	if (file_read(spec_file, &before, e) < 0) {
		buf_fini(&before);
		return -1;
	}
	printf("the cluster runs; it becomes what %s says\n", o->spec);
	fflush(stdout);
	process_stop(old, KEEPER_STOP_MS);
	if (start_keeper(d, o, &fd, &keeper, e) == 0) {
		result = show_progress(fd, keeper);
		close(fd);
		if (result < 1) {
			process_stop(keeper, KEEPER_STOP_MS);
			err_set(e, ERR_UNAVAILABLE,
				"the running cluster was not changed; logs are in %s/log", d->path);
		}
	}
	if (result < 1)
		go_back(d, spec_file, &before);
	buf_fini(&before);
	if (result > 1)
		return err_set(
			e, ERR_UNAVAILABLE,
			"the cluster has changed, but not all of it is ready (sluicectl cluster "
			"status)");
	return result == 1 ? 0 : -1;
}

/* The cluster's keeper runs: that is as good as started, if it says so and the specification is
 * the same; or the cluster grows. */
static int check_running(const struct cluster_dir *d, const struct cli_options *o, pid_t keeper,
			 struct err *e)
{
	struct cJSON *doc = cmd_cluster_read(d, e);
	struct buf why;
	int status, changed = 0;

	if (!doc)
		return err_wrap(e, "a keeper runs, but");
	buf_init(&why);
	status = keeper_client_get((int)json_int(json_get(json_get(doc, "keeper"), "web_port"), 0),
				   "/readyz", READY_MS, &why, e);
	if (status >= 0 && status != 200)
		status =
			err_set(e, ERR_UNAVAILABLE, "it runs, but: %.*s", STR_ARG(buf_slice(&why)));
	buf_fini(&why);
	json_free(doc);
	if (status < 0)
		return -1;
	if (o->spec)
		changed = compare_spec(d, o->spec, e);
	if (changed > 0)
		return grow(d, o, keeper, e);
	if (changed == 0)
		printf("the cluster runs already\n");
	return changed;
}

int cmd_cluster_up(const struct cli_options *o, char **operand)
{
	struct cluster_dir d;
	struct cJSON *doc;
	struct err e;
	pid_t keeper;
	int rc;

	(void)operand;
	if (!o->dir) {
		fprintf(stderr, "sluicectl cluster up: --dir is needed (see --help)\n");
		return CLI_USAGE;
	}
	if (cluster_dir_open(o->dir, true, true, &d, &e) < 0)
		return cli_fail(&e);
	keeper = cluster_dir_find(&d, "keeper");
	rc = keeper ? check_running(&d, o, keeper, &e) : bring_up(&d, o, &e);
	if (rc == 0) {
		doc = cmd_cluster_read(&d, &e);
		rc = doc ? 0 : -1;
		if (doc) {
			printf("ready\n");
			cmd_cluster_print_access(doc);
		}
		json_free(doc);
	}
	cluster_dir_close(&d);
	return rc < 0 ? cli_fail(&e) : CLI_OK;
}

int cmd_cluster_down(const struct cli_options *o, char **operand)
{
	struct cluster_dir d;
	struct err e;
	int n;

	(void)operand;
	if (!o->dir) {
		fprintf(stderr, "sluicectl cluster down: --dir is needed (see --help)\n");
		return CLI_USAGE;
	}
	if (cluster_dir_open(o->dir, false, true, &d, &e) < 0)
		return cli_fail(&e);
	n = cluster_dir_stop(&d, false);
	cluster_dir_close(&d);
	if (!n)
		printf("nothing of it runs\n");
	return CLI_OK;
}
