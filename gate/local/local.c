#include "gate/local/local.h"

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/exec/statement.h"
#include "gate/local/set.h"
#include "gate/local/show.h"
#include "gate/local/show_processlist.h"
#include "gate/local/show_warnings.h"
#include "gate/local/transaction.h"
#include "gate/plan/plan.h"
#include "gate/vars/stmt.h"
#include "sql/ast/ast.h"

static void killed(struct statement *st, bool found)
{
	struct gate_kill *k = st->local;
	struct err e;

	if (found) {
		statement_ok(st);
		return;
	}
	err_set_mysql(&e, ERR_NOT_FOUND, 1094, "HY000", "Unknown thread id: %u", k->target);
	statement_fail(st, &e);
}

static void kill_done(void *arg, bool found)
{
	statement_resume(arg, found);
}

/* A client that ends itself is told so, as by mysqld. */
static void kill_self(struct statement *st, bool whole)
{
	struct err e;

	err_set(&e, ERR_CANCELED, "Query execution was interrupted");
	st->conn->closing = whole;
	statement_fail(st, &e);
}

static void kill_statement(struct statement *st)
{
	const struct ast_kill *k = AST_AS(kill, st->plan->tree);
	bool whole = st->plan->tree->op == AST_KILL_CONNECTION;
	struct str text =
		k->id ? statement_span(st, k->id->start, k->id->end) : (struct str){"", 0};
	struct gate_kill *order = arena_zalloc(&st->arena, sizeof(*order));
	struct statement_wait *w;
	struct err e;
	uint64_t id;

	if ((!whole && st->plan->tree->op != AST_KILL_QUERY) || !str_to_u64(text, &id) ||
	    id > UINT32_MAX) {
		err_set(&e, ERR_UNSUPPORTED,
			"only KILL [CONNECTION | QUERY] <connection id> is supported");
		statement_fail(st, &e);
		return;
	}
	if (id == st->conn->vars.id) {
		kill_self(st, whole);
		return;
	}
	w = order ? statement_wait_new(st, killed) : NULL;
	if (!w) {
		statement_fail_memory(st);
		return;
	}
	*order = (struct gate_kill){.target = (uint32_t)id,
				    .asker = st->conn->vars.id,
				    .user = st->conn->vars.user,
				    .whole = whole};
	st->local = order;
	if (st->ctx->ops->kill(st->ctx, order, kill_done, w) < 0)
		statement_resume(w, false);
}

static void use(struct statement *st)
{
	struct err e;

	if (conn_use(st->conn, AST_AS(use, st->plan->tree)->target, &e) < 0)
		statement_fail(st, &e);
	else
		statement_ok(st);
}

static void unsupported(struct statement *st)
{
	struct err e;

	err_set(&e, ERR_UNSUPPORTED, "this statement is not supported by the gate yet");
	statement_fail(st, &e);
}

void local_run(struct statement *st)
{
	statement_set_state(st, STATEMENT_RUNNING);
	switch (st->plan->local) {
	case LOCAL_SET:
		set_run(st);
		return;
	case LOCAL_USE:
		use(st);
		return;
	case LOCAL_BEGIN:
		transaction_begin(st);
		return;
	case LOCAL_COMMIT:
	case LOCAL_ROLLBACK:
		transaction_end(st, st->plan->local == LOCAL_ROLLBACK);
		return;
	case LOCAL_SAVEPOINT:
		transaction_savepoint(st);
		return;
	case LOCAL_ROLLBACK_TO:
	case LOCAL_RELEASE_SAVEPOINT:
		transaction_end_savepoint(st, st->plan->local == LOCAL_RELEASE_SAVEPOINT);
		return;
	case LOCAL_SHOW_DATABASES:
		show_databases(st);
		return;
	case LOCAL_SHOW_WARNINGS:
	case LOCAL_SHOW_ERRORS:
		show_warnings(st);
		return;
	case LOCAL_SHOW_SHARDS:
		show_shards(st);
		return;
	case LOCAL_SHOW_TABLETS:
		show_tablets(st);
		return;
	case LOCAL_SHOW_PROCESSLIST:
		show_processlist(st);
		return;
	case LOCAL_SHOW_VSCHEMA:
		show_vschema(st);
		return;
	case LOCAL_KILL:
		kill_statement(st);
		return;
	case LOCAL_UNLOCK_TABLES:
		transaction_unlock_tables(st);
		return;
	case LOCAL_NONE:
	case LOCAL_PREPARE:
	case LOCAL_EXECUTE:
	case LOCAL_DEALLOCATE:
	case LOCAL_SELECT:
		unsupported(st);
		return;
	}
}

void local_prepare(struct statement *st)
{
	struct stmt_reading now = session_vars_reading(&st->conn->vars);
	struct prepared_ok ok = {.columns = 0};
	struct stmt *ps;
	struct err e;
	struct buf b;

	if (st->fp.params) {
		err_set(&e, ERR_UNSUPPORTED, "parameters in this statement are not supported");
		statement_fail(st, &e);
		return;
	}
	ps = stmt_new(&st->conn->vars.stmts, buf_slice(&st->text), &now, 0, 0,
		      st->ctx->settings->max_prepared, &e);
	if (!ps) {
		statement_fail(st, &e);
		return;
	}
	/* Columns are told by the execution; clients take them from there. */
	ok.stmt_id = ps->id;
	buf_init(&b);
	prepared_build_ok(&b, &ok);
	client_send_buf(&st->conn->client, &b);
	buf_fini(&b);
	statement_done(st);
}
