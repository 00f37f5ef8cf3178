/* stream_int - the insides that stream.c and stream_tls.c share; nobody else includes it. */
#ifndef NET_STREAM_INT_H
#define NET_STREAM_INT_H
#include <event2/event_struct.h>

#include "src/base/buf.h"
#include "src/net/stream.h"
#include "src/net/worker.h"

enum stream_state {
	STREAM_STATE_CONNECTING,
	STREAM_STATE_HANDSHAKE,
	STREAM_STATE_OPEN,
	STREAM_STATE_CLOSED,
	STREAM_STATE_DEAD,
};

struct stream {
	struct worker *worker; /* borrowed: outlives its streams */
	const struct stream_handler *handler;
	void *arg;
	enum stream_state state;
	int fd, connect_errno, send_errno;
	bool paused, want_write, congested, connecting_tls;
	uint8_t *out; /* owned: [out_off, out_len) waits to be sent; NULL when nothing does */
	size_t out_off, out_len, out_cap;
	struct buf stash; /* read, not used by the handler yet (plain text) */
	struct stream_tls *tls; /* owned; NULL: plain */
	struct worker_timer *linger; /* owned; set by stream_close_when_sent() */
	struct worker_defer flush, show;
	struct event read_event, write_event;
	char peer[64];
};

void stream_fail(struct stream *s, const struct err *why);
void stream_show(struct stream *s, const uint8_t *p, size_t n);
void stream_write_raw(struct stream *s, const uint8_t *p, size_t n);
void stream_handshake_done(struct stream *s);

/* stream_tls.c */
int stream_tls_attach(struct stream *s, struct tls *tls, const char *server_name,
		      struct err *e) MUST_CHECK;
void stream_tls_detach(struct stream *s);
/* Reads the socket once and works off what came. */
void stream_tls_read(struct stream *s);
/* Goes on with the handshake or with decrypted bytes that wait. */
void stream_tls_pump(struct stream *s);
void stream_tls_write(struct stream *s, const uint8_t *p, size_t n);
/* What was written and not yet encrypted becomes output; failures are nobody's business any more. */
void stream_tls_seal_last(struct stream *s);
uint8_t *stream_tls_reserve(struct stream *s, size_t n);
#endif
