#include "gate/session/gate_server.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "gate/base/gate_settings.h"
#include "gate/catalog/catalog.h"
#include "gate/catalog/tracker.h"
#include "gate/exec/statement.h"
#include "gate/pick/link.h"
#include "gate/plan/plan_cache.h"
#include "gate/session/dispatch.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/kill.h"
#include "gate/session/login.h"
#include "gate/session/processlist.h"
#include "gate/session/session.h"
#include "gate/session/users.h"
#include "src/base/metrics.h"
#include "src/net/listener.h"
#include "src/net/stream.h"
#include "src/net/blocking.h"
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

static bool is_idle_too_long(const struct session *s, uint64_t age)
{
	uint64_t own = s->conn.vars.wait_timeout_us, limit = (uint64_t)s->conn.limits.idle_us;

	return (limit && age > limit) || (own && age > own);
}

/* Whether the client has taken nothing of its answer for longer than allowed. */
static bool is_stalled(struct session *s, uint64_t now)
{
	uint64_t limit = (uint64_t)s->conn.limits.net_write_us;
	size_t pending = stream_pending(s->conn.client.stream);

	if (!client_congested(&s->conn.client) || pending < s->pending)
		s->stalled_us = 0;
	else if (!s->stalled_us)
		s->stalled_us = now;
	s->pending = pending;
	return s->stalled_us && limit && now - s->stalled_us > limit;
}

/* Ends sessions that take too long to log in or have been idle too long, and idle ones when the
 * gate drains. */
static void on_tick(void *arg)
{
	struct gate_worker *gw = arg;
	const struct gate_settings *o = gw->ctx.settings;
	uint64_t now = worker_now_us(gw->ctx.worker);
	bool draining = atomic_load(&gw->gate->draining);
	struct session *s, *next;

	for (s = gw->sessions; s; s = next) {
		uint64_t age = now - s->since_us;
		bool login = s->state < SESSION_IDLE;

		next = s->next;
		if (login && o->connect_timeout_us && age > (uint64_t)o->connect_timeout_us)
			session_close(s, "login took too long");
		else if (s->state == SESSION_IDLE && is_idle_too_long(s, age))
			session_close(s, "idle too long");
		else if (s->state == SESSION_BUSY && is_stalled(s, now))
			session_close(s, "the client does not take its answer");
		else if (s->state == SESSION_IDLE && draining && !s->conn.txn.open)
			session_close(s, "shutting down");
	}
	worker_timer_arm(gw->tick, draining ? WORKER_TICK_US / 20 : WORKER_TICK_US);
}

static int open_listeners(struct gate_worker *gw, struct err *e)
{
	const struct gate_settings *o = gw->ctx.settings;

	if (o->mysql_address) {
		gw->tcp = listener_new(gw->ctx.worker, o->mysql_address, o->workers > 1, accept_tcp,
				       gw, e);
		if (!gw->tcp)
			return -1;
	}
	/* A unix socket cannot be shared by listeners: the first worker has it. */
	if (o->mysql_socket && gw->index == 0) {
		char address[160];

		snprintf(address, sizeof(address), "unix:%s", o->mysql_socket);
		gw->unix_listener =
			listener_new(gw->ctx.worker, address, false, accept_unix, gw, e);
		if (!gw->unix_listener)
			return -1;
	}
	return 0;
}

/* --- what statements ask of the gate --- */

/* The worker is the first thing around the context. */
static struct gate_worker *worker_of(struct gate_ctx *ctx)
{
	return (struct gate_worker *)ctx;
}

static void take_catalog(struct gate_ctx *ctx)
{
	struct gate_worker *gw = worker_of(ctx);
	struct gate_catalog *c;

	if (ctx->catalog && !snapshot_changed(&gw->gate->catalog, gw->catalog_generation))
		return;
	c = (struct gate_catalog *)snapshot_acquire(&gw->gate->catalog, &gw->catalog_generation);
	if (!c)
		return;
	snapshot_put(ctx->catalog ? &ctx->catalog->snap : NULL);
	ctx->catalog = c;
	plan_cache_clear(ctx->plans);
	links_trim(ctx->links, c);
	links_watch(ctx->links, c);
}

static void refresh_schema(struct gate_ctx *ctx, const char *keyspace, void (*done)(void *arg),
			   void *arg)
{
	tracker_refresh(worker_of(ctx)->gate->tracker, keyspace, done, arg);
}

/* The user whose sessions @user may reach; NULL: all. As the users file says now. */
static const char *reach_of(struct gate_ctx *ctx, const char *user)
{
	struct users *u = (struct users *)snapshot_acquire(&worker_of(ctx)->gate->users, NULL);
	bool all = u && users_may_process(u, str_of(user));

	snapshot_put(u ? &u->snap : NULL);
	return all ? NULL : user;
}

static int kill_for(struct gate_ctx *ctx, const struct gate_kill *k,
		    void (*done)(void *arg, bool found), void *arg)
{
	struct gate_kill reach = *k;

	reach.user = reach_of(ctx, k->user);
	return kill_connection(worker_of(ctx), &reach, done, arg);
}

static int list_sessions(struct gate_ctx *ctx, const char *user,
			 void (*done)(void *arg, struct session_list *l), void *arg)
{
	return processlist_gather(worker_of(ctx), reach_of(ctx, user), done, arg);
}

static int run_elsewhere(struct gate_ctx *ctx, void (*work)(void *arg), void (*done)(void *arg),
			 void *arg)
{
	return blocking_run(worker_of(ctx)->gate->blocking, work, ctx->worker, done, arg);
}

static const struct gate_ctx_ops ctx_ops = {take_catalog, refresh_schema, kill_for, run_elsewhere,
					    list_sessions};

static const struct session_ops session_ops = {
	.command = dispatch_command,
	.greet = login_start,
	.login = login_packet,
	.wants_tls = login_wants_tls,
	.start_tls = login_start_tls,
	.secured = login_secured,
	.drop_login = login_free,
};

struct gate_worker *gate_server_new_worker(struct gate *g, unsigned index, struct err *e)
{
	struct gate_worker *gw = calloc(1, sizeof(*gw));
	char name[16];

	if (!gw) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	gw->gate = g;
	gw->index = index;
	gw->session_ops = &session_ops;
	gw->ctx = (struct gate_ctx){
		.settings = g->settings, .lex = &g->lex, .seed = g->seed, .ops = &ctx_ops};
	snprintf(name, sizeof(name), "gate-%u", index);
	pool_init(&gw->session_pool, sizeof(struct session), WORKER_SPARE_SESSIONS);
	gw->ctx.metric.queries =
		metrics_id(METRIC_COUNTER, "sluice_gate_queries_total", "", "Statements run.");
	gw->ctx.metric.scatter_errors =
		metrics_id(METRIC_COUNTER, "sluice_gate_scatter_errors_total", "",
			   "Statements on several shards that failed.");
	gw->ctx.metric.errors = metrics_id(METRIC_COUNTER, "sluice_gate_errors_total", "",
					   "Errors sent to clients.");
	gw->ctx.metric.latency =
		metrics_histogram("sluice_gate_query_seconds", "", "Time to answer a statement.");
	gw->ctx.worker = worker_new_io(name, g->settings->io, e);
	gw->ctx.plans = plan_cache_new((size_t)g->settings->plan_cache_bytes);
	gw->ctx.links = links_new(gw->ctx.worker, gw->ctx.settings->rpc);
	if (!gw->ctx.worker)
		goto fail;
	gw->tick = worker_timer_new(gw->ctx.worker, on_tick, gw);
	gw->ctx.turn = worker_timer_new(gw->ctx.worker, statement_run_yielding, &gw->ctx);
	if (!gw->ctx.plans || !gw->ctx.links || !gw->tick || !gw->ctx.turn) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto fail;
	}
	if (open_listeners(gw, e) < 0)
		goto fail;
	worker_timer_arm(gw->tick, WORKER_TICK_US);
	return gw;
fail:
	gate_server_free_worker(gw);
	return NULL;
}

int gate_server_start_worker(struct gate_worker *gw, struct err *e)
{
	return worker_start(gw->ctx.worker, e);
}

static void begin_drain(void *arg)
{
	struct gate_worker *gw = arg;

	listener_free(gw->tcp);
	listener_free(gw->unix_listener);
	gw->tcp = gw->unix_listener = NULL;
	on_tick(gw);
}

void gate_server_drain_worker(struct gate_worker *gw)
{
	if (worker_post(gw->ctx.worker, begin_drain, gw) < 0)
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
	links_free(gw->ctx.links);
	gw->ctx.links = NULL;
	worker_timer_free(gw->tick);
	gw->tick = NULL;
	worker_timer_free(gw->ctx.turn);
	gw->ctx.turn = NULL;
	statement_free_spares(&gw->ctx);
	plan_cache_free(gw->ctx.plans);
	gw->ctx.plans = NULL;
	snapshot_put(gw->ctx.catalog ? &gw->ctx.catalog->snap : NULL);
	gw->ctx.catalog = NULL;
}

void gate_server_stop_worker(struct gate_worker *gw)
{
	/* Everything is closed on the worker's own thread, the last thing it does. */
	if (!gw->ctx.worker || gw->stopped || worker_post(gw->ctx.worker, close_all, gw) < 0)
		return;
	gw->stopped = true;
	worker_join(gw->ctx.worker);
}

void gate_server_free_worker(struct gate_worker *gw)
{
	if (!gw)
		return;
	gate_server_stop_worker(gw);
	if (gw->stopped)
		worker_free(gw->ctx.worker);
	pool_fini(&gw->session_pool);
	free(gw);
}
