#include "gate/exec/merge.h"

#include <stdlib.h>
#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/exec/op.h"
#include "gate/exec/render.h"
#include "gate/exec/row.h"
#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "src/wire/caps.h"
#include "src/wire/column_def.h"
#include "src/wire/packet.h"

enum {
	MERGE_MAX_ROW = 1 << 30,
	MERGE_RUN = 64 * 1024, /* bytes of rows that go to the client at once */
};

struct source {
	struct buf buf; /* packets of rows, [at, len) not used yet */
	size_t at;
	struct packet_join join; /* rows of 16 MB and more */
	struct row_shape shape;
	struct type_meta *meta; /* in the arena */
	uint32_t seen;		/* column definitions */
	struct row head;	/* valid when have_head */
	struct str *col;	/* in the arena */
	size_t head_len;	/* bytes of the buffer that the head takes */
	bool have_head, ended;
	bool joined;  /* the head was cut or continued: it lies in the join */
	bool starved; /* the buffer ends inside a row */
};

struct merge {
	struct statement *st;
	struct op *first; /* the chain */
	struct source *source;
	unsigned count, turn;
	int lead;	   /* the source whose definitions the client gets, -1: none yet */
	struct buf header; /* its definitions, until all are there */
	uint32_t visible, columns;
	uint64_t sent;
	bool header_sent, running;
	bool plain;    /* rows go to the client as they are, in any order */
	bool ending;   /* no more rows go in; operators still hand some out */
	bool finished; /* all rows have gone to the client, or will not */
};

static struct op *chain(struct op *front, struct op *next)
{
	if (front)
		front->next = next;
	return front;
}

/* The operators, last first. */
static int build_ops(struct merge *m, struct err *e)
{
	const struct plan_merge *p = &m->st->plan->merge;
	struct arena *a = &m->st->arena;
	uint64_t offset, count;

	m->first = op_sink_new(a, &m->st->conn->client, m->visible, &m->sent);
	if (m->first && p->limit.present) {
		if (render_limit(m->st, &offset, &count, e) < 0)
			return -1;
		m->first = chain(op_limit_new(a, offset, count), m->first);
	}
	if (m->first && p->sort_count)
		m->first = chain(op_sort_new(a, p, (uint64_t)m->st->ctx->settings->merge_memory),
				 m->first);
	if (m->first && p->aggregate)
		m->first = chain(op_aggregate_new(a, p), m->first);
	else if (m->first && p->distinct)
		m->first = chain(op_distinct_new(a, p), m->first);
	m->plain = !p->order_count && !p->limit.present && !p->sort_count && !p->aggregate &&
		   !p->distinct && m->visible == m->columns;
	return m->first ? 0 : err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
}

int merge_begin(struct statement *st, struct err *e)
{
	struct merge *m = arena_zalloc(&st->arena, sizeof(*m));

	if (m)
		m->source = arena_array(&st->arena, st->calls, sizeof(*m->source));
	if (!m || !m->source)
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	m->st = st;
	m->count = st->calls;
	m->lead = -1;
	for (unsigned i = 0; i < m->count; i++)
		packet_join_init(&m->source[i].join, MERGE_MAX_ROW);
	st->merge = m;
	st->kind = &merge_kind;
	return 0;
}

static void drop(struct statement *st)
{
	struct merge *m = st->merge;

	for (unsigned i = 0; i < m->count; i++) {
		buf_fini(&m->source[i].buf);
		packet_join_fini(&m->source[i].join);
	}
	for (struct op *op = m->first; op; op = op->next)
		op->free(op);
	buf_fini(&m->header);
}

static void fail(struct merge *m, const struct err *e)
{
	if (m->st->error.code == ERR_OK)
		m->st->error = *e;
	m->finished = true;
}

/* --- definitions --- */

static void begin_columns(struct merge *m, unsigned i, uint64_t count, struct err *e)
{
	struct source *s = &m->source[i];
	struct arena *a = &m->st->arena;

	if (m->lead >= 0 && count != m->columns) {
		/* ALTER TABLE runs: it has changed one shard and not the other yet. */
		err_set_mysql(e, ERR_UNAVAILABLE, 1412, "HY000",
			      "Table definition has changed, please retry transaction");
		fail(m, e);
		return;
	}
	if (m->lead < 0) {
		m->lead = (int)i;
		m->columns = (uint32_t)count;
		m->visible = m->st->plan->merge.visible ? m->st->plan->merge.visible : m->columns;
		if (build_ops(m, e) < 0) {
			fail(m, e);
			return;
		}
	}
	s->meta = arena_array(a, m->columns + 1u, sizeof(*s->meta));
	s->col = arena_array(a, m->columns + 1u, sizeof(*s->col));
	s->shape = (struct row_shape){.columns = m->columns,
				      .meta = s->meta,
				      .binary = m->st->input == STATEMENT_EXECUTE};
	if (!s->meta || !s->col) {
		err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
		fail(m, e);
	}
}

static void send_header(struct merge *m)
{
	struct conn *conn = m->st->conn;
	struct str rest = buf_slice(&m->header);
	struct buf b;

	m->header_sent = true;
	m->st->answered = true;
	buf_init(&b);
	column_def_build_count(&b, m->visible);
	client_send_buf(&conn->client, &b);
	buf_fini(&b);
	while (rest.n) {
		struct packet p;

		if (!packet_peek((const uint8_t *)rest.p, rest.n, &p))
			break;
		client_send(&conn->client, p.payload, p.len);
		rest = str_make(rest.p + PACKET_HEADER + p.len, rest.n - PACKET_HEADER - p.len);
	}
	conn_send_eof(conn, 0, conn_status(conn, statement_has_more(m->st)));
	buf_fini(&m->header);
}

static void take_column(struct merge *m, unsigned i, struct str payload, struct err *e)
{
	struct source *s = &m->source[i];
	uint8_t seq = 0;

	if (s->seen >= m->columns || column_def_peek(payload, &s->meta[s->seen], e) < 0) {
		fail(m, e);
		return;
	}
	if ((int)i == m->lead && s->seen < m->visible)
		packet_append(&m->header, payload.p, payload.n, &seq);
	s->seen++;
	if ((int)i == m->lead && s->seen == m->columns) {
		if (buf_check(&m->header, e) < 0)
			fail(m, e);
		else
			send_header(m);
	}
}

static void take_part(struct shard_call *c, const struct scan_part *part, const uint8_t *p)
{
	struct merge *m = ((struct statement *)c->owner)->merge;
	struct source *s = &m->source[c->index];
	struct err e;

	(void)p;
	if (m->finished || m->ending)
		return;
	switch (part->what) {
	case SCAN_COLUMNS:
		begin_columns(m, c->index, part->count, &e);
		break;
	case SCAN_COLUMN:
		take_column(m, c->index, part->payload, &e);
		break;
	case SCAN_ROWS:
		buf_str(&s->buf, part->payload);
		s->have_head = s->have_head && s->joined; /* the buffer may have moved */
		s->starved = false;
		if (buf_check(&s->buf, &e) < 0)
			fail(m, &e);
		break;
	default:
		break;
	}
}

/* --- rows --- */

/* Makes the next row of @s its head. 1: there; 0: none (yet); -1: malformed. */
static int fill_head(struct source *s, struct err *e)
{
	struct packet p;
	struct str payload;
	size_t used;
	int rc;

	if (s->have_head)
		return 1;
	if (s->at == s->buf.len && !s->join.active)
		return 0;
	if (!s->join.active && packet_peek(s->buf.p + s->at, s->buf.len - s->at, &p) &&
	    p.len < PACKET_FULL) {
		if (!p.whole) {
			s->starved = true;
			return 0;
		}
		payload = str_make(p.payload, p.len);
		used = PACKET_HEADER + p.len;
		s->joined = false;
	} else {
		if (!s->join.active) {
			if (s->buf.len - s->at < PACKET_HEADER)
				return 0;
			packet_join_expect(&s->join, s->buf.p[s->at + 3]);
		}
		rc = packet_join_feed(&s->join, s->buf.p + s->at, s->buf.len - s->at, &used,
				      &payload, e);
		s->at += used;
		s->starved = rc == 0;
		if (rc <= 0)
			return rc;
		used = 0; /* of the buffer: the row has been copied */
		s->joined = true;
	}
	if (row_split(&s->shape, payload, s->col, &s->head, e) < 0)
		return -1;
	s->head_len = used;
	s->have_head = true;
	return 1;
}

static void consume_head(struct source *s)
{
	s->at += s->head_len;
	s->have_head = false;
	if (s->at == s->buf.len) {
		buf_reset(&s->buf);
		s->at = 0;
	}
}

/* Gives credit for what is not held here any more, and drops used bytes now and then. A source
 * whose buffer ends inside a row gets credit for that too: rows of any size must come to their end.
 */
static void settle(struct merge *m, unsigned i)
{
	struct source *s = &m->source[i];
	struct shard_call *c = &m->st->call[i];
	size_t held;

	if (s->at > s->buf.len / 2 && !s->have_head) {
		buf_consume(&s->buf, s->at);
		s->at = 0;
	}
	held = m->finished || m->ending || s->starved ? 0 : s->buf.len - s->at;
	if (c->ungranted > held)
		shard_call_grant(c, c->ungranted - held);
}

/* The source whose head comes next, -1: none has one, -2: one must bring more first. */
static int choose(struct merge *m, struct err *e)
{
	const struct plan_merge *p = &m->st->plan->merge;
	bool waiting = false;
	int best = -1;

	for (unsigned k = 0; k < m->count; k++) {
		unsigned i = (m->turn + k) % m->count;
		int rc = fill_head(&m->source[i], e);

		if (rc < 0)
			return -3;
		if (rc == 0) {
			waiting = waiting || !m->source[i].ended;
			continue;
		}
		if (!p->order_count)
			return (int)i;
		/* Of equal rows the earlier shard's first, so that the order is always the same. */
		if (best < 0 || row_compare(&m->source[i].head, &m->source[best].head, p->order,
					    p->order_count) < 0)
			best = (int)i;
	}
	if (waiting)
		return -2;
	return best;
}

/* No more rows are wanted of the sources. */
static void close_sources(struct merge *m)
{
	for (unsigned i = 0; i < m->count; i++) {
		buf_fini(&m->source[i].buf);
		m->source[i].at = 0;
		m->source[i].have_head = false;
	}
	statement_stop_calls(m->st);
}

/* Operators hand out what they hold: @end for the first time, then resumed while the client takes
 * it. */
static void end_rows(struct merge *m, bool first)
{
	struct err e;
	int rc;

	m->ending = true;
	rc = first ? m->first->end(m->first, &e) : m->first->resume(m->first, &e);
	if (rc < 0)
		fail(m, &e);
	else if (rc != OP_PAUSE)
		m->finished = true;
	else if (!client_congested(&m->st->conn->client))
		statement_yield(m->st); /* others have their turn */
}

/* Takes the next row. False: there is none now. */
static bool take_row(struct merge *m)
{
	struct err e;
	int rc, i = choose(m, &e);

	if (i == -2)
		return false;
	if (i == -3) {
		fail(m, &e);
		return false;
	}
	if (i < 0) {
		end_rows(m, true);
		return false;
	}
	rc = m->first->push(m->first, &m->source[i].head, &e);
	consume_head(&m->source[i]);
	if (!m->st->plan->merge.order_count)
		m->turn = (unsigned)i;
	if (rc < 0)
		fail(m, &e);
	if (rc == OP_DONE) {
		close_sources(m);
		end_rows(m, true);
	}
	return rc == OP_MORE || rc == OP_PAUSE;
}

/* The bytes of the whole rows at the start of a source's buffer, up to a run of them. */
static size_t whole_rows(const struct source *s, uint64_t *rows)
{
	size_t at = s->at;

	*rows = 0;
	while (s->buf.len - at >= PACKET_HEADER && at - s->at < MERGE_RUN) {
		uint32_t len = packet_len(s->buf.p + at);

		if (len == PACKET_FULL || len > s->buf.len - at - PACKET_HEADER)
			break;
		at += PACKET_HEADER + len;
		++*rows;
	}
	return at - s->at;
}

/* Passes on a run of rows that no operator has to see. False: there is none, so take_row() is to
 * tell what comes next. */
static bool take_run(struct merge *m)
{
	for (unsigned k = 0; m->plain && k < m->count; k++) {
		unsigned i = (m->turn + k) % m->count;
		struct source *s = &m->source[i];
		uint64_t rows;
		size_t n;

		if (s->have_head || s->join.active)
			continue;
		n = whole_rows(s, &rows);
		if (!n)
			continue;
		client_send_packets(&m->st->conn->client, s->buf.p + s->at, n);
		m->sent += rows;
		s->head_len = n;
		consume_head(s);
		m->turn = i;
		return true;
	}
	return false;
}

static void run(struct merge *m)
{
	struct statement *st = m->st;

	if (m->running)
		return;
	m->running = true;
	/* No row before the definitions, which may come in pieces while another shard has rows. */
	while (m->header_sent && !m->finished && !m->ending && st->error.code == ERR_OK &&
	       !client_congested(&st->conn->client))
		if (!take_run(m) && !take_row(m))
			break;
	if (st->error.code != ERR_OK)
		statement_stop_calls(st);
	for (unsigned i = 0; i < m->count; i++)
		settle(m, i);
	m->running = false;
}

static void flow(struct shard_call *c)
{
	struct statement *st = c->owner;

	run(st->merge);
	statement_check(st);
}

static void call_ended(struct shard_call *c)
{
	struct merge *m = ((struct statement *)c->owner)->merge;

	m->source[c->index].ended = true;
	run(m);
}

static void drained(struct statement *st)
{
	struct merge *m = st->merge;

	if (m->ending && !m->finished && st->error.code == ERR_OK)
		end_rows(m, false);
	else
		run(m);
	statement_check(st);
}

static bool finished(struct statement *st)
{
	return st->merge->finished;
}

static void answer(struct statement *st)
{
	struct session_vars *v = &st->conn->vars;
	uint32_t warnings = 0;
	unsigned status = conn_status(st->conn, statement_has_more(st));

	for (unsigned i = 0; i < st->calls; i++) {
		warnings += st->call[i].warnings;
		status |= st->call[i].status &
			  (STATUS_NO_INDEX | STATUS_NO_GOOD_INDEX | STATUS_QUERY_WAS_SLOW);
	}
	conditions_set_warnings(&v->conditions, warnings);
	v->row_count = -1;
	v->found_rows = st->merge->sent;
	conn_send_end(st->conn, (uint16_t)(warnings < 65535 ? warnings : 65535), (uint16_t)status);
}

const struct statement_kind merge_kind = {
	.name = "merge",
	.part = take_part,
	.flow = flow,
	.call_ended = call_ended,
	.drained = drained,
	.finished = finished,
	.answer = answer,
	.drop = drop,
};
