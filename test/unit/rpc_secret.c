/* Issue 8, C 3: calls only between peers that know the same secret; nothing is sent to others. */
#include <stdlib.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/net/stream.h"
#include "src/net/worker.h"
#include "src/rpc/rpc_client.h"
#include "src/rpc/rpc_frame.h"
#include "src/rpc/rpc_server.h"
#include "test/lib/tap.h"

static struct worker *w;
static unsigned requests, ended, failed;
static char why[500];

static void echo(void *arg, struct rpc_reply *r, struct str request)
{
	(void)arg;
	requests++;
	rpc_reply_data(r, request.p, request.n);
	rpc_reply_end(r, "bye", 3);
}

static void on_end(void *arg, const struct err *e, struct str trailer)
{
	(void)arg, (void)trailer;
	ended++;
	failed += e != NULL;
	snprintf(why, sizeof(why), "%s", e ? e->msg : "");
	worker_stop(w);
}

/* One call from a client with a secret to a server with one; whether it succeeded. */
static bool call(struct str server_secret, struct str client_secret, size_t size)
{
	static const struct rpc_method methods[] = {{1, echo}};
	static const struct rpc_call_handler handler = {NULL, on_end, NULL};
	struct rpc_peer peer = {.secret = client_secret};
	char address[64], *body = calloc(1, size + 1);
	struct iovec part = {body, size};
	struct rpc_server *server;
	struct rpc_client *client;
	struct err e;
	int port;

	requests = ended = failed = 0;
	w = worker_new("test", &e);
	server = rpc_server_new(w, methods, 1, NULL, NULL, &e);
	rpc_server_set_secret(server, server_secret);
	port = rpc_server_listen(server, "127.0.0.1:0", false, &e);
	CHECK(port > 0);
	snprintf(address, sizeof(address), "127.0.0.1:%d", port);
	peer.address = address;
	client = rpc_client_open(w, &peer, NULL, NULL, &e);
	if (CHECK(client && rpc_call_start(client, 1, &part, 1, 2000000, &handler, NULL, &e)))
		worker_run(w);
	rpc_client_free(client);
	rpc_server_free(server);
	worker_drain(w);
	worker_free(w);
	free(body);
	CHECK_INT(ended, 1);
	return !failed;
}

/* A peer that speaks by hand: what it says, and whether a call got through. */
struct raw {
	struct stream *s;
	const uint8_t *p;
	size_t n, got;
	bool closed;
};

static size_t raw_data(void *arg, const uint8_t *p, size_t n)
{
	(void)p;
	((struct raw *)arg)->got += n;
	return n;
}

static void raw_event(void *arg, enum stream_event ev, const struct err *e)
{
	struct raw *r = arg;

	(void)e;
	if (ev == STREAM_CONNECTED)
		stream_write(r->s, r->p, r->n);
	if (ev != STREAM_CLOSED)
		return;
	r->closed = true;
	worker_stop(w);
}

static size_t put(uint8_t *at, const struct rpc_frame *f, const void *p)
{
	rpc_frame_put(at, f);
	memcpy(at + RPC_FRAME_HEADER, p, f->len);
	return RPC_FRAME_HEADER + f->len;
}

static void speak(const uint8_t *p, size_t n)
{
	static const struct rpc_method methods[] = {{1, echo}};
	static const struct stream_handler handler = {raw_data, raw_event};
	struct raw raw = {.p = p, .n = n};
	struct rpc_server *server;
	char address[64];
	struct err e;
	int port;

	requests = 0;
	w = worker_new("test", &e);
	server = rpc_server_new(w, methods, 1, NULL, NULL, &e);
	rpc_server_set_secret(server, STR_LIT("0123456789abcdef"));
	port = rpc_server_listen(server, "127.0.0.1:0", false, &e);
	snprintf(address, sizeof(address), "127.0.0.1:%d", port);
	raw.s = stream_connect(w, address, NULL, NULL, &handler, &raw, &e);
	if (CHECK(raw.s != NULL))
		worker_run(w);
	CHECK(raw.closed && requests == 0);
	stream_close(raw.s);
	rpc_server_free(server);
	worker_drain(w);
	worker_free(w);
}

static void test_by_hand(void)
{
	struct rpc_frame hello = {.type = RPC_FRAME_HELLO, .method = 1, .aux = 1};
	struct rpc_frame auth = {.type = RPC_FRAME_AUTH, .len = 32};
	struct rpc_frame request = {.type = RPC_FRAME_REQUEST, .stream = 1, .method = 1, .len = 2};
	char payload[100] = "sluice-rpc";
	uint8_t out[400];
	size_t n;

	/* Without a nonce. */
	hello.len = 10;
	n = put(out, &hello, payload);
	speak(out, n + put(out + n, &request, "hi"));
	/* With one, and a proof that is none. */
	hello.len = 10 + RPC_FRAME_NONCE;
	n = put(out, &hello, payload);
	n += put(out + n, &auth, payload);
	speak(out, n + put(out + n, &request, "hi"));
	/* A request in the place of the proof. */
	n = put(out, &hello, payload);
	speak(out, n + put(out + n, &request, "hi"));
	/* The proof first; a second HELLO. */
	speak(out, put(out, &auth, payload));
	n = put(out, &hello, payload);
	speak(out, n + put(out + n, &hello, payload));
}

int main(void)
{
	struct str a = STR_LIT("0123456789abcdef"), b = STR_LIT("0123456789abcdeF"), none = STR_LIT("");

	log_set_level(LOG_ERROR);
	CHECK(call(none, none, 10) && requests == 1);
	CHECK(call(a, a, 10) && requests == 1);
	CHECK(call(a, a, 3000000) && requests == 1);
	CHECK(!call(a, b, 10) && requests == 0 && strstr(why, "another one"));
	CHECK(!call(a, none, 10) && requests == 0 && strstr(why, "wants the RPC secret"));
	CHECK(!call(none, a, 10) && requests == 0 && strstr(why, "has no RPC secret"));
	test_by_hand();
	return TAP_DONE();
}
