/* tour - runs a function on each worker of a gate in turn, then one on the worker that asked.
 * Embedded, as the first member, in what travels. */
#ifndef SESSION_TOUR_H
#define SESSION_TOUR_H
#include <stdbool.h>

#include "src/base/err.h"

struct gate_worker;

struct tour {
	struct gate_worker *origin; /* borrowed: the worker that asks */
	/* On @gw's thread; false: no further worker need be asked. */
	bool (*visit)(struct tour *t, struct gate_worker *gw);
	/* On the origin's thread, once; frees the tour. */
	void (*finish)(struct tour *t);
	unsigned next; /* worker to visit; 0 at the start */
};

/* Sends it off. -1: out of memory, nothing of it will run. */
int tour_start(struct tour *t) MUST_CHECK;
#endif
