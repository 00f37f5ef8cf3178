#include "src/net/timers.h"

#include <stdlib.h>

struct worker_timer {
	struct timers *home; /* borrowed: outlives it */
	timers_fn fn;
	void *arg;
	uint64_t due_us;
	unsigned at; /* its place in the heap + 1; 0: not armed */
};

enum { TIMERS_ROOM = 16 };

void timers_init(struct timers *t)
{
	*t = (struct timers){.heap = NULL};
}

void timers_fini(struct timers *t)
{
	free(t->heap);
	t->heap = NULL;
	t->n = t->room = 0;
}

struct worker_timer *timers_new(struct timers *t, timers_fn fn, void *arg)
{
	struct worker_timer *timer = calloc(1, sizeof(*timer));

	if (timer && t->made == t->room) {
		unsigned room = t->room ? t->room * 2 : TIMERS_ROOM;
		struct worker_timer **heap = realloc(t->heap, room * sizeof(*heap));

		if (!heap) {
			free(timer);
			return NULL;
		}
		t->heap = heap;
		t->room = room;
	}
	if (!timer)
		return NULL;
	t->made++;
	timer->home = t;
	timer->fn = fn;
	timer->arg = arg;
	return timer;
}

void timers_free(struct worker_timer *timer)
{
	if (!timer)
		return;
	timers_disarm(timer);
	timer->home->made--;
	free(timer);
}

static void put(struct timers *t, unsigned i, struct worker_timer *timer)
{
	t->heap[i] = timer;
	timer->at = i + 1;
}

/* Moves what is at @i to where it belongs. */
static void settle(struct timers *t, unsigned i)
{
	struct worker_timer *timer = t->heap[i];

	for (; i > 0 && t->heap[(i - 1) / 2]->due_us > timer->due_us; i = (i - 1) / 2)
		put(t, i, t->heap[(i - 1) / 2]);
	for (;;) {
		unsigned child = 2 * i + 1;

		if (child + 1 < t->n && t->heap[child + 1]->due_us < t->heap[child]->due_us)
			child++;
		if (child >= t->n || t->heap[child]->due_us >= timer->due_us)
			break;
		put(t, i, t->heap[child]);
		i = child;
	}
	put(t, i, timer);
}

struct timers *timers_of(const struct worker_timer *timer)
{
	return timer->home;
}

void timers_arm(struct worker_timer *timer, uint64_t due_us)
{
	struct timers *t = timer->home;

	timer->due_us = due_us;
	if (!timer->at)
		put(t, t->n++, timer);
	settle(t, timer->at - 1);
}

void timers_disarm(struct worker_timer *timer)
{
	struct timers *t = timer->home;
	unsigned i = timer->at;

	if (!i)
		return;
	timer->at = 0;
	t->n--;
	if (i - 1 == t->n)
		return;
	put(t, i - 1, t->heap[t->n]);
	settle(t, i - 1);
}

uint64_t timers_next(const struct timers *t)
{
	return t->n ? t->heap[0]->due_us : UINT64_MAX;
}

void timers_run(struct timers *t, uint64_t now_us)
{
	while (t->n && t->heap[0]->due_us <= now_us) {
		struct worker_timer *timer = t->heap[0];

		timers_disarm(timer);
		timer->fn(timer->arg);
	}
}
