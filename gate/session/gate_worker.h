/* gate_worker - what one worker of a gate owns: its sessions, its plan cache, its links to tablets,
 * its reference to the catalog. */
#ifndef SESSION_GATE_WORKER_H
#define SESSION_GATE_WORKER_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/hmap.h"
#include "src/base/pool.h"

struct catalog;
struct gate;
struct links;
struct listener;
struct plan_cache;
struct query;
struct session;
struct worker;
struct worker_timer;

struct gate_worker {
	struct gate *gate; /* borrowed */
	struct worker *worker;
	unsigned index;
	struct listener *tcp, *unix_listener;
	struct session *sessions; /* list head */
	unsigned session_count;
	bool stopped;
	struct pool session_pool;
	struct query *spare_queries; /* kept for reuse, linked */
	unsigned spare_query_count;
	struct plan_cache *plans;
	struct links *links;
	struct catalog *catalog;     /* ref; may lag behind by one statement */
	uint64_t catalog_generation; /* of the cell when it was taken */
	struct worker_timer *tick;   /* once a second: timeouts */
	unsigned queries_metric, latency_metric, scatter_errors_metric;
};

/* Makes worker @index and its listeners, not yet running. */
struct gate_worker *gate_worker_new(struct gate *g, unsigned index, struct err *e);
int gate_worker_start(struct gate_worker *gw, struct err *e) MUST_CHECK;
/* Stops accepting; idle sessions are closed, busy ones when their statement or transaction ends.
 * Any thread. */
void gate_worker_drain(struct gate_worker *gw);
/* Closes everything and ends the thread; what other threads still post waits for gate_worker_free(). */
void gate_worker_stop(struct gate_worker *gw);
void gate_worker_free(struct gate_worker *gw); /* stops it first; NULL is fine */
/* The newest catalog, NULL before the first. Borrowed until the next call; take a reference to
 * keep. */
struct catalog *gate_worker_catalog(struct gate_worker *gw);
/* The session with this connection id on this worker, or NULL. */
struct session *gate_worker_session(struct gate_worker *gw, uint32_t id);
#endif
