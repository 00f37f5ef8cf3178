/* exec_cancel - requests whose end is not the statement's own: canceled by the caller, too late,
 * stalled, cut off by a shutdown. A statement that runs is killed; its connection is drained before
 * anything else uses it. */
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/net/worker.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_server.h"
#include "src/wire/caps.h"
#include "tablet/mysqld/mysqld_manager.h"
#include "tablet/mysqld/semi_sync.h"
#include "tablet/pool/killer.h"
#include "tablet/query/exec.h"
#include "tablet/query/exec_int.h"
#include "tablet/query/kept.h"
#include "tablet/query/query_worker.h"
#include "tablet/state/tablet.h"

/* KILL QUERY that comes before mysqld has read the statement hits nothing: it is said again and again.
 * A statement that does not end by all of them has its connection closed. A KILL itself may take
 * MariaDB 2 s when the statement is about to wait for something (THD::awake tries for so long). */
enum { KILL_AGAIN_US = 50000, KILLS = 100, KILL_SOON_US = 2000 };

/* The caller does not wait for the answer any more, and no command is under way. */
static void canceled_over(struct exec *x)
{
	struct kept *k = x->kept;

	if (x->done) { /* KILL came too late */
		if (x->late)
			worker_timer_disarm(x->late);
		exec_settle(x);
		return;
	}
	x->kept = NULL;
	if (k->in_txn || k->reserved) {
		exec_pass_on(k);
	} else {
		k->c->dirty = true;
		exec_end_session(k, false);
	}
	x->c = NULL;
	exec_refuse(x, &x->why);
}

static void on_absorbed(void *arg, const struct scan_part *last)
{
	struct exec *x = arg;

	if (last->what != SCAN_ERR && x->kept)
		x->kept->in_txn = last->status & STATUS_IN_TRANS;
	canceled_over(x);
}

/* Whether a session keeps the connection, which must not be hit by a KILL that comes late. */
static bool goes_on(const struct exec *x)
{
	if (x->kept)
		return !x->kept->doomed;
	return x->done && exec_keeps_new(x, client_conn_status(x->c->conn) & STATUS_IN_TRANS);
}

/* The killed statement has ended and KILL has been answered. */
void exec_drained(struct exec *x)
{
	static const struct client_conn_sink sink = {.end = on_absorbed};

	if (x->killing)
		return;
	if (!goes_on(x)) {
		exec_broken(x, &x->why);
		return;
	}
	x->state = EXEC_ABSORB;
	exec_send_plain(x,
			"\x03"
			"DO 0",
			5, &sink);
}

static void abort_one(struct exec *x, const struct err *why)
{
	x->canceled = true;
	x->why = *why;
	if (x->kept && x->kept->waiting == x) {
		x->kept->waiting = NULL;
		x->kept = NULL;
	}
	conn_pool_cancel(&x->wait);
	if (x->c)
		exec_broken(x, why);
	else if (x->reply)
		exec_refuse(x, why);
}

unsigned exec_abort_all(struct query_worker *q, const struct err *why)
{
	struct exec *x = q->active;
	unsigned n = 0;

	while (x) {
		if (x->state == EXEC_OVER) {
			x = x->next; /* its callback ends it */
			continue;
		}
		if (x->state == EXEC_RELOAD)
			exec_finish(x); /* its statement has ended */
		else
			abort_one(x, why);
		n++;
		x = q->active; /* others may have gone with it */
	}
	return n;
}

static void say_kill(struct exec *x);

static void on_late(void *arg)
{
	struct exec *x = arg;

	if (x->kills < KILLS) {
		bool runs = (x->state == EXEC_STEP || x->state == EXEC_MAIN) && x->c &&
			    client_conn_under_way(x->c->conn);

		if (runs && !x->killing && !client_conn_swallows(x->c->conn)) {
			say_kill(x);
			return;
		}
		x->kills++;
		worker_timer_arm(x->late, KILL_AGAIN_US);
		return;
	}
	log_warn("tablet.exec",
		 "event=close connection=%u reason=\"a killed statement does not end\"",
		 client_conn_id(x->c->conn));
	err_set(&x->why, ERR_DEADLINE,
		"the statement was canceled, but did not end: whether it was done is not known");
	exec_broken(x, &x->why);
}

/* The statement runs on in mysqld, which notices that its client is gone when it next answers. */
static void not_killed(struct exec *x)
{
	struct err e;

	log_warn("tablet.exec", "event=close connection=%u reason=\"KILL could not be sent\"",
		 client_conn_id(x->c->conn));
	err_set(&e, ERR_UNAVAILABLE, "the statement could not be killed");
	exec_broken(x, &e);
}

static void on_killed(void *arg, bool asked)
{
	struct exec *x = arg;
	bool under_way = x->c && client_conn_under_way(x->c->conn);

	x->killing = false;
	if (x->state == EXEC_OVER)
		exec_put(x);
	else if (under_way && !asked)
		not_killed(x);
	else if (x->c && !under_way)
		exec_drained(x);
}

static void say_kill(struct exec *x)
{
	x->kills++;
	worker_timer_arm(x->late, KILL_AGAIN_US);
	if (killer_kill(conn_pool_killer(x->c->pool), client_conn_id(x->c->conn), on_killed, x) == 0)
		x->killing = true;
	else
		not_killed(x);
}

static void kill_statement(struct exec *x)
{
	if (x->paused)
		client_conn_resume(x->c->conn);
	x->paused = false;
	x->kills = 0;
	if (!x->late)
		x->late = worker_timer_new(x->q->worker, on_late, x);
	if (!x->late)
		not_killed(x);
	else if (client_conn_swallows(x->c->conn)) /* BEGIN, say: without it the rest would commit */
		worker_timer_arm(x->late, KILL_SOON_US);
	else
		say_kill(x);
}

void exec_cancel(struct exec *x, const struct err *why)
{
	if (x->canceled || x->state == EXEC_WARNINGS || x->state == EXEC_STATUS)
		return; /* or the statement has ended: its answer follows */
	x->canceled = true;
	x->why = *why;
	metrics_add(x->q->m.canceled, 1);
	switch (x->state) {
	case EXEC_POOL:
		conn_pool_cancel(&x->wait);
		exec_refuse(x, &x->why);
		return;
	case EXEC_SESSION:
		x->kept->waiting = NULL;
		x->kept = NULL;
		exec_refuse(x, &x->why);
		return;
	case EXEC_STEP:
	case EXEC_MAIN:
		if (x->kind != EXEC_FINISH) /* a COMMIT is never killed: it may have happened */
			kill_statement(x);
		return;
	case EXEC_RELOAD:
		exec_finish(x); /* its statement has ended: reading the schema goes on without it */
		return;
	case EXEC_NEW:
	case EXEC_WARNINGS:
	case EXEC_STATUS:
	case EXEC_ABSORB:
	case EXEC_OVER:
		return;
	}
}

bool exec_is_acknowledged(struct exec *x, uint16_t status)
{
	struct semi_sync_status s = {.wanted = false};

	if (!x->canceled || !x->kills || status & STATUS_IN_TRANS)
		return true;
	if (x->q->tablet->mysqld)
		mysqld_manager_semi_sync(x->q->tablet->mysqld, &s);
	if (s.wanted)
		err_set(&x->why, ERR_CANCELED,
			"Query execution was interrupted, maybe while a commit waited for a "
			"replica: whether it was done is not known");
	return !s.wanted;
}

static void on_cancel(void *arg, const struct err *why)
{
	struct err e = *why;

	if (e.code == ERR_CANCELED)
		err_set(&e, ERR_CANCELED, "Query execution was interrupted");
	exec_cancel(arg, &e);
}

/* The client of the call is gone: its session ends with the call, or now. */
static void on_gone(void *arg)
{
	struct exec *x = arg;

	x->gone = true;
	if (x->kept)
		x->kept->doomed = true;
	else if (x->trailer_session)
		kept_release_call(&x->q->kept, x->call); /* it left it already */
	x->trailer_session = 0;
}

void exec_owner_gone(struct query_worker *q, uint64_t owner)
{
	for (struct exec *x = q->active; x; x = x->next)
		if (x->owner == owner)
			x->gone = true; /* kept_release_owner() looks after what is kept already */
}

static void on_writable(void *arg)
{
	struct exec *x = arg;

	if (!x->paused || !x->c)
		return;
	x->paused = false;
	x->stalled = 0;
	client_conn_resume(x->c->conn);
}

static const struct rpc_reply_handler reply_handler = {
	.cancel = on_cancel, .writable = on_writable, .gone = on_gone};

void exec_set_handler(struct exec *x)
{
	rpc_reply_set_handler(x->reply, &reply_handler, x);
}

/* The client takes nothing of its answer. The session ends, too: its locks would stay for as long
 * as the client likes. */
static void end_stalled(struct exec *x, unsigned ticks)
{
	struct err e;

	log_warn("tablet.exec", "event=stalled peer=%s ticks=%u", rpc_reply_peer(x->reply), ticks);
	err_set(&e, ERR_DEADLINE, "the client took nothing of the answer for too long");
	if (x->kept)
		x->kept->doomed = true;
	exec_cancel(x, &e);
}

static void end_quiet(struct exec *x)
{
	struct err e;

	err_set(&e, ERR_DEADLINE, "mysqld sent nothing for too long");
	exec_cancel(x, &e);
}

static bool limited(const struct exec *x)
{
	return x->kind != EXEC_FINISH && !(x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_DDL);
}

/* Counts a tick of each request that runs a command. */
static void count_tick(struct query_worker *q)
{
	for (struct exec *x = q->active; x; x = x->next) {
		if (x->canceled || (x->state != EXEC_STEP && x->state != EXEC_MAIN))
			continue;
		if (x->paused)
			x->stalled++;
		else if (limited(x))
			x->quiet++;
	}
}

/* Ticks are counted, not read off the clock: a tablet that was stopped has not looked at its
 * sockets. */
void exec_tick(struct query_worker *q, unsigned stall_ticks, unsigned quiet_ticks)
{
	struct exec *x = q->active;

	count_tick(q);
	while (x) {
		if (x->canceled || (x->stalled <= stall_ticks && x->quiet <= quiet_ticks)) {
			x = x->next;
			continue;
		}
		if (x->stalled > stall_ticks)
			end_stalled(x, x->stalled);
		else
			end_quiet(x);
		x = q->active; /* others may have gone with it */
	}
}
