#include "gate/exec/relay.h"

#include <string.h>

#include "gate/exec/auto_id.h"
#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "sql/ast/ast.h"
#include "src/net/stream.h"
#include "src/wire/caps.h"
#include "src/wire/reply.h"

enum { RELAY_PEEK = 64 * 1024 };

/* Rows may be cut anywhere: the renumbering state lives in the statement. */
static void pass_rows(struct shard_call *c, const struct scan_part *part, const uint8_t *p)
{
	struct statement *st = c->owner;
	struct client *client = &st->conn->client;
	uint8_t *at;

	client->within_row = result_scan_within_row(&c->scan);
	if (!st->relay.renumber_needed) {
		stream_write(client->stream, p, part->n);
		client->seq = (uint8_t)(part->seq + 1);
		return;
	}
	at = stream_reserve(client->stream, part->n);
	if (!at)
		return;
	memcpy(at, p, part->n);
	packet_renumber(&st->relay.renumber, at, part->n);
	client->seq = st->relay.renumber.seq;
}

/* The server's flags, but for those that are the gate's to say. */
static uint16_t status_now(const struct statement *st, uint16_t theirs, bool more)
{
	const uint16_t ours = STATUS_AUTOCOMMIT | STATUS_IN_TRANS | STATUS_IN_TRANS_READONLY |
			      STATUS_MORE_RESULTS | STATUS_SESSION_STATE_CHANGED |
			      STATUS_NO_BACKSLASH_ESCAPES | STATUS_ANSI_QUOTES;

	return (uint16_t)((theirs & ~ours) | conn_status(st->conn, more));
}

/* The end of one result of several (CALL): sent at once, more follow. */
static void intermediate_end(struct shard_call *c, const struct scan_part *part)
{
	struct statement *st = c->owner;
	uint16_t status = status_now(st, part->status, true);
	struct reply_ok ok = {.affected_rows = part->affected_rows,
			      .insert_id = part->insert_id,
			      .warnings = part->warnings,
			      .status = status};

	if (part->what == SCAN_OK)
		conn_send_ok(st->conn, &ok);
	else
		conn_send_end(st->conn, part->warnings, status);
}

/* Between tablets and mysqld no EOF follows the definitions. Its flags (another result follows, OUT
 * parameters, no index) are those of the result's end, which has come already when the result is
 * small; of a large one only the first is known. */
static void send_definitions_end(struct shard_call *c)
{
	struct statement *st = c->owner;
	bool more = st->plan->tree && st->plan->tree->kind == AST_CALL;
	uint16_t status = 0;

	if (shard_call_peek_end(c, RELAY_PEEK, &status))
		more = status & STATUS_MORE_RESULTS;
	conn_send_eof(st->conn, 0, status_now(st, status, more || statement_has_more(st)));
}

static void header_done(struct shard_call *c, uint8_t last_seq)
{
	struct statement *st = c->owner;
	struct client *client = &st->conn->client;

	if (!(client->caps & CAP_DEPRECATE_EOF))
		send_definitions_end(c);
	st->relay.renumber_needed = client->seq != (uint8_t)(last_seq + 1);
	st->relay.renumber = (struct packet_renumber){.seq = client->seq};
}

static void take_part(struct shard_call *c, const struct scan_part *part, const uint8_t *p)
{
	struct statement *st = c->owner;
	struct client *client = &st->conn->client;

	switch (part->what) {
	case SCAN_COLUMNS:
		st->relay.columns_left = part->count;
		st->answered = true;
		c->rows = true;
		client_send_packets(client, p, part->n);
		break;
	case SCAN_COLUMN:
		client_send_packets(client, p, part->n);
		if (st->relay.columns_left && --st->relay.columns_left == 0)
			header_done(c, part->seq);
		break;
	case SCAN_ROWS:
		st->found_rows += part->count;
		pass_rows(c, part, p);
		break;
	case SCAN_OK:
	case SCAN_ROWS_END:
		if (!part->last)
			intermediate_end(c, part);
		else
			c->rows = part->what == SCAN_ROWS_END;
		break;
	case SCAN_INFILE:
		err_set(&c->error, ERR_UNSUPPORTED, "LOAD DATA LOCAL INFILE is not supported yet");
		break;
	default:
		break;
	}
}

static void flow(struct shard_call *c)
{
	struct statement *st = c->owner;

	if (c->ungranted && !client_congested(&st->conn->client))
		shard_call_grant(c, c->ungranted);
}

static void drained(struct statement *st)
{
	flow(&st->call[0]);
}

static void answer(struct statement *st)
{
	const struct shard_call *c = &st->call[0];
	struct session_vars *v = &st->conn->vars;
	uint16_t status = status_now(st, c->status, statement_has_more(st));

	conditions_set_warnings(&v->conditions, c->warnings);
	if (!c->rows) {
		struct reply_ok ok = {.affected_rows = c->affected,
				      .insert_id = c->insert_id,
				      .warnings = c->warnings,
				      .status = status,
				      .info = c->info};

		v->row_count = (int64_t)c->affected;
		if (c->insert_id && !auto_id_all_given(st))
			v->last_insert_id = c->insert_id;
		conn_send_ok(st->conn, &ok);
		return;
	}
	v->row_count = -1;
	v->found_rows = st->found_rows;
	conn_send_end(st->conn, c->warnings, status);
}

const struct statement_kind relay_kind = {
	.name = "relay",
	.part = take_part,
	.flow = flow,
	.drained = drained,
	.answer = answer,
};
