/* stream - the bytes of one socket, with or without TLS, completion style.
 *
 * Reading goes through one buffer per worker: the handler sees bytes where they landed and says how
 * many it used; only a partial rest is kept (the stash) and shown again with more behind it. An
 * idle stream owns no buffer. Writing gathers in the stream and leaves in one send at the end of
 * the loop turn; large pieces go straight from the caller's memory.
 * Thread: one worker owns the stream. */
#ifndef NET_STREAM_H
#define NET_STREAM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "src/base/err.h"

struct stream;
struct tls;
struct worker;

enum stream_event {
	STREAM_CONNECTED, /* stream_connect() succeeded, TLS handshake included */
	STREAM_SECURED,	  /* stream_start_tls() finished its handshake */
	STREAM_DRAINED, /* pending output fell below the low-water mark after being above high water
			 */
	STREAM_CLOSED, /* end of file or an error (see @why); no more events, call stream_close() */
};

struct stream_handler {
	/* @n > 0 bytes, unconsumed ones of earlier calls first. Returns how many were used (0..n).
	 * stream_close() may be called from here; return anything then. */
	size_t (*data)(void *arg, const uint8_t *p, size_t n);
	/* @why: ERR_OK at an orderly end. */
	void (*event)(void *arg, enum stream_event ev, const struct err *why);
};

/* Takes over @fd (non-blocking mode is set here) and starts reading. NULL with @e: @fd stays the
 * caller's. */
struct stream *stream_new(struct worker *w, int fd, const struct stream_handler *h, void *arg,
			  struct err *e);
/* Connects to @address: "host:port", "[v6]:port" (numeric; names are resolved by the caller) or
 * "unix:/path". The outcome comes as STREAM_CONNECTED or STREAM_CLOSED, never from inside this
 * call. @tls (borrowed) may be NULL; @server_name is then checked against the certificate. */
struct stream *stream_connect(struct worker *w, const char *address, struct tls *tls,
			      const char *server_name, const struct stream_handler *h, void *arg,
			      struct err *e);
/* Changes who is called. */
void stream_set_handler(struct stream *s, const struct stream_handler *h, void *arg);
/* Queues @n bytes (copied, or sent at once when there are many). Errors come as STREAM_CLOSED. */
void stream_write(struct stream *s, const void *p, size_t n);
/* Room for exactly @n bytes in the output, to be filled at once; NULL when out of memory (the
 * stream then closes by itself). */
uint8_t *stream_reserve(struct stream *s, size_t n);
/* What should be written cannot be, because of @errno_value: the stream closes by itself (STREAM_CLOSED,
 * later) and sends nothing any more. */
void stream_give_up(struct stream *s, int errno_value);
/* Bytes written but not yet taken by the kernel. */
size_t stream_pending(const struct stream *s);
/* True while pending output is above the high-water mark: stop producing until STREAM_DRAINED. */
bool stream_congested(const struct stream *s);
/* Stops and resumes reading (back-pressure). After a resume stashed bytes are shown again. */
void stream_pause(struct stream *s);
void stream_resume(struct stream *s);
/* Starts TLS on a plain stream, as a server or a client: @rest (n may be 0) are bytes of the peer
 * that were read already and belong to the handshake. Ends in STREAM_SECURED or STREAM_CLOSED. */
int stream_start_tls(struct stream *s, struct tls *tls, bool server, const char *server_name,
		     const uint8_t *rest, size_t n, struct err *e) MUST_CHECK;
bool stream_is_tls(const struct stream *s);
/* Sends what is pending if the kernel takes it at once, then closes; no more callbacks. The memory
 * goes at the end of the loop turn. NULL is fine. */
void stream_close(struct stream *s);
/* As stream_close(), but keeps the socket until all pending output is sent or @timeout_us passed.
 */
void stream_close_when_sent(struct stream *s, uint64_t timeout_us);
/* "127.0.0.1:41234" or "unix:"; lives as long as the stream. */
const char *stream_peer(const struct stream *s);
struct worker *stream_worker(const struct stream *s);
#endif
