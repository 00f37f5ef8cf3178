/* query - one command of a client while it runs: COM_QUERY (one or several statements),
 * COM_STMT_PREPARE, COM_STMT_EXECUTE. A session has at most one.
 *
 * Each statement goes PLANNING -> [OPENING ->] RUNNING -> [CLOSING ->] and then either the next
 * statement of the text begins or the command is over. OPENING: a transaction or catalog is waited
 * for; CLOSING: the answer is known but something follows it (an implicit commit, a schema
 * refresh). Thread: the session's worker. Query objects are kept per worker and reused. */
#ifndef EXEC_QUERY_H
#define EXEC_QUERY_H
#include <stdbool.h>
#include <stdint.h>

#include "gate/exec/call.h"
#include "gate/exec/resolve.h"
#include "sql/norm/fingerprint.h"
#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/wire/packet.h"
#include "src/wire/prepared.h"

struct fetch;
struct finish;
struct gate_worker;
struct graph_keyspace;
struct merge;
struct plan;
struct plan_entry;
struct read_back;
struct savepoint_end;
struct session;
struct set_state;
struct stmt;
struct worker_timer;

enum query_kind { QUERY_TEXT, QUERY_PREPARE, QUERY_EXECUTE };
/* What becomes of the answers of the calls. */
enum query_mode {
	QUERY_RELAY, /* one call, passed on to the client */
	QUERY_MERGE, /* rows of several, through operators */
	QUERY_COUNT, /* several OKs, added up */
	QUERY_META,  /* COM_STMT_PREPARE */
	QUERY_FETCH, /* one row for the gate itself */
};
enum query_state { QUERY_IDLE, QUERY_PLANNING, QUERY_OPENING, QUERY_RUNNING, QUERY_CLOSING };

/* A schema refresh that somebody waits for; outlives a query that is abandoned. */
struct refresh_wait {
	struct query *q; /* NULL: nobody waits any more */
};

struct query {
	struct query *next; /* among the spare ones */
	struct gate_worker *gw;
	struct session *session; /* NULL: the client left, the calls are being waited for */
	enum query_kind kind;
	enum query_state state;
	enum query_mode mode;
	struct arena arena; /* of this statement */
	struct buf text;    /* owned copy of the command's text */
	uint32_t at;	    /* where the statement begins */
	struct fingerprint fp;
	struct plan_entry *entry;	       /* a use of it */
	struct plan *plan;		       /* of the entry */
	const struct graph_keyspace *keyspace; /* the plan's, or the session's for fetches */
	const char *settings; /* in the arena: instead of the session's (trying SET out); NULL */
	struct stmt *stmt;    /* QUERY_EXECUTE; borrowed from the session */
	struct buf execute;   /* owned copy of COM_STMT_EXECUTE's body */
	struct prepared_param *param; /* in the arena; QUERY_EXECUTE */
	uint32_t *lit_param;	      /* in the arena: ordinal of the parameter for each literal */
	struct resolved resolved;
	/* One call per target, in the arena. */
	struct call *call;
	unsigned calls, running;
	struct merge *merge; /* in the arena; NULL: one answer relayed */
	struct err error;    /* the first thing that went wrong; ERR_OK: nothing */
	bool implicit_txn;   /* opened for this statement alone */
	bool answered;	     /* the first bytes of the answer have gone out */
	bool scatter;	     /* planned for several shards because of its values */
	bool killed;
	bool more; /* another statement follows in the text */
	struct refresh_wait *refresh;
	bool rolled_back;      /* mysqld ended the transaction with an error (deadlock) */
	struct finish *finish; /* a COMMIT or ROLLBACK under way */
	void (*fetched)(struct query *q, const struct err *e); /* QUERY_FETCH: who asked */
	struct fetch *fetch;				       /* in the arena: the row that came */
	struct savepoint_end *savepoint; /* in the arena: a ROLLBACK TO under way */
	struct set_state *set;		 /* in the arena: a SET under way */
	bool eval_uservars;		 /* a fetch whose expressions may name user variables */
	struct read_back *read_back;	 /* in the arena: user variables being read */
	struct err *undone_for; /* in the arena: the error whose effects are being undone */
	uint64_t deadline_us, started_us;
	uint64_t affected, insert_id, found_rows; /* of a write, added up */
	uint32_t warnings;
	unsigned warnings_before, errors_before; /* of the statement before: @@warning_count */
	struct buf info; /* "Records: 3  Duplicates: 0  Warnings: 0" */
	/* The answer being passed on: definitions still to come, and renumbering of its packets. */
	uint64_t columns_left, params_left;
	bool renumber_needed;
	struct packet_renumber renumber;
};

/* Set on each shard before a statement that writes to several of them inside a transaction. */
#define QUERY_SAVEPOINT "SAVEPOINT `_sluice_statement`"
/* Of a COM_STMT_EXECUTE payload: command, statement id, flags, iteration count. */
enum { QUERY_EXECUTE_HEADER = 1 + 4 + 1 + 4 };

/* Start a command of a BUSY session; each ends in session_done(). */
void query_start_text(struct session *s, struct str text);
void query_start_prepare(struct session *s, struct str text);
void query_start_execute(struct session *s, struct stmt *st, struct str body);
/* The client's stream has room again. */
void query_drained(struct query *q);
/* KILL QUERY: ends the running statement with error 1317. */
void query_kill(struct query *q);
/* The session goes away: calls are canceled, the object is reused when the last one ended. */
void query_abandon(struct query *q);
/* For gate_worker: frees the spare objects. */
void query_free_spares(struct gate_worker *gw);

/* --- for the other files of gate/exec --- */

/* One call for each of the @n shards in q->resolved, not yet started. */
int query_make_calls(struct query *q, unsigned n, struct err *e) MUST_CHECK;
/* A call of the statement brought a part of its answer (@p: its bytes), or ended. */
void query_call_part(struct call *c, const struct scan_part *part, const uint8_t *p);
void query_call_ended(struct call *c);
/* All parts of a piece of an answer have been handed out. */
void query_call_data_done(struct call *c);
/* The statement failed: the client gets @e, the rest of the command is not run. */
void query_fail(struct query *q, const struct err *e);
/* The statement is over and answered (or q->error is set): goes on to the next one or ends. */
void query_statement_done(struct query *q);
/* All calls of the statement are over (query_end.c): what must follow, then the answer. */
void query_end_statement(struct query *q);
/* True when further statements follow in the text (and the client may send several). */
bool query_has_more(const struct query *q);
#endif
