#include "tablet/mysqld/mysqld_manager.h"

#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/digest.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/base/rng.h"
#include "src/base/str.h"
#include "tablet/mysqld/control_conn.h"
#include "tablet/mysqld/mysqld_setup.h"
#include "tablet/mysqld/replica_repair.h"
#include "tablet/mysqld/semi_sync.h"

enum {
	TURN_MS = 100,	 /* how often the process is looked at */
	PING_EVERY = 10, /* turns between two pings */
	REPLICA_EVERY = 5,
	PING_TIMEOUT_S = 5,
	BACKOFF_MAX_MS = 10000,
	STOP_TIMEOUT_MS = 30000,
	BACKOFF_MIN_MS = 100,
};

struct mysqld_manager {
	struct mysqld_manager_options o;
	struct mysqld_manager_callbacks fn;
	pthread_t thread;
	pthread_mutex_t m;
	struct mysqld_role role; /* guarded by m */
	bool role_changed;	 /* guarded by m */
	bool role_applied;	 /* guarded by m */
	_Atomic bool stop;
	_Atomic bool denied; /* a login of the app user was refused: set up the users again */
	_Atomic int state;
	_Atomic pid_t pid;
	bool adopted;
	_Atomic bool hold; /* replication is not repaired */
	struct semi_sync_status semi_sync; /* guarded by m */
	struct replica_status replica;
	struct replica_repair repair;
	unsigned healthy_metric, lag_metric, restarts_metric, acknowledging_metric, waiting_metric;
	char socket[128], app_password[MYSQLD_PASSWORD];
	char os_user[64];
};

static const char *const state_names[] = {"starting", "ready", "down", "stopped"};

static void set_state(struct mysqld_manager *m, enum mysqld_state to, const char *reason)
{
	if (atomic_exchange(&m->state, (int)to) == (int)to)
		return;
	log_info("tablet.mysqld", "event=state state=%s pid=%d reason=\"%s\"", state_names[to],
		 (int)atomic_load(&m->pid), reason);
	m->fn.state(m->fn.arg, to, reason);
}

void mysqld_manager_login(const struct mysqld_manager *m, struct control_login *out)
{
	*out = (struct control_login){.socket = m->socket, .user = m->os_user, .timeout_s = 10};
	if (!m->o.attach_socket)
		return;
	out->user = m->o.attach_user ? m->o.attach_user : "root";
	out->password = m->o.attach_user ? m->o.attach_password : NULL;
}

void mysqld_manager_app_login(const struct mysqld_manager *m, struct control_login *out)
{
	*out = (struct control_login){.socket = m->socket,
				      .user = MYSQLD_USER_APP,
				      .password = m->app_password,
				      .timeout_s = 10};
}

static struct control_conn *connect_control(struct mysqld_manager *m, unsigned timeout_s,
					    struct err *e)
{
	struct control_login l;
	struct control_conn *c;
	struct err why;

	mysqld_manager_login(m, &l);
	l.timeout_s = timeout_s;
	c = control_conn_open(&l, e);
	if (c || m->o.attach_socket || e->code == ERR_UNAVAILABLE || !strcmp(l.user, "root"))
		return c;
	l.user = "root"; /* in a directory of an older version: without a password */
	return control_conn_open(&l, &why);
}

/* Remembers what mysqld is from now on; one that somebody else runs recovers as he says. */
static int remember(struct mysqld_manager *m, bool primary, bool semi_sync, struct err *e)
{
	struct mysqld_role_note n = {.primary = primary, .semi_sync = semi_sync};

	return m->o.attach_socket ? 0 : mysqld_role_write(m->o.process.dir, &n, e);
}

static int make_primary(struct mysqld_manager *m, struct control_conn *c,
			const struct mysqld_role *r, struct err *e)
{
	if (!m->o.attach_socket && mysqld_setup_stop_replication(c, e) < 0)
		return -1;
	if (mysqld_setup_schema(c, m->o.database, e) < 0)
		return -1;
	if ((r->semi_sync ? semi_sync_enable(c, e) : semi_sync_disable(c, e)) < 0 ||
	    remember(m, true, r->semi_sync, e) < 0)
		return -1;
	return m->o.attach_socket ? 0 : mysqld_setup_read_only(c, false, e);
}

/* A primary that waits for replicas waits with locks that read_only=1 needs. */
static int stop_waiting(struct control_conn *c, struct err *e)
{
	struct semi_sync_status s = {.wanted = true};

	if (semi_sync_read(c, &s, e) < 0)
		return -1;
	if (!s.on)
		return 0;
	return mysqld_setup_kill_apps(c, e) < 0 ? -1 : semi_sync_disable(c, e);
}

static int make_replica(struct mysqld_manager *m, struct control_conn *c,
			const struct mysqld_role *r, struct err *e)
{
	char host[MYSQLD_ADDRESS], *colon;
	uint64_t port;

	if (stop_waiting(c, e) < 0 || mysqld_setup_read_only(c, true, e) < 0 ||
	    semi_sync_acknowledge(c, e) < 0)
		return -1;
	snprintf(host, sizeof(host), "%s", r->source);
	colon = strrchr(host, ':');
	if (!colon)
		return 0; /* a replica that waits to be told whose */
	*colon = 0;
	if (!str_to_u64(str_of(colon + 1), &port))
		return err_set(e, ERR_INVALID, "primary address %s has no port", host);
	if (mysqld_setup_replicate(c, host, (unsigned)port, m->o.repl_password, e) < 0)
		return -1;
	return remember(m, false, false, e);
}

static int make_role(struct mysqld_manager *m, struct control_conn *c, struct err *e)
{
	struct mysqld_role r;

	pthread_mutex_lock(&m->m);
	r = m->role;
	m->role_changed = false;
	pthread_mutex_unlock(&m->m);
	return r.kind == MYSQLD_PRIMARY ? make_primary(m, c, &r, e) : make_replica(m, c, &r, e);
}

static int apply_role(struct mysqld_manager *m, struct control_conn *c, struct err *e)
{
	if (make_role(m, c, e) < 0)
		return -1;
	pthread_mutex_lock(&m->m);
	m->role_applied = !m->role_changed;
	pthread_mutex_unlock(&m->m);
	return 0;
}

static int set_up_users(struct mysqld_manager *m, struct control_conn *c, struct err *e)
{
	struct mysqld_users u = {.database = m->o.database,
				 .app_password = m->app_password,
				 .repl_password = m->o.repl_password,
				 .os_user = m->o.attach_socket ? NULL : m->os_user};

	return mysqld_users_set_up(c, &u, e);
}

/* Everything inside a mysqld that has just begun to answer. */
static int set_up(struct mysqld_manager *m, struct err *e)
{
	struct control_conn *c = connect_control(m, 60, e);
	int rc = -1;

	if (!c)
		return -1;
	if (set_up_users(m, c, e) == 0)
		rc = apply_role(m, c, e);
	control_conn_close(c);
	return rc;
}

static bool answers(struct mysqld_manager *m, struct err *e)
{
	struct control_conn *c = connect_control(m, PING_TIMEOUT_S, e);
	bool ok = c && control_conn_exec(c, e, "DO 1") == 0;

	control_conn_close(c);
	return ok;
}

static bool running(struct mysqld_manager *m)
{
	return m->o.attach_socket || mysqld_process_alive(atomic_load(&m->pid), m->adopted);
}

/* Tells how replication is. */
static void tell_replica(struct mysqld_manager *m)
{
	const struct replica_status *s = &m->replica;

	metrics_set(m->healthy_metric, s->state == REPLICA_RUNNING);
	metrics_set(m->lag_metric, s->lag_ms == REPLICA_LAG_UNKNOWN ? -1 : (int64_t)s->lag_ms);
	m->fn.replica(m->fn.arg, s);
}

static void lose_replica(struct mysqld_manager *m, const char *why)
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

/* Looks at a replica's replication and repairs it. */
static void watch_replica(struct mysqld_manager *m)
{
	enum replica_state was = m->replica.state;
	struct replica_row row;
	struct mysqld_role r;
	struct control_conn *c;
	struct err e;

	mysqld_manager_get_role(m, &r);
	if (r.kind != MYSQLD_REPLICA)
		return;
	c = connect_control(m, PING_TIMEOUT_S, &e);
	if (!c || replica_status_read(c, &row, &e) < 0) {
		lose_replica(m, e.msg);
		goto out;
	}
	replica_status_judge(&m->replica, &row, clk_mono_us());
	check_source(&m->replica, &row, r.source);
	tell_replica(m);
	if (m->replica.state != was)
		log_info("tablet.replica", "event=state state=%s reason=\"%s\"",
			 replica_status_name(m->replica.state), m->replica.problem);
	if (!r.source[0] || atomic_load(&m->hold))
		goto out;
	if (replica_repair_step(&m->repair, &m->replica, false, clk_mono_us()) == REPLICA_RESTART) {
		log_warn("tablet.replica", "event=restart reason=\"%s\"", m->replica.problem);
		metrics_add(m->restarts_metric, 1);
		if (make_replica(m, c, &r, &e) < 0)
			log_warn("tablet.replica", "event=restart problem=\"%s\"", e.msg);
	}
out:
	control_conn_close(c);
}

/* Looks at how a primary's commits wait; one that does not although it shall is made to. */
static void watch_semi_sync(struct mysqld_manager *m)
{
	struct semi_sync_status s = {.on = false};
	struct mysqld_role r;
	struct control_conn *c = NULL;
	struct err e;

	mysqld_manager_get_role(m, &r);
	s.wanted = r.kind == MYSQLD_PRIMARY && r.semi_sync;
	if (s.wanted) {
		c = connect_control(m, PING_TIMEOUT_S, &e);
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

/* Waits until mysqld answers and is set up; false when it died or we shall stop. */
static bool wait_ready(struct mysqld_manager *m)
{
	struct err e;

	while (!atomic_load(&m->stop) && running(m)) {
		if (answers(m, &e) && set_up(m, &e) == 0) {
			watch_replica(m);
			watch_semi_sync(m);
			set_state(m, MYSQLD_READY, "");
			return true;
		}
		log_info("tablet.mysqld", "event=wait reason=\"%s\"", e.msg);
		clk_sleep_ms(TURN_MS);
	}
	return false;
}

static void role_changed(struct mysqld_manager *m)
{
	struct control_conn *c;
	struct err e;
	bool changed;

	pthread_mutex_lock(&m->m);
	changed = m->role_changed;
	pthread_mutex_unlock(&m->m);
	if (!changed)
		return;
	c = connect_control(m, PING_TIMEOUT_S, &e);
	if (!c || apply_role(m, c, &e) < 0) {
		log_warn("tablet.mysqld", "event=role problem=\"%s\"", e.msg);
		pthread_mutex_lock(&m->m);
		m->role_changed = true; /* again at the next turn */
		pthread_mutex_unlock(&m->m);
	}
	control_conn_close(c);
}

static void repair_users(struct mysqld_manager *m)
{
	struct control_conn *c;
	struct err e;

	if (!atomic_load(&m->denied))
		return;
	log_warn("tablet.mysqld", "event=users reason=\"a login of %s was refused\"",
		 MYSQLD_USER_APP);
	c = connect_control(m, PING_TIMEOUT_S, &e);
	if (!c || set_up_users(m, c, &e) < 0)
		log_warn("tablet.mysqld", "event=users problem=\"%s\"", e.msg);
	else
		atomic_store(&m->denied, false); /* also what was refused meanwhile */
	control_conn_close(c);
}

/* Watches a ready mysqld until it is gone or we shall stop. */
static void watch(struct mysqld_manager *m)
{
	struct err e;

	for (unsigned turn = 1; !atomic_load(&m->stop); turn++) {
		clk_sleep_ms(TURN_MS);
		if (!running(m))
			return;
		role_changed(m);
		repair_users(m);
		if (turn % REPLICA_EVERY == 0 || m->replica.state != REPLICA_RUNNING)
			watch_replica(m);
		if (turn % PING_EVERY)
			continue;
		watch_semi_sync(m);
		if (answers(m, &e))
			set_state(m, MYSQLD_READY, "");
		else
			set_state(m, MYSQLD_DOWN, e.msg);
		if (m->o.attach_socket && atomic_load(&m->state) == MYSQLD_DOWN)
			return; /* it may come back as another server: set it up again */
	}
}

static int start(struct mysqld_manager *m, struct err *e)
{
	struct mysqld_role_note was;
	struct mysqld_role r;
	bool truncates;
	pid_t pid;

	if (m->o.attach_socket)
		return 0;
	mysqld_manager_get_role(m, &r);
	if (mysqld_process_prepare(&m->o.process, e) < 0 ||
	    mysqld_role_read(m->o.process.dir, &was, e) < 0)
		return -1;
	truncates = mysqld_role_truncates(&was, &r);
	if (mysqld_process_start(&m->o.process, truncates, &pid, &m->adopted, e) < 0)
		return -1;
	atomic_store(&m->pid, pid);
	log_info("tablet.mysqld", "event=%s pid=%d role=%s was=%s recovery=%s",
		 m->adopted ? "adopted" : "started", (int)pid, mysqld_role_name(r.kind),
		 was.primary ? "primary" : "replica", truncates ? "truncate" : "commit");
	return 0;
}

/* Waits until it is known how mysqld must recover; false when we shall stop. */
static bool wait_role(struct mysqld_manager *m)
{
	struct mysqld_role r;
	bool told = false;

	while (!atomic_load(&m->stop)) {
		mysqld_manager_get_role(m, &r);
		if (!m->o.has_store || m->o.attach_socket || r.kind == MYSQLD_PRIMARY ||
		    (r.kind == MYSQLD_REPLICA && r.source[0]))
			return true;
		if (mysqld_process_runs(&m->o.process))
			return true;
		if (!told)
			log_info("tablet.mysqld", "event=wait reason=\"the shard's record has not "
						  "said yet who is its primary\"");
		told = true;
		clk_sleep_ms(TURN_MS / 5);
	}
	return false;
}

static void pause_ms(struct mysqld_manager *m, unsigned ms)
{
	for (unsigned t = 0; t < ms && !atomic_load(&m->stop); t += 20)
		clk_sleep_ms(20);
}

static void *thread_main(void *arg)
{
	struct mysqld_manager *m = arg;
	unsigned backoff = 0;
	struct err e;

	pthread_setname_np(pthread_self(), "mysqld-manager");
	while (!atomic_load(&m->stop)) {
		set_state(m, MYSQLD_STARTING, "");
		if (!wait_role(m))
			break;
		if (start(m, &e) < 0) {
			log_error("tablet.mysqld", "event=start problem=\"%s\"", e.msg);
		} else if (wait_ready(m)) {
			watch(m);
			backoff = 0; /* one that worked is started again at once */
		}
		if (atomic_load(&m->stop))
			break;
		if (!m->o.attach_socket)
			atomic_store(&m->pid, 0);
		lose_replica(m, "mysqld is down");
		set_state(m, MYSQLD_DOWN, "mysqld ended");
		backoff = backoff ? backoff * 2 : BACKOFF_MIN_MS;
		backoff = backoff < BACKOFF_MAX_MS ? backoff : BACKOFF_MAX_MS;
		pause_ms(m, backoff);
	}
	if (!m->o.attach_socket && !m->o.leave_running)
		mysqld_process_stop(atomic_load(&m->pid), m->adopted, STOP_TIMEOUT_MS);
	set_state(m, MYSQLD_STOPPED, "");
	return NULL;
}

static int find_os_user(struct mysqld_manager *m, struct err *e)
{
	struct passwd *p = getpwuid(geteuid());

	if (!p || strlen(p->pw_name) >= sizeof(m->os_user))
		return err_set(e, ERR_INVALID, "the operating system has no name for user %u",
			       (unsigned)geteuid());
	/* It goes into SQL. */
	if (strpbrk(p->pw_name, "'\\\"%%"))
		return err_set(e, ERR_INVALID, "user name %s cannot be one in mysqld", p->pw_name);
	snprintf(m->os_user, sizeof(m->os_user), "%s", p->pw_name);
	return 0;
}

struct mysqld_manager *mysqld_manager_new(const struct mysqld_manager_options *o,
					  const struct mysqld_manager_callbacks *fn, struct err *e)
{
	struct mysqld_manager *m = calloc(1, sizeof(*m));
	uint8_t secret[(MYSQLD_PASSWORD - 1) / 2];
	int rc;

	if (!m) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	if (find_os_user(m, e) < 0) {
		free(m);
		return NULL;
	}
	m->o = *o;
	m->o.process.os_user = m->os_user;
	m->fn = *fn;
	m->restarts_metric = metrics_id(METRIC_COUNTER, "sluice_tablet_replication_restarts_total",
					"", "Times that replication was started again");
	m->acknowledging_metric =
		metrics_id(METRIC_GAUGE, "sluice_tablet_semi_sync_replicas", "",
			   "Replicas that acknowledge a primary's commits (durability semi_sync)");
	m->waiting_metric = metrics_id(METRIC_GAUGE, "sluice_tablet_semi_sync_waiting", "",
				       "Commits that wait for a replica's acknowledgement");
	m->lag_metric = metrics_id(METRIC_GAUGE, "sluice_tablet_replication_lag_ms", "",
				   "How far a replica is behind, -1: not known");
	m->healthy_metric = metrics_id(METRIC_GAUGE, "sluice_tablet_replication_running", "",
				       "Whether a replica replicates (1) or not (0)");
	m->role = o->role;
	atomic_store(&m->state, -1);
	pthread_mutex_init(&m->m, NULL);
	if (o->attach_socket)
		snprintf(m->socket, sizeof(m->socket), "%s", o->attach_socket);
	else
		mysqld_process_socket(&o->process, m->socket, sizeof(m->socket));
	rng_secure(secret, sizeof(secret));
	digest_hex(secret, sizeof(secret), m->app_password);
	rc = pthread_create(&m->thread, NULL, thread_main, m);
	if (rc) {
		err_set_errno(e, ERR_EXHAUSTED, rc, "cannot start a thread");
		free(m);
		return NULL;
	}
	return m;
}

void mysqld_manager_free(struct mysqld_manager *m)
{
	if (!m)
		return;
	atomic_store(&m->stop, true);
	pthread_join(m->thread, NULL);
	pthread_mutex_destroy(&m->m);
	free(m);
}

void mysqld_manager_denied(struct mysqld_manager *m)
{
	atomic_store(&m->denied, true);
}

const char *mysqld_manager_socket(const struct mysqld_manager *m)
{
	return m->socket;
}

const char *mysqld_manager_app_password(const struct mysqld_manager *m)
{
	return m->app_password;
}

pid_t mysqld_manager_pid(const struct mysqld_manager *m)
{
	return atomic_load(&m->pid);
}

enum mysqld_state mysqld_manager_state(const struct mysqld_manager *m)
{
	return (enum mysqld_state)atomic_load(&m->state);
}

void mysqld_manager_set_role(struct mysqld_manager *m, const struct mysqld_role *role)
{
	pthread_mutex_lock(&m->m);
	if (!mysqld_role_equal(&m->role, role)) {
		m->role = *role;
		m->role_changed = true;
		m->role_applied = false;
	}
	pthread_mutex_unlock(&m->m);
}

void mysqld_manager_semi_sync(struct mysqld_manager *m, struct semi_sync_status *out)
{
	pthread_mutex_lock(&m->m);
	*out = m->semi_sync;
	pthread_mutex_unlock(&m->m);
}

void mysqld_manager_hold_replication(struct mysqld_manager *m, bool hold)
{
	atomic_store(&m->hold, hold);
}

void mysqld_manager_reapply(struct mysqld_manager *m)
{
	pthread_mutex_lock(&m->m);
	m->role_changed = true;
	m->role_applied = false;
	pthread_mutex_unlock(&m->m);
}

void mysqld_manager_get_role(struct mysqld_manager *m, struct mysqld_role *out)
{
	pthread_mutex_lock(&m->m);
	*out = m->role;
	pthread_mutex_unlock(&m->m);
}

bool mysqld_manager_role_applied(struct mysqld_manager *m)
{
	bool applied;

	pthread_mutex_lock(&m->m);
	applied = m->role_applied;
	pthread_mutex_unlock(&m->m);
	return applied && atomic_load(&m->state) == MYSQLD_READY;
}
