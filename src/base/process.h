/* process - programs that run on by themselves: started in a session of their own, found again
 * through a file that holds their pid, by whoever looks after them next. A pid alone proves
 * nothing, since the system gives it to another program one day: the process carries the file's
 * path in its environment (SLUICE_PROCESS), and /proc tells. For blocking threads. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "src/base/buf.h"
#include "src/base/err.h"

struct process_start {
	const char *const *argv; /* ends with NULL; argv[0] is a path, or is looked up in PATH */
	const char *pid_file;	 /* absolute; written by the process itself before it begins */
	const char *log;	 /* standard output and error are appended to it */
	int keep_fd;		 /* open in the process too, under number 3; -1: none */
	const char *dir;	 /* where it runs, made with mode 0700 if missing; NULL: here */
};

/* Lets programs in the folders of administration be found, too (mariadbd is in /usr/sbin, which a user's
 * PATH does not have on Debian): appends those that are missing to PATH. At the start of a program. */
void process_widen_path(void);
/* Whether there is a program of this name in PATH. */
bool process_has_program(const char *name);
/* In a forked child: becomes the program, with the environment @env. When that fails, says so on standard
 * error and ends with status 127. Async-signal-safe. */
void process_become(const char *const *argv, char *const *env) __attribute__((noreturn));
/* Starts it. Its end is noticed by process_find() on the same pid file. */
int process_start(const struct process_start *s, pid_t *pid, struct err *e) MUST_CHECK;
/* Runs a program to its end, its standard output appended to @out. Its exit status (128 and more:
 * a signal); -1 with @e when it could not be started. */
int process_run(const char *const *argv, struct buf *out, struct err *e) MUST_CHECK;
/* The pid in @pid_file, if the process that was started with this file has it and runs; else 0.
 * Reaps it when it is our child and ended. */
pid_t process_find(const char *pid_file);
/* The pid in a file that the process wrote by itself, if it runs and @arg is one of its arguments;
 * else 0. For programs that we did not start. */
pid_t process_find_by_arg(const char *pid_file, const char *arg);
/* Whether @pid runs; reaps it when it is our child and ended. */
bool process_alive(pid_t pid);
/* Sleeps until one of the @n processes has ended, @wake_fd (-1: none) is readable, or @timeout_ms
 * passed. Pids of 0 and of processes that are gone are passed over. */
void process_wait_any(const pid_t *pids, size_t n, int wake_fd, unsigned timeout_ms);
/* Sends SIGTERM, waits up to @timeout_ms, then SIGKILL. Whether it had to be killed. The pid must
 * come from one of the functions above, just now. */
bool process_stop(pid_t pid, unsigned timeout_ms);
/* Appends the last @lines lines of a file, each after @indent; nothing if it cannot be read. */
void process_log_tail(const char *path, unsigned lines, const char *indent, struct buf *out);
#endif
