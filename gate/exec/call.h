/* call - one statement on one shard: the request to its tablet, and what comes back. */
#ifndef EXEC_CALL_H
#define EXEC_CALL_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/wire/result_scan.h"

struct graph_shard;
struct query;
struct rendered;
struct rpc_call;

struct call {
	struct query *q;
	unsigned index; /* in q->call[] and q->resolved.target[] */
	const struct graph_shard *shard;
	struct rpc_call *rpc; /* NULL: not started, or over */
	struct result_scan scan;
	struct buf stash; /* the cut-off beginning of a packet */
	struct err error; /* ERR_OK: none (yet) */
	bool ended, rows; /* rows: the last result is rows, not an OK */
	/* The last OK or end-of-rows packet. */
	bool have_ok;
	uint16_t status, warnings;
	uint64_t affected, insert_id;
	struct str info; /* in the query's arena */
	size_t ungranted;
};

/* Sends the statement. -1: @e, and the call counts as ended. Otherwise call_ended() of the query
 * follows, never from inside. */
int call_start(struct call *c, const struct rendered *r, struct err *e) MUST_CHECK;
/* COM_STMT_PREPARE on the shard. */
int call_start_prepare(struct call *c, struct str sql, struct err *e) MUST_CHECK;
/* Lets the tablet send @n more bytes. */
void call_grant(struct call *c, size_t n);
/* Ends it without a callback. */
void call_cancel(struct call *c);
#endif
