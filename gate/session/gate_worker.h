/* gate_worker - what one worker of a gate owns: its sessions, its plan cache, its links to tablets,
 * its reference to the catalog. */
#ifndef SESSION_GATE_WORKER_H
#define SESSION_GATE_WORKER_H
#include <stdbool.h>
#include <stdint.h>

#include "gate/base/gate_ctx.h"
#include "src/base/pool.h"

struct gate;
struct listener;
struct session;
struct session_ops;
struct worker_timer;

struct gate_worker {
	struct gate_ctx ctx; /* first: statements know only it */
	struct gate *gate;   /* borrowed */
	unsigned index;
	struct listener *tcp, *unix_listener;
	const struct session_ops *session_ops;
	struct session *sessions; /* list head */
	unsigned session_count;
	bool stopped;
	struct pool session_pool;
	uint64_t catalog_generation; /* of the cell when ctx.catalog was taken */
	struct worker_timer *tick;   /* once a second: timeouts */
};

#endif
