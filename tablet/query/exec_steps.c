/* exec_steps - the commands that a request sends to mysqld. A step returns 1 when its command is
 * under way, 0 when there is nothing to do, -1 when the connection is of no use. */
#include <string.h>

#include "src/base/metrics.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_server.h"
#include "src/wire/caps.h"
#include "src/wire/packet.h"
#include "src/wire/prepared.h"
#include "src/wire/reply.h"
#include "tablet/pool/settings_text.h"
#include "tablet/query/exec.h"
#include "tablet/query/exec_int.h"
#include "tablet/query/kept.h"
#include "tablet/query/query_worker.h"
#include "tablet/query/text_state.h"
#include "tablet/schema/schema.h"
#include "tablet/state/tablet.h"

enum { ERRNO_UNKNOWN_STMT = 1243, ERRNO_STMT_LIMIT = 1461, ERRNO_NEED_REPREPARE = 1615 };

/* --- relaying the answer --- */

static void main_part(void *arg, const struct scan_part *part)
{
	struct exec *x = arg;
	struct reply_err why;
	struct prepared_ok ok;

	switch (part->what) {
	case SCAN_ERR:
		x->failed = true;
		if (x->stmt_id && !x->reprepared && reply_parse_err(part->payload, &why) == 0 &&
		    (why.code == ERRNO_UNKNOWN_STMT || why.code == ERRNO_NEED_REPREPARE))
			x->restart = true; /* and nothing of this is relayed */
		return;
	case SCAN_OK:
	case SCAN_ROWS_END:
		if (part->status & STATUS_SESSION_STATE_CHANGED)
			x->c->dirty = true;
		if (part->status & STATUS_DB_DROPPED)
			x->c->db_unknown = true;
		x->warned = part->warnings > 0 || x->before_warned;
		if (part->what == SCAN_OK && part->last && x->kind == EXEC_RUN && !x->rows)
			x->ok_packet = arena_str(&x->arena, part->payload);
		return;
	case SCAN_COLUMNS:
		x->rows = true;
		return;
	case SCAN_PREPARED:
		if (x->kind == EXEC_PREPARE && prepared_parse_ok(part->payload, &ok, NULL) == 0) {
			x->stmt_id = ok.stmt_id;
			x->stmt_params = ok.params;
		}
		return;
	default:
		return;
	}
}

/* With sequence numbers that start at 1, as if the command had been one packet. */
static bool relay_renumbered(struct exec *x, const uint8_t *p, size_t n)
{
	struct buf b;
	struct err e;
	bool room = true;

	buf_init(&b);
	buf_append(&b, p, n);
	if (buf_check(&b, &e) < 0) {
		/* The answer cannot go on; its reader must not take it for complete. */
		x->canceled = true;
		x->why = e;
	} else {
		packet_renumber(&x->renumber, b.p, b.len);
		room = rpc_reply_data(x->reply, b.p, b.len);
	}
	buf_fini(&b);
	return room;
}

static void main_data(void *arg, const uint8_t *p, size_t n)
{
	struct exec *x = arg;

	x->quiet = 0;
	if (x->restart || x->canceled)
		return;
	metrics_add(x->q->m.bytes, (int64_t)n);
	if (x->renumbering ? relay_renumbered(x, p, n) : rpc_reply_data(x->reply, p, n))
		return;
	x->paused = true;
	client_conn_pause(x->c->conn);
}

static void main_end(void *arg, const struct scan_part *last)
{
	struct exec *x = arg;

	x->done = last->what != SCAN_ERR && exec_is_acknowledged(x, last->status);
	if (x->paused) {
		x->paused = false;
		client_conn_resume(x->c->conn);
	}
	if (x->restart && !x->canceled) {
		x->restart = x->failed = false;
		x->reprepared = true;
		metrics_add(x->q->m.reprepares, 1);
		stmt_cache_forget(&x->c->stmts, x->sql);
		x->step = STEP_STMT;
		exec_advance(x);
		return;
	}
	if (x->kind == EXEC_PREPARE && x->stmt_id &&
	    stmt_cache_put(&x->c->stmts, x->sql, x->stmt_id, (uint16_t)x->stmt_params) < 0)
		x->stmt_id = 0; /* closed again: it will be prepared when it is run */
	exec_conclude(x);
}

static const struct client_conn_sink main_sink = {main_part, main_data, main_end};

/* --- steps --- */

static void step_part(void *arg, const struct scan_part *part)
{
	struct exec *x = arg;
	struct prepared_ok ok;

	switch (part->what) {
	case SCAN_ERR:
		x->error = arena_str(&x->arena, part->payload);
		x->failed = true;
		return;
	case SCAN_OK:
	case SCAN_ROWS_END:
		if (x->step != STEP_BEFORE)
			return;
		if (text_state_left(x->before[x->before_at]))
			x->c->dirty = true;
		/* A main statement that uses no table leaves them listed. */
		x->before_warned = x->before_warned || part->warnings;
		return;
	case SCAN_PREPARED:
		if (prepared_parse_ok(part->payload, &ok, NULL) == 0) {
			x->stmt_id = ok.stmt_id;
			x->stmt_params = ok.params;
		}
		return;
	default:
		return;
	}
}

/* mysqld refused a step: that is the answer. */
static void answer_step_error(struct exec *x)
{
	uint8_t header[PACKET_HEADER];
	struct iovec parts[2] = {{header, sizeof(header)},
				 {(void *)(uintptr_t)x->error.p, x->error.n}};

	packet_put_header(header, (uint32_t)x->error.n, 1);
	rpc_reply_datav(x->reply, parts, 2);
	if (x->step == STEP_SETTINGS)
		x->c->dirty = true; /* some of them may have been set */
	exec_conclude(x);
}

/* Too many statements on the server: without those of this connection it may go. */
static bool make_room(struct exec *x)
{
	struct reply_err why;

	if (x->step != STEP_STMT || x->reprepared || !x->c->stmts.len ||
	    reply_parse_err(x->error, &why) < 0 || why.code != ERRNO_STMT_LIMIT)
		return false;
	x->reprepared = true;
	x->failed = false;
	stmt_cache_clear(&x->c->stmts);
	return true;
}

static int step_worked(struct exec *x)
{
	switch (x->step) {
	case STEP_SETTINGS:
		return conn_pool_set_settings(x->c, x->settings);
	case STEP_DATABASE:
		return conn_pool_set_database(x->c, x->database);
	case STEP_BEGIN:
		x->began = true;
		return 0;
	case STEP_BEFORE:
		x->before_at++;
		return 0;
	case STEP_STMT:
		if (stmt_cache_put(&x->c->stmts, x->sql, x->stmt_id, (uint16_t)x->stmt_params) < 0)
			return -1;
		return 0;
	case STEP_MAIN:
		return 0;
	}
	return 0;
}

static void step_end(void *arg, const struct scan_part *last)
{
	struct exec *x = arg;
	struct err e;

	(void)last;
	if (x->canceled) {
		exec_conclude(x);
		return;
	}
	if (x->failed && !make_room(x)) {
		answer_step_error(x);
		return;
	}
	if (x->error.n == 0 && step_worked(x) < 0) {
		err_set(&e, ERR_NOMEM, "out of memory");
		exec_broken(x, &e);
		return;
	}
	x->error.n = 0;
	exec_advance(x);
}

static const struct client_conn_sink step_sink = {step_part, NULL, step_end};

static int send_text(struct exec *x, uint8_t command, struct str text,
		     const struct client_conn_sink *sink, struct err *e)
{
	struct iovec parts[2] = {{&command, 1}, {(void *)(uintptr_t)text.p, text.n}};

	if (sink)
		x->state = sink == &main_sink ? EXEC_MAIN : EXEC_STEP;
	return client_conn_send(x->c->conn, parts, text.n ? 2 : 1, sink, x, e);
}

/* A kept connection cannot be reset: what is to be unset is set to its default. */
static int change_settings(struct exec *x, struct err *e)
{
	struct buf b;
	int rc = -1;

	buf_init(&b);
	buf_puts(&b, "SET ");
	settings_text_change(&b, buf_slice(&x->c->settings), x->settings);
	if (buf_check(&b, e) == 0)
		rc = send_text(x, CMD_QUERY, buf_slice(&b), &step_sink, e);
	buf_fini(&b);
	return rc ? -1 : 1;
}

static int step_settings(struct exec *x, struct err *e)
{
	struct pooled *c = x->c;

	if (!x->kept && text_state_read(x->sql) && conn_pool_reset(c, e) < 0)
		return -1;
	if (c->settings_hash == conn_pool_settings_hash(x->settings) &&
	    str_eq(buf_slice(&c->settings), x->settings))
		return 0;
	if (x->kept)
		return change_settings(x, e);
	if (c->settings.len && conn_pool_reset(c, e) < 0)
		return -1;
	if (!x->settings.n)
		return 0;
	return change_settings(x, e);
}

static int step_database(struct exec *x, struct err *e)
{
	if (!x->c->db_unknown && str_eq(buf_slice(&x->c->database), x->database))
		return 0;
	return send_text(x, CMD_INIT_DB, x->database, &step_sink, e) < 0 ? -1 : 1;
}

static int step_begin(struct exec *x, struct err *e)
{
	if (!(x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_BEGIN) || x->began)
		return 0;
	if (x->kept || x->begin_sql.n)
		return send_text(x, CMD_QUERY, x->begin_sql.n ? x->begin_sql : STR_LIT("BEGIN"),
				 &step_sink, e) < 0
			       ? -1
			       : 1;
	/* A plain BEGIN cannot fail here; if it did, the connection would be closed. So the rest
	 * need not wait for it. */
	x->began = true;
	return send_text(x, CMD_QUERY, STR_LIT("BEGIN"), NULL, e);
}

static int step_before(struct exec *x, struct err *e)
{
	if (x->before_at == x->before_count)
		return 0;
	return send_text(x, CMD_QUERY, x->before[x->before_at], &step_sink, e) < 0 ? -1 : 1;
}

/* A parameter block that does not fit the statement would be read wrongly. */
static int refuse_params(struct exec *x, unsigned wanted)
{
	struct err why;
	struct buf b;

	err_set(&why, ERR_INVALID, "%u parameters for a statement with %u", x->param_count, wanted);
	buf_init(&b);
	reply_build_error(&b, &why);
	x->error = arena_str(&x->arena, buf_slice(&b));
	x->failed = true;
	buf_fini(&b);
	answer_step_error(x);
	return 1;
}

static int step_stmt(struct exec *x, struct err *e)
{
	const struct stmt_entry *s;

	if (x->kind != EXEC_RUN || !(x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_PREPARED))
		return 0;
	s = stmt_cache_find(&x->c->stmts, x->sql);
	if (!s)
		return send_text(x, CMD_STMT_PREPARE, x->sql, &step_sink, e) < 0 ? -1 : 1;
	x->stmt_id = s->id;
	return s->params == x->param_count ? 0 : refuse_params(x, s->params);
}

static int run_prepared(struct exec *x, struct err *e)
{
	uint8_t head[10] = {CMD_STMT_EXECUTE,
			    (uint8_t)x->stmt_id,
			    (uint8_t)(x->stmt_id >> 8),
			    (uint8_t)(x->stmt_id >> 16),
			    (uint8_t)(x->stmt_id >> 24),
			    0,
			    1,
			    0,
			    0,
			    0};
	struct iovec parts[2] = {{head, sizeof(head)},
				 {(void *)(uintptr_t)x->params.p, x->params.n}};

	x->state = EXEC_MAIN;
	return client_conn_send(x->c->conn, parts, x->params.n ? 2 : 1, &main_sink, x, e);
}

/* What the statement may leave on its connection and mysqld does not tell of. */
static void note_leftovers(struct exec *x)
{
	struct pooled *c = x->c;

	/* With several statements in one text the first word says nothing. */
	if (c->kind & POOLED_MULTI_STATEMENTS || text_state_left(x->sql))
		c->dirty = c->db_unknown = true;
	else if (schema_leaves_state(x->q->tablet->schema))
		c->dirty = true; /* stored code does not change the database */
}

static int step_main(struct exec *x, struct err *e)
{
	int rc;

	x->ran = true;
	x->renumbering = 1 + x->sql.n >= PACKET_FULL || x->params.n + 10 >= PACKET_FULL;
	x->renumber = (struct packet_renumber){.seq = 1};
	if (x->kind == EXEC_PREPARE) {
		x->stmt_id = 0;
		rc = send_text(x, CMD_STMT_PREPARE, x->sql, &main_sink, e);
	} else {
		if (x->kind == EXEC_RUN)
			note_leftovers(x);
		if (x->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_PREPARED)
			rc = run_prepared(x, e);
		else
			rc = send_text(x, CMD_QUERY, x->sql, &main_sink, e);
	}
	return rc < 0 ? -1 : 1;
}

void exec_advance(struct exec *x)
{
	static int (*const step[])(struct exec * x, struct err * e) = {
		[STEP_SETTINGS] = step_settings, [STEP_DATABASE] = step_database,
		[STEP_BEGIN] = step_begin,	 [STEP_BEFORE] = step_before,
		[STEP_STMT] = step_stmt,	 [STEP_MAIN] = step_main,
	};
	struct err e;
	int rc;

	for (;;) {
		rc = step[x->step](x, &e);
		if (rc < 0) {
			exec_broken(x, &e);
			return;
		}
		if (rc > 0)
			return;
		x->step++;
	}
}
