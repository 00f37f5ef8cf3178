/* rpc_client - see rpc_client.h. State machine:
 *
 *   WAITING -> CONNECTING -> UP -> DRAINING -> WAITING      and from each of them -> DEAD
 *                  \-> WAITING   \-> WAITING
 *
 * Calls may start in CONNECTING and UP. A call:
 *
 *   OPEN -> CANCELED -> LATE        OPEN -> LATE: its deadline passed      any of them -> ORPHAN
 *
 * A CANCELED call was stopped by its owner, who waits for END; a LATE one by its deadline, and END has
 * a short time to come. An ORPHAN has no owner any more (it was dropped). A call keeps its slot until
 * END has come: so the slot's stream id means one call only, on both sides, at any time. A stream id is
 * a slot number and, above it, a generation: a server that sends for a call that has ended finds none. */
#include "src/rpc/rpc_client.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/metrics.h"
#include "src/base/pool.h"
#include "src/base/rng.h"
#include "src/base/vec.h"
#include "src/net/stream.h"
#include "src/net/worker.h"
#include "src/rpc/rpc_int.h"

enum client_state { CLIENT_WAITING, CLIENT_CONNECTING, CLIENT_UP, CLIENT_DRAINING, CLIENT_DEAD };

enum {
	BACKOFF_MIN_US = 50000,
	BACKOFF_MAX_US = 2000000,
	LOOK_US = 550000,     /* how often the client looks whether the peer was heard: see rpc_int.h */
	CONNECT_LOOKS = 5,    /* for connecting and HELLO */
	SILENT_LOOKS = 4,     /* a peer that answers none of the PINGs sent at the first 3 is dead */
	PING_LOOKS = 3,       /* at least one PING in so many looks: the server wants to hear us, too */
	TICK_US = 20000,      /* how finely deadlines are kept while there are any */
	GRACE_US = 500000,    /* for the END of a call whose deadline has passed */
	SLOT_BITS = 16,
	POOL_KEEP = 256,
};

enum call_state { CALL_OPEN, CALL_CANCELED, CALL_LATE, CALL_ORPHAN };

struct rpc_call {
	struct rpc_client *client;
	enum call_state state;
	uint32_t id;
	const struct rpc_call_handler *h;
	void *arg;
	uint64_t deadline_us; /* of clk_mono_us(); 0: none */
	int64_t credit;       /* bytes that may be sent */
	size_t granted;       /* bytes to grant to the server that were not sent yet */
	bool waiting;         /* the owner waits for writable */
};

struct rpc_client {
	struct rpc_conn conn; /* first: the connection's callbacks get it */
	enum client_state state;
	struct worker *worker;
	char *address, *server_name; /* owned */
	struct tls *tls;             /* borrowed */
	struct str secret;           /* borrowed; empty: none */
	const struct rpc_client_watch *watch;
	void *arg;
	struct {
		struct rpc_call **v; /* owned; by slot, NULL: free; slot 0 is never used */
		size_t len, cap;
	} slots;
	struct {
		uint32_t *v; /* ids for the next call in slots that are free */
		size_t len, cap;
	} free_ids;
	size_t calls; /* that have an owner */
	size_t timed; /* of these, those with a deadline */
	struct pool pool;
	struct worker_timer *timer; /* owned: reconnect, connect limit, pings, deadlines */
	uint64_t backoff_us, look_us; /* look_us: when the next look is due */
	unsigned silent, unpinged;    /* looks in a row without a byte; since the last PING */
	struct err last; /* why there is no connection */
	struct worker_defer defer;
	unsigned m_calls, m_errors, m_connects;
};

static void set_state(struct rpc_client *c, enum client_state to)
{
	static const unsigned legal[] = {
		[CLIENT_WAITING] = 1u << CLIENT_CONNECTING | 1u << CLIENT_WAITING | 1u << CLIENT_DEAD,
		[CLIENT_CONNECTING] = 1u << CLIENT_UP | 1u << CLIENT_WAITING | 1u << CLIENT_DEAD,
		[CLIENT_UP] = 1u << CLIENT_DRAINING | 1u << CLIENT_WAITING | 1u << CLIENT_DEAD,
		[CLIENT_DRAINING] = 1u << CLIENT_WAITING | 1u << CLIENT_DEAD,
		[CLIENT_DEAD] = 0,
	};

	assert(legal[c->state] & 1u << to);
	c->state = to;
}

/* --- slots --- */

static struct rpc_call *find_call(struct rpc_client *c, uint32_t id)
{
	size_t slot = id & ((1u << SLOT_BITS) - 1);
	struct rpc_call *call = slot < c->slots.len ? c->slots.v[slot] : NULL;

	return call && call->id == id ? call : NULL;
}

/* A slot for a new call: its id, or 0 when there is none. */
static uint32_t take_id(struct rpc_client *c)
{
	/* Room in both lists first, so that giving an id back cannot fail. */
	if (c->free_ids.len > 0)
		return c->free_ids.v[--c->free_ids.len];
	if (c->slots.len > RPC_FRAME_MAX_STREAMS)
		return 0;
	if (VEC_GROW(&c->slots) ||
	    vec_grow((void **)&c->free_ids.v, &c->free_ids.cap, c->slots.len + 1, sizeof(uint32_t)))
		return 0;
	if (c->slots.len == 0)
		c->slots.v[c->slots.len++] = NULL;
	if (VEC_GROW(&c->slots))
		return 0;
	c->slots.v[c->slots.len] = NULL;
	return (uint32_t)c->slots.len++;
}

static void set_call_state(struct rpc_call *call, enum call_state to)
{
	static const unsigned legal[] = {
		[CALL_OPEN] = 1u << CALL_CANCELED | 1u << CALL_LATE | 1u << CALL_ORPHAN,
		[CALL_CANCELED] = 1u << CALL_LATE | 1u << CALL_ORPHAN,
		[CALL_LATE] = 1u << CALL_ORPHAN,
		[CALL_ORPHAN] = 0,
	};

	assert(legal[call->state] & 1u << to);
	call->state = to;
	if (to != CALL_ORPHAN)
		return;
	call->client->calls--;
	call->client->timed -= call->deadline_us != 0;
	call->deadline_us = 0;
}

/* Takes an orphan out of its slot and frees it. */
static void free_call(struct rpc_call *call)
{
	struct rpc_client *c = call->client;
	uint32_t slot = call->id & ((1u << SLOT_BITS) - 1);

	assert(call->state == CALL_ORPHAN);
	c->slots.v[slot] = NULL;
	c->free_ids.v[c->free_ids.len++] = call->id + (1u << SLOT_BITS);
	pool_put(&c->pool, call);
}

/* Tells the owner, if there is one. The call is an orphan then; @over: END came, or never will. */
static void end_call(struct rpc_call *call, const struct err *e, struct str trailer, bool over)
{
	const struct rpc_call_handler *h = call->state == CALL_ORPHAN ? NULL : call->h;
	struct rpc_client *c = call->client;
	void *arg = call->arg;

	if (h)
		set_call_state(call, CALL_ORPHAN);
	if (over)
		free_call(call);
	if (!h)
		return;
	if (e)
		metrics_add(c->m_errors, 1);
	h->end(arg, e, trailer);
}

static void end_all(struct rpc_client *c, const struct err *why)
{
	for (size_t i = 1; i < c->slots.len; i++)
		if (c->slots.v[i])
			end_call(c->slots.v[i], why, str_make("", 0), true);
}

/* --- the connection --- */

/* Arms the one timer for whatever comes first. */
static void arm_timer(struct rpc_client *c)
{
	uint64_t now = worker_now_us(c->worker), next = c->look_us;

	if (c->state == CLIENT_WAITING || c->state == CLIENT_DEAD)
		return; /* waiting: armed with the backoff */
	if (c->timed > 0 && next > now + TICK_US)
		next = now + TICK_US;
	worker_timer_arm(c->timer, next > now ? next - now : 0);
}

/* No connection: calls end, and another attempt comes later. */
static void lost(struct rpc_client *c, const struct err *why)
{
	uint64_t wait = c->backoff_us / 2 + rng_below(c->backoff_us / 2 + 1);

	set_state(c, CLIENT_WAITING);
	c->last = *why;
	worker_timer_arm(c->timer, wait);
	c->backoff_us = c->backoff_us * 2 < BACKOFF_MAX_US ? c->backoff_us * 2 : BACKOFF_MAX_US;
	end_all(c, &c->last);
	if (c->state != CLIENT_DEAD && c->watch && c->watch->down)
		c->watch->down(c->arg, &c->last);
}

static void on_closed(struct rpc_conn *conn, const struct err *why)
{
	struct err e = *why;

	/* Callers decide by the code whether another server may do. */
	if (e.code != ERR_PROTOCOL)
		e.code = ERR_UNAVAILABLE;
	lost((struct rpc_client *)conn, &e);
}

static void on_hello(struct rpc_conn *conn)
{
	struct rpc_client *c = (struct rpc_client *)conn;

	set_state(c, CLIENT_UP);
	c->backoff_us = BACKOFF_MIN_US;
	c->silent = c->unpinged = 0;
	metrics_add(c->m_connects, 1);
	arm_timer(c);
	if (c->watch && c->watch->up)
		c->watch->up(c->arg);
}

/* After GOAWAY, when the last call has ended: connect anew, to whoever listens there now. */
static void check_drained(struct rpc_client *c)
{
	struct err e;

	if (c->state != CLIENT_DRAINING || c->calls > 0)
		return;
	rpc_conn_close(&c->conn);
	err_set(&e, ERR_UNAVAILABLE, "%s is shutting down", c->address);
	lost(c, &e);
}

static void take_credit(struct rpc_client *c, const struct rpc_frame *f)
{
	struct rpc_call *call = find_call(c, f->stream);

	if (!call)
		return;
	call->credit += f->aux;
	if (call->state == CALL_OPEN && call->waiting && call->credit > 0 && !rpc_conn_congested(&c->conn)) {
		call->waiting = false;
		if (call->h->writable)
			call->h->writable(call->arg);
	}
}

static int late_error(const struct rpc_client *c, struct err *e)
{
	return err_set(e, ERR_DEADLINE, "no answer from %s within the time limit", c->address);
}

/* END: aux is 0 and the payload a trailer; or 1 and the payload an error; or 1 + the length of an
 * error, behind which comes a trailer. */
static void take_end(struct rpc_client *c, const struct rpc_frame *f, struct str payload)
{
	struct rpc_call *call = find_call(c, f->stream);
	size_t n = f->aux > 1 && f->aux - 1 < payload.n ? f->aux - 1 : payload.n;
	struct str trailer = payload;
	struct err e;

	if (!call)
		return;
	err_clear(&e);
	if (f->aux) {
		rpc_frame_unpack_error(str_make(payload.p, n), &e);
		trailer = str_make(payload.p + n, payload.n - n);
	}
	/* Data of a late call were thrown away, so not even a success is one. */
	if (call->state == CALL_LATE && (e.code == ERR_OK || e.code == ERR_CANCELED))
		late_error(c, &e);
	end_call(call, e.code == ERR_OK ? NULL : &e, trailer, true);
	check_drained(c);
}

static int on_frame(struct rpc_conn *conn, const struct rpc_frame *f, struct str payload,
		    struct err *e)
{
	struct rpc_client *c = (struct rpc_client *)conn;

	switch (f->type) {
	case RPC_FRAME_END:
		take_end(c, f, payload);
		return 0;
	case RPC_FRAME_CREDIT:
		take_credit(c, f);
		return 0;
	case RPC_FRAME_GOAWAY:
		if (c->state == CLIENT_UP) {
			set_state(c, CLIENT_DRAINING);
			check_drained(c);
		}
		return 0;
	default:
		return err_set(e, ERR_PROTOCOL, "unexpected RPC frame of type %u", f->type);
	}
}

static void on_call_data(struct rpc_conn *conn, const struct rpc_frame *f, const uint8_t *p,
			 size_t n, bool last)
{
	struct rpc_call *call = find_call((struct rpc_client *)conn, f->stream);

	if (call && call->state == CALL_OPEN && call->h->data)
		call->h->data(call->arg, p, n, last);
	else if (call)
		rpc_call_grant(call, n);
}

static void on_drained(struct rpc_conn *conn)
{
	struct rpc_client *c = (struct rpc_client *)conn;

	for (size_t i = 1; i < c->slots.len && !rpc_conn_congested(conn); i++) {
		struct rpc_call *call = c->slots.v[i];

		if (!call || call->state != CALL_OPEN || !call->waiting || call->credit <= 0)
			continue;
		call->waiting = false;
		if (call->h->writable)
			call->h->writable(call->arg);
	}
}

static const struct rpc_conn_ops conn_ops = {on_hello, on_frame, on_call_data, on_drained,
					     on_closed};

static void connect_now(struct rpc_client *c)
{
	struct err e;

	c->conn = (struct rpc_conn){.secret = c->secret};
	c->conn.stream = stream_connect(c->worker, c->address, c->tls, c->server_name,
					rpc_conn_stream(), &c->conn, &e);
	if (!c->conn.stream) {
		lost(c, &e);
		return;
	}
	set_state(c, CLIENT_CONNECTING);
	rpc_conn_start(&c->conn, &conn_ops, false);
	c->silent = 0;
	c->look_us = worker_now_us(c->worker) + LOOK_US;
	arm_timer(c);
}

static void send_cancel(struct rpc_call *call, uint8_t flags)
{
	struct rpc_frame f = {.type = RPC_FRAME_CANCEL, .flags = flags, .stream = call->id};

	rpc_conn_send(&call->client->conn, &f, NULL, 0);
}

/* A call's deadline has passed. */
static void call_is_late(struct rpc_call *call, uint64_t now)
{
	struct err e;

	if (call->state != CALL_LATE) {
		send_cancel(call, 0);
		set_call_state(call, CALL_LATE);
		call->deadline_us = now + GRACE_US;
		return;
	}
	send_cancel(call, RPC_FRAME_GONE);
	late_error(call->client, &e);
	end_call(call, &e, str_make("", 0), false);
}

static void end_late_calls(struct rpc_client *c, uint64_t now)
{
	for (size_t i = 1; c->timed > 0 && i < c->slots.len; i++) {
		struct rpc_call *call = c->slots.v[i];

		if (call && call->deadline_us && call->deadline_us <= now)
			call_is_late(call, now);
	}
	check_drained(c);
}

static int give_up(struct rpc_client *c, const char *why)
{
	struct err e;

	err_set(&e, ERR_UNAVAILABLE, "%s %s", c->address, why);
	rpc_conn_fail(&c->conn, &e);
	return -1;
}

/* Looks whether the peer is still there; 0, or -1 when the connection was given up. */
static int check_peer(struct rpc_client *c, uint64_t now)
{
	if (now < c->look_us)
		return 0;
	c->look_us = now + LOOK_US;
	c->silent = c->conn.heard && c->state != CLIENT_CONNECTING ? 0 : c->silent + 1;
	c->conn.heard = false;
	if (c->state == CLIENT_CONNECTING)
		return c->silent < CONNECT_LOOKS ? 0 : give_up(c, "does not answer");
	if (c->silent >= SILENT_LOOKS)
		return give_up(c, "fell silent");
	if (c->silent || ++c->unpinged >= PING_LOOKS) {
		rpc_conn_send_bare(&c->conn, RPC_FRAME_PING, 0, 0);
		c->unpinged = 0;
	}
	return 0;
}

static void on_timer(void *arg)
{
	struct rpc_client *c = arg;
	uint64_t now = worker_now_us(c->worker);

	if (c->state == CLIENT_DEAD)
		return;
	if (c->state == CLIENT_WAITING) {
		connect_now(c);
		return;
	}
	if (check_peer(c, now))
		return;
	end_late_calls(c, now);
	arm_timer(c);
}

/* --- the owner's calls --- */

static void free_client(void *arg)
{
	struct rpc_client *c = arg;

	worker_timer_free(c->timer);
	free(c->slots.v);
	free(c->free_ids.v);
	pool_fini(&c->pool);
	free(c->address);
	free(c->server_name);
	free(c);
}

struct rpc_client *rpc_client_new(struct worker *w, const char *address, struct tls *tls,
				  const char *server_name, const struct rpc_client_watch *watch,
				  void *arg, struct err *e)
{
	struct rpc_peer peer = {.address = address, .tls = tls, .server_name = server_name};

	return rpc_client_open(w, &peer, watch, arg, e);
}

struct rpc_client *rpc_client_open(struct worker *w, const struct rpc_peer *peer,
				   const struct rpc_client_watch *watch, void *arg, struct err *e)
{
	const char *address = peer->address, *server_name = peer->server_name;
	struct tls *tls = peer->tls;
	struct rpc_client *c = calloc(1, sizeof(*c));

	if (!c) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	*c = (struct rpc_client){.worker = w, .tls = tls, .watch = watch, .arg = arg,
				 .backoff_us = BACKOFF_MIN_US};
	c->conn.secret = c->secret = peer->secret;
	c->defer = (struct worker_defer){.fn = free_client, .arg = c};
	pool_init(&c->pool, sizeof(struct rpc_call), POOL_KEEP);
	c->address = str_dup(str_of(address));
	c->server_name = server_name ? str_dup(str_of(server_name)) : NULL;
	c->timer = worker_timer_new(w, on_timer, c);
	if (!c->address || (server_name && !c->server_name) || !c->timer) {
		free_client(c);
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	c->m_calls = metrics_id(METRIC_COUNTER, "sluice_rpc_client_calls_total", "", "RPC calls started");
	c->m_errors = metrics_id(METRIC_COUNTER, "sluice_rpc_client_errors_total", "",
				 "RPC calls that ended in an error");
	c->m_connects = metrics_id(METRIC_COUNTER, "sluice_rpc_client_connects_total", "",
				   "RPC connections made");
	err_set(&c->last, ERR_UNAVAILABLE, "not connected to %s yet", address);
	c->conn.stream = stream_connect(w, address, tls, server_name, rpc_conn_stream(), &c->conn, e);
	if (!c->conn.stream) { /* an address that does not parse will not get better */
		free_client(c);
		return NULL;
	}
	c->state = CLIENT_CONNECTING;
	rpc_conn_start(&c->conn, &conn_ops, false);
	c->look_us = worker_now_us(w) + LOOK_US;
	arm_timer(c);
	return c;
}

void rpc_client_free(struct rpc_client *c)
{
	struct err e;

	if (!c || c->state == CLIENT_DEAD)
		return;
	set_state(c, CLIENT_DEAD);
	worker_timer_disarm(c->timer);
	err_set(&e, ERR_SHUTDOWN, "the connection to %s was given up", c->address);
	end_all(c, &e);
	if (c->conn.stream)
		rpc_conn_close(&c->conn);
	worker_defer(c->worker, &c->defer);
}

bool rpc_client_is_up(const struct rpc_client *c)
{
	return c->state == CLIENT_UP;
}

const char *rpc_client_address(const struct rpc_client *c)
{
	return c->address;
}

size_t rpc_client_calls(const struct rpc_client *c)
{
	return c->calls;
}

static int may_start(struct rpc_client *c, const struct iovec *parts, int count, struct err *e)
{
	size_t total = 0;

	if (c->state != CLIENT_CONNECTING && c->state != CLIENT_UP) {
		if (c->state == CLIENT_WAITING)
			return err_set_mysql(e, c->last.code, c->last.mysql_errno, c->last.sqlstate, "%s",
					     c->last.msg);
		return err_set(e, ERR_UNAVAILABLE, "%s is shutting down", c->address);
	}
	for (int i = 0; i < count; i++)
		total += parts[i].iov_len;
	if (total > RPC_FRAME_MAX_REQUEST)
		return err_set(e, ERR_TOO_BIG, "a request of %zu bytes is over the limit of %d", total,
			       RPC_FRAME_MAX_REQUEST);
	return 0;
}

struct rpc_call *rpc_call_start(struct rpc_client *c, unsigned method, const struct iovec *parts,
				int count, uint64_t timeout_us, const struct rpc_call_handler *h,
				void *arg, struct err *e)
{
	struct rpc_frame f = {.type = RPC_FRAME_REQUEST, .method = (uint16_t)method};
	struct rpc_call *call;
	uint32_t id;

	if (may_start(c, parts, count, e))
		return NULL;
	id = take_id(c);
	call = id ? pool_get(&c->pool) : NULL;
	if (!call) {
		if (id)
			c->free_ids.v[c->free_ids.len++] = id;
		err_set(e, ERR_EXHAUSTED, "too many calls under way to %s", c->address);
		return NULL;
	}
	*call = (struct rpc_call){.client = c, .id = id, .h = h, .arg = arg,
				  .credit = RPC_FRAME_WINDOW};
	if (timeout_us)
		call->deadline_us = worker_now_us(c->worker) + timeout_us;
	c->timed += timeout_us != 0;
	c->slots.v[id & ((1u << SLOT_BITS) - 1)] = call;
	f.stream = id;
	f.aux = timeout_us / 1000 < UINT32_MAX ? (uint32_t)(timeout_us / 1000) : UINT32_MAX;
	if (timeout_us && !f.aux)
		f.aux = 1;
	rpc_conn_send(&c->conn, &f, parts, count);
	metrics_add(c->m_calls, 1);
	c->calls++;
	if (timeout_us && c->timed == 1)
		arm_timer(c);
	return call;
}

bool rpc_call_send(struct rpc_call *call, const void *p, size_t n, bool last)
{
	struct rpc_frame f = {.type = RPC_FRAME_DATA, .stream = call->id,
			      .flags = last ? RPC_FRAME_LAST : 0};
	struct iovec part = {(void *)p, n};

	assert(n <= RPC_FRAME_MAX_DATA);
	rpc_conn_send(&call->client->conn, &f, &part, 1);
	call->credit -= (int64_t)n;
	call->waiting = call->credit <= 0 || rpc_conn_congested(&call->client->conn);
	return !call->waiting;
}

void rpc_call_grant(struct rpc_call *call, size_t n)
{
	call->granted += n;
	if (call->granted < RPC_FRAME_WINDOW / 4)
		return;
	rpc_conn_send_bare(&call->client->conn, RPC_FRAME_CREDIT, call->id,
			   call->granted < UINT32_MAX ? (uint32_t)call->granted : UINT32_MAX);
	call->granted = 0;
}

void rpc_call_cancel(struct rpc_call *call)
{
	if (call->state != CALL_OPEN)
		return;
	send_cancel(call, 0);
	set_call_state(call, CALL_CANCELED);
}

void rpc_call_drop(struct rpc_call *call)
{
	if (!call)
		return;
	rpc_call_cancel(call);
	set_call_state(call, CALL_ORPHAN);
}

void rpc_call_abandon(struct rpc_call *call)
{
	if (!call)
		return;
	send_cancel(call, RPC_FRAME_GONE);
	set_call_state(call, CALL_ORPHAN);
}
