/* exec - see exec.h. How it ends: by exactly one of finish() (mysqld answered) and exec_refuse()
 * (the tablet did), before which the connection was given back, passed on or closed. */
#include "tablet/query/exec.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/net/worker.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_server.h"
#include "src/wire/caps.h"
#include "src/wire/packet.h"
#include "src/wire/prepared.h"
#include "src/wire/reply.h"
#include "tablet/query/exec_int.h"
#include "tablet/query/kept.h"
#include "tablet/query/query_worker.h"
#include "tablet/schema/schema.h"
#include "tablet/state/tablet.h"

enum { SPARES = 256 };

static void take_session(struct exec *x, struct kept *k);

/* --- life --- */

void exec_wake_tick(struct query_worker *q)
{
	if (!q->resting)
		return;
	q->resting = false;
	worker_timer_arm(q->tick, EXEC_TICK_US);
}

struct exec *exec_new(struct query_worker *q, struct rpc_reply *r, enum exec_kind kind)
{
	struct exec *x = q->spare;

	if (x) {
		q->spare = x->next_spare;
		q->spares--;
		memset(&x->reply, 0, sizeof(*x) - offsetof(struct exec, reply));
	} else {
		x = calloc(1, sizeof(*x));
		if (!x)
			return NULL;
		x->q = q;
		arena_init(&x->arena, 0);
	}
	x->reply = r;
	x->kind = kind;
	x->owner = rpc_reply_connection(r);
	x->call = rpc_reply_number(r);
	x->started_us = worker_now_us(q->worker);
	q->running++;
	x->next = q->active;
	if (x->next)
		x->next->prev = x;
	q->active = x;
	exec_set_handler(x);
	exec_wake_tick(q);
	return x;
}

static void destroy(struct exec *x)
{
	arena_fini(&x->arena);
	worker_timer_free(x->late);
	free(x);
}

void exec_put(struct exec *x)
{
	struct query_worker *q = x->q;

	if (x->late)
		worker_timer_disarm(x->late);
	buf_fini(&x->warning_rows);
	x->state = EXEC_OVER;
	if (x->killing || x->reloading)
		return; /* the callback frees it */
	q->running--;
	if (x->next)
		x->next->prev = x->prev;
	if (x->prev)
		x->prev->next = x->next;
	else
		q->active = x->next;
	if (q->spares >= SPARES) {
		destroy(x);
		return;
	}
	arena_reset(&x->arena);
	x->next_spare = q->spare;
	q->spare = x;
	q->spares++;
}

void exec_free_spares(struct query_worker *q)
{
	while (q->spare) {
		struct exec *x = q->spare;

		q->spare = x->next_spare;
		destroy(x);
	}
	q->spares = 0;
}

static void send_end(struct exec *x, const struct err *e)
{
	Sluice__ExecuteTrailer m = SLUICE__EXECUTE_TRAILER__INIT;
	uint8_t small[128], *packed = small;
	size_t n;

	m.session = x->trailer_session;
	m.in_transaction = x->trailer_in_txn;
	m.schema_version = schema_version(x->q->tablet->schema);
	m.n_warnings = e ? 0 : x->warning_count;
	m.warnings = x->warning;
	m.done = x->done;
	if (x->done)
		m.ok_packet = (ProtobufCBinaryData){x->ok_packet.n,
						    (uint8_t *)(uintptr_t)x->ok_packet.p};
	n = sluice__execute_trailer__get_packed_size(&m);
	if (n > sizeof(small))
		packed = arena_alloc(&x->arena, n);
	if (!packed) { /* rather without warnings than not at all */
		m.n_warnings = 0;
		m.ok_packet.len = 0;
		packed = small;
	}
	n = sluice__execute_trailer__pack(&m, packed);
	if (e)
		rpc_reply_error_trailer(x->reply, e, packed, n);
	else
		rpc_reply_end(x->reply, packed, n);
	x->reply = NULL;
}

void exec_refuse(struct exec *x, const struct err *e)
{
	struct kept *k;
	struct err none;

	metrics_add(x->q->m.errors, 1);
	/* The session that the request named may have survived it. */
	k = x->session ? kept_find(&x->q->kept, x->session, x->owner, &none) : NULL;
	x->trailer_session = k ? k->id : 0;
	x->trailer_in_txn = k && k->in_txn;
	send_end(x, e);
	exec_put(x);
}

/* --- ends --- */

void exec_finish(struct exec *x)
{
	send_end(x, NULL);
	if (x->failed)
		metrics_add(x->q->m.errors, 1);
	metrics_observe_us(x->q->m.time, worker_now_us(x->q->worker) - x->started_us);
	exec_put(x);
}

/* Ends what waited for a session that is gone. */
static void refuse_waiting(struct exec *w)
{
	struct err e;

	w->kept = NULL;
	if (w->kind == EXEC_RELEASE) {
		exec_finish(w);
		return;
	}
	err_set(&e, ERR_TXN_LOST,
		"the session's connection to mysqld was lost before this statement");
	exec_refuse(w, &e);
}

void exec_end_session(struct kept *k, bool discard)
{
	struct exec *w = k->waiting;
	struct pooled *c = kept_take(k);

	if (discard)
		conn_pool_discard(c);
	else
		conn_pool_put(c);
	if (w)
		refuse_waiting(w);
}

void exec_pass_on(struct kept *k)
{
	struct exec *w = k->waiting;

	k->used_us = worker_now_us(worker_current());
	kept_idle(k);
	if (k->doomed) {
		k->c->dirty = true;
		exec_end_session(k, false);
		return;
	}
	k->waiting = NULL;
	if (w)
		take_session(w, k);
}

void exec_broken(struct exec *x, const struct err *why)
{
	struct query_worker *q = x->q;
	struct err e = x->why;

	if (x->began || (x->kept && x->kept->in_txn))
		x->done = false; /* rolled back with the connection */
	if (!x->canceled) {
		err_set(&e, ERR_UNAVAILABLE, "shard %s/%s: lost connection to mysqld: %s",
			q->tablet->keyspace, q->tablet->shard, why->msg);
		metrics_add(q->m.lost, 1);
	}
	if (x->kept)
		exec_end_session(x->kept, true);
	else
		conn_pool_discard(x->c);
	x->c = NULL;
	x->kept = NULL;
	exec_refuse(x, &e);
}

static void on_conn_closed(void *arg, const struct err *why)
{
	struct exec *x = arg;

	if (x->state == EXEC_RELOAD || x->state == EXEC_OVER)
		return;
	exec_broken(x, why);
}

/* --- after the statement --- */

static void on_reloaded(void *arg)
{
	struct exec *x = arg;

	x->reloading = false;
	if (x->state == EXEC_OVER)
		exec_put(x);
	else
		exec_finish(x);
}

static void after_connection(struct exec *x)
{
	struct err e;

	if (!(x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_DDL) || x->failed) {
		exec_finish(x);
		return;
	}
	x->state = EXEC_RELOAD;
	x->reloading = true;
	if (schema_reload(x->q->tablet->schema, x->q->worker, on_reloaded, x, &e) == 0)
		return;
	x->reloading = false;
	log_warn("tablet.exec", "event=schema_reload problem=\"%s\"", e.msg);
	exec_finish(x);
}

static bool keeps_existing(struct exec *x, bool in_txn)
{
	if (x->kind == EXEC_FINISH) {
		x->kept->reserved = x->keep_reserved;
		return x->keep_reserved || (in_txn && !x->failed);
	}
	if (x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_RESERVE)
		x->kept->reserved = true;
	return x->kept->reserved || in_txn;
}

bool exec_keeps_new(const struct exec *x, bool in_txn)
{
	if (x->gone)
		return false;
	if (x->began && in_txn)
		return true;
	return x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_RESERVE && x->ran;
}

/* An existing session goes on, or its connection goes back. */
static void settle_existing(struct exec *x, bool in_txn)
{
	struct kept *k = x->kept;
	bool was_reserved = k->reserved;
	bool keep = keeps_existing(x, in_txn);

	k->in_txn = in_txn;
	x->kept = NULL;
	if (keep) {
		/* Outside of a transaction it does not take the place of one. */
		if (!in_txn)
			conn_pool_move(k->c, x->q->reserved);
		if (!k->doomed) {
			x->trailer_session = k->id;
			x->trailer_in_txn = in_txn;
		}
		exec_pass_on(k);
		return;
	}
	k->c->dirty = k->c->dirty || was_reserved || in_txn;
	exec_end_session(k, false);
}

void exec_settle(struct exec *x)
{
	bool in_txn = client_conn_status(x->c->conn) & STATUS_IN_TRANS;
	struct pooled *c = x->c;
	struct kept *k;
	struct err e;

	if (x->kept) {
		settle_existing(x, in_txn);
	} else if (exec_keeps_new(x, in_txn)) {
		k = kept_add(&x->q->kept, c, x->owner);
		if (!k) {
			err_set(&e, ERR_NOMEM,
				"out of memory for a session; its transaction is rolled back");
			x->canceled = true; /* so that the message is this one */
			x->why = e;
			exec_broken(x, &e);
			return;
		}
		k->reserved = x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_RESERVE;
		k->in_txn = in_txn;
		k->used_us = worker_now_us(x->q->worker);
		k->last_call = x->call;
		x->trailer_session = k->id;
		x->trailer_in_txn = in_txn;
		kept_idle(k);
	} else if (x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_ADMIN) {
		conn_pool_discard(c); /* its rights are as they were when it logged in */
	} else {
		c->dirty = c->dirty || in_txn || x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_RESERVE;
		conn_pool_put(c);
	}
	x->c = NULL;
	after_connection(x);
}

void exec_send_plain(struct exec *x, const void *text, size_t n,
		     const struct client_conn_sink *sink)
{
	struct iovec part = {(void *)(uintptr_t)text, n};
	struct err e;

	if (client_conn_send(x->c->conn, &part, 1, sink, x, &e) < 0)
		exec_broken(x, &e);
}

static void on_status(void *arg, const struct scan_part *last)
{
	struct exec *x = arg;

	(void)last;
	if (x->canceled)
		exec_drained(x);
	else
		exec_settle(x);
}

void exec_conclude(struct exec *x)
{
	static const struct client_conn_sink sink = {.end = on_status};

	if (x->canceled && x->kind != EXEC_FINISH) {
		exec_drained(x);
		return;
	}
	if (exec_fetch_warnings(x))
		return;
	/* ERR packets do not say whether the transaction is still open (a deadlock ends it). */
	if (x->failed && client_conn_status(x->c->conn) & STATUS_IN_TRANS) {
		x->state = EXEC_STATUS;
		exec_send_plain(x, "\x0e", 1, &sink);
		return;
	}
	exec_settle(x);
}

/* --- beginning --- */

static void own(struct exec *x, struct pooled *c)
{
	x->c = c;
	c->closed = on_conn_closed;
	c->arg = x;
}

static void release(struct exec *x, struct kept *k)
{
	x->kept = NULL;
	x->c = NULL;
	k->c->dirty = true;
	exec_end_session(k, false);
	exec_finish(x);
}

static void take_session(struct exec *x, struct kept *k)
{
	x->kept = k;
	if (x->kind == EXEC_RELEASE) {
		release(x, k);
		return;
	}
	k->running = x;
	k->last_call = x->call;
	own(x, k->c);
	x->step = x->kind == EXEC_FINISH ? STEP_MAIN : STEP_SETTINGS;
	exec_advance(x);
}

static void join_session(struct exec *x)
{
	struct err e;
	struct kept *k = kept_find(&x->q->kept, x->session, x->owner, &e);

	if (!k && x->kind == EXEC_RELEASE) {
		exec_finish(x); /* gone already, which is what is wanted */
		return;
	}
	if (!k) {
		exec_refuse(x, &e);
		return;
	}
	if (!k->running) {
		take_session(x, k);
		return;
	}
	if (k->waiting || (!k->running->canceled && x->kind != EXEC_RELEASE)) {
		err_set(&e, ERR_CONFLICT, "the session runs another statement");
		exec_refuse(x, &e);
		return;
	}
	k->waiting = x;
	x->kept = k;
	x->state = EXEC_SESSION;
	err_set(&e, ERR_CANCELED, "the session was released");
	exec_cancel(k->running, &e);
}

static void on_conn(void *arg, struct pooled *c, const struct err *e)
{
	struct exec *x = arg;

	if (!c) {
		exec_refuse(x, e);
		return;
	}
	own(x, c);
	exec_advance(x);
}

void exec_start(struct exec *x)
{
	struct query_worker *q = x->q;
	struct conn_pool *pool = q->reads;
	struct pooled *c;
	struct err e;
	int rc;

	if (x->session || x->kind == EXEC_FINISH || x->kind == EXEC_RELEASE) {
		join_session(x);
		return;
	}
	if (x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_ADMIN)
		pool = q->admin;
	else if (x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_BEGIN)
		pool = q->sessions;
	else if (x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_RESERVE)
		pool = q->reserved;
	x->wait.kind =
		(x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_FOUND_ROWS ? POOLED_FOUND_ROWS : 0) |
		(x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_MULTI_STATEMENTS
			 ? POOLED_MULTI_STATEMENTS
			 : 0);
	x->wait.settings_hash = conn_pool_settings_hash(x->settings);
	x->wait.fn = on_conn;
	x->wait.arg = x;
	rc = conn_pool_get(pool, &x->wait, &c, &e);
	if (rc < 0) {
		exec_refuse(x, &e);
	} else if (rc == 0) {
		x->state = EXEC_POOL;
	} else {
		own(x, c);
		exec_advance(x);
	}
}
