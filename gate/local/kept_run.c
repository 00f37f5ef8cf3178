#include "gate/local/kept_run.h"

#include "gate/catalog/catalog.h"
#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "gate/shardio/shard_fetch.h"
#include "topo/graph.h"

struct kept_run {
	struct str sql;
	bool (*want)(const struct txn_shard *s, size_t at);
	size_t at, next; /* next: entry of txn.shard[] to look at */
	void (*then)(struct statement *st, const struct err *e);
};

static void step(struct statement *st, struct kept_run *k);

static void fetched(struct shard_fetch *f, const struct err *e)
{
	struct statement *st = f->arg;
	struct kept_run *k = f->owner_arg;

	if (e)
		k->then(st, e);
	else
		step(st, k);
}

static void run_on(struct statement *st, struct kept_run *k, const struct txn_shard *s)
{
	const struct graph_keyspace *ks =
		graph_find_keyspace(st->plan->catalog->graph, str_of(s->keyspace));
	const struct graph_shard *shard = ks ? graph_find_shard(ks, str_of(s->shard)) : NULL;
	struct shard_fetch *f = arena_zalloc(&st->arena, sizeof(*f));
	struct err e;

	if (f)
		f->target = arena_alloc(&st->arena, sizeof(*f->target));
	if (!shard) {
		err_set(&e, ERR_TXN_LOST, "shard %s of the transaction is gone", s->shard);
		k->then(st, &e);
		return;
	}
	if (!f || !f->target) {
		err_set(&e, ERR_NOMEM, "the statement needs more memory than allowed");
		k->then(st, &e);
		return;
	}
	f->request.keyspace = ks->name;
	f->request.tablet_type = s->tablet_type;
	f->request.sql = k->sql;
	f->target[0] = shard;
	f->targets = 1;
	f->done = fetched;
	f->conditions = &st->conn->vars.conditions;
	f->owner_arg = k;
	statement_fetch(st, f);
}

static void step(struct statement *st, struct kept_run *k)
{
	struct txn *t = &st->conn->txn;

	while (k->next < t->len && !k->want(&t->shard[k->next], k->at))
		k->next++;
	if (k->next < t->len)
		run_on(st, k, &t->shard[k->next++]);
	else
		k->then(st, NULL);
}

void kept_run(struct statement *st, struct str sql,
	      bool (*want)(const struct txn_shard *s, size_t at), size_t at,
	      void (*then)(struct statement *st, const struct err *e))
{
	struct kept_run *k = arena_zalloc(&st->arena, sizeof(*k));
	struct err e;

	if (!k || !sql.p) {
		err_set(&e, ERR_NOMEM, "the statement needs more memory than allowed");
		then(st, &e);
		return;
	}
	*k = (struct kept_run){.sql = sql, .want = want, .at = at, .then = then};
	step(st, k);
}
