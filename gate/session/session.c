#include "gate/session/session.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gate/base/gate_settings.h"
#include "gate/exec/statement.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/txn/commit.h"
#include "src/base/log.h"
#include "src/net/stream.h"
#include "src/net/worker.h"
#include "src/wire/reply.h"

enum { SESSION_LOGIN_MAX = 64 * 1024, SESSION_CLOSE_WAIT_US = 5000000 };

static const char *const state_names[] = {"greeted", "securing", "auth", "idle", "busy", "closed"};

void session_set_state(struct session *s, enum session_state to)
{
	static const unsigned legal[] = {
		[SESSION_GREETED] =
			1u << SESSION_SECURING | 1u << SESSION_AUTH | 1u << SESSION_CLOSED,
		[SESSION_SECURING] = 1u << SESSION_GREETED | 1u << SESSION_CLOSED,
		[SESSION_AUTH] = 1u << SESSION_IDLE | 1u << SESSION_CLOSED,
		[SESSION_IDLE] = 1u << SESSION_BUSY | 1u << SESSION_CLOSED,
		[SESSION_BUSY] = 1u << SESSION_IDLE | 1u << SESSION_AUTH | 1u << SESSION_CLOSED,
		[SESSION_CLOSED] = 0,
	};

	if (!(legal[s->state] & 1u << to)) {
		log_error("gate.session", "event=illegal_state connection=%u from=%s to=%s",
			  s->conn.vars.id, state_names[s->state], state_names[to]);
		assert(!"illegal session state");
	}
	s->state = to;
	s->since_us = worker_now_us(s->conn.ctx->worker);
}

/* --- input --- */

static void handle_payload(struct session *s, struct str payload)
{
	/* The client's packet had sequence number n; ours goes on with n + 1. */
	s->conn.client.seq = s->join.next_seq;
	if (s->state == SESSION_IDLE) {
		session_set_state(s, SESSION_BUSY);
		s->ops->command(s, payload);
	} else {
		s->ops->login(s, payload);
	}
}

static bool may_read(const struct session *s)
{
	return s->state == SESSION_GREETED || s->state == SESSION_AUTH || s->state == SESSION_IDLE;
}

/* True when the session goes on behind it: a statement that was too big, read over to its end. */
static bool bad_packet(struct session *s, const struct err *e)
{
	log_info("gate.session", "event=bad_packet connection=%u peer=%s problem=\"%s\"",
		 s->conn.vars.id, s->conn.client.peer, e->msg);
	/* What is refused at its header has not been counted. */
	s->conn.client.seq = (uint8_t)(s->join.next_seq + (s->state != SESSION_IDLE));
	conn_send_error(&s->conn, e);
	if (e->code != ERR_TOO_BIG || s->state != SESSION_IDLE) {
		session_close(s, e->msg);
		return false;
	}
	packet_join_expect(&s->join, 0);
	return true;
}

static size_t on_data(void *arg, const uint8_t *p, size_t n)
{
	struct session *s = arg;
	size_t at = 0;

	while (at < n && may_read(s)) {
		struct str payload;
		struct err e;
		size_t used;
		int rc;

		if (!s->join.active)
			packet_join_expect(&s->join,
					   s->state == SESSION_IDLE ? 0 : s->conn.client.seq);
		s->join.max = s->state == SESSION_IDLE
				      ? (size_t)s->conn.ctx->settings->max_statement
				      : SESSION_LOGIN_MAX;
		s->join.skip_big = s->state == SESSION_IDLE;
		rc = packet_join_feed(&s->join, p + at, n - at, &used, &payload, &e);
		at += used;
		if (rc < 0) {
			if (!bad_packet(s, &e))
				return n;
			continue;
		}
		if (rc == 0)
			break;
		handle_payload(s, payload);
		if (s->state == SESSION_CLOSED)
			return n;
		if (s->ops->wants_tls(s)) {
			s->ops->start_tls(s, p + at, n - at);
			return n;
		}
	}
	if (s->state == SESSION_BUSY && at < n)
		stream_pause(
			s->conn.client.stream); /* the next command waits for this one's answer */
	return at;
}

static void on_event(void *arg, enum stream_event ev, const struct err *why)
{
	struct session *s = arg;

	switch (ev) {
	case STREAM_CONNECTED:
		break;
	case STREAM_SECURED:
		s->ops->secured(s);
		break;
	case STREAM_DRAINED:
		if (s->statement)
			statement_drained(s->statement);
		break;
	case STREAM_CLOSED:
		session_close(s, why->code == ERR_OK ? "client left" : why->msg);
		break;
	}
}

static const struct stream_handler session_handler = {on_data, on_event};

/* --- life --- */

static void refuse(int fd, const char *message)
{
	uint8_t packet[256];
	struct buf b;
	struct err e;

	err_set(&e, ERR_EXHAUSTED, "%s", message);
	buf_init(&b);
	reply_build_error(&b, &e);
	if (b.len < sizeof(packet) - PACKET_HEADER) {
		packet_put_header(packet, (uint32_t)b.len, 0);
		memcpy(packet + PACKET_HEADER, b.p, b.len);
		if (write(fd, packet, PACKET_HEADER + b.len) < 0)
			log_debug("gate.session", "event=refuse problem=\"client left\"");
	}
	buf_fini(&b);
	close(fd);
}

static void link_in(struct session *s)
{
	struct gate_worker *gw = s->gw;

	s->next = gw->sessions;
	if (s->next)
		s->next->prev = s;
	gw->sessions = s;
	gw->session_count++;
	atomic_fetch_add(&gw->gate->connections, 1);
}

static void link_out(struct session *s)
{
	if (s->prev)
		s->prev->next = s->next;
	else
		s->gw->sessions = s->next;
	if (s->next)
		s->next->prev = s->prev;
	s->gw->session_count--;
	atomic_fetch_sub(&s->gw->gate->connections, 1);
}

/* The client's address without port, brackets, and the prefix of IPv4 inside IPv6. */
static void note_peer(struct session *s)
{
	struct str host = str_of(stream_peer(s->conn.client.stream)), port;
	const char *colon = strrchr(host.p, ':');

	if (colon)
		host.n = (size_t)(colon - host.p);
	if (host.n > 2 && host.p[0] == '[')
		host = str_make(host.p + 1, host.n - 2);
	if (str_starts(host, "::ffff:") && str_cut(host, '.', &host, &port))
		host = str_make(host.p + 7, (size_t)(port.p + port.n - host.p) - 7);
	snprintf(s->conn.client.peer, sizeof(s->conn.client.peer), "%.*s", STR_ARG(host));
}

/* The other end of a unix socket is a process of the user that runs the gate. */
static bool is_owner(int fd)
{
	struct ucred cred;
	socklen_t n = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) == 0 && cred.uid == geteuid();
}

void session_accept(struct gate_worker *gw, int fd, bool unix_socket)
{
	struct gate *g = gw->gate;
	struct session *s;
	struct err e;

	if (atomic_load(&g->connections) >= (unsigned)g->settings->max_connections) {
		refuse(fd, "Too many connections");
		return;
	}
	s = pool_get(&gw->session_pool);
	if (!s) {
		refuse(fd, "Out of memory");
		return;
	}
	s->gw = gw;
	s->ops = gw->session_ops;
	s->conn.ctx = &gw->ctx;
	s->conn.limits = gw->ctx.settings->limits;
	s->conn.client.stream = stream_new(gw->ctx.worker, fd, &session_handler, s, &e);
	if (!s->conn.client.stream) {
		refuse(fd, "Out of memory");
		pool_put(&gw->session_pool, s);
		return;
	}
	s->conn.vars.id = atomic_fetch_add(&g->next_connection, 1) + 1;
	s->since_us = worker_now_us(gw->ctx.worker);
	packet_join_init(&s->join, SESSION_LOGIN_MAX);
	session_vars_init(&s->conn.vars, gw->ctx.lex);
	if (unix_socket)
		s->conn.client.owner = is_owner(fd);
	else
		note_peer(s);
	link_in(s);
	conn_default_target(&s->conn);
	if (s->ops->greet(s, unix_socket) < 0)
		session_close(s, "out of memory");
}

void session_reset(struct session *s)
{
	session_vars_reset(&s->conn.vars, s->conn.ctx->lex);
}

static void free_session(void *arg)
{
	struct session *s = arg;

	pool_put(&s->gw->session_pool, s);
}

void session_close(struct session *s, const char *why)
{
	if (s->state == SESSION_CLOSED)
		return;
	log_debug("gate.session", "event=closed connection=%u peer=%s why=\"%s\"", s->conn.vars.id,
		  s->conn.client.peer, why);
	session_set_state(s, SESSION_CLOSED);
	if (s->statement)
		statement_orphan(s->statement);
	s->statement = NULL;
	commit_release_all(s->conn.ctx, &s->conn.txn);
	s->ops->drop_login(s);
	stream_close_when_sent(s->conn.client.stream, SESSION_CLOSE_WAIT_US);
	s->conn.client.stream = NULL;
	session_vars_fini(&s->conn.vars);
	packet_join_fini(&s->join);
	link_out(s);
	/* Callers up the stack still look at s->state: the memory goes at the next posted message.
	 */
	if (worker_post(s->conn.ctx->worker, free_session, s) < 0)
		log_error("gate.session", "event=leak problem=\"out of memory\"");
}

void session_ready(struct session *s)
{
	session_set_state(s, SESSION_IDLE);
	packet_join_expect(&s->join, 0);
	if (atomic_load(&s->gw->gate->draining))
		session_close(s, "shutting down");
	else
		stream_resume(s->conn.client.stream);
}

void session_logged_in(struct session *s)
{
	conn_send_done(&s->conn, 0, 0, false);
	session_ready(s);
}

void session_done(struct session *s)
{
	if (s->state != SESSION_BUSY)
		return;
	session_set_state(s, SESSION_IDLE);
	packet_join_expect(&s->join, 0);
	if (s->conn.closing || (atomic_load(&s->gw->gate->draining) && !s->conn.txn.open)) {
		session_close(s,
			      s->conn.closing ? "closed behind its last answer" : "shutting down");
		return;
	}
	stream_resume(s->conn.client.stream);
}

struct session *session_find(struct gate_worker *gw, uint32_t id)
{
	struct session *s = gw->sessions;

	while (s && s->conn.vars.id != id)
		s = s->next;
	return s;
}
