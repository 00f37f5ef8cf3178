/* semi_sync - durability "semi_sync" of a keyspace: a commit is acknowledged only when a replica has
 * it in its relay log. The primary waits before it commits in InnoDB (AFTER_SYNC), so that others do
 * not see a row that may be lost, and without a limit, so that it never goes on alone. For blocking
 * threads. */
#ifndef MYSQLD_SEMI_SYNC_H
#define MYSQLD_SEMI_SYNC_H
#include <stdbool.h>

#include "src/base/err.h"

struct control_conn;

struct semi_sync_status {
	bool wanted;	   /* the keyspace's durability */
	bool on;	   /* the server waits for acknowledgements */
	unsigned replicas; /* that acknowledge */
	unsigned waiting;  /* commits that wait now */
};

/* On a primary, before it accepts writes. */
int semi_sync_enable(struct control_conn *c, struct err *e) MUST_CHECK;
/* Off for good. Commits that wait go on alone: the caller has closed their connections before, so
 * that nobody takes them for acknowledged. */
int semi_sync_disable(struct control_conn *c, struct err *e) MUST_CHECK;
/* On a replica, before it starts replicating: it acknowledges. */
int semi_sync_acknowledge(struct control_conn *c, struct err *e) MUST_CHECK;
/* Fills all but wanted. */
int semi_sync_read(struct control_conn *c, struct semi_sync_status *out, struct err *e) MUST_CHECK;
/* What an operator must know of it, "" when there is nothing. */
const char *semi_sync_problem(const struct semi_sync_status *s);
#endif
