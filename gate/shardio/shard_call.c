#include "gate/shardio/shard_call.h"

#include <stdio.h>
#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/client/conditions.h"
#include "gate/pick/link.h"
#include "gate/txn/txn.h"
#include "src/base/arena.h"
#include "src/base/log.h"
#include "src/net/worker.h"
#include "src/proto/execute_message.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_client.h"
#include "src/wire/caps.h"
#include "src/wire/prepared.h"
#include "src/wire/reply.h"
#include "topo/graph.h"

enum {
	CALL_SMALL = 1024, /* requests packed on the stack up to here */
	/* Of a COM_STMT_EXECUTE payload: command, statement id, flags, iteration count. */
	CALL_EXECUTE_HEADER = 1 + 4 + 1 + 4,
};

static const char undo_savepoint[] = "SAVEPOINT " SHARD_CALL_UNDO_NAME;

static int no_room(struct err *e)
{
	return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
}

/* --- the answer --- */

/* Errors of mysqld name the tablet's own account; the client gets its own name instead. */
static void name_user(struct shard_call *c)
{
	static const char account[] = "'sluice_app'@'localhost'";
	char *at = strstr(c->error.msg, account), rest[sizeof(c->error.msg)];

	if (!at || !c->user)
		return;
	snprintf(rest, sizeof(rest), "%s", at + sizeof(account) - 1);
	snprintf(at, sizeof(c->error.msg) - (size_t)(at - c->error.msg), "'%.80s'%s", c->user,
		 rest);
}

static void take_ok(struct shard_call *c, const struct reply_ok *ok)
{
	c->have_ok = true;
	c->status = ok->status;
	c->warnings = ok->warnings;
	c->affected = ok->affected_rows;
	c->insert_id = ok->insert_id;
	c->info = ok->info.n ? arena_str(c->arena, ok->info) : STR_LIT("");
}

static void take_part(struct shard_call *c, const struct scan_part *part, const uint8_t *p)
{
	struct reply_ok ok = {.affected_rows = part->affected_rows,
			      .insert_id = part->insert_id,
			      .status = part->status,
			      .warnings = part->warnings};

	switch (part->what) {
	case SCAN_ERR:
		reply_to_err(part->payload, &c->error);
		name_user(c);
		return;
	case SCAN_OK:
	case SCAN_ROWS_END:
		if (part->what == SCAN_OK && reply_parse_ok(part->payload, c->scan.caps, &ok) < 0)
			break; /* the scanner has read it */
		take_ok(c, &ok);
		break;
	default:
		break;
	}
	c->ops->part(c, part, p);
}

/* Walks the packets in [p, p + n); returns the bytes used. */
static size_t walk(struct shard_call *c, const uint8_t *p, size_t n)
{
	struct scan_part part;
	size_t at = 0;

	while (at < n && !c->scan.done && !c->canceled && c->error.code == ERR_OK) {
		if (result_scan_next(&c->scan, p + at, n - at, &part, &c->error) < 0) {
			log_error("gate.call", "event=protocol shard=%s problem=\"%s\"",
				  c->shard->name, c->error.msg);
			return n;
		}
		if (part.what == SCAN_NEED)
			break;
		c->rest = p + at + part.n;
		c->rest_len = n - at - part.n;
		take_part(c, &part, p + at);
		at += part.n;
	}
	return c->scan.done || c->canceled || c->error.code != ERR_OK ? n : at;
}

static void on_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	struct shard_call *c = arg;
	size_t used;

	(void)frame_end;
	c->ungranted += n;
	if (c->error.code != ERR_OK || c->canceled) {
		shard_call_grant(c, c->ungranted);
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
	if (c->stash.failed && c->error.code == ERR_OK)
		err_set(&c->error, ERR_NOMEM, "out of memory for an answer");
	if (c->error.code != ERR_OK || c->canceled)
		shard_call_grant(c, c->ungranted);
	else
		c->ops->flow(c);
}

/* --- the end --- */

static struct txn_shard *kept_of(struct shard_call *c)
{
	return c->alone ? NULL
			: txn_find(c->txn, c->keyspace, c->shard->name, c->tablet_type);
}

/* The statement was done on the shard, whatever became of the call: by a cancel or a time limit that
 * came too late its answer may be missing. Then the trailer has it. */
static void take_done(struct shard_call *c, const Sluice__ExecuteTrailer *m)
{
	struct str packet = str_make((const char *)m->ok_packet.data, m->ok_packet.len);
	struct reply_ok ok;

	if (!m->done || c->scan.kind != SCAN_QUERY)
		return;
	if (!c->scan.done && packet.n && reply_parse_ok(packet, c->scan.caps, &ok) == 0) {
		take_ok(c, &ok);
		c->rows = false;
		c->scan.done = true;
	}
	if (c->scan.done)
		err_clear(&c->error);
	else
		c->rows_lost = true;
}

/* Notes what the tablet now keeps for the session. @failed: the call failed as a call. */
static void take_trailer(struct shard_call *c, struct str trailer, bool failed)
{
	struct txn_shard *s = kept_of(c);
	Sluice__ExecuteTrailer *m;

	/* Nothing is kept there and nothing was remarkable: the trailer has no news. */
	if (!s && !c->warnings && !c->warnings_before && c->error.code == ERR_OK && c->scan.done)
		return;
	m = sluice__execute_trailer__unpack(NULL, trailer.n, (const uint8_t *)trailer.p);
	if (!m) {
		if (c->error.code == ERR_OK)
			err_set(&c->error, ERR_PROTOCOL, "the tablet's answer has no proper end");
		return;
	}
	take_done(c, m);
	if (c->conditions)
		conditions_take(c->conditions, m);
	if (s) {
		s->id = m->session;
		if (s->in_txn && !m->in_transaction) {
			s->in_txn = false;
			c->left_txn = c->follow && !failed;
			/* The server rolled it back (a deadlock), unless it never began here; a
			 * KILL QUERY alone would have kept it. */
			c->rolled_back = c->error.code != ERR_OK && !c->began && !failed;
			if (c->error.code != ERR_OK && (c->canceled || failed) && !c->began)
				c->txn->lost = true;
		} else if (c->follow && m->session && m->in_transaction && !s->in_txn) {
			s->in_txn = c->txn->open = true;
		}
		if (!m->session)
			txn_remove(c->txn, s);
	}
	sluice__execute_trailer__free_unpacked(m, NULL);
}

/* The call failed as a call: nobody knows the state of the connection that was kept. */
static void take_failure(struct shard_call *c, const struct err *e)
{
	struct txn_shard *s = kept_of(c);

	c->error = *e;
	if (!s)
		return;
	/* A transaction that began with this very call ends with it on the tablet. */
	if (s->in_txn && !(c->began && !s->id))
		c->txn->lost = true;
	if (e->code == ERR_UNAVAILABLE || e->code == ERR_SHUTDOWN || e->code == ERR_TXN_LOST ||
	    !s->id)
		txn_remove(c->txn, s);
}

static void interrupted(struct err *e)
{
	err_set(e, ERR_CANCELED, "Query execution was interrupted");
}

static void on_end(void *arg, const struct err *e, struct str trailer)
{
	struct shard_call *c = arg;

	c->rpc = NULL;
	c->ended = true;
	buf_fini(&c->stash);
	if (e && trailer.n) {
		c->error = *e;
		take_trailer(c, trailer, true);
	} else if (e) {
		take_failure(c, e);
	} else {
		bool cut = c->canceled && !c->scan.done && c->error.code == ERR_OK;

		if (cut)
			interrupted(&c->error);
		take_trailer(c, trailer, cut);
		if (!c->scan.done && c->error.code == ERR_OK)
			err_set(&c->error, ERR_PROTOCOL, "the tablet's answer ended too early");
	}
	c->ops->ended(c);
}

static const struct rpc_call_handler handler = {.data = on_data, .end = on_end};

/* --- the request --- */

/* The tablet that has the kept connection, or one that serves the shard. */
static struct rpc_client *choose_tablet(struct shard_call *c, struct txn_shard *kept, struct err *e)
{
	const struct graph_tablet *tablet;
	struct rpc_client *client;

	if (kept && kept->id)
		return link_get(c->ctx->links, kept->address, e);
	tablet = link_pick(c->ctx, c->shard, c->tablet_type, e);
	client = tablet ? link_get(c->ctx->links, tablet->rpc_address, e) : NULL;
	if (client && kept)
		snprintf(kept->address, sizeof(kept->address), "%s", tablet->rpc_address);
	return client;
}

/* @packed: the message but its sql, which is the same field of ExecuteRequest and PrepareRequest.
 */
static int send_request(struct shard_call *c, unsigned method, struct str packed,
			const struct shard_call_request *r, struct txn_shard *kept, struct err *e)
{
	uint8_t header[EXECUTE_MESSAGE_HEADER];
	uint64_t now = worker_now_us(c->ctx->worker), timeout = 0;
	struct rpc_client *client;
	struct iovec iov[3];

	if (r->deadline_us && r->deadline_us <= now)
		return err_set(e, ERR_DEADLINE, "the statement ran longer than allowed");
	if (r->deadline_us)
		timeout = r->deadline_us - now;
	client = choose_tablet(c, kept, e);
	if (!client)
		return -1;
	iov[0] = (struct iovec){(void *)(uintptr_t)packed.p, packed.n};
	iov[1] = (struct iovec){header,
				execute_message_header(EXECUTE_MESSAGE_SQL, r->sql.n, header)};
	iov[2] = (struct iovec){(void *)r->sql.p, r->sql.n};
	result_scan_begin(&c->scan, method == METHOD_PREPARE ? SCAN_PREPARE : SCAN_QUERY,
			  CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF | CAP_SESSION_TRACK |
				  CAP_TRANSACTIONS);
	c->rpc = rpc_call_start(client, method, iov, 3, timeout, &handler, c, e);
	if (!c->rpc)
		return err_wrap(e, "shard %s/%s", c->keyspace, c->shard->name);
	return 0;
}

static ProtobufCBinaryData bytes(const char *p, size_t n)
{
	return (ProtobufCBinaryData){n, (uint8_t *)(uintptr_t)p};
}

/* Statements to run first: SET TRANSACTION, the owner's, savepoints that this shard does not know yet,
 * and the one that can undo this statement. The tablet runs begin_sql before them all, so a SET
 * TRANSACTION that must come before BEGIN takes its place, and BEGIN becomes the first of them. */
static int add_before(struct shard_call *c, const struct shard_call_request *r,
		      const struct txn_shard *s, bool in_txn, Sluice__ExecuteRequest *m,
		      struct err *e)
{
	struct txn *t = c->txn;
	size_t known = s && s->in_txn ? s->savepoints : 0;
	size_t missing = in_txn ? t->savepoint.len - known : 0;
	const char *traits = r->flags & SHARD_CALL_JOIN ? txn_traits_text(t) : "";
	bool begins = m->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_BEGIN;

	if (!r->befores && !missing && !(r->flags & SHARD_CALL_SAVEPOINT) && !traits[0])
		return 0;
	m->before = arena_array(c->arena, missing + r->befores + 2, sizeof(*m->before));
	if (!m->before)
		return no_room(e);
	if (traits[0] && begins) {
		m->before[m->n_before++] =
			m->begin_sql.len ? m->begin_sql : bytes("BEGIN", sizeof("BEGIN") - 1);
		m->begin_sql = bytes(traits, strlen(traits));
	} else if (traits[0] && !in_txn) {
		m->before[m->n_before++] = bytes(traits, strlen(traits));
	}
	for (unsigned i = 0; i < r->befores; i++)
		m->before[m->n_before++] = bytes(r->before[i].p, r->before[i].n);
	for (size_t i = 0; i < missing; i++) {
		const char *text = t->savepoint.v[known + i];

		m->before[m->n_before++] = bytes(text, strlen(text));
	}
	if (r->flags & SHARD_CALL_SAVEPOINT)
		m->before[m->n_before++] = bytes(undo_savepoint, sizeof(undo_savepoint) - 1);
	return 0;
}

static int add_params(struct shard_call *c, const struct shard_call_request *r,
		      Sluice__ExecuteRequest *m, struct err *e)
{
	struct buf b;

	m->flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_PREPARED;
	m->param_count = r->params;
	if (!r->params)
		return 0;
	buf_init(&b);
	prepared_build_execute(&b, 0, 0, r->param, r->params);
	if (b.failed || b.len < CALL_EXECUTE_HEADER) {
		buf_fini(&b);
		return err_set(e, ERR_NOMEM, "out of memory for parameters");
	}
	m->params.len = b.len - CALL_EXECUTE_HEADER;
	m->params.data = (uint8_t *)arena_dup(c->arena, b.p + CALL_EXECUTE_HEADER, m->params.len);
	buf_fini(&b);
	return m->params.data ? 0 : no_room(e);
}

static void fill_request(struct shard_call *c, const struct shard_call_request *r,
			 Sluice__ExecuteRequest *m)
{
	m->keyspace = (char *)(uintptr_t)r->keyspace;
	m->shard = (char *)c->shard->name;
	m->tablet_type = r->tablet_type;
	m->user = (char *)(uintptr_t)r->user;
	if (r->settings)
		m->settings = bytes(r->settings, strlen(r->settings));
	if (r->flags & SHARD_CALL_FOUND_ROWS)
		m->flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_FOUND_ROWS;
	if (r->flags & SHARD_CALL_DDL)
		m->flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_DDL;
	if (r->flags & SHARD_CALL_ADMIN)
		m->flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_ADMIN;
	if (r->flags & (SHARD_CALL_RESERVE | SHARD_CALL_HOLD))
		m->flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_RESERVE;
}

/* The request is on its way: what is kept on the shard from now on. */
static void note_sent(struct shard_call *c, const struct shard_call_request *r, struct txn_shard *s,
		      bool in_txn)
{
	if (!s)
		return;
	c->began = in_txn && !s->in_txn;
	if (in_txn) {
		s->in_txn = true;
		s->savepoints = c->txn->savepoint.len;
	}
	s->reserved = s->reserved || (r->flags & SHARD_CALL_RESERVE);
	s->wrote = s->wrote || (r->flags & SHARD_CALL_WRITES);
	s->locked = s->locked || (r->flags & SHARD_CALL_LOCKS);
}

static int start_execute(struct shard_call *c, const struct shard_call_request *r, struct err *e)
{
	Sluice__ExecuteRequest m = SLUICE__EXECUTE_REQUEST__INIT;
	bool in_txn = c->txn->open && (r->flags & SHARD_CALL_JOIN);
	struct txn_shard *s = kept_of(c);
	bool fresh = !s && (in_txn || (r->flags & (SHARD_CALL_RESERVE | SHARD_CALL_HOLD)));
	uint8_t small[CALL_SMALL], *packed = small;
	size_t n;

	fill_request(c, r, &m);
	if (in_txn && !(s && s->in_txn)) {
		m.flags |= SLUICE__EXECUTE_FLAGS__EXECUTE_BEGIN;
		if (c->txn->begin)
			m.begin_sql = bytes(c->txn->begin, strlen(c->txn->begin));
	}
	if (add_before(c, r, s, in_txn, &m, e) < 0)
		return -1;
	if ((r->flags & SHARD_CALL_BINARY) && add_params(c, r, &m, e) < 0)
		return -1;
	n = execute_message_room(&m);
	if (n > sizeof(small) && !(packed = arena_alloc(c->arena, n)))
		return no_room(e);
	if (fresh)
		s = txn_add(c->txn, c->keyspace, c->shard->name, c->tablet_type);
	if (fresh && !s)
		return err_set(e, ERR_NOMEM, "out of memory");
	m.session = s ? s->id : 0;
	n = execute_message_pack(&m, packed);
	if (send_request(c, METHOD_EXECUTE, str_make(packed, n), r, s, e) < 0) {
		if (fresh)
			txn_remove(c->txn, s);
		return -1;
	}
	note_sent(c, r, s, in_txn);
	return 0;
}

static int start_prepare(struct shard_call *c, const struct shard_call_request *r, struct err *e)
{
	Sluice__PrepareRequest m = SLUICE__PREPARE_REQUEST__INIT;
	struct txn_shard *s = kept_of(c);
	uint8_t *packed;
	size_t n;

	m.keyspace = (char *)(uintptr_t)r->keyspace;
	m.shard = (char *)c->shard->name;
	m.tablet_type = r->tablet_type;
	m.session = s ? s->id : 0;
	if (r->settings)
		m.settings = bytes(r->settings, strlen(r->settings));
	packed = arena_alloc(c->arena, sluice__prepare_request__get_packed_size(&m));
	if (!packed)
		return no_room(e);
	n = sluice__prepare_request__pack(&m, packed);
	return send_request(c, METHOD_PREPARE, str_make(packed, n), r, s, e);
}

int shard_call_start(struct shard_call *c, const struct shard_call_request *r, struct err *e)
{
	int rc;

	c->keyspace = r->keyspace;
	c->tablet_type = r->tablet_type;
	c->user = r->user;
	c->alone = r->flags & SHARD_CALL_ADMIN;
	c->follow = r->flags & SHARD_CALL_FOLLOW;
	rc = r->flags & SHARD_CALL_PREPARE_ONLY ? start_prepare(c, r, e) : start_execute(c, r, e);
	c->ended = rc < 0;
	return rc;
}

void shard_call_grant(struct shard_call *c, size_t n)
{
	n = n < c->ungranted ? n : c->ungranted;
	c->ungranted -= n;
	if (n && c->rpc)
		rpc_call_grant(c->rpc, n);
}

bool shard_call_peek_end(const struct shard_call *c, size_t max, uint16_t *status)
{
	struct result_scan scan = c->scan;
	const uint8_t *p = c->rest;
	size_t n = c->rest_len < max ? c->rest_len : max;
	struct scan_part part;
	struct err e;

	while (n && !scan.done && result_scan_next(&scan, p, n, &part, &e) == 0) {
		if (part.what == SCAN_NEED || part.what == SCAN_ERR)
			return false;
		if (part.what == SCAN_ROWS_END) {
			*status = part.status;
			return true;
		}
		p += part.n;
		n -= part.n;
	}
	return false;
}

void shard_call_cancel(struct shard_call *c)
{
	if (!c->rpc || c->canceled)
		return;
	c->canceled = true;
	shard_call_grant(c, c->ungranted);
	rpc_call_cancel(c->rpc);
}
