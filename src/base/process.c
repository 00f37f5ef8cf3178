#include "src/base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/file.h"
#include "src/base/str.h"

enum { PATH_ROOM = 4096, TAIL_BYTES = 65536 };
#define MARK "SLUICE_PROCESS="

extern char **environ;

/* What the child needs, made before the fork: afterwards it may only make system calls. */
struct launch {
	const struct process_start *s;
	char mark[PATH_ROOM], tmp[PATH_ROOM];
	char **env; /* owned array of borrowed strings */
	int log_fd;
};

static int prepare(struct launch *l, struct err *e)
{
	size_t n = 0, at = 0;

	if (snprintf(l->mark, sizeof(l->mark), MARK "%s", l->s->pid_file) >= (int)sizeof(l->mark) ||
	    snprintf(l->tmp, sizeof(l->tmp), "%s.new", l->s->pid_file) >= (int)sizeof(l->tmp))
		return err_set(e, ERR_INVALID, "the path %.60s... is too long", l->s->pid_file);
	while (environ && environ[n])
		n++;
	l->env = calloc(n + 2, sizeof(*l->env));
	if (!l->env)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], MARK, sizeof(MARK) - 1) != 0)
			l->env[at++] = environ[i];
	l->env[at] = l->mark;
	l->log_fd = open(l->s->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (l->log_fd < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot write %s", l->s->log);
	return 0;
}

/* Writes our pid; a reader sees the old content or all of the new. */
static int write_pid(const struct launch *l)
{
	char digits[16];
	size_t at = sizeof(digits);
	int fd = open(l->tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	digits[--at] = '\n';
	for (pid_t pid = getpid(); pid; pid /= 10)
		digits[--at] = (char)('0' + pid % 10);
	if (fd < 0 || write(fd, digits + at, sizeof(digits) - at) != (ssize_t)(sizeof(digits) - at))
		return -1;
	close(fd);
	return rename(l->tmp, l->s->pid_file);
}

/* In the child: only async-signal-safe calls. */
static void child(const struct launch *l)
{
	int null = open("/dev/null", O_RDONLY);
	unsigned first = 3;
	sigset_t none;

	sigemptyset(&none);
	for (int i = 1; i < 32; i++)
		signal(i, SIG_DFL);
	signal(SIGHUP, SIG_IGN); /* until the program takes it */
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	dup2(null, 0);
	dup2(l->log_fd, 1);
	dup2(l->log_fd, 2);
	if (l->s->keep_fd >= 0) {
		if (l->s->keep_fd == 3)
			fcntl(3, F_SETFD, 0);
		else
			dup2(l->s->keep_fd, 3);
		first = 4;
	}
	if (write_pid(l) < 0)
		_exit(126);
	if (l->s->dir && ((mkdir(l->s->dir, 0700) < 0 && errno != EEXIST) || chdir(l->s->dir) < 0))
		_exit(126);
	close_range(first, ~0u, 0);
	process_become(l->s->argv, l->env);
}

/* Whether @folder is one of those in @path. */
static bool is_folder_of(const char *path, const char *folder)
{
	size_t want = strlen(folder);

	for (size_t n; *path; path += n + (path[n] == ':')) {
		n = strcspn(path, ":");
		if (n == want && memcmp(path, folder, n) == 0)
			return true;
	}
	return false;
}

void process_widen_path(void)
{
	static const char *const folders[] = {"/usr/local/sbin", "/usr/sbin", "/sbin"};
	const char *path = getenv("PATH");
	struct buf b;

	buf_init(&b);
	buf_puts(&b, path ? path : "/usr/local/bin:/usr/bin:/bin");
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (!path || !is_folder_of(path, folders[i]))
			buf_printf(&b, ":%s", folders[i]);
	if (!b.failed)
		setenv("PATH", buf_cstr(&b), 1);
	buf_fini(&b);
}

bool process_has_program(const char *name)
{
	const char *path = getenv("PATH");
	char file[PATH_ROOM];

	if (strchr(name, '/'))
		return access(name, X_OK) == 0;
	while (path && *path) {
		size_t n = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)n, path, name);
		if (access(file, X_OK) == 0)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

void process_become(const char *const *argv, char *const *env)
{
	static const char begin[] = "cannot run ", end[] = ": it is not installed, or not in PATH\n",
			  other[] = ": it cannot be executed\n";
	bool missing;
	ssize_t n;

	execvpe(argv[0], (char *const *)(uintptr_t)argv, env);
	missing = errno == ENOENT;
	n = write(2, begin, sizeof(begin) - 1);
	n = write(2, argv[0], strlen(argv[0]));
	n = missing ? write(2, end, sizeof(end) - 1) : write(2, other, sizeof(other) - 1);
	(void)n;
	_exit(127);
}

int process_start(const struct process_start *s, pid_t *pid, struct err *e)
{
	struct launch l = {.s = s, .log_fd = -1};
	int rc = prepare(&l, e);

	if (rc == 0) {
		*pid = fork();
		if (*pid == 0)
			child(&l);
		if (*pid < 0)
			rc = err_set_errno(e, ERR_EXHAUSTED, errno, "cannot start %s", s->argv[0]);
	}
	if (l.log_fd >= 0)
		close(l.log_fd);
	free(l.env);
	return rc;
}

int process_run(const char *const *argv, struct buf *out, struct err *e)
{
	int fds[2], status = 0;
	ssize_t n = 1;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_set_errno(e, ERR_EXHAUSTED, errno, "cannot make a pipe");
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], 1);
		process_become(argv, environ);
	}
	close(fds[1]);
	while (pid > 0 && n > 0) {
		uint8_t *at = buf_reserve(out, 4096);

		n = at ? read(fds[0], at, 4096) : 0;
		if (n > 0)
			out->len += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	close(fds[0]);
	if (pid < 0)
		return err_set_errno(e, ERR_EXHAUSTED, errno, "cannot start %s", argv[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void process_wait_any(const pid_t *pids, size_t n, int wake_fd, unsigned timeout_ms)
{
	struct pollfd *p = calloc(n + 1, sizeof(*p));
	nfds_t count = 0;

	if (!p) {
		clk_sleep_ms(timeout_ms);
		return;
	}
	p[count++] = (struct pollfd){.fd = wake_fd, .events = POLLIN};
	for (size_t i = 0; i < n; i++) {
		int fd = pids[i] > 0 ? (int)syscall(SYS_pidfd_open, pids[i], 0) : -1;

		if (fd >= 0)
			p[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
	}
	poll(p, count, (int)timeout_ms);
	for (nfds_t i = 1; i < count; i++)
		close(p[i].fd);
	free(p);
}

bool process_alive(pid_t pid)
{
	char path[64];
	struct buf b;
	const char *state;
	bool alive;

	if (pid <= 0)
		return false;
	if (waitpid(pid, NULL, WNOHANG) == pid)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	buf_init(&b);
	/* "pid (name) S ...": the name may hold anything, so look for the last bracket. */
	alive = file_read(path, &b, NULL) == 0 && (state = memrchr(b.p, ')', b.len)) &&
		state + 2 < (const char *)b.p + b.len && state[2] != 'Z' && state[2] != 'X';
	buf_fini(&b);
	return alive;
}

static pid_t read_pid(const char *pid_file)
{
	struct buf b;
	uint64_t n = 0;

	buf_init(&b);
	if (file_read(pid_file, &b, NULL) < 0 || !str_to_u64(str_trim(buf_slice(&b)), &n) ||
	    n > INT32_MAX)
		n = 0;
	buf_fini(&b);
	return (pid_t)n;
}

/* Whether a NUL-terminated item of /proc/<pid>/@what is @text. */
static bool has_item(pid_t pid, const char *what, const char *text)
{
	char path[64];
	struct buf b;
	struct str rest, item;
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	buf_init(&b);
	if (file_read(path, &b, NULL) == 0) {
		rest = buf_slice(&b);
		while (!found && rest.n) {
			str_cut(rest, '\0', &item, &rest);
			found = str_eqz(item, text);
		}
	}
	buf_fini(&b);
	return found;
}

pid_t process_find(const char *pid_file)
{
	char mark[PATH_ROOM];
	pid_t pid = read_pid(pid_file);

	snprintf(mark, sizeof(mark), MARK "%s", pid_file);
	return process_alive(pid) && has_item(pid, "environ", mark) ? pid : 0;
}

pid_t process_find_by_arg(const char *pid_file, const char *arg)
{
	pid_t pid = read_pid(pid_file);

	return process_alive(pid) && has_item(pid, "cmdline", arg) ? pid : 0;
}

bool process_stop(pid_t pid, unsigned timeout_ms)
{
	if (!process_alive(pid))
		return false;
	kill(pid, SIGTERM);
	for (unsigned waited = 0; waited < timeout_ms; waited += 10) {
		if (!process_alive(pid))
			return false;
		clk_sleep_ms(10);
	}
	kill(pid, SIGKILL);
	while (process_alive(pid))
		clk_sleep_ms(5);
	return true;
}

void process_log_tail(const char *path, unsigned lines, const char *indent, struct buf *out)
{
	struct buf b;
	struct str rest, line;
	size_t at;

	buf_init(&b);
	if (file_read(path, &b, NULL) < 0)
		b.len = 0;
	if (b.len > TAIL_BYTES)
		buf_consume(&b, b.len - TAIL_BYTES);
	at = b.len;
	if (at && b.p[at - 1] == '\n')
		at--;
	while (at > 0 && (b.p[at - 1] != '\n' || --lines > 0))
		at--;
	rest = str_make(b.p + at, b.len - at);
	while (rest.n) {
		str_cut(rest, '\n', &line, &rest);
		buf_printf(out, "%s%.*s\n", indent, STR_ARG(line));
	}
	buf_fini(&b);
}
