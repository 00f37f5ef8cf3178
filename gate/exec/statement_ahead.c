#include "gate/exec/statement_ahead.h"

#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/catalog/catalog.h"
#include "gate/exec/plan_ahead.h"
#include "gate/exec/statement.h"
#include "src/wire/caps.h"

/* Bytes that a worker lexes, parses and plans in about a millisecond. */
enum { AHEAD_TEXT = 128 * 1024 };

static void exchange(struct statement *st, struct plan_ahead *a)
{
	struct fingerprint fp = st->fp;
	struct buf text = st->text;

	st->fp = a->fp;
	st->text = a->text;
	a->fp = fp;
	a->text = text;
}

static void worked(void *arg)
{
	struct plan_ahead *a = arg;
	struct statement_wait *w = a->wait;

	a->wait = NULL;
	if (w->st) {
		exchange(w->st, a);
		w->st->ahead = a;
	} else {
		plan_ahead_free(a); /* the client has left */
	}
	statement_resume(w, true);
}

static void start(struct statement *st, struct plan_ahead *a, void (*work)(void *arg),
		  void (*then)(struct statement *st, bool ok))
{
	struct statement_wait *w = statement_wait_new(st, then);

	if (!w) {
		then(st, false);
		return;
	}
	st->ahead = NULL;
	a->wait = w;
	exchange(st, a);
	if (st->ctx->ops->run_elsewhere(st->ctx, work, worked, a) == 0)
		return;
	exchange(st, a);
	a->wait = NULL;
	st->ahead = a;
	statement_resume(w, false);
}

/* In a text of many statements the next one is short when a ';' is near, be it one in a string. */
static bool is_long(const struct statement *st)
{
	return st->text.len - st->at > AHEAD_TEXT &&
	       !(st->conn->client.caps & CAP_MULTI_STATEMENTS &&
		 memchr(st->text.p + st->at, ';', AHEAD_TEXT));
}

bool statement_ahead_scan(struct statement *st, void (*then)(struct statement *st, bool ok))
{
	struct plan_ahead *a;

	if (!is_long(st) || st->ahead)
		return false;
	a = plan_ahead_new();
	if (!a) {
		then(st, false);
		return true;
	}
	a->at = st->at;
	a->seed = st->ctx->seed;
	a->lex = st->conn->vars.lex;
	a->memory = (size_t)st->ctx->settings->statement_memory;
	start(st, a, plan_ahead_scan, then);
	return true;
}

bool statement_ahead_plan(struct statement *st, const struct plan_context *ctx,
			  void (*then)(struct statement *st, bool ok))
{
	struct plan_ahead *a = st->ahead;

	if (!a || a->planned)
		return false;
	a->target = st->target;
	a->context = *ctx;
	a->context.keyspace = a->target.keyspace;
	a->context.shard = a->target.shard;
	a->catalog = (struct gate_catalog *)snapshot_get(&st->ctx->catalog->snap);
	start(st, a, plan_ahead_plan, then);
	return true;
}

int statement_ahead_scanned(const struct statement *st, struct err *e)
{
	if (st->ahead->scan_rc < 0)
		*e = st->ahead->scan_error;
	return st->ahead->scan_rc;
}

bool statement_ahead_take(struct statement *st, const struct plan_context *ctx, struct plan **out,
			  struct err *e)
{
	struct plan_ahead *a = st->ahead;

	/* A new catalog came meanwhile, or the plan turned out to need another context. */
	if (!a || !a->planned || a->catalog != st->ctx->catalog ||
	    a->context.scatter != ctx->scatter)
		return false;
	*out = a->plan;
	if (!a->plan)
		*e = a->plan_error;
	a->plan = NULL;
	a->planned = false;
	return true;
}
