/* stream - see stream.h. State machine:
 *
 *   CONNECTING -> [HANDSHAKE ->] OPEN -> CLOSED        and from each of them -> DEAD
 *
 * CLOSED: the handler has been told, only stream_close() is left. DEAD: closed by the owner, the
 * memory goes at the end of the turn. Callbacks come from the loop or from deferred actions, never
 * from inside a call of the owner's. */
#include "src/net/stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "src/base/buf.h"
#include "src/net/net_int.h"
#include "src/net/stream_int.h"
#include "src/net/worker.h"

static void set_state(struct stream *s, enum stream_state to)
{
	static const unsigned legal[] = {
		[STREAM_STATE_CONNECTING] = 1u << STREAM_STATE_HANDSHAKE | 1u << STREAM_STATE_OPEN |
					    1u << STREAM_STATE_CLOSED | 1u << STREAM_STATE_DEAD,
		[STREAM_STATE_HANDSHAKE] = 1u << STREAM_STATE_OPEN | 1u << STREAM_STATE_CLOSED |
					   1u << STREAM_STATE_DEAD,
		[STREAM_STATE_OPEN] = 1u << STREAM_STATE_HANDSHAKE | 1u << STREAM_STATE_CLOSED |
				      1u << STREAM_STATE_DEAD,
		[STREAM_STATE_CLOSED] = 1u << STREAM_STATE_DEAD,
		[STREAM_STATE_DEAD] = 0,
	};

	assert(legal[s->state] & 1u << to);
	s->state = to;
}

/* Tells the handler that it is over, once. */
void stream_fail(struct stream *s, const struct err *why)
{
	if (s->state >= STREAM_STATE_CLOSED)
		return;
	set_state(s, STREAM_STATE_CLOSED);
	s->io->read(s, false);
	worker_undefer(s->worker, &s->flush);
	s->handler->event(s->arg, STREAM_CLOSED, why);
}

static void fail_errno(struct stream *s, int errno_value)
{
	struct err e;

	err_set_errno(&e, ERR_UNAVAILABLE, errno_value, "connection to %s", s->peer);
	stream_fail(s, &e);
}

static void fail_nomem(struct stream *s)
{
	struct err e;

	err_set(&e, ERR_NOMEM, "out of memory for the connection to %s", s->peer);
	stream_fail(s, &e);
}

/* --- output --- */

static struct net_scratch *scratch_of(const struct stream *s)
{
	return net_scratch_of(s->worker);
}

size_t stream_send_now(struct stream *s, const uint8_t *extra, size_t n)
{
	struct iovec pieces[STREAM_PIECES + 1];
	struct msghdr m = {.msg_iov = pieces};
	size_t pending = s->out.n, asked = 0;
	int count = out_queue_pieces(&s->out, pieces, STREAM_PIECES);
	ssize_t sent;

	for (int i = 0; i < count; i++)
		asked += pieces[i].iov_len;
	if (n && asked == pending) {
		pieces[count++] = (struct iovec){(void *)(uintptr_t)extra, n};
		asked += n;
	}
	if (!count)
		return 0;
	m.msg_iovlen = (size_t)count;
	if (count == 1)
		sent = send(s->fd, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL);
	else
		sent = sendmsg(s->fd, &m, MSG_NOSIGNAL);
	if (sent < 0) {
		if (errno == EAGAIN || errno == EINTR) {
			sent = 0;
			s->full = true;
		} else {
			s->send_errno = errno; /* told by the flush, never from inside a write */
			worker_defer(s->worker, &s->flush);
			return n;
		}
	}
	if ((size_t)sent < asked)
		s->full = true;
	if ((size_t)sent <= pending) {
		out_queue_consume(&s->out, scratch_of(s), (size_t)sent);
		return 0;
	}
	out_queue_consume(&s->out, scratch_of(s), pending);
	return (size_t)sent - pending;
}

void stream_send_pending(struct stream *s)
{
	size_t before;

	do {
		before = s->out.n;
		(void)stream_send_now(s, NULL, 0);
	} while (s->out.n && s->out.n < before && !s->full && !s->send_errno);
}

void stream_after_send(struct stream *s)
{
	size_t pending = stream_pending(s);

	if (!pending && s->linger) {
		stream_close(s);
		return;
	}
	if (s->congested && pending < NET_LOW_WATER) {
		s->congested = false;
		s->handler->event(s->arg, STREAM_DRAINED, NULL);
	}
}

static void on_flush(void *arg)
{
	struct stream *s = arg;

	if (s->state == STREAM_STATE_CONNECTING || s->state >= STREAM_STATE_CLOSED)
		return;
	if (s->send_errno)
		fail_errno(s, s->send_errno);
	else
		s->io->send(s);
}

static void note_congestion(struct stream *s)
{
	if (stream_pending(s) > NET_HIGH_WATER)
		s->congested = true;
}

/* Bytes as they go on the wire. */
void stream_write_raw(struct stream *s, const uint8_t *p, size_t n)
{
	if (n >= NET_DIRECT_WRITE && s->state != STREAM_STATE_CONNECTING && !s->send_errno &&
	    s->io->idle(s)) {
		size_t sent = stream_send_now(s, p, n);

		p += sent;
		n -= sent;
	}
	worker_defer(s->worker, &s->flush);
	if (out_queue_append(&s->out, scratch_of(s), p, n) < 0)
		s->send_errno = ENOMEM;
	note_congestion(s);
}

void stream_write(struct stream *s, const void *p, size_t n)
{
	if (s->state >= STREAM_STATE_CLOSED || !n)
		return;
	if (s->tls)
		stream_tls_write(s, p, n);
	else
		stream_write_raw(s, p, n);
}

uint8_t *stream_reserve(struct stream *s, size_t n)
{
	uint8_t *at;

	if (s->state >= STREAM_STATE_CLOSED)
		return NULL;
	if (s->tls)
		return stream_tls_reserve(s, n);
	at = out_queue_reserve(&s->out, scratch_of(s), n);
	worker_defer(s->worker, &s->flush);
	if (!at) {
		s->send_errno = ENOMEM;
		return NULL;
	}
	note_congestion(s);
	return at;
}

void stream_give_up(struct stream *s, int errno_value)
{
	if (s->state >= STREAM_STATE_CLOSED)
		return;
	s->send_errno = errno_value;
	worker_defer(s->worker, &s->flush);
}

size_t stream_pending(const struct stream *s)
{
	return s->out.n + s->flying;
}

bool stream_congested(const struct stream *s)
{
	return s->congested;
}

/* --- input --- */

void stream_show_stash(struct stream *s)
{
	size_t used;

	if (s->stash.failed) {
		fail_nomem(s);
		return;
	}
	if (!s->stash.len || s->paused || s->state != STREAM_STATE_OPEN)
		return;
	used = s->handler->data(s->arg, s->stash.p, s->stash.len);
	if (s->state == STREAM_STATE_DEAD)
		return;
	assert(used <= s->stash.len);
	if (used == s->stash.len)
		buf_fini(&s->stash);
	else
		buf_consume(&s->stash, used);
}

/* Shows fresh bytes, an earlier rest before them, and keeps what the handler leaves. */
static void show(struct stream *s, const uint8_t *p, size_t n)
{
	size_t used = s->handler->data(s->arg, p, n);

	if (s->state == STREAM_STATE_DEAD)
		return;
	assert(used <= n);
	if (used < n)
		buf_append(&s->stash, p + used, n - used);
	if (s->stash.failed)
		fail_nomem(s);
}

void stream_plain_input(struct stream *s, uint8_t *p, size_t n)
{
	size_t kept = s->stash.len;

	if (s->state >= STREAM_STATE_CLOSED)
		return;
	if (kept <= NET_STASH_COPY && !s->paused && s->state == STREAM_STATE_OPEN) {
		if (kept) {
			memcpy(p - kept, s->stash.p, kept);
			buf_fini(&s->stash);
		}
		show(s, p - kept, kept + n);
		return;
	}
	buf_append(&s->stash, p, n); /* a large packet gathers; or nobody may be told */
	stream_show_stash(s);
}

void stream_input(struct stream *s, uint8_t *p, size_t n)
{
	if (s->state >= STREAM_STATE_CLOSED)
		return;
	if (s->tls)
		stream_tls_input(s, p, n);
	else
		stream_plain_input(s, p, n);
}

void stream_input_end(struct stream *s, int error)
{
	struct err e;

	if (error) {
		fail_errno(s, error);
		return;
	}
	err_clear(&e);
	stream_fail(s, &e);
}

/* Straight behind a large packet's beginning. */
static bool receive_into_stash(struct stream *s)
{
	size_t room = s->stash.len < NET_READ_SIZE ? NET_READ_SIZE : s->stash.len;
	uint8_t *at = buf_reserve(&s->stash, room);
	ssize_t got = at ? recv(s->fd, at, room, MSG_DONTWAIT) : 0;

	if (at && got < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	if (at && got <= 0) {
		stream_input_end(s, got < 0 ? errno : 0);
		return false;
	}
	s->stash.len += (size_t)got;
	stream_show_stash(s);
	return at && (size_t)got == room;
}

bool stream_receive(struct stream *s)
{
	uint8_t *at = net_scratch_of(s->worker)->read + NET_STASH_COPY;
	ssize_t got;

	if (!s->tls && s->stash.len > NET_STASH_COPY)
		return receive_into_stash(s);
	got = recv(s->fd, at, NET_READ_SIZE, MSG_DONTWAIT);
	if (got > 0)
		stream_input(s, at, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		stream_input_end(s, got < 0 ? errno : 0);
	return got == NET_READ_SIZE || (got < 0 && errno == EINTR);
}

void stream_pause(struct stream *s)
{
	if (s->paused || s->state >= STREAM_STATE_CLOSED)
		return;
	s->paused = true;
	s->io->read(s, false);
}

void stream_resume(struct stream *s)
{
	if (!s->paused || s->state >= STREAM_STATE_CLOSED)
		return;
	s->paused = false;
	if (s->state != STREAM_STATE_CONNECTING)
		s->io->read(s, true);
	worker_defer(s->worker, &s->show);
}

/* --- connecting --- */

/* The socket works: on to TLS or to the owner. */
static void connected(struct stream *s)
{
	if (!s->paused)
		s->io->read(s, true);
	if (s->tls) {
		set_state(s, STREAM_STATE_HANDSHAKE);
		stream_tls_pump(s);
		return;
	}
	set_state(s, STREAM_STATE_OPEN);
	if (stream_pending(s))
		worker_defer(s->worker, &s->flush);
	s->handler->event(s->arg, STREAM_CONNECTED, NULL);
}

void stream_handshake_done(struct stream *s)
{
	bool was_connect = s->connecting_tls;

	s->connecting_tls = false;
	set_state(s, STREAM_STATE_OPEN);
	s->handler->event(s->arg, was_connect ? STREAM_CONNECTED : STREAM_SECURED, NULL);
}

void stream_connect_done(struct stream *s, int error)
{
	if (error)
		fail_errno(s, error);
	else
		connected(s);
}

/* Deferred: the outcome of an immediate connect, or bytes that waited for a resume. */
static void on_show(void *arg)
{
	struct stream *s = arg;

	if (s->state == STREAM_STATE_CONNECTING) {
		stream_connect_done(s, s->connect_errno);
		return;
	}
	if (s->state == STREAM_STATE_HANDSHAKE) {
		stream_tls_pump(s);
		return;
	}
	if (s->state != STREAM_STATE_OPEN || s->paused)
		return;
	stream_show_stash(s);
	if (s->state == STREAM_STATE_OPEN && s->tls && !s->paused)
		stream_tls_pump(s);
}

static struct stream *alloc(struct worker *w, int fd, const struct stream_handler *h, void *arg,
			    struct err *e)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s) {
		err_set(e, ERR_NOMEM, "out of memory for a connection");
		return NULL;
	}
	s->worker = w;
	s->fd = fd;
	s->handler = h;
	s->arg = arg;
	s->flush = (struct worker_defer){.fn = on_flush, .arg = s};
	s->show = (struct worker_defer){.fn = on_show, .arg = s};
	s->io = worker_uring(w) ? stream_uring_io() : stream_event_io();
	s->io->init(s);
	return s;
}

static void tune(int fd)
{
	int one = 1;

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	/* No matter for unix sockets, which refuse it. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
}

struct stream *stream_new(struct worker *w, int fd, const struct stream_handler *h, void *arg,
			  struct err *e)
{
	struct net_address peer = {.len = sizeof(peer.any)};
	struct stream *s = alloc(w, fd, h, arg, e);

	if (!s)
		return NULL;
	tune(fd);
	if (getpeername(fd, &peer.sa, &peer.len) == 0)
		net_address_print(&peer, s->peer, sizeof(s->peer));
	s->state = STREAM_STATE_OPEN;
	s->io->read(s, true);
	return s;
}

struct stream *stream_connect(struct worker *w, const char *address, struct tls *tls,
			      const char *server_name, const struct stream_handler *h, void *arg,
			      struct err *e)
{
	struct net_address a;
	struct stream *s;
	int fd;

	if (net_address_parse(address, &a, e) < 0)
		return NULL;
	fd = socket(a.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		err_set_errno(e, ERR_EXHAUSTED, errno, "no socket for %s", address);
		return NULL;
	}
	s = alloc(w, fd, h, arg, e);
	if (!s) {
		close(fd);
		return NULL;
	}
	tune(fd);
	net_address_print(&a, s->peer, sizeof(s->peer));
	if (tls && stream_tls_attach(s, tls, server_name, e) < 0) {
		close(fd);
		free(s);
		return NULL;
	}
	s->connecting_tls = tls != NULL;
	if (connect(fd, &a.sa, a.len) == 0) {
		worker_defer(w, &s->show);
	} else if (errno == EINPROGRESS) {
		s->io->await_connect(s);
	} else {
		s->connect_errno = errno;
		worker_defer(w, &s->show);
	}
	return s;
}

/* --- closing --- */

void stream_release(struct stream *s)
{
	worker_undefer(s->worker, &s->show);
	out_queue_consume(&s->out, scratch_of(s), s->out.n);
	buf_fini(&s->stash);
	stream_tls_detach(s);
	worker_timer_free(s->linger);
	free(s);
}

static void on_free(void *arg)
{
	struct stream *s = arg;

	if (!s->io->busy(s))
		stream_release(s);
}

void stream_close(struct stream *s)
{
	if (!s || s->state == STREAM_STATE_DEAD)
		return;
	if (s->tls)
		stream_tls_seal_last(s);
	if (s->state == STREAM_STATE_OPEN && stream_pending(s) && !s->send_errno && s->io->idle(s))
		stream_send_pending(s);
	s->io->close(s);
	s->fd = -1;
	set_state(s, STREAM_STATE_DEAD);
	worker_undefer(s->worker, &s->flush);
	s->flush.fn = on_free;
	worker_defer(s->worker, &s->flush);
}

static size_t linger_data(void *arg, const uint8_t *p, size_t n)
{
	(void)arg, (void)p;
	return n;
}

static void linger_event(void *arg, enum stream_event ev, const struct err *why)
{
	(void)why;
	if (ev == STREAM_CLOSED)
		stream_close(arg);
}

static void linger_timeout(void *arg)
{
	stream_close(arg);
}

void stream_close_when_sent(struct stream *s, uint64_t timeout_us)
{
	static const struct stream_handler linger = {linger_data, linger_event};

	stream_set_handler(s, &linger, s);
	if (s->tls)
		stream_tls_seal_last(s);
	s->linger = worker_timer_new(s->worker, linger_timeout, s);
	worker_undefer(s->worker, &s->flush);
	on_flush(s);
	if (s->state == STREAM_STATE_DEAD)
		return;
	if (s->state != STREAM_STATE_OPEN || !stream_pending(s) || s->send_errno || !s->linger) {
		stream_close(s);
		return;
	}
	worker_timer_arm(s->linger, timeout_us);
	stream_resume(s);
}

void stream_set_handler(struct stream *s, const struct stream_handler *h, void *arg)
{
	s->handler = h;
	s->arg = arg;
}

bool stream_is_tls(const struct stream *s)
{
	return s->tls != NULL;
}

const char *stream_peer(const struct stream *s)
{
	return s->peer;
}

struct worker *stream_worker(const struct stream *s)
{
	return s->worker;
}
