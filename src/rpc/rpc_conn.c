#include "src/rpc/rpc_int.h"

#include <string.h>

#include "src/net/stream.h"
#include "src/rpc/rpc_auth.h"

enum { COPY_MAX = 4096 }; /* smaller frames are copied as one, larger parts go as they lie */

void rpc_conn_send(struct rpc_conn *c, struct rpc_frame *f, const struct iovec *parts, int count)
{
	size_t total = 0;
	uint8_t *p;

	if (!c->stream)
		return;
	for (int i = 0; i < count; i++)
		total += parts[i].iov_len;
	f->len = (uint32_t)total;
	if (c->auth && rpc_auth_hold(c->auth, f, parts, count))
		return; /* until the peer has proved who it is */
	p = stream_reserve(c->stream, RPC_FRAME_HEADER + (total <= COPY_MAX ? total : 0));
	if (!p)
		return; /* the stream closes by itself */
	rpc_frame_put(p, f);
	p += RPC_FRAME_HEADER;
	for (int i = 0; i < count; i++) {
		if (total > COPY_MAX) {
			stream_write(c->stream, parts[i].iov_base, parts[i].iov_len);
		} else if (parts[i].iov_len) {
			memcpy(p, parts[i].iov_base, parts[i].iov_len);
			p += parts[i].iov_len;
		}
	}
}

void rpc_conn_send_bare(struct rpc_conn *c, enum rpc_frame_type type, uint32_t stream, uint32_t aux)
{
	struct rpc_frame f = {.type = (uint8_t)type, .stream = stream, .aux = aux};

	rpc_conn_send(c, &f, NULL, 0);
}

void rpc_conn_send_error(struct rpc_conn *c, uint32_t stream, const struct err *e,
			 struct str trailer)
{
	struct rpc_frame f = {.type = RPC_FRAME_END, .stream = stream, .aux = 1};
	struct iovec parts[2];
	struct buf b;

	buf_init(&b);
	rpc_frame_pack_error(&b, e);
	parts[0] = (struct iovec){b.p, b.failed ? 0 : b.len};
	parts[1] = (struct iovec){(void *)(uintptr_t)trailer.p, trailer.n};
	if (trailer.n && !b.failed)
		f.aux = 1 + (uint32_t)b.len;
	rpc_conn_send(c, &f, parts, f.aux > 1 ? 2 : 1);
	buf_fini(&b);
}

void rpc_conn_start(struct rpc_conn *c, const struct rpc_conn_ops *ops, bool server)
{
	struct rpc_frame f = {.type = RPC_FRAME_HELLO, .method = RPC_VERSION_MIN,
			      .aux = RPC_VERSION_MAX};
	struct str magic = rpc_frame_magic();
	struct iovec parts[2] = {{(void *)magic.p, magic.n}};

	c->ops = ops;
	c->server = server;
	c->greeted = false;
	c->data_left = 0;
	c->heard = false;
	if (c->secret.n) {
		c->auth = rpc_auth_new(c->secret, server);
		if (!c->auth)
			return; /* out of memory: no HELLO, so the attempt ends by its time limit */
		parts[1] = (struct iovec){(void *)rpc_auth_nonce(c->auth), RPC_FRAME_NONCE};
	}
	rpc_conn_send(c, &f, parts, c->auth ? 2 : 1);
}

void rpc_conn_fini(struct rpc_conn *c)
{
	rpc_auth_free(c->auth);
	c->auth = NULL;
}

bool rpc_conn_congested(const struct rpc_conn *c)
{
	return c->stream && stream_congested(c->stream);
}

void rpc_conn_close(struct rpc_conn *c)
{
	rpc_conn_fini(c);
	stream_close(c->stream);
	c->stream = NULL;
}

void rpc_conn_fail(struct rpc_conn *c, const struct err *why)
{
	if (!c->stream)
		return;
	rpc_conn_close(c);
	c->ops->closed(c, why);
}

/* The peer is who it should be: what was held back goes out, and calls are taken. */
static void accept_peer(struct rpc_conn *c)
{
	struct rpc_auth *a = c->auth;
	struct str held;

	c->auth = NULL;
	c->greeted = true;
	if (a) {
		held = rpc_auth_held(a);
		if (held.n)
			stream_write(c->stream, held.p, held.n);
		rpc_auth_free(a);
	}
	c->ops->hello(c);
}

/* HELLO, and with a secret AUTH. */
static int greet(struct rpc_conn *c, const struct rpc_frame *f, struct str payload, struct err *e)
{
	struct rpc_frame answer = {.type = RPC_FRAME_AUTH};
	struct iovec proof;
	struct str nonce;

	if (c->secret.n && !c->auth)
		return err_set(e, ERR_NOMEM, "out of memory for the proof of the RPC secret");
	if (f->type == RPC_FRAME_AUTH) {
		if (!c->auth || rpc_auth_check(c->auth, payload, e) < 0)
			return c->auth ? -1 : err_set(e, ERR_PROTOCOL, "AUTH without a secret");
		accept_peer(c);
		return 0;
	}
	if (rpc_frame_agree(f, payload, e) < 0)
		return -1;
	nonce = str_make(payload.p + rpc_frame_magic().n, payload.n - rpc_frame_magic().n);
	if (!c->auth && nonce.n)
		return err_set(e, ERR_DENIED, "%s wants the RPC secret, and there is none here "
					      "(--rpc-secret-file)",
			       stream_peer(c->stream));
	if (!c->auth) {
		accept_peer(c);
		return 0;
	}
	if (rpc_auth_answer(c->auth, nonce, &proof, e) < 0)
		return err_wrap(e, "%s", stream_peer(c->stream));
	rpc_conn_send(c, &answer, &proof, 1);
	return 0;
}

/* A frame whose payload is all there. */
static int take_frame(struct rpc_conn *c, const struct rpc_frame *f, struct str payload,
		      struct err *e)
{
	if (!c->greeted)
		return greet(c, f, payload, e);
	if (f->type == RPC_FRAME_HELLO || f->type == RPC_FRAME_AUTH)
		return err_set(e, ERR_PROTOCOL, "a second HELLO or AUTH");
	if (f->type == RPC_FRAME_PING)
		rpc_conn_send_bare(c, RPC_FRAME_PONG, 0, f->aux);
	else if (f->type != RPC_FRAME_PONG)
		return c->ops->frame(c, f, payload, e);
	return 0;
}

/* Deals with what starts at @p. The bytes used; 0: more are needed; -1: end the connection. */
static ssize_t step(struct rpc_conn *c, const uint8_t *p, size_t n, struct err *e)
{
	struct rpc_frame f;
	size_t part;

	if (c->data_left > 0) {
		part = n < c->data_left ? n : c->data_left;
		c->data_left -= (uint32_t)part;
		c->ops->data(c, &c->data, p, part, c->data_left == 0);
		return (ssize_t)part;
	}
	if (n < RPC_FRAME_HEADER)
		return 0;
	rpc_frame_get(p, &f);
	if (!c->greeted && f.type != RPC_FRAME_HELLO && f.type != RPC_FRAME_AUTH)
		return err_set(e, ERR_PROTOCOL, "the peer does not speak Sluice's RPC");
	if (rpc_frame_check(&f, c->server, e))
		return -1;
	if (f.type == RPC_FRAME_DATA) {
		c->data = f;
		c->data_left = f.len;
		if (f.len == 0)
			c->ops->data(c, &f, p, 0, true);
		return RPC_FRAME_HEADER;
	}
	if (n - RPC_FRAME_HEADER < f.len)
		return 0;
	if (take_frame(c, &f, str_make(p + RPC_FRAME_HEADER, f.len), e))
		return -1;
	return (ssize_t)(RPC_FRAME_HEADER + f.len);
}

static size_t on_data(void *arg, const uint8_t *p, size_t n)
{
	struct rpc_conn *c = arg;
	size_t at = 0;
	struct err e;

	c->heard = true;
	while (at < n) {
		ssize_t used = step(c, p + at, n - at, &e);

		if (!c->stream)
			return n;
		if (used < 0) {
			rpc_conn_fail(c, &e);
			return n;
		}
		if (used == 0)
			break;
		at += (size_t)used;
	}
	return at;
}

static void on_event(void *arg, enum stream_event ev, const struct err *why)
{
	struct rpc_conn *c = arg;
	struct err e;

	switch (ev) {
	case STREAM_CONNECTED:
	case STREAM_SECURED:
		c->heard = true;
		return;
	case STREAM_DRAINED:
		c->ops->drained(c);
		return;
	case STREAM_CLOSED:
		if (why->code == ERR_OK)
			err_set(&e, ERR_UNAVAILABLE, "%s closed the connection", stream_peer(c->stream));
		else
			e = *why;
		rpc_conn_fail(c, &e);
		return;
	}
}

const struct stream_handler *rpc_conn_stream(void)
{
	static const struct stream_handler h = {on_data, on_event};

	return &h;
}
