#include "tablet/mysqld/replica_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/str.h"
#include "tablet/mysqld/control_conn.h"

/* Columns of SHOW SLAVE STATUS in MariaDB 10.x and 11.x. */
enum {
	AT_HOST = 1,
	AT_PORT = 3,
	AT_IO = 10,
	AT_SQL = 11,
	AT_BEHIND = 32,
	AT_IO_ERRNO = 34,
	AT_IO_ERROR = 35,
	AT_SQL_ERRNO = 36,
	AT_SQL_ERROR = 37,
	AT_GTID_IO_POS = 43,
};

static const char *const state_names[] = {"unknown", "stopped", "broken", "connecting", "running"};

const char *replica_status_name(enum replica_state state)
{
	return state_names[state];
}

#define TAKE(field, at) snprintf(r->field, sizeof(r->field), "%s", text[at] ? text[at] : "")

static bool take_row(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct replica_row *r = arg;

	if (columns <= AT_GTID_IO_POS)
		return false;
	r->configured = true;
	TAKE(host, AT_HOST);
	TAKE(port, AT_PORT);
	TAKE(io, AT_IO);
	TAKE(sql, AT_SQL);
	TAKE(io_error, AT_IO_ERROR);
	TAKE(sql_error, AT_SQL_ERROR);
	TAKE(received, AT_GTID_IO_POS);
	r->io_errno = text[AT_IO_ERRNO] ? (unsigned)strtoul(text[AT_IO_ERRNO], NULL, 10) : 0;
	r->sql_errno = text[AT_SQL_ERRNO] ? (unsigned)strtoul(text[AT_SQL_ERRNO], NULL, 10) : 0;
	r->lag_known = text[AT_BEHIND] &&
		       str_to_u64(str_make(text[AT_BEHIND], len[AT_BEHIND]), &r->lag_s);
	return false;
}

int replica_status_read(struct control_conn *c, struct replica_row *out, struct err *e)
{
	*out = (struct replica_row){.configured = false};
	return control_conn_query(c, "SHOW SLAVE STATUS", take_row, out, e);
}

static uint32_t clip_ms(uint64_t ms)
{
	return ms < REPLICA_LAG_UNKNOWN ? (uint32_t)ms : REPLICA_LAG_UNKNOWN - 1u;
}

static void set(struct replica_status *s, enum replica_state state, unsigned code, const char *text)
{
	s->state = state;
	s->code = code;
	snprintf(s->problem, sizeof(s->problem), "%s", text);
}

static void set_error(struct replica_status *s, enum replica_state state, unsigned code,
		      const char *text)
{
	s->state = state;
	s->code = code;
	snprintf(s->problem, sizeof(s->problem), "error %u: %.250s", code, text);
}

void replica_status_judge(struct replica_status *s, const struct replica_row *row, uint64_t now_us)
{
	bool io = strcmp(row->io, "No") != 0, sql = !strcmp(row->sql, "Yes");

	if (!row->configured)
		set(s, REPLICA_STOPPED, 0, "it replicates from nobody");
	else if (!sql && row->sql_errno)
		set_error(s, REPLICA_BROKEN, row->sql_errno, row->sql_error);
	else if (!io && row->io_errno)
		set_error(s, REPLICA_BROKEN, row->io_errno, row->io_error);
	else if (!io || !sql)
		set(s, REPLICA_STOPPED, 0, "replication is stopped");
	else if (strcmp(row->io, "Yes") != 0 && row->io_errno)
		set_error(s, REPLICA_CONNECTING, row->io_errno, row->io_error);
	else if (strcmp(row->io, "Yes") != 0)
		set(s, REPLICA_CONNECTING, 0, "it is connecting to its primary");
	else
		set(s, REPLICA_RUNNING, 0, "");
	if (s->state == REPLICA_RUNNING && row->lag_known) {
		s->seen_us = now_us;
		s->seen_lag_ms = clip_ms(row->lag_s * 1000);
	}
	s->lag_ms = s->seen_us ? clip_ms(s->seen_lag_ms + (now_us - s->seen_us) / 1000)
			       : REPLICA_LAG_UNKNOWN;
}

/* The next "domain-server-sequence" of a list; false at its end. */
static bool next_gtid(struct str *list, uint64_t out[3])
{
	struct str gtid, part;

	if (!str_trim(*list).n)
		return false;
	str_cut(*list, ',', &gtid, list);
	gtid = str_trim(gtid);
	for (int i = 0; i < 3; i++) {
		str_cut(gtid, '-', &part, &gtid);
		if (!str_to_u64(part, &out[i]))
			return false;
	}
	return true;
}

bool replica_status_is_ahead(const char *mine, const char *primary)
{
	struct str left = str_of(mine);
	uint64_t m[3], p[3];

	while (next_gtid(&left, m)) {
		struct str rest = str_of(primary);
		bool has = false;

		while (!has && next_gtid(&rest, p))
			has = p[0] == m[0] && (p[2] > m[2] || (p[2] == m[2] && p[1] == m[1]));
		if (!has)
			return true;
	}
	return false;
}

void replica_status_diverged(struct replica_status *s, const char *mine, const char *primary)
{
	s->state = REPLICA_BROKEN;
	s->code = REPLICA_DIVERGED;
	snprintf(s->problem, sizeof(s->problem),
		 "it is at %.100s, ahead of its primary at %.100s: it holds what the primary does "
		 "not have",
		 mine, primary);
}

void replica_status_unsure(struct replica_status *s, const char *why)
{
	s->state = REPLICA_CONNECTING;
	s->lag_ms = REPLICA_LAG_UNKNOWN;
	s->seen_us = 0;
	snprintf(s->problem, sizeof(s->problem), "it has not been compared with its primary: %.200s",
		 why);
}

void replica_status_lost(struct replica_status *s, const char *why)
{
	*s = (struct replica_status){.state = REPLICA_UNKNOWN, .lag_ms = REPLICA_LAG_UNKNOWN};
	snprintf(s->problem, sizeof(s->problem), "%s", why);
}

bool replica_status_healthy(const struct replica_status *s, uint32_t max_lag_ms, char *why,
			    size_t room)
{
	why[0] = 0;
	if (s->state < REPLICA_CONNECTING)
		snprintf(why, room, "replication is %s%s%s", replica_status_name(s->state),
			 s->problem[0] ? ": " : "", s->problem);
	else if (s->lag_ms == REPLICA_LAG_UNKNOWN)
		snprintf(why, room, "its replication lag is not known%s%s",
			 s->problem[0] ? ": " : "", s->problem);
	else if (max_lag_ms && s->lag_ms > max_lag_ms)
		snprintf(why, room, "it is %u.%u s behind its primary, %u.%u s are allowed%s%s",
			 s->lag_ms / 1000, s->lag_ms % 1000 / 100, max_lag_ms / 1000,
			 max_lag_ms % 1000 / 100, s->problem[0] ? ": " : "", s->problem);
	return !why[0];
}
