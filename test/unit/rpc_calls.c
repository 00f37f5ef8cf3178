/* Calls between a client and a server in one worker: answers, errors, streams under credit both ways,
 * cancel, deadlines, shutdown, reconnect, and the blocking helper. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/net/worker.h"
#include "src/rpc/rpc_client.h"
#include "src/rpc/rpc_frame.h"
#include "src/rpc/rpc_server.h"
#include "src/rpc/rpc_sync.h"
#include "test/lib/tap.h"

enum { ECHO = 1, FAIL, STREAM, NEVER, UPLOAD, PIECES, FAIL_TRAILER };
enum { STREAM_TOTAL = 8000000, CHUNK = 40000 };

static struct worker *w;
static struct rpc_server *server;
static struct rpc_client *client;
static char address[64];

/* --- server side --- */

struct job {
	struct rpc_reply *r;
	size_t sent, got, full, over; /* over: bytes sent beyond credit, at most */
	enum err_code why;
	bool canceled, keep, gone;
	uint64_t number;
};
static struct job job;
static uint64_t late_gone; /* the number of a call that was abandoned after its end */

static uint64_t echo_number;

static void echo(void *arg, struct rpc_reply *r, struct str request)
{
	(void)arg;
	echo_number = rpc_reply_number(r);
	rpc_reply_data(r, request.p, request.n);
	rpc_reply_end(r, "bye", 3);
}

static void fail(void *arg, struct rpc_reply *r, struct str request)
{
	struct err e;

	(void)arg, (void)request;
	err_set_mysql(&e, ERR_TXN_LOST, 1213, "40001", "gone: %s", "x");
	rpc_reply_error(r, &e);
}

static void fail_trailer(void *arg, struct rpc_reply *r, struct str request)
{
	struct err e;

	(void)arg, (void)request;
	err_set(&e, ERR_CONFLICT, "no");
	rpc_reply_error_trailer(r, &e, "still here", 10);
}

static void pump(struct job *j)
{
	uint8_t chunk[CHUNK];

	while (j->sent < STREAM_TOTAL) {
		size_t n = STREAM_TOTAL - j->sent < CHUNK ? STREAM_TOTAL - j->sent : CHUNK;

		for (size_t i = 0; i < n; i++)
			chunk[i] = (uint8_t)((j->sent + i) * 13 >> 3);
		j->sent += n;
		if (!rpc_reply_data(j->r, chunk, n)) {
			j->full++;
			return;
		}
	}
	rpc_reply_end(j->r, NULL, 0);
	j->r = NULL;
}

static void job_cancel(void *arg, const struct err *why)
{
	struct job *j = arg;

	j->canceled = true;
	j->why = why->code;
	if (j->keep)
		return;
	rpc_reply_error_trailer(j->r, why, "kept", 4);
	j->r = NULL;
}

static void job_gone(void *arg)
{
	struct job *j = arg;

	CHECK(!j->gone);
	j->gone = true;
}

static void on_gone(void *arg, uint64_t call)
{
	(void)arg;
	late_gone = call;
}

static void job_writable(void *arg)
{
	pump(arg);
}

static void job_data(void *arg, const uint8_t *p, size_t n, bool last)
{
	struct job *j = arg;

	for (size_t i = 0; i < n; i++)
		j->over += p[i] != (uint8_t)((j->got + i) * 13 >> 3);
	j->got += n;
	rpc_reply_grant(j->r, n);
	if (!last)
		return;
	rpc_reply_data(j->r, "thanks", 6);
	rpc_reply_end(j->r, NULL, 0);
	j->r = NULL;
}

static const struct rpc_reply_handler job_handler = {job_cancel, job_writable, job_data,
						     job_gone};

static void take_job(struct rpc_reply *r)
{
	bool keep = job.keep;

	job = (struct job){.r = r, .keep = keep, .number = rpc_reply_number(r)};
	rpc_reply_set_handler(r, &job_handler, &job);
}

static void stream(void *arg, struct rpc_reply *r, struct str request)
{
	(void)arg, (void)request;
	take_job(r);
	pump(&job);
}

static void never(void *arg, struct rpc_reply *r, struct str request)
{
	(void)arg, (void)request;
	take_job(r);
}

static void pieces(void *arg, struct rpc_reply *r, struct str request)
{
	(void)arg, (void)request;
	rpc_reply_data(r, "one", 3);
	rpc_reply_data(r, "", 0);
	rpc_reply_data(r, "three", 5);
	rpc_reply_end(r, NULL, 0);
}

static const struct rpc_method methods[] = {{ECHO, echo},   {FAIL, fail},     {STREAM, stream},
					    {NEVER, never}, {UPLOAD, never}, {PIECES, pieces},
					    {FAIL_TRAILER, fail_trailer}};

/* --- client side --- */

struct result {
	struct rpc_call *call;
	size_t got, bad, pieces, sent, held;
	char text[64], trailer[16];
	struct err e;
	bool ended, ok, slow;
	struct worker_timer *timer;
};

static unsigned running;

static void on_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	struct result *r = arg;

	for (size_t i = 0; i < n; i++)
		r->bad += p[i] != (uint8_t)((r->got + i) * 13 >> 3);
	if (r->got + n < sizeof(r->text))
		memcpy(r->text + r->got, p, n);
	r->got += n;
	r->pieces += frame_end;
	if (r->slow)
		r->held += n;
	else
		rpc_call_grant(r->call, n);
}

static void on_end(void *arg, const struct err *e, struct str trailer)
{
	struct result *r = arg;

	r->ended = true;
	r->ok = !e;
	r->call = NULL;
	if (e)
		r->e = *e;
	memcpy(r->trailer, trailer.p, trailer.n < 15 ? trailer.n : 15);
	if (--running == 0)
		worker_stop(w);
}

static void upload(struct result *r)
{
	uint8_t chunk[CHUNK];

	while (r->sent < STREAM_TOTAL) {
		size_t n = STREAM_TOTAL - r->sent < CHUNK ? STREAM_TOTAL - r->sent : CHUNK;

		for (size_t i = 0; i < n; i++)
			chunk[i] = (uint8_t)((r->sent + i) * 13 >> 3);
		r->sent += n;
		if (!rpc_call_send(r->call, chunk, n, r->sent == STREAM_TOTAL)) {
			r->held++;
			return;
		}
	}
}

static void on_writable(void *arg)
{
	upload(arg);
}

static const struct rpc_call_handler handler = {on_data, on_end, on_writable};

static void start(struct result *r, unsigned method, const char *request, uint64_t timeout_us)
{
	struct iovec part = {(void *)request, strlen(request)};
	struct err e;

	memset(r, 0, sizeof(*r));
	r->call = rpc_call_start(client, method, &part, 1, timeout_us, &handler, r, &e);
	if (!CHECK(r->call != NULL))
		printf("# %s\n", e.msg);
	running += r->call != NULL;
}

/* worker_stop() is for good, so each run has a worker of its own: run in a row instead. */
static void after(void *arg)
{
	(void)arg;
	worker_stop(w);
}

static void open_all(void)
{
	struct err e;
	int port;

	w = worker_new("test", &e);
	server = rpc_server_new(w, methods, sizeof(methods) / sizeof(methods[0]), NULL, NULL, &e);
	rpc_server_on_gone(server, on_gone);
	port = rpc_server_listen(server, "127.0.0.1:0", false, &e);
	CHECK(port > 0);
	snprintf(address, sizeof(address), "127.0.0.1:%d", port);
	client = rpc_client_new(w, address, NULL, NULL, NULL, NULL, &e);
	CHECK(client && server);
	running = 0;
}

static void close_all(void)
{
	rpc_client_free(client);
	rpc_server_free(server);
	worker_free(w);
}

static void answers(void)
{
	static struct result r[50], f, p, u;
	char *big = malloc(3000001);

	open_all();
	for (int i = 0; i < 49; i++)
		start(&r[i], ECHO, i % 2 ? "" : "hello", 0); /* while connecting */
	memset(big, 'b', 3000000);
	big[3000000] = 0;
	start(&r[49], ECHO, big, 1000000);
	start(&f, FAIL, "", 0);
	start(&p, PIECES, "", 0);
	start(&u, 99, "", 0);
	worker_run(w);
	for (int i = 0; i < 49; i++)
		if (!r[i].ok || strcmp(r[i].text, i % 2 ? "" : "hello") || strcmp(r[i].trailer, "bye"))
			CHECK(i < 0);
	CHECK(r[49].ok && r[49].got == 3000000);
	CHECK(f.ended && !f.ok && f.e.code == ERR_TXN_LOST && f.e.mysql_errno == 1213);
	CHECK_STR(f.e.sqlstate, "40001");
	CHECK_STR(f.e.msg, "gone: x");
	CHECK(p.ok && p.pieces == 3 && !strcmp(p.text, "onethree"));
	CHECK(!u.ok && u.e.code == ERR_UNSUPPORTED);
	CHECK(rpc_client_is_up(client));
	CHECK_INT(rpc_client_calls(client), 0);
	CHECK_INT(rpc_server_calls(server), 0);
	close_all();
	free(big);
}

static void grant_held(void *arg)
{
	struct result *r = arg;

	if (r->call) {
		rpc_call_grant(r->call, r->held);
		r->held = 0;
		worker_timer_arm(r->timer, 1000);
	}
}

static void streams(void)
{
	static struct result r, quick;
	size_t before;

	open_all();
	start(&r, STREAM, "", 0);
	r.slow = true;
	r.timer = worker_timer_new(w, grant_held, &r);
	start(&quick, ECHO, "x", 0); /* not held up by the other */
	worker_timer_arm(r.timer, 30000);
	before = r.got;
	worker_run(w);
	CHECK(before == 0 && quick.ok);
	CHECK(r.ok && r.got == STREAM_TOTAL && r.bad == 0);
	CHECK(job.full > 10);
	worker_timer_free(r.timer);
	close_all();
	/* A client that grants nothing gets no more than the window and one piece. */
	open_all();
	start(&r, STREAM, "", 300000);
	r.slow = true;
	worker_run(w);
	CHECK(!r.ok && r.e.code == ERR_DEADLINE);
	CHECK(r.got >= RPC_FRAME_WINDOW && r.got < RPC_FRAME_WINDOW + CHUNK);
	close_all();
	/* The other way. */
	open_all();
	start(&r, UPLOAD, "", 0);
	upload(&r);
	worker_run(w);
	CHECK(r.ok && job.got == STREAM_TOTAL && job.over == 0 && !memcmp(r.text, "thanks", 6));
	CHECK(r.held > 10);
	close_all();
}

static void drop_later(void *arg)
{
	struct result *r = arg;

	rpc_call_drop(r->call);
	r->call = NULL;
	running--;
}

static void cancel_later(void *arg)
{
	struct result *r = arg;

	if (!r->call)
		return;
	rpc_call_cancel(r->call);
	rpc_call_cancel(r->call);
	CHECK(!r->ended);
}

static void abandon_later(void *arg)
{
	struct result *r = arg;

	rpc_call_abandon(r->call);
	r->call = NULL;
	running--;
}

static void end_job(void *arg)
{
	(void)arg;
	rpc_reply_end(job.r, "late", 4);
	job.r = NULL;
}

/* Runs @fn(@r) after 20 ms, then goes on for 60 ms or, with @wait, until all calls have ended. */
static void run_with(void (*fn)(void *arg), struct result *r, bool wait)
{
	struct worker_timer *t = worker_timer_new(w, fn, r), *end = worker_timer_new(w, after, NULL);

	worker_timer_arm(t, 20000);
	if (!wait) {
		running++;
		worker_timer_arm(end, 80000);
	}
	worker_run(w);
	worker_timer_free(t);
	worker_timer_free(end);
}

/* Issue 8, A 10: a canceled call ends by the server's END, whichever came first. */
static void cancels(void)
{
	static struct result r, q;

	open_all();
	start(&r, NEVER, "", 0);
	run_with(cancel_later, &r, true);
	CHECK(job.canceled && job.why == ERR_CANCELED && !job.gone);
	CHECK(r.ended && r.e.code == ERR_CANCELED);
	CHECK_STR(r.trailer, "kept");
	CHECK_INT(rpc_server_calls(server), 0);
	CHECK_INT(rpc_client_calls(client), 0);
	close_all();

	open_all(); /* its END is on its way already, behind data that nobody wants any more */
	start(&r, ECHO, "hello", 0);
	rpc_call_cancel(r.call);
	start(&q, ECHO, "hello", 0);
	worker_run(w);
	CHECK(r.ok && !r.got);
	CHECK_STR(r.trailer, "bye");
	CHECK(q.ok && q.got == 5);
	close_all();

	open_all(); /* more data than the window, of which the reader has granted nothing */
	job.keep = true;
	start(&r, STREAM, "", 0);
	r.slow = true;
	run_with(cancel_later, &r, false);
	job.keep = false;
	CHECK(r.got > 0 && job.canceled && !r.ended && job.r);
	if (job.r)
		rpc_reply_end(job.r, NULL, 0);
	close_all();
	CHECK(r.ended && r.e.code == ERR_SHUTDOWN);

	open_all(); /* an error with a trailer */
	start(&r, FAIL_TRAILER, "", 0);
	worker_run(w);
	CHECK(r.e.code == ERR_CONFLICT);
	CHECK_STR(r.e.msg, "no");
	CHECK_STR(r.trailer, "still here");
	close_all();
}

static void drop_and_echo(void *arg)
{
	static struct result other;

	drop_later(arg);
	start(&other, ECHO, "", 0);
}

static void drops(void)
{
	static struct result r, q;

	open_all();
	start(&r, NEVER, "", 0);
	run_with(drop_later, &r, false);
	CHECK(!r.ended && job.canceled && job.why == ERR_CANCELED && !job.gone);
	CHECK_INT(rpc_server_calls(server), 0);
	close_all();

	open_all(); /* the slot is not used again before END */
	job.keep = true;
	start(&r, NEVER, "", 0);
	run_with(drop_and_echo, &r, false);
	job.keep = false;
	CHECK(!r.ended && job.r && job.number && echo_number);
	CHECK(rpc_reply_peer(job.r)[0]); /* the other call did not push it out */
	end_job(NULL);
	close_all();

	open_all();
	start(&r, NEVER, "", 0);
	run_with(abandon_later, &r, false);
	CHECK(!r.ended && job.canceled && job.gone && !late_gone);
	close_all();

	open_all(); /* it crosses END */
	start(&r, ECHO, "", 0);
	rpc_call_abandon(r.call);
	running = 0;
	start(&q, ECHO, "", 0);
	worker_run(w);
	CHECK(q.ok && late_gone != 0 && late_gone != echo_number);
	late_gone = 0;
	close_all();
}

static void deadlines(void)
{
	struct worker_timer *t, *end;
	static struct result r;

	open_all(); /* the server's handler ends it when it hears of it */
	start(&r, NEVER, "", 150000);
	worker_run(w);
	CHECK(r.e.code == ERR_DEADLINE && job.canceled && !job.gone);
	CHECK_STR(r.trailer, "kept");
	close_all();

	open_all(); /* it does not: then the call is abandoned; and END comes even later */
	job.keep = true;
	start(&r, NEVER, "", 100000);
	t = worker_timer_new(w, end_job, NULL);
	end = worker_timer_new(w, after, NULL);
	worker_timer_arm(t, 750000);
	worker_timer_arm(end, 800000);
	running++;
	worker_run(w);
	job.keep = false;
	CHECK(r.e.code == ERR_DEADLINE && job.canceled && job.gone && !job.r);
	CHECK_STR(r.trailer, "");
	CHECK_INT(rpc_client_calls(client), 0);
	worker_timer_free(t);
	worker_timer_free(end);
	close_all();
}

static void free_client_now(void *arg)
{
	(void)arg;
	rpc_client_free(client);
	client = NULL;
}

static void free_server_now(void *arg)
{
	(void)arg;
	rpc_server_free(server);
	server = NULL;
}

static void drain_server(void *arg)
{
	(void)arg;
	rpc_server_drain(server);
	CHECK(job.r != NULL);
}

static void endings(void)
{
	static struct result r;
	struct worker_timer *t, *end;
	struct err e;

	open_all(); /* the client goes: calls end, the server's handler is told */
	start(&r, NEVER, "", 0);
	t = worker_timer_new(w, free_client_now, NULL);
	end = worker_timer_new(w, after, NULL);
	worker_timer_arm(t, 20000);
	worker_timer_arm(end, 80000);
	running++;
	worker_run(w);
	CHECK(r.ended && r.e.code == ERR_SHUTDOWN);
	CHECK(job.canceled && job.why == ERR_UNAVAILABLE && !job.r);
	CHECK_INT(rpc_server_connections(server), 0);
	worker_timer_free(t);
	worker_timer_free(end);
	close_all();

	open_all(); /* the server goes, with a handler that ends its reply only later */
	job.keep = true;
	start(&r, NEVER, "", 0);
	t = worker_timer_new(w, free_server_now, NULL);
	worker_timer_arm(t, 20000);
	worker_run(w);
	CHECK(r.ended && r.e.code == ERR_UNAVAILABLE);
	CHECK(job.canceled && job.why == ERR_SHUTDOWN && job.r && rpc_reply_is_canceled(job.r));
	CHECK(rpc_reply_data(job.r, "x", 1)); /* into the void */
	CHECK_STR(rpc_reply_peer(job.r), "");
	rpc_reply_end(job.r, NULL, 0);
	job.keep = false;
	CHECK(!rpc_client_is_up(client));
	CHECK(rpc_call_start(client, ECHO, NULL, 0, 0, &handler, &r, &e) == NULL);
	CHECK_INT(e.code, ERR_UNAVAILABLE);
	worker_timer_free(t);
	close_all();

	open_all(); /* drain: the running call ends well, a new one is refused */
	start(&r, STREAM, "", 0);
	t = worker_timer_new(w, drain_server, NULL);
	end = worker_timer_new(w, after, NULL);
	r.slow = true;
	worker_timer_arm(t, 20000);
	worker_timer_arm(end, 60000);
	worker_run(w);
	CHECK(!rpc_client_is_up(client));
	CHECK(rpc_call_start(client, ECHO, NULL, 0, 0, &handler, &r, &e) == NULL);
	CHECK_INT(e.code, ERR_UNAVAILABLE);
	CHECK(!r.ended);
	worker_timer_free(t);
	worker_timer_free(end);
	close_all();
	CHECK(r.ended && r.e.code == ERR_SHUTDOWN);
}

/* --- reconnect: the server comes back on its port --- */

static unsigned ups, downs;

static void on_up(void *arg)
{
	(void)arg;
	if (++ups == 2)
		worker_stop(w);
}

static void on_down(void *arg, const struct err *why)
{
	(void)arg;
	CHECK_INT(why->code, ERR_UNAVAILABLE);
	downs++;
}

static void restart_server(void *arg)
{
	struct err e;

	(void)arg;
	if (server) {
		rpc_server_free(server);
		server = NULL;
		return;
	}
	server = rpc_server_new(w, methods, 6, NULL, NULL, &e);
	CHECK(rpc_server_listen(server, address, false, &e) > 0);
}

static void reconnects(void)
{
	static const struct rpc_client_watch watch = {on_up, on_down};
	struct worker_timer *t, *t2;
	struct err e;

	open_all();
	rpc_client_free(client);
	client = rpc_client_new(w, address, NULL, NULL, &watch, NULL, &e);
	t = worker_timer_new(w, restart_server, NULL);
	t2 = worker_timer_new(w, restart_server, NULL);
	worker_timer_arm(t, 30000);
	worker_timer_arm(t2, 250000);
	worker_run(w);
	CHECK(ups == 2 && downs >= 2);
	CHECK(rpc_client_is_up(client));
	worker_timer_free(t);
	worker_timer_free(t2);
	close_all();
}

static void *serve(void *arg)
{
	(void)arg;
	worker_run(w);
	return NULL;
}

static void sync_calls(void)
{
	struct rpc_sync_target to = {.address = address, .timeout_us = 5000000};
	struct buf answer, trailer;
	pthread_t t;
	struct err e;
	uint64_t began;

	open_all();
	pthread_create(&t, NULL, serve, NULL);
	buf_init(&answer);
	buf_init(&trailer);
	CHECK_INT(rpc_sync_call(&to, ECHO, STR_LIT("hi"), &answer, &trailer, &e), 0);
	CHECK(str_eqz(buf_slice(&answer), "hi") && str_eqz(buf_slice(&trailer), "bye"));
	CHECK_INT(rpc_sync_call(&to, FAIL, STR_LIT("hi"), &answer, NULL, &e), -1);
	CHECK_INT(e.code, ERR_TXN_LOST);
	to.timeout_us = 300000;
	began = clk_mono_us();
	CHECK_INT(rpc_sync_call(&to, NEVER, STR_LIT(""), NULL, NULL, &e), -1);
	CHECK_INT(e.code, ERR_DEADLINE);
	CHECK(clk_mono_us() - began < 3000000);
	buf_reset(&answer);
	to.timeout_us = 5000000;
	CHECK_INT(rpc_sync_call(&to, STREAM, STR_LIT(""), &answer, NULL, &e), 0);
	CHECK_INT(answer.len, STREAM_TOTAL);
	to.address = "127.0.0.1:1";
	CHECK_INT(rpc_sync_call(&to, ECHO, STR_LIT(""), NULL, NULL, &e), -1);
	CHECK_INT(e.code, ERR_UNAVAILABLE);
	to.address = "nonsense";
	CHECK_INT(rpc_sync_call(&to, ECHO, STR_LIT(""), NULL, NULL, &e), -1);
	worker_stop(w);
	pthread_join(t, NULL);
	close_all();
	buf_fini(&answer);
	buf_fini(&trailer);
}

int main(void)
{
	answers();
	streams();
	cancels();
	drops();
	deadlines();
	endings();
	reconnects();
	sync_calls();
	return TAP_DONE();
}
