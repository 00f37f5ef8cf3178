/* exec - one request of a gate (run, prepare, finish) on a connection to mysqld. It goes through
 * steps - get a connection, make it fit, open the transaction, prepare - each of which may end it
 * with mysqld's own error as the answer; then the statement runs and its packets are relayed as
 * they come. Thread: one worker. */
#ifndef QUERY_EXEC_H
#define QUERY_EXEC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/wire/packet.h"
#include "tablet/pool/conn_pool.h"

struct Sluice__Warning;
struct kept;
struct query_worker;
struct rpc_reply;
struct worker_timer;

enum exec_kind { EXEC_RUN, EXEC_PREPARE, EXEC_FINISH, EXEC_RELEASE };

enum exec_state {
	EXEC_NEW,
	EXEC_POOL,     /* waits in line for a connection */
	EXEC_SESSION,  /* waits for the statement that its session runs */
	EXEC_STEP,     /* mysqld runs a command that comes before the statement */
	EXEC_MAIN,     /* mysqld runs the statement */
	EXEC_WARNINGS, /* the statement has ended; the tablet asks for its warnings */
	EXEC_STATUS,   /* it failed; the tablet asks whether the transaction is still open */
	EXEC_ABSORB,   /* it was canceled; an empty statement takes a KILL that comes late */
	EXEC_RELOAD,   /* it has ended; the tablet reads the schema that it changed */
	EXEC_OVER,     /* the reply has ended; a callback (KILL, reload) is awaited */
};

enum exec_step { STEP_SETTINGS, STEP_DATABASE, STEP_BEGIN, STEP_BEFORE, STEP_STMT, STEP_MAIN };

struct exec {
	/* Live on when the exec is used again. */
	struct exec *next_spare;
	struct query_worker *q;
	struct arena arena;
	struct worker_timer *late; /* owned; made at the first cancellation */
	unsigned kills;		   /* KILLs said, and turns of the timer without one */
	struct err why;		   /* of the cancellation */
	/* Zero at the start of each use, from here. */
	struct rpc_reply *reply;  /* NULL once it is ended */
	struct exec *next, *prev; /* of the worker's active ones */
	struct conn_wait wait;
	enum exec_kind kind;
	enum exec_state state;
	enum exec_step step;
	struct str sql, settings, database, begin_sql, params;
	struct str *before;
	size_t before_count, before_at;
	uint32_t flags, param_count, stmt_id, stmt_params;
	uint64_t session, started_us, owner;
	unsigned stalled,
		quiet; /* ticks in a row: paused without credit; without a byte of mysqld */
	bool keep_reserved;
	struct pooled *c;	  /* lent to us, or the kept session's; NULL: none */
	struct kept *kept;	  /* NULL: none (yet) */
	struct str error;	  /* the ERR packet of a step, in the arena */
	bool began, ran;	  /* the transaction was opened; the statement was sent */
	bool failed;		  /* the answer is an error of mysqld's */
	bool rows;		  /* the answer has rows */
	bool done;		  /* the statement ended well, and its work is not rolled back */
	bool restart, reprepared; /* the statement was stale: prepare again, once */
	bool canceled, killing, reloading, paused;
	bool gone;	  /* the client of the call is gone: its session is not kept */
	uint64_t call;	  /* rpc_reply_number() */
	bool renumbering; /* the command took several packets: the answer does not start at 1 */
	struct packet_renumber renumber;
	/* For the trailer. */
	bool warned;	    /* the last result reported warnings that are not fetched yet */
	bool before_warned; /* and one of the statements before it */
	struct Sluice__Warning **warning; /* in the arena, as are they */
	size_t warning_count;
	struct buf warning_rows; /* owned: rows of SHOW WARNINGS as they come */
	struct str ok_packet; /* of the answer, in the arena */
	uint64_t trailer_session;
	bool trailer_in_txn;
};

/* A fresh one for @r, or NULL: out of memory. */
struct exec *exec_new(struct query_worker *q, struct rpc_reply *r, enum exec_kind kind);
/* Runs it; the fields are filled in. It ends the reply and frees itself. */
void exec_start(struct exec *x);
/* Ends one that has no connection (any more) with an error; the trailer says whether the session
 * that the request named is still there. */
void exec_refuse(struct exec *x, const struct err *e);
/* Makes the worker's tick come after EXEC_TICK_US if it rests. */
enum { EXEC_TICK_US = 100000 };
void exec_wake_tick(struct query_worker *q);
/* Every EXEC_TICK_US: ends requests whose client takes nothing for @stall_ticks, and those of which
 * mysqld sends nothing for @quiet_ticks. */
void exec_tick(struct query_worker *q, unsigned stall_ticks, unsigned quiet_ticks);
/* The connection of a caller is gone, and its calls have been canceled: those that come to their end all
 * the same keep nothing. */
void exec_owner_gone(struct query_worker *q, uint64_t owner);
/* Ends all that are under way with @why, closing their connections; returns how many. */
unsigned exec_abort_all(struct query_worker *q, const struct err *why);
/* Frees those kept for reuse. */
void exec_free_spares(struct query_worker *q);
#endif
