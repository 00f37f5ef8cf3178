/* statement - one statement of a client while it runs, and the command it belongs to: COM_QUERY
 * (one or several statements), COM_STMT_PREPARE, COM_STMT_EXECUTE. A connection has at most one.
 *
 *   IDLE -> PLANNING -> [OPENING ->] RUNNING -> [CLOSING ->] ANSWERED -> PLANNING (the next
 *   statement of the text) or IDLE; from each of them -> ORPHANED -> IDLE when the client leaves.
 *
 * OPENING: a COMMIT that goes before the statement is waited for. RUNNING: its kind works.
 * CLOSING: the result is known but something follows before the answer (an implicit commit,
 * undoing, a schema refresh). ANSWERED: the client has its answer. ORPHANED: the client has left;
 * what runs is canceled and waited for, so that nothing of it stays on the tablets.
 *
 * A kind says how a statement runs; the driver (gate/session/client_command) is a loop over the
 * statements of a text. Thread: the session's worker. Statements are kept per worker and reused. */
#ifndef EXEC_STATEMENT_H
#define EXEC_STATEMENT_H
#include <stdbool.h>
#include <stdint.h>

#include "gate/conn/conn.h"
#include "gate/exec/resolved.h"
#include "gate/shardio/shard_call.h"
#include "sql/norm/fingerprint.h"
#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/wire/packet.h"
#include "src/wire/prepared.h"

struct commit;
struct graph_keyspace;
struct merge;
struct plan_ahead;
struct plan;
struct plan_entry;
struct shard_fetch;
struct statement;
struct stmt;

enum statement_input { STATEMENT_TEXT, STATEMENT_PREPARE, STATEMENT_EXECUTE };
enum statement_state {
	STATEMENT_IDLE,
	STATEMENT_PLANNING,
	STATEMENT_OPENING,
	STATEMENT_RUNNING,
	STATEMENT_CLOSING,
	STATEMENT_ANSWERED,
	STATEMENT_ORPHANED,
};

/* How the answers of a statement's shards become the client's answer. */
struct statement_kind {
	const char *name;
	/* A part of a shard's answer; NULL: nothing is done with them. */
	void (*part)(struct shard_call *c, const struct scan_part *part, const uint8_t *p);
	/* Gives credit for what was used; NULL: everything was. */
	void (*flow)(struct shard_call *c);
	/* One call is over; NULL: nothing to do. */
	void (*call_ended)(struct shard_call *c);
	/* The client takes bytes again; NULL: nothing waits for that. */
	void (*drained)(struct statement *st);
	/* All calls are over without an error: true when nothing waits for the client any more;
	 * else statement_check() again later. NULL: true. */
	bool (*finished)(struct statement *st);
	/* Sends the last packets of the answer. */
	void (*answer)(struct statement *st);
	/* Frees what is not in the arena; NULL: nothing. */
	void (*drop)(struct statement *st);
};

/* Something outside that a statement waits for; outlives a statement that is orphaned. */
struct statement_wait {
	struct statement *st; /* NULL: nobody waits any more */
	void (*resume)(struct statement *st, bool ok);
};

struct statement {
	struct statement *next; /* among the spare ones, or the yielding ones */
	struct gate_ctx *ctx;
	struct conn *conn;		    /* borrowed; NULL: IDLE or ORPHANED */
	void (*done)(struct statement *st); /* the driver's: the state is ANSWERED */
	enum statement_input input;
	enum statement_state state;
	const struct statement_kind *kind; /* NULL: the gate itself answers */
	struct arena arena;		   /* of this statement */

	/* The command. */
	struct buf text;    /* owned copy of its text */
	uint32_t at;	    /* where the statement begins */
	bool more;	    /* another statement follows in the text */
	bool failed;	    /* the client got an error: the rest of the text is not run */
	bool driving;	    /* the driver's loop is above us on the stack */
	bool yielded;	    /* the driver goes on at a later turn of the loop */
	bool killed;	    /* by KILL QUERY */
	bool borrowed_fp;   /* the fingerprint is @stmt's, who gets it back at the end */
	struct stmt *stmt;  /* EXECUTE; borrowed from the connection */
	struct buf execute; /* owned copy of COM_STMT_EXECUTE's body */

	/* The statement and its plan. */
	struct plan_ahead *ahead; /* owned: what another thread made of a long text; NULL: nothing */
	struct fingerprint fp;		       /* of EXECUTE, see borrowed_fp */
	struct plan_entry *entry;	       /* a use of it */
	struct plan *plan;		       /* of the entry */
	const struct graph_keyspace *keyspace; /* the plan's, or the target's for fetches */
	struct session_target target;	       /* the connection's, or where @stmt was prepared */
	bool scatter;		      /* planned for several shards because of its values */
	struct prepared_param *param; /* in the arena; EXECUTE */
	uint32_t *lit_param;	      /* in the arena: ordinal of the parameter for each literal */
	struct resolved resolved;

	/* What runs. */
	struct shard_call *call; /* one per target, in the arena */
	unsigned calls, running;
	void (*calls_over)(struct statement *st); /* all of them, and the kind has finished */
	struct commit *commit;			  /* under way; NULL: none */
	struct shard_fetch *fetch;		  /* the newest, in the arena */
	bool fetching;				  /* it is under way */
	struct statement_wait *wait;		  /* owned by whoever ends it; NULL: none */
	void *local;	       /* in the arena: the state of a statement of the gate's own */
	struct txn orphan_txn; /* ORPHANED: what the client's transaction kept */

	/* How it went. */
	struct err error;  /* the first thing that went wrong; ERR_OK: nothing */
	bool implicit_txn; /* a transaction opened for this statement alone */
	struct txn_traits traits; /* of it: the next statement has them, too, if this one fails */
	bool answered;	   /* the first bytes of the answer have gone out */
	bool rolled_back;  /* a server ended the transaction with an error (deadlock) */
	uint64_t deadline_us, started_us;
	uint64_t found_rows;
	unsigned warnings_before, errors_before; /* of the statement before: @@warning_count */

	/* The kinds' own. */
	struct merge *merge; /* in the arena */
	struct {
		uint64_t columns_left, params_left; /* definitions still to come */
		bool renumber_needed;
		struct packet_renumber renumber;
	} relay;
};

/* --- for the driver --- */

/* A statement object for a command of @conn, PLANNING; NULL when out of memory. */
struct statement *statement_take(struct conn *conn, enum statement_input input,
				 void (*done)(struct statement *st));
/* Gives it back; nothing of it runs any more. */
void statement_put(struct statement *st);
/* Forgets the statement but not the command: nothing of it runs any more. */
void statement_drop(struct statement *st);
/* The only writer of st->state. */
void statement_set_state(struct statement *st, enum statement_state to);
/* KILL QUERY: ends what runs; the statement fails with error 1317. */
void statement_kill(struct statement *st);
/* The client has left: cancels what runs, takes over the connections that it keeps on tablets, and
 * gives all back when the last call has ended. @st belongs to itself from now on. */
void statement_orphan(struct statement *st);
/* For the driver, at the end of its loop: an orphan of which nothing runs any more goes. */
void statement_check_orphan(struct statement *st);
/* For ctx->turn: those that have yielded go on. */
void statement_run_yielding(void *ctx);
/* The worker ends: frees the spare objects. */
void statement_free_spares(struct gate_ctx *ctx);

/* --- for what runs a statement --- */

/* Answered with success, or (with @e) sends the client the error: the driver goes on. */
void statement_done(struct statement *st);
void statement_fail(struct statement *st, const struct err *e);
void statement_fail_memory(struct statement *st);
/* The text of the statement, and of one of its nodes. */
struct str statement_text(const struct statement *st);
/* The statement as a server gets it: comments behind it are for its logs. */
struct str statement_whole(const struct statement *st);
struct str statement_span(const struct statement *st, uint32_t start, uint32_t end);
/* Answers OK. */
void statement_ok(struct statement *st);
/* To be called when something that a kind waited for has happened: calls_over runs when all calls
 * are over and the kind has finished. */
void statement_check(struct statement *st);
/* Cancels the calls that still run; each ends later, and then no longer fails the statement. */
void statement_stop_calls(struct statement *st);
/* True when further statements follow in the text (and the client may send several). */
bool statement_has_more(const struct statement *st);
/* Starts @f for @st: f->ctx, arena and transaction are filled in, and what is not set of keyspace,
 * (with its tablet type), settings and deadline. f->arg is @st in f->done, which is not called once
 * the client has left. */
void statement_fetch(struct statement *st, struct shard_fetch *f);
/* COMMIT or ROLLBACK; @done is not called once the client has left. */
void statement_commit(struct statement *st, bool rollback,
		      void (*done)(void *st, const struct err *e));
/* The client takes bytes again, or could all the time: whatever waited for that goes on. */
void statement_drained(struct statement *st);
/* Goes on, as with statement_drained(), at a later turn of the worker's loop. */
void statement_yield(struct statement *st);
/* For something outside: @resume runs once statement_resume() is called, unless the client has
 * left. NULL: out of memory. */
struct statement_wait *statement_wait_new(struct statement *st,
					  void (*resume)(struct statement *st, bool ok));
void statement_resume(struct statement_wait *w, bool ok);
#endif
