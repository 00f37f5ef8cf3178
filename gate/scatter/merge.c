#include "gate/scatter/merge.h"

#include <stdlib.h>
#include <string.h>

#include "gate/exec/query.h"
#include "gate/exec/render.h"
#include "gate/plan/plan.h"
#include "gate/scatter/op.h"
#include "gate/scatter/row.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "src/net/stream.h"
#include "src/wire/caps.h"
#include "src/wire/column_def.h"
#include "src/wire/packet.h"
#include "src/wire/reply.h"

enum { MERGE_BATCH = 512, MERGE_MAX_ROW = 1 << 30 };

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
};

struct merge {
	struct query *q;
	struct op *first; /* the chain */
	struct source *source;
	unsigned count, turn;
	int lead;	   /* the source whose definitions the client gets, -1: none yet */
	struct buf header; /* its definitions, until all are there */
	uint32_t visible, columns;
	uint64_t sent;
	bool header_sent, finished, running;
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
	const struct plan_merge *p = &m->q->plan->merge;
	struct arena *a = &m->q->arena;
	uint64_t offset, count;

	m->first = op_sink_new(a, m->q->session, m->visible, &m->sent);
	if (m->first && p->limit.present) {
		if (render_limit(m->q, &offset, &count, e) < 0)
			return -1;
		m->first = chain(op_limit_new(a, offset, count), m->first);
	}
	if (m->first && p->sort_count)
		m->first =
			chain(op_sort_new(a, p, (uint64_t)m->q->gw->gate->settings->merge_memory),
			      m->first);
	if (m->first && p->aggregate)
		m->first = chain(op_aggregate_new(a, p), m->first);
	else if (m->first && p->distinct)
		m->first = chain(op_distinct_new(a, p), m->first);
	return m->first ? 0 : err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
}

struct merge *merge_new(struct query *q, struct err *e)
{
	struct merge *m = arena_zalloc(&q->arena, sizeof(*m));

	if (m)
		m->source = arena_array(&q->arena, q->calls, sizeof(*m->source));
	if (!m || !m->source) {
		err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
		return NULL;
	}
	m->q = q;
	m->count = q->calls;
	m->lead = -1;
	for (unsigned i = 0; i < m->count; i++)
		packet_join_init(&m->source[i].join, MERGE_MAX_ROW);
	return m;
}

void merge_free(struct merge *m)
{
	if (!m)
		return;
	for (unsigned i = 0; i < m->count; i++) {
		buf_fini(&m->source[i].buf);
		packet_join_fini(&m->source[i].join);
	}
	for (struct op *op = m->first; op; op = op->next)
		op->free(op);
	buf_fini(&m->header);
}

static void fail(struct merge *m, unsigned i, const struct err *e)
{
	if (m->q->call[i].error.code == ERR_OK)
		m->q->call[i].error = *e;
	if (m->q->error.code == ERR_OK)
		m->q->error = *e;
	m->finished = true;
}

/* --- definitions --- */

static void begin_columns(struct merge *m, unsigned i, uint64_t count, struct err *e)
{
	struct source *s = &m->source[i];
	struct arena *a = &m->q->arena;

	if (m->lead >= 0 && count != m->columns) {
		err_set(e, ERR_INTERNAL, "shards disagree about the number of columns (%u and %u)",
			m->columns, (unsigned)count);
		fail(m, i, e);
		return;
	}
	if (m->lead < 0) {
		m->lead = (int)i;
		m->columns = (uint32_t)count;
		m->visible = m->q->plan->merge.visible ? m->q->plan->merge.visible : m->columns;
		if (build_ops(m, e) < 0) {
			fail(m, i, e);
			return;
		}
	}
	s->meta = arena_array(a, m->columns + 1u, sizeof(*s->meta));
	s->col = arena_array(a, m->columns + 1u, sizeof(*s->col));
	s->shape = (struct row_shape){
		.columns = m->columns, .meta = s->meta, .binary = m->q->kind == QUERY_EXECUTE};
	if (!s->meta || !s->col) {
		err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
		fail(m, i, e);
	}
}

static void send_header(struct merge *m)
{
	struct session *s = m->q->session;
	struct str rest = buf_slice(&m->header);
	struct buf b;

	m->header_sent = true;
	m->q->answered = true;
	buf_init(&b);
	column_def_build_count(&b, m->visible);
	session_send(s, b.p, b.len);
	while (rest.n) {
		struct packet p;

		if (!packet_peek((const uint8_t *)rest.p, rest.n, &p))
			break;
		session_send(s, p.payload, p.len);
		rest = str_make(rest.p + PACKET_HEADER + p.len, rest.n - PACKET_HEADER - p.len);
	}
	if (!(s->caps & CAP_DEPRECATE_EOF)) {
		buf_reset(&b);
		reply_build_eof(&b, 0, session_status(s));
		session_send(s, b.p, b.len);
	}
	buf_fini(&b);
	buf_fini(&m->header);
}

static void take_column(struct merge *m, unsigned i, struct str payload, struct err *e)
{
	struct source *s = &m->source[i];
	uint8_t seq = 0;

	if (s->seen >= m->columns || column_def_peek(payload, &s->meta[s->seen], e) < 0) {
		fail(m, i, e);
		return;
	}
	if ((int)i == m->lead && s->seen < m->visible)
		packet_append(&m->header, payload.p, payload.n, &seq);
	s->seen++;
	if ((int)i == m->lead && s->seen == m->columns) {
		if (buf_check(&m->header, e) < 0)
			fail(m, i, e);
		else
			send_header(m);
	}
}

void merge_part(struct merge *m, unsigned i, const struct scan_part *part)
{
	struct source *s = &m->source[i];
	struct err e;

	if (m->finished)
		return;
	switch (part->what) {
	case SCAN_COLUMNS:
		begin_columns(m, i, part->count, &e);
		break;
	case SCAN_COLUMN:
		take_column(m, i, part->payload, &e);
		break;
	case SCAN_ROWS:
		buf_str(&s->buf, part->payload);
		s->have_head = false; /* the buffer may have moved */
		if (buf_check(&s->buf, &e) < 0)
			fail(m, i, &e);
		break;
	default:
		break;
	}
}

/* --- rows --- */

/* Makes source @i's next row its head. 1: there; 0: none (yet); -1: malformed. */
static int fill_head(struct merge *m, unsigned i, struct err *e)
{
	struct source *s = &m->source[i];
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
		if (!p.whole)
			return 0;
		payload = str_make(p.payload, p.len);
		used = PACKET_HEADER + p.len;
	} else {
		if (!s->join.active) {
			if (s->buf.len - s->at < PACKET_HEADER)
				return 0;
			packet_join_expect(&s->join, s->buf.p[s->at + 3]);
		}
		rc = packet_join_feed(&s->join, s->buf.p + s->at, s->buf.len - s->at, &used,
				      &payload, e);
		if (rc <= 0) {
			s->at += used;
			return rc;
		}
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

/* Gives credit for what is not held here any more, and drops used bytes now and then. */
static void settle(struct merge *m, unsigned i)
{
	struct source *s = &m->source[i];
	struct call *c = &m->q->call[i];
	size_t held;

	if (s->at > s->buf.len / 2 && !s->have_head) {
		buf_consume(&s->buf, s->at);
		s->at = 0;
	}
	held = s->buf.len - s->at;
	if (c->ungranted > held)
		call_grant(c, c->ungranted - held);
}

/* The source whose head comes next, -1: none has one, -2: one must bring more first. */
static int choose(struct merge *m, struct err *e)
{
	const struct plan_merge *p = &m->q->plan->merge;
	bool waiting = false;
	int best = -1;

	for (unsigned k = 0; k < m->count; k++) {
		unsigned i = (m->turn + k) % m->count;
		int rc = fill_head(m, i, e);

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

static void stop_sources(struct merge *m)
{
	struct query *q = m->q;

	for (unsigned i = 0; i < m->count; i++) {
		buf_reset(&m->source[i].buf);
		m->source[i].at = 0;
		m->source[i].have_head = false;
		if (q->call[i].ended)
			continue;
		if (q->session->txn.open) {
			call_grant(&q->call[i],
				   q->call[i].ungranted); /* read on, to keep the connection */
			continue;
		}
		call_cancel(&q->call[i]);
		q->running--;
	}
}

static void end_of_rows(struct merge *m)
{
	struct err e;

	m->finished = true;
	if (m->first && m->first->end(m->first, &e) < 0 && m->q->error.code == ERR_OK)
		m->q->error = e;
}

void merge_run(struct merge *m)
{
	struct query *q = m->q;
	struct err e;

	if (m->running)
		return;
	m->running = true;
	/* No row before the definitions, which may come in pieces while another shard has rows. */
	while (m->header_sent && !m->finished && !stream_congested(q->session->stream) &&
	       q->error.code == ERR_OK) {
		int rc, i = choose(m, &e);

		if (i == -2)
			break;
		if (i == -3) {
			fail(m, 0, &e);
			break;
		}
		if (i < 0) {
			end_of_rows(m);
			break;
		}
		rc = m->first->push(m->first, &m->source[i].head, &e);
		consume_head(&m->source[i]);
		if (!q->plan->merge.order_count)
			m->turn = (unsigned)i;
		if (rc < 0)
			fail(m, (unsigned)i, &e);
		if (rc > 0) {
			end_of_rows(m);
			stop_sources(m);
		}
	}
	for (unsigned i = 0; i < m->count; i++) {
		if (m->finished)
			call_grant(&q->call[i], q->call[i].ungranted);
		else
			settle(m, i);
	}
	m->running = false;
}

void merge_source_ended(struct merge *m, unsigned i)
{
	m->source[i].ended = true;
	merge_run(m);
}

bool merge_finished(const struct merge *m)
{
	return m->finished;
}

void merge_answer_end(struct merge *m)
{
	struct query *q = m->q;
	struct session *s = q->session;
	uint32_t warnings = 0;
	uint16_t status = session_status(s);
	struct buf b;

	for (unsigned i = 0; i < q->calls; i++)
		warnings += q->call[i].warnings;
	s->warnings = (uint16_t)(warnings < 65535 ? warnings : 65535);
	s->row_count = -1;
	s->found_rows = m->sent;
	if (query_has_more(q))
		status |= STATUS_MORE_RESULTS;
	buf_init(&b);
	reply_build_end(&b, s->caps, s->warnings, status);
	session_send(s, b.p, b.len);
	buf_fini(&b);
}
