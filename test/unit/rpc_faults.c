/* What a broken or hostile peer sends: the frame checks, and a real server and client against raw
 * sockets. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/rng.h"
#include "src/net/listener.h"
#include "src/net/worker.h"
#include "src/rpc/rpc_client.h"
#include "src/rpc/rpc_frame.h"
#include "src/rpc/rpc_server.h"
#include "test/lib/tap.h"

static void frames(void)
{
	struct rpc_frame f = {.len = 0x01020304, .stream = 5, .type = RPC_FRAME_END, .flags = 9,
			      .method = 0x1234, .aux = 0xdeadbeef}, g;
	uint8_t h[RPC_FRAME_HEADER];
	struct err e, back;
	struct buf b;

	rpc_frame_put(h, &f);
	rpc_frame_get(h, &g);
	CHECK(!memcmp(&f, &g, sizeof(f)));
	f.len = 0;
	CHECK_INT(rpc_frame_check(&f, false, &e), 0);
	CHECK_INT(rpc_frame_check(&f, true, &e), -1); /* END is the server's to send */
	f.stream = 0;
	CHECK_INT(rpc_frame_check(&f, false, &e), -1);
	f = (struct rpc_frame){.type = RPC_FRAME_REQUEST, .stream = 1, .len = RPC_FRAME_MAX_REQUEST};
	CHECK_INT(rpc_frame_check(&f, true, &e), 0);
	CHECK_INT(rpc_frame_check(&f, false, &e), -1);
	f.len++;
	CHECK_INT(rpc_frame_check(&f, true, &e), -1);
	f = (struct rpc_frame){.type = RPC_FRAME_TYPES};
	CHECK_INT(rpc_frame_check(&f, true, &e), -1);
	f.type = 0;
	CHECK_INT(rpc_frame_check(&f, true, &e), -1);
	f = (struct rpc_frame){.type = RPC_FRAME_HELLO, .method = 1, .aux = 7};
	CHECK_INT(rpc_frame_agree(&f, rpc_frame_magic(), &e), 1);
	CHECK_INT(rpc_frame_agree(&f, STR_LIT("sluice-rpc and more"), &e), 1);
	CHECK_INT(rpc_frame_agree(&f, STR_LIT("sluice"), &e), -1);
	f.method = 2;
	CHECK_INT(rpc_frame_agree(&f, rpc_frame_magic(), &e), -1);
	CHECK(strstr(e.msg, "no common RPC version") != NULL);
	f = (struct rpc_frame){.type = RPC_FRAME_HELLO, .method = 0, .aux = 0};
	CHECK_INT(rpc_frame_agree(&f, rpc_frame_magic(), &e), -1);

	buf_init(&b);
	err_set(&e, ERR_EXHAUSTED, "pool \"%s\" full", "p");
	rpc_frame_pack_error(&b, &e);
	rpc_frame_unpack_error(buf_slice(&b), &back);
	CHECK(back.code == e.code && back.mysql_errno == 1040 && !strcmp(back.msg, e.msg) &&
	      !strcmp(back.sqlstate, e.sqlstate));
	for (size_t n = 0; n < 14 + 7; n++) {
		rpc_frame_unpack_error(str_make(b.p, n), &back);
		if (back.code != ERR_PROTOCOL)
			CHECK(n > 20);
	}
	rpc_frame_unpack_error(str_make("ERR_FROM_THE_FUTURE\0\1\2HY000text", 31), &back);
	CHECK(back.code == ERR_INTERNAL && back.mysql_errno == 0x201 && !strcmp(back.msg, "text"));
	rpc_frame_unpack_error(str_make("ERR_OK\0\0\0""00000", 14), &back);
	CHECK(back.code != ERR_OK);
	buf_fini(&b);
}

/* --- a server against raw bytes --- */

static struct worker *w;
static struct rpc_server *server;
static _Atomic unsigned started, canceled;

static void on_cancel(void *arg, const struct err *why)
{
	canceled++;
	rpc_reply_error(arg, why);
}

static void hang(void *arg, struct rpc_reply *r, struct str request)
{
	static const struct rpc_reply_handler h = {.cancel = on_cancel};

	(void)arg, (void)request;
	started++;
	rpc_reply_set_handler(r, &h, r);
}

static void *loop(void *arg)
{
	worker_run(arg);
	return NULL;
}

static void put(struct buf *b, uint8_t type, uint32_t stream, uint32_t len, uint16_t method,
		uint32_t aux)
{
	struct rpc_frame f = {.type = type, .stream = stream, .len = len, .method = method, .aux = aux};
	uint8_t h[RPC_FRAME_HEADER];

	rpc_frame_put(h, &f);
	buf_append(b, h, sizeof(h));
}

static void hello(struct buf *b)
{
	buf_reset(b);
	put(b, RPC_FRAME_HELLO, 0, 10, 1, 1);
	buf_puts(b, "sluice-rpc");
}

struct accept_job {
	int fd;
};

static void accept_fd(void *arg)
{
	struct accept_job *j = arg;
	struct err e;

	if (rpc_server_accept(server, j->fd, &e))
		close(j->fd);
	free(j);
}

/* Sends @b to the server over a fresh connection; true when the server then hangs up. */
static bool hangs_up(const struct buf *b, bool half_close)
{
	struct accept_job *j = malloc(sizeof(*j));
	struct timeval limit = {.tv_sec = 1};
	uint8_t in[4096];
	size_t sent = 0;
	int fd[2];
	ssize_t n;

	socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
	setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	j->fd = fd[1];
	CHECK_INT(worker_post(w, accept_fd, j), 0);
	while (sent < b->len) {
		n = send(fd[0], b->p + sent, b->len - sent, MSG_NOSIGNAL);
		if (n <= 0)
			break;
		sent += (size_t)n;
	}
	if (half_close)
		shutdown(fd[0], SHUT_WR);
	do {
		n = recv(fd[0], in, sizeof(in), 0);
	} while (n > 0);
	n = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? -2 : n;
	close(fd[0]);
	return n != -2;
}

static void server_faults(void)
{
	static const struct rpc_method methods[] = {{1, hang}};
	struct buf b;
	pthread_t t;
	struct err e;
	unsigned stuck = 0;

	w = worker_new("faults", &e);
	server = rpc_server_new(w, methods, 1, NULL, NULL, &e);
	pthread_create(&t, NULL, loop, w);
	buf_init(&b);
	log_set_level(LOG_ERROR);
	buf_puts(&b, "GET / HTTP/1.0\r\n\r\n");
	CHECK(hangs_up(&b, false));
	hello(&b);
	b.p[16] = 'x';
	CHECK(hangs_up(&b, false)); /* wrong magic */
	hello(&b);
	b.p[10] = 9;
	CHECK(hangs_up(&b, false)); /* only newer versions */
	buf_reset(&b);
	put(&b, RPC_FRAME_REQUEST, 1, 0, 1, 0);
	CHECK(hangs_up(&b, false)); /* no HELLO */
	CHECK_INT(started, 0);
	hello(&b);
	put(&b, RPC_FRAME_PING, 0, 0, 0, 7);
	CHECK(!hangs_up(&b, false)); /* all is well */
	hello(&b);
	put(&b, 77, 0, 0, 0, 0);
	CHECK(hangs_up(&b, false));
	hello(&b);
	put(&b, RPC_FRAME_END, 1, 0, 0, 0);
	CHECK(hangs_up(&b, false));
	hello(&b);
	put(&b, RPC_FRAME_REQUEST, 1, UINT32_MAX, 1, 0);
	CHECK(hangs_up(&b, false));
	hello(&b);
	hello(&b);
	put(&b, RPC_FRAME_HELLO, 0, 10, 1, 1);
	buf_puts(&b, "sluice-rpc");
	CHECK(hangs_up(&b, false));
	CHECK_INT(started, 0);
	hello(&b);
	put(&b, RPC_FRAME_REQUEST, 1, 0, 1, 0);
	put(&b, RPC_FRAME_REQUEST, 1, 0, 1, 0); /* the same stream */
	CHECK(hangs_up(&b, false));
	/* The server's thread hangs up first and tells the handler then. */
	for (int i = 0; i < 400 && canceled == 0; i++)
		clk_sleep_ms(5);
	CHECK(started == 1 && canceled == 1);
	hello(&b); /* unknown streams are no mistake: their calls have ended */
	put(&b, RPC_FRAME_CANCEL, 9, 0, 0, 0);
	put(&b, RPC_FRAME_CREDIT, 70000, 0, 0, 5);
	put(&b, RPC_FRAME_DATA, 3, 2, 0, 0);
	buf_puts(&b, "xy");
	put(&b, RPC_FRAME_REQUEST, 65535, 0, 1, 0);
	put(&b, RPC_FRAME_REQUEST, 65535 + 65536, 0, 1, 0); /* the slot's next call */
	put(&b, RPC_FRAME_CREDIT, 65535 + 65536, 0, 0, UINT32_MAX);
	put(&b, RPC_FRAME_DATA, 65535 + 65536, 2, 0, 0);
	buf_puts(&b, "xy");
	CHECK(!hangs_up(&b, false));
	CHECK(started == 3);
	hello(&b); /* cut off inside a request */
	put(&b, RPC_FRAME_REQUEST, 1, 1000, 1, 0);
	buf_puts(&b, "only this");
	CHECK(hangs_up(&b, true));
	rng_seed(7);
	for (int round = 0; round < 300; round++) {
		hello(&b);
		for (size_t i = 0; i < 200; i++)
			buf_u8(&b, (uint8_t)(rng_below(3) ? rng_below(10) : rng_u64()));
		stuck += !hangs_up(&b, true);
	}
	CHECK_INT(stuck, 0);
	worker_stop(w);
	pthread_join(t, NULL);
	CHECK_INT(rpc_server_connections(server), 0);
	CHECK_INT(rpc_server_calls(server), 0);
	CHECK_INT(started, canceled);
	rpc_server_free(server);
	worker_free(w);
	buf_fini(&b);
}

/* --- a client against a raw server --- */

static struct buf say;      /* what the server says */
static bool silent;         /* and then nothing, not even an end */
static int peer = -1;
static unsigned ended;
static struct err end_error;

static void on_accept(void *arg, int fd)
{
	(void)arg;
	if (peer >= 0)
		close(peer);
	peer = fd;
	CHECK(send(fd, say.p, say.len, MSG_NOSIGNAL) == (ssize_t)say.len);
	if (!silent)
		shutdown(fd, SHUT_WR);
}

static void on_end(void *arg, const struct err *e, struct str trailer)
{
	(void)arg, (void)trailer;
	ended++;
	err_clear(&end_error);
	if (e)
		end_error = *e;
	worker_stop(w);
}

static void client_against(bool quiet)
{
	static const struct rpc_call_handler h = {NULL, on_end, NULL};
	struct listener *l;
	struct rpc_client *c;
	struct err e;

	silent = quiet;
	ended = 0;
	w = worker_new("faults", &e);
	l = listener_new(w, "127.0.0.1:0", false, on_accept, NULL, &e);
	c = rpc_client_new(w, listener_address(l), NULL, NULL, NULL, NULL, &e);
	CHECK(rpc_call_start(c, 1, NULL, 0, 0, &h, NULL, &e) != NULL);
	worker_run(w);
	CHECK_INT(ended, 1);
	rpc_client_free(c);
	listener_free(l);
	close(peer);
	peer = -1;
	worker_free(w);
}

static void client_faults(void)
{
	uint64_t began;

	buf_init(&say);
	client_against(false); /* hangs up at once */
	CHECK_INT(end_error.code, ERR_UNAVAILABLE);
	buf_puts(&say, "HTTP/1.0 400 Bad Request\r\n");
	client_against(false);
	CHECK_INT(end_error.code, ERR_PROTOCOL);
	hello(&say);
	put(&say, RPC_FRAME_REQUEST, 1, 0, 1, 0); /* a server does not ask */
	client_against(false);
	CHECK_INT(end_error.code, ERR_PROTOCOL);
	hello(&say);
	put(&say, RPC_FRAME_END, 1, 3, 0, 1); /* an error that does not parse */
	buf_puts(&say, "xyz");
	client_against(true);
	CHECK_INT(end_error.code, ERR_PROTOCOL);
	hello(&say);
	put(&say, RPC_FRAME_END, 77, 0, 0, 0); /* of no call */
	put(&say, RPC_FRAME_DATA, 1, 5, 0, 0);
	buf_puts(&say, "abc"); /* cut off */
	client_against(false);
	CHECK_INT(end_error.code, ERR_UNAVAILABLE);
	hello(&say); /* greets, then never says anything */
	began = clk_mono_us();
	client_against(true);
	CHECK_INT(end_error.code, ERR_UNAVAILABLE);
	CHECK(clk_mono_us() - began < 3500000);
	buf_fini(&say);
}

int main(void)
{
	frames();
	server_faults();
	client_faults();
	return TAP_DONE();
}
