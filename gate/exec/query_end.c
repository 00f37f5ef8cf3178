/* query_end - what happens when a statement's calls are over: implicit commits, undoing, refreshing
 * the schema, and the client's answer. */
#include <stdlib.h>

#include "gate/exec/fetch.h"
#include "gate/exec/query.h"
#include "gate/exec/relay.h"
#include "gate/exec/uservars.h"
#include "gate/plan/plan.h"
#include "gate/scatter/merge.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "gate/txn/finish.h"
#include "src/base/metrics.h"
#include "src/net/worker.h"
#include "topo/graph.h"

static void answer(struct query *q);

static void rolled_back(void *arg, const struct err *e)
{
	struct query *q = arg;

	(void)e;
	answer(q);
}

static void committed(void *arg, const struct err *e)
{
	struct query *q = arg;

	if (e)
		q->error = *e;
	answer(q);
}

static void schema_refreshed(void *arg)
{
	struct refresh_wait *w = arg;
	struct query *q = w->q;

	if (q) {
		q->refresh = NULL;
		answer(q);
	}
	free(w);
}

/* DDL: the next statement of this client must see the new tables. */
static void refresh_schema(struct query *q)
{
	struct gate *g = q->gw->gate;
	struct refresh_wait *w = g->refresh_schema ? malloc(sizeof(*w)) : NULL;

	if (!w) {
		answer(q);
		return;
	}
	w->q = q;
	q->refresh = w;
	g->refresh_schema(g->refresh_arg, q->keyspace->name, schema_refreshed, w);
}

static void undone(struct query *q, const struct err *e)
{
	struct err told = *q->undone_for;

	if (e)
		q->session->txn.lost = true;
	q->error = told;
	answer(q);
}

/* In the client's transaction a statement failed on some shards and worked on others: undo it where
 * it worked. False: there is nothing to undo. */
static bool undo_statement(struct query *q)
{
	struct fetch_request r = {.sql = STR_LIT("ROLLBACK TO SAVEPOINT `_sluice_statement`"),
				  .done = undone};

	if (q->plan->kind != PLAN_WRITE || q->calls < 2)
		return false;
	r.target = arena_array(&q->arena, q->calls, sizeof(*r.target));
	q->undone_for = arena_alloc(&q->arena, sizeof(*q->undone_for));
	if (!r.target || !q->undone_for) {
		q->session->txn.lost = true;
		return false;
	}
	for (unsigned i = 0; i < q->calls; i++)
		if (q->call[i].error.code == ERR_OK)
			r.target[r.targets++] = q->call[i].shard;
	if (!r.targets)
		return false;
	*q->undone_for = q->error;
	fetch_start(q, &r);
	return true;
}

void query_end_statement(struct query *q)
{
	struct session *s = q->session;
	struct txn *t = &s->txn;

	if (q->state != QUERY_RUNNING)
		return;
	if (q->mode == QUERY_MERGE && q->error.code == ERR_OK && !merge_finished(q->merge))
		return; /* rows are still waiting for the client */
	if (q->mode == QUERY_FETCH) {
		q->fetched(q, q->error.code == ERR_OK ? NULL : &q->error);
		return;
	}
	q->state = QUERY_CLOSING;
	if (q->implicit_txn) {
		finish_start(&q->finish, s,
			     q->error.code == ERR_OK ? FINISH_COMMIT : FINISH_ROLLBACK,
			     q->error.code == ERR_OK ? committed : rolled_back, q);
		return;
	}
	if (q->rolled_back ||
	    (q->error.code != ERR_OK && q->error.mysql_errno == 1213 && t->open && !t->lost)) {
		finish_start(&q->finish, s, FINISH_ROLLBACK, rolled_back, q);
		return;
	}
	if (q->error.code != ERR_OK && t->open && !t->lost && undo_statement(q))
		return;
	if (q->plan->kind == PLAN_DDL)
		refresh_schema(q);
	else if (q->error.code == ERR_OK && (q->plan->flags & PLAN_USER_VARS_SET) &&
		 q->kind != QUERY_PREPARE)
		uservars_read_back(q, answer);
	else
		answer(q);
}

/* Adds the counts of several OKs up. */
static void add_up(struct query *q)
{
	q->affected = q->insert_id = 0;
	q->warnings = 0;
	for (unsigned i = 0; i < q->calls; i++) {
		const struct call *c = &q->call[i];

		q->affected += c->affected;
		q->warnings += c->warnings;
		if (c->insert_id && (!q->insert_id || c->insert_id < q->insert_id))
			q->insert_id = c->insert_id;
	}
}

static void answer(struct query *q)
{
	struct session *s = q->session;

	if (q->error.code != ERR_OK) {
		if (q->calls > 1)
			metrics_add(q->gw->scatter_errors_metric, 1);
		query_fail(q, &q->error);
		return;
	}
	if (q->mode == QUERY_COUNT)
		add_up(q);
	switch (q->mode) {
	case QUERY_COUNT:
		relay_counts(q);
		break;
	case QUERY_RELAY:
		relay_end(&q->call[0]);
		break;
	case QUERY_MERGE:
		merge_answer_end(q->merge);
		break;
	case QUERY_META:
	case QUERY_FETCH:
		break;
	}
	metrics_observe_us(q->gw->latency_metric, worker_now_us(q->gw->worker) - q->started_us);
	if (s->state == SESSION_BUSY)
		query_statement_done(q);
}
