/* uring - an io_uring of one worker: requests to the kernel that leave together, once per loop
 * turn, and completions that call back. Buffers for received bytes are the ring's: the kernel takes
 * one when bytes are there, so an idle socket has none. Thread: the worker's, from uring_enable()
 * on; before, requests only gather. Source: io_uring(7), io_uring_setup(2), io_uring_enter(2).
 * Needs Linux 6.0. */
#ifndef NET_URING_H
#define NET_URING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct io_uring_sqe;
struct uring;

/* One request, embedded in its owner, who keeps it until it is not busy any more. */
struct uring_op {
	/* Fills in the request; may run later than uring_start(). */
	void (*prep)(struct uring_op *op, struct io_uring_sqe *sqe);
	/* @res: as the system call's result, or -errno. @flags: of the completion. While op->busy a
	 * multishot request goes on; else it is over and @op may be started again or freed. */
	void (*done)(struct uring_op *op, int res, unsigned flags);
	/* Above 0, set by prep(): a quiet request. It is over as soon as the kernel has taken it,
	 * the kernel tells only of a failure, and this is the result of success. done() is called
	 * by the next turn that has something else to do, or that uring_hurry() wakes. */
	int quiet;
	struct uring_op *next, **link; /* all that are busy, quiet ones in a list of their own */
	struct uring_op *waiting;      /* the next that waits for a place in the ring */
	unsigned place;		       /* of a quiet one: where the ring's queue stood behind it */
	bool busy;
};

/* A ring, or NULL: the kernel has none for us (too old, forbidden, out of memory). */
struct uring *uring_new(struct err *e);
void uring_free(struct uring *r); /* NULL is fine */
/* Makes the calling thread the one that uses the ring. */
int uring_enable(struct uring *r, struct err *e) MUST_CHECK;
/* Queues @op, which is not busy. Without effect when the ring is over. */
void uring_start(struct uring *r, struct uring_op *op);
/* Asks for the end of @op: its completion comes, as ever. False: there was no room to ask. */
bool uring_cancel(struct uring *r, struct uring_op *op);
/* Sends what is queued, without waiting. */
void uring_submit(struct uring *r);
/* Sends what is queued, waits for a completion until @due_us (of clk_mono_us(); UINT64_MAX: as long
 * as it takes), and runs those that are there. May come back earlier, without any. */
void uring_turn(struct uring *r, uint64_t due_us);
/* The next turn does not wait. */
void uring_hurry(struct uring *r);
/* Sends what is queued; true with *@res when @op, busy, is complete by now. done() is still called,
 * by a later turn. */
bool uring_settled(struct uring *r, const struct uring_op *op, int *res);
/* Ends the ring: what is busy completes with -ECANCELED, from inside this call. */
void uring_stop(struct uring *r);
/* True while this turn has had one completion, as the latest ones had: nothing is gained by gathering. */
bool uring_single(const struct uring *r);
#endif
