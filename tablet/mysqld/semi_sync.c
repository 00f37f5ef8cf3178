#include "tablet/mysqld/semi_sync.h"

#include <stdlib.h>
#include <string.h>

#include "tablet/mysqld/control_conn.h"

int semi_sync_enable(struct control_conn *c, struct err *e)
{
	/* Ten years. The server counts in nanoseconds: its largest value would overflow. */
	if (control_conn_exec(c, e,
			      "SET GLOBAL rpl_semi_sync_master_wait_point='AFTER_SYNC', "
			      "GLOBAL rpl_semi_sync_master_timeout=315360000000, "
			      "GLOBAL rpl_semi_sync_master_wait_no_slave=ON") < 0)
		return -1;
	return control_conn_exec(c, e, "SET GLOBAL rpl_semi_sync_master_enabled=ON");
}

int semi_sync_disable(struct control_conn *c, struct err *e)
{
	return control_conn_exec(c, e, "SET GLOBAL rpl_semi_sync_master_enabled=OFF");
}

int semi_sync_acknowledge(struct control_conn *c, struct err *e)
{
	char on[8];

	if (control_conn_value(c, "SELECT @@GLOBAL.rpl_semi_sync_slave_enabled", on, sizeof(on),
			       e) < 0)
		return -1;
	if (!strcmp(on, "1"))
		return 0;
	/* A replication that runs would not notice. */
	if (control_conn_exec(c, e, "STOP SLAVE") < 0)
		return -1;
	return control_conn_exec(c, e, "SET GLOBAL rpl_semi_sync_slave_enabled=ON");
}

static bool take_status(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct semi_sync_status *s = arg;

	(void)len;
	if (columns < 2 || !text[0] || !text[1])
		return true;
	if (!strcmp(text[0], "Rpl_semi_sync_master_status"))
		s->on = !strcmp(text[1], "ON");
	else if (!strcmp(text[0], "Rpl_semi_sync_master_clients"))
		s->replicas = (unsigned)strtoul(text[1], NULL, 10);
	else if (!strcmp(text[0], "Rpl_semi_sync_master_wait_sessions"))
		s->waiting = (unsigned)strtoul(text[1], NULL, 10);
	return true;
}

int semi_sync_read(struct control_conn *c, struct semi_sync_status *out, struct err *e)
{
	out->on = false;
	out->replicas = out->waiting = 0;
	return control_conn_query(c, "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_%'",
				  take_status, out, e);
}

const char *semi_sync_problem(const struct semi_sync_status *s)
{
	if (!s->wanted)
		return "";
	if (!s->on)
		return "commits do not wait for a replica although durability is semi_sync";
	if (!s->replicas)
		return "no replica is connected: commits wait (durability semi_sync)";
	return "";
}
