/* stream_event - streams by readiness: libevent tells that a socket can be read or written, system
 * calls do it. */
#include <errno.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/net/net_int.h"
#include "src/net/stream_int.h"

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	(void)stream_receive(arg); /* of a rest we are told again */
}

static void want_write(struct stream *s, bool on)
{
	if (s->ev.want_write == on)
		return;
	s->ev.want_write = on;
	if (on)
		event_add(&s->ev.writable, NULL);
	else
		event_del(&s->ev.writable);
}

static void send_pending(struct stream *s)
{
	if (!s->full)
		stream_send_pending(s);
	if (s->send_errno)
		return; /* the flush tells */
	want_write(s, stream_pending(s) > 0);
	stream_after_send(s);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct stream *s = arg;
	socklen_t n = sizeof(int);
	int error = 0;

	(void)what;
	s->full = false;
	if (s->state != STREAM_STATE_CONNECTING) {
		send_pending(s);
		return;
	}
	want_write(s, false);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
		error = errno;
	stream_connect_done(s, error);
}

static void event_init(struct stream *s)
{
	struct event_base *base = worker_base(s->worker);

	event_assign(&s->ev.readable, base, s->fd, EV_READ | EV_PERSIST, on_readable, s);
	event_assign(&s->ev.writable, base, s->fd, EV_WRITE | EV_PERSIST, on_writable, s);
}

static void event_await_connect(struct stream *s)
{
	want_write(s, true);
}

static void event_read(struct stream *s, bool on)
{
	if (on)
		event_add(&s->ev.readable, NULL);
	else
		event_del(&s->ev.readable);
}

static void event_send(struct stream *s)
{
	if (!s->ev.want_write)
		send_pending(s);
}

static bool event_idle(struct stream *s)
{
	return !s->ev.want_write && !s->full;
}

static void event_close(struct stream *s)
{
	event_del(&s->ev.readable);
	event_del(&s->ev.writable);
	close(s->fd);
}

static bool event_busy(const struct stream *s)
{
	(void)s;
	return false;
}

const struct stream_io *stream_event_io(void)
{
	static const struct stream_io io = {event_init, event_await_connect, event_read, event_send,
					    event_idle, event_close,	     event_busy};

	return &io;
}
