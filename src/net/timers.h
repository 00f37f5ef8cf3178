/* timers - the one-shot timers of a worker: a binary heap by due time. Arming is a comparison or
 * two, whatever the loop waits with. Thread: the worker's. */
#ifndef NET_TIMERS_H
#define NET_TIMERS_H
#include <stdint.h>

struct worker_timer;
typedef void (*timers_fn)(void *arg);

struct timers {
	struct worker_timer **heap; /* owned: [0] is due first */
	unsigned n, room, made;	    /* room >= made: arming never needs memory */
};

void timers_init(struct timers *t);
/* Frees the heap; the timers are their owners'. */
void timers_fini(struct timers *t);
/* A timer that is not armed, or NULL: out of memory. */
struct worker_timer *timers_new(struct timers *t, timers_fn fn, void *arg);
void timers_free(struct worker_timer *timer); /* NULL is fine */
/* Due at @due_us of the caller's clock; moves it when it is armed. */
void timers_arm(struct worker_timer *timer, uint64_t due_us);
void timers_disarm(struct worker_timer *timer);
/* Whose it is. */
struct timers *timers_of(const struct worker_timer *timer);
/* When the first is due, UINT64_MAX: none is armed. */
uint64_t timers_next(const struct timers *t);
/* Runs those that are due at @now_us, each disarmed before it runs. What they arm must be due later
 * than that, else this never ends. */
void timers_run(struct timers *t, uint64_t now_us);
#endif
