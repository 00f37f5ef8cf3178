#include "gate/exec/closing.h"

#include "gate/base/gate_ctx.h"
#include "gate/exec/read_back.h"
#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "gate/shardio/shard_fetch.h"
#include "gate/txn/commit.h"
#include "gate/txn/txn.h"
#include "src/wire/caps.h"
#include "topo/graph.h"

/* Stored code has ended the transaction, or switched autocommit off: so has the session. */
static void follow(struct statement *st)
{
	struct txn *t = &st->conn->txn;
	const struct shard_call *c = &st->call[0];

	if (c->left_txn && !t->lost && !txn_has_participants(t))
		txn_clear(t);
	if (c->have_ok && !(c->status & STATUS_AUTOCOMMIT))
		st->conn->vars.autocommit = false;
}

static void answer(struct statement *st)
{
	struct txn *t = &st->conn->txn;

	if (read_back_wanted(st))
		commit_release_held(st->ctx, t);
	if (st->plan->flags & PLAN_FOLLOW && st->input != STATEMENT_PREPARE)
		follow(st);
	/* SET TRANSACTION was for this statement. */
	if (st->error.code == ERR_OK && !t->open && !(st->plan->flags & PLAN_NO_TABLES) &&
	    st->input != STATEMENT_PREPARE)
		t->traits = (struct txn_traits){0};
	if (st->error.code != ERR_OK) {
		statement_fail(st, &st->error);
		return;
	}
	st->kind->answer(st);
	statement_done(st);
}

static void rolled_back(void *arg, const struct err *e)
{
	struct statement *st = arg;

	(void)e; /* a rollback that fails has happened all the same */
	if (st->implicit_txn)
		st->conn->txn.traits = st->traits;
	answer(st);
}

static void committed(void *arg, const struct err *e)
{
	struct statement *st = arg;

	if (e)
		st->error = *e;
	answer(st);
}

static void schema_refreshed(struct statement *st, bool ok)
{
	(void)ok;
	answer(st);
}

static void wake(void *arg)
{
	statement_resume(arg, true);
}

/* DDL: the next statement of this client must see the new tables. */
static void refresh_schema(struct statement *st)
{
	struct statement_wait *w = statement_wait_new(st, schema_refreshed);

	if (w)
		st->ctx->ops->refresh_schema(st->ctx, st->keyspace->name, wake, w);
	else
		answer(st);
}

static void undone(struct shard_fetch *f, const struct err *e)
{
	struct statement *st = f->arg;

	if (e)
		st->conn->txn.lost = true;
	answer(st);
}

/* In the client's transaction a statement failed on some shards and worked on others: undoes it
 * where it worked. False: there is nothing to undo. */
static bool undo_statement(struct statement *st)
{
	struct shard_fetch *f;

	if (st->plan->kind != PLAN_WRITE || st->calls < 2)
		return false;
	f = arena_zalloc(&st->arena, sizeof(*f));
	if (f)
		f->target = arena_array(&st->arena, st->calls, sizeof(*f->target));
	if (!f || !f->target) {
		st->conn->txn.lost = true;
		return false;
	}
	f->request.sql = STR_LIT("ROLLBACK TO SAVEPOINT " SHARD_CALL_UNDO_NAME);
	f->done = undone;
	for (unsigned i = 0; i < st->calls; i++)
		if (st->call[i].error.code == ERR_OK || st->call[i].rows_lost)
			f->target[f->targets++] = st->call[i].shard;
	if (!f->targets)
		return false;
	statement_fetch(st, f);
	return true;
}

void closing_start(struct statement *st)
{
	struct txn *t = &st->conn->txn;
	bool failed = st->error.code != ERR_OK;

	statement_set_state(st, STATEMENT_CLOSING);
	if (st->implicit_txn) {
		statement_commit(st, failed, failed ? rolled_back : committed);
		return;
	}
	if (st->rolled_back || (failed && st->error.mysql_errno == 1213 && t->open && !t->lost)) {
		statement_commit(st, true, rolled_back);
		return;
	}
	if (failed && t->open && !t->lost && undo_statement(st))
		return;
	if (st->plan->kind == PLAN_DDL)
		refresh_schema(st);
	else if (read_back_wanted(st)) /* also of a statement that failed half way */
		read_back(st, answer);
	else
		answer(st);
}
