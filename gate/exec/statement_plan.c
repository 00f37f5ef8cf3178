#include "gate/exec/statement_plan.h"

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/catalog/catalog.h"
#include "gate/exec/statement.h"
#include "gate/exec/statement_ahead.h"
#include "gate/plan/plan.h"
#include "gate/plan/plan_cache.h"
#include "gate/plan/planner.h"
#include "gate/plan/planner_input.h"
#include "gate/vars/stmt.h"
#include "sql/parse/parse.h"
#include "src/wire/caps.h"
#include "topo/graph.h"

/* Fingerprints of longer texts are not kept with prepared statements. */
enum { SCANNED_MAX = 16 * 1024 };

/* Whether only comments follow the statement. */
static bool rest_is_empty(struct statement *st)
{
	struct lex_token t;
	struct lex l;

	lex_init(&l, &st->conn->vars.lex, buf_slice(&st->text), st->fp.next);
	lex_next(&l, &t);
	return t.kind == LEX_EOF;
}

/* Neither statement nor comment: nothing at all, or a semicolon alone. */
static int nothing_to_run(struct statement *st, struct err *e)
{
	struct lex_token t;
	struct lex l;

	if (st->text.len == 0)
		return err_set_mysql(e, ERR_SYNTAX, 1065, "42000", "Query was empty");
	lex_init(&l, &st->conn->vars.lex, buf_slice(&st->text), st->at);
	lex_next(&l, &t);
	return t.kind == LEX_EOF ? 0 : parse_syntax_error(buf_slice(&st->text), st->at, t.start, e);
}

static void exchange_fingerprints(struct statement *st)
{
	struct fingerprint fp = st->fp;

	st->fp = st->stmt->fp;
	st->stmt->fp = fp;
}

void statement_plan_return_fingerprint(struct statement *st)
{
	if (st->borrowed_fp)
		exchange_fingerprints(st);
	st->borrowed_fp = false;
}

int statement_plan_scan(struct statement *st, struct err *e)
{
	const struct session_vars *v = &st->conn->vars;

	struct stmt_reading now = session_vars_reading(v);

	if (st->stmt && stmt_check_reading(st->stmt, &now, e) < 0)
		return -1;
	if (st->stmt && st->stmt->scanned) { /* the text is read as it was */
		exchange_fingerprints(st);
		st->borrowed_fp = true;
		st->more = st->fp.next < st->text.len;
		return 0;
	}
	if ((st->ahead ? statement_ahead_scanned(st, e)
		       : fingerprint_scan(&st->fp, &v->lex, buf_slice(&st->text), st->at,
					  st->ctx->seed, e)) < 0)
		return e->code == ERR_SYNTAX ? parse_syntax_error(buf_slice(&st->text),
								  st->fp.start, st->fp.end, e)
					     : -1;
	st->more = st->fp.next < st->text.len;
	if (st->more &&
	    (st->input != STATEMENT_TEXT || !(st->conn->client.caps & CAP_MULTI_STATEMENTS)) &&
	    !rest_is_empty(st))
		return err_set(
			e, ERR_SYNTAX,
			"You have an error in your SQL syntax; several statements in one command "
			"are only allowed when the client asks for them, near '%.80s'",
			buf_cstr(&st->text) + st->fp.next);
	if (st->fp.cls == FP_EMPTY)
		return nothing_to_run(st, e);
	if (st->stmt && st->text.len <= SCANNED_MAX)
		st->stmt->scanned = st->borrowed_fp = true;
	return 0;
}

/* @ctx: what the plan depends on beside the text. */
static int make_plan(struct statement *st, const struct plan_context *ctx, struct err *e)
{
	struct planner_input in = {.catalog = st->ctx->catalog,
				   .context = ctx,
				   .fp = &st->fp,
				   .text = buf_slice(&st->text),
				   .memory = (size_t)st->ctx->settings->statement_memory};
	struct plan *plan;

	if (!statement_ahead_take(st, ctx, &plan, e))
		plan = planner_build(&in, e);
	if (!plan)
		return -1;
	st->entry = plan_cache_add(st->ctx->plans, ctx, &st->fp, plan,
				   !(plan->flags & PLAN_NO_CACHE) && plan->kind != PLAN_LOCAL &&
					   plan->kind != PLAN_DDL);
	return st->entry ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

/* Sets st->target, which the context borrows; takes the newest catalog. */
static struct plan_context context_of(struct statement *st)
{
	/* A server resolves the names of a prepared statement when it is prepared. */
	st->target = st->stmt ? st->stmt->reading.target : st->conn->vars.target;
	st->ctx->ops->take_catalog(st->ctx);
	return (struct plan_context){.keyspace = st->target.keyspace,
				     .shard = st->target.shard,
				     .tablet_type = st->target.tablet_type,
				     .lex = st->conn->vars.lex,
				     .admin = st->conn->vars.admin,
				     .prepared = st->input != STATEMENT_TEXT,
				     .scatter = st->scatter};
}

bool statement_plan_later(struct statement *st, void (*then)(struct statement *st, bool ok))
{
	struct plan_context ctx;
	struct plan_entry *cached;

	if (!st->ahead)
		return false;
	ctx = context_of(st);
	if (!st->ctx->catalog)
		return false;
	cached = plan_cache_get(st->ctx->plans, &ctx, &st->fp, buf_slice(&st->text));
	plan_cache_put(st->ctx->plans, cached);
	return !cached && statement_ahead_plan(st, &ctx, then);
}

int statement_plan_find(struct statement *st, struct err *e)
{
	struct plan_context ctx = context_of(st);

	if (!st->ctx->catalog)
		return err_set(e, ERR_UNAVAILABLE, "the gate has not read the topology yet");
	plan_cache_put(st->ctx->plans, st->entry);
	st->entry = plan_cache_get(st->ctx->plans, &ctx, &st->fp, buf_slice(&st->text));
	if (!st->entry && make_plan(st, &ctx, e) < 0)
		return -1;
	st->plan = plan_entry_plan(st->entry);
	st->keyspace = st->plan->keyspace;
	return 0;
}

/* Long data that came before, and the types of the execution before. */
static void prepare_params(struct statement *st)
{
	const struct stmt *ps = st->stmt;

	for (uint16_t i = 0; i < ps->params; i++) {
		st->param[i].type = ps->type[i];
		if (!ps->long_data || !ps->long_data[i].given)
			continue;
		st->param[i].long_data = true;
		st->param[i].raw =
			str_make(ps->long_data[i].b.p ? (char *)ps->long_data[i].b.p : "",
				 ps->long_data[i].b.len);
	}
}

int statement_plan_params(struct statement *st, struct err *e)
{
	struct stmt *ps = st->stmt;
	struct prepared_execute ex;
	uint32_t ordinal = 0;

	if (buf_check(&st->execute, e) < 0 || stmt_check_long(ps, e) < 0)
		return -1;
	st->param = arena_array(&st->arena, ps->params + 1u, sizeof(*st->param));
	st->lit_param = arena_array(&st->arena, st->fp.lits.len + 1, sizeof(*st->lit_param));
	if (!st->param || !st->lit_param)
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	prepare_params(st);
	if (prepared_parse_execute(buf_slice(&st->execute), st->param, ps->params, ps->have_types,
				   &ex, e) < 0)
		return -1;
	if (ex.flags)
		return err_set(e, ERR_UNSUPPORTED, "server-side cursors are not supported yet");
	for (uint16_t i = 0; i < ps->params; i++)
		ps->type[i] = st->param[i].type;
	ps->have_types = true;
	for (size_t i = 0; i < st->fp.lits.len; i++)
		if (st->fp.lits.v[i].type == FP_PARAM)
			st->lit_param[i] = ordinal++;
	if (ordinal != ps->params)
		return err_set(e, ERR_INTERNAL,
			       "a statement with other parameters than when it was prepared");
	return 0;
}
