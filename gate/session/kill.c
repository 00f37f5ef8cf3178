#include "gate/session/kill.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/exec/statement.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "src/base/str.h"
#include "src/net/worker.h"

/* One request travels to every worker and back to the one that asked. */
struct kill_request {
	struct gate *gate;
	struct gate_worker *origin;
	struct gate_kill k;
	char *user; /* owned */
	void (*done)(void *arg, bool found);
	void *arg;
	bool found;
	unsigned next; /* worker to visit */
};

static void finish(void *arg)
{
	struct kill_request *r = arg;

	r->done(r->arg, r->found);
	free(r->user);
	free(r);
}

static void strike(struct kill_request *r, struct session *victim)
{
	r->found = true;
	if (r->k.whole && victim->state != SESSION_BUSY) {
		session_close(victim, "killed");
		return;
	}
	if (r->k.whole)
		victim->conn.closing = true;
	if (victim->statement)
		statement_kill(victim->statement);
}

static void visit(void *arg)
{
	struct kill_request *r = arg;
	struct gate_worker *gw = r->gate->workers[r->next++];
	struct session *victim = session_find(gw, r->k.target);
	struct worker *to;
	bool over;

	/* Only the same user's connections: a stranger's look as if they did not exist. */
	if (victim && victim->conn.vars.user && !strcmp(victim->conn.vars.user, r->user))
		strike(r, victim);
	over = r->found || r->next == r->gate->worker_count;
	to = (over ? r->origin : r->gate->workers[r->next])->ctx.worker;
	while (worker_post(to, over ? finish : visit, r) < 0)
		sched_yield(); /* the client must get an answer: until there is memory */
}

int kill_connection(struct gate_worker *origin, const struct gate_kill *k,
		    void (*done)(void *arg, bool found), void *arg)
{
	struct kill_request *r = calloc(1, sizeof(*r));

	if (r)
		*r = (struct kill_request){
			.gate = origin->gate, .origin = origin, .k = *k, .done = done, .arg = arg};
	if (r)
		r->user = str_dup(str_of(k->user));
	if (r && r->user && worker_post(r->gate->workers[0]->ctx.worker, visit, r) == 0)
		return 0;
	free(r ? r->user : NULL);
	free(r);
	return -1;
}
