/* rpc_sync - one call from a thread that may block: connects, asks, waits for the whole answer.
 * For control work; never on a worker. */
#ifndef RPC_RPC_SYNC_H
#define RPC_RPC_SYNC_H
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct tls;

struct rpc_sync_target {
	const char *address; /* numeric, as for stream_connect() */
	struct tls *tls;         /* NULL: none */
	const char *server_name; /* NULL: the certificate's name is not checked */
	struct str secret;       /* empty: none */
	uint64_t timeout_us;     /* > 0; covers everything */
};

/* Calls @method. What the server sends is appended to @answer, its trailer to @trailer (each may be
 * NULL). */
int rpc_sync_call(const struct rpc_sync_target *to, unsigned method, struct str request,
		  struct buf *answer, struct buf *trailer, struct err *e) MUST_CHECK;
#endif
