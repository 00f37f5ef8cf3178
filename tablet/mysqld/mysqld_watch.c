/* mysqld_watch - how a replica replicates and how a primary's commits wait: told, and repaired. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "tablet/mysqld/mysqld_manager.h"
#include "tablet/mysqld/mysqld_manager_int.h"

enum { COMPARE_US = 10000000 };

/* Tells how replication is. */
static void tell_replica(struct mysqld_manager *m)
{
	const struct replica_status *s = &m->replica;

	metrics_set(m->healthy_metric, s->state == REPLICA_RUNNING);
	metrics_set(m->lag_metric, s->lag_ms == REPLICA_LAG_UNKNOWN ? -1 : (int64_t)s->lag_ms);
	m->fn.replica(m->fn.arg, s);
}

void mysqld_watch_lost(struct mysqld_manager *m, const char *why)
{
	replica_status_lost(&m->replica, why);
	tell_replica(m);
}

/* One that follows another server than it is to follow is no replica of this shard. */
static void check_source(struct replica_status *s, const struct replica_row *row, const char *source)
{
	char is[MYSQLD_ADDRESS];

	snprintf(is, sizeof(is), "%s:%s", row->host, row->port);
	if (!row->configured || !source[0] || !strcmp(is, source))
		return;
	replica_status_lost(s, "");
	s->state = REPLICA_STOPPED;
	snprintf(s->problem, sizeof(s->problem), "it replicates from %.100s instead of %.100s", is,
		 source);
}

/* Compares the positions, when replication has begun to run and now and then. */
static void check_position(struct mysqld_manager *m, struct control_conn *c,
			   const struct replica_row *row)
{
	struct control_login l = {.host = row->host,
				  .user = MYSQLD_USER_REPL,
				  .password = m->o.repl_password,
				  .timeout_s = MYSQLD_PING_TIMEOUT_S};
	uint64_t now = clk_mono_us();
	struct control_conn *primary = NULL;
	/* What a server wrote itself and what it got from another: the latter alone when it is a copy
	 * that has written nothing since. */
	static const char position[] = "SELECT CONCAT_WS(',', NULLIF(@@GLOBAL.gtid_binlog_pos, ''), "
				       "NULLIF(@@GLOBAL.gtid_slave_pos, ''))";
	char mine[512], theirs[512];
	struct err e;

	if (m->replica.state != REPLICA_RUNNING) {
		m->compared_us = 0;
		return;
	}
	if (m->compared_us && now - m->compared_us < COMPARE_US)
		return;
	l.port = (unsigned)strtoul(row->port, NULL, 10);
	/* Its own first: the primary's only grows. */
	if (control_conn_value(c, position, mine, sizeof(mine), &e) < 0 ||
	    !(primary = control_conn_open(&l, &e)) ||
	    control_conn_value(primary, position, theirs, sizeof(theirs), &e) < 0) {
		replica_status_unsure(&m->replica, e.msg);
		m->compared_us = 0;
	} else if (replica_status_is_ahead(mine, theirs)) {
		replica_status_diverged(&m->replica, mine, theirs);
		m->compared_us = 0;
	} else {
		m->compared_us = now;
	}
	control_conn_close(primary);
}

static void repair(struct mysqld_manager *m, struct control_conn *c, const struct mysqld_role *r)
{
	bool can_rebuild = !m->o.attach_socket && r->clone_from[0];
	struct err e;

	switch (replica_repair_step(&m->repair, &m->replica, can_rebuild, clk_mono_us())) {
	case REPLICA_LEAVE:
		return;
	case REPLICA_RESTART:
		log_warn("tablet.replica", "event=restart reason=\"%s\"", m->replica.problem);
		metrics_add(m->restarts_metric, 1);
		if (mysqld_become_replica(m, c, r, &e) < 0)
			log_warn("tablet.replica", "event=restart problem=\"%s\"", e.msg);
		return;
	case REPLICA_REBUILD:
		log_warn("tablet.replica", "event=rebuild reason=\"%s\"", m->replica.problem);
		metrics_add(m->rebuilds_metric, 1);
		m->rebuild = true;
		return;
	}
}

void mysqld_watch_replica(struct mysqld_manager *m)
{
	enum replica_state was = m->replica.state;
	struct replica_row row;
	struct mysqld_role r;
	struct control_conn *c;
	struct err e;

	mysqld_manager_get_role(m, &r);
	if (r.kind != MYSQLD_REPLICA)
		return;
	c = mysqld_manager_connect(m, MYSQLD_PING_TIMEOUT_S, &e);
	if (!c || replica_status_read(c, &row, &e) < 0) {
		mysqld_watch_lost(m, e.msg);
		goto out;
	}
	replica_status_judge(&m->replica, &row, clk_mono_us());
	check_source(&m->replica, &row, r.source);
	check_position(m, c, &row);
	tell_replica(m);
	if (m->replica.state != was)
		log_info("tablet.replica", "event=state state=%s reason=\"%s\"",
			 replica_status_name(m->replica.state), m->replica.problem);
	/* What it wrote as a primary before is known to be its primary's, too. */
	if (m->replica.state == REPLICA_RUNNING && !m->noted_replica) {
		if (mysqld_become_remember(m, false, false, &e) < 0)
			log_error("tablet.replica", "event=note problem=\"%s\"", e.msg);
		else
			m->noted_replica = true;
	}
	if (r.source[0] && !atomic_load(&m->hold))
		repair(m, c, &r);
out:
	control_conn_close(c);
}

void mysqld_watch_semi_sync(struct mysqld_manager *m)
{
	struct semi_sync_status s = {.on = false};
	struct mysqld_role r;
	struct control_conn *c = NULL;
	struct err e;

	mysqld_manager_get_role(m, &r);
	s.wanted = r.kind == MYSQLD_PRIMARY && r.semi_sync;
	if (s.wanted) {
		c = mysqld_manager_connect(m, MYSQLD_PING_TIMEOUT_S, &e);
		if (c && semi_sync_read(c, &s, &e) == 0 && !s.on) {
			log_error("tablet.mysqld", "event=semi_sync problem=\"%s\"",
				  semi_sync_problem(&s));
			if (semi_sync_enable(c, &e) < 0)
				log_error("tablet.mysqld", "event=semi_sync problem=\"%s\"",
					  e.msg);
		}
		control_conn_close(c);
	}
	metrics_set(m->acknowledging_metric, s.replicas);
	metrics_set(m->waiting_metric, s.waiting);
	pthread_mutex_lock(&m->m);
	m->semi_sync = s;
	pthread_mutex_unlock(&m->m);
}
