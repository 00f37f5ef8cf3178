/* rpc_server - see rpc_server.h. A connection knows its calls by slot (the low bits of the stream
 * id); a call outlives its connection until its handler ends it. */
#include "src/rpc/rpc_server.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/base/pool.h"
#include "src/base/vec.h"
#include "src/net/listener.h"
#include "src/net/stream.h"
#include "src/net/tls.h"
#include "src/net/worker.h"
#include "src/rpc/rpc_int.h"

enum {
	TICK_US = 100000,   /* how finely deadlines are watched while there are any */
	LOOK_US = 1000000,  /* how often the server looks whether peers were heard: see rpc_int.h */
	GREETING_LOOKS = 5, /* a peer that does not say HELLO */
	SILENT_LOOKS = 10,  /* a peer that sends no PING */
	MAX_LISTENERS = 4,
	SLOT_BITS = 16,
	POOL_KEEP = 1024,
};

/* The call under way in it, or what the last one there was. */
struct slot {
	struct rpc_reply *r; /* owned; NULL: free */
	uint32_t id;
	uint64_t number;
};

struct server_conn {
	struct rpc_conn conn; /* first */
	struct rpc_server *server;
	struct server_conn *next, *prev;
	uint64_t number;
	struct {
		struct slot *v; /* owned */
		size_t len, cap;
	} slots;
	size_t calls;
	unsigned silent; /* looks in a row without a byte */
	struct worker_defer defer;
};

struct rpc_reply {
	struct rpc_server *server;
	struct server_conn *conn; /* NULL: gone */
	uint64_t connection; /* its number, also when it is gone */
	uint64_t number;     /* the call's */
	uint32_t id;
	const struct rpc_reply_handler *h; /* NULL: none */
	void *arg;
	uint64_t deadline_us;
	int64_t credit;
	size_t granted;
	bool waiting;  /* the handler waits for writable */
	bool canceled; /* the handler was told */
	bool gone;     /* the handler was told */
};

struct rpc_server {
	struct worker *worker;
	const struct rpc_method *methods; /* borrowed */
	size_t method_count;
	void *arg;
	struct tls *tls; /* ref */
	struct str secret; /* borrowed; empty: none */
	struct listener *listeners[MAX_LISTENERS];
	unsigned listener_count;
	struct server_conn *conns;
	size_t conn_count, calls;
	size_t timed;     /* of the calls, those with a deadline */
	uint64_t look_us; /* when the next look is due */
	uint64_t last_number, last_call;
	void (*disconnect)(void *arg, uint64_t connection); /* may be NULL */
	void (*gone)(void *arg, uint64_t call); /* may be NULL */
	struct pool pool;
	struct worker_timer *timer;
	bool draining, dead;
	struct worker_defer defer;
	unsigned m_calls, m_conns;
};

static void arm_timer(struct rpc_server *s)
{
	uint64_t now = worker_now_us(s->worker);
	uint64_t wait = s->look_us > now ? s->look_us - now : 0;

	if (s->conn_count && !s->dead)
		worker_timer_arm(s->timer, s->timed && wait > TICK_US ? TICK_US : wait);
}

/* --- calls --- */

static struct rpc_reply *find_reply(struct server_conn *k, uint32_t id)
{
	size_t slot = id & ((1u << SLOT_BITS) - 1);
	struct rpc_reply *r = slot < k->slots.len ? k->slots.v[slot].r : NULL;

	return r && r->id == id ? r : NULL;
}

static void free_server_when_idle(struct rpc_server *s)
{
	if (s->dead && s->calls == 0 && s->conn_count == 0)
		worker_defer(s->worker, &s->defer);
}

static void drop_reply(struct rpc_reply *r)
{
	struct rpc_server *s = r->server;

	if (r->conn) {
		r->conn->slots.v[r->id & ((1u << SLOT_BITS) - 1)].r = NULL;
		r->conn->calls--;
	}
	s->calls--;
	s->timed -= r->deadline_us != 0;
	pool_put(&s->pool, r);
	free_server_when_idle(s);
}

static void cancel_reply(struct rpc_reply *r, enum err_code code, const char *why)
{
	struct err e;

	if (r->canceled)
		return;
	r->canceled = true;
	err_set(&e, code, "%s", why);
	if (r->h && r->h->cancel)
		r->h->cancel(r->arg, &e);
}

static const struct rpc_method *find_method(const struct rpc_server *s, unsigned id)
{
	for (size_t i = 0; i < s->method_count; i++)
		if (s->methods[i].id == id)
			return &s->methods[i];
	return NULL;
}

/* A slot for the call of @f, or -1: the client broke the rules. */
static int take_slot(struct server_conn *k, const struct rpc_frame *f, struct err *e)
{
	size_t slot = f->stream & ((1u << SLOT_BITS) - 1);

	if (slot < k->slots.len && k->slots.v[slot].r) {
		/* The client did not wait for the old call's END. */
		struct rpc_reply *old = k->slots.v[slot].r;

		if (old->id == f->stream)
			return err_set(e, ERR_PROTOCOL, "RPC stream %u is in use", f->stream);
		old->conn = NULL;
		k->slots.v[slot].r = NULL;
		k->calls--;
		cancel_reply(old, ERR_CANCELED, "the caller went on");
	}
	if (vec_grow((void **)&k->slots.v, &k->slots.cap, slot + 1, sizeof(k->slots.v[0])))
		return err_set(e, ERR_NOMEM, "out of memory");
	for (; k->slots.len <= slot; k->slots.len++)
		k->slots.v[k->slots.len] = (struct slot){.r = NULL};
	return 0;
}

static int take_request(struct server_conn *k, const struct rpc_frame *f, struct str payload,
			struct err *e)
{
	struct rpc_server *s = k->server;
	const struct rpc_method *m = find_method(s, f->method);
	struct rpc_reply *r;
	struct err refused;

	if (!m) {
		err_set(&refused, ERR_UNSUPPORTED, "RPC method %u is not served here", f->method);
		rpc_conn_send_error(&k->conn, f->stream, &refused, STR_LIT(""));
		return 0;
	}
	if (take_slot(k, f, e))
		return -1;
	r = pool_get(&s->pool);
	if (!r)
		return err_set(e, ERR_NOMEM, "out of memory");
	*r = (struct rpc_reply){.server = s, .conn = k, .connection = k->number, .id = f->stream,
				 .number = ++s->last_call, .credit = RPC_FRAME_WINDOW};
	if (f->aux) {
		r->deadline_us = worker_now_us(s->worker) + (uint64_t)f->aux * 1000;
		if (s->timed++ == 0)
			arm_timer(s);
	}
	k->slots.v[f->stream & ((1u << SLOT_BITS) - 1)] =
		(struct slot){.r = r, .id = f->stream, .number = r->number};
	k->calls++;
	s->calls++;
	metrics_add(s->m_calls, 1);
	m->start(s->arg, r, payload);
	return 0;
}

static void take_credit(struct server_conn *k, const struct rpc_frame *f)
{
	struct rpc_reply *r = find_reply(k, f->stream);

	if (!r)
		return;
	r->credit += f->aux;
	if (!r->waiting || r->credit <= 0 || rpc_conn_congested(&k->conn))
		return;
	r->waiting = false;
	if (r->h && r->h->writable)
		r->h->writable(r->arg);
}

/* A caller that is gone says so of a call that has ended. */
static void gone_late(struct server_conn *k, uint32_t id)
{
	size_t slot = id & ((1u << SLOT_BITS) - 1);

	if (slot < k->slots.len && k->slots.v[slot].id == id && k->server->gone)
		k->server->gone(k->server->arg, k->slots.v[slot].number);
}

static void take_cancel(struct server_conn *k, const struct rpc_frame *f)
{
	struct rpc_reply *r = find_reply(k, f->stream);
	bool gone = f->flags & RPC_FRAME_GONE;

	if (!r) {
		if (gone)
			gone_late(k, f->stream);
		return;
	}
	if (gone && !r->gone) {
		r->gone = true;
		if (r->h && r->h->gone)
			r->h->gone(r->arg);
	}
	cancel_reply(r, ERR_CANCELED, "canceled by the caller");
}

static int on_frame(struct rpc_conn *conn, const struct rpc_frame *f, struct str payload,
		    struct err *e)
{
	struct server_conn *k = (struct server_conn *)conn;

	switch (f->type) {
	case RPC_FRAME_REQUEST:
		return take_request(k, f, payload, e);
	case RPC_FRAME_CREDIT:
		take_credit(k, f);
		return 0;
	case RPC_FRAME_CANCEL:
		take_cancel(k, f);
		return 0;
	default:
		return err_set(e, ERR_PROTOCOL, "unexpected RPC frame of type %u", f->type);
	}
}

static void on_call_data(struct rpc_conn *conn, const struct rpc_frame *f, const uint8_t *p,
			 size_t n, bool last)
{
	struct rpc_reply *r = find_reply((struct server_conn *)conn, f->stream);

	if (!r || r->canceled)
		return;
	if (r->h && r->h->data)
		r->h->data(r->arg, p, n, last && (f->flags & RPC_FRAME_LAST));
	else
		rpc_reply_grant(r, n);
}

static void on_drained(struct rpc_conn *conn)
{
	struct server_conn *k = (struct server_conn *)conn;

	for (size_t i = 0; i < k->slots.len && k->conn.stream && !rpc_conn_congested(conn); i++) {
		struct rpc_reply *r = k->slots.v[i].r;

		if (!r || !r->waiting || r->credit <= 0)
			continue;
		r->waiting = false;
		if (r->h && r->h->writable)
			r->h->writable(r->arg);
	}
}

/* --- connections --- */

static void free_conn(void *arg)
{
	struct server_conn *k = arg;

	free(k->slots.v);
	free(k);
}

/* Takes a connection whose stream is closed out of the server; its calls are told. */
static void drop_conn(struct server_conn *k, enum err_code code, const char *why)
{
	struct rpc_server *s = k->server;

	if (k->next)
		k->next->prev = k->prev;
	if (k->prev)
		k->prev->next = k->next;
	else
		s->conns = k->next;
	s->conn_count--;
	metrics_add(s->m_conns, -1);
	for (size_t i = 0; i < k->slots.len; i++) {
		struct rpc_reply *r = k->slots.v[i].r;

		if (!r)
			continue;
		r->conn = NULL;
		k->slots.v[i].r = NULL;
		cancel_reply(r, code, why);
	}
	if (s->disconnect)
		s->disconnect(s->arg, k->number);
	worker_defer(s->worker, &k->defer);
	free_server_when_idle(s);
}

static void on_closed(struct rpc_conn *conn, const struct err *why)
{
	if (why->code == ERR_PROTOCOL || why->code == ERR_DENIED)
		log_warn("rpc.server", "connection ended by its peer's mistake: %s", why->msg);
	drop_conn((struct server_conn *)conn, ERR_UNAVAILABLE, "the caller's connection is gone");
}

static void on_hello(struct rpc_conn *conn)
{
	struct server_conn *k = (struct server_conn *)conn;

	if (k->server->draining)
		rpc_conn_send_bare(conn, RPC_FRAME_GOAWAY, 0, 0);
}

static const struct rpc_conn_ops conn_ops = {on_hello, on_frame, on_call_data, on_drained,
					     on_closed};

int rpc_server_accept(struct rpc_server *s, int fd, struct err *e)
{
	struct server_conn *k = calloc(1, sizeof(*k));

	if (!k)
		return err_set(e, ERR_NOMEM, "out of memory");
	k->server = s;
	k->number = ++s->last_number;
	k->defer = (struct worker_defer){.fn = free_conn, .arg = k};
	k->conn.stream = stream_new(s->worker, fd, rpc_conn_stream(), &k->conn, e);
	if (!k->conn.stream) {
		free(k);
		return -1;
	}
	k->next = s->conns;
	if (k->next)
		k->next->prev = k;
	s->conns = k;
	if (s->conn_count++ == 0) {
		s->look_us = worker_now_us(s->worker) + LOOK_US;
		arm_timer(s);
	}
	metrics_add(s->m_conns, 1);
	k->conn.ops = &conn_ops;
	k->conn.secret = s->secret;
	if (s->tls && stream_start_tls(k->conn.stream, s->tls, true, NULL, NULL, 0, e)) {
		log_warn("rpc.server", "no TLS for a connection: %s", e->msg);
		rpc_conn_close(&k->conn); /* and with it the socket: not the caller's any more */
		drop_conn(k, ERR_UNAVAILABLE, "no TLS");
		return 0;
	}
	rpc_conn_start(&k->conn, &conn_ops, true);
	return 0;
}

static void on_accept(void *arg, int fd)
{
	struct err e;

	if (rpc_server_accept(arg, fd, &e)) {
		log_warn("rpc.server", "cannot serve a connection: %s", e.msg);
		close(fd);
	}
}

static void check_deadlines(struct server_conn *k, uint64_t now)
{
	for (size_t i = 0; k->calls > 0 && i < k->slots.len; i++) {
		struct rpc_reply *r = k->slots.v[i].r;

		if (r && r->deadline_us && r->deadline_us <= now)
			cancel_reply(r, ERR_DEADLINE, "the call's time limit passed");
	}
}

/* Looks whether the peer is still there. */
static void check_peer(struct server_conn *k)
{
	unsigned limit = k->conn.greeted ? SILENT_LOOKS : GREETING_LOOKS;
	struct err e;

	k->silent = k->conn.heard && k->conn.greeted ? 0 : k->silent + 1;
	k->conn.heard = false;
	if (k->silent < limit)
		return;
	err_set(&e, ERR_UNAVAILABLE, "the peer fell silent");
	rpc_conn_fail(&k->conn, &e);
}

static void on_timer(void *arg)
{
	struct rpc_server *s = arg;
	uint64_t now = worker_now_us(s->worker);
	bool look = now >= s->look_us;
	struct server_conn *k, *next;

	if (look)
		s->look_us = now + LOOK_US;
	for (k = s->conns; k && !s->dead; k = next) {
		if (s->timed)
			check_deadlines(k, now);
		if (look && k->conn.stream)
			check_peer(k);
		next = k->next; /* k itself lives until the end of the turn */
	}
	arm_timer(s);
}

/* --- the server --- */

static void free_server(void *arg)
{
	struct rpc_server *s = arg;

	worker_timer_free(s->timer);
	pool_fini(&s->pool);
	tls_put(s->tls);
	free(s);
}

struct rpc_server *rpc_server_new(struct worker *w, const struct rpc_method *methods, size_t count,
				  void *arg, struct tls *tls, struct err *e)
{
	struct rpc_server *s = calloc(1, sizeof(*s));

	if (!s)
		goto fail;
	*s = (struct rpc_server){.worker = w, .methods = methods, .method_count = count, .arg = arg};
	s->defer = (struct worker_defer){.fn = free_server, .arg = s};
	pool_init(&s->pool, sizeof(struct rpc_reply), POOL_KEEP);
	s->timer = worker_timer_new(w, on_timer, s);
	if (!s->timer)
		goto fail;
	s->tls = tls ? tls_get(tls) : NULL;
	s->m_calls = metrics_id(METRIC_COUNTER, "sluice_rpc_server_calls_total", "", "RPC calls received");
	s->m_conns = metrics_id(METRIC_GAUGE, "sluice_rpc_server_connections", "", "RPC connections open");
	return s;
fail:
	free(s);
	err_set(e, ERR_NOMEM, "out of memory");
	return NULL;
}

void rpc_server_set_tls(struct rpc_server *s, struct tls *tls)
{
	tls_put(s->tls);
	s->tls = tls ? tls_get(tls) : NULL;
}

void rpc_server_set_secret(struct rpc_server *s, struct str secret)
{
	s->secret = secret;
}

int rpc_server_listen(struct rpc_server *s, const char *address, bool reuse_port, struct err *e)
{
	struct listener *l;

	if (s->listener_count == MAX_LISTENERS)
		return err_set(e, ERR_EXHAUSTED, "at most %d listeners", MAX_LISTENERS);
	l = listener_new(s->worker, address, reuse_port, on_accept, s, e);
	if (!l)
		return -1;
	s->listeners[s->listener_count++] = l;
	return listener_port(l);
}

void rpc_server_on_disconnect(struct rpc_server *s, void (*fn)(void *arg, uint64_t connection))
{
	s->disconnect = fn;
}

void rpc_server_on_gone(struct rpc_server *s, void (*fn)(void *arg, uint64_t call))
{
	s->gone = fn;
}

void rpc_server_stop_listening(struct rpc_server *s)
{
	while (s->listener_count > 0)
		listener_free(s->listeners[--s->listener_count]);
}

void rpc_server_drain(struct rpc_server *s)
{
	s->draining = true;
	rpc_server_stop_listening(s);
	for (struct server_conn *k = s->conns; k; k = k->next)
		if (k->conn.greeted)
			rpc_conn_send_bare(&k->conn, RPC_FRAME_GOAWAY, 0, 0);
}

size_t rpc_server_calls(const struct rpc_server *s)
{
	return s->calls;
}

size_t rpc_server_connections(const struct rpc_server *s)
{
	return s->conn_count;
}

void rpc_server_free(struct rpc_server *s)
{
	if (!s || s->dead)
		return;
	rpc_server_stop_listening(s);
	worker_timer_disarm(s->timer);
	while (s->conns) {
		struct server_conn *k = s->conns;

		rpc_conn_close(&k->conn);
		drop_conn(k, ERR_SHUTDOWN, "the server is shutting down");
	}
	s->dead = true;
	free_server_when_idle(s);
}

/* --- a call's handle --- */

void rpc_reply_set_handler(struct rpc_reply *r, const struct rpc_reply_handler *h, void *arg)
{
	r->h = h;
	r->arg = arg;
}

bool rpc_reply_datav(struct rpc_reply *r, const struct iovec *parts, int count)
{
	struct rpc_frame f = {.type = RPC_FRAME_DATA, .stream = r->id};

	if (r->canceled || !r->conn)
		return true; /* nobody listens: the end comes as soon as the handler likes */
	rpc_conn_send(&r->conn->conn, &f, parts, count);
	assert(f.len <= RPC_FRAME_MAX_DATA);
	r->credit -= f.len;
	r->waiting = r->credit <= 0 || rpc_conn_congested(&r->conn->conn);
	return !r->waiting;
}

bool rpc_reply_data(struct rpc_reply *r, const void *p, size_t n)
{
	struct iovec part = {(void *)p, n};

	return rpc_reply_datav(r, &part, 1);
}

bool rpc_reply_full(const struct rpc_reply *r)
{
	return r->waiting && !r->canceled;
}

void rpc_reply_grant(struct rpc_reply *r, size_t n)
{
	r->granted += n;
	if (r->granted < RPC_FRAME_WINDOW / 4 || !r->conn)
		return;
	rpc_conn_send_bare(&r->conn->conn, RPC_FRAME_CREDIT, r->id,
			   r->granted < UINT32_MAX ? (uint32_t)r->granted : UINT32_MAX);
	r->granted = 0;
}

void rpc_reply_end(struct rpc_reply *r, const void *trailer, size_t n)
{
	struct rpc_frame f = {.type = RPC_FRAME_END, .stream = r->id};
	struct iovec part = {(void *)trailer, n};

	assert(n <= RPC_FRAME_MAX_END);
	if (r->conn)
		rpc_conn_send(&r->conn->conn, &f, &part, 1);
	drop_reply(r);
}

void rpc_reply_error(struct rpc_reply *r, const struct err *e)
{
	rpc_reply_error_trailer(r, e, NULL, 0);
}

void rpc_reply_error_trailer(struct rpc_reply *r, const struct err *e, const void *trailer, size_t n)
{
	if (r->conn)
		rpc_conn_send_error(&r->conn->conn, r->id, e, str_make(trailer, n));
	drop_reply(r);
}

bool rpc_reply_is_canceled(const struct rpc_reply *r)
{
	return r->canceled;
}

uint64_t rpc_reply_deadline_us(const struct rpc_reply *r)
{
	return r->deadline_us;
}

uint64_t rpc_reply_connection(const struct rpc_reply *r)
{
	return r->connection;
}

uint64_t rpc_reply_number(const struct rpc_reply *r)
{
	return r->number;
}

const char *rpc_reply_peer(const struct rpc_reply *r)
{
	return r->conn && r->conn->conn.stream ? stream_peer(r->conn->conn.stream) : "";
}
