/* gate_ctx - what one worker lends to everything that runs on it: its event loop, its plan cache,
 * its connections to tablets, its catalog, and what it asks of the gate as a whole.
 *
 * gate/session/gate_worker makes it and owns what it points to. Thread: one worker. */
#ifndef BASE_GATE_CTX_H
#define BASE_GATE_CTX_H
#include <stdbool.h>
#include <stdint.h>

struct gate_catalog;
struct commit;
struct gate_ctx;
struct gate_settings;
struct lex_opts;
struct links;
struct plan_cache;
struct statement;
struct worker;
struct worker_timer;

/* A KILL statement's order. */
struct gate_kill {
	uint32_t target, asker; /* connection ids */
	const char *user;	/* of the asker; borrowed for the call */
	bool whole;		/* the connection, not only its statement */
};

struct session_list;

/* What lower floors ask of the gate as a whole. */
struct gate_ctx_ops {
	/* Takes the newest catalog into ctx->catalog; between two statements. */
	void (*take_catalog)(struct gate_ctx *ctx);
	/* Reads the tables of @keyspace again and publishes them; @done runs once, later, on this
	 * worker. */
	void (*refresh_schema)(struct gate_ctx *ctx, const char *keyspace, void (*done)(void *arg),
			       void *arg);
	/* Ends a statement or a connection on any worker; @done runs once, later, on this worker.
	 * -1: out of memory, @done will not run. */
	int (*kill)(struct gate_ctx *ctx, const struct gate_kill *k,
		    void (*done)(void *arg, bool found), void *arg);
	/* Runs @work on a thread of its own, then @done on this worker. -1: out of memory, neither will
	 * run. */
	int (*run_elsewhere)(struct gate_ctx *ctx, void (*work)(void *arg), void (*done)(void *arg),
			     void *arg);
	/* Lists the connections of @user (NULL: of all) on all workers; @done runs once, later, on
	 * this worker, and frees the list (NULL: out of memory). -1: @done will not run. */
	int (*list_sessions)(struct gate_ctx *ctx, const char *user,
			     void (*done)(void *arg, struct session_list *l), void *arg);
};

struct gate_ctx {
	const struct gate_settings *settings; /* borrowed: the gate's */
	struct worker *worker;
	struct plan_cache *plans;
	struct links *links;
	/* A reference; NULL before the first topology. Changes between statements only: what a
	 * statement needs longer it finds behind its plan, which holds a reference of its own. */
	struct gate_catalog *catalog;
	const struct lex_opts *lex; /* how statements are read, but for mode and character set */
	uint64_t seed;		    /* of fingerprints: random per process */
	struct statement *spare;    /* statements kept for reuse, linked */
	unsigned spares;
	/* Those that go on at the next turn of the loop, linked; the timer runs them. */
	struct statement *yielding;
	struct worker_timer *turn;
	_Atomic unsigned lingering; /* statements and commits that outlive their clients */
	struct {
		unsigned queries, latency, scatter_errors, errors;
	} metric;
	const struct gate_ctx_ops *ops;
};
#endif
