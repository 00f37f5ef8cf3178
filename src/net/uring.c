#include "src/net/uring.h"

#include <assert.h>
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>

#include "src/base/log.h"

enum {
	URING_REQUESTS = 1024,
	URING_COMPLETIONS = 8192,
	URING_SINGLES = 4,
};

struct uring {
	struct io_uring ring;
	struct uring_op *busy;
	struct uring_op *quiet, **quiet_tail; /* given to the kernel, in order */
	struct uring_op *waiting, **waiting_tail;
	bool open, over, hurry;
	unsigned seen;	  /* completions of this turn so far */
	unsigned singles; /* turns in a row that had one, before this */
	/* The alarm is a request that lasts: a timer of its own for each wait costs more. */
	struct uring_op alarm;
	uint64_t alarm_us;		   /* when it goes off, if it is busy */
	struct __kernel_timespec alarm_at; /* the same, for the kernel */
};

static void prep_alarm(struct uring_op *op, struct io_uring_sqe *sqe)
{
	struct uring *r = (struct uring *)(void *)((char *)op - offsetof(struct uring, alarm));

	io_uring_prep_timeout(sqe, &r->alarm_at, 0, IORING_TIMEOUT_ABS);
}

static void alarm_done(struct uring_op *op, int res, unsigned flags)
{
	(void)op, (void)res, (void)flags; /* the turn is over, which is all */
}

struct uring *uring_new(struct err *e)
{
	/* COOP and not DEFER_TASKRUN: receiving then goes on whenever the kernel is entered, in
	 * batches that are larger; it took a quarter less CPU for point selects. */
	struct io_uring_params params = {
		.flags = IORING_SETUP_R_DISABLED | IORING_SETUP_SINGLE_ISSUER |
			 IORING_SETUP_COOP_TASKRUN | IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL,
		.cq_entries = URING_COMPLETIONS,
	};
	struct uring *r = calloc(1, sizeof(*r));
	int rc;

	if (!r) {
		err_set(e, ERR_NOMEM, "out of memory for an io_uring");
		return NULL;
	}
	r->waiting_tail = &r->waiting;
	r->quiet_tail = &r->quiet;
	r->alarm = (struct uring_op){.prep = prep_alarm, .done = alarm_done};
	rc = io_uring_queue_init_params(URING_REQUESTS, &r->ring, &params);
	if (rc < 0) {
		err_set_errno(e, ERR_UNSUPPORTED, -rc, "io_uring");
		free(r);
		return NULL;
	}
	r->open = true;
	return r;
}

void uring_free(struct uring *r)
{
	if (!r)
		return;
	uring_stop(r);
	free(r);
}

int uring_enable(struct uring *r, struct err *e)
{
	/* Debian's liburing 2.3 lacks io_uring_enable_rings(), which its header declares. */
	int rc =
		io_uring_register((unsigned)r->ring.ring_fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0);

	if (rc < 0)
		return err_set_errno(e, ERR_UNSUPPORTED, -rc, "io_uring: enable");
	/* Saves looking the descriptor up at each entry; works without. */
	(void)io_uring_register_ring_fd(&r->ring);
	return 0;
}

/* --- requests --- */

static void submit(struct uring *r)
{
	int rc = io_uring_submit(&r->ring);

	/* Busy: completions must be taken first, which the turn does. */
	if (rc < 0 && rc != -EBUSY && rc != -EAGAIN && rc != -EINTR)
		log_error("net.uring", "event=submit problem=\"errno %d\"", -rc);
}

static void unlink_op(struct uring *r, struct uring_op *op)
{
	*op->link = op->next;
	if (op->next)
		op->next->link = op->link;
	else if (r->quiet_tail == &op->next)
		r->quiet_tail = op->link;
	op->next = NULL;
	op->link = NULL;
}

static void link_busy(struct uring *r, struct uring_op *op)
{
	op->next = r->busy;
	op->link = &r->busy;
	if (op->next)
		op->next->link = &op->next;
	r->busy = op;
}

static void link_quiet(struct uring *r, struct uring_op *op)
{
	op->next = NULL;
	op->link = r->quiet_tail;
	*r->quiet_tail = op;
	r->quiet_tail = &op->next;
}

/* Puts what waits into the ring, as far as there is room. */
static void fill(struct uring *r)
{
	while (r->waiting) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&r->ring);
		struct uring_op *op = r->waiting;

		if (!sqe)
			return;
		r->waiting = op->waiting;
		if (!r->waiting)
			r->waiting_tail = &r->waiting;
		op->waiting = NULL;
		op->quiet = 0;
		op->prep(op, sqe);
		io_uring_sqe_set_data(sqe, op);
		if (op->quiet) {
			sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
			op->place = r->ring.sq.sqe_tail;
			unlink_op(r, op);
			link_quiet(r, op);
		}
	}
}

void uring_start(struct uring *r, struct uring_op *op)
{
	assert(!op->busy);
	if (r->over)
		return;
	op->busy = true;
	link_busy(r, op);
	*r->waiting_tail = op;
	r->waiting_tail = &op->waiting;
	fill(r);
}

void uring_submit(struct uring *r)
{
	if (r->over)
		return;
	fill(r);
	submit(r);
}

bool uring_cancel(struct uring *r, struct uring_op *op)
{
	struct io_uring_sqe *sqe;

	if (r->over || !op->busy)
		return true;
	sqe = io_uring_get_sqe(&r->ring);
	if (!sqe) {
		submit(r);
		sqe = io_uring_get_sqe(&r->ring);
	}
	if (!sqe) /* never seen */
		return false;
	io_uring_prep_cancel(sqe, op, 0);
	io_uring_sqe_set_data(sqe, NULL);
	return true;
}

/* --- completions --- */

static void complete(struct uring *r, struct uring_op *op, int res, unsigned flags)
{
	if (!op) /* a cancel's own */
		return;
	if (!(flags & IORING_CQE_F_MORE)) {
		unlink_op(r, op);
		op->busy = false;
	}
	op->done(op, res, flags);
}

/* How far the kernel has taken requests. */
static unsigned taken(const struct uring *r)
{
	return io_uring_smp_load_acquire(r->ring.sq.khead);
}

static bool is_taken(const struct uring_op *op, unsigned head)
{
	return (int)(head - op->place) >= 0;
}

/* Ends the quiet requests that the kernel has taken and does not tell of. */
static void end_quiet(struct uring *r)
{
	unsigned head = taken(r), at;
	struct io_uring_cqe *cqe;
	struct uring_op *op;

	/* With completions that had no room it is not known yet which requests failed. */
	if (!r->quiet || io_uring_cq_has_overflow(&r->ring))
		return;
	io_uring_for_each_cqe(&r->ring, at, cqe)
	{
		op = io_uring_cqe_get_data(cqe);
		if (op)
			op->quiet = 0; /* failed: it ends by this completion */
	}
	while ((op = r->quiet) && is_taken(op, head)) {
		int res = op->quiet;

		unlink_op(r, op);
		if (!res) {
			link_busy(r, op);
			continue;
		}
		op->busy = false;
		op->done(op, res, 0);
	}
}

void uring_hurry(struct uring *r)
{
	r->hurry = true;
}

/* Sees to it that a wait ends at @due_us, or before. */
static void set_alarm(struct uring *r, uint64_t due_us)
{
	struct io_uring_sqe *sqe;

	if (due_us == UINT64_MAX || (r->alarm.busy && r->alarm_us <= due_us))
		return;
	r->alarm_at = (struct __kernel_timespec){(long long)(due_us / 1000000u),
						 (long long)(due_us % 1000000u) * 1000};
	if (!r->alarm.busy) {
		r->alarm_us = due_us;
		uring_start(r, &r->alarm);
		return;
	}
	sqe = io_uring_get_sqe(&r->ring);
	if (!sqe) {
		r->hurry = true; /* and again at the next turn */
		return;
	}
	r->alarm_us = due_us;
	/* When the alarm has just gone off, this fails, and the next turn starts it anew. */
	io_uring_prep_timeout_update(sqe, &r->alarm_at, (uintptr_t)&r->alarm, IORING_TIMEOUT_ABS);
	io_uring_sqe_set_data(sqe, NULL);
	sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
}

void uring_turn(struct uring *r, uint64_t due_us)
{
	struct __kernel_timespec ts = {0, 0};
	struct io_uring_cqe *cqe;
	unsigned head;
	int rc;

	r->singles = r->seen <= 1 ? r->singles + r->seen : 0;
	r->seen = 0;
	set_alarm(r, due_us);
	fill(r);
	/* With work left the next turn comes at once. */
	rc = io_uring_submit_and_wait_timeout(&r->ring, &cqe, 1,
					      r->waiting || r->hurry ? &ts : NULL, NULL);
	r->hurry = false;
	if (rc < 0 && rc != -ETIME && rc != -EINTR && rc != -EBUSY && rc != -EAGAIN)
		log_error("net.uring", "event=wait problem=\"errno %d\"", -rc);
	end_quiet(r);
	io_uring_for_each_cqe(&r->ring, head, cqe)
	{
		struct uring_op *op = io_uring_cqe_get_data(cqe);
		unsigned flags = cqe->flags;
		int res = cqe->res;

		/* Gone from the ring before anybody is called: callbacks use the ring, too. */
		io_uring_cq_advance(&r->ring, 1);
		r->seen++;
		complete(r, op, res, flags);
		if (r->seen == URING_COMPLETIONS)
			break;
	}
}

bool uring_settled(struct uring *r, const struct uring_op *op, int *res)
{
	struct io_uring_cqe *cqe;
	unsigned head;

	if (r->over || !op->busy)
		return false;
	uring_submit(r);
	io_uring_for_each_cqe(&r->ring, head, cqe)
	{
		if (io_uring_cqe_get_data(cqe) != op || cqe->flags & IORING_CQE_F_MORE)
			continue;
		*res = cqe->res;
		return true;
	}
	if (!op->quiet || !is_taken(op, taken(r)) || io_uring_cq_has_overflow(&r->ring))
		return false;
	*res = op->quiet;
	return true;
}

void uring_stop(struct uring *r)
{
	if (r->over)
		return;
	r->over = true;
	r->waiting = NULL;
	r->waiting_tail = &r->waiting;
	if (r->open)
		io_uring_queue_exit(&r->ring);
	r->open = false;
	while (r->busy || r->quiet) {
		struct uring_op *op = r->busy ? r->busy : r->quiet;

		op->waiting = NULL;
		unlink_op(r, op);
		op->busy = false;
		op->done(op, -ECANCELED, 0);
	}
}

bool uring_single(const struct uring *r)
{
	return r->seen == 1 && r->singles >= URING_SINGLES;
}
