#include "gate/exec/sharded.h"

#include "gate/base/gate_ctx.h"
#include "gate/exec/auto_id.h"
#include "gate/exec/closing.h"
#include "gate/exec/counts.h"
#include "gate/exec/merge.h"
#include "gate/exec/prepare_reply.h"
#include "gate/exec/read_back.h"
#include "gate/exec/relay.h"
#include "gate/exec/render.h"
#include "gate/exec/resolve.h"
#include "gate/exec/statement.h"
#include "gate/exec/statement_plan.h"
#include "gate/plan/plan.h"
#include "gate/vars/uservars.h"
#include "src/wire/caps.h"
#include "topo/graph.h"

enum { BEFORE_MAX = 2 }; /* statements that go before a client's */

/* --- what calls bring --- */

static void call_part(struct shard_call *c, const struct scan_part *part, const uint8_t *p)
{
	struct statement *st = c->owner;

	if (st->kind->part && st->error.code == ERR_OK)
		st->kind->part(c, part, p);
}

static void call_flow(struct shard_call *c)
{
	struct statement *st = c->owner;

	/* What a failed statement's shards still send is thrown away. */
	if (st->kind->flow && st->error.code == ERR_OK)
		st->kind->flow(c);
	else
		shard_call_grant(c, c->ungranted);
	if (c->error.code != ERR_OK || st->error.code != ERR_OK)
		shard_call_grant(c, c->ungranted);
}

/* The client must not take a statement that was done for one that was not. */
static void tell_done(struct err *e)
{
	struct err why = *e;

	err_set_mysql(e, why.code, why.mysql_errno, why.sqlstate,
		      "%s, but only after the statement was done; the rows that it returns are lost",
		      why.msg);
}

static void call_ended(struct shard_call *c)
{
	struct statement *st = c->owner;

	st->running--;
	if (c->rows_lost && st->calls == 1 && st->plan->kind != PLAN_QUERY)
		tell_done(&c->error);
	st->rolled_back = st->rolled_back || c->rolled_back;
	if (c->error.code != ERR_OK && st->error.code == ERR_OK && !c->stopped)
		st->error = c->error;
	if (st->error.code == ERR_OK && st->kind->call_ended)
		st->kind->call_ended(c);
	/* A read that failed on one shard has failed: the others need not go on. */
	if (st->error.code != ERR_OK && st->plan->kind == PLAN_QUERY)
		statement_stop_calls(st);
	statement_check(st);
}

static const struct shard_call_ops call_ops = {call_part, call_flow, call_ended};

/* --- start --- */

static unsigned call_flags(const struct statement *st)
{
	const struct plan *p = st->plan;
	unsigned flags = SHARD_CALL_JOIN;

	if (st->input == STATEMENT_PREPARE)
		return SHARD_CALL_PREPARE_ONLY;
	if (p->flags & PLAN_ADMIN)
		return SHARD_CALL_ADMIN;
	if (st->input == STATEMENT_EXECUTE)
		flags |= SHARD_CALL_BINARY;
	if (st->conn->client.caps & CAP_FOUND_ROWS)
		flags |= SHARD_CALL_FOUND_ROWS;
	if (p->kind == PLAN_DDL)
		flags |= SHARD_CALL_DDL;
	if (p->flags & PLAN_RESERVE)
		flags |= SHARD_CALL_RESERVE;
	if (read_back_wanted(st))
		flags |= SHARD_CALL_HOLD; /* until they have been read back */
	if (p->flags & PLAN_LOCK_TABLES)
		flags |= SHARD_CALL_LOCKS;
	if (p->flags & PLAN_FOLLOW)
		flags |= SHARD_CALL_FOLLOW | SHARD_CALL_WRITES;
	if (p->kind == PLAN_WRITE) {
		flags |= SHARD_CALL_WRITES;
		/* So that a failure on another shard can be undone here. */
		if (st->calls > 1 && st->conn->txn.open && !st->implicit_txn)
			flags |= SHARD_CALL_SAVEPOINT;
	}
	return flags;
}

/* The parameters that @r's text names, in its order. */
static int choose_params(struct statement *st, const struct rendered *r,
			 struct shard_call_request *rq, struct err *e)
{
	struct prepared_param *subset;

	rq->param = st->param;
	rq->params = r->params;
	if (!r->param || !r->params)
		return 0;
	subset = arena_array(&st->arena, r->params, sizeof(*subset));
	if (!subset)
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	for (uint32_t i = 0; i < r->params; i++)
		subset[i] = st->param[r->param[i]];
	rq->param = subset;
	return 0;
}

static int start_call(struct statement *st, unsigned i, struct shard_call_request *rq,
		      struct err *e)
{
	struct rendered r;

	if (st->input == STATEMENT_PREPARE) {
		rq->sql = statement_whole(st);
		return shard_call_start(&st->call[i], rq, e);
	}
	if (render_target(st, i, &r, e) < 0)
		return -1;
	rq->sql = r.sql;
	if (st->input == STATEMENT_EXECUTE && choose_params(st, &r, rq, e) < 0)
		return -1;
	return shard_call_start(&st->call[i], rq, e);
}

/* What the connection must know of the session before the statement runs. */
static int set_values(struct statement *st, struct str *before, unsigned *n, struct err *e)
{
	const struct session_vars *v = &st->conn->vars;

	if (st->plan->flags & (PLAN_USER_VARS_READ | PLAN_USER_VARS_SET | PLAN_STORED_USER_VARS)) {
		if (uservars_statement(v, &st->arena, &before[*n], e) < 0)
			return -1;
		*n += before[*n].n > 0;
	}
	if (st->plan->flags & PLAN_LAST_INSERT_ID) {
		before[*n] = str_of(arena_printf(&st->arena, "SET last_insert_id=%llu",
						 (unsigned long long)v->last_insert_id));
		if (!before[(*n)++].p)
			return err_set(e, ERR_NOMEM,
				       "the statement needs more memory than allowed");
	}
	return 0;
}

static void start_calls(struct statement *st)
{
	const struct session_vars *v = &st->conn->vars;
	struct shard_call_request rq = {.keyspace = st->keyspace->name,
					.user = v->user,
					.settings = v->settings,
					.tablet_type = st->target.tablet_type,
					.flags = call_flags(st),
					.deadline_us = st->deadline_us};
	struct str before[BEFORE_MAX];
	struct err e;

	statement_set_state(st, STATEMENT_RUNNING);
	rq.before = before;
	if (st->input != STATEMENT_PREPARE && set_values(st, before, &rq.befores, &st->error) < 0) {
		closing_start(st);
		return;
	}
	st->running = st->calls; /* an early failure must not look like the end */
	for (unsigned i = 0; i < st->calls; i++) {
		struct shard_call *c = &st->call[i];

		if ((st->error.code == ERR_OK || st->plan->kind != PLAN_QUERY) &&
		    start_call(st, i, &rq, &e) == 0)
			continue;
		c->ended = true;
		st->running--;
		if (st->error.code == ERR_OK)
			st->error = e;
		c->error = st->error;
	}
	if (st->error.code != ERR_OK && st->plan->kind == PLAN_QUERY)
		statement_stop_calls(st);
	statement_check(st);
}

static int make_calls(struct statement *st, struct err *e)
{
	unsigned n = st->resolved.targets;

	st->calls_over = closing_start;
	st->call = arena_array(&st->arena, n, sizeof(*st->call));
	if (!st->call)
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	st->calls = n;
	for (unsigned i = 0; i < n; i++) {
		struct shard_call *c = &st->call[i];

		c->ops = &call_ops;
		c->owner = st;
		c->index = i;
		c->ctx = st->ctx;
		c->arena = &st->arena;
		c->txn = &st->conn->txn;
		c->shard = st->resolved.target[i];
		c->conditions = st->input == STATEMENT_PREPARE ? NULL : &st->conn->vars.conditions;
	}
	return 0;
}

static int choose_kind(struct statement *st, struct err *e)
{
	if (st->input == STATEMENT_PREPARE)
		st->kind = &prepare_reply_kind;
	else if (st->plan->kind == PLAN_QUERY && st->calls > 1)
		return merge_begin(st, e);
	else
		st->kind = st->calls == 1 ? &relay_kind : &counts_kind;
	return 0;
}

/* A value that may match on several shards (text compared with a number, say) where the plan asks
 * one: plans again. */
static int plan_again(struct statement *st, struct err *e)
{
	if (st->scatter)
		return err_set(e, ERR_UNSUPPORTED,
			       "This version of Sluice doesn't yet support this statement "
			       "over several shards");
	st->scatter = true;
	return statement_plan_find(st, e) < 0 ? -1 : resolve_plan(st, e);
}

static int find_shards(struct statement *st, struct err *e)
{
	if (st->killed)
		return err_set(e, ERR_CANCELED, "Query execution was interrupted");
	if (st->input == STATEMENT_PREPARE)
		return resolve_any(st, e);
	if (auto_id_check(st, e) < 0 || resolve_plan(st, e) < 0)
		return -1;
	while (st->plan->single_only && st->resolved.targets > 1)
		if (plan_again(st, e) < 0)
			return -1;
	return 0;
}

void sharded_run(struct statement *st)
{
	struct txn *t = &st->conn->txn;
	struct err e;

	if (find_shards(st, &e) < 0 || make_calls(st, &e) < 0 || choose_kind(st, &e) < 0) {
		statement_fail(st, &e);
		return;
	}
	if (st->input != STATEMENT_PREPARE && st->plan->kind == PLAN_WRITE && st->calls > 1 &&
	    !t->open) {
		t->open = true;
		st->implicit_txn = true;
		st->traits = t->traits;
	}
	start_calls(st);
}
