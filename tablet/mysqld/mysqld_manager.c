#include "tablet/mysqld/mysqld_manager.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/digest.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/base/process.h"
#include "src/base/rng.h"
#include "src/base/str.h"
#include "tablet/mysqld/mysqld_clone.h"
#include "tablet/mysqld/mysqld_manager_int.h"
#include "tablet/mysqld/semi_sync.h"

enum {
	TURN_MS =
		100, /* how often the process is looked at while something is not as it should be */
	PING_EVERY = 10, /* turns between two pings */
	PING_SLOW_US = 1000000,
	REPLICA_EVERY = 5,
	BACKOFF_MAX_MS = 10000,
	STOP_TIMEOUT_MS = 30000,
	BACKOFF_MIN_MS = 100,
};

static const char *const state_names[] = {"starting", "ready", "down", "stopped", "refused"};

const char *mysqld_state_name(enum mysqld_state state)
{
	return state_names[state];
}

static void set_state(struct mysqld_manager *m, enum mysqld_state to, const char *reason)
{
	bool changed = atomic_exchange(&m->state, (int)to) != (int)to;

	if (!changed && !strcmp(m->reason, reason))
		return;
	snprintf(m->reason, sizeof(m->reason), "%s", reason);
	if (changed)
		log_info("tablet.mysqld", "event=state state=%s pid=%d reason=\"%s\"",
			 state_names[to], (int)atomic_load(&m->pid), reason);
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

struct control_conn *mysqld_manager_connect(struct mysqld_manager *m, unsigned timeout_s,
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

static int apply_role(struct mysqld_manager *m, struct control_conn *c, struct err *e)
{
	if (mysqld_become_role(m, c, e) < 0)
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
				 .admin_password = m->admin_password,
				 .repl_password = m->o.repl_password,
				 .os_user = m->o.attach_socket ? NULL : m->os_user};

	return mysqld_users_set_up(c, &u, e);
}

/* Everything inside a mysqld that has just begun to answer. */
static int set_up(struct mysqld_manager *m, struct err *e)
{
	struct control_conn *c = mysqld_manager_connect(m, 60, e);
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
	struct control_conn *c = mysqld_manager_connect(m, MYSQLD_PING_TIMEOUT_S, e);
	bool ok = c && control_conn_exec(c, e, "DO 1") == 0;

	control_conn_close(c);
	return ok;
}

/* The same over a connection that is kept open in *@kept. One that somebody has ended is no answer
 * of mysqld's: it is made anew, unless it was mysqld that took its time. */
static bool answers_still(struct mysqld_manager *m, struct control_conn **kept, struct err *e)
{
	uint64_t began = clk_mono_us();

	if (*kept && control_conn_exec(*kept, e, "DO 1") == 0)
		return true;
	if (*kept && clk_mono_us() - began >= PING_SLOW_US)
		goto lost;
	control_conn_close(*kept);
	*kept = mysqld_manager_connect(m, MYSQLD_PING_TIMEOUT_S, e);
	if (*kept && control_conn_exec(*kept, e, "DO 1") == 0)
		return true;
lost:
	control_conn_close(*kept);
	*kept = NULL;
	return false;
}

/* Whether the keyspace's database is there; somebody with the right to may have dropped it. */
static bool has_database(struct mysqld_manager *m, struct control_conn *c, struct err *e)
{
	if (control_conn_exec(c, e, "USE `%s`", m->o.database) == 0)
		return true;
	err_wrap(e, "the database of the keyspace cannot be used");
	return false;
}

static bool running(struct mysqld_manager *m)
{
	return m->o.attach_socket || mysqld_process_alive(atomic_load(&m->pid), m->adopted);
}

/* Waits until mysqld answers and is set up; false when it died or we shall stop. */
static bool wait_ready(struct mysqld_manager *m)
{
	struct err e;

	while (!atomic_load(&m->stop) && running(m)) {
		if (answers(m, &e) && set_up(m, &e) == 0) {
			mysqld_watch_replica(m);
			mysqld_watch_semi_sync(m);
			set_state(m, MYSQLD_READY, "");
			return true;
		}
		if (e.code == ERR_CONFLICT)
			set_state(m, MYSQLD_REFUSED, e.msg);
		else
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
	c = mysqld_manager_connect(m, MYSQLD_PING_TIMEOUT_S, &e);
	if (!c || apply_role(m, c, &e) < 0) {
		log_warn("tablet.mysqld", "event=role problem=\"%s\"", e.msg);
		if (e.code == ERR_CONFLICT)
			set_state(m, MYSQLD_REFUSED, e.msg);
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
	c = mysqld_manager_connect(m, MYSQLD_PING_TIMEOUT_S, &e);
	if (!c || set_up_users(m, c, &e) < 0)
		log_warn("tablet.mysqld", "event=users problem=\"%s\"", e.msg);
	else
		atomic_store(&m->denied, false); /* also what was refused meanwhile */
	control_conn_close(c);
}

static bool role_is_applied(struct mysqld_manager *m)
{
	bool applied;

	pthread_mutex_lock(&m->m);
	applied = m->role_applied;
	pthread_mutex_unlock(&m->m);
	return applied;
}

/* The turns that may pass before something is due, if nothing happens meanwhile: while all is well,
 * up to the next look at the replica or ping. */
static unsigned quiet_turns(struct mysqld_manager *m, unsigned turn)
{
	unsigned every = PING_EVERY;
	bool well;

	pthread_mutex_lock(&m->m);
	if (m->role.kind != MYSQLD_PRIMARY)
		every = REPLICA_EVERY;
	well = m->role.kind == MYSQLD_PRIMARY || m->replica.state == REPLICA_RUNNING;
	well = well && !m->role_changed;
	pthread_mutex_unlock(&m->m);
	return well && !atomic_load(&m->denied) ? every - turn % every : 1;
}

/* Sleeps for so many turns, or until mysqld ends or somebody wants something. */
static void sleep_turns(struct mysqld_manager *m, unsigned turns)
{
	pid_t pid = atomic_load(&m->pid);
	eventfd_t woken;

	process_wait_any(&pid, 1, m->wake_fd, turns * TURN_MS);
	(void)eventfd_read(m->wake_fd, &woken);
}

static void wake(struct mysqld_manager *m)
{
	eventfd_write(m->wake_fd, 1);
}

/* Watches a ready mysqld until it is gone or we shall stop; *@ping is a connection to it, or NULL.
 */
static void watch_with(struct mysqld_manager *m, struct control_conn **ping)
{
	unsigned turn = 0, turns;
	struct err e;

	while (!atomic_load(&m->stop)) {
		turns = quiet_turns(m, turn);
		sleep_turns(m, turns);
		turn += turns;
		if (!running(m))
			return;
		role_changed(m);
		repair_users(m);
		if (turn % REPLICA_EVERY == 0 || m->replica.state != REPLICA_RUNNING)
			mysqld_watch_replica(m);
		if (m->rebuild) {
			mysqld_process_stop(atomic_load(&m->pid), m->adopted, STOP_TIMEOUT_MS);
			return;
		}
		if (turn % PING_EVERY)
			continue;
		mysqld_watch_semi_sync(m);
		if (!answers_still(m, ping, &e) || !has_database(m, *ping, &e))
			set_state(m, MYSQLD_DOWN, e.msg);
		else if (role_is_applied(m))
			set_state(m, MYSQLD_READY, "");
		if (m->o.attach_socket && atomic_load(&m->state) == MYSQLD_DOWN)
			return; /* it may come back as another server: set it up again */
	}
}

static void watch(struct mysqld_manager *m)
{
	struct control_conn *ping = NULL;

	watch_with(m, &ping);
	control_conn_close(ping);
}

static void on_progress(void *arg, uint64_t bytes)
{
	char text[80];

	snprintf(text, sizeof(text), "copying the primary's data, %llu MB so far",
		 (unsigned long long)bytes >> 20);
	set_state(arg, MYSQLD_STARTING, text);
}

static int copy_primary(struct mysqld_manager *m, const struct mysqld_role *r, struct err *e)
{
	struct mysqld_role_note was;
	struct mysqld_clone c = {
		.dir = m->o.process.dir,
		.source = r->clone_from,
		.rpc = m->o.rpc,
		.keyspace = m->o.database,
		.shard = m->o.shard,
		.stop = &m->stop,
		.progress = on_progress,
		.arg = m,
	};

	if (!r->clone_from[0])
		return err_set(e, ERR_UNAVAILABLE,
			       "%s/data is missing and the primary's tablet is not known",
			       m->o.process.dir);
	if (mysqld_role_read(m->o.process.dir, &was, e) < 0)
		return -1;
	c.keep_old = was.primary;
	if (mysqld_clone_run(&c, e) < 0 || mysqld_become_remember(m, false, false, e) < 0)
		return -1;
	m->noted_replica = true;
	m->rebuild = false;
	return 0;
}

/* Sees to it that there is a data directory. Only a shard that was never initialised gets an empty
 * one. */
static int prepare(struct mysqld_manager *m, const struct mysqld_role *r, struct err *e)
{
	bool has = mysqld_process_has_data(&m->o.process);

	if (m->o.has_store && r->kind == MYSQLD_REPLICA && (!has || m->rebuild) &&
	    !mysqld_process_runs(&m->o.process))
		return copy_primary(m, r, e);
	if (m->o.has_store && r->kind == MYSQLD_PRIMARY && !has && r->identity[0])
		return err_set(e, ERR_CONFLICT,
			       "%s/data is missing, but shard %s/%s was initialised (identity %s): "
			       "put the data back, or make a replica the primary (sluicectl shard "
			       "promote %s/%s ALIAS), then this tablet is copied from it",
			       m->o.process.dir, m->o.database, m->o.shard, r->identity,
			       m->o.database, m->o.shard);
	return mysqld_process_prepare(&m->o.process, e);
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
	if (prepare(m, &r, e) < 0 || mysqld_role_read(m->o.process.dir, &was, e) < 0)
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
	bool failed;
	struct err e;

	pthread_setname_np(pthread_self(), "mysqld-manager");
	while (!atomic_load(&m->stop)) {
		set_state(m, MYSQLD_STARTING, "");
		if (!wait_role(m))
			break;
		err_clear(&e);
		failed = start(m, &e) < 0;
		if (failed) {
			log_error("tablet.mysqld", "event=start problem=\"%s\"", e.msg);
		} else if (wait_ready(m)) {
			err_clear(&e);
			watch(m);
			backoff = 0; /* one that worked is started again at once */
		}
		if (atomic_load(&m->stop))
			break;
		if (!m->o.attach_socket)
			atomic_store(&m->pid, 0);
		mysqld_watch_lost(m, "mysqld is down");
		if (e.code == ERR_CONFLICT)
			set_state(m, MYSQLD_REFUSED, e.msg);
		else
			set_state(m, MYSQLD_DOWN, failed ? e.msg : "mysqld ended");
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
	m->rebuilds_metric = metrics_id(METRIC_COUNTER, "sluice_tablet_replica_rebuilds_total", "",
					"Times that a replica was made anew from its primary");
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
	m->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (m->wake_fd < 0) {
		err_set_errno(e, ERR_EXHAUSTED, errno, "no eventfd");
		free(m);
		return NULL;
	}
	atomic_store(&m->state, -1);
	pthread_mutex_init(&m->m, NULL);
	if (o->attach_socket)
		snprintf(m->socket, sizeof(m->socket), "%s", o->attach_socket);
	else
		mysqld_process_socket(&o->process, m->socket, sizeof(m->socket));
	rng_secure(secret, sizeof(secret));
	digest_hex(secret, sizeof(secret), m->app_password);
	rng_secure(secret, sizeof(secret));
	digest_hex(secret, sizeof(secret), m->admin_password);
	rc = pthread_create(&m->thread, NULL, thread_main, m);
	if (rc) {
		err_set_errno(e, ERR_EXHAUSTED, rc, "cannot start a thread");
		close(m->wake_fd);
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
	wake(m);
	pthread_join(m->thread, NULL);
	close(m->wake_fd);
	pthread_mutex_destroy(&m->m);
	free(m);
}

void mysqld_manager_denied(struct mysqld_manager *m)
{
	if (!atomic_exchange(&m->denied, true))
		wake(m);
}

const char *mysqld_manager_socket(const struct mysqld_manager *m)
{
	return m->socket;
}

const char *mysqld_manager_app_password(const struct mysqld_manager *m)
{
	return m->app_password;
}

const char *mysqld_manager_admin_password(const struct mysqld_manager *m)
{
	return m->admin_password;
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
		atomic_store(&m->hold, false);
		m->role_changed = true;
		m->role_applied = false;
	}
	m->role = *role;
	pthread_mutex_unlock(&m->m);
	wake(m);
}

void mysqld_manager_identity(struct mysqld_manager *m, char out[SHARD_IDENTITY])
{
	pthread_mutex_lock(&m->m);
	memcpy(out, m->identity, SHARD_IDENTITY);
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
	wake(m);
}

void mysqld_manager_get_role(struct mysqld_manager *m, struct mysqld_role *out)
{
	pthread_mutex_lock(&m->m);
	*out = m->role;
	pthread_mutex_unlock(&m->m);
}

bool mysqld_manager_role_applied(struct mysqld_manager *m)
{
	return role_is_applied(m) && atomic_load(&m->state) == MYSQLD_READY;
}
