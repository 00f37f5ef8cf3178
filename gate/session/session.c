#include "gate/session/session.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/exec/query.h"
#include "gate/session/dispatch.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/login.h"
#include "gate/session/stmt.h"
#include "gate/session/target.h"
#include "gate/txn/finish.h"
#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/data/charset.h"
#include "src/net/stream.h"
#include "src/net/worker.h"
#include "src/wire/caps.h"

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
		log_error("gate.session", "event=illegal_state connection=%u from=%s to=%s", s->id,
			  state_names[s->state], state_names[to]);
		assert(!"illegal session state");
	}
	s->state = to;
	s->since_us = worker_now_us(s->gw->worker);
}

/* --- input --- */

static void handle_payload(struct session *s, struct str payload)
{
	/* The client's packet had sequence number n; ours goes on with n + 1. */
	s->seq = s->join.next_seq;
	if (s->state == SESSION_IDLE) {
		session_set_state(s, SESSION_BUSY);
		dispatch_command(s, payload);
	} else {
		login_packet(s, payload);
	}
}

static bool may_read(const struct session *s)
{
	return s->state == SESSION_GREETED || s->state == SESSION_AUTH || s->state == SESSION_IDLE;
}

/* True when the session goes on behind it: a statement that was too big, read over to its end. */
static bool bad_packet(struct session *s, const struct err *e)
{
	log_info("gate.session", "event=bad_packet connection=%u peer=%s problem=\"%s\"", s->id,
		 s->peer, e->msg);
	/* What is refused at its header has not been counted. */
	s->seq = (uint8_t)(s->join.next_seq + (s->state != SESSION_IDLE));
	session_send_error(s, e);
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
			packet_join_expect(&s->join, s->state == SESSION_IDLE ? 0 : s->seq);
		s->join.max = s->state == SESSION_IDLE
				      ? (size_t)s->gw->gate->settings->max_statement
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
		if (login_wants_tls(s)) {
			login_start_tls(s, p + at, n - at);
			return n;
		}
	}
	if (s->state == SESSION_BUSY && at < n)
		stream_pause(s->stream); /* the next command waits for this one's answer */
	return at;
}

static void on_event(void *arg, enum stream_event ev, const struct err *why)
{
	struct session *s = arg;

	switch (ev) {
	case STREAM_CONNECTED:
		break;
	case STREAM_SECURED:
		login_secured(s);
		break;
	case STREAM_DRAINED:
		if (s->query)
			query_drained(s->query);
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

static void fresh_values(struct session *s)
{
	s->client_charset = CHARSET_UTF8MB4;
	s->lex = s->gw->gate->lex;
	s->autocommit = true;
	s->row_count = -1;
	s->next_stmt = 1;
}

void session_default_target(struct session *s)
{
	const char *name = s->gw->gate->settings->default_keyspace;

	s->target = (struct session_target){0};
	snprintf(s->target.keyspace, sizeof(s->target.keyspace), "%s", name ? name : "");
}

/* The client's address without port, brackets, and the prefix of IPv4 inside IPv6. */
static void note_peer(struct session *s)
{
	struct str host = str_of(stream_peer(s->stream)), port;
	const char *colon = strrchr(host.p, ':');

	if (colon)
		host.n = (size_t)(colon - host.p);
	if (host.n > 2 && host.p[0] == '[')
		host = str_make(host.p + 1, host.n - 2);
	if (str_starts(host, "::ffff:") && str_cut(host, '.', &host, &port))
		host = str_make(host.p + 7, (size_t)(port.p + port.n - host.p) - 7);
	snprintf(s->peer, sizeof(s->peer), "%.*s", STR_ARG(host));
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
	s->stream = stream_new(gw->worker, fd, &session_handler, s, &e);
	if (!s->stream) {
		refuse(fd, "Out of memory");
		pool_put(&gw->session_pool, s);
		return;
	}
	s->id = atomic_fetch_add(&g->next_connection, 1) + 1;
	s->since_us = worker_now_us(gw->worker);
	packet_join_init(&s->join, SESSION_LOGIN_MAX);
	fresh_values(s);
	if (!unix_socket)
		note_peer(s);
	link_in(s);
	session_default_target(s);
	if (login_start(s, unix_socket) < 0)
		session_close(s, "out of memory");
}

static void free_map(struct hmap **m)
{
	if (!*m)
		return;
	hmap_fini(*m, free);
	free(*m);
	*m = NULL;
}

static bool has_error(const struct session *s)
{
	return s->last_error && s->last_error->code != ERR_OK;
}

unsigned session_warning_count(const struct session *s)
{
	return s->warnings + (unsigned)has_error(s);
}

unsigned session_error_count(const struct session *s)
{
	unsigned n = has_error(s);

	for (size_t i = 0; i < s->warning_list.len; i++)
		n += !strcmp(s->warning_list.v[i].level, "Error");
	return n;
}

void session_forget_warnings(struct session *s)
{
	s->warnings = 0;
	warning_list_clear(&s->warning_list);
	if (s->last_error)
		s->last_error->code = ERR_OK;
}

static void drop_values(struct session *s)
{
	stmt_close_all(s);
	free_map(&s->sysvars);
	free_map(&s->uservars);
	free(s->settings);
	s->settings = NULL;
	free(s->next_isolation);
	s->next_isolation = NULL;
	session_forget_warnings(s);
	free(s->last_error);
	s->last_error = NULL;
	s->last_insert_id = s->found_rows = 0;
}

void session_reset(struct session *s)
{
	drop_values(s);
	fresh_values(s);
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
	log_debug("gate.session", "event=closed connection=%u peer=%s why=\"%s\"", s->id, s->peer,
		  why);
	session_set_state(s, SESSION_CLOSED);
	if (s->query)
		query_abandon(s->query);
	finish_release_all(s);
	login_free(s);
	stream_close_when_sent(s->stream, SESSION_CLOSE_WAIT_US);
	s->stream = NULL;
	drop_values(s);
	txn_fini(&s->txn);
	packet_join_fini(&s->join);
	free(s->user);
	s->user = NULL;
	link_out(s);
	/* Callers up the stack still look at s->state: the memory goes at the next posted message.
	 */
	if (worker_post(s->gw->worker, free_session, s) < 0)
		log_error("gate.session", "event=leak problem=\"out of memory\"");
}

void session_logged_in(struct session *s)
{
	session_set_state(s, SESSION_IDLE);
	session_send_done(s, 0, 0, false);
	packet_join_expect(&s->join, 0);
	if (atomic_load(&s->gw->gate->draining))
		session_close(s, "shutting down");
}

void session_done(struct session *s)
{
	if (s->state != SESSION_BUSY)
		return;
	session_set_state(s, SESSION_IDLE);
	packet_join_expect(&s->join, 0);
	if (s->killed || (atomic_load(&s->gw->gate->draining) && !s->txn.open)) {
		session_close(s, s->killed ? "killed" : "shutting down");
		return;
	}
	stream_resume(s->stream);
}

/* --- output --- */

void session_send(struct session *s, const void *payload, size_t n)
{
	if (s->state == SESSION_CLOSED)
		return;
	if (n < PACKET_FULL) {
		uint8_t *at = stream_reserve(s->stream, PACKET_HEADER + n);

		if (!at)
			return;
		packet_put_header(at, (uint32_t)n, s->seq++);
		memcpy(at + PACKET_HEADER, payload, n);
		return;
	}
	for (const uint8_t *p = payload;; p += PACKET_FULL, n -= PACKET_FULL) {
		size_t piece = n < PACKET_FULL ? n : PACKET_FULL;
		uint8_t header[PACKET_HEADER];

		packet_put_header(header, (uint32_t)piece, s->seq++);
		stream_write(s->stream, header, sizeof(header));
		stream_write(s->stream, p, piece);
		if (piece < PACKET_FULL)
			return;
	}
}

uint16_t session_status(const struct session *s)
{
	return (uint16_t)((s->autocommit ? STATUS_AUTOCOMMIT : 0) |
			  (s->txn.open ? STATUS_IN_TRANS : 0));
}

void session_send_ok(struct session *s, const struct reply_ok *ok)
{
	uint8_t room[512];
	struct buf b = {.p = room, .cap = sizeof(room)};

	if (ok->info.n > 256)
		buf_init(&b);
	reply_build_ok(&b, s->caps, ok);
	session_send(s, b.p, b.len);
	if (b.p != room)
		buf_fini(&b);
}

void session_send_done(struct session *s, uint64_t affected, uint64_t insert_id, bool more)
{
	struct reply_ok ok = {.affected_rows = affected,
			      .insert_id = insert_id,
			      .warnings = s->warnings,
			      .status = session_status(s)};

	if (more)
		ok.status |= STATUS_MORE_RESULTS;
	session_send_ok(s, &ok);
}

void session_send_error(struct session *s, const struct err *e)
{
	struct buf b;

	s->row_count = -1;
	metrics_add(metrics_id(METRIC_COUNTER, "sluice_gate_errors_total", "",
			       "Errors sent to clients."),
		    1);
	if (!s->last_error)
		s->last_error = malloc(sizeof(*s->last_error));
	if (s->last_error)
		*s->last_error = *e;
	buf_init(&b);
	reply_build_error(&b, e);
	session_send(s, b.p, b.len);
	buf_fini(&b);
}

int session_use(struct session *s, struct str target, struct err *e)
{
	struct session_target t;

	if (target_parse(target, gate_worker_catalog(s->gw), &t, e) < 0)
		return -1;
	s->target = t;
	return 0;
}
