/* relay_log - what a stopped replica has received and not applied. When both replication threads of
 * a server that replicates by GTID start, it deletes its relay logs, since it can ask the primary
 * again. A primary that is gone cannot be asked: under semi-sync that would lose commits that were
 * acknowledged because this very server had received them. So they are applied first, by position
 * in place of GTID. For blocking threads. */
#ifndef MYSQLD_RELAY_LOG_H
#define MYSQLD_RELAY_LOG_H
#include "src/base/err.h"

struct control_conn;

/* The IO thread is stopped: lets the SQL thread apply all that was received, and starts it for that
 * if it is stopped. ERR_UNAVAILABLE: not applied in a few seconds, ask again; or it cannot be. After
 * 0 both threads may be stopped and started again; replication may be by position then. */
int relay_log_apply(struct control_conn *c, struct err *e) MUST_CHECK;
#endif
