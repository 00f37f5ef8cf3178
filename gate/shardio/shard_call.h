/* shard_call - one statement on one shard: the request to its tablet, and the answer.
 *
 * A call knows no statement: the owner describes the request and gets the parts of the answer
 * through shard_call_ops. A call that was started always ends with one `ended`, also after
 * shard_call_cancel(): its END tells what the tablet still keeps for the session.
 * Thread: one worker. */
#ifndef SHARDIO_SHARD_CALL_H
#define SHARDIO_SHARD_CALL_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/wire/result_scan.h"

struct arena;
struct conditions;
struct gate_ctx;
struct graph_shard;
struct prepared_param;
struct rpc_call;
struct shard_call;
struct txn;

struct shard_call_ops {
	/* A part of the answer (@p: its bytes); not after an error or a cancel. */
	void (*part)(struct shard_call *c, const struct scan_part *part, const uint8_t *p);
	/* All parts of a piece have been handed out: give credit for what was used. */
	void (*flow)(struct shard_call *c);
	/* The call is over; c->error tells how. Never from inside shard_call_start(). */
	void (*ended)(struct shard_call *c);
};

enum shard_call_flag {
	SHARD_CALL_JOIN = 1,	  /* belongs to the session's transaction: BEGIN when it is open */
	SHARD_CALL_RESERVE = 2,	  /* the connection is kept for its session state */
	SHARD_CALL_WRITES = 4,	  /* may write: commits first */
	SHARD_CALL_SAVEPOINT = 8, /* sets SHARD_CALL_UNDO_NAME before it */
	SHARD_CALL_DDL = 16,	  /* the tablet reads its schema again before it answers */
	SHARD_CALL_FOUND_ROWS = 32,   /* CLIENT_FOUND_ROWS */
	SHARD_CALL_PREPARE_ONLY = 64, /* COM_STMT_PREPARE */
	SHARD_CALL_BINARY = 128,      /* runs as a prepared statement with request.param */
	SHARD_CALL_LOCKS = 256,	      /* LOCK TABLES */
	SHARD_CALL_HOLD = 512,	      /* the connection is kept until commit_release_held() */
	SHARD_CALL_ADMIN = 1024,      /* alone: not in the transaction, on no kept connection */
	SHARD_CALL_FOLLOW = 2048,     /* it may begin and end the transaction itself */
};

/* The savepoint that undoes a statement on one shard when it fails on another. */
#define SHARD_CALL_UNDO_NAME "`_sluice_statement`"

/* What is sent; borrowed until the call has ended but for @before and @sql, which are copied. */
struct shard_call_request {
	const char *keyspace, *user;
	const char *settings; /* text behind SET; NULL: none */
	uint8_t tablet_type;
	unsigned flags;		  /* enum shard_call_flag */
	uint64_t deadline_us;	  /* of worker_now_us(); 0: none */
	const struct str *before; /* statements to run first, in order */
	unsigned befores;
	struct str sql;
	const struct prepared_param *param; /* SHARD_CALL_BINARY */
	uint32_t params;
};

struct shard_call {
	/* Set by the owner before the start: */
	const struct shard_call_ops *ops;
	void *owner;
	unsigned index; /* among the owner's calls */
	struct gate_ctx *ctx;
	struct arena *arena;	       /* for the request and c->info */
	struct txn *txn;	       /* the session's */
	struct conditions *conditions; /* where warnings go; NULL: nowhere */
	bool warnings_before;	       /* those of request.before, too */
	const struct graph_shard *shard;
	/* The call's own: */
	const char *keyspace, *user;
	uint8_t tablet_type;
	bool ended, canceled, began;
	bool alone;	      /* SHARD_CALL_ADMIN */
	bool follow;	      /* SHARD_CALL_FOLLOW */
	bool left_txn;	      /* and it has ended the transaction */
	bool stopped;	      /* set by an owner that no longer wants the answer */
	bool rolled_back;     /* the server ended the transaction with an error (deadlock) */
	bool rows_lost;	      /* the statement was done, but its rows were thrown away: it failed */
	struct rpc_call *rpc; /* NULL: not started, or over */
	struct result_scan scan;
	struct buf stash;    /* the cut-off beginning of a packet */
	struct err error;    /* ERR_OK: none (yet) */
	const uint8_t *rest; /* during ops->part: what came behind the part */
	size_t rest_len;
	size_t ungranted; /* bytes that came and for which no credit was given back */
	/* The last OK or end-of-rows packet. */
	bool have_ok, rows; /* rows: the last result is rows, not an OK */
	uint16_t status, warnings;
	uint64_t affected, insert_id;
	struct str info; /* in the arena */
};

/* Sends the request. -1: @e, nothing was sent, the transaction is as it was, and the call counts
 * as ended. */
int shard_call_start(struct shard_call *c, const struct shard_call_request *r,
		     struct err *e) MUST_CHECK;
/* Lets the tablet send @n more bytes. */
void shard_call_grant(struct shard_call *c, size_t n);
/* During ops->part: the status of the end of this result, if it has come already, within the next
 * @max bytes. False: it has not. */
bool shard_call_peek_end(const struct shard_call *c, size_t max, uint16_t *status);
/* Asks the tablet to end the statement; `ended` follows. A statement that had been done by then has no
 * error, and an OK packet as if nothing had happened (but c->rows_lost if it returned rows). */
void shard_call_cancel(struct shard_call *c);
#endif
