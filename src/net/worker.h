/* worker - one thread with an event loop. What is made on a worker is used on that worker only;
 * other threads reach it by worker_post(). At the end of each loop turn the worker runs the
 * deferred actions, which is where streams write what the turn has gathered. */
#ifndef NET_WORKER_H
#define NET_WORKER_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"

struct event_base;
struct uring;
struct worker;
typedef void (*worker_fn)(void *arg);

/* What a worker waits with and how its streams move bytes. */
enum worker_io {
	WORKER_EVENT, /* readiness and system calls, by libevent; HTTP servers and signals need it
		       */
	WORKER_URING, /* completions, by io_uring: fewer system calls; Linux 6.0 and allowed */
	WORKER_AUTO,  /* WORKER_URING where it is to be had */
};
/* From "auto", "epoll", "uring"; -1: it is none of these. */
int worker_io_parse(const char *text, enum worker_io *io, struct err *e) MUST_CHECK;

/* A worker named @name ("gate-0") with libevent's loop, not yet running; NULL with @e set. */
struct worker *worker_new(const char *name, struct err *e);
struct worker *worker_new_io(const char *name, enum worker_io io, struct err *e);
/* "epoll" or "uring". */
const char *worker_io_name(const struct worker *w);
/* Starts its thread. */
int worker_start(struct worker *w, struct err *e) MUST_CHECK;
/* Runs the loop on the calling thread until worker_stop(). */
void worker_run(struct worker *w);
/* Ends the loop after the current turn. Any thread. */
void worker_stop(struct worker *w);
/* Runs what has been posted and deferred, on the calling thread, when no loop runs (any more): for
 * those who are about to free what letters on their way are for. */
void worker_drain(struct worker *w);
/* Ends the loop and waits for its thread, if one was started. Letters that come later wait for
 * worker_free(). */
void worker_join(struct worker *w);
/* worker_join(), runs what is left in the mailbox, frees the worker. NULL is fine. */
void worker_free(struct worker *w);
const char *worker_name(const struct worker *w);
/* The worker whose loop runs on this thread, or NULL. */
struct worker *worker_current(void);
/* For src/net alone; one of them is NULL. */
struct event_base *worker_base(struct worker *w);
struct uring *worker_uring(const struct worker *w);

/* Runs @fn(@arg) on the worker's thread, in order. -1: out of memory. Any thread. */
int worker_post(struct worker *w, worker_fn fn, void *arg) MUST_CHECK;

/* An action at the end of this loop turn; embedded in its owner. */
struct worker_defer {
	struct worker_defer *next;
	worker_fn fn;
	void *arg;
	bool queued;
};
/* Queues @d unless it is queued already. It runs once; it may queue itself or others again, those
 * run in the same turn. */
void worker_defer(struct worker *w, struct worker_defer *d);
/* Takes @d out, before its owner is freed. */
void worker_undefer(struct worker *w, struct worker_defer *d);

/* A one-shot timer. */
struct worker_timer;
struct worker_timer *worker_timer_new(struct worker *w, worker_fn fn, void *arg);
/* Fires once, @us microseconds after the start of this turn; arming again moves it. */
void worker_timer_arm(struct worker_timer *t, uint64_t us);
void worker_timer_disarm(struct worker_timer *t);
void worker_timer_free(struct worker_timer *t); /* NULL is fine */

/* Time at the start of this loop turn, microseconds of clk_mono_us(); cheap. */
uint64_t worker_now_us(const struct worker *w);

/* Calls @fn on @w's loop (WORKER_EVENT) for each arrival of @signo. One worker per signal. */
int worker_on_signal(struct worker *w, int signo, worker_fn fn, void *arg,
		     struct err *e) MUST_CHECK;
#endif
