#include "tablet/mysqld/relay_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/log.h"
#include "src/base/str.h"
#include "tablet/mysqld/control_conn.h"
#include "tablet/mysqld/replica_status.h"

enum {
	PAGE = 10000,	 /* events looked at in one query; two at least, to get on */
	APPLY_MS = 3000, /* for one call; the caller asks again as long as it takes */
	LOOK_MS = 20,
	NAME = 256,
	ERRNO_COMMAND = 1220, /* ER_ERROR_WHEN_EXECUTING_COMMAND */
};

/* Columns of SHOW RELAYLOG EVENTS. */
enum { AT_LOG, AT_POS, AT_TYPE, AT_INFO = 5 };

struct search {
	char log[NAME];
	uint64_t pos, rows; /* the last event seen; events of this page */
	char applied[1024]; /* GTIDs, several of a domain */
	/* The first group of events that is whole (others were never acknowledged) and not applied.
	 */
	bool found, open; /* open: its end has not been seen */
	bool transaction; /* it ends with a commit, else with its only event */
	char first_log[NAME];
	uint64_t first_pos;
};

static void begin_group(struct search *s, const char *info)
{
	/* "BEGIN GTID 0-100-7 cid=5", "GTID 0-100-8" */
	const char *gtid = strstr(info, "GTID ");
	char one[80];

	s->open = false;
	if (!gtid)
		return;
	gtid += sizeof("GTID ") - 1;
	snprintf(one, sizeof(one), "%.*s", (int)strcspn(gtid, " "), gtid);
	s->open = replica_status_is_ahead(one, s->applied);
	s->transaction = str_starts(str_of(info), "BEGIN");
	memcpy(s->first_log, s->log, NAME);
	s->first_pos = s->pos;
}

static bool ends_group(const struct search *s, const char *type, const char *info)
{
	if (!s->transaction)
		return !strcmp(type, "Query");
	return !strcmp(type, "Xid") || !strcmp(type, "XA_prepare") ||
	       (!strcmp(type, "Query") && str_eqz(str_of(info), "COMMIT"));
}

static bool take_event(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct search *s = arg;
	const char *info;

	(void)len;
	if (columns <= AT_INFO || !text[AT_LOG] || !text[AT_POS] || !text[AT_TYPE])
		return false;
	snprintf(s->log, sizeof(s->log), "%s", text[AT_LOG]);
	s->pos = strtoull(text[AT_POS], NULL, 10);
	s->rows++;
	info = text[AT_INFO] ? text[AT_INFO] : "";
	if (!strcmp(text[AT_TYPE], "Gtid"))
		begin_group(s, info);
	else if (s->open)
		s->found = ends_group(s, text[AT_TYPE], info);
	return !s->found;
}

static bool no_such_log(const struct err *e)
{
	return e->mysql_errno == ERRNO_COMMAND && strstr(e->msg, "Could not find target log");
}

/* Looks through the rest of the log s->log from s->pos. 1: there is no such log. The last event may
 * be torn; a page that reaches it fails as a whole. */
static int search_log(struct control_conn *c, struct search *s, struct err *e)
{
	unsigned page = PAGE;
	char sql[NAME + 100];
	uint64_t from;

	do {
		from = s->pos;
		s->rows = 0;
		snprintf(sql, sizeof(sql), "SHOW RELAYLOG EVENTS IN '%s' FROM %llu LIMIT %u",
			 s->log, (unsigned long long)from, page);
		if (control_conn_query(c, sql, take_event, s, e) == 0)
			continue;
		if (e->mysql_errno != ERRNO_COMMAND)
			return -1;
		if (no_such_log(e))
			return 1;
		if (page == 2)
			return 0;
		page = page > 8 ? page / 4 : 2;
		s->rows = page;
		s->pos = from;
		from = 0;
	} while (!s->found && s->rows == page && s->pos != from);
	return 0;
}

/* "relay.000009" to "relay.000010" */
static int next_log(char name[NAME], struct err *e)
{
	char *dot = strrchr(name, '.');
	size_t stem = dot ? (size_t)(dot + 1 - name) : 0, digits = strlen(name) - stem;
	uint64_t n;
	char next[NAME];

	if (!dot || !str_to_u64(str_of(dot + 1), &n))
		return err_set(e, ERR_PARSE, "a relay log has the name %s", name);
	snprintf(next, sizeof(next), "%.*s%0*llu", (int)stem, name, (int)digits,
		 (unsigned long long)n + 1);
	memcpy(name, next, NAME);
	return 0;
}

/* Finds the first group of events that was received and not applied. */
static int search(struct control_conn *c, struct search *s, struct err *e)
{
	int rc;

	if (control_conn_value(c,
			       "SELECT CONCAT_WS(',', NULLIF(@@GLOBAL.gtid_binlog_pos, ''), "
			       "NULLIF(@@GLOBAL.gtid_slave_pos, ''))",
			       s->applied, sizeof(s->applied), e) < 0)
		return -1;
	/* The first row has the name of the oldest log. */
	if (control_conn_query(c, "SHOW RELAYLOG EVENTS LIMIT 1", take_event, s, e) < 0)
		return no_such_log(e) ? 0 : -1;
	if (!s->log[0])
		return 0;
	while ((rc = search_log(c, s, e)) == 0 && !s->found) {
		if (next_log(s->log, e) < 0)
			return -1;
		s->pos = 4; /* behind the magic number */
	}
	return rc < 0 ? -1 : 0;
}

static int start(struct control_conn *c, struct err *e)
{
	struct search s = {.pos = 4};

	if (search(c, &s, e) < 0)
		return -1;
	if (!s.found)
		return 0;
	log_info("tablet.replica", "event=apply_received log=%s position=%llu", s.first_log,
		 (unsigned long long)s.first_pos);
	if (control_conn_exec(c, e,
			      "CHANGE MASTER TO MASTER_USE_GTID=no, RELAY_LOG_FILE='%s', "
			      "RELAY_LOG_POS=%llu",
			      s.first_log, (unsigned long long)s.first_pos) < 0 ||
	    control_conn_exec(c, e, "START SLAVE SQL_THREAD") < 0)
		return -1;
	return 1;
}

static int check_stopped(struct control_conn *c, struct err *e)
{
	struct replica_row row;

	if (replica_status_read(c, &row, e) < 0)
		return -1;
	return row.sql_errno ? err_set(e, ERR_UNAVAILABLE,
				       "it cannot apply all that it received: error %u: %s",
				       row.sql_errno, row.sql_error)
			     : err_set(e, ERR_UNAVAILABLE,
				       "its SQL thread was stopped before it had applied all that "
				       "it received");
}

/* Waits for the SQL thread to come to the end of the relay log. */
static int wait_applied(struct control_conn *c, struct err *e)
{
	static const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
	char state[128];

	for (int i = 0; i < APPLY_MS / LOOK_MS; i++) {
		if (control_conn_value(c,
				       "SELECT CONCAT('+', COALESCE(state, '')) FROM "
				       "information_schema.processlist WHERE command = 'Slave_SQL'",
				       state, sizeof(state), e) < 0)
			return -1;
		if (!state[0])
			return check_stopped(c, e);
		if (!strncmp(state, "+Slave has read all relay log", 29))
			return 0;
		nanosleep(&pause, NULL);
	}
	return err_set(e, ERR_UNAVAILABLE, "it has not applied all that it received yet");
}

int relay_log_apply(struct control_conn *c, struct err *e)
{
	struct replica_row row;
	int rc = 1;

	if (replica_status_read(c, &row, e) < 0)
		return -1;
	if (!row.configured)
		return 0;
	if (strcmp(row.sql, "Yes") != 0)
		rc = start(c, e);
	return rc > 0 ? wait_applied(c, e) : rc;
}
