/* net_watch - a descriptor that others read: one callback per loop turn while it is readable. */
#include <event2/event.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>

#include "src/net/net_int.h"
#include "src/net/uring.h"
#include "src/net/worker.h"

struct net_watch {
	struct worker *worker;
	int fd;
	void (*fn)(void *arg);
	void *arg;
	struct event *event;  /* WORKER_EVENT */
	struct uring_op poll; /* WORKER_URING: asks again after each callback */
	bool enabled, dead;
};

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct net_watch *w = arg;

	(void)fd, (void)what;
	w->fn(w->arg);
}

static struct net_watch *of_poll(struct uring_op *op)
{
	return (struct net_watch *)(void *)((char *)op - offsetof(struct net_watch, poll));
}

static void prep_poll(struct uring_op *op, struct io_uring_sqe *sqe)
{
	io_uring_prep_poll_add(sqe, of_poll(op)->fd, POLLIN);
}

static void poll_done(struct uring_op *op, int res, unsigned flags)
{
	struct net_watch *w = of_poll(op);

	(void)flags;
	if (w->enabled && res > 0) {
		op->busy = true; /* keeps @w while its owner may free it */
		w->fn(w->arg);
		op->busy = false;
	}
	if (w->dead)
		free(w);
	else if (w->enabled)
		uring_start(worker_uring(w->worker), op);
}

struct net_watch *net_watch_new(struct worker *worker, int fd, void (*fn)(void *arg), void *arg)
{
	struct net_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	*w = (struct net_watch){.worker = worker, .fd = fd, .fn = fn, .arg = arg};
	w->poll = (struct uring_op){.prep = prep_poll, .done = poll_done};
	if (!worker_uring(worker)) {
		w->event = event_new(worker_base(worker), fd, EV_READ | EV_PERSIST, on_readable, w);
		if (!w->event) {
			free(w);
			return NULL;
		}
	}
	net_watch_enable(w, true);
	return w;
}

void net_watch_enable(struct net_watch *w, bool on)
{
	w->enabled = on;
	if (w->event && on)
		event_add(w->event, NULL);
	else if (w->event)
		event_del(w->event);
	else if (on && !w->poll.busy)
		uring_start(worker_uring(w->worker), &w->poll);
	else if (!on)
		uring_cancel(worker_uring(w->worker), &w->poll);
}

void net_watch_free(struct net_watch *w)
{
	if (!w)
		return;
	if (w->event) {
		event_free(w->event);
		free(w);
		return;
	}
	w->enabled = false;
	w->dead = true;
	if (!w->poll.busy) {
		free(w);
		return;
	}
	uring_cancel(worker_uring(w->worker), &w->poll);
	uring_submit(worker_uring(w->worker)); /* before the descriptor becomes another's */
}
