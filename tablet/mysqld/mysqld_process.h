/* mysqld_process - a mysqld that the tablet starts itself: its data directory, its options, its
 * life. For one blocking thread (the manager's). */
#ifndef MYSQLD_MYSQLD_PROCESS_H
#define MYSQLD_MYSQLD_PROCESS_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "src/base/err.h"

struct mysqld_options {
	const char *dir;	  /* holds data/, mysqld.sock, mysqld.log, mysqld.pid; absolute */
	const char *template_dir; /* a data directory to copy instead of making one; may be NULL */
	const char *bind;	  /* address for TCP */
	unsigned port, server_id;
	int64_t buffer_pool; /* bytes */
	bool durable;	     /* sync at each commit; off for throw-away tests only */
	int64_t binlog_expire_s; /* binary logs older than this are removed; 0: never */
	const char *extra;   /* a configuration file to include last; may be NULL */
	const char *os_user; /* administers it over the socket: who runs this process */
};

/* Whether its data directory holds a database. */
bool mysqld_process_has_data(const struct mysqld_options *o);

/* Whether a mysqld of this directory runs already: a tablet before us left it. */
bool mysqld_process_runs(const struct mysqld_options *o);

/* Makes the data directory if it is not there (several seconds), or copies the template. */
int mysqld_process_prepare(const struct mysqld_options *o, struct err *e) MUST_CHECK;
/* Starts it, read-only and not replicating; does not wait until it answers. With @truncates it cuts
 * what it had only prepared off its binary log, see mysqld_role.h. A mysqld that a tablet before us
 * left running in this directory is taken over: *adopted is then true and it is nobody's child. */
int mysqld_process_start(const struct mysqld_options *o, bool truncates, pid_t *pid, bool *adopted,
			 struct err *e) MUST_CHECK;
/* True while it runs; reaps it when it ended. */
bool mysqld_process_alive(pid_t pid, bool adopted);
/* Asks it to stop and waits up to @timeout_ms; then kills it. */
void mysqld_process_stop(pid_t pid, bool adopted, unsigned timeout_ms);
/* dir + "/mysqld.sock" into @out. */
void mysqld_process_socket(const struct mysqld_options *o, char *out, size_t room);
#endif
