#include "gate/exec/local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/exec/query.h"
#include "gate/exec/savepoint.h"
#include "gate/exec/set.h"
#include "gate/plan/catalog.h"
#include "gate/plan/plan.h"
#include "gate/session/gate_worker.h"
#include "gate/session/kill.h"
#include "gate/session/session.h"
#include "gate/session/stmt.h"
#include "gate/session/target.h"
#include "gate/txn/finish.h"
#include "sql/ast/ast.h"
#include "sql/lex/literal.h"
#include "src/base/vec.h"
#include "src/shard/vschema.h"
#include "src/wire/binary_row.h"
#include "src/wire/caps.h"
#include "src/wire/column_def.h"
#include "src/wire/reply.h"
#include "src/wire/text_row.h"
#include "topo/graph.h"

/* --- answers --- */

void local_ok(struct query *q)
{
	session_send_done(q->session, 0, 0, query_has_more(q));
	query_statement_done(q);
}

static const struct type_meta text_column = {.type = TYPE_VAR_STRING,
					     .charset = TYPE_CHARSET_UTF8MB4};

static void send_column(struct query *q, const char *name)
{
	struct column_def c = {.name = str_of(name), .length = 1024, .meta = text_column};
	struct buf b;

	buf_init(&b);
	column_def_build(&b, &c);
	session_send(q->session, b.p, b.len);
	buf_fini(&b);
}

void local_columns(struct query *q, const char *const *name, size_t n)
{
	struct buf b;

	buf_init(&b);
	column_def_build_count(&b, n);
	session_send(q->session, b.p, b.len);
	for (size_t i = 0; i < n; i++)
		send_column(q, name[i]);
	if (!(q->session->caps & CAP_DEPRECATE_EOF)) {
		buf_reset(&b);
		reply_build_eof(&b, 0, session_status(q->session));
		session_send(q->session, b.p, b.len);
	}
	buf_fini(&b);
	q->found_rows = 0;
}

void local_row(struct query *q, const struct str *value, size_t n)
{
	struct binary_row r;
	struct buf b;

	buf_init(&b);
	if (q->kind == QUERY_EXECUTE)
		binary_row_begin(&r, &b, n);
	for (size_t i = 0; i < n; i++) {
		if (q->kind == QUERY_EXECUTE)
			binary_row_put_raw(&r, &text_column, value[i]);
		else if (value[i].p)
			text_row_put(&b, value[i]);
		else
			text_row_put_null(&b);
	}
	session_send(q->session, b.p, b.len);
	buf_fini(&b);
	q->found_rows++;
}

void local_rows_end(struct query *q)
{
	struct session *s = q->session;
	struct buf b;

	s->row_count = -1;
	s->found_rows = q->found_rows;
	buf_init(&b);
	reply_build_end(
		&b, s->caps, 0,
		(uint16_t)(session_status(s) | (query_has_more(q) ? STATUS_MORE_RESULTS : 0)));
	session_send(s, b.p, b.len);
	buf_fini(&b);
	query_statement_done(q);
}

/* LIKE with % and _ and backslash, without regard to ASCII case. */
static bool like(const char *p, const char *end, const char *s)
{
	for (; p < end; p++, s++) {
		if (*p == '%') {
			for (;; s++) {
				if (like(p + 1, end, s))
					return true;
				if (!*s)
					return false;
			}
		}
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (*p == '_' && *s)
			continue;
		if (!*s || !str_ieq(str_make(p, 1), str_make(s, 1)))
			return false;
	}
	return !*s;
}

bool local_like(struct query *q, const char *name)
{
	const struct ast_show *show = AST_AS(show, q->plan->tree);
	struct str pattern;

	if (q->plan->tree->kind != AST_SHOW || !show->like)
		return true;
	pattern = str_make((char *)q->text.p + show->like->start,
			   show->like->end - show->like->start);
	if (literal_string(pattern, &q->session->lex, &q->arena, &pattern, NULL) < 0)
		return true;
	return like(pattern.p, pattern.p + pattern.n, name);
}

/* --- SHOW --- */

static void show_databases(struct query *q)
{
	static const char *const column[] = {"Database"};
	const struct graph *g = gate_worker_catalog(q->gw)->graph;
	struct str name = STR_LIT("information_schema");

	local_columns(q, column, 1);
	if (local_like(q, name.p))
		local_row(q, &name, 1);
	for (size_t i = 0; i < g->keyspace_count; i++) {
		name = str_of(g->keyspaces[i].name);
		if (local_like(q, name.p))
			local_row(q, &name, 1);
	}
	local_rows_end(q);
}

static void show_shards(struct query *q)
{
	static const char *const column[] = {"Shards"};
	const struct graph *g = gate_worker_catalog(q->gw)->graph;
	char name[192];

	local_columns(q, column, 1);
	for (size_t i = 0; i < g->keyspace_count; i++) {
		for (size_t k = 0; k < g->keyspaces[i].shard_count; k++) {
			struct str v;

			snprintf(name, sizeof(name), "%s/%s", g->keyspaces[i].name,
				 g->keyspaces[i].shards[k].name);
			v = str_of(name);
			if (local_like(q, name))
				local_row(q, &v, 1);
		}
	}
	local_rows_end(q);
}

static void show_tablets(struct query *q)
{
	static const char *const column[] = {"Cell",  "Keyspace", "Shard",  "TabletType",
					     "Alias", "Hostname", "Address"};
	const struct graph *g = gate_worker_catalog(q->gw)->graph;

	local_columns(q, column, 7);
	for (size_t i = 0; i < g->tablet_count; i++) {
		const struct graph_tablet *t = &g->tablets[i];
		struct str v[7] = {str_of(t->cell),	   str_of(t->shard->keyspace->name),
				   str_of(t->shard->name), str_of(rec_tablet_type_name(t->type)),
				   str_of(t->alias),	   str_of(t->hostname),
				   str_of(t->rpc_address)};

		if (local_like(q, t->alias))
			local_row(q, v, 7);
	}
	local_rows_end(q);
}

static void show_vschema(struct query *q)
{
	static const char *const column[] = {"Keyspace", "VSchema"};
	const struct graph *g = gate_worker_catalog(q->gw)->graph;

	local_columns(q, column, 2);
	for (size_t i = 0; i < g->keyspace_count; i++) {
		struct str v[2] = {str_of(g->keyspaces[i].name)};
		struct buf b;

		buf_init(&b);
		vschema_print(g->keyspaces[i].vschema, false, &b);
		v[1] = buf_slice(&b);
		if (local_like(q, v[0].p))
			local_row(q, v, 2);
		buf_fini(&b);
	}
	local_rows_end(q);
}

/* --- transactions --- */

static void fail(struct query *q, enum err_code code, const char *message)
{
	struct err e;

	err_set(&e, code, "%s", message);
	query_fail(q, &e);
}

static void open_txn(struct query *q)
{
	struct txn *t = &q->session->txn;
	bool plain = q->plan->tree->op == AST_TXN_BEGIN || !q->plan->tree->flags;

	if (q->plan->tree->flags & AST_TXN_SNAPSHOT && !q->session->target.keyspace[0]) {
		fail(q, ERR_NO_DB, "No database selected");
		return;
	}
	t->open = true;
	if (!plain)
		t->begin =
			str_dup(str_make((char *)q->text.p + q->fp.start, q->fp.end - q->fp.start));
	local_ok(q);
}

static void begin_after_commit(void *arg, const struct err *e)
{
	struct query *q = arg;

	if (e)
		query_fail(q, e);
	else
		open_txn(q);
}

static void begin(struct query *q)
{
	struct session *s = q->session;

	q->state = QUERY_CLOSING;
	if (s->txn.lost)
		fail(q, ERR_TXN_LOST,
		     "the transaction was lost with one of its servers; ROLLBACK first");
	else if (s->txn.open)
		finish_start(&q->finish, s, FINISH_COMMIT, begin_after_commit, q);
	else
		open_txn(q);
}

static void finished(void *arg, const struct err *e)
{
	struct query *q = arg;

	if (e) {
		query_fail(q, e);
		return;
	}
	if (q->plan->tree->flags & AST_TXN_CHAIN)
		q->session->txn.open = true;
	local_ok(q);
}

static void finish(struct query *q, enum finish_action action)
{
	struct txn *t = &q->session->txn;
	bool lost = t->lost;

	q->state = QUERY_CLOSING;
	if (lost && action == FINISH_COMMIT) {
		/* What is left is rolled back, and the client is told that nothing was committed.
		 */
		finish_release_all(q->session);
		fail(q, ERR_TXN_LOST,
		     "the transaction was lost with one of its servers and is rolled back");
		return;
	}
	finish_start(&q->finish, q->session, action, finished, q);
}

static size_t find_savepoint(const struct txn *t, const char *statement)
{
	for (size_t i = t->savepoint.len; i-- > 0;)
		if (str_ieqz(str_of(t->savepoint.v[i]), statement))
			return i;
	return SIZE_MAX;
}

static char *savepoint_text(const char *verb, struct str name)
{
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

/* Savepoints are sent to each shard together with its next statement. */
static void savepoint(struct query *q)
{
	struct session *s = q->session;
	struct txn *t = &s->txn;
	char *text = savepoint_text("SAVEPOINT ", AST_AS(txn, q->plan->tree)->name);

	if (!s->autocommit)
		t->open = true;
	if (!t->open) { /* as MySQL: no transaction, no effect */
		free(text);
		local_ok(q);
		return;
	}
	if (!text || VEC_GROW(&t->savepoint) < 0) {
		free(text);
		fail(q, ERR_NOMEM, "out of memory");
		return;
	}
	t->savepoint.v[t->savepoint.len++] = text;
	local_ok(q);
}

static void savepoint_done(struct query *q, const struct err *e)
{
	if (e) {
		q->session->txn.lost = true;
		query_fail(q, e);
		return;
	}
	local_ok(q);
}

/* ROLLBACK TO and RELEASE: on the shards that know the savepoint; the others never saw what is
 * undone (a shard that joined later is rolled back to its beginning). */
static void end_savepoint(struct query *q, bool release)
{
	struct txn *t = &q->session->txn;
	struct str name = AST_AS(txn, q->plan->tree)->name;
	char *statement = savepoint_text("SAVEPOINT ", name);
	size_t at = statement && t->open ? find_savepoint(t, statement) : SIZE_MAX;
	struct err e;

	free(statement);
	if (at == SIZE_MAX) {
		err_set_mysql(&e, ERR_NOT_FOUND, 1305, "42000", "SAVEPOINT %.*s does not exist",
			      STR_ARG(name));
		query_fail(q, &e);
		return;
	}
	savepoint_end(q, at, release, savepoint_done);
}

static void kill_statement(struct query *q)
{
	const struct ast_kill *k = AST_AS(kill, q->plan->tree);
	struct str text =
		k->id ? str_make((char *)q->text.p + k->id->start, k->id->end - k->id->start)
		      : STR_LIT("");
	bool whole = q->plan->tree->op == AST_KILL_CONNECTION;
	struct session *s = q->session;
	uint64_t id;

	if ((q->plan->tree->op != AST_KILL_CONNECTION && q->plan->tree->op != AST_KILL_QUERY) ||
	    !str_to_u64(text, &id) || id > UINT32_MAX) {
		fail(q, ERR_UNSUPPORTED,
		     "only KILL [CONNECTION | QUERY] <connection id> is supported");
		return;
	}
	/* The answer comes from there; the command ends with it. */
	query_abandon(q);
	kill_connection(s, (uint32_t)id, whole);
}

static void use(struct query *q)
{
	struct err e;

	if (session_use(q->session, AST_AS(use, q->plan->tree)->target, &e) < 0)
		query_fail(q, &e);
	else
		local_ok(q);
}

static void unlock_tables(struct query *q)
{
	/* Locks live on reserved connections, which are given back. */
	finish_release_all(q->session);
	local_ok(q);
}

void local_execute(struct query *q)
{
	q->state = QUERY_CLOSING;
	switch (q->plan->local) {
	case LOCAL_SET:
		set_execute(q);
		return;
	case LOCAL_USE:
		use(q);
		return;
	case LOCAL_BEGIN:
		begin(q);
		return;
	case LOCAL_COMMIT:
		finish(q, FINISH_COMMIT);
		return;
	case LOCAL_ROLLBACK:
		finish(q, FINISH_ROLLBACK);
		return;
	case LOCAL_SAVEPOINT:
		savepoint(q);
		return;
	case LOCAL_ROLLBACK_TO:
		end_savepoint(q, false);
		return;
	case LOCAL_RELEASE_SAVEPOINT:
		end_savepoint(q, true);
		return;
	case LOCAL_SHOW_DATABASES:
		show_databases(q);
		return;
	case LOCAL_SHOW_WARNINGS:
	case LOCAL_SHOW_ERRORS:
		local_show_warnings(q);
		return;
	case LOCAL_SHOW_SHARDS:
		show_shards(q);
		return;
	case LOCAL_SHOW_TABLETS:
		show_tablets(q);
		return;
	case LOCAL_SHOW_VSCHEMA:
		show_vschema(q);
		return;
	case LOCAL_KILL:
		kill_statement(q);
		return;
	case LOCAL_UNLOCK_TABLES:
		unlock_tables(q);
		return;
	case LOCAL_NONE:
	case LOCAL_PREPARE:
	case LOCAL_EXECUTE:
	case LOCAL_DEALLOCATE:
	case LOCAL_SELECT:
		break;
	}
	fail(q, ERR_UNSUPPORTED, "this statement is not supported by the gate yet");
}

void local_prepare(struct query *q)
{
	struct session *s = q->session;
	struct prepared_ok ok = {.columns = 0};
	struct stmt *st;
	struct err e;
	struct buf b;

	if (q->fp.params) {
		fail(q, ERR_UNSUPPORTED, "parameters in this statement are not supported");
		return;
	}
	st = stmt_new(s, buf_slice(&q->text), 0, 0, &e);
	if (!st) {
		query_fail(q, &e);
		return;
	}
	/* Columns are told by the execution; clients take them from there. */
	ok.stmt_id = st->id;
	buf_init(&b);
	prepared_build_ok(&b, &ok);
	session_send(s, b.p, b.len);
	buf_fini(&b);
	query_statement_done(q);
}
