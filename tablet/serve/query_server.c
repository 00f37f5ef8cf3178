#include "tablet/serve/query_server.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/net/worker.h"
#include "src/proto/methods.h"
#include "src/rpc/rpc_server.h"
#include "tablet/manager/backup.h"
#include "tablet/manager/control.h"
#include "tablet/mysqld/mysqld_manager.h"
#include "tablet/query/exec.h"
#include "tablet/query/exec_request.h"
#include "tablet/query/health.h"
#include "tablet/query/query_worker.h"
#include "tablet/query/schema_stream.h"
#include "tablet/state/tablet.h"

/* Of a worker at work, and of one that only tells its watchers that it is there. */
enum {
	TICK_US = EXEC_TICK_US,
	RESTING_TICK_US = 1000000,
	HEALTH_US = 1000000,
	ADMIN_CONNECTIONS = 2
};

static const struct rpc_method methods[] = {
	{METHOD_EXECUTE, exec_request_execute}, {METHOD_PREPARE, exec_request_prepare},
	{METHOD_FINISH, exec_request_finish},	{METHOD_HEALTH, health_start},
	{METHOD_SCHEMA, schema_stream_start},	{METHOD_CONTROL, control_start},
	{METHOD_BACKUP, backup_start},
};

static unsigned ticks(uint64_t us)
{
	return (unsigned)((us + TICK_US - 1) / TICK_US);
}

static void count(struct query_worker *q)
{
	struct conn_pool_counts r = conn_pool_counts(q->reads), s = conn_pool_counts(q->sessions),
				v = conn_pool_counts(q->reserved);
	size_t calls = rpc_server_calls(q->rpc) - q->health_count;

	uint32_t used = r.lent + s.lent + v.lent;

	/* Unsigned: a difference below zero wraps, and back. */
	atomic_fetch_add_explicit(&q->tablet->connections_used, used - q->used,
				  memory_order_relaxed);
	q->used = used;
	atomic_store_explicit(&q->busy, (uint32_t)(calls + kept_busy(&q->kept)),
			      memory_order_relaxed);
}

static void expire_sessions(struct query_worker *q, uint64_t now)
{
	uint64_t txn = q->limits.txn_idle_us, session = q->limits.session_idle_us;
	unsigned n =
		kept_expire(&q->kept, now > txn ? now - txn : 0, now > session ? now - session : 0);

	metrics_add(q->m.txn_timeouts, n);
}

/* mysqld is there (else its connections would have broken) but does not answer. */
static void check_mysqld(struct query_worker *q, uint64_t now)
{
	uint64_t since = atomic_load(&q->tablet->down_since_us);
	struct err why;
	unsigned n;

	if (!since || now < since || now - since < q->limits.mysqld_us || !q->running)
		return;
	err_set(&why, ERR_UNAVAILABLE, "shard %s/%s: mysqld does not answer", q->tablet->keyspace,
		q->tablet->shard);
	n = exec_abort_all(q, &why);
	if (n)
		log_warn("tablet.worker",
			 "event=abort requests=%u reason=\"mysqld does not answer\"", n);
}

static void on_tick(void *arg)
{
	struct query_worker *q = arg;
	uint64_t now = worker_now_us(q->worker);

	conn_pool_tick(q->reads);
	conn_pool_tick(q->sessions);
	conn_pool_tick(q->reserved);
	conn_pool_tick(q->admin);
	exec_tick(q, ticks(q->limits.write_us), ticks(q->limits.statement_us));
	check_mysqld(q, now);
	expire_sessions(q, now);
	count(q);
	if (q->draining && !q->away && !kept_busy(&q->kept)) {
		q->away = true;
		rpc_server_drain(q->rpc);
	}
	if (now + TICK_US / 2 >= q->health_us + HEALTH_US) {
		q->health_us = now;
		health_send_all(q);
	}
	q->resting = !q->running && !q->kept.count && !q->draining;
	worker_timer_arm(q->tick, q->resting ? RESTING_TICK_US : TICK_US);
}

static void on_disconnect(void *arg, uint64_t connection)
{
	struct query_worker *q = arg;

	exec_owner_gone(q, connection);
	kept_release_owner(&q->kept, connection);
}

static void on_gone(void *arg, uint64_t call)
{
	struct query_worker *q = arg;

	kept_release_call(&q->kept, call);
}

static void make_metrics(struct query_metrics *m)
{
	m->executes = metrics_id(METRIC_COUNTER, "sluice_tablet_requests_total",
				 "method=\"execute\"", "Requests of gates");
	m->prepares = metrics_id(METRIC_COUNTER, "sluice_tablet_requests_total",
				 "method=\"prepare\"", "Requests of gates");
	m->finishes = metrics_id(METRIC_COUNTER, "sluice_tablet_requests_total",
				 "method=\"finish\"", "Requests of gates");
	m->errors = metrics_id(METRIC_COUNTER, "sluice_tablet_errors_total", "",
			       "Requests that ended with an error");
	m->canceled = metrics_id(METRIC_COUNTER, "sluice_tablet_canceled_total", "",
				 "Requests that were canceled");
	m->lost = metrics_id(METRIC_COUNTER, "sluice_tablet_lost_total", "",
			     "Requests that lost their connection to mysqld");
	m->bytes = metrics_id(METRIC_COUNTER, "sluice_tablet_answer_bytes_total", "",
			      "Bytes of answers relayed");
	m->txn_timeouts = metrics_id(METRIC_COUNTER, "sluice_tablet_transaction_timeouts_total", "",
				     "Sessions released because they were idle for too long");
	m->reprepares = metrics_id(METRIC_COUNTER, "sluice_tablet_reprepares_total", "",
				   "Prepared statements that mysqld did not know any more");
	m->time = metrics_histogram("sluice_tablet_request_seconds", "",
				    "Time from a request to the end of its answer");
}

static void on_denied(void *arg)
{
	struct query_worker *q = arg;

	mysqld_manager_denied(q->tablet->mysqld);
}

static struct conn_pool *make_pool(struct query_worker *q, const char *name, unsigned max,
				   struct err *e)
{
	bool admin = !strcmp(name, "admin");
	struct conn_pool_config c = {
		.worker = q->worker,
		.name = name,
		.address = q->tablet->mysqld_address,
		.user = admin ? MYSQLD_USER_ADMIN : MYSQLD_USER_APP,
		.password = admin ? q->tablet->admin_password : q->tablet->app_password,
		.max = max,
		.max_waiting = q->limits.max_waiting,
		.max_stmts = q->limits.max_stmts,
		.idle_us = q->limits.idle_us,
		.wait_us = q->limits.wait_us,
		.denied = on_denied,
		.arg = q,
	};

	return conn_pool_new(&c, e);
}

struct query_worker *query_server_new(struct worker *w, struct tablet *t,
				      const struct query_limits *l, struct err *e)
{
	struct query_worker *q = calloc(1, sizeof(*q));

	if (!q) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	q->worker = w;
	q->tablet = t;
	q->last_type = TABLET_NOT_DECIDED;
	q->limits = *l;
	make_metrics(&q->m);
	kept_init(&q->kept);
	atomic_fetch_add(&t->connections_max, 2 * l->pool_size + l->reserved_size);
	q->reads = make_pool(q, "statements", l->pool_size, e);
	q->sessions = q->reads ? make_pool(q, "sessions", l->pool_size, e) : NULL;
	q->reserved = q->sessions ? make_pool(q, "reserved", l->reserved_size, e) : NULL;
	q->admin = q->reserved ? make_pool(q, "admin", ADMIN_CONNECTIONS, e) : NULL;
	q->rpc = q->admin ? rpc_server_new(w, methods, sizeof(methods) / sizeof(methods[0]), q,
					   NULL, e)
			  : NULL;
	q->tick = q->rpc ? worker_timer_new(w, on_tick, q) : NULL;
	if (!q->tick) {
		if (q->rpc)
			err_set(e, ERR_NOMEM, "out of memory");
		query_server_free(q);
		return NULL;
	}
	rpc_server_on_disconnect(q->rpc, on_disconnect);
	rpc_server_on_gone(q->rpc, on_gone);
	worker_timer_arm(q->tick, TICK_US);
	return q;
}

void query_server_drain(struct query_worker *q)
{
	q->draining = true;
	exec_wake_tick(q);
	rpc_server_stop_listening(q->rpc);
	health_send_all(q);
}

void query_server_free(struct query_worker *q)
{
	struct err why;

	if (!q)
		return;
	rpc_server_free(q->rpc);
	kept_release_owner(&q->kept, 0);
	/* What is cut off ends here: closing the connections to mysqld ends what runs on them. */
	err_set(&why, ERR_SHUTDOWN, "the tablet is shutting down");
	exec_abort_all(q, &why);
	kept_fini(&q->kept);
	conn_pool_free(q->reads);
	conn_pool_free(q->sessions);
	conn_pool_free(q->reserved);
	conn_pool_free(q->admin);
	exec_free_spares(q);
	worker_timer_free(q->tick);
	free(q);
}

static void on_notified(void *arg)
{
	struct query_worker *q = arg;

	int type = atomic_load(&q->tablet->type);

	atomic_store(&q->notified, false);
	/* What a primary that is one no longer had open cannot be committed. */
	if (q->last_type == TABLET_PRIMARY && type != TABLET_PRIMARY)
		kept_release_owner(&q->kept, 0);
	q->last_type = type;
	health_send_all(q);
}

void query_server_notify(struct query_worker *q)
{
	if (!atomic_exchange(&q->notified, true) && worker_post(q->worker, on_notified, q) < 0)
		atomic_store(&q->notified, false); /* the next second brings it too */
}
