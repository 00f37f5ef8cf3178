#include "gate/session/gate_worker.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "gate/exec/query.h"
#include "gate/pick/link.h"
#include "gate/plan/catalog.h"
#include "gate/plan/plan_cache.h"
#include "gate/session/gate.h"
#include "gate/session/session.h"
#include "src/base/metrics.h"
#include "src/net/listener.h"
#include "src/net/worker.h"

enum { WORKER_TICK_US = 1000000, WORKER_SPARE_SESSIONS = 256 };

static void accept_tcp(void *arg, int fd)
{
	session_accept(arg, fd, false);
}

static void accept_unix(void *arg, int fd)
{
	session_accept(arg, fd, true);
}

/* Ends sessions that take too long to log in or have been idle too long, and idle ones when the
 * gate drains. */
static void on_tick(void *arg)
{
	struct gate_worker *gw = arg;
	const struct gate_settings *o = gw->gate->settings;
	uint64_t now = worker_now_us(gw->worker);
	bool draining = atomic_load(&gw->gate->draining);
	struct session *s, *next;

	for (s = gw->sessions; s; s = next) {
		uint64_t age = now - s->since_us;
		bool login = s->state < SESSION_IDLE;

		next = s->next;
		if (login && o->connect_timeout_us && age > (uint64_t)o->connect_timeout_us)
			session_close(s, "login took too long");
		else if (s->state == SESSION_IDLE && o->idle_timeout_us &&
			 age > (uint64_t)o->idle_timeout_us)
			session_close(s, "idle too long");
		else if (s->state == SESSION_IDLE && draining && !s->txn.open)
			session_close(s, "shutting down");
	}
	worker_timer_arm(gw->tick, draining ? WORKER_TICK_US / 20 : WORKER_TICK_US);
}

static int open_listeners(struct gate_worker *gw, struct err *e)
{
	const struct gate_settings *o = gw->gate->settings;

	if (o->mysql_address) {
		gw->tcp = listener_new(gw->worker, o->mysql_address, o->workers > 1, accept_tcp, gw,
				       e);
		if (!gw->tcp)
			return -1;
	}
	/* A unix socket cannot be shared by listeners: the first worker has it. */
	if (o->mysql_socket && gw->index == 0) {
		char address[160];

		snprintf(address, sizeof(address), "unix:%s", o->mysql_socket);
		gw->unix_listener = listener_new(gw->worker, address, false, accept_unix, gw, e);
		if (!gw->unix_listener)
			return -1;
	}
	return 0;
}

struct gate_worker *gate_worker_new(struct gate *g, unsigned index, struct err *e)
{
	struct gate_worker *gw = calloc(1, sizeof(*gw));
	char name[16];

	if (!gw) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	gw->gate = g;
	gw->index = index;
	snprintf(name, sizeof(name), "gate-%u", index);
	pool_init(&gw->session_pool, sizeof(struct session), WORKER_SPARE_SESSIONS);
	gw->queries_metric =
		metrics_id(METRIC_COUNTER, "sluice_gate_queries_total", "", "Statements run.");
	gw->scatter_errors_metric = metrics_id(METRIC_COUNTER, "sluice_gate_scatter_errors_total",
					       "", "Statements on several shards that failed.");
	gw->latency_metric =
		metrics_histogram("sluice_gate_query_seconds", "", "Time to answer a statement.");
	gw->worker = worker_new_io(name, g->settings->io, e);
	gw->plans = plan_cache_new((size_t)g->settings->plan_cache_bytes);
	gw->links = links_new(gw);
	if (!gw->worker)
		goto fail;
	gw->tick = worker_timer_new(gw->worker, on_tick, gw);
	if (!gw->plans || !gw->links || !gw->tick) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto fail;
	}
	if (open_listeners(gw, e) < 0)
		goto fail;
	worker_timer_arm(gw->tick, WORKER_TICK_US);
	return gw;
fail:
	gate_worker_free(gw);
	return NULL;
}

int gate_worker_start(struct gate_worker *gw, struct err *e)
{
	return worker_start(gw->worker, e);
}

static void begin_drain(void *arg)
{
	struct gate_worker *gw = arg;

	listener_free(gw->tcp);
	listener_free(gw->unix_listener);
	gw->tcp = gw->unix_listener = NULL;
	on_tick(gw);
}

void gate_worker_drain(struct gate_worker *gw)
{
	if (worker_post(gw->worker, begin_drain, gw) < 0)
		return; /* out of memory: the tick notices the gate's flag */
}

static void close_all(void *arg)
{
	struct gate_worker *gw = arg;

	while (gw->sessions)
		session_close(gw->sessions, "shut down");
	listener_free(gw->tcp);
	listener_free(gw->unix_listener);
	gw->tcp = gw->unix_listener = NULL;
	links_free(gw->links);
	gw->links = NULL;
	worker_timer_free(gw->tick);
	gw->tick = NULL;
	query_free_spares(gw);
	plan_cache_free(gw->plans);
	gw->plans = NULL;
	snapshot_put(gw->catalog ? &gw->catalog->snap : NULL);
	gw->catalog = NULL;
}

void gate_worker_stop(struct gate_worker *gw)
{
	/* Everything is closed on the worker's own thread, the last thing it does. */
	if (!gw->worker || gw->stopped || worker_post(gw->worker, close_all, gw) < 0)
		return;
	gw->stopped = true;
	worker_join(gw->worker);
}

void gate_worker_free(struct gate_worker *gw)
{
	if (!gw)
		return;
	gate_worker_stop(gw);
	if (gw->stopped)
		worker_free(gw->worker);
	pool_fini(&gw->session_pool);
	free(gw);
}

struct catalog *gate_worker_catalog(struct gate_worker *gw)
{
	struct catalog *c;

	if (gw->catalog && !snapshot_changed(&gw->gate->catalog, gw->catalog_generation))
		return gw->catalog;
	c = (struct catalog *)snapshot_acquire(&gw->gate->catalog, &gw->catalog_generation);
	if (!c)
		return gw->catalog;
	snapshot_put(gw->catalog ? &gw->catalog->snap : NULL);
	gw->catalog = c;
	plan_cache_clear(gw->plans);
	links_trim(gw->links, c);
	return c;
}

struct session *gate_worker_session(struct gate_worker *gw, uint32_t id)
{
	struct session *s = gw->sessions;

	while (s && s->id != id)
		s = s->next;
	return s;
}
