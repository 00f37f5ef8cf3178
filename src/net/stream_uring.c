/* stream_uring - streams on an io_uring. One request that goes on ("multishot") tells that there is
 * something to read, which a system call reads into the worker's buffer: that takes less than letting
 * the kernel receive into buffers of the ring. Another request sends what a turn gathered: all
 * streams' output leaves with the call that waits for what comes next. What is being sent belongs to
 * the kernel; new output gathers in another queue meanwhile. Sending is quiet, so that a turn that
 * sends and then waits enters the kernel once, unless somebody waits for what was sent to leave. While
 * turns are about one socket each (a single client), sending by a system call is cheaper still.
 * Measured with relay_floor, see test/bench.
 * A closed stream's memory stays until its last request is over. */
#include <assert.h>
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/net/net_int.h"
#include "src/net/stream_int.h"

/* How long a peer that has closed its half of the connection is left alone when it takes no more. */
enum { HALF_CLOSED_PAUSE_NS = 10000000 };

static struct stream *of_watch(struct uring_op *op)
{
	return (struct stream *)(void *)((char *)op - offsetof(struct stream, ring.watch));
}

static struct stream *of_send(struct uring_op *op)
{
	return (struct stream *)(void *)((char *)op - offsetof(struct stream, ring.send));
}

static struct uring *ring_of(const struct stream *s)
{
	return worker_uring(s->worker);
}

static bool uring_busy(const struct stream *s)
{
	return s->ring.watch.busy || s->ring.send.busy;
}

/* A dead stream's request is over. True: @s may be gone. */
static bool is_dead(struct stream *s)
{
	if (s->state != STREAM_STATE_DEAD)
		return false;
	/* Its deferred end may be to come; then that frees. */
	if (!uring_busy(s) && !s->flush.queued)
		stream_release(s);
	return true;
}

/* --- receiving --- */

static void prep_watch(struct uring_op *op, struct io_uring_sqe *sqe)
{
	io_uring_prep_poll_multishot(sqe, of_watch(op)->fd, POLLIN | POLLRDHUP);
}

/* Asks anew, which finds what is there by then. */
static void watch_anew(struct stream *s)
{
	struct err e;

	if (!s->ring.watch.busy) {
		uring_start(ring_of(s), &s->ring.watch);
	} else if (!uring_cancel(ring_of(s), &s->ring.watch)) { /* its end starts it again */
		err_set(&e, ERR_EXHAUSTED, "the io_uring is full");
		stream_fail(s, &e);
	}
}

static void uring_read(struct stream *s, bool on)
{
	if (!on)
		return; /* what comes is left in the socket, see watch_done() */
	if (s->ring.left || !s->ring.watch.busy)
		watch_anew(s);
	s->ring.left = false;
}

/* The kernel tells once of what came since the last time. What is not read then must be asked for again,
 * and so must the end behind the last bytes. */
static void watch_done(struct uring_op *op, int res, unsigned flags)
{
	struct stream *s = of_watch(op);
	bool rest = false;

	(void)flags;
	if (s->state < STREAM_STATE_CLOSED && s->paused) {
		s->ring.left = true;
	} else if (s->state < STREAM_STATE_CLOSED && res > 0) {
		rest = stream_receive(s) || (res & ~POLLIN);
	} else if (s->state < STREAM_STATE_CLOSED && res != -ECANCELED && res != -EINTR) {
		stream_input_end(s, -res);
	}
	if (s->state == STREAM_STATE_DEAD)
		(void)is_dead(s);
	else if (s->state < STREAM_STATE_CLOSED && !s->paused && (rest || !op->busy))
		watch_anew(s);
	else if (rest)
		s->ring.left = true;
}

/* --- sending --- */

/* What the next request is about: @count pieces. Returns how many bytes that is. */
static size_t gather(struct stream *s, int *count)
{
	size_t n = 0;

	*count = out_queue_pieces(&s->ring.out, s->ring.pieces, STREAM_PIECES);
	for (int i = 0; i < *count; i++)
		n += s->ring.pieces[i].iov_len;
	s->ring.message =
		(struct msghdr){.msg_iov = s->ring.pieces, .msg_iovlen = (size_t)*count};
	return n;
}

static void prep_send(struct uring_op *op, struct io_uring_sqe *sqe)
{
	static struct __kernel_timespec pause = {.tv_nsec = HALF_CLOSED_PAUSE_NS};
	struct stream *s = of_send(op);
	int flags = MSG_NOSIGNAL | MSG_DONTWAIT, count;

	/* Sending never waits in the kernel: what does not fit comes back. */
	s->ring.polling = s->full || s->state == STREAM_STATE_CONNECTING;
	if (s->ring.polling && s->ring.half_closed) {
		io_uring_prep_timeout(sqe, &pause, 0, 0);
		return;
	}
	if (s->ring.polling) {
		io_uring_prep_poll_add(sqe, s->fd, POLLOUT);
		return;
	}
	s->ring.asked = gather(s, &count);
	/* What one request does not hold is told of: the rest follows as soon as it can. */
	if (!s->congested && !s->linger && s->ring.asked == s->ring.out.n)
		op->quiet = (int)s->ring.asked;
	/* With MSG_WAITALL a part alone counts as a failure, which the kernel tells of. */
	flags |= op->quiet ? MSG_WAITALL : 0;
	if (count == 1)
		io_uring_prep_send(sqe, s->fd, s->ring.pieces[0].iov_base, s->ring.asked, flags);
	else
		io_uring_prep_sendmsg(sqe, s->fd, &s->ring.message, (unsigned)flags);
}

static void drop_sent(struct stream *s)
{
	out_queue_consume(&s->ring.out, net_scratch_of(s->worker), s->ring.out.n);
	s->flying = 0;
}

static void uring_send(struct stream *s)
{
	if (s->ring.send.busy) {
		uring_hurry(ring_of(s)); /* to go on when that is over */
		return;
	}
	if (!s->out.n) { /* all went from where it lay; somebody may wait for that */
		stream_after_send(s);
		return;
	}
	if (uring_single(ring_of(s)) && !s->full) {
		stream_send_pending(s);
		if (s->send_errno)
			return; /* the flush tells */
		if (!s->out.n) {
			stream_after_send(s);
			return;
		}
	}
	s->ring.out = s->out;
	s->out = (struct out_queue){0};
	s->flying = s->ring.out.n;
	uring_start(ring_of(s), &s->ring.send);
	if (!s->ring.send.busy) /* the loop is over */
		drop_sent(s);
}

static void connect_done(struct stream *s)
{
	socklen_t n = sizeof(int);
	int error = 0;

	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
		error = errno;
	stream_connect_done(s, error);
}

/* Takes account of @res bytes that went. */
static void note_sent(struct stream *s, int res)
{
	if (res == -EAGAIN || res == -EINTR)
		res = 0;
	if (res < 0) {
		s->send_errno = -res;
		drop_sent(s);
		return;
	}
	s->full = (size_t)res < s->ring.asked;
	out_queue_consume(&s->ring.out, net_scratch_of(s->worker), (size_t)res);
	s->flying = s->ring.out.n;
}

static void send_done(struct uring_op *op, int res, unsigned flags)
{
	struct stream *s = of_send(op);

	(void)flags;
	if (s->state == STREAM_STATE_DEAD || res == -ECANCELED) {
		drop_sent(s);
		(void)is_dead(s);
		return;
	}
	if (s->state == STREAM_STATE_CONNECTING) {
		connect_done(s);
		return;
	}
	if (s->ring.polling) {
		/* The ring's poll ends at once when the peer has said its last, room or not. */
		s->ring.half_closed |= res > 0 && !(res & (POLLOUT | POLLERR | POLLHUP));
		s->full = s->ring.half_closed && res > 0; /* else there is room, or an error, which
							     sending finds */
	} else {
		note_sent(s, res);
	}
	if (s->state >= STREAM_STATE_CLOSED)
		return;
	if (s->send_errno) {
		worker_defer(s->worker, &s->flush); /* which tells */
		return;
	}
	if (s->ring.out.n)
		uring_start(ring_of(s), op);
	else if (s->out.n)
		worker_defer(s->worker, &s->flush);
	stream_after_send(s);
}

static bool uring_idle(struct stream *s)
{
	return !s->ring.send.busy && !s->full;
}

/* --- beginning and end --- */

static void uring_init(struct stream *s)
{
	s->ring.watch = (struct uring_op){.prep = prep_watch, .done = watch_done};
	s->ring.send = (struct uring_op){.prep = prep_send, .done = send_done};
}

static void uring_await_connect(struct stream *s)
{
	uring_start(ring_of(s), &s->ring.send);
}

/* What was handed to the kernel in this turn has not left yet: it must, and what gathered behind it
 * as far as it goes. */
static void push_out(struct stream *s)
{
	int res;

	if (!s->ring.out.n || !uring_settled(ring_of(s), &s->ring.send, &res))
		return;
	if (res < 0 || (!s->ring.polling && (size_t)res < s->ring.asked))
		return;
	if (s->ring.polling)
		s->full = false; /* it has waited for room, and there is some */
	else
		out_queue_consume(&s->ring.out, net_scratch_of(s->worker), (size_t)res);
	out_queue_join(&s->ring.out, &s->out);
	s->out = s->ring.out;
	s->ring.out = (struct out_queue){0};
	stream_send_pending(s);
}

static void uring_close(struct stream *s)
{
	if (s->state == STREAM_STATE_OPEN)
		push_out(s);
	/* Without room for these the requests end with the socket, which is shut down. */
	(void)uring_cancel(ring_of(s), &s->ring.watch);
	(void)uring_cancel(ring_of(s), &s->ring.send);
	if (uring_busy(s)) {
		/* No request may leave with a descriptor that is another socket's by then; and as
		 * requests hold the socket open, the peer shall hear of its end now. */
		uring_submit(ring_of(s));
		shutdown(s->fd, SHUT_RDWR);
	}
	close(s->fd);
}

const struct stream_io *stream_uring_io(void)
{
	static const struct stream_io io = {uring_init, uring_await_connect, uring_read, uring_send,
					    uring_idle, uring_close,	     uring_busy};

	return &io;
}
