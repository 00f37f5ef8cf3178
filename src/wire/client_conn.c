/* client_conn - see client_conn.h. State machine:
 *
 *   CONNECTING -> GREETING [-> SECURING] -> LOGIN -> READY -> CLOSED, and from each -> DEAD
 *
 * CLOSED: the owner was told, client_conn_close() is all that is left. DEAD: closed by the owner,
 * freed at the end of the turn. */
#include "src/wire/client_conn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/data/type.h"
#include "src/net/stream.h"
#include "src/net/worker.h"
#include "src/wire/auth_client.h"
#include "src/wire/caps.h"
#include "src/wire/handshake.h"
#include "src/wire/packet.h"
#include "src/wire/reply.h"

enum client_conn_state { CC_CONNECTING, CC_GREETING, CC_SECURING, CC_LOGIN, CC_READY, CC_CLOSED,
			 CC_DEAD };

enum { LOGIN_PACKET_MAX = 65536, DEFAULT_TIMEOUT_US = 10000000 };

#define USUAL_CAPS                                                                                 \
	(CAP_LONG_PASSWORD | CAP_LONG_FLAG | CAP_PROTOCOL_41 | CAP_TRANSACTIONS |                  \
	 CAP_SECURE_CONNECTION | CAP_PLUGIN_AUTH | CAP_PLUGIN_AUTH_LENENC | CAP_MULTI_RESULTS |    \
	 CAP_PS_MULTI_RESULTS | CAP_SESSION_TRACK | CAP_DEPRECATE_EOF)

/* What only logging in needs. */
struct login {
	const struct client_conn_config *config; /* borrowed */
	struct auth_client auth;
	struct packet_join join;
	struct handshake_hello hello;
	char plugin[64];
	struct worker_timer *timer; /* owned */
};

struct client_conn {
	enum client_conn_state state;
	struct stream *stream; /* owned */
	const struct client_conn_handler *handler;
	void *arg;
	struct login *login; /* owned; NULL once ready */
	struct pending {
		enum scan_kind kind;
		const struct client_conn_sink *sink;
		void *arg;
	} queue[CLIENT_CONN_PIPELINE];
	unsigned head, len;
	bool scanning; /* scan follows the response to queue[head] */
	bool paused;
	struct result_scan scan;
	uint64_t out_left;   /* payload bytes of a begun command still to come */
	uint32_t packet_left; /* of them, those that fit the current packet */
	uint8_t out_seq;
	bool out_full; /* the current packet is a full one */
	uint64_t caps;
	uint32_t id;
	uint16_t status;
	char *version; /* owned */
	struct worker_defer defer;
};

static void set_state(struct client_conn *c, enum client_conn_state to)
{
	static const unsigned legal[] = {
		[CC_CONNECTING] = 1u << CC_GREETING | 1u << CC_CLOSED | 1u << CC_DEAD,
		[CC_GREETING] = 1u << CC_SECURING | 1u << CC_LOGIN | 1u << CC_CLOSED | 1u << CC_DEAD,
		[CC_SECURING] = 1u << CC_LOGIN | 1u << CC_CLOSED | 1u << CC_DEAD,
		[CC_LOGIN] = 1u << CC_READY | 1u << CC_CLOSED | 1u << CC_DEAD,
		[CC_READY] = 1u << CC_CLOSED | 1u << CC_DEAD,
		[CC_CLOSED] = 1u << CC_DEAD,
		[CC_DEAD] = 0,
	};

	assert(legal[c->state] & 1u << to);
	c->state = to;
}

static void free_login(struct client_conn *c)
{
	if (!c->login)
		return;
	packet_join_fini(&c->login->join);
	worker_timer_free(c->login->timer);
	free(c->login);
	c->login = NULL;
}

/* Tells the owner that it is over, once. */
static void fail(struct client_conn *c, const struct err *why)
{
	if (c->state >= CC_CLOSED)
		return;
	set_state(c, CC_CLOSED);
	if (c->login)
		worker_timer_disarm(c->login->timer);
	stream_pause(c->stream);
	c->handler->closed(c->arg, why);
}

/* --- logging in --- */

static void send_login_packet(struct client_conn *c, struct buf *b, size_t start)
{
	packet_end(b, start, &c->login->join.next_seq);
	if (!b->failed)
		stream_write(c->stream, b->p, b->len);
}

static void fill_reply(struct client_conn *c, struct handshake_reply *r)
{
	const struct client_conn_config *config = c->login->config;

	*r = (struct handshake_reply){
		.caps = c->caps,
		.max_packet = 1u << 30,
		.charset = config->charset ? config->charset : TYPE_CHARSET_UTF8MB4,
		.user = config->user,
		.db = config->database,
		.attrs = config->attrs,
	};
}

static int send_reply(struct client_conn *c, struct err *e)
{
	struct login *l = c->login;
	struct handshake_reply r;
	struct buf b, auth;
	size_t start;
	int rc;

	buf_init(&b);
	buf_init(&auth);
	fill_reply(c, &r);
	r.plugin = str_of(auth_client_begin(&l->auth, str_of(l->plugin), l->hello.nonce, &auth));
	r.auth = buf_slice(&auth);
	start = packet_begin(&b);
	handshake_build_reply(&b, &r);
	send_login_packet(c, &b, start);
	rc = buf_check(&auth, e) || buf_check(&b, e) ? -1 : 0;
	set_state(c, CC_LOGIN);
	buf_fini(&b);
	buf_fini(&auth);
	return rc;
}

static int start_tls(struct client_conn *c, struct err *e)
{
	const struct client_conn_config *config = c->login->config;
	struct handshake_reply r;
	struct buf b;
	size_t start;
	int rc;

	if (!(c->login->hello.caps & CAP_SSL))
		return err_set(e, ERR_ACCESS, "the server does not do TLS");
	buf_init(&b);
	c->caps |= CAP_SSL;
	fill_reply(c, &r);
	start = packet_begin(&b);
	handshake_build_ssl_request(&b, &r);
	send_login_packet(c, &b, start);
	rc = buf_check(&b, e);
	buf_fini(&b);
	set_state(c, CC_SECURING);
	if (rc)
		return -1;
	return stream_start_tls(c->stream, config->tls, false, config->server_name, NULL, 0, e);
}

static int on_greeting(struct client_conn *c, struct str payload, struct err *e)
{
	struct login *l = c->login;
	const struct client_conn_config *config = l->config;
	bool local = strncmp(config->address, "unix:", 5) == 0;
	uint64_t want = (USUAL_CAPS | config->caps) & ~config->no_caps;

	if (handshake_parse_hello(payload, &l->hello, e))
		return -1;
	c->version = str_dup(l->hello.version);
	if (!c->version)
		return err_set(e, ERR_NOMEM, "out of memory");
	c->id = l->hello.connection_id;
	if (config->database.n)
		want |= CAP_CONNECT_WITH_DB;
	if (config->attrs.n)
		want |= CAP_CONNECT_ATTRS;
	/* CAP_LONG_PASSWORD means "no MariaDB extensions", whatever the server says of it. */
	c->caps = (want & l->hello.caps & UINT32_MAX & ~CAP_SSL) | CAP_LONG_PASSWORD;
	if (l->hello.plugin.n && l->hello.plugin.n < sizeof(l->plugin))
		memcpy(l->plugin, l->hello.plugin.p, l->hello.plugin.n);
	auth_client_init(&l->auth, config->password, config->tls || local, true);
	return config->tls ? start_tls(c, e) : send_reply(c, e);
}

static int logged_in(struct client_conn *c, struct str payload, struct err *e)
{
	struct reply_ok ok;

	if (reply_parse_ok(payload, c->caps, &ok))
		return err_set(e, ERR_PROTOCOL, "malformed OK packet at login");
	c->status = ok.status;
	free_login(c);
	set_state(c, CC_READY);
	c->handler->ready(c->arg);
	return 0;
}

static int on_login_packet(struct client_conn *c, struct str payload, struct err *e)
{
	enum auth_client_next next;
	struct buf b;
	size_t start;
	int rc = 0;

	if (c->state == CC_GREETING)
		return on_greeting(c, payload, e);
	if (c->state != CC_LOGIN)
		return err_set(e, ERR_PROTOCOL, "unexpected packet while logging in");
	buf_init(&b);
	start = packet_begin(&b);
	next = auth_client_feed(&c->login->auth, payload, &b, e);
	switch (next) {
	case AUTH_CLIENT_SEND:
		send_login_packet(c, &b, start);
		rc = buf_check(&b, e);
		break;
	case AUTH_CLIENT_WAIT:
		break;
	case AUTH_CLIENT_OK:
		rc = logged_in(c, payload, e);
		break;
	case AUTH_CLIENT_FAIL:
		rc = -1;
		break;
	}
	buf_fini(&b);
	return rc;
}

static size_t login_data(struct client_conn *c, const uint8_t *p, size_t n)
{
	size_t at = 0, used;
	struct str payload;
	struct err e;

	while (c->login && c->state < CC_READY) {
		int rc = packet_join_feed(&c->login->join, p + at, n - at, &used, &payload, &e);

		at += used;
		if (rc == 0)
			return at;
		if (rc > 0)
			rc = on_login_packet(c, payload, &e);
		if (rc < 0) {
			fail(c, &e);
			return at;
		}
	}
	return at;
}

static void login_timeout(void *arg)
{
	struct client_conn *c = arg;
	struct err e;

	err_set(&e, ERR_DEADLINE, "connecting to %s took too long", stream_peer(c->stream));
	fail(c, &e);
}

/* --- responses --- */

/* What comes while nothing was asked: the server says why it ends the connection. */
static void unasked(struct client_conn *c, const uint8_t *p, size_t n)
{
	struct packet k;
	struct err e;

	if (packet_peek(p, n, &k) && k.whole)
		reply_to_err(str_make(k.payload, k.len), &e);
	else
		err_set(&e, ERR_PROTOCOL, "unexpected bytes from the server");
	fail(c, &e);
}

static void swallowed_error(struct client_conn *c, const struct scan_part *part)
{
	struct err e;

	reply_to_err(part->payload, &e);
	err_wrap(&e, "a command before the statement failed");
	fail(c, &e);
}

static void see_part(struct client_conn *c, const struct scan_part *part)
{
	const struct pending *k = &c->queue[c->head];

	if (part->what == SCAN_OK || part->what == SCAN_ROWS_END || part->what == SCAN_COLUMNS_END)
		c->status = part->status;
	if (!k->sink && part->what == SCAN_ERR)
		swallowed_error(c, part);
	else if (k->sink && k->sink->part)
		k->sink->part(k->arg, part);
}

static void hand_on(struct client_conn *c, const uint8_t *from, const uint8_t *to)
{
	const struct pending *k = &c->queue[c->head];

	if (to > from && k->sink && k->sink->data)
		k->sink->data(k->arg, from, (size_t)(to - from));
}

static void end_response(struct client_conn *c, const struct scan_part *last)
{
	struct pending k = c->queue[c->head];

	c->head = (c->head + 1) % CLIENT_CONN_PIPELINE;
	c->len--;
	c->scanning = false;
	if (k.sink && k.sink->end)
		k.sink->end(k.arg, last);
}

/* Follows the response that is due through [p, end); returns where it stopped: the end of the
 * response, or of the bytes. */
static const uint8_t *follow(struct client_conn *c, const uint8_t *p, const uint8_t *end)
{
	const uint8_t *from = p;
	struct scan_part part;
	struct err e;

	if (!c->scanning)
		result_scan_begin(&c->scan, c->queue[c->head].kind, c->caps);
	c->scanning = true;
	while (p < end && !c->scan.done) {
		if (result_scan_next(&c->scan, p, (size_t)(end - p), &part, &e)) {
			fail(c, &e);
			return p;
		}
		if (part.what == SCAN_NEED)
			break;
		see_part(c, &part);
		if (c->state != CC_READY)
			return p;
		p += part.n;
	}
	hand_on(c, from, p);
	if (c->state == CC_READY && c->scan.done)
		end_response(c, &part);
	return p;
}

static size_t on_data(void *arg, const uint8_t *p, size_t n)
{
	struct client_conn *c = arg;
	const uint8_t *at = p, *end = p + n, *before;

	if (c->state < CC_READY)
		at += login_data(c, p, n);
	while (at < end && c->state == CC_READY && !c->paused) {
		if (c->len == 0) {
			unasked(c, at, (size_t)(end - at));
			break;
		}
		before = at;
		at = follow(c, at, end);
		if (at == before)
			break;
	}
	return c->state >= CC_CLOSED ? n : (size_t)(at - p);
}

static void on_event(void *arg, enum stream_event ev, const struct err *why)
{
	struct client_conn *c = arg;
	struct err e;

	switch (ev) {
	case STREAM_CONNECTED:
		set_state(c, CC_GREETING);
		return;
	case STREAM_SECURED:
		if (send_reply(c, &e))
			fail(c, &e);
		return;
	case STREAM_DRAINED:
		if (c->state == CC_READY && c->handler->drained)
			c->handler->drained(c->arg);
		return;
	case STREAM_CLOSED:
		if (why->code == ERR_OK)
			err_set_mysql(&e, ERR_UNAVAILABLE, 2013, "HY000",
				      "Lost connection to the server at %s", stream_peer(c->stream));
		else
			e = *why;
		fail(c, &e);
		return;
	}
}

/* --- the owner's calls --- */

static const struct stream_handler stream_callbacks = {on_data, on_event};

static void on_free(void *arg)
{
	struct client_conn *c = arg;

	free_login(c);
	free(c->version);
	free(c);
}

static struct client_conn *out_of_memory(struct client_conn *c, struct err *e)
{
	if (c)
		on_free(c);
	err_set(e, ERR_NOMEM, "out of memory for a connection");
	return NULL;
}

struct client_conn *client_conn_open(struct worker *w, const struct client_conn_config *config,
				     const struct client_conn_handler *h, void *arg, struct err *e)
{
	struct client_conn *c = calloc(1, sizeof(*c));
	struct login *l = calloc(1, sizeof(*l));

	if (!c || !l) {
		free(l);
		return out_of_memory(c, e);
	}
	c->login = l;
	c->handler = h;
	c->arg = arg;
	c->defer = (struct worker_defer){.fn = on_free, .arg = c};
	l->config = config;
	packet_join_init(&l->join, LOGIN_PACKET_MAX);
	l->timer = worker_timer_new(w, login_timeout, c);
	if (!l->timer)
		return out_of_memory(c, e);
	c->stream = stream_connect(w, config->address, NULL, NULL, &stream_callbacks, c, e);
	if (!c->stream) {
		on_free(c);
		return NULL;
	}
	worker_timer_arm(l->timer, config->timeout_us ? config->timeout_us : DEFAULT_TIMEOUT_US);
	return c;
}

void client_conn_close(struct client_conn *c)
{
	if (!c || c->state == CC_DEAD)
		return;
	set_state(c, CC_DEAD);
	if (c->login)
		worker_timer_disarm(c->login->timer);
	worker_defer(stream_worker(c->stream), &c->defer);
	stream_close(c->stream);
	c->stream = NULL;
}

void client_conn_quit(struct client_conn *c)
{
	static const uint8_t quit[] = {1, 0, 0, 0, CMD_QUIT};

	if (c && c->state == CC_READY && c->len == 0)
		stream_write(c->stream, quit, sizeof(quit));
	client_conn_close(c);
}

void client_conn_set_handler(struct client_conn *c, const struct client_conn_handler *h, void *arg)
{
	c->handler = h;
	c->arg = arg;
}

/* Writes the header of the next packet of a begun command. */
static void next_packet(struct client_conn *c)
{
	uint32_t n = c->out_left < PACKET_FULL ? (uint32_t)c->out_left : PACKET_FULL;
	uint8_t *header = stream_reserve(c->stream, PACKET_HEADER);

	if (header)
		packet_put_header(header, n, c->out_seq++);
	c->packet_left = n;
	c->out_full = n == PACKET_FULL;
}

int client_conn_begin(struct client_conn *c, uint8_t first, uint64_t total,
		      const struct client_conn_sink *sink, void *arg, struct err *e)
{
	enum scan_kind kind = result_scan_kind(first);

	assert(total > 0 && c->out_left == 0);
	if (c->state != CC_READY)
		return err_set(e, ERR_UNAVAILABLE, "the connection is not ready");
	if (c->len == CLIENT_CONN_PIPELINE)
		return err_set(e, ERR_EXHAUSTED, "too many commands under way on a connection");
	if (kind != SCAN_NONE) {
		c->queue[(c->head + c->len) % CLIENT_CONN_PIPELINE] =
			(struct pending){.kind = kind, .sink = sink, .arg = arg};
		c->len++;
	}
	c->out_left = total;
	c->out_seq = 0;
	next_packet(c);
	client_conn_append(c, &first, 1);
	return 0;
}

void client_conn_append(struct client_conn *c, const void *p, size_t n)
{
	const uint8_t *at = p;

	if (c->state != CC_READY)
		return;
	assert(n <= c->out_left);
	while (n > 0) {
		size_t part = n < c->packet_left ? n : c->packet_left;

		stream_write(c->stream, at, part);
		at += part;
		n -= part;
		c->out_left -= part;
		c->packet_left -= (uint32_t)part;
		if (c->packet_left == 0 && c->out_full)
			next_packet(c);
	}
}

int client_conn_send(struct client_conn *c, const struct iovec *parts, int count,
		     const struct client_conn_sink *sink, void *arg, struct err *e)
{
	uint64_t total = 0;

	for (int i = 0; i < count; i++)
		total += parts[i].iov_len;
	assert(count > 0 && parts[0].iov_len > 0);
	if (client_conn_begin(c, *(const uint8_t *)parts[0].iov_base, total, sink, arg, e))
		return -1;
	client_conn_append(c, (const uint8_t *)parts[0].iov_base + 1, parts[0].iov_len - 1);
	for (int i = 1; i < count; i++)
		client_conn_append(c, parts[i].iov_base, parts[i].iov_len);
	return 0;
}

void client_conn_raw(struct client_conn *c, const void *p, size_t n)
{
	if (c->state == CC_READY)
		stream_write(c->stream, p, n);
}

void client_conn_pause(struct client_conn *c)
{
	c->paused = true;
	if (c->stream)
		stream_pause(c->stream);
}

void client_conn_resume(struct client_conn *c)
{
	c->paused = false;
	if (c->stream && c->state < CC_CLOSED)
		stream_resume(c->stream);
}

bool client_conn_congested(const struct client_conn *c)
{
	return c->state == CC_READY && stream_congested(c->stream);
}

bool client_conn_is_ready(const struct client_conn *c)
{
	return c->state == CC_READY;
}

unsigned client_conn_under_way(const struct client_conn *c)
{
	return c->len;
}

bool client_conn_swallows(const struct client_conn *c)
{
	return c->len && !c->queue[c->head].sink;
}

uint64_t client_conn_caps(const struct client_conn *c)
{
	return c->caps;
}

uint32_t client_conn_id(const struct client_conn *c)
{
	return c->id;
}

const char *client_conn_version(const struct client_conn *c)
{
	return c->version ? c->version : "";
}

uint16_t client_conn_status(const struct client_conn *c)
{
	return c->status;
}
