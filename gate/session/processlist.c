#include "gate/session/processlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/base/session_list.h"
#include "gate/exec/statement.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "gate/session/tour.h"
#include "src/base/str.h"
#include "src/base/vec.h"
#include "src/net/worker.h"

struct gathering {
	struct tour tour;	   /* first */
	char *user;		   /* owned; NULL: of all */
	struct session_list *list; /* owned; NULL: out of memory */
	void (*done)(void *arg, struct session_list *l);
	void *arg;
};

static void finish(struct tour *t)
{
	struct gathering *g = (struct gathering *)t;

	g->done(g->arg, g->list);
	free(g->user);
	free(g);
}

static const char *state_of(const struct session *s)
{
	if (!s->statement)
		return "";
	switch (s->statement->state) {
	case STATEMENT_PLANNING:
		return "Planning";
	case STATEMENT_OPENING:
		return "Committing before";
	case STATEMENT_RUNNING:
		return "Executing";
	case STATEMENT_CLOSING:
		return "Finishing";
	case STATEMENT_IDLE:
	case STATEMENT_ANSWERED:
	case STATEMENT_ORPHANED:
		break;
	}
	return "";
}

static int add(struct session_list *l, const struct session *s)
{
	const struct session_vars *v = &s->conn.vars;
	struct session_row *r;

	if (VEC_GROW(l) < 0)
		return -1;
	r = &l->v[l->len];
	*r = (struct session_row){.id = v->id, .command = "Sleep", .state = state_of(s)};
	r->seconds = (worker_now_us(s->conn.ctx->worker) - s->since_us) / 1000000;
	snprintf(r->user, sizeof(r->user), "%.80s", v->user ? v->user : "unauthenticated user");
	snprintf(r->host, sizeof(r->host), "%s", client_host(&s->conn.client));
	target_print(&v->target, r->db, sizeof(r->db));
	if (s->state == SESSION_BUSY)
		r->command = s->statement ? "Query" : "Busy";
	else if (s->state != SESSION_IDLE)
		r->command = "Connect";
	if (s->statement) {
		r->text = str_dup(statement_text(s->statement));
		if (!r->text)
			return -1;
	}
	l->len++;
	return 0;
}

static bool visit(struct tour *t, struct gate_worker *gw)
{
	struct gathering *g = (struct gathering *)t;

	for (struct session *s = gw->sessions; s && g->list; s = s->next) {
		const char *user = s->conn.vars.user;

		if (g->user && (!user || strcmp(user, g->user) != 0))
			continue;
		if (add(g->list, s) < 0) {
			session_list_free(g->list);
			g->list = NULL;
		}
	}
	return g->list != NULL;
}

int processlist_gather(struct gate_worker *origin, const char *user,
		       void (*done)(void *arg, struct session_list *l), void *arg)
{
	struct gathering *g = calloc(1, sizeof(*g));

	if (!g)
		return -1;
	*g = (struct gathering){.tour = {origin, visit, finish, 0}, .done = done, .arg = arg};
	g->list = calloc(1, sizeof(*g->list));
	g->user = user ? str_dup(str_of(user)) : NULL;
	if (g->list && (!user || g->user) && tour_start(&g->tour) == 0)
		return 0;
	session_list_free(g->list);
	free(g->user);
	free(g);
	return -1;
}
