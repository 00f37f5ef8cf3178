#include "gate/exec/prepare_reply.h"

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/exec/statement.h"
#include "gate/vars/stmt.h"

static void take_header(struct shard_call *c, const struct scan_part *part)
{
	struct statement *st = c->owner;
	struct stmt_reading now = session_vars_reading(&st->conn->vars);
	struct prepared_ok ok;
	struct stmt *ps;
	struct buf b;

	if (prepared_parse_ok(part->payload, &ok, &c->error) < 0)
		return;
	if (ok.params != st->fp.params) {
		err_set(&c->error, ERR_INTERNAL, "the server counts %u parameters, the gate %u",
			ok.params, st->fp.params);
		return;
	}
	ps = stmt_new(&st->conn->vars.stmts, buf_slice(&st->text), &now, ok.params, ok.columns,
		      st->ctx->settings->max_prepared, &c->error);
	if (!ps)
		return;
	ok.stmt_id = ps->id;
	st->relay.params_left = ok.params;
	st->relay.columns_left = ok.columns;
	st->answered = true;
	buf_init(&b);
	prepared_build_ok(&b, &ok);
	client_send_buf(&st->conn->client, &b);
	buf_fini(&b);
}

static void pass(struct statement *st, const struct scan_part *part, uint64_t *left)
{
	client_send(&st->conn->client, part->payload.p, part->payload.n);
	if (*left && --*left == 0)
		conn_send_eof(st->conn, 0, conn_status(st->conn, false));
}

static void take_part(struct shard_call *c, const struct scan_part *part, const uint8_t *p)
{
	struct statement *st = c->owner;

	(void)p;
	switch (part->what) {
	case SCAN_PREPARED:
		take_header(c, part);
		break;
	case SCAN_PARAM:
		pass(st, part, &st->relay.params_left);
		break;
	case SCAN_COLUMN:
		pass(st, part, &st->relay.columns_left);
		break;
	default:
		break;
	}
}

static void answer(struct statement *st)
{
	(void)st; /* the definitions were the answer */
}

const struct statement_kind prepare_reply_kind = {
	.name = "prepare",
	.part = take_part,
	.answer = answer,
};
