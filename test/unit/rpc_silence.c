/* Issue 8, A 11: a process that was stopped does not find its peers dead, a dead peer is found all the
 * same. Client and server share a worker whose clock is set by the test: real time passes between the
 * turns of the loop, but the clock shows what the script says. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/net/listener.h"
#include "src/net/worker.h"
#include "src/rpc/rpc_client.h"
#include "src/rpc/rpc_frame.h"
#include "src/rpc/rpc_server.h"
#include "test/lib/tap.h"

enum { START = 1000000000, MS = 1000, SECOND = 1000000 };

static struct worker *w;
static enum worker_io io = WORKER_EVENT;
static uint64_t now, until, pause_at, pause_us, turns;
static unsigned ups, downs, cancels;

static void post_step(void);

/* Runs in each turn of the loop: 10 ms pass, or, now and then, a pause. */
static void on_step(void *arg)
{
	(void)arg;
	turns++;
	now += 10 * MS;
	if (pause_us && now >= pause_at) {
		now += pause_us;
		pause_at = now + 2 * SECOND;
	}
	clk_freeze(now);
	if (now >= until)
		worker_stop(w);
	else
		post_step();
}

static void post_step(void)
{
	if (worker_post(w, on_step, NULL) < 0)
		abort();
}

static void on_up(void *arg)
{
	(void)arg;
	ups++;
}

static void on_down(void *arg, const struct err *why)
{
	(void)arg;
	printf("# down: %s\n", why->msg);
	downs++;
}

static void on_cancel(void *arg, const struct err *why)
{
	cancels++;
	rpc_reply_error(arg, why);
}

static void hang(void *arg, struct rpc_reply *r, struct str request)
{
	static const struct rpc_reply_handler h = {.cancel = on_cancel};

	(void)arg, (void)request;
	rpc_reply_set_handler(r, &h, r);
}

static const struct rpc_method methods[] = {{1, hang}};
static const struct rpc_client_watch watch = {on_up, on_down};

static void on_end(void *arg, const struct err *e, struct str trailer)
{
	(void)trailer;
	*(bool *)arg = e != NULL;
}

static void begin(uint64_t seconds, uint64_t pause)
{
	struct err e;

	ups = downs = cancels = 0;
	turns = 0;
	now = START;
	until = now + seconds * SECOND;
	pause_at = now + SECOND;
	pause_us = pause;
	clk_freeze(now);
	w = worker_new_io("silence", io, &e);
	on_step(NULL);
}

static void finish(void)
{
	worker_free(w);
	clk_freeze(0);
}

/* Pauses of @pause_us: nobody is declared dead. */
static void pauses(uint64_t pause)
{
	static const struct rpc_call_handler h = {.end = on_end};
	struct rpc_server *server;
	struct rpc_client *client;
	char address[64];
	bool failed = false;
	struct err e;

	begin(pause * 20 / SECOND, pause);
	server = rpc_server_new(w, methods, 1, NULL, NULL, &e);
	snprintf(address, sizeof(address), "127.0.0.1:%d",
		 rpc_server_listen(server, "127.0.0.1:0", false, &e));
	client = rpc_client_new(w, address, NULL, NULL, &watch, NULL, &e);
	CHECK(rpc_call_start(client, 1, NULL, 0, 0, &h, &failed, &e) != NULL);
	worker_run(w);
	CHECK(ups == 1 && downs == 0 && cancels == 0 && !failed);
	CHECK(rpc_client_is_up(client));
	CHECK(turns > 1000);
	rpc_client_free(client);
	rpc_server_free(server);
	finish();
}

/* --- peers that are dead --- */

static int peer = -1;
static bool greets;
static uint64_t down_at;

static void on_accept(void *arg, int fd)
{
	struct rpc_frame f = {.type = RPC_FRAME_HELLO, .len = 10, .method = 1, .aux = 1};
	uint8_t hello[RPC_FRAME_HEADER + 10] = {0};

	(void)arg;
	rpc_frame_put(hello, &f);
	memcpy(hello + RPC_FRAME_HEADER, "sluice-rpc", 10);
	if (greets && peer < 0)
		CHECK(send(fd, hello, sizeof(hello), MSG_NOSIGNAL) == sizeof(hello));
	if (peer >= 0)
		close(peer);
	peer = fd;
}

static void on_dead(void *arg, const struct err *why)
{
	(void)arg, (void)why;
	if (!down_at)
		down_at = now;
}

static void dead_server(bool greeting)
{
	static const struct rpc_client_watch dead = {on_up, on_dead};
	struct listener *l;
	struct rpc_client *client;
	struct err e;

	greets = greeting;
	down_at = 0;
	begin(8, 0);
	l = listener_new(w, "127.0.0.1:0", false, on_accept, NULL, &e);
	client = rpc_client_new(w, listener_address(l), NULL, NULL, &dead, NULL, &e);
	worker_run(w);
	CHECK_INT(ups, greeting);
	CHECK(down_at > START + 2 * SECOND && down_at < START + 3 * SECOND);
	rpc_client_free(client);
	listener_free(l);
	close(peer);
	peer = -1;
	finish();
}

static uint64_t gone_at;

static void on_disconnect(void *arg, uint64_t connection)
{
	(void)arg, (void)connection;
	gone_at = now;
}

static void dead_client(bool greeting)
{
	static const uint8_t hello[] = "\x0a\0\0\0\0\0\0\0\1\0\1\0\1\0\0\0sluice-rpc";
	struct rpc_server *server;
	struct err e;
	int fd[2];

	begin(12, 0);
	gone_at = 0;
	socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
	server = rpc_server_new(w, methods, 1, NULL, NULL, &e);
	rpc_server_on_disconnect(server, on_disconnect);
	if (greeting)
		CHECK(send(fd[0], hello, sizeof(hello) - 1, MSG_NOSIGNAL) == sizeof(hello) - 1);
	CHECK_INT(rpc_server_accept(server, fd[1], &e), 0);
	worker_run(w);
	if (greeting)
		CHECK(gone_at > START + 9 * SECOND && gone_at < START + 12 * SECOND);
	else
		CHECK(gone_at > START + 4 * SECOND && gone_at < START + 6 * SECOND);
	close(fd[0]);
	rpc_server_free(server);
	finish();
}

static void all(void)
{
	pauses(5 * (uint64_t)SECOND);
	pauses(60 * (uint64_t)SECOND);
	dead_server(true);
	dead_server(false);
	dead_client(true);
	dead_client(false);
}

int main(void)
{
	all();
	io = WORKER_AUTO;
	all();
	return TAP_DONE();
}
