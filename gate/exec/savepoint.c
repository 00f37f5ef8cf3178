#include "gate/exec/savepoint.h"

#include <stdlib.h>
#include <string.h>

#include "gate/exec/fetch.h"
#include "gate/exec/query.h"
#include "gate/plan/catalog.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "topo/graph.h"

struct savepoint_end {
	size_t at, next; /* savepoint; next entry of txn.shard[] to look at */
	bool release;
	void (*done)(struct query *q, const struct err *e);
	struct str sql;
};

static void step(struct query *q, const struct err *e);

static void drop_savepoints(struct txn *t, size_t keep)
{
	while (t->savepoint.len > keep)
		free(t->savepoint.v[--t->savepoint.len]);
	for (size_t i = 0; i < t->len; i++)
		if (t->shard[i].savepoints > keep)
			t->shard[i].savepoints = keep;
}

/* Runs the statement on one shard after the other; keyspaces may differ. */
static void step(struct query *q, const struct err *e)
{
	struct savepoint_end *s = q->savepoint;
	struct session *ss = q->session;
	struct txn *t = &ss->txn;
	struct fetch_request r = {.sql = s->sql, .targets = 1, .done = step};
	const struct graph_shard *shard;

	if (e) {
		s->done(q, e);
		return;
	}
	while (s->next < t->len &&
	       (!t->shard[s->next].in_txn || t->shard[s->next].savepoints <= s->at))
		s->next++;
	if (s->next == t->len) {
		drop_savepoints(t, s->release ? s->at : s->at + 1);
		s->done(q, NULL);
		return;
	}
	q->keyspace = graph_find_keyspace(gate_worker_catalog(q->gw)->graph,
					  str_of(t->shard[s->next].keyspace));
	shard = q->keyspace ? graph_find_shard(q->keyspace, str_of(t->shard[s->next].shard)) : NULL;
	r.target = arena_alloc(&q->arena, sizeof(*r.target));
	if (!shard || !r.target) {
		struct err gone;

		err_set(&gone, ERR_TXN_LOST, "shard %s of the transaction is gone",
			t->shard[s->next].shard);
		s->done(q, &gone);
		return;
	}
	r.target[0] = shard;
	s->next++;
	fetch_start(q, &r);
}

void savepoint_end(struct query *q, size_t at, bool release,
		   void (*done)(struct query *q, const struct err *e))
{
	struct savepoint_end *s = arena_zalloc(&q->arena, sizeof(*s));
	const char *text = q->session->txn.savepoint.v[at] + strlen("SAVEPOINT ");
	struct err e;

	if (s)
		s->sql = str_of(arena_printf(&q->arena, "%s SAVEPOINT %s",
					     release ? "RELEASE" : "ROLLBACK TO", text));
	if (!s || !s->sql.p) {
		err_set(&e, ERR_NOMEM, "the statement needs more memory than allowed");
		done(q, &e);
		return;
	}
	s->at = at;
	s->release = release;
	s->done = done;
	q->savepoint = s;
	step(q, NULL);
}
