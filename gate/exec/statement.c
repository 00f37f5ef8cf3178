#include "gate/exec/statement.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/exec/plan_ahead.h"
#include "gate/plan/plan_cache.h"
#include "gate/shardio/shard_fetch.h"
#include "gate/txn/commit.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/net/worker.h"
#include "src/wire/caps.h"
#include "topo/graph.h"

enum { STATEMENT_SPARES = 64, STATEMENT_TEXT_KEPT = 64 * 1024 };

static const char *const state_names[] = {"idle",    "planning", "opening", "running",
					  "closing", "answered", "orphaned"};

void statement_set_state(struct statement *st, enum statement_state to)
{
	enum {
		IDLE = 1u << STATEMENT_IDLE,
		PLANNING = 1u << STATEMENT_PLANNING,
		OPENING = 1u << STATEMENT_OPENING,
		RUNNING = 1u << STATEMENT_RUNNING,
		CLOSING = 1u << STATEMENT_CLOSING,
		ANSWERED = 1u << STATEMENT_ANSWERED,
		ORPHANED = 1u << STATEMENT_ORPHANED,
	};
	static const unsigned legal[] = {
		[STATEMENT_IDLE] = PLANNING,
		[STATEMENT_PLANNING] = OPENING | RUNNING | ANSWERED | ORPHANED | IDLE,
		[STATEMENT_OPENING] = RUNNING | ANSWERED | ORPHANED,
		[STATEMENT_RUNNING] = CLOSING | ANSWERED | ORPHANED,
		[STATEMENT_CLOSING] = ANSWERED | ORPHANED,
		[STATEMENT_ANSWERED] = PLANNING | ORPHANED | IDLE,
		[STATEMENT_ORPHANED] = IDLE,
	};

	if (!(legal[st->state] & 1u << to)) {
		log_error("gate.statement", "event=illegal_state from=%s to=%s",
			  state_names[st->state], state_names[to]);
		assert(!"illegal statement state");
	}
	st->state = to;
}

/* --- objects --- */

struct statement *statement_take(struct conn *conn, enum statement_input input,
				 void (*done)(struct statement *st))
{
	struct gate_ctx *ctx = conn->ctx;
	struct statement *st = ctx->spare;

	if (st) {
		ctx->spare = st->next;
		ctx->spares--;
	} else {
		st = calloc(1, sizeof(*st));
		if (!st)
			return NULL;
		arena_init(&st->arena, (size_t)ctx->settings->statement_memory);
		fingerprint_init(&st->fp);
	}
	st->next = NULL;
	st->ctx = ctx;
	st->conn = conn;
	st->input = input;
	st->done = done;
	st->stmt = NULL;
	st->at = 0;
	st->more = st->failed = st->driving = st->yielded = st->killed = st->borrowed_fp = false;
	statement_set_state(st, STATEMENT_PLANNING);
	return st;
}

static void free_statement(struct statement *st)
{
	arena_fini(&st->arena);
	fingerprint_fini(&st->fp);
	buf_fini(&st->text);
	buf_fini(&st->execute);
	free(st);
}

void statement_drop(struct statement *st)
{
	assert(!st->running && !st->fetching && !st->commit && !st->wait);
	if (st->kind && st->kind->drop)
		st->kind->drop(st);
	st->kind = NULL;
	plan_ahead_free(st->ahead);
	st->ahead = NULL;
	st->merge = NULL;
	st->call = NULL;
	st->calls = 0;
	st->fetch = NULL;
	st->local = NULL;
	plan_cache_put(st->ctx->plans, st->entry);
	st->entry = NULL;
	st->plan = NULL;
	st->keyspace = NULL;
	arena_reset(&st->arena);
}

static void unyield(struct statement *st)
{
	struct statement **at = &st->ctx->yielding;

	if (!st->yielded)
		return;
	while (*at != st)
		at = &(*at)->next;
	*at = st->next;
	st->next = NULL;
	st->yielded = false;
}

static void keep_or_free(struct statement *st)
{
	struct gate_ctx *ctx = st->ctx;

	if (ctx->spares >= STATEMENT_SPARES || st->fp.lits.cap > STATEMENT_TEXT_KEPT) {
		free_statement(st);
		return;
	}
	st->next = ctx->spare;
	ctx->spare = st;
	ctx->spares++;
}

void statement_put(struct statement *st)
{
	statement_drop(st);
	st->conn = NULL;
	statement_set_state(st, STATEMENT_IDLE);
	/* A giant statement's memory is not kept. */
	if (st->text.cap > STATEMENT_TEXT_KEPT)
		buf_fini(&st->text);
	if (st->execute.cap > STATEMENT_TEXT_KEPT)
		buf_fini(&st->execute);
	buf_reset(&st->text);
	buf_reset(&st->execute);
	unyield(st);
	keep_or_free(st);
}

void statement_free_spares(struct gate_ctx *ctx)
{
	while (ctx->spare) {
		struct statement *st = ctx->spare;

		ctx->spare = st->next;
		free_statement(st);
	}
	ctx->spares = 0;
}

/* --- ends --- */

void statement_done(struct statement *st)
{
	metrics_observe_us(st->ctx->metric.latency,
			   worker_now_us(st->ctx->worker) - st->started_us);
	statement_set_state(st, STATEMENT_ANSWERED);
	st->done(st);
}

void statement_fail(struct statement *st, const struct err *e)
{
	if (st->calls > 1)
		metrics_add(st->ctx->metric.scatter_errors, 1);
	conn_send_error(st->conn, e);
	st->failed = true;
	statement_set_state(st, STATEMENT_ANSWERED);
	st->done(st);
}

void statement_fail_memory(struct statement *st)
{
	struct err e;

	err_set(&e, ERR_NOMEM, "the statement needs more memory than allowed");
	statement_fail(st, &e);
}

void statement_ok(struct statement *st)
{
	conn_send_done(st->conn, 0, 0, statement_has_more(st));
	statement_done(st);
}

void statement_check(struct statement *st)
{
	if (st->state != STATEMENT_RUNNING || st->running)
		return;
	if (st->error.code == ERR_OK && st->kind->finished && !st->kind->finished(st))
		return; /* rows are still waiting for the client */
	st->calls_over(st);
}

void statement_stop_calls(struct statement *st)
{
	for (unsigned i = 0; i < st->calls; i++) {
		if (st->call[i].ended)
			continue;
		st->call[i].stopped = true;
		shard_call_cancel(&st->call[i]);
	}
}

/* Cancels all that can be canceled; each tells its end later. */
static void cancel_all(struct statement *st)
{
	for (unsigned i = 0; i < st->calls; i++)
		shard_call_cancel(&st->call[i]);
	if (st->fetching)
		shard_fetch_cancel(st->fetch);
}

void statement_kill(struct statement *st)
{
	st->killed = true;
	/* Each call tells whether it was done before KILL came. A COMMIT is never killed, nor what
	 * follows a statement that is over: undoing it, above all. */
	if (st->state != STATEMENT_CLOSING)
		cancel_all(st);
}

/* --- orphans --- */

void statement_check_orphan(struct statement *st)
{
	if (st->running || st->fetching || st->driving)
		return;
	commit_release_all(st->ctx, &st->orphan_txn);
	st->ctx->lingering--;
	statement_put(st);
}

static void orphan_part(struct shard_call *c, const struct scan_part *part, const uint8_t *p)
{
	(void)c, (void)part, (void)p;
}

static void orphan_flow(struct shard_call *c)
{
	shard_call_grant(c, c->ungranted);
}

static void orphan_ended(struct shard_call *c)
{
	struct statement *st = c->owner;

	st->running--;
	statement_check_orphan(st);
}

static void orphan_fetched(struct shard_fetch *f, const struct err *e)
{
	struct statement *st = f->arg;

	(void)e;
	st->fetching = false;
	statement_check_orphan(st);
}

void statement_orphan(struct statement *st)
{
	static const struct shard_call_ops ops = {orphan_part, orphan_flow, orphan_ended};

	unyield(st);
	commit_abandon(st->commit);
	if (st->wait)
		st->wait->st = NULL;
	st->wait = NULL;
	st->orphan_txn = st->conn->txn;
	st->conn->txn = (struct txn){.open = false};
	st->conn = NULL;
	st->stmt = NULL;
	st->borrowed_fp = false; /* stays here */
	st->ctx->lingering++;
	statement_set_state(st, STATEMENT_ORPHANED);
	for (unsigned i = 0; i < st->calls; i++) {
		st->call[i].ops = &ops;
		st->call[i].txn = &st->orphan_txn;
		st->call[i].conditions = NULL;
	}
	if (st->fetching) {
		st->fetch->done = orphan_fetched;
		st->fetch->txn = &st->orphan_txn;
		for (unsigned i = 0; i < st->fetch->targets; i++)
			st->fetch->call[i].txn = &st->orphan_txn;
	}
	cancel_all(st);
	statement_check_orphan(st);
}

/* --- what runs --- */

struct str statement_text(const struct statement *st)
{
	return statement_span(st, st->fp.start, st->fp.end);
}

struct str statement_whole(const struct statement *st)
{
	return str_trim(statement_span(st, st->fp.start, st->fp.stop));
}

struct str statement_span(const struct statement *st, uint32_t start, uint32_t end)
{
	return str_make((char *)st->text.p + start, end - start);
}

bool statement_has_more(const struct statement *st)
{
	return st->input == STATEMENT_TEXT && (st->conn->client.caps & CAP_MULTI_STATEMENTS) &&
	       st->fp.next < st->text.len && st->more;
}

static void fetched(struct shard_fetch *f, const struct err *e)
{
	struct statement *st = f->arg;

	st->fetching = false;
	f->owner_done(f, e);
}

void statement_fetch(struct statement *st, struct shard_fetch *f)
{
	struct shard_call_request *r = &f->request;

	f->ctx = st->ctx;
	f->arena = &st->arena;
	f->txn = &st->conn->txn;
	f->arg = st;
	f->owner_done = f->done;
	f->done = fetched;
	if (!r->keyspace) {
		r->keyspace = st->keyspace->name;
		r->tablet_type = st->target.tablet_type;
	}
	if (!r->settings)
		r->settings = st->conn->vars.settings;
	/* It may open the connection that the session keeps. */
	if (st->conn->client.caps & CAP_FOUND_ROWS)
		r->flags |= SHARD_CALL_FOUND_ROWS;
	r->user = st->conn->vars.user;
	r->deadline_us = st->deadline_us;
	st->fetch = f;
	st->fetching = true;
	shard_fetch_start(f);
}

void statement_commit(struct statement *st, bool rollback,
		      void (*done)(void *st, const struct err *e))
{
	commit_start(&st->commit, st->ctx, &st->conn->txn, &st->conn->vars.conditions,
		     rollback ? COMMIT_ROLLBACK : COMMIT_COMMIT, done, st);
}

struct statement_wait *statement_wait_new(struct statement *st,
					  void (*resume)(struct statement *st, bool ok))
{
	struct statement_wait *w = malloc(sizeof(*w));

	if (!w)
		return NULL;
	*w = (struct statement_wait){st, resume};
	st->wait = w;
	return w;
}

void statement_resume(struct statement_wait *w, bool ok)
{
	struct statement *st = w->st;
	void (*resume)(struct statement * st, bool ok) = w->resume;

	free(w);
	if (!st)
		return;
	st->wait = NULL;
	resume(st, ok);
}

void statement_yield(struct statement *st)
{
	struct statement **end = &st->ctx->yielding;

	if (st->yielded)
		return;
	while (*end)
		end = &(*end)->next;
	*end = st;
	st->next = NULL;
	st->yielded = true;
	worker_timer_arm(st->ctx->turn, 0);
}

void statement_run_yielding(void *arg)
{
	struct gate_ctx *ctx = arg;
	struct statement *last = ctx->yielding, *st;

	while (last && last->next)
		last = last->next;
	do { /* those that yield again come behind @last */
		st = ctx->yielding;
		if (!st)
			return;
		unyield(st);
		statement_drained(st);
	} while (st != last);
}

void statement_drained(struct statement *st)
{
	if (st->state == STATEMENT_ANSWERED && !st->yielded)
		st->done(st);
	else if (st->state == STATEMENT_RUNNING && st->kind && st->kind->drained)
		st->kind->drained(st);
}
