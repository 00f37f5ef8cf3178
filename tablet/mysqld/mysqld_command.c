#include "tablet/mysqld/mysqld_command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/process.h"

/* In the child: only async-signal-safe calls until exec. */
static void child(const char *const *argv, int in, int out, int log)
{
	int null = open("/dev/null", O_RDONLY);

	dup2(in >= 0 ? in : null, 0);
	dup2(out >= 0 ? out : log, 1);
	dup2(log, 2);
	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0);
	process_become(argv, environ);
}

int mysqld_command_start(struct mysqld_command *c, enum mysqld_command_pipe kind, struct err *e)
{
	int p[2] = {-1, -1}, log = open(c->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	bool reads = kind == MYSQLD_COMMAND_READ;

	c->fd = -1;
	if (log < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot write %s", c->log);
	if (kind != MYSQLD_COMMAND_NONE && pipe2(p, O_CLOEXEC) < 0) {
		close(log);
		return err_set_errno(e, ERR_EXHAUSTED, errno, "cannot make a pipe");
	}
	c->pid = fork();
	if (c->pid == 0)
		child(c->argv, reads ? -1 : p[0], reads ? p[1] : -1, log);
	close(log);
	if (kind != MYSQLD_COMMAND_NONE) {
		close(reads ? p[1] : p[0]);
		c->fd = reads ? p[0] : p[1];
	}
	if (c->pid > 0)
		return 0;
	if (c->fd >= 0)
		close(c->fd);
	return err_set_errno(e, ERR_EXHAUSTED, errno, "cannot start %s", c->argv[0]);
}

int mysqld_command_end(struct mysqld_command *c, bool kill_it, struct err *e)
{
	int status = 0;

	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	if (kill_it)
		kill(c->pid, SIGKILL);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(e, ERR_IO, "%s cannot be run: is it installed?", c->argv[0]);
	return err_set(e, ERR_IO, "%s failed (%s %d), see %s", c->argv[0],
		       WIFEXITED(status) ? "exit" : "signal",
		       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), c->log);
}

int mysqld_command_run(const char *const *argv, const char *log, struct err *e)
{
	struct mysqld_command c = {.argv = argv, .log = log};

	if (mysqld_command_start(&c, MYSQLD_COMMAND_NONE, e) < 0)
		return -1;
	return mysqld_command_end(&c, false, e);
}
