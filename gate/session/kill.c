#include "gate/session/kill.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gate/exec/query.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "src/net/worker.h"

/* One request travels to every worker and back to the one that asked. */
struct kill_request {
	struct gate *gate;
	struct gate_worker *origin;
	uint32_t target, asker;
	char *user; /* owned */
	bool whole, found;
	unsigned next; /* worker to visit */
};

static void finish(void *arg)
{
	struct kill_request *k = arg;
	struct session *s = gate_worker_session(k->origin, k->asker);
	struct err e;

	if (s && s->state == SESSION_BUSY) {
		if (k->found) {
			session_send_done(s, 0, 0, false);
		} else {
			err_set_mysql(&e, ERR_NOT_FOUND, 1094, "HY000", "Unknown thread id: %u",
				      k->target);
			session_send_error(s, &e);
		}
		session_done(s);
	}
	free(k->user);
	free(k);
}

static void strike(struct kill_request *k, struct session *victim)
{
	k->found = true;
	if (k->whole && victim->state != SESSION_BUSY)
		session_close(victim, "killed");
	else if (k->whole)
		victim->killed = true;
	if (victim->state == SESSION_BUSY && victim->query)
		query_kill(victim->query);
}

static void visit(void *arg)
{
	struct kill_request *k = arg;
	struct gate_worker *gw = k->gate->workers[k->next++];
	struct session *victim = gate_worker_session(gw, k->target);
	struct worker *to;

	/* Only the same user's connections: a stranger's look as if they did not exist. */
	if (victim && victim->user && !strcmp(victim->user, k->user) && victim->id != k->asker)
		strike(k, victim);
	to = k->next < k->gate->worker_count && !k->found ? k->gate->workers[k->next]->worker
							  : NULL;
	if (!to || worker_post(to, visit, k) < 0)
		if (worker_post(k->origin->worker, finish, k) < 0) {
			free(k->user);
			free(k);
		}
}

/* A client that ends itself is told so, as by mysqld. */
static void end_self(struct session *s, bool whole)
{
	struct err e;

	err_set(&e, ERR_CANCELED, "Query execution was interrupted");
	session_send_error(s, &e);
	if (whole)
		session_close(s, "killed by itself");
	else
		session_done(s);
}

void kill_connection(struct session *s, uint32_t id, bool whole)
{
	struct kill_request *k;
	struct err e;

	if (id == s->id) {
		end_self(s, whole);
		return;
	}
	k = calloc(1, sizeof(*k));
	if (k)
		*k = (struct kill_request){.gate = s->gw->gate,
					   .origin = s->gw,
					   .target = id,
					   .asker = s->id,
					   .whole = whole};
	if (k)
		k->user = str_dup(str_of(s->user));
	if (!k || !k->user || worker_post(k->gate->workers[0]->worker, visit, k) < 0) {
		free(k ? k->user : NULL);
		free(k);
		err_set(&e, ERR_NOMEM, "out of memory");
		session_send_error(s, &e);
		session_done(s);
	}
}
