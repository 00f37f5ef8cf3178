#include "gate/session/kill.h"

#include <stdlib.h>
#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/exec/statement.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "gate/session/tour.h"
#include "src/base/str.h"

struct kill_request {
	struct tour tour; /* first */
	struct gate_kill k;
	char *user; /* owned; NULL: anybody's connection */
	void (*done)(void *arg, bool found);
	void *arg;
	bool found;
};

static void finish(struct tour *t)
{
	struct kill_request *r = (struct kill_request *)t;

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

static bool visit(struct tour *t, struct gate_worker *gw)
{
	struct kill_request *r = (struct kill_request *)t;
	struct session *victim = session_find(gw, r->k.target);

	/* Only those within reach: a stranger's look as if they did not exist. */
	if (victim &&
	    (!r->user || (victim->conn.vars.user && !strcmp(victim->conn.vars.user, r->user))))
		strike(r, victim);
	return !r->found;
}

int kill_connection(struct gate_worker *origin, const struct gate_kill *k,
		    void (*done)(void *arg, bool found), void *arg)
{
	struct kill_request *r = calloc(1, sizeof(*r));

	if (r)
		*r = (struct kill_request){
			.tour = {origin, visit, finish, 0}, .k = *k, .done = done, .arg = arg};
	if (r && k->user)
		r->user = str_dup(str_of(k->user));
	if (r && (!k->user || r->user) && tour_start(&r->tour) == 0)
		return 0;
	free(r ? r->user : NULL);
	free(r);
	return -1;
}
