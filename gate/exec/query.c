/* query - from a command to its statements, from a statement to its calls, and to its end. */
#include "gate/exec/query.h"

#include <stdlib.h>
#include <string.h>

#include "gate/exec/fetch.h"
#include "gate/exec/local.h"
#include "gate/exec/relay.h"
#include "gate/exec/render.h"
#include "gate/exec/uservars.h"
#include "gate/plan/catalog.h"
#include "gate/plan/plan.h"
#include "gate/plan/plan_cache.h"
#include "gate/plan/planner.h"
#include "gate/scatter/merge.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "gate/session/stmt.h"
#include "gate/txn/finish.h"
#include "sql/parse/parse.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/net/stream.h"
#include "src/net/worker.h"
#include "src/wire/caps.h"
#include "topo/graph.h"

enum { QUERY_SPARES = 64, QUERY_TEXT_KEPT = 64 * 1024 };

static void run_statement(struct query *q);

/* --- objects --- */

static struct query *take_query(struct session *s, enum query_kind kind)
{
	struct gate_worker *gw = s->gw;
	struct query *q = gw->spare_queries;

	if (q) {
		gw->spare_queries = q->next;
		gw->spare_query_count--;
	} else {
		q = calloc(1, sizeof(*q));
		if (!q)
			return NULL;
		arena_init(&q->arena, (size_t)gw->gate->settings->statement_memory);
		fingerprint_init(&q->fp);
	}
	q->next = NULL;
	q->gw = gw;
	q->session = s;
	q->kind = kind;
	q->state = QUERY_PLANNING;
	q->at = 0;
	q->killed = false;
	q->stmt = NULL;
	s->query = q;
	return q;
}

static void free_query(struct query *q)
{
	arena_fini(&q->arena);
	fingerprint_fini(&q->fp);
	buf_fini(&q->text);
	buf_fini(&q->execute);
	buf_fini(&q->info);
	free(q);
}

/* Forgets the statement: its calls are over or canceled. */
static void drop_statement(struct query *q)
{
	for (unsigned i = 0; i < q->calls; i++)
		call_cancel(&q->call[i]);
	finish_cancel(q->finish);
	q->finish = NULL;
	merge_free(q->merge);
	q->merge = NULL;
	q->call = NULL;
	q->calls = q->running = 0;
	plan_cache_put(q->gw->plans, q->entry);
	q->entry = NULL;
	q->plan = NULL;
	arena_reset(&q->arena);
}

static void put_query(struct query *q)
{
	struct gate_worker *gw = q->gw;

	drop_statement(q);
	q->session = NULL;
	q->state = QUERY_IDLE;
	/* What a giant statement needed is not kept. */
	if (q->text.cap > QUERY_TEXT_KEPT)
		buf_fini(&q->text);
	if (q->execute.cap > QUERY_TEXT_KEPT)
		buf_fini(&q->execute);
	buf_reset(&q->text);
	buf_reset(&q->execute);
	if (gw->spare_query_count >= QUERY_SPARES || q->fp.lits.cap > QUERY_TEXT_KEPT) {
		free_query(q);
		return;
	}
	q->next = gw->spare_queries;
	gw->spare_queries = q;
	gw->spare_query_count++;
}

void query_free_spares(struct gate_worker *gw)
{
	while (gw->spare_queries) {
		struct query *q = gw->spare_queries;

		gw->spare_queries = q->next;
		free_query(q);
	}
}

static void no_memory(struct session *s)
{
	struct err e;

	err_set(&e, ERR_NOMEM, "out of memory");
	session_send_error(s, &e);
	session_done(s);
}

/* The command is over. */
static void end_command(struct query *q)
{
	struct session *s = q->session;

	s->query = NULL;
	if (q->stmt)
		stmt_reset(q->stmt);
	put_query(q);
	session_done(s);
}

/* --- starting --- */

/* A query with a copy of the text; NULL when there is no memory, which the client has been told. */
static struct query *begin_command(struct session *s, enum query_kind kind, struct str text)
{
	struct query *q = take_query(s, kind);

	/* Servers take semicolons and white space off the end first, and end at a zero byte there. */
	while (text.n && memchr("; \t\n\v\f\r", text.p[text.n - 1], sizeof("; \t\n\v\f\r")))
		text.n--;
	if (q)
		buf_str(&q->text, text);
	if (q && !q->text.failed)
		return q;
	if (q) {
		s->query = NULL;
		put_query(q);
	}
	no_memory(s);
	return NULL;
}

void query_start_text(struct session *s, struct str text)
{
	struct query *q = begin_command(s, QUERY_TEXT, text);

	if (q)
		run_statement(q);
}

void query_start_prepare(struct session *s, struct str text)
{
	struct query *q = begin_command(s, QUERY_PREPARE, text);

	if (q)
		run_statement(q);
}

void query_start_execute(struct session *s, struct stmt *st, struct str body)
{
	struct query *q = begin_command(s, QUERY_EXECUTE, str_make(st->sql, st->n));

	if (!q)
		return;
	q->stmt = st;
	buf_str(&q->execute, body); /* when this fails, reading the parameters does */
	run_statement(q);
}

/* --- a statement's plan --- */

bool query_has_more(const struct query *q)
{
	return q->kind == QUERY_TEXT && (q->session->caps & CAP_MULTI_STATEMENTS) &&
	       q->fp.next < q->text.len && q->more;
}

/* Whether only comments follow the statement. */
static bool rest_is_empty(struct query *q)
{
	struct lex_token t;
	struct lex l;

	lex_init(&l, &q->session->lex, buf_slice(&q->text), q->fp.next);
	lex_next(&l, &t);
	return t.kind == LEX_EOF;
}

/* Neither statement nor comment: nothing at all, or a semicolon alone. */
static int nothing_to_run(struct query *q, struct err *e)
{
	struct lex_token t;
	struct lex l;

	if (q->text.len == 0)
		return err_set_mysql(e, ERR_SYNTAX, 1065, "42000", "Query was empty");
	lex_init(&l, &q->session->lex, buf_slice(&q->text), (uint32_t)q->at);
	lex_next(&l, &t);
	return t.kind == LEX_EOF ? 0 : parse_syntax_error(buf_slice(&q->text), t.start, e);
}

static int scan_text(struct query *q, struct err *e)
{
	struct session *s = q->session;

	if (fingerprint_scan(&q->fp, &s->lex, buf_slice(&q->text), q->at, q->gw->gate->seed, e) < 0)
		return -1;
	q->more = q->fp.next < q->text.len;
	if (q->more && (q->kind != QUERY_TEXT || !(s->caps & CAP_MULTI_STATEMENTS)) &&
	    !rest_is_empty(q))
		return err_set(
			e, ERR_SYNTAX,
			"You have an error in your SQL syntax; several statements in one command "
			"are only allowed when the client asks for them, near '%.80s'",
			buf_cstr(&q->text) + q->fp.next);
	return q->fp.cls == FP_EMPTY ? nothing_to_run(q, e) : 0;
}

static int find_plan(struct query *q, struct err *e)
{
	struct session *s = q->session;
	struct catalog *catalog = gate_worker_catalog(q->gw);
	struct plan_context ctx = {.keyspace = s->target.keyspace,
				   .shard = s->target.shard,
				   .tablet_type = s->target.tablet_type,
				   .lex = s->lex,
				   .prepared = q->kind != QUERY_TEXT,
				   .scatter = q->scatter};
	struct planner_input in = {.context = &ctx, .fp = &q->fp, .text = buf_slice(&q->text)};
	struct plan *plan;

	if (!catalog)
		return err_set(e, ERR_UNAVAILABLE, "the gate has not read the topology yet");
	q->entry = plan_cache_get(q->gw->plans, &ctx, &q->fp, in.text);
	if (!q->entry) {
		in.catalog = catalog;
		in.memory = (size_t)q->gw->gate->settings->statement_memory;
		plan = planner_build(&in, e);
		if (!plan)
			return -1;
		q->entry =
			plan_cache_add(q->gw->plans, &ctx, &q->fp, plan,
				       !(plan->flags & PLAN_NO_CACHE) && plan->kind != PLAN_LOCAL &&
					       plan->kind != PLAN_DDL);
		if (!q->entry)
			return err_set(e, ERR_NOMEM, "out of memory");
	}
	q->plan = plan_entry_plan(q->entry);
	q->keyspace = q->plan->keyspace;
	q->settings = NULL;
	return 0;
}

/* COM_STMT_EXECUTE's parameters. */
static int read_params(struct query *q, struct err *e)
{
	struct stmt *st = q->stmt;
	struct prepared_execute ex;
	uint32_t ordinal = 0;

	if (buf_check(&q->execute, e) < 0)
		return -1;
	q->param = arena_array(&q->arena, st->params + 1u, sizeof(*q->param));
	q->lit_param = arena_array(&q->arena, q->fp.lits.len + 1, sizeof(*q->lit_param));
	if (!q->param || !q->lit_param)
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	if (stmt_check_long(st, e) < 0)
		return -1;
	for (uint16_t i = 0; i < st->params; i++) {
		q->param[i].type = st->type[i];
		if (!st->long_data || !st->long_data[i].given)
			continue;
		q->param[i].long_data = true;
		q->param[i].raw = str_make(st->long_data[i].b.p ? (char *)st->long_data[i].b.p : "",
					   st->long_data[i].b.len);
	}
	if (prepared_parse_execute(buf_slice(&q->execute), q->param, st->params, st->have_types,
				   &ex, e) < 0)
		return -1;
	if (ex.flags)
		return err_set(e, ERR_UNSUPPORTED, "server-side cursors are not supported yet");
	for (uint16_t i = 0; i < st->params; i++)
		st->type[i] = q->param[i].type;
	st->have_types = true;
	for (size_t i = 0; i < q->fp.lits.len; i++)
		if (q->fp.lits.v[i].type == FP_PARAM)
			q->lit_param[i] = ordinal++;
	if (ordinal != st->params)
		return err_set(e, ERR_INTERNAL,
			       "a statement with other parameters than when it was prepared");
	return 0;
}

/* --- running --- */

void query_fail(struct query *q, const struct err *e)
{
	struct session *s = q->session;

	session_send_error(s, e);
	end_command(q);
}

static void commit_done(void *arg, const struct err *e);

/* What the session's transaction says to this statement. False: it has failed. */
static bool check_txn(struct query *q, struct err *e)
{
	struct session *s = q->session;
	struct txn *t = &s->txn;

	if (t->lost) {
		err_set(e, ERR_TXN_LOST,
			"the transaction was lost with one of its servers; ROLLBACK before "
			"anything else");
		return false;
	}
	if (!s->autocommit && !t->open &&
	    (q->plan->kind == PLAN_QUERY || q->plan->kind == PLAN_WRITE))
		t->open = true;
	return true;
}

/* Which way the answers go. */
static int choose_mode(struct query *q, struct err *e)
{
	const struct plan *p = q->plan;

	if (q->kind == QUERY_PREPARE) {
		q->mode = QUERY_META;
		return 0;
	}
	if (p->kind == PLAN_QUERY && q->resolved.targets > 1) {
		q->mode = QUERY_MERGE;
		q->merge = merge_new(q, e);
		return q->merge ? 0 : -1;
	}
	q->mode = q->resolved.targets == 1 ? QUERY_RELAY : QUERY_COUNT;
	return 0;
}

int query_make_calls(struct query *q, unsigned n, struct err *e)
{
	q->call = arena_array(&q->arena, n, sizeof(*q->call));
	if (!q->call)
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	q->calls = n;
	for (unsigned i = 0; i < n; i++) {
		q->call[i].q = q;
		q->call[i].index = i;
		q->call[i].shard = q->resolved.target[i];
	}
	return 0;
}

/* Sends the statement to its shards. */
static void start_calls(struct query *q)
{
	struct err e;

	q->state = QUERY_RUNNING;
	q->running = q->calls; /* an early failure must not look like the end */
	for (unsigned i = 0; i < q->calls; i++) {
		struct call *c = &q->call[i];
		struct rendered r;
		int rc;

		if (q->error.code != ERR_OK && q->plan->kind == PLAN_QUERY)
			rc = -1;
		else if (q->mode == QUERY_META)
			rc = call_start_prepare(
				c,
				str_make((char *)q->text.p + q->fp.start, q->fp.end - q->fp.start),
				&e);
		else
			rc = render_target(q, i, &r, &e) < 0 ? -1 : call_start(c, &r, &e);
		if (rc == 0)
			continue;
		c->ended = true;
		c->error = e;
		q->running--;
		if (q->error.code == ERR_OK)
			q->error = e;
	}
	if (!q->running)
		query_end_statement(q);
}

static void execute(struct query *q)
{
	struct session *s = q->session;
	struct err e;

	if (q->kind == QUERY_PREPARE ? resolve_any(q, &e) < 0
				     : !check_txn(q, &e) || resolve_plan(q, &e) < 0) {
		query_fail(q, &e);
		return;
	}
	/* A value that may match on several shards (text compared with a number, say). */
	if (q->kind != QUERY_PREPARE && q->plan->single_only && q->resolved.targets > 1) {
		if (q->scatter) {
			err_set(&e, ERR_UNSUPPORTED,
				"This version of Sluice doesn't yet support this statement "
				"over several shards");
			query_fail(q, &e);
			return;
		}
		q->scatter = true;
		plan_cache_put(q->gw->plans, q->entry);
		q->entry = NULL;
		if (find_plan(q, &e) < 0)
			query_fail(q, &e);
		else
			execute(q);
		return;
	}
	if (q->kind != QUERY_PREPARE && q->plan->kind == PLAN_WRITE && q->resolved.targets > 1 &&
	    !s->txn.open) {
		s->txn.open = true;
		q->implicit_txn = true;
	}
	if (query_make_calls(q, q->resolved.targets, &e) < 0 || choose_mode(q, &e) < 0) {
		query_fail(q, &e);
		return;
	}
	start_calls(q);
}

/* Statements that end a transaction before they run (DDL). */
static void commit_first(struct query *q)
{
	q->state = QUERY_OPENING;
	finish_start(&q->finish, q->session, FINISH_COMMIT, commit_done, q);
}

static void commit_done(void *arg, const struct err *e)
{
	struct query *q = arg;

	if (e)
		query_fail(q, e);
	else
		execute(q);
}

static void reset_statement(struct query *q)
{
	err_clear(&q->error);
	q->implicit_txn = q->answered = q->rolled_back = q->eval_uservars = q->scatter = false;
	q->affected = q->insert_id = q->found_rows = 0;
	q->warnings = 0;
	q->param = NULL;
	q->lit_param = NULL;
	q->mode = QUERY_RELAY;
	q->started_us = worker_now_us(q->gw->worker);
	q->deadline_us = q->gw->gate->settings->query_timeout_us
				 ? q->started_us + (uint64_t)q->gw->gate->settings->query_timeout_us
				 : 0;
}

/* Servers say OK to a comment alone. */
static void run_comment(struct query *q)
{
	session_forget_warnings(q->session);
	if (q->kind == QUERY_PREPARE)
		local_prepare(q);
	else
		local_ok(q);
}

static void run_statement(struct query *q)
{
	struct session *s = q->session;
	struct err e;

	q->state = QUERY_PLANNING;
	reset_statement(q);
	metrics_add(q->gw->queries_metric, 1);
	if ((q->stmt && stmt_check_reading(s, q->stmt, &e) < 0) || scan_text(q, &e) < 0) {
		query_fail(q, &e);
		return;
	}
	if (q->fp.cls == FP_EMPTY) {
		run_comment(q);
		return;
	}
	if (find_plan(q, &e) < 0 || (q->kind == QUERY_EXECUTE && read_params(q, &e) < 0)) {
		query_fail(q, &e);
		return;
	}
	q->warnings_before = session_warning_count(s);
	q->errors_before = session_error_count(s);
	if (q->plan->local != LOCAL_SHOW_WARNINGS && q->plan->local != LOCAL_SHOW_ERRORS)
		session_forget_warnings(s);
	if (q->plan->kind == PLAN_LOCAL && q->kind == QUERY_PREPARE)
		local_prepare(q);
	else if (q->plan->kind == PLAN_LOCAL)
		local_execute(q);
	else if ((q->plan->flags & PLAN_IMPLICIT_COMMIT) && s->txn.open && q->kind != QUERY_PREPARE)
		commit_first(q);
	else
		execute(q);
}

/* --- what calls bring --- */

void query_call_part(struct call *c, const struct scan_part *part, const uint8_t *p)
{
	struct query *q = c->q;

	switch (q->mode) {
	case QUERY_RELAY:
		relay_part(c, part, p);
		break;
	case QUERY_MERGE:
		merge_part(q->merge, c->index, part);
		break;
	case QUERY_META:
		relay_prepared(c, part);
		break;
	case QUERY_FETCH:
		fetch_part(q, part);
		break;
	case QUERY_COUNT:
		break;
	}
}

/* Takes rows; a LIMIT that is reached cancels the calls, and then nobody else ends the statement.
 */
static void merge_and_end(struct query *q)
{
	merge_run(q->merge);
	if (!q->running && q->state == QUERY_RUNNING)
		query_end_statement(q);
}

void query_call_data_done(struct call *c)
{
	struct query *q = c->q;

	if (q->mode == QUERY_RELAY)
		relay_flow(c);
	else if (q->mode == QUERY_MERGE)
		merge_and_end(q);
	else
		call_grant(c, c->ungranted);
}

void query_call_ended(struct call *c)
{
	struct query *q = c->q;

	if (c->error.code != ERR_OK && q->error.code == ERR_OK)
		q->error = c->error;
	q->running--;
	if (q->mode == QUERY_MERGE)
		merge_source_ended(q->merge, c->index);
	/* A read that failed on one shard has failed: the others need not go on. */
	if (q->error.code != ERR_OK && q->plan->kind == PLAN_QUERY && q->running) {
		for (unsigned i = 0; i < q->calls; i++) {
			struct call *other = &q->call[i];

			if (other->ended || q->session->txn.open)
				continue; /* in a transaction its state must be learned */
			call_cancel(other);
			q->running--;
		}
	}
	if (!q->running)
		query_end_statement(q);
}

void query_drained(struct query *q)
{
	if (q->state != QUERY_RUNNING)
		return;
	if (q->mode == QUERY_MERGE) {
		merge_and_end(q);
		return;
	}
	for (unsigned i = 0; i < q->calls; i++)
		relay_flow(&q->call[i]);
}

/* --- the end --- */

void query_statement_done(struct query *q)
{
	uint32_t next = q->fp.next;
	bool more = query_has_more(q);

	if (!more) {
		end_command(q);
		return;
	}
	drop_statement(q);
	q->at = next;
	run_statement(q);
}

/* --- ending early --- */

void query_abandon(struct query *q)
{
	if (q->refresh)
		q->refresh->q = NULL;
	q->refresh = NULL;
	q->session->query = NULL;
	put_query(q);
}

void query_kill(struct query *q)
{
	struct err e;

	q->killed = true;
	if (q->state != QUERY_RUNNING)
		return;
	err_set(&e, ERR_CANCELED, "Query execution was interrupted");
	for (unsigned i = 0; i < q->calls; i++) {
		struct call *c = &q->call[i];
		struct txn_shard *s;

		if (c->ended)
			continue;
		call_cancel(c);
		q->running--;
		s = txn_find(&q->session->txn, q->keyspace->name, c->shard->name,
			     q->session->target.tablet_type);
		if (s && s->in_txn)
			q->session->txn.lost = true;
	}
	q->error = e;
	query_end_statement(q);
}
