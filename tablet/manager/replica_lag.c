#include "tablet/manager/replica_lag.h"

#include <stdatomic.h>

#include "src/base/log.h"
#include "src/net/blocking.h"
#include "tablet/mysqld/control_conn.h"
#include "tablet/mysqld/mysqld_manager.h"
#include "tablet/state/tablet.h"

/* Seconds_Behind_Master, column 32 of SHOW SLAVE STATUS in MariaDB 10.x; NULL: not replicating. */
enum { BEHIND = 32 };

static bool take_lag(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	uint64_t *ms = arg, s;

	if (columns > BEHIND && text[BEHIND] && str_to_u64(str_make(text[BEHIND], len[BEHIND]), &s))
		*ms = s * 1000 < UINT32_MAX ? s * 1000 : UINT32_MAX - 1;
	return false;
}

static void run(void *arg)
{
	struct tablet *t = arg;
	struct control_login l;
	struct control_conn *c;
	uint64_t ms = UINT32_MAX;
	struct err e;

	mysqld_manager_login(t->mysqld, &l);
	l.timeout_s = 5;
	c = control_conn_open(&l, &e);
	if (!c || control_conn_query(c, "SHOW SLAVE STATUS", take_lag, &ms, &e) < 0)
		log_debug("tablet.lag", "event=ask problem=\"%s\"", e.msg);
	control_conn_close(c);
	atomic_store(&t->lag_ms, (uint32_t)ms);
	atomic_store(&t->lag_asked, false);
}

void replica_lag_poll(struct tablet *t)
{
	if (atomic_exchange(&t->lag_asked, true))
		return;
	if (blocking_run(t->blocking, run, NULL, NULL, t) < 0)
		atomic_store(&t->lag_asked, false);
}
