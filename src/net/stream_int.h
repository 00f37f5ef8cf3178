/* stream_int - the insides that the files of stream share; nobody else includes it. */
#ifndef NET_STREAM_INT_H
#define NET_STREAM_INT_H
#include <event2/event_struct.h>
#include <sys/socket.h>

#include "src/base/buf.h"
#include "src/net/out_queue.h"
#include "src/net/stream.h"
#include "src/net/uring.h"
#include "src/net/worker.h"

enum stream_state {
	STREAM_STATE_CONNECTING,
	STREAM_STATE_HANDSHAKE,
	STREAM_STATE_OPEN,
	STREAM_STATE_CLOSED,
	STREAM_STATE_DEAD,
};

/* What moves the bytes of a stream, one per kind of worker. */
struct stream_io {
	/* s->fd is set; nothing is under way yet. */
	void (*init)(struct stream *s);
	/* Calls stream_connect_done() when connect() has come to an end. */
	void (*await_connect)(struct stream *s);
	/* Starts and stops reading; what is on its way by then still comes in. */
	void (*read)(struct stream *s, bool on);
	/* Sends pending output as far as it goes, then and later; ends in stream_after_send(). */
	void (*send)(struct stream *s);
	/* True: nothing sent earlier is under way, so that stream_send_now() makes sense. */
	bool (*idle)(struct stream *s);
	/* Stops everything and closes s->fd. */
	void (*close)(struct stream *s);
	/* True: the kernel still uses the stream's memory; stream_release() is called later. */
	bool (*busy)(const struct stream *s);
};
const struct stream_io *stream_event_io(void);
const struct stream_io *stream_uring_io(void);

/* Readiness, libevent. */
struct stream_ready {
	struct event readable, writable;
	bool want_write; /* the kernel's buffer is full: the event goes on */
};

/* Completion, io_uring. */
enum { STREAM_PIECES = 8 };
struct stream_ring {
	struct uring_op watch, send; /* see polling */
	bool left;		    /* something came while the stream was paused */
	struct out_queue out;	    /* is being sent, in one request after the other */
	size_t asked;		    /* how much of it the request under way is about */
	bool polling;		    /* send: waits for room, or for the end of connect() */
	bool half_closed;	    /* the peer sends no more, so the ring cannot wait for room */
	struct msghdr message;	    /* of a request about several pieces */
	struct iovec pieces[STREAM_PIECES];
};

struct stream {
	struct worker *worker;	    /* borrowed: outlives its streams */
	const struct stream_io *io; /* the worker's */
	const struct stream_handler *handler;
	void *arg;
	enum stream_state state;
	int fd, connect_errno, send_errno;
	bool paused, congested, connecting_tls;
	bool full; /* the kernel took less than it was given: no use to try again at once */
	struct out_queue out;	     /* waits to be sent */
	size_t flying;		     /* bytes given to the kernel that it has not taken yet */
	struct buf stash;	     /* read, not used by the handler yet (plain text) */
	struct stream_tls *tls;	     /* owned; NULL: plain */
	struct worker_timer *linger; /* owned; set by stream_close_when_sent() */
	struct worker_defer flush, show;
	union {
		struct stream_ready ev;
		struct stream_ring ring;
	};
	char peer[64];
};

/* The socket's connect() ended: 0 or its errno. */
void stream_connect_done(struct stream *s, int error);
/* Reads off the socket once and deals with what came. True: there may be more. */
bool stream_receive(struct stream *s);
/* @n > 0 bytes off the socket, with NET_STASH_COPY bytes before them that may be overwritten. */
void stream_input(struct stream *s, uint8_t *p, size_t n);
/* The socket's end (0) or its errno. */
void stream_input_end(struct stream *s, int error);
/* Sends pending output and then @extra from where it lies, at once; returns how much of @extra
 * went. Errors are told by the flush. */
size_t stream_send_now(struct stream *s, const uint8_t *extra, size_t n);
/* Sends pending output at once, as far as the kernel takes it. Errors are told by the flush. */
void stream_send_pending(struct stream *s);
/* Some output went: tells those who wait for it. May close the stream. */
void stream_after_send(struct stream *s);
/* Frees a dead stream that was busy. */
void stream_release(struct stream *s);

void stream_fail(struct stream *s, const struct err *why);
/* The same for plain bytes, off the socket or out of TLS. */
void stream_plain_input(struct stream *s, uint8_t *p, size_t n);
/* Shows the stash to the handler, if it may be told, and keeps what that leaves. */
void stream_show_stash(struct stream *s);
void stream_write_raw(struct stream *s, const uint8_t *p, size_t n);
void stream_handshake_done(struct stream *s);

/* stream_tls.c */
int stream_tls_attach(struct stream *s, struct tls *tls, const char *server_name,
		      struct err *e) MUST_CHECK;
void stream_tls_detach(struct stream *s);
/* Records off the socket. */
void stream_tls_input(struct stream *s, const uint8_t *p, size_t n);
/* Goes on with the handshake or with decrypted bytes that wait. */
void stream_tls_pump(struct stream *s);
void stream_tls_write(struct stream *s, const uint8_t *p, size_t n);
/* What was written and not yet encrypted becomes output; failures are nobody's business any more.
 */
void stream_tls_seal_last(struct stream *s);
uint8_t *stream_tls_reserve(struct stream *s, size_t n);
#endif
