/* rpc_server - accepts RPC connections and runs the handlers of a method table.
 *
 * Thread: one worker per server object; several workers may listen on one port. Handlers run on
 * that worker and must not block: they answer at once or later, from the same worker. */
#ifndef RPC_RPC_SERVER_H
#define RPC_RPC_SERVER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct rpc_reply;
struct rpc_server;
struct tls;
struct worker;

struct rpc_method {
	unsigned id;
	/* A call came. @request is borrowed until the handler returns. The handler owns @r until it
	 * calls rpc_reply_end() or rpc_reply_error(), now or later. */
	void (*start)(void *arg, struct rpc_reply *r, struct str request);
};

/* @methods (borrowed for the server's life); @arg goes to every handler. @tls (may be NULL,
 * borrowed) makes it TLS only. */
struct rpc_server *rpc_server_new(struct worker *w, const struct rpc_method *methods, size_t count,
				  void *arg, struct tls *tls, struct err *e);
/* Takes calls only of peers that prove that they know @secret (rpc_auth.h; borrowed for the server's
 * life). Before listening. */
void rpc_server_set_secret(struct rpc_server *s, struct str secret);
/* Takes TLS connections only. Before listening. @tls is borrowed until this returns (a reference is
 * taken); NULL: none. */
void rpc_server_set_tls(struct rpc_server *s, struct tls *tls);
/* Listens on @address, as for listeners; may be called more than once (at most 4). Returns the
 * port (0 for unix sockets), or -1. */
int rpc_server_listen(struct rpc_server *s, const char *address, bool reuse_port,
		      struct err *e) MUST_CHECK;
/* Serves a socket that was accepted elsewhere; -1: @fd stays the caller's. */
int rpc_server_accept(struct rpc_server *s, int fd, struct err *e) MUST_CHECK;
/* @fn is told of every connection that is gone, after its calls were cancelled; @connection is what
 * rpc_reply_connection() said. Only one; set it before listening. */
void rpc_server_on_disconnect(struct rpc_server *s, void (*fn)(void *arg, uint64_t connection));
/* @fn is told when a caller says that it is gone (see rpc_call_abandon()) about a call that has ended
 * already: its END and the caller's word crossed. @call is what rpc_reply_number() said of it. Only
 * one; set it before listening. */
void rpc_server_on_gone(struct rpc_server *s, void (*fn)(void *arg, uint64_t call));
/* Accepts no more connections. */
void rpc_server_stop_listening(struct rpc_server *s);
/* Accepts no more connections and asks all peers to go away; calls under way go on. */
void rpc_server_drain(struct rpc_server *s);
size_t rpc_server_calls(const struct rpc_server *s);
size_t rpc_server_connections(const struct rpc_server *s);
/* Closes all connections; calls under way are told by cancel(), and their handles stay valid until
 * they are ended: the server's memory goes with the last one. NULL is fine. */
void rpc_server_free(struct rpc_server *s);

struct rpc_reply_handler {
	/* The caller does not wait any more: ERR_CANCELED (it said so), ERR_DEADLINE, ERR_UNAVAILABLE
	 * (its connection is gone), ERR_SHUTDOWN. Called at most once; end the reply, now or later. */
	void (*cancel)(void *arg, const struct err *why);
	/* After rpc_reply_data() said "full": there is room. May be NULL. */
	void (*writable)(void *arg);
	/* Bytes from the client; @last: no more will come. May be NULL. Give back what was consumed
	 * with rpc_reply_grant(). */
	void (*data)(void *arg, const uint8_t *p, size_t n, bool last);
	/* The client that the call was made for is gone: keep nothing for it. Called at most once,
	 * before or after cancel(), which comes as well; does not end the reply. May be NULL. */
	void (*gone)(void *arg);
};
/* For handlers that do not end the call at once. Without one, cancellations are ignored. */
void rpc_reply_set_handler(struct rpc_reply *r, const struct rpc_reply_handler *h, void *arg);
/* Sends a piece of the answer. False: full (no credit, or the line is congested); wait for writable.
 * The bytes given are on their way in any case. */
bool rpc_reply_data(struct rpc_reply *r, const void *p, size_t n);
/* The same from several parts, as one piece. */
bool rpc_reply_datav(struct rpc_reply *r, const struct iovec *parts, int count);
bool rpc_reply_full(const struct rpc_reply *r);
void rpc_reply_grant(struct rpc_reply *r, size_t n);
/* Ends the call; the handle is gone. */
void rpc_reply_end(struct rpc_reply *r, const void *trailer, size_t n);
void rpc_reply_error(struct rpc_reply *r, const struct err *e);
/* The same with a trailer. */
void rpc_reply_error_trailer(struct rpc_reply *r, const struct err *e, const void *trailer, size_t n);
/* True once the caller does not wait any more. */
bool rpc_reply_is_canceled(const struct rpc_reply *r);
/* Of clk_mono_us(); 0: none. When it passes, cancel() is called. */
uint64_t rpc_reply_deadline_us(const struct rpc_reply *r);
/* The number of the connection the call came on: never 0, never used again by this server. */
uint64_t rpc_reply_connection(const struct rpc_reply *r);
/* The number of the call: never 0, never used again by this server. */
uint64_t rpc_reply_number(const struct rpc_reply *r);
/* "10.0.0.1:41234", empty when the connection is gone. */
const char *rpc_reply_peer(const struct rpc_reply *r);
#endif
