#include "src/net/worker.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/mailbox.h"
#include "src/net/net_int.h"
#include "src/net/timers.h"
#include "src/net/uring.h"

enum { WORKER_SIGNALS = 8 };

struct worker {
	char name[16];		 /* as pthread_setname_np() takes it */
	struct event_base *base; /* WORKER_EVENT */
	struct event *alarm;	 /* ...for the next timer */
	uint64_t alarm_us;	 /* when it is set to, 0: not set */
	struct uring *uring;	 /* WORKER_URING */
	struct timers timers;
	struct mailbox *mail;
	struct net_watch *mail_watch;
	pthread_t thread;
	bool threaded;
	_Atomic bool stop;
	uint64_t now_us; /* 0: not asked for in this turn */
	struct worker_defer *defer_head, **defer_tail;
	struct signal_watch {
		struct event *event;
		worker_fn fn;
		void *arg;
	} signals[WORKER_SIGNALS];
	struct net_scratch scratch;
};

static _Thread_local struct worker *this_worker;

static void on_mail(void *arg)
{
	struct worker *w = arg;

	mailbox_drain(w->mail);
}

static void on_alarm(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd, (void)what;
	w->alarm_us = 0;
}

static struct event_base *new_base(void)
{
	struct event_config *c = event_config_new();
	struct event_base *b;

	if (!c)
		return NULL;
	/* One thread uses the base; others go through the mailbox. */
	event_config_set_flag(c, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	b = event_base_new_with_config(c);
	event_config_free(c);
	return b;
}

int worker_io_parse(const char *text, enum worker_io *io, struct err *e)
{
	static const char *const names[] = {"epoll", "uring", "auto"};

	for (int i = 0; i < 3; i++) {
		if (strcmp(text, names[i]) != 0)
			continue;
		*io = (enum worker_io)i;
		return 0;
	}
	return err_set(e, ERR_INVALID, "\"%s\" is not auto, epoll or uring", text);
}

static int make_loop(struct worker *w, enum worker_io io, struct err *e)
{
	if (io != WORKER_EVENT) {
		w->uring = uring_new(e);
		if (!w->uring && io == WORKER_URING)
			return -1;
		if (!w->uring)
			log_info("net.worker", "event=io worker=%s io=epoll why=\"%s\"", w->name,
				 e->msg);
	}
	if (w->uring)
		return 0;
	w->base = new_base();
	w->alarm = w->base ? evtimer_new(w->base, on_alarm, w) : NULL;
	return w->alarm ? 0 : err_set(e, ERR_NOMEM, "no event loop");
}

struct worker *worker_new_io(const char *name, enum worker_io io, struct err *e)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (!w) {
		err_set(e, ERR_NOMEM, "out of memory for worker %s", name);
		return NULL;
	}
	snprintf(w->name, sizeof(w->name), "%s", name);
	w->defer_tail = &w->defer_head;
	timers_init(&w->timers);
	if (make_loop(w, io, e) < 0)
		goto fail;
	err_set(e, ERR_NOMEM, "out of memory or file descriptors");
	w->mail = mailbox_new();
	if (!w->mail || net_scratch_init(&w->scratch) < 0)
		goto fail;
	w->mail_watch = net_watch_new(w, mailbox_fd(w->mail), on_mail, w);
	if (!w->mail_watch)
		goto fail;
	err_clear(e);
	return w;
fail:
	err_wrap(e, "cannot make worker %s", name);
	worker_free(w);
	return NULL;
}

struct worker *worker_new(const char *name, struct err *e)
{
	return worker_new_io(name, WORKER_EVENT, e);
}

static void run_deferred(struct worker *w)
{
	while (w->defer_head) {
		struct worker_defer *d = w->defer_head;

		w->defer_head = d->next;
		if (!d->next)
			w->defer_tail = &w->defer_head;
		d->next = NULL;
		d->queued = false;
		d->fn(d->arg);
	}
}

/* Waits with libevent until something happens or @due_us, and deals with it. */
static void event_turn(struct worker *w, uint64_t due_us)
{
	if (due_us != w->alarm_us && due_us != UINT64_MAX) {
		uint64_t now = clk_mono_us(), us = due_us > now ? due_us - now : 0;
		struct timeval tv = {.tv_sec = (time_t)(us / 1000000u),
				     .tv_usec = (long)(us % 1000000u)};

		evtimer_add(w->alarm, &tv);
		w->alarm_us = due_us;
	}
	event_base_loop(w->base, EVLOOP_ONCE);
}

static void turn(struct worker *w)
{
	uint64_t due_us = timers_next(&w->timers);

	w->now_us = 0;
	if (w->uring)
		uring_turn(w->uring, due_us);
	else
		event_turn(w, due_us);
	if (timers_next(&w->timers) != UINT64_MAX)
		timers_run(&w->timers, worker_now_us(w));
	run_deferred(w);
}

void worker_run(struct worker *w)
{
	struct err e;

	this_worker = w;
	if (w->uring && uring_enable(w->uring, &e) < 0) {
		log_error("net.worker", "event=run worker=%s problem=\"%s\"", w->name, e.msg);
		atomic_store(&w->stop, true);
	}
	run_deferred(w);
	while (!atomic_load_explicit(&w->stop, memory_order_relaxed))
		turn(w);
	if (w->uring)
		uring_stop(w->uring);
	this_worker = NULL;
}

static void *thread_main(void *arg)
{
	struct worker *w = arg;

	pthread_setname_np(pthread_self(), w->name);
	worker_run(w);
	return NULL;
}

int worker_start(struct worker *w, struct err *e)
{
	int rc = pthread_create(&w->thread, NULL, thread_main, w);

	if (rc)
		return err_set_errno(e, ERR_EXHAUSTED, rc, "cannot start thread %s", w->name);
	w->threaded = true;
	return 0;
}

static void wake(void *arg)
{
	(void)arg;
}

void worker_stop(struct worker *w)
{
	atomic_store(&w->stop, true);
	if (mailbox_post(w->mail, wake, NULL) < 0)
		log_error("net.worker", "event=stop worker=%s problem=\"out of memory\"", w->name);
}

void worker_drain(struct worker *w)
{
	struct worker *before = this_worker;

	this_worker = w;
	mailbox_drain(w->mail);
	run_deferred(w);
	this_worker = before;
}

void worker_join(struct worker *w)
{
	if (!w->threaded)
		return;
	worker_stop(w);
	pthread_join(w->thread, NULL);
	w->threaded = false;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	worker_join(w);
	this_worker = w; /* what the last letters close, closes as on the worker */
	if (w->uring)
		uring_stop(w->uring);
	net_watch_free(w->mail_watch);
	if (w->mail)
		mailbox_free(w->mail);
	run_deferred(w);
	for (int i = 0; i < WORKER_SIGNALS; i++)
		if (w->signals[i].event)
			event_free(w->signals[i].event);
	if (w->alarm)
		event_free(w->alarm);
	uring_free(w->uring);
	timers_fini(&w->timers);
	net_scratch_fini(&w->scratch);
	if (w->base)
		event_base_free(w->base);
	this_worker = NULL;
	free(w);
}

const char *worker_name(const struct worker *w)
{
	return w->name;
}

struct worker *worker_current(void)
{
	return this_worker;
}

struct event_base *worker_base(struct worker *w)
{
	return w->base;
}

struct uring *worker_uring(const struct worker *w)
{
	return w->uring;
}

const char *worker_io_name(const struct worker *w)
{
	return w->uring ? "uring" : "epoll";
}

struct net_scratch *net_scratch_of(struct worker *w)
{
	return &w->scratch;
}

int worker_post(struct worker *w, worker_fn fn, void *arg)
{
	return mailbox_post(w->mail, fn, arg);
}

void worker_defer(struct worker *w, struct worker_defer *d)
{
	if (d->queued)
		return;
	d->queued = true;
	d->next = NULL;
	*w->defer_tail = d;
	w->defer_tail = &d->next;
}

void worker_undefer(struct worker *w, struct worker_defer *d)
{
	struct worker_defer **at = &w->defer_head;

	if (!d->queued)
		return;
	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	if (!d->next)
		w->defer_tail = at;
	d->next = NULL;
	d->queued = false;
}

struct worker_timer *worker_timer_new(struct worker *w, worker_fn fn, void *arg)
{
	return timers_new(&w->timers, fn, arg);
}

void worker_timer_arm(struct worker_timer *t, uint64_t us)
{
	const struct worker *w =
		(const struct worker *)(const void *)((const char *)timers_of(t) -
						      offsetof(struct worker, timers));

	/* Never due in this turn, whatever @us is: the loop goes round in between. */
	timers_arm(t, worker_now_us(w) + (us ? us : 1));
}

void worker_timer_disarm(struct worker_timer *t)
{
	timers_disarm(t);
}

void worker_timer_free(struct worker_timer *t)
{
	timers_free(t);
}

uint64_t worker_now_us(const struct worker *w)
{
	if (!w->now_us)
		((struct worker *)w)->now_us = clk_mono_us();
	return w->now_us;
}

static void on_signal(evutil_socket_t fd, short what, void *arg)
{
	struct signal_watch *s = arg;

	(void)fd, (void)what;
	s->fn(s->arg);
}

int worker_on_signal(struct worker *w, int signo, worker_fn fn, void *arg, struct err *e)
{
	for (int i = 0; i < WORKER_SIGNALS; i++) {
		struct signal_watch *s = &w->signals[i];

		if (s->event)
			continue;
		*s = (struct signal_watch){.fn = fn, .arg = arg};
		s->event = evsignal_new(w->base, signo, on_signal, s);
		if (!s->event || event_add(s->event, NULL) < 0)
			break;
		return 0;
	}
	return err_set(e, ERR_EXHAUSTED, "cannot watch signal %d", signo);
}
