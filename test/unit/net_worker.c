#include <stdlib.h>

#include "src/base/clk.h"
#include "src/net/blocking.h"
#include "src/net/worker.h"
#include "test/lib/tap.h"

static enum worker_io io;

struct state {
	struct worker *w;
	struct worker_timer *t;
	struct worker_defer a, b;
	char order[16];
	size_t n;
	int jobs;
};

static void put(struct state *s, char c)
{
	s->order[s->n++] = c;
}

static void on_b(void *arg)
{
	put(arg, 'b');
}

static void on_a(void *arg)
{
	struct state *s = arg;

	put(s, 'a');
	worker_defer(s->w, &s->b);
	worker_defer(s->w, &s->b); /* once only */
}

static void on_timer(void *arg)
{
	struct state *s = arg;

	put(s, 't');
	worker_stop(s->w);
}

static void on_post(void *arg)
{
	struct state *s = arg;

	put(s, 'p');
	CHECK(worker_current() == s->w);
	worker_timer_arm(s->t, 1000);
}

static void on_drained(void *arg)
{
	struct state *s = arg;

	put(s, 'd');
	worker_defer(s->w, &s->b);
}

/* Without a loop: what is posted and deferred runs now, and only once. */
static void test_drain(void)
{
	struct state s = {0};
	struct err e;

	s.w = worker_new_io("d", io, &e);
	s.b = (struct worker_defer){.fn = on_b, .arg = &s};
	CHECK(worker_post(s.w, on_drained, &s) == 0);
	worker_drain(s.w);
	CHECK_STR(s.order, "db");
	CHECK(worker_current() == NULL);
	worker_drain(s.w);
	worker_free(s.w);
	CHECK_STR(s.order, "db");
}

static void test_order(void)
{
	struct state s = {0};
	struct err e;

	s.w = worker_new_io("t", io, &e);
	s.a = (struct worker_defer){.fn = on_a, .arg = &s};
	s.b = (struct worker_defer){.fn = on_b, .arg = &s};
	s.t = worker_timer_new(s.w, on_timer, &s);
	worker_defer(s.w, &s.a);
	CHECK(worker_post(s.w, on_post, &s) == 0);
	worker_run(s.w);
	CHECK_STR(s.order, "abpt");
	worker_defer(s.w, &s.a);
	worker_undefer(s.w, &s.a);
	worker_timer_free(s.t);
	worker_free(s.w);
	CHECK_STR(s.order, "abpt");
}

static void work(void *arg)
{
	(void)arg;
	clk_sleep_ms(1);
}

static void done(void *arg)
{
	struct state *s = arg;

	if (++s->jobs == 50)
		worker_stop(s->w);
}

static void test_blocking(void)
{
	struct state s = {0};
	struct blocking *b = blocking_new(4);
	struct err e;
	int bad = 0;

	s.w = worker_new_io("t", io, &e);
	for (int i = 0; i < 50; i++)
		bad += blocking_run(b, work, s.w, done, &s) < 0;
	worker_run(s.w);
	CHECK_INT(bad, 0);
	CHECK_INT(s.jobs, 50);
	blocking_free(b);
	worker_free(s.w);
}

static void test_all(void)
{
	test_drain();
	test_order();
	test_blocking();
}

int main(void)
{
	enum worker_io kind;
	struct worker *w;
	struct err e;

	test_all();
	w = worker_new_io("t", WORKER_URING, &e);
	if (w) {
		worker_free(w);
		io = WORKER_URING;
		test_all();
	} else {
		printf("# no io_uring here: %s\n", e.msg);
	}
	CHECK(worker_io_parse("auto", &kind, &e) == 0 && kind == WORKER_AUTO);
	CHECK(worker_io_parse("uring", &kind, &e) == 0 && kind == WORKER_URING);
	CHECK(worker_io_parse("epoll", &kind, &e) == 0 && kind == WORKER_EVENT);
	CHECK(worker_io_parse("kqueue", &kind, &e) < 0);
	w = worker_new_io("t", WORKER_AUTO, &e);
	CHECK(w != NULL);
	worker_free(w);
	return TAP_DONE();
}
