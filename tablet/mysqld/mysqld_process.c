#include "tablet/mysqld/mysqld_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/buf.h"
#include "src/base/clk.h"
#include "src/base/file.h"
#include "src/base/log.h"
#include "src/base/process.h"
#include "src/base/str.h"

enum { MAX_ARGS = 96, SOCKET_PATH_MAX = 107 };

/* An argument list whose strings are owned. */
struct args {
	char *v[MAX_ARGS];
	size_t n;
	bool failed;
};

static void PRINTF_LIKE(2, 3) add(struct args *a, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	buf_init(&b);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (a->n + 1 >= MAX_ARGS || !(a->v[a->n] = buf_take(&b)))
		a->failed = true;
	else
		a->n++;
}

static void free_args(struct args *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
}

/* In the child: only async-signal-safe calls until exec. */
static void child(char *const *argv, int log_fd)
{
	int null = open("/dev/null", O_RDONLY);

	dup2(null, 0);
	dup2(log_fd, 1);
	dup2(log_fd, 2);
	setpgid(0, 0); /* a terminal's ^C is for the tablet, which stops it in order */
	process_become((const char *const *)argv, environ);
}

static int spawn(struct args *a, const char *log, pid_t *pid, struct err *e)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);

	if (fd < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot write %s", log);
	if (a->failed) {
		close(fd);
		return err_set(e, ERR_NOMEM, "out of memory for arguments");
	}
	a->v[a->n] = NULL;
	*pid = fork();
	if (*pid == 0)
		child(a->v, fd);
	close(fd);
	return *pid < 0 ? err_set_errno(e, ERR_EXHAUSTED, errno, "cannot start %s", a->v[0]) : 0;
}

/* Runs a program to its end. */
static int run(struct args *a, const char *log, struct err *e)
{
	int status = 0;
	pid_t pid;

	if (spawn(a, log, &pid, e) < 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(e, ERR_IO, "%s failed (%s %d), see %s", a->v[0],
		       WIFEXITED(status) ? "exit" : "signal",
		       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), log);
}

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int install_db(const char *data, const char *os_user, const char *log, struct err *e)
{
	struct args a = {.n = 0};
	int rc;

	add(&a, "mariadb-install-db");
	add(&a, "--no-defaults");
	add(&a, "--datadir=%s", data);
	/* Of its own: a server that starts deletes the temporary tables that it finds in there. */
	add(&a, "--tmpdir=%s/..", data);
	add(&a, "--auth-root-authentication-method=socket");
	add(&a, "--auth-root-socket-user=%s", os_user);
	add(&a, "--skip-test-db");
	/* A container's host name need not resolve. */
	add(&a, "--skip-name-resolve");
	add(&a, "--force");
	add(&a, "--innodb-data-file-path=ibdata1:4M:autoextend");
	add(&a, "--innodb-autoextend-increment=1");
	add(&a, "--innodb-log-file-size=8M");
	if (geteuid() == 0)
		add(&a, "--user=root");
	rc = run(&a, log, e);
	free_args(&a);
	return rc;
}

static int copy_template(const struct mysqld_options *o, const char *tmp, const char *log,
			 struct err *e)
{
	struct args a = {.n = 0};
	int rc;

	add(&a, "cp");
	add(&a, "-a");
	add(&a, "%s/data", o->template_dir);
	add(&a, "%s", tmp);
	rc = run(&a, log, e);
	free_args(&a);
	return rc;
}

bool mysqld_process_has_data(const struct mysqld_options *o)
{
	char system[4096];

	snprintf(system, sizeof(system), "%s/data/mysql", o->dir);
	return is_dir(system);
}

int mysqld_process_prepare(const struct mysqld_options *o, struct err *e)
{
	char data[4096], tmp[4096], log[4096];
	int rc;

	if (o->dir[0] != '/' || strlen(o->dir) + sizeof("/mysqld.sock") > SOCKET_PATH_MAX)
		return err_set(e, ERR_INVALID,
			       "directory %s: must be absolute and short enough for a "
			       "socket path of %d bytes",
			       o->dir, SOCKET_PATH_MAX);
	snprintf(data, sizeof(data), "%s/data", o->dir);
	snprintf(tmp, sizeof(tmp), "%s/data.new", o->dir);
	snprintf(log, sizeof(log), "%s/install.log", o->dir);
	if (mysqld_process_has_data(o))
		return 0;
	if (mkdir(o->dir, 0750) < 0 && errno != EEXIST)
		return err_set_errno(e, ERR_IO, errno, "cannot make %s", o->dir);
	/* A half-made directory of an interrupted start is made again. */
	if (is_dir(tmp)) {
		struct args a = {.n = 0};

		add(&a, "rm");
		add(&a, "-rf");
		add(&a, "%s", tmp);
		rc = run(&a, log, e);
		free_args(&a);
		if (rc < 0)
			return -1;
	}
	rc = o->template_dir ? copy_template(o, tmp, log, e) : install_db(tmp, o->os_user, log, e);
	if (rc == 0 && rename(tmp, data) < 0)
		rc = err_set_errno(e, ERR_IO, errno, "cannot rename %s", tmp);
	return rc;
}

void mysqld_process_socket(const struct mysqld_options *o, char *out, size_t room)
{
	snprintf(out, room, "%s/mysqld.sock", o->dir);
}

/* What every tablet's mysqld needs to be right, then what keeps it small. */
static void add_options(struct args *a, const struct mysqld_options *o, bool truncates)
{
	add(a, "mariadbd");
	if (o->extra)
		add(a, "--defaults-file=%s", o->extra);
	else
		add(a, "--no-defaults");
	if (geteuid() == 0)
		add(a, "--user=root");
	add(a, "--datadir=%s/data", o->dir);
	add(a, "--socket=%s/mysqld.sock", o->dir);
	add(a, "--pid-file=%s/mysqld.pid", o->dir);
	add(a, "--tmpdir=%s", o->dir);
	add(a, "--port=%u", o->port);
	add(a, "--bind-address=%s", o->bind);
	add(a, "--skip-name-resolve");
	/* Without links a table stays in its database's directory, whatever DATA DIRECTORY says. */
	add(a, "--skip-symbolic-links");
	/* Rows are logged, not statements: what a function does is the same on every replica. */
	add(a, "--log-bin-trust-function-creators=ON");
	add(a, "--server-id=%u", o->server_id);
	add(a, "--character-set-server=utf8mb4");
	add(a, "--log-bin=%s/data/bin", o->dir);
	add(a, "--binlog-expire-logs-seconds=%lld", (long long)o->binlog_expire_s);
	add(a, "--log-bin-index=%s/data/bin.index", o->dir);
	add(a, "--relay-log=%s/data/relay", o->dir);
	add(a, "--binlog-format=ROW");
	add(a, "--binlog-row-image=FULL");
	add(a, "--binlog-row-metadata=FULL");
	add(a, "--gtid-strict-mode=ON");
	add(a, "--log-slave-updates=ON");
	if (truncates)
		add(a, "--init-rpl-role=SLAVE");
	/* Until the tablet has made it what it is to be. */
	add(a, "--read-only=ON");
	add(a, "--skip-slave-start=ON");
	/* With the heartbeat of one second: a primary that is silent is noticed. */
	add(a, "--slave-net-timeout=10");
	add(a, "--rpl-semi-sync-master-wait-point=AFTER_SYNC");
	/* Asks for nothing from a primary that does not wait. */
	add(a, "--rpl-semi-sync-slave-enabled=ON");
	add(a, "--innodb-flush-log-at-trx-commit=%d", o->durable ? 1 : 2);
	add(a, "--sync-binlog=%d", o->durable ? 1 : 0);
	/* A deadlock over two shards is seen by neither: this long a wait is taken for one, and like
	 * a deadlock's victim the whole transaction is rolled back, on all shards. */
	add(a, "--innodb-lock-wait-timeout=10");
	add(a, "--innodb-rollback-on-timeout=ON");
	add(a, "--max-allowed-packet=1G");
	add(a, "--max-connections=500");
	add(a, "--performance-schema=OFF");
	add(a, "--innodb-buffer-pool-size=%lld", (long long)o->buffer_pool);
	add(a, "--innodb-buffer-pool-size-max=%lld",
	    (long long)(o->buffer_pool > (64 << 20) ? o->buffer_pool : 64 << 20));
	add(a, "--innodb-log-file-size=%s", o->buffer_pool > (256 << 20) ? "256M" : "8M");
	add(a, "--innodb-data-file-path=ibdata1:4M:autoextend");
	add(a, "--innodb-temp-data-file-path=ibtmp1:4M:autoextend");
	add(a, "--innodb-autoextend-increment=1");
	add(a, "--query-cache-type=0");
	add(a, "--query-cache-size=0");
	add(a, "--host-cache-size=0");
}

/* The pid in the pid file, if a mariadbd of this very directory has it; else 0. */
static pid_t find_running(const struct mysqld_options *o)
{
	char path[4096], proc[64];
	struct buf pid, cmd;
	uint64_t n = 0;

	buf_init(&pid);
	buf_init(&cmd);
	snprintf(path, sizeof(path), "%s/mysqld.pid", o->dir);
	if (file_read(path, &pid, NULL) < 0 || !str_to_u64(str_trim(buf_slice(&pid)), &n))
		goto out;
	snprintf(proc, sizeof(proc), "/proc/%llu/cmdline", (unsigned long long)n);
	snprintf(path, sizeof(path), "--datadir=%s/data", o->dir);
	if (file_read(proc, &cmd, NULL) < 0 || !memmem(cmd.p, cmd.len, path, strlen(path) + 1))
		n = 0;
out:
	buf_fini(&pid);
	buf_fini(&cmd);
	return (pid_t)n;
}

bool mysqld_process_runs(const struct mysqld_options *o)
{
	return find_running(o) > 0;
}

int mysqld_process_start(const struct mysqld_options *o, bool truncates, pid_t *pid, bool *adopted,
			 struct err *e)
{
	struct args a = {.n = 0};
	char log[4096];
	int rc;

	*pid = find_running(o);
	*adopted = *pid > 0;
	if (*adopted)
		return 0;
	snprintf(log, sizeof(log), "%s/mysqld.log", o->dir);
	add_options(&a, o, truncates);
	rc = spawn(&a, log, pid, e);
	free_args(&a);
	return rc;
}

bool mysqld_process_alive(pid_t pid, bool adopted)
{
	int status;

	if (pid <= 0)
		return false;
	if (adopted)
		return kill(pid, 0) == 0;
	return waitpid(pid, &status, WNOHANG) == 0;
}

void mysqld_process_stop(pid_t pid, bool adopted, unsigned timeout_ms)
{
	if (!mysqld_process_alive(pid, adopted))
		return;
	kill(pid, SIGTERM);
	for (unsigned waited = 0; waited < timeout_ms; waited += 20) {
		if (!mysqld_process_alive(pid, adopted))
			return;
		clk_sleep_ms(20);
	}
	log_warn("tablet.mysqld", "event=kill pid=%d reason=\"did not stop in %u ms\"", (int)pid,
		 timeout_ms);
	kill(pid, SIGKILL);
	while (mysqld_process_alive(pid, adopted))
		clk_sleep_ms(5);
}
