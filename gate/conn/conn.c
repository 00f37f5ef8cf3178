#include "gate/conn/conn.h"

#include <stdio.h>

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/catalog/catalog.h"
#include "gate/vars/target.h"
#include "src/base/buf.h"
#include "src/base/metrics.h"
#include "src/wire/caps.h"
#include "src/wire/reply.h"

uint16_t conn_status(const struct conn *c, bool more)
{
	unsigned status = (c->vars.autocommit ? STATUS_AUTOCOMMIT : 0u) |
			  (c->txn.open ? STATUS_IN_TRANS : 0u) | (more ? STATUS_MORE_RESULTS : 0u);

	/* Clients escape strings by this flag. */
	if (c->vars.lex.mode & LEX_NO_BACKSLASH_ESCAPES)
		status |= STATUS_NO_BACKSLASH_ESCAPES;
	if (c->vars.lex.mode & LEX_ANSI_QUOTES)
		status |= STATUS_ANSI_QUOTES;
	if (c->txn.open && c->txn.read_only)
		status |= STATUS_IN_TRANS_READONLY;
	return (uint16_t)status;
}

void conn_send_ok(struct conn *c, const struct reply_ok *ok)
{
	uint8_t room[512];
	struct buf b = {.p = room, .cap = sizeof(room)};

	if (ok->info.n > 256)
		buf_init(&b);
	reply_build_ok(&b, c->client.caps, ok);
	client_send_buf(&c->client, &b);
	if (b.p != room)
		buf_fini(&b);
}

void conn_send_done(struct conn *c, uint64_t affected, uint64_t insert_id, bool more)
{
	struct reply_ok ok = {.affected_rows = affected,
			      .insert_id = insert_id,
			      .warnings = c->vars.conditions.stale ? 0 : c->vars.conditions.warnings,
			      .status = conn_status(c, more)};

	c->vars.row_count = (int64_t)affected;
	conn_send_ok(c, &ok);
}

void conn_send_eof(struct conn *c, uint16_t warnings, uint16_t status)
{
	struct buf b;

	if (c->client.caps & CAP_DEPRECATE_EOF)
		return;
	buf_init(&b);
	reply_build_eof(&b, warnings, status);
	client_send_buf(&c->client, &b);
	buf_fini(&b);
}

void conn_send_end(struct conn *c, uint16_t warnings, uint16_t status)
{
	struct buf b;

	buf_init(&b);
	reply_build_end(&b, c->client.caps, warnings, status);
	client_send_buf(&c->client, &b);
	buf_fini(&b);
}

void conn_send_error(struct conn *c, const struct err *e)
{
	struct buf b;

	c->vars.row_count = -1;
	metrics_add(c->ctx->metric.errors, 1);
	conditions_set_error(&c->vars.conditions, e);
	buf_init(&b);
	reply_build_error(&b, e);
	client_send_buf(&c->client, &b);
	buf_fini(&b);
}

int conn_use(struct conn *c, struct str target, struct err *e)
{
	const struct gate_catalog *cat;
	struct session_target t;

	c->ctx->ops->take_catalog(c->ctx);
	cat = c->ctx->catalog;
	if (target_parse(target, cat ? cat->graph : NULL, &t, e) < 0)
		return -1;
	c->vars.target = t;
	return 0;
}

void conn_default_target(struct conn *c)
{
	const char *name = c->ctx->settings->default_keyspace;

	c->vars.target = (struct session_target){0};
	snprintf(c->vars.target.keyspace, sizeof(c->vars.target.keyspace), "%s", name ? name : "");
}
