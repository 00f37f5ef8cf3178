#include "src/net/worker.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/mailbox.h"
#include "src/net/net_int.h"

enum { WORKER_SIGNALS = 8 };

struct worker {
	char name[16]; /* as pthread_setname_np() takes it */
	struct event_base *base;
	struct mailbox *mail;
	struct event *mail_event;
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

struct worker_timer {
	struct event *event;
	worker_fn fn;
	void *arg;
};

static _Thread_local struct worker *this_worker;

static void on_mail(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd, (void)what;
	mailbox_drain(w->mail);
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

struct worker *worker_new(const char *name, struct err *e)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		goto fail;
	snprintf(w->name, sizeof(w->name), "%s", name);
	w->defer_tail = &w->defer_head;
	w->base = new_base();
	w->mail = mailbox_new();
	if (!w->base || !w->mail || net_scratch_init(&w->scratch) < 0)
		goto fail;
	w->mail_event = event_new(w->base, mailbox_fd(w->mail), EV_READ | EV_PERSIST, on_mail, w);
	if (!w->mail_event || event_add(w->mail_event, NULL) < 0)
		goto fail;
	return w;
fail:
	err_set(e, ERR_NOMEM, "cannot make worker %s: out of memory or file descriptors", name);
	worker_free(w);
	return NULL;
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

void worker_run(struct worker *w)
{
	this_worker = w;
	run_deferred(w);
	while (!atomic_load_explicit(&w->stop, memory_order_relaxed)) {
		w->now_us = 0;
		event_base_loop(w->base, EVLOOP_ONCE);
		run_deferred(w);
	}
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

void worker_free(struct worker *w)
{
	if (!w)
		return;
	if (w->threaded) {
		worker_stop(w);
		pthread_join(w->thread, NULL);
	}
	this_worker = w; /* what the last letters close, closes as on the worker */
	if (w->mail_event)
		event_free(w->mail_event);
	mailbox_free(w->mail);
	run_deferred(w);
	for (int i = 0; i < WORKER_SIGNALS; i++)
		if (w->signals[i].event)
			event_free(w->signals[i].event);
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
	if (this_worker != w) /* before the loop runs: make the first turn come */
		event_active(w->mail_event, EV_READ, 0);
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

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct worker_timer *t = arg;

	(void)fd, (void)what;
	t->fn(t->arg);
}

struct worker_timer *worker_timer_new(struct worker *w, worker_fn fn, void *arg)
{
	struct worker_timer *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->fn = fn;
	t->arg = arg;
	t->event = evtimer_new(w->base, on_timer, t);
	if (!t->event) {
		free(t);
		return NULL;
	}
	return t;
}

void worker_timer_arm(struct worker_timer *t, uint64_t us)
{
	struct timeval tv = {.tv_sec = (time_t)(us / 1000000u), .tv_usec = (long)(us % 1000000u)};

	evtimer_add(t->event, &tv);
}

void worker_timer_disarm(struct worker_timer *t)
{
	evtimer_del(t->event);
}

void worker_timer_free(struct worker_timer *t)
{
	if (!t)
		return;
	event_free(t->event);
	free(t);
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
