/* mysqld_command - the programs that are run beside mysqld: backups, their unpacking, rm. A child
 * process with one pipe; for blocking threads. */
#ifndef MYSQLD_MYSQLD_COMMAND_H
#define MYSQLD_MYSQLD_COMMAND_H
#include <stdbool.h>
#include <sys/types.h>

#include "src/base/err.h"

enum mysqld_command_pipe {
	MYSQLD_COMMAND_NONE,
	MYSQLD_COMMAND_READ,  /* its output is read from fd */
	MYSQLD_COMMAND_WRITE, /* its input is written to fd */
};

struct mysqld_command {
	const char *const *argv; /* borrowed; argv[0] is looked up in PATH; ends with NULL */
	const char *log;	 /* borrowed; what it says is appended there */
	int fd;			 /* our end of the pipe; -1: none */
	pid_t pid;
};

int mysqld_command_start(struct mysqld_command *c, enum mysqld_command_pipe pipe,
			 struct err *e) MUST_CHECK;
/* Closes the pipe and waits until it ends, or kills it first. -1: it did not end with 0. */
int mysqld_command_end(struct mysqld_command *c, bool kill_it, struct err *e) MUST_CHECK;
/* Runs it to its end. */
int mysqld_command_run(const char *const *argv, const char *log, struct err *e) MUST_CHECK;
#endif
