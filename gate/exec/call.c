#include "gate/exec/call.h"

#include <stdio.h>
#include <string.h>

#include "gate/exec/query.h"
#include "gate/exec/render.h"
#include "gate/exec/uservars.h"
#include "gate/pick/link.h"
#include "gate/plan/plan.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "src/base/log.h"
#include "src/net/worker.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_client.h"
#include "src/wire/caps.h"
#include "src/wire/reply.h"
#include "topo/graph.h"

enum {
	CALL_SMALL = 1024,	   /* requests packed on the stack up to here */
	CALL_SQL_TAG = 5 << 3 | 2, /* ExecuteRequest.sql and PrepareRequest.sql: see tablet.proto */
};

static int take_part(struct call *c, const struct scan_part *part, const uint8_t *p)
{
	struct reply_ok ok;

	switch (part->what) {
	case SCAN_ERR:
		reply_to_err(part->payload, &c->error);
		return 0;
	case SCAN_OK:
	case SCAN_ROWS_END:
		c->have_ok = true;
		c->status = part->status;
		c->warnings = part->warnings;
		c->affected = part->affected_rows;
		c->insert_id = part->insert_id;
		if (part->what == SCAN_OK && reply_parse_ok(part->payload, c->scan.caps, &ok) == 0)
			c->info = ok.info.n ? arena_str(&c->q->arena, ok.info) : STR_LIT("");
		break;
	default:
		break;
	}
	query_call_part(c, part, p);
	return 0;
}

/* Walks the packets in [p, p + n); returns the bytes used. */
static size_t walk(struct call *c, const uint8_t *p, size_t n)
{
	struct scan_part part;
	size_t at = 0;

	while (at < n && !c->scan.done && c->rpc) {
		if (result_scan_next(&c->scan, p + at, n - at, &part, &c->error) < 0) {
			log_error("gate.call", "event=protocol shard=%s problem=\"%s\"",
				  c->shard->name, c->error.msg);
			return n;
		}
		if (part.what == SCAN_NEED)
			break;
		take_part(c, &part, p + at);
		at += part.n;
	}
	return at;
}

static void on_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	struct call *c = arg;
	size_t used;

	(void)frame_end;
	c->ungranted += n;
	if (c->error.code != ERR_OK) {
		call_grant(c, n);
		return;
	}
	if (!c->stash.len) {
		used = walk(c, p, n);
		if (used < n)
			buf_append(&c->stash, p + used, n - used);
	} else {
		buf_append(&c->stash, p, n);
		used = c->stash.failed ? 0 : walk(c, c->stash.p, c->stash.len);
		if (used == c->stash.len)
			buf_fini(&c->stash);
		else
			buf_consume(&c->stash, used);
	}
	if (c->stash.failed)
		err_set(&c->error, ERR_NOMEM, "out of memory for an answer");
	query_call_data_done(c);
}

static void take_warnings(struct query *q, const Sluice__ExecuteTrailer *m)
{
	static const char *const level[] = {"Note", "Warning", "Error"};

	if (q->mode == QUERY_META || q->mode == QUERY_FETCH)
		return; /* the gate's own statements */
	for (size_t i = 0; i < m->n_warnings; i++) {
		const Sluice__Warning *w = m->warnings[i];
		struct str message = {(char *)w->message.data, w->message.len};

		warning_list_add(&q->session->warning_list,
				 level[w->level <= SLUICE__WARNING__LEVEL__ERROR ? w->level : 1],
				 w->code, message);
	}
}

/* What the tablet now keeps for the session. */
static void note_trailer(struct call *c, struct str trailer)
{
	struct query *q = c->q;
	struct txn *t = &q->session->txn;
	const char *ks = q->keyspace->name;
	uint8_t type = q->session->target.tablet_type;
	struct txn_shard *s = txn_find(t, ks, c->shard->name, type);
	Sluice__ExecuteTrailer *m;

	/* Nothing is kept there and nothing was remarkable: the trailer has no news. */
	if (!s && !c->warnings && c->error.code == ERR_OK)
		return;
	m = sluice__execute_trailer__unpack(NULL, trailer.n, (const uint8_t *)trailer.p);
	if (!m) {
		if (c->error.code == ERR_OK)
			err_set(&c->error, ERR_PROTOCOL, "the tablet's answer has no proper end");
		return;
	}
	take_warnings(q, m);
	if (s) {
		s->id = m->session;
		/* mysqld rolled it back (a deadlock), or a procedure ended it. */
		if (s->in_txn && !m->in_transaction) {
			s->in_txn = false;
			q->rolled_back = q->rolled_back || c->error.code != ERR_OK;
		}
		if (!m->session)
			txn_remove(t, s);
	}
	sluice__execute_trailer__free_unpacked(m, NULL);
}

static void on_end(void *arg, const struct err *e, struct str trailer)
{
	struct call *c = arg;
	struct txn *t = &c->q->session->txn;
	struct txn_shard *s;

	c->rpc = NULL;
	c->ended = true;
	buf_fini(&c->stash);
	if (e) {
		c->error = *e;
		s = txn_find(t, c->q->keyspace->name, c->shard->name,
			     c->q->session->target.tablet_type);
		/* Whatever was kept there is gone or in an unknown state. */
		if (s) {
			if (s->in_txn)
				t->lost = true;
			if (e->code == ERR_UNAVAILABLE || e->code == ERR_SHUTDOWN ||
			    e->code == ERR_TXN_LOST || !s->id)
				txn_remove(t, s);
		}
	} else {
		note_trailer(c, trailer);
		if (!c->scan.done && c->error.code == ERR_OK && c->scan.kind != SCAN_NONE)
			err_set(&c->error, ERR_PROTOCOL, "the tablet's answer ended too early");
	}
	query_call_ended(c);
}

static const struct rpc_call_handler handler = {.data = on_data, .end = on_end};

/* Field @tag (length-delimited) of @n bytes: its header into @out; returns the header's length. */
static size_t field_header(uint8_t out[16], uint8_t tag, uint64_t n)
{
	size_t at = 0;

	out[at++] = tag;
	for (; n >= 128; n >>= 7)
		out[at++] = (uint8_t)(n | 128);
	out[at++] = (uint8_t)n;
	return at;
}

static int send_request(struct call *c, unsigned method, const ProtobufCMessage *m, struct str sql,
			struct err *e)
{
	struct query *q = c->q;
	size_t n = protobuf_c_message_get_packed_size(m);
	uint8_t small[CALL_SMALL], header[16], *packed = small;
	const struct graph_tablet *tablet;
	struct rpc_client *client;
	struct iovec iov[3];
	uint64_t now = worker_now_us(q->gw->worker), timeout = 0;
	struct txn_shard *kept = txn_find(&q->session->txn, q->keyspace->name, c->shard->name,
					  q->session->target.tablet_type);

	if (n > sizeof(small) && !(packed = arena_alloc(&q->arena, n)))
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	protobuf_c_message_pack(m, packed);
	iov[0] = (struct iovec){packed, n};
	iov[1] = (struct iovec){header, field_header(header, CALL_SQL_TAG, sql.n)};
	iov[2] = (struct iovec){(void *)sql.p, sql.n};
	if (q->deadline_us) {
		if (q->deadline_us <= now)
			return err_set(e, ERR_DEADLINE, "the statement ran longer than allowed");
		timeout = q->deadline_us - now;
	}
	if (kept && kept->id) { /* the connection lives on one certain tablet */
		client = link_get(q->gw->links, kept->address, e);
	} else {
		tablet = link_pick(q->gw, c->shard, q->session->target.tablet_type, e);
		client = tablet ? link_get(q->gw->links, tablet->rpc_address, e) : NULL;
		if (tablet && kept)
			snprintf(kept->address, sizeof(kept->address), "%s", tablet->rpc_address);
	}
	if (!client)
		return -1;
	result_scan_begin(&c->scan, method == METHOD_PREPARE ? SCAN_PREPARE : SCAN_QUERY,
			  CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF | CAP_SESSION_TRACK |
				  CAP_TRANSACTIONS);
	c->rpc = rpc_call_start(client, method, iov, 3, timeout, &handler, c, e);
	if (!c->rpc)
		return err_wrap(e, "shard %s/%s", q->keyspace->name, c->shard->name);
	return 0;
}

/* Savepoints this shard does not know yet, set before the statement. */
static int add_savepoints(struct query *q, struct txn_shard *s, Sluice__ExecuteRequest *m,
			  const struct ProtobufCBinaryData *more, size_t more_count, struct err *e)
{
	struct txn *t = &q->session->txn;
	size_t missing =
		s && s->in_txn && q->mode != QUERY_FETCH ? t->savepoint.len - s->savepoints : 0;

	m->before = arena_array(&q->arena, missing + more_count + 1, sizeof(*m->before));
	if (!m->before)
		return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
	for (size_t i = 0; i < more_count; i++)
		m->before[m->n_before++] = more[i];
	for (size_t i = 0; i < missing; i++) {
		char *text = t->savepoint.v[s->savepoints + i];

		m->before[m->n_before++] = (ProtobufCBinaryData){strlen(text), (uint8_t *)text};
	}
	if (missing)
		s->savepoints = t->savepoint.len;
	/* So that a failure on another shard can be undone here. */
	if (q->mode != QUERY_FETCH && q->plan->kind == PLAN_WRITE && q->calls > 1 && t->open &&
	    !q->implicit_txn)
		m->before[m->n_before++] = (ProtobufCBinaryData){
			sizeof(QUERY_SAVEPOINT) - 1, (uint8_t *)(uintptr_t)QUERY_SAVEPOINT};
	return 0;
}

/* The session's connection on this shard: the one it has, or a new one if it needs to keep one. */
static int join_session(struct call *c, Sluice__ExecuteRequest *m, struct txn_shard **out,
			struct err *e)
{
	struct query *q = c->q;
	struct session *ss = q->session;
	const char *ks = q->keyspace->name;
	bool internal = q->mode == QUERY_FETCH;
	bool reserve = !internal &&
		       q->plan->flags & (PLAN_RESERVE | PLAN_USER_VARS_READ | PLAN_USER_VARS_SET);
	struct txn_shard *s = txn_find(&ss->txn, ks, c->shard->name, ss->target.tablet_type);

	*out = s;
	if (!s && (internal || (!ss->txn.open && !reserve)))
		return 0;
	if (!s)
		s = *out = txn_add(&ss->txn, ks, c->shard->name, ss->target.tablet_type);
	if (!s)
		return err_set(e, ERR_NOMEM, "out of memory");
	m->session = s->id;
	if (ss->txn.open && !s->in_txn && !internal) {
		m->flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_BEGIN;
		if (ss->txn.begin)
			m->begin_sql = (ProtobufCBinaryData){strlen(ss->txn.begin),
							     (uint8_t *)ss->txn.begin};
		s->in_txn = true;
		s->savepoints = 0;
	}
	if (reserve) {
		m->flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_RESERVE;
		s->reserved = true;
	}
	if (!internal && q->plan->kind == PLAN_WRITE)
		s->wrote = true;
	return 0;
}

static int add_params(struct call *c, const struct rendered *r, Sluice__ExecuteRequest *m,
		      struct err *e)
{
	struct query *q = c->q;
	struct prepared_param *subset = q->param;
	struct buf b;

	m->flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_PREPARED;
	m->param_count = r->params;
	if (!r->params)
		return 0;
	if (r->param) {
		subset = arena_array(&q->arena, r->params, sizeof(*subset));
		if (!subset)
			return err_set(e, ERR_NOMEM,
				       "the statement needs more memory than allowed");
		for (uint32_t i = 0; i < r->params; i++)
			subset[i] = q->param[r->param[i]];
	}
	buf_init(&b);
	prepared_build_execute(&b, 0, 0, subset, r->params);
	/* Without the command, id, flags and iteration count in front. */
	if (b.failed || b.len < QUERY_EXECUTE_HEADER) {
		buf_fini(&b);
		return err_set(e, ERR_NOMEM, "out of memory for parameters");
	}
	m->params.len = b.len - QUERY_EXECUTE_HEADER;
	m->params.data = (uint8_t *)arena_dup(&q->arena, b.p + QUERY_EXECUTE_HEADER, m->params.len);
	buf_fini(&b);
	return m->params.data
		       ? 0
		       : err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
}

int call_start(struct call *c, const struct rendered *r, struct err *e)
{
	struct query *q = c->q;
	struct session *ss = q->session;
	Sluice__ExecuteRequest m = SLUICE__EXECUTE_REQUEST__INIT;
	struct ProtobufCBinaryData *vars = NULL;
	size_t var_count = 0;
	bool vars_needed;
	const char *settings;
	struct txn_shard *s;

	m.keyspace = (char *)q->keyspace->name;
	m.shard = (char *)c->shard->name;
	m.tablet_type = ss->target.tablet_type;
	m.user = ss->user;
	settings = q->settings ? q->settings : ss->settings;
	if (settings)
		m.settings =
			(ProtobufCBinaryData){strlen(settings), (uint8_t *)(uintptr_t)settings};
	if (ss->caps & CAP_FOUND_ROWS)
		m.flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_FOUND_ROWS;
	if (q->mode != QUERY_FETCH && q->plan->kind == PLAN_DDL)
		m.flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_DDL;
	if (join_session(c, &m, &s, e) < 0)
		return -1;
	vars_needed = q->mode == QUERY_FETCH
			      ? q->eval_uservars
			      : (q->plan->flags & (PLAN_USER_VARS_READ | PLAN_USER_VARS_SET)) != 0;
	if (vars_needed && uservars_statements(q, &vars, &var_count, e) < 0)
		return -1;
	if ((s || var_count) && add_savepoints(q, s, &m, vars, var_count, e) < 0)
		return -1;
	if (q->kind == QUERY_EXECUTE && q->mode != QUERY_FETCH && add_params(c, r, &m, e) < 0)
		return -1;
	return send_request(c, METHOD_EXECUTE, &m.base, r->sql, e);
}

int call_start_prepare(struct call *c, struct str sql, struct err *e)
{
	struct session *ss = c->q->session;
	Sluice__PrepareRequest m = SLUICE__PREPARE_REQUEST__INIT;
	struct txn_shard *s =
		txn_find(&ss->txn, c->q->keyspace->name, c->shard->name, ss->target.tablet_type);

	m.keyspace = (char *)c->q->keyspace->name;
	m.shard = (char *)c->shard->name;
	m.tablet_type = ss->target.tablet_type;
	m.session = s ? s->id : 0;
	if (ss->settings)
		m.settings = (ProtobufCBinaryData){strlen(ss->settings), (uint8_t *)ss->settings};
	return send_request(c, METHOD_PREPARE, &m.base, sql, e);
}

void call_grant(struct call *c, size_t n)
{
	n = n < c->ungranted ? n : c->ungranted;
	c->ungranted -= n;
	if (n && c->rpc)
		rpc_call_grant(c->rpc, n);
}

void call_cancel(struct call *c)
{
	if (c->rpc)
		rpc_call_drop(c->rpc);
	c->rpc = NULL;
	c->ended = true;
	buf_fini(&c->stash);
}
