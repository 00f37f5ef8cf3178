#include "gate/session/client_command.h"

#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/exec/sharded.h"
#include "gate/exec/statement.h"
#include "gate/exec/statement_ahead.h"
#include "gate/exec/statement_plan.h"
#include "gate/local/local.h"
#include "gate/plan/plan.h"
#include "gate/session/session.h"
#include "gate/vars/stmt.h"
#include "src/base/metrics.h"
#include "src/net/worker.h"

enum {
	COMMAND_SLICE = 64,	   /* statements run before other clients have their turn */
	SERVER_FIRST_US = 1000000, /* by which a server's own max_statement_time comes first */
};

/* conn is the session's first member. */
static struct session *session_of(const struct statement *st)
{
	return (struct session *)st->conn;
}

/* --- one statement --- */

static void begin_statement(struct statement *st)
{
	uint64_t timeout = (uint64_t)st->conn->limits.query_us;
	uint64_t own = st->conn->vars.statement_us;

	if (own && (!timeout || own + SERVER_FIRST_US < timeout))
		timeout = own + SERVER_FIRST_US;
	err_clear(&st->error);
	st->implicit_txn = st->answered = st->rolled_back = st->scatter = false;
	st->found_rows = 0;
	st->param = NULL;
	st->lit_param = NULL;
	st->started_us = worker_now_us(st->ctx->worker);
	st->deadline_us = timeout ? st->started_us + timeout : 0;
	metrics_add(st->ctx->metric.queries, 1);
}

/* Checks whether the session's transaction allows the statement, and opens one when autocommit is
 * off. */
static int check_txn(struct statement *st, struct err *e)
{
	struct txn *t = &st->conn->txn;

	if (st->plan->kind == PLAN_DDL)
		st->deadline_us = 0; /* takes as long as it takes */
	if (st->input == STATEMENT_PREPARE || st->plan->kind == PLAN_LOCAL)
		return 0;
	if (t->lost)
		return err_set(e, ERR_TXN_LOST,
			       "the transaction was lost with one of its servers; ROLLBACK before "
			       "anything else");
	if (!st->conn->vars.autocommit && !(st->plan->flags & PLAN_NO_TABLES) &&
	    (st->plan->kind == PLAN_QUERY || st->plan->kind == PLAN_WRITE)) {
		t->read_only = t->open ? t->read_only : t->traits.access == TXN_READ_ONLY;
		t->open = true;
	}
	return 0;
}

static void committed_before(void *arg, const struct err *e)
{
	struct statement *st = arg;

	if (e)
		statement_fail(st, e);
	else
		sharded_run(st);
}

/* The diagnostics area is the new statement's. As on a server, one that uses no table leaves it as
 * it is, until it has a condition of its own. */
static void begin_conditions(struct statement *st)
{
	struct conditions *c = &st->conn->vars.conditions;

	st->warnings_before = conditions_count(c);
	st->errors_before = conditions_errors(c);
	if (st->input == STATEMENT_PREPARE || !st->plan || (st->plan->flags & PLAN_NO_TABLES) ||
	    st->plan->kind == PLAN_LOCAL)
		conditions_keep(c);
	else
		conditions_clear(c);
}

static void drive(struct statement *st);

/* Another thread has read a long text. */
static void go_on(struct statement *st, bool ok)
{
	if (!ok)
		statement_fail_memory(st);
	else if (!st->driving)
		drive(st);
}

static void run_statement(struct statement *st)
{
	bool prepare = st->input == STATEMENT_PREPARE;
	struct err e;

	if (!st->ahead)
		begin_statement(st);
	if (statement_ahead_scan(st, go_on))
		return;
	if (statement_plan_scan(st, &e) < 0) {
		statement_fail(st, &e);
		return;
	}
	if (st->fp.cls == FP_EMPTY) { /* a comment alone; servers say OK */
		begin_conditions(st);
		statement_set_state(st, STATEMENT_RUNNING);
		if (prepare)
			local_prepare(st);
		else
			statement_ok(st);
		return;
	}
	if (statement_plan_later(st, go_on))
		return;
	if (statement_plan_find(st, &e) < 0 ||
	    (st->input == STATEMENT_EXECUTE && statement_plan_params(st, &e) < 0) ||
	    check_txn(st, &e) < 0) {
		statement_fail(st, &e);
		return;
	}
	begin_conditions(st);
	if (st->plan->kind == PLAN_LOCAL && prepare) {
		statement_set_state(st, STATEMENT_RUNNING);
		local_prepare(st);
	} else if (st->plan->kind == PLAN_LOCAL) {
		local_run(st);
	} else if ((st->plan->flags & PLAN_IMPLICIT_COMMIT) && txn_is_under_way(&st->conn->txn) &&
		   !prepare) {
		statement_set_state(st, STATEMENT_OPENING);
		statement_commit(st, false, committed_before);
	} else {
		sharded_run(st);
	}
}

/* --- the loop --- */

static void end_command(struct statement *st)
{
	struct session *s = session_of(st);

	s->statement = NULL;
	if (st->stmt) {
		statement_plan_return_fingerprint(st);
		stmt_reset(st->stmt);
	}
	statement_put(st);
	session_done(s);
}

/* Moves on to the next statement of the text. False: the command is over, and @st gone. */
static bool next_statement(struct statement *st)
{
	uint32_t next = st->fp.next;

	if (st->failed || !statement_has_more(st)) {
		end_command(st);
		return false;
	}
	statement_drop(st);
	st->at = next;
	statement_set_state(st, STATEMENT_PLANNING);
	return true;
}

/* Runs statements until one waits for something, or the client for its answers. */
static void drive(struct statement *st)
{
	st->driving = true;
	for (unsigned n = 0;
	     !st->wait && (st->state == STATEMENT_PLANNING || st->state == STATEMENT_ANSWERED);
	     n++) {
		if (st->state == STATEMENT_ANSWERED) {
			bool more = !st->failed && statement_has_more(st);

			if (more && n >= COMMAND_SLICE)
				statement_yield(st);
			if (more && (st->yielded || client_congested(&st->conn->client)))
				break; /* statement_drained() goes on */
			if (!next_statement(st))
				return;
		}
		run_statement(st);
	}
	st->driving = false;
	if (st->state == STATEMENT_ORPHANED)
		statement_check_orphan(st);
}

static void on_done(struct statement *st)
{
	if (!st->driving)
		drive(st);
}

/* --- starting --- */

static void no_memory(struct session *s)
{
	struct err e;

	err_set(&e, ERR_NOMEM, "out of memory");
	conn_send_error(&s->conn, &e);
	session_done(s);
}

/* A statement with a copy of the text; NULL when there is no memory, which the client has been
 * told. */
static struct statement *begin_command(struct session *s, enum statement_input input,
				       struct str text)
{
	struct statement *st = statement_take(&s->conn, input, on_done);

	/* Servers take semicolons and white space off the end first, and end at a zero byte there.
	 */
	while (text.n && memchr("; \t\n\v\f\r", text.p[text.n - 1], sizeof("; \t\n\v\f\r")))
		text.n--;
	if (st)
		buf_str(&st->text, text);
	if (st && !st->text.failed) {
		s->statement = st;
		return st;
	}
	if (st)
		statement_put(st);
	no_memory(s);
	return NULL;
}

void client_command_start_text(struct session *s, struct str text)
{
	struct statement *st = begin_command(s, STATEMENT_TEXT, text);

	if (st)
		drive(st);
}

void client_command_start_prepare(struct session *s, struct str text)
{
	struct statement *st = begin_command(s, STATEMENT_PREPARE, text);

	if (st)
		drive(st);
}

void client_command_start_execute(struct session *s, struct stmt *ps, struct str body)
{
	struct statement *st = begin_command(s, STATEMENT_EXECUTE, str_make(ps->sql, ps->n));

	if (!st)
		return;
	st->stmt = ps;
	buf_str(&st->execute, body); /* when this fails, reading the parameters does */
	drive(st);
}
