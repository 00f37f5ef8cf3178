/* replica_status - whether a replica replicates, how far it is behind, and what is wrong if not. A
 * replica whose lag is not known is not healthy. */
#ifndef MYSQLD_REPLICA_STATUS_H
#define MYSQLD_REPLICA_STATUS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct control_conn;

enum replica_state {
	REPLICA_UNKNOWN,    /* nothing has been read yet, or mysqld does not answer */
	REPLICA_STOPPED,    /* a thread does not run, without an error */
	REPLICA_BROKEN,	    /* a thread ended with an error: it does not go on by itself */
	REPLICA_CONNECTING, /* its primary does not answer; it tries again by itself */
	REPLICA_RUNNING,
};

enum { REPLICA_TEXT = 300, REPLICA_LAG_UNKNOWN = UINT32_MAX };
/* The server's error for a replica that asks for what the primary does not have:
 * ER_MASTER_FATAL_ERROR_READING_BINLOG. */
enum { REPLICA_DIVERGED = 1236 };

/* SHOW SLAVE STATUS, what matters of it. */
struct replica_row {
	bool configured;	   /* there is a row */
	char host[256], port[8];   /* of the primary */
	char io[16], sql[16];	   /* "Yes", "No", "Connecting" */
	unsigned io_errno, sql_errno;
	char io_error[REPLICA_TEXT], sql_error[REPLICA_TEXT];
	char received[256]; /* GTID position of what the IO thread has */
	bool lag_known;
	uint64_t lag_s;
};

struct replica_status {
	enum replica_state state;
	unsigned code;		   /* the server's error; 0: none */
	char problem[REPLICA_TEXT]; /* "" while it runs */
	uint32_t lag_ms;	   /* REPLICA_LAG_UNKNOWN: not known */
	/* When it was last seen running, and how far behind it was then: while the primary is away
	 * it is behind by at most the time since. */
	uint64_t seen_us;
	uint32_t seen_lag_ms;
};

const char *replica_status_name(enum replica_state state);
int replica_status_read(struct control_conn *c, struct replica_row *out, struct err *e) MUST_CHECK;
/* Works out @s (which carries what was seen before) from a row that was read at @now_us. */
void replica_status_judge(struct replica_status *s, const struct replica_row *row, uint64_t now_us);
/* Whether a server at GTID position @mine holds something that one at @primary, read after it, does
 * not have: a server does not tell when a replica is ahead of it. */
bool replica_status_is_ahead(const char *mine, const char *primary);
/* It is ahead: broken as by the server's own error for it. */
void replica_status_diverged(struct replica_status *s, const char *mine, const char *primary);
/* It runs, but has not been compared with its primary yet. */
void replica_status_unsure(struct replica_status *s, const char *why);
/* mysqld did not answer. */
void replica_status_lost(struct replica_status *s, const char *why);
/* Whether reads may go there: it replicates and is at most @max_lag_ms (0: any) behind. If not,
 * @why says so (cut to @room). */
bool replica_status_healthy(const struct replica_status *s, uint32_t max_lag_ms, char *why,
			    size_t room);
#endif
