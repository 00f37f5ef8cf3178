#include "tablet/mysqld/mysqld_setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"
#include "tablet/mysqld/control_conn.h"
#include "tablet/mysqld/mysqld_users.h"
#include "tablet/mysqld/relay_log.h"
#include "tablet/mysqld/replica_status.h"

enum { APPLY_S = 3, PRIMARY_TIMEOUT_S = 3 }; /* APPLY_S: asked again as long as it takes */

/* Whether there is a row; asked before something is made, so that a restart writes nothing into the
 * binary log (and does not wait for a replica there). */
static int is_there(struct control_conn *c, const char *sql, bool *out, struct err *e)
{
	char have[8];
	int rc = control_conn_value(c, sql, have, sizeof(have), e);

	*out = rc == 0 && have[0];
	return rc;
}

int mysqld_setup_schema(struct control_conn *c, const char *database, bool initialised,
			struct err *e)
{
	char sql[400];
	bool there;

	if (is_there(c,
		     "SELECT 1 FROM information_schema.tables "
		     "WHERE table_schema = '_sluice' AND table_name = 'schema_change'",
		     &there, e) < 0)
		return -1;
	if (!there &&
	    (control_conn_exec(c, e, "CREATE DATABASE IF NOT EXISTS _sluice") < 0 ||
	     control_conn_exec(c, e,
			       "CREATE TABLE IF NOT EXISTS _sluice.schema_change ("
			       " id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,"
			       " at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),"
			       " statement MEDIUMTEXT NOT NULL) CHARACTER SET utf8mb4") < 0))
		return -1;
	/* A keyspace's name has no quotes, see rec_check_name(). */
	snprintf(sql, sizeof(sql),
		 "SELECT 1 FROM information_schema.schemata WHERE schema_name = '%s'", database);
	if (is_there(c, sql, &there, e) < 0)
		return -1;
	if (there)
		return 0;
	if (initialised)
		return err_set(
			e, ERR_CONFLICT,
			"the database %s is gone, although this mysqld holds the shard's data: put "
			"it back, or promote a replica that has it",
			database);
	return control_conn_exec(c, e, "CREATE DATABASE IF NOT EXISTS `%s`", database);
}

int mysqld_setup_kill_apps(struct control_conn *c, struct err *e)
{
	return control_conn_exec(c, e, "KILL USER '%s'@'localhost'", MYSQLD_USER_APP);
}

int mysqld_setup_read_only(struct control_conn *c, bool read_only, struct err *e)
{
	return control_conn_exec(c, e, "SET GLOBAL read_only=%d", read_only);
}

static bool answers(const struct replica_row *s, const char *repl_password)
{
	struct control_login l = {.host = s->host,
				  .port = (unsigned)strtoul(s->port, NULL, 10),
				  .user = MYSQLD_USER_REPL,
				  .password = repl_password,
				  .timeout_s = PRIMARY_TIMEOUT_S};
	struct control_conn *primary;
	struct err e;

	primary = control_conn_open(&l, &e);
	control_conn_close(primary);
	return primary != NULL;
}

/* Before replication from the same primary starts anew, which deletes what was received: applies
 * it. If that cannot be, the primary must be there to send it again. */
static int keep_received(struct control_conn *c, const struct replica_row *s,
			 const char *repl_password, struct err *e)
{
	/* With a stopped SQL thread the IO thread may not go on meanwhile. */
	if (strcmp(s->sql, "Yes") != 0 && control_conn_exec(c, e, "STOP SLAVE") < 0)
		return -1;
	if (relay_log_apply(c, e) == 0)
		return 0;
	if (!answers(s, repl_password))
		return -1;
	log_warn("tablet.replica", "event=read_anew reason=\"%s\"", e->msg);
	return 0;
}

int mysqld_setup_replicate(struct control_conn *c, const char *host, unsigned port,
			   const char *repl_password, struct err *e)
{
	struct replica_row s;
	char want[8];

	if (replica_status_read(c, &s, e) < 0)
		return -1;
	snprintf(want, sizeof(want), "%u", port);
	if (s.configured && strcmp(s.io, "No") != 0 && strcmp(s.sql, "Yes") == 0 &&
	    !strcmp(s.host, host) && !strcmp(s.port, want))
		return 0;
	if (s.configured && !strcmp(s.host, host) && !strcmp(s.port, want) &&
	    keep_received(c, &s, repl_password, e) < 0)
		return -1;
	if (control_conn_exec(c, e, "STOP SLAVE") < 0 ||
	    (s.configured && /* applying the relay log has turned it off */
	     control_conn_exec(c, e, "CHANGE MASTER TO MASTER_USE_GTID=slave_pos") < 0))
		return -1;
	/* MASTER_DEMOTE_TO_SLAVE: what this server wrote as a primary counts as its position. */
	if (control_conn_exec(
		    c, e,
		    "CHANGE MASTER TO MASTER_HOST='%s', MASTER_PORT=%u, MASTER_USER='%s', "
		    "MASTER_PASSWORD='%s', MASTER_CONNECT_RETRY=1, MASTER_HEARTBEAT_PERIOD=1, "
		    "MASTER_DEMOTE_TO_SLAVE=1",
		    host, port, MYSQLD_USER_REPL, repl_password) < 0)
		return -1;
	return control_conn_exec(c, e, "START SLAVE");
}

/* Lets the SQL thread finish what the IO thread has received, and stops the IO thread: what was
 * acknowledged to a primary that may be gone is not deleted with the relay log (relay_log.h). */
static int apply_received(struct control_conn *c, struct err *e)
{
	struct replica_row row;
	char reached[8] = "";

	if (replica_status_read(c, &row, e) < 0)
		return -1;
	if (!row.configured)
		return 0;
	if (!strcmp(row.io, "No"))
		return relay_log_apply(c, e);
	if (strcmp(row.sql, "Yes") != 0 && !row.sql_errno &&
	    control_conn_exec(c, e, "START SLAVE SQL_THREAD") < 0)
		return -1;
	if (control_conn_exec(c, e, "STOP SLAVE IO_THREAD") < 0 ||
	    replica_status_read(c, &row, e) < 0)
		return -1;
	if (!row.received[0])
		return 0;
	/* A position has only digits, commas and dashes. */
	if (control_conn_valuef(c, reached, sizeof(reached), e, "SELECT MASTER_GTID_WAIT('%s', %d)",
				row.received, row.sql_errno ? 0 : APPLY_S) < 0)
		return -1;
	if (!strcmp(reached, "0"))
		return 0;
	return err_set(e, ERR_UNAVAILABLE, "it has not applied all that it received, up to %s%s%s",
		       row.received, row.sql_errno ? ": " : "", row.sql_error);
}

int mysqld_setup_halt_replication(struct control_conn *c, struct err *e)
{
	return control_conn_exec(c, e, "STOP SLAVE");
}

int mysqld_setup_pause_replication(struct control_conn *c, struct err *e)
{
	return apply_received(c, e) < 0 ? -1 : control_conn_exec(c, e, "STOP SLAVE");
}

int mysqld_setup_stop_replication(struct control_conn *c, struct err *e)
{
	if (apply_received(c, e) < 0 || control_conn_exec(c, e, "STOP SLAVE") < 0)
		return -1;
	return control_conn_exec(c, e, "RESET SLAVE ALL");
}
