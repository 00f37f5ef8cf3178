#include "gate/exec/relay.h"

#include <stdio.h>
#include <string.h>

#include "gate/exec/query.h"
#include "gate/plan/plan.h"
#include "gate/session/session.h"
#include "gate/session/stmt.h"
#include "src/net/stream.h"
#include "src/wire/caps.h"
#include "src/wire/reply.h"

/* Passes packets on. They keep their bytes when the client expects these very sequence numbers. */
static void pass(struct session *s, const struct scan_part *part, const uint8_t *p)
{
	struct packet_renumber r = {.seq = s->seq};
	uint8_t *at;

	at = stream_reserve(s->stream, part->n);
	if (!at)
		return;
	memcpy(at, p, part->n);
	packet_renumber(&r, at, part->n);
	s->seq = r.seq;
}

/* Rows may be cut anywhere: the renumbering state lives in the query. */
static void pass_rows(struct query *q, const struct scan_part *part, const uint8_t *p)
{
	struct session *s = q->session;
	uint8_t *at;

	if (!q->renumber_needed) {
		stream_write(s->stream, p, part->n);
		s->seq = (uint8_t)(part->seq + 1);
		return;
	}
	at = stream_reserve(s->stream, part->n);
	if (!at)
		return;
	memcpy(at, p, part->n);
	packet_renumber(&q->renumber, at, part->n);
	s->seq = q->renumber.seq;
}

static void send_eof(struct session *s, uint16_t warnings, uint16_t status)
{
	struct buf b;

	buf_init(&b);
	reply_build_eof(&b, warnings, status);
	session_send(s, b.p, b.len);
	buf_fini(&b);
}

static uint16_t status_now(const struct session *s, uint16_t theirs)
{
	const uint16_t ours = STATUS_AUTOCOMMIT | STATUS_IN_TRANS | STATUS_IN_TRANS_READONLY |
			      STATUS_MORE_RESULTS | STATUS_SESSION_STATE_CHANGED;

	return (uint16_t)((theirs & ~ours) | session_status(s));
}

/* The end of one result of several (CALL): sent at once, more follow. */
static void intermediate_end(struct call *c, const struct scan_part *part)
{
	struct session *s = c->q->session;
	struct buf b;

	if (part->what == SCAN_OK) {
		struct reply_ok ok = {.affected_rows = part->affected_rows,
				      .insert_id = part->insert_id,
				      .warnings = part->warnings};

		ok.status = (uint16_t)(status_now(s, part->status) | STATUS_MORE_RESULTS);
		session_send_ok(s, &ok);
		return;
	}
	buf_init(&b);
	reply_build_end(&b, s->caps, part->warnings,
			(uint16_t)(status_now(s, part->status) | STATUS_MORE_RESULTS));
	session_send(s, b.p, b.len);
	buf_fini(&b);
}

static void header_done(struct query *q, uint8_t last_seq)
{
	struct session *s = q->session;

	if (!(s->caps & CAP_DEPRECATE_EOF))
		send_eof(s, 0, session_status(s));
	q->renumber_needed = s->seq != (uint8_t)(last_seq + 1);
	q->renumber = (struct packet_renumber){.seq = s->seq};
}

void relay_part(struct call *c, const struct scan_part *part, const uint8_t *p)
{
	struct query *q = c->q;
	struct session *s = q->session;

	switch (part->what) {
	case SCAN_COLUMNS:
		q->columns_left = part->count;
		q->answered = true;
		c->rows = true;
		pass(s, part, p);
		break;
	case SCAN_COLUMN:
		pass(s, part, p);
		if (q->columns_left && --q->columns_left == 0)
			header_done(q, part->seq);
		break;
	case SCAN_ROWS:
		q->found_rows += part->count;
		pass_rows(q, part, p);
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

void relay_flow(struct call *c)
{
	struct session *s = c->q->session;

	if (c->ungranted && !stream_congested(s->stream))
		call_grant(c, c->ungranted);
}

static bool more_follows(const struct query *q)
{
	return query_has_more(q);
}

void relay_end(struct call *c)
{
	struct query *q = c->q;
	struct session *s = q->session;
	uint16_t status =
		(uint16_t)(status_now(s, c->status) | (more_follows(q) ? STATUS_MORE_RESULTS : 0));
	struct buf b;

	s->warnings = c->warnings;
	if (!c->rows) {
		struct reply_ok ok = {.affected_rows = c->affected,
				      .insert_id = c->insert_id,
				      .warnings = c->warnings,
				      .status = status,
				      .info = c->info};

		s->row_count = (int64_t)c->affected;
		if (c->insert_id)
			s->last_insert_id = c->insert_id;
		session_send_ok(s, &ok);
		return;
	}
	s->row_count = -1;
	s->found_rows = q->found_rows;
	buf_init(&b);
	reply_build_end(&b, s->caps, c->warnings, status);
	session_send(s, b.p, b.len);
	buf_fini(&b);
}

/* "Rows matched: 3  Changed: 2  Warnings: 0": the numbers of all shards added, words of the first.
 */
static void add_info(struct query *q, struct buf *out)
{
	struct str words = STR_LIT("");
	uint64_t sum[4] = {0};

	for (unsigned i = 0; i < q->calls; i++) {
		struct str s = q->call[i].info;
		unsigned k = 0;

		if (s.n && !words.n)
			words = s;
		for (size_t at = 0; at < s.n && k < 4; k++) {
			uint64_t v = 0;

			while (at < s.n && (s.p[at] < '0' || s.p[at] > '9'))
				at++;
			while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
				v = v * 10 + (uint64_t)(s.p[at++] - '0');
			sum[k] += v;
		}
	}
	for (size_t at = 0, k = 0; at < words.n;) {
		if (words.p[at] < '0' || words.p[at] > '9') {
			buf_u8(out, (uint8_t)words.p[at++]);
			continue;
		}
		buf_printf(out, "%llu", (unsigned long long)sum[k < 3 ? k : 3]);
		k++;
		while (at < words.n && words.p[at] >= '0' && words.p[at] <= '9')
			at++;
	}
}

void relay_counts(struct query *q)
{
	struct session *s = q->session;
	struct reply_ok ok = {.affected_rows = q->affected, .insert_id = q->insert_id};

	buf_reset(&q->info);
	add_info(q, &q->info);
	s->warnings = (uint16_t)(q->warnings < 65535 ? q->warnings : 65535);
	s->row_count = (int64_t)q->affected;
	if (q->insert_id)
		s->last_insert_id = q->insert_id;
	ok.warnings = s->warnings;
	ok.info = buf_slice(&q->info);
	ok.status = (uint16_t)(session_status(s) | (more_follows(q) ? STATUS_MORE_RESULTS : 0));
	session_send_ok(s, &ok);
}

/* --- COM_STMT_PREPARE --- */

static void prepared_header(struct call *c, const struct scan_part *part)
{
	struct query *q = c->q;
	struct session *s = q->session;
	struct prepared_ok ok;
	struct stmt *st;
	struct buf b;

	if (prepared_parse_ok(part->payload, &ok, &c->error) < 0)
		return;
	if (ok.params != q->fp.params) {
		err_set(&c->error, ERR_INTERNAL, "the server counts %u parameters, the gate %u",
			ok.params, q->fp.params);
		return;
	}
	st = stmt_new(s, buf_slice(&q->text), ok.params, ok.columns, &c->error);
	if (!st)
		return;
	ok.stmt_id = st->id;
	q->params_left = ok.params;
	q->columns_left = ok.columns;
	q->answered = true;
	buf_init(&b);
	prepared_build_ok(&b, &ok);
	session_send(s, b.p, b.len);
	buf_fini(&b);
}

void relay_prepared(struct call *c, const struct scan_part *part)
{
	struct query *q = c->q;
	struct session *s = q->session;
	bool eof = !(s->caps & CAP_DEPRECATE_EOF);

	if (c->error.code != ERR_OK)
		return;
	switch (part->what) {
	case SCAN_PREPARED:
		prepared_header(c, part);
		break;
	case SCAN_PARAM:
		session_send(s, part->payload.p, part->payload.n);
		if (q->params_left && --q->params_left == 0 && eof)
			send_eof(s, 0, session_status(s));
		break;
	case SCAN_COLUMN:
		session_send(s, part->payload.p, part->payload.n);
		if (q->columns_left && --q->columns_left == 0 && eof)
			send_eof(s, 0, session_status(s));
		break;
	default:
		break;
	}
}
