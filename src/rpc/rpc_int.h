/* rpc_int - what the client and the server side share: a stream that carries frames. */
#ifndef RPC_RPC_INT_H
#define RPC_RPC_INT_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "src/base/err.h"
#include "src/base/str.h"
#include "src/rpc/rpc_frame.h"

/* How a side tells that its peer is dead. It never compares its own clock with the time of the last
 * byte: a process that was stopped, or that spent seconds in one turn of its loop, would find all its
 * peers silent although their bytes lie in its sockets. Instead a timer looks at rpc_conn.heard and
 * counts the looks in a row without a byte. Each look belongs to a turn of the loop of its own, which
 * reads the sockets first; a pause of any length adds one look. */

struct rpc_auth;
struct rpc_conn;
struct stream;
struct stream_handler;
struct worker;

struct rpc_conn_ops {
	/* The peer's HELLO was accepted. */
	void (*hello)(struct rpc_conn *c);
	/* A frame other than HELLO, PING, PONG and DATA. -1 ends the connection with @e. */
	int (*frame)(struct rpc_conn *c, const struct rpc_frame *f, struct str payload, struct err *e);
	/* Bytes of a DATA frame; @last: the frame ends here (@n may be 0). */
	void (*data)(struct rpc_conn *c, const struct rpc_frame *f, const uint8_t *p, size_t n,
		     bool last);
	/* Output has room again. */
	void (*drained)(struct rpc_conn *c);
	/* It is over; the stream is closed already. Called once, never from inside rpc_conn_close(). */
	void (*closed)(struct rpc_conn *c, const struct err *why);
};

/* Embedded in its owner. */
struct rpc_conn {
	struct stream *stream; /* owned; NULL: closed */
	const struct rpc_conn_ops *ops;
	bool server, greeted;
	struct rpc_auth *auth; /* owned; NULL: without a secret, or done (rpc_auth.h) */
	struct str secret;     /* borrowed; empty: none. Set before rpc_conn_start() */
	uint32_t data_left;     /* of the DATA frame being passed on */
	struct rpc_frame data;  /* its header */
	bool heard; /* bytes came; set here, cleared by the owner, which counts (see below) */
};

/* For stream_new() and stream_connect(), with the rpc_conn as argument. */
const struct stream_handler *rpc_conn_stream(void);
/* After @c->stream is set: sends HELLO. */
void rpc_conn_start(struct rpc_conn *c, const struct rpc_conn_ops *ops, bool server);
/* Writes a frame; f->len is set from @parts. Nothing when the connection is closed. */
void rpc_conn_send(struct rpc_conn *c, struct rpc_frame *f, const struct iovec *parts, int count);
/* A frame without payload. */
void rpc_conn_send_bare(struct rpc_conn *c, enum rpc_frame_type type, uint32_t stream, uint32_t aux);
/* END with a packed error, and @trailer if it is not empty. */
void rpc_conn_send_error(struct rpc_conn *c, uint32_t stream, const struct err *e,
			 struct str trailer);
bool rpc_conn_congested(const struct rpc_conn *c);
/* Frees what an owner that throws the connection away would leave. Done by closing, too. */
void rpc_conn_fini(struct rpc_conn *c);
/* Closes without a callback. */
void rpc_conn_close(struct rpc_conn *c);
/* Closes because of @why, with one. */
void rpc_conn_fail(struct rpc_conn *c, const struct err *why);
#endif
