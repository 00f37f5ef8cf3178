#include "gate/pick/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/catalog/catalog.h"
#include "src/base/hmap.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/base/rng.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_client.h"
#include "topo/graph.h"

enum { LINK_HEALTH_MAX = 65536 };

struct links {
	struct worker *worker;
	struct rpc_trust rpc;
	struct hmap by_address; /* address -> struct link, owned */
	unsigned up_metric;
};

struct link {
	struct links *links;
	struct rpc_client *client; /* owned */
	char *address;		   /* owned */
	bool up;
	/* Of a replica: its health as it tells; NULL while it is not connected. */
	bool watched, heard, serving;
	struct rpc_call *health;
	struct buf health_buf;
	char reason[300]; /* why it does not serve */
};

/* --- the health of replicas --- */

static void take_health(struct link *l)
{
	Sluice__HealthUpdate *m =
		sluice__health_update__unpack(NULL, l->health_buf.len, l->health_buf.p);

	if (!m)
		return;
	l->heard = true;
	l->serving = m->serving;
	snprintf(l->reason, sizeof(l->reason), "%s", m->reason);
	sluice__health_update__free_unpacked(m, NULL);
}

static void health_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	struct link *l = arg;

	if (l->health_buf.len < LINK_HEALTH_MAX)
		buf_append(&l->health_buf, p, n);
	if (frame_end) {
		take_health(l);
		buf_reset(&l->health_buf);
	}
	if (l->health)
		rpc_call_grant(l->health, n);
}

static void health_end(void *arg, const struct err *e, struct str trailer)
{
	struct link *l = arg;

	(void)e, (void)trailer;
	l->health = NULL;
	l->heard = false;
	buf_fini(&l->health_buf);
}

static void watch_health(struct link *l)
{
	static const struct rpc_call_handler handler = {.data = health_data, .end = health_end};
	struct err e;

	if (l->watched && !l->health)
		l->health = rpc_call_start(l->client, METHOD_HEALTH, NULL, 0, 0, &handler, l, &e);
}

static void on_up(void *arg)
{
	struct link *l = arg;

	if (!l->up)
		metrics_add(l->links->up_metric, 1);
	l->up = true;
	watch_health(l);
	log_info("gate.link", "event=up tablet=%s", l->address);
}

static void on_down(void *arg, const struct err *why)
{
	struct link *l = arg;

	if (l->up) {
		metrics_add(l->links->up_metric, -1);
		log_warn("gate.link", "event=down tablet=%s reason=\"%s\"", l->address, why->msg);
	}
	l->up = false;
}

static const struct rpc_client_watch watch = {on_up, on_down};

struct links *links_new(struct worker *w, struct rpc_trust rpc)
{
	struct links *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->worker = w;
	l->rpc = rpc;
	hmap_init(&l->by_address);
	l->up_metric = metrics_id(METRIC_GAUGE, "sluice_gate_tablet_links", "",
				  "Connections to tablets that are up.");
	return l;
}

static void free_link(void *p)
{
	struct link *l = p;

	if (l->health)
		rpc_call_cancel(l->health);
	buf_fini(&l->health_buf);
	rpc_client_free(l->client);
	if (l->up)
		metrics_add(l->links->up_metric, -1);
	free(l->address);
	free(l);
}

void links_free(struct links *l)
{
	if (!l)
		return;
	hmap_fini(&l->by_address, free_link);
	free(l);
}

static bool in_use(const struct gate_catalog *c, const char *address)
{
	for (size_t i = 0; i < c->graph->tablet_count; i++)
		if (!strcmp(c->graph->tablets[i].rpc_address, address))
			return true;
	return false;
}

void links_trim(struct links *l, const struct gate_catalog *c)
{
	struct hmap_slot *slot;
	size_t it = 0;

	while ((slot = hmap_next(&l->by_address, &it))) {
		struct link *k = slot->value;

		if (in_use(c, k->address) || rpc_client_calls(k->client) > (k->health ? 1 : 0))
			continue;
		hmap_del(&l->by_address, str_of(k->address));
		free_link(k);
		it = 0; /* deleting moves slots */
	}
}

struct rpc_client *link_get(struct links *l, const char *address, struct err *e)
{
	struct link *k = hmap_get(&l->by_address, str_of(address));
	struct rpc_peer peer;

	if (k)
		return k->client;
	k = calloc(1, sizeof(*k));
	if (k) {
		k->links = l;
		k->address = str_dup(str_of(address));
	}
	if (!k || !k->address) {
		err_set(e, ERR_NOMEM, "out of memory for a connection to %s", address);
		goto fail;
	}
	peer = (struct rpc_peer){.address = address, .tls = l->rpc.client, .secret = l->rpc.secret};
	k->client = rpc_client_open(l->worker, &peer, &watch, k, e);
	if (!k->client)
		goto fail;
	if (hmap_put(&l->by_address, str_of(address), k, NULL) < 0) {
		err_set(e, ERR_NOMEM, "out of memory for a connection to %s", address);
		goto fail;
	}
	return k->client;
fail:
	if (k)
		free_link(k);
	return NULL;
}

void links_watch(struct links *l, const struct gate_catalog *c)
{
	for (size_t i = 0; i < c->graph->tablet_count; i++) {
		const struct graph_tablet *t = &c->graph->tablets[i];
		struct link *k;
		struct err e;

		if (t->type != TABLET_REPLICA && t->type != TABLET_RDONLY)
			continue;
		if (!link_get(l, t->rpc_address, &e)) {
			log_warn("gate.link", "event=watch tablet=%s problem=\"%s\"", t->alias,
				 e.msg);
			continue;
		}
		k = hmap_get(&l->by_address, str_of(t->rpc_address));
		k->watched = true;
		watch_health(k);
	}
}

/* How well a tablet can be read from; 0: it has said that it must not be. */
static unsigned score_of(struct links *l, const struct graph_tablet *t, const char *cell)
{
	const struct link *k = hmap_get(&l->by_address, str_of(t->rpc_address));
	unsigned score = 1u + (!strcmp(t->cell, cell) ? 1u : 0);

	if (!k)
		return score;
	if (k->heard)
		return k->serving ? score + 4u : 0;
	return score + (k->up || rpc_client_calls(k->client) ? 2u : 0);
}

/* Why none of the shard's tablets of a type can be read from. */
static void explain(struct links *l, const struct graph_shard *shard, unsigned type, struct err *e)
{
	const char *name = rec_tablet_type_name((enum tablet_type)type);

	for (size_t i = 0; i < shard->tablet_count; i++) {
		const struct graph_tablet *t = &shard->tablets[i];
		const struct link *k = hmap_get(&l->by_address, str_of(t->rpc_address));

		if ((unsigned)t->type != type || !k)
			continue;
		err_set(e, ERR_UNAVAILABLE, "shard %s/%s has no %s that is ready; %s: %s",
			shard->keyspace->name, shard->name, name, t->alias, k->reason);
		return;
	}
	err_set(e, ERR_UNAVAILABLE, "shard %s/%s has no %s", shard->keyspace->name, shard->name,
		name);
}

const struct graph_tablet *link_pick(struct gate_ctx *ctx, const struct graph_shard *shard,
				     unsigned tablet_type, struct err *e)
{
	const char *cell = ctx->settings->cell;
	const struct graph_tablet *best = NULL;
	unsigned best_score = 0, ties = 0;

	if (tablet_type == TABLET_PRIMARY) {
		if (!shard->primary)
			err_set(e, ERR_UNAVAILABLE, "shard %s/%s has no primary",
				shard->keyspace->name, shard->name);
		return shard->primary;
	}
	for (size_t i = 0; i < shard->tablet_count; i++) {
		const struct graph_tablet *t = &shard->tablets[i];
		unsigned score;

		if ((unsigned)t->type != tablet_type)
			continue;
		score = score_of(ctx->links, t, cell);
		if (!score)
			continue;
		if (score > best_score)
			ties = 0;
		/* Each of several equal ones is as likely. */
		if (score > best_score || (score == best_score && rng_below(++ties + 1) == 0))
			best = t;
		best_score = score > best_score ? score : best_score;
	}
	if (!best)
		explain(ctx->links, shard, tablet_type, e);
	return best;
}
