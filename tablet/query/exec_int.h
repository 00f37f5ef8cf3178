/* exec_int - shared by exec.c and its siblings; no other file includes it. */
#ifndef QUERY_EXEC_INT_H
#define QUERY_EXEC_INT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct client_conn_sink;
struct exec;
struct kept;
/* Takes the next step. The request has its connection. */
void exec_advance(struct exec *x);
/* The answer is complete: decides what becomes of the connection, then ends. */
void exec_conclude(struct exec *x);
/* Whether an OK with @status means that what @x has committed is as safe as it must be: under
 * semi-sync a commit that is killed while it waits for a replica says OK all the same. */
bool exec_is_acknowledged(struct exec *x, uint16_t status);
/* Whether the connection of @x, which has no session yet, is kept for one. */
bool exec_keeps_new(const struct exec *x, bool in_txn);
/* Decides what becomes of the connection, then ends. */
void exec_settle(struct exec *x);
/* True when the statement's warnings are being read first; exec_conclude() comes again. */
bool exec_fetch_warnings(struct exec *x);
/* The connection is lost or of no use; ends. */
void exec_broken(struct exec *x, const struct err *why);
/* Sends a command of the tablet's own. */
void exec_send_plain(struct exec *x, const void *text, size_t n,
		     const struct client_conn_sink *sink);
/* Forgets the session; gives its connection back, or closes it (@discard). */
void exec_end_session(struct kept *k, bool discard);
/* What ran on the session is over: the request that waits for it is next. */
void exec_pass_on(struct kept *k);
/* Ends the reply: mysqld has answered. */
void exec_finish(struct exec *x);
/* Gives @x back for reuse; its reply has ended. */
void exec_put(struct exec *x);
/* The reply's callbacks. */
void exec_set_handler(struct exec *x);
/* Stops it: it ends with @why, now or when its statement was killed. A COMMIT is not killed. */
void exec_cancel(struct exec *x, const struct err *why);
/* No command of a canceled request is under way any more: ends once KILL was answered. */
void exec_drained(struct exec *x);
#endif
