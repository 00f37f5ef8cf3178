/* rpc_client - calls to one server address over one multiplexed connection, which reconnects by
 * itself (50 ms to 2 s apart) and notices a dead peer within 3 s.
 *
 * Thread: one worker per client. Handlers may call anything here, rpc_client_free() included. */
#ifndef RPC_RPC_CLIENT_H
#define RPC_RPC_CLIENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct rpc_call;
struct rpc_client;
struct tls;
struct worker;

/* Told of the connection; each slot may be NULL. */
struct rpc_client_watch {
	void (*up)(void *arg);
	/* It was lost, or could not be made (at each try). */
	void (*down)(void *arg, const struct err *why);
};

/* Who is called, and how each side knows the other. */
struct rpc_peer {
	const char *address;	 /* as for stream_connect(); copied */
	struct tls *tls;	 /* NULL: none; borrowed for the client's life */
	const char *server_name; /* copied; NULL: the certificate's name is not checked */
	struct str secret;	 /* empty: none; borrowed for the client's life (rpc_auth.h) */
};
/* Starts connecting. @watch (may be NULL) is borrowed for the client's life. */
struct rpc_client *rpc_client_open(struct worker *w, const struct rpc_peer *peer,
				   const struct rpc_client_watch *watch, void *arg, struct err *e);
/* The same without a secret. Starts connecting to @address (as for stream_connect(); copied). @tls
 * (may be NULL) and @watch
 * (may be NULL) are borrowed for the client's life; @server_name (may be NULL) is copied. */
struct rpc_client *rpc_client_new(struct worker *w, const char *address, struct tls *tls,
				  const char *server_name, const struct rpc_client_watch *watch,
				  void *arg, struct err *e);
/* Ends all calls under way with ERR_SHUTDOWN, then closes. NULL is fine. */
void rpc_client_free(struct rpc_client *c);
/* Connected, greeted, and not asked to go away. */
bool rpc_client_is_up(const struct rpc_client *c);
const char *rpc_client_address(const struct rpc_client *c);
size_t rpc_client_calls(const struct rpc_client *c);

struct rpc_call_handler {
	/* Bytes of the answer; @frame_end: the server's piece ends here, for methods that send a
	 * message per piece. The call has a window of RPC_FRAME_WINDOW bytes: give back what was
	 * consumed with rpc_call_grant(). */
	void (*data)(void *arg, const uint8_t *p, size_t n, bool frame_end);
	/* The call is over and its handle gone. @e is NULL when it succeeded. @trailer (borrowed
	 * until end returns) may come with an error, too; it is empty when the server had no
	 * say: connection lost, deadline, client freed. */
	void (*end)(void *arg, const struct err *e, struct str trailer);
	/* After rpc_call_send() said "full": there is room. May be NULL. */
	void (*writable)(void *arg);
};

/* Starts a call of @method with the request made of @parts (copied or sent at once). While the
 * first or a repeated attempt to connect is under way the call waits for it; NULL with
 * ERR_UNAVAILABLE between attempts and after GOAWAY. @h->end is never called from inside.
 *
 * @timeout_us (0: none): when it passes, the client cancels the call and waits up to 500 ms for
 * the server's END. @h->end gets ERR_DEADLINE then, with the server's trailer if the END came;
 * if it did not, the call is abandoned, and the server keeps nothing of it. */
struct rpc_call *rpc_call_start(struct rpc_client *c, unsigned method, const struct iovec *parts,
				int count, uint64_t timeout_us, const struct rpc_call_handler *h,
				void *arg, struct err *e);
/* Sends bytes to the server's handler; @last: no more will come. False: full, wait for writable
 * (these bytes are on their way all the same). */
bool rpc_call_send(struct rpc_call *call, const void *p, size_t n, bool last);
/* Lets the server send @n more bytes. */
void rpc_call_grant(struct rpc_call *call, size_t n);

/* Three ways to stop a call. CANCEL and the server's END may cross on the line; none of the three
 * leaves a slot, credit or anything that the server keeps behind.
 *
 * rpc_call_cancel(): the owner wants to know how the call ended. The handle stays valid, and
 * @h->end follows exactly once, never from inside: with the server's END, which is the one on its
 * way already if the call was over; with an error if the connection is lost. @h->data and
 * @h->writable are not called any more: the client grants credit for what still comes and throws
 * it away. So @e may be NULL although data are missing. To cancel twice, or to drop or abandon
 * after a cancel, is fine. */
void rpc_call_cancel(struct rpc_call *call);
/* rpc_call_drop(): the same, but the owner hears nothing any more; the handle is gone. What the
 * server keeps for the caller (sessions) stays. NULL is fine. */
void rpc_call_drop(struct rpc_call *call);
/* rpc_call_abandon(): a drop that also tells the server that the client of the call is gone. The server
 * releases all that it keeps because of this call (a tablet rolls back and releases the session
 * that the call ran in or opened, also if the call was over already). NULL is fine. */
void rpc_call_abandon(struct rpc_call *call);
#endif
