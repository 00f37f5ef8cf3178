#include "gate/session/tour.h"

#include <sched.h>

#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "src/net/worker.h"

static void come_home(void *arg)
{
	struct tour *t = arg;

	t->finish(t);
}

static void stop_by(void *arg)
{
	struct tour *t = arg;
	const struct gate *g = t->origin->gate;
	bool go_on = t->visit(t, g->workers[t->next++]) && t->next < g->worker_count;
	struct worker *to = (go_on ? g->workers[t->next] : t->origin)->ctx.worker;

	while (worker_post(to, go_on ? stop_by : come_home, t) < 0)
		sched_yield(); /* somebody waits for the end: until there is memory */
}

int tour_start(struct tour *t)
{
	return worker_post(t->origin->gate->workers[0]->ctx.worker, stop_by, t);
}
