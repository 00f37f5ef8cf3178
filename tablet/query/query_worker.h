/* query_worker - what one worker of the tablet owns: its RPC server, its connections to mysqld, the
 * sessions it keeps, the requests it runs. Made and driven by query_server. */
#ifndef QUERY_QUERY_WORKER_H
#define QUERY_QUERY_WORKER_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "tablet/pool/conn_pool.h"
#include "tablet/query/kept.h"

struct exec;
struct health_stream;
struct rpc_server;
struct tablet;
struct worker;
struct worker_timer;

struct query_limits {
	unsigned pool_size, reserved_size, max_waiting, max_stmts;
	uint64_t idle_us, wait_us; /* for the pools */
	uint64_t txn_idle_us,
		session_idle_us; /* of kept sessions, in and outside of a transaction */
	uint64_t write_us;	 /* of an answer of which the client takes nothing */
	uint64_t statement_us;	 /* of a statement of which mysqld sends nothing */
	uint64_t mysqld_us;	 /* of a mysqld that answers no ping */
};

struct query_metrics {
	unsigned executes, prepares, finishes, errors, canceled, lost, bytes, time;
	unsigned kept, txn_timeouts, reprepares;
};

struct query_worker {
	struct worker *worker;	/* borrowed */
	struct tablet *tablet;	/* borrowed */
	struct rpc_server *rpc; /* owned */
	struct query_limits limits;
	/* Kept sessions have a pool of their own: open transactions cannot starve plain statements.
	 */
	struct conn_pool *reads, *sessions, *reserved; /* owned; sessions: in a transaction */
	struct conn_pool *admin; /* owned; each connection of it runs one statement */
	struct kept_table kept;
	struct exec *active; /* those under way */
	struct exec *spare;  /* owned; for reuse */
	unsigned spares, running;
	struct worker_timer *tick;    /* owned */
	bool resting;		      /* the tick is slow: nothing runs, and nothing is kept */
	uint64_t health_us;	      /* when the watchers were last told by a tick */
	int last_type;		      /* the tablet's, as of the last notification */
	struct health_stream *health; /* the watchers */
	unsigned health_count;
	bool draining, away; /* away: GOAWAY was said */
	_Atomic bool notified;
	uint32_t used; /* connections to mysqld, as counted in tablet.connections_used */
	/* For others to read. */
	_Atomic uint32_t busy; /* calls under way and open transactions, as of the last 100 ms */
	struct query_metrics m;
};
#endif
