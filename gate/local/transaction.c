#include "gate/local/transaction.h"

#include <stdlib.h>
#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/catalog/catalog.h"
#include "gate/exec/resolve.h"
#include "gate/exec/statement.h"
#include "gate/local/kept_run.h"
#include "gate/plan/plan.h"
#include "gate/shardio/shard_fetch.h"
#include "gate/txn/commit.h"
#include "sql/ast/ast.h"
#include "src/base/vec.h"
#include "topo/graph.h"

static void fail(struct statement *st, enum err_code code, const char *message)
{
	struct err e;

	err_set(&e, code, "%s", message);
	statement_fail(st, &e);
}

/* --- BEGIN --- */

/* The one shard that a snapshot can be opened on at once: the target's when it is one shard, else
 * that of a cluster with a single one. NULL: the snapshot opens on each shard when it is touched.
 */
static const struct graph_keyspace *snapshot_keyspace(struct statement *st)
{
	const struct graph *g = st->plan->catalog->graph;
	const char *name = st->target.keyspace;
	const struct graph_keyspace *ks = name[0] ? graph_find_keyspace(g, str_of(name)) : NULL;

	if (!name[0] && g->keyspace_count == 1)
		ks = &g->keyspaces[0];
	if (!ks)
		return NULL;
	return ks->serving[st->target.tablet_type].count == 1 || st->target.shard[0] ? ks : NULL;
}

static void snapshot_opened(struct shard_fetch *f, const struct err *e)
{
	struct statement *st = f->arg;

	if (e) {
		commit_release_all(st->ctx, &st->conn->txn);
		statement_fail(st, e);
	} else {
		statement_ok(st);
	}
}

/* START TRANSACTION WITH CONSISTENT SNAPSHOT: the snapshot is of this moment. */
static void open_snapshot(struct statement *st)
{
	struct shard_fetch *f;
	struct err e;

	st->keyspace = snapshot_keyspace(st);
	if (!st->keyspace) {
		statement_ok(st);
		return;
	}
	f = arena_zalloc(&st->arena, sizeof(*f));
	if (!f || resolve_any(st, &e) < 0) {
		commit_release_all(st->ctx, &st->conn->txn);
		if (f)
			statement_fail(st, &e);
		else
			statement_fail_memory(st);
		return;
	}
	f->request.sql = STR_LIT("DO 0");
	f->request.flags = SHARD_CALL_JOIN;
	f->target = st->resolved.target;
	f->targets = 1;
	f->done = snapshot_opened;
	statement_fetch(st, f);
}

static void open_transaction(struct statement *st)
{
	const struct ast_node *tree = st->plan->tree;
	struct txn *t = &st->conn->txn;

	if (tree->op != AST_TXN_BEGIN && tree->flags) {
		t->begin = str_dup(statement_text(st));
		if (!t->begin) {
			statement_fail_memory(st);
			return;
		}
	}
	t->open = true;
	t->read_only = tree->flags & AST_TXN_READ_ONLY ||
		       (t->traits.access == TXN_READ_ONLY && !(tree->flags & AST_TXN_READ_WRITE));
	if (tree->flags & AST_TXN_SNAPSHOT)
		open_snapshot(st);
	else
		statement_ok(st);
}

static bool is_locked(const struct txn_shard *s, size_t at)
{
	(void)at;
	return s->locked;
}

static void forget_locks(struct txn *t)
{
	for (size_t i = 0; i < t->len; i++)
		t->shard[i].locked = false;
}

static void begin_unlocked(struct statement *st, const struct err *e)
{
	if (e) {
		statement_fail(st, e);
		return;
	}
	forget_locks(&st->conn->txn);
	open_transaction(st);
}

/* As a server: BEGIN lets go of LOCK TABLES. */
static void begin_committed(void *arg, const struct err *e)
{
	struct statement *st = arg;

	if (e)
		statement_fail(st, e);
	else
		kept_run(st, STR_LIT("UNLOCK TABLES"), is_locked, 0, begin_unlocked);
}

void transaction_begin(struct statement *st)
{
	if (st->conn->txn.lost)
		fail(st, ERR_TXN_LOST,
		     "the transaction was lost with one of its servers; ROLLBACK first");
	else if (txn_is_under_way(&st->conn->txn))
		statement_commit(st, false, begin_committed);
	else
		begin_committed(st, NULL);
}

/* --- COMMIT, ROLLBACK --- */

struct ending {
	bool chain;
	struct txn_traits traits; /* of the next one of a chain */
	char *begin;		  /* in the arena: how it begins; NULL: plain */
};

static void ended(void *arg, const struct err *e)
{
	struct statement *st = arg;
	const struct ending *end = st->local;
	struct txn *t = &st->conn->txn;

	if (e) {
		statement_fail(st, e);
		return;
	}
	if (end->chain) {
		t->begin = end->begin ? str_dup(str_of(end->begin)) : NULL;
		t->open = true;
		t->traits = end->traits;
		t->read_only = end->begin || t->traits.access == TXN_READ_ONLY;
	}
	if (st->plan->tree->flags & AST_TXN_RELEASE_CONN)
		st->conn->closing = true;
	statement_ok(st);
}

/* AND CHAIN keeps the access mode of the transaction, beside its traits. */
static char *chained_begin(struct statement *st)
{
	const char *begin = st->conn->txn.begin;
	struct str read_only = STR_LIT("READ ONLY");

	for (const char *p = begin; p && *p; p++)
		if (str_ieq(str_make(p, strnlen(p, read_only.n)), read_only))
			return arena_printf(&st->arena, "START TRANSACTION READ ONLY");
	return NULL;
}

void transaction_end(struct statement *st, bool rollback)
{
	struct ending *end = arena_zalloc(&st->arena, sizeof(*end));
	struct txn *t = &st->conn->txn;

	if (!end) {
		statement_fail_memory(st);
		return;
	}
	if (t->lost && !rollback) {
		/* What is left is rolled back; the client is told that nothing was committed. */
		commit_release_all(st->ctx, t);
		fail(st, ERR_TXN_LOST,
		     "the transaction was lost with one of its servers and is rolled back");
		return;
	}
	end->chain = st->plan->tree->flags & AST_TXN_CHAIN;
	end->traits = t->traits;
	end->begin = end->chain ? chained_begin(st) : NULL;
	st->local = end;
	statement_commit(st, rollback, ended);
}

/* --- savepoints --- */

static char *savepoint_text(struct statement *st, const char *verb)
{
	struct str name = AST_AS(txn, st->plan->tree)->name;
	struct buf b;

	buf_init(&b);
	buf_puts(&b, verb);
	buf_u8(&b, '`');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '`')
			buf_u8(&b, '`');
		buf_u8(&b, (uint8_t)name.p[i]);
	}
	buf_u8(&b, '`');
	return buf_take(&b);
}

void transaction_savepoint(struct statement *st)
{
	struct txn *t = &st->conn->txn;
	size_t old;
	char *text;

	/* As a server: no effect without a transaction, or one that the next statement opens. */
	if (!t->open && st->conn->vars.autocommit) {
		statement_ok(st);
		return;
	}
	text = savepoint_text(st, "SAVEPOINT ");
	if (!text || VEC_GROW(&t->savepoint) < 0) {
		free(text);
		statement_fail_memory(st);
		return;
	}
	/* A name that is used again moves here. */
	old = txn_find_savepoint(t, text);
	if (old != SIZE_MAX)
		txn_forget_savepoint(t, old);
	t->savepoint.v[t->savepoint.len++] = text;
	statement_ok(st);
}

struct savepoint_end {
	size_t at;
	bool release;
};

static bool knows_savepoint(const struct txn_shard *s, size_t at)
{
	return s->in_txn && s->savepoints > at;
}

static void savepoint_ended(struct statement *st, const struct err *e)
{
	const struct savepoint_end *end = st->local;
	struct txn *t = &st->conn->txn;

	if (e) {
		t->lost = true;
		statement_fail(st, e);
		return;
	}
	txn_keep_savepoints(t, end->release ? end->at : end->at + 1);
	statement_ok(st);
}

/* On the shards that know the savepoint; a shard that joined later is rolled back to its beginning
 * by the savepoints that it got with its first statement. */
void transaction_end_savepoint(struct statement *st, bool release)
{
	struct txn *t = &st->conn->txn;
	struct savepoint_end *end = arena_zalloc(&st->arena, sizeof(*end));
	char *text = savepoint_text(st, "SAVEPOINT ");
	size_t at = text ? txn_find_savepoint(t, text) : SIZE_MAX;
	struct str sql = {NULL, 0};
	struct err e;

	if (at == SIZE_MAX) {
		free(text);
		err_set_mysql(&e, ERR_NOT_FOUND, 1305, "42000", "SAVEPOINT %.*s does not exist",
			      STR_ARG(AST_AS(txn, st->plan->tree)->name));
		statement_fail(st, &e);
		return;
	}
	if (end)
		sql = str_of(arena_printf(&st->arena, "%s %s", release ? "RELEASE" : "ROLLBACK TO",
					  text));
	free(text);
	if (!end || !sql.p) {
		statement_fail_memory(st);
		return;
	}
	*end = (struct savepoint_end){at, release};
	st->local = end;
	kept_run(st, sql, knows_savepoint, at, savepoint_ended);
}

/* --- LOCK TABLES' end --- */

static void unlocked(struct statement *st, const struct err *e)
{
	if (e) {
		statement_fail(st, e);
		return;
	}
	forget_locks(&st->conn->txn);
	statement_ok(st);
}

static void unlock_committed(void *arg, const struct err *e)
{
	struct statement *st = arg;

	if (e)
		statement_fail(st, e);
	else
		kept_run(st, STR_LIT("UNLOCK TABLES"), is_locked, 0, unlocked);
}

/* As a server: without LOCK TABLES it does nothing, else it commits first. The connection stays
 * the session's: it may hold temporary tables. */
void transaction_unlock_tables(struct statement *st)
{
	if (!txn_has_locks(&st->conn->txn))
		statement_ok(st);
	else if (txn_is_under_way(&st->conn->txn))
		statement_commit(st, false, unlock_committed);
	else
		unlock_committed(st, NULL);
}
