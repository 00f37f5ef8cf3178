#include "gate/catalog/tracker.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gate/catalog/catalog.h"
#include "src/base/log.h"
#include "src/net/worker.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_client.h"
#include "topo/graph.h"
#include "topo/graph_watch.h"

enum {
	TRACKER_RETRY_US = 500000,
	TRACKER_SCHEMA_TIMEOUT_US = 30000000,
	TRACKER_MAX_MESSAGE = 64 << 20
};

struct waiter {
	struct waiter *next;
	struct worker *worker;
	worker_fn done;
	void *arg;
};

/* One keyspace. */
struct tracked {
	struct tracker *t;
	char *name;    /* owned */
	char *address; /* owned: the tablet asked, NULL: none */
	struct rpc_client *client;
	struct rpc_call *health, *schema;
	struct buf health_buf, schema_buf;
	uint64_t wanted, version; /* of the schema: seen in health, read */
	bool again, known;	  /* again: a refresh was asked for while one was under way */
	struct waiter *waiting, *next_waiting; /* for the read under way; for the one after it */
	struct worker_timer *retry;
};

struct tracker {
	struct snapshot_cell *catalog; /* borrowed: where new ones are published */
	struct worker *worker;
	struct rpc_trust rpc; /* between gate and tablets */
	struct graph_watch *watch;
	struct hmap keyspaces; /* name -> struct tracked, owned */
	struct graph *graph;   /* ref */
	_Atomic unsigned missing;
	bool closed; /* being freed: graphs do not matter any more */
};

static void read_schema(struct tracked *k);
static void watch_health(struct tracked *k);

static void publish(struct tracker *t, struct str keyspace, struct catalog_schema *schema)
{
	struct gate_catalog *old = (struct gate_catalog *)snapshot_acquire(t->catalog, NULL);
	struct gate_catalog *c = t->graph ? catalog_new(t->graph, old, keyspace, schema) : NULL;

	if (c)
		snapshot_publish(t->catalog, &c->snap);
	else if (t->graph)
		log_error("gate.tracker", "event=publish problem=\"out of memory\"");
	snapshot_put(old ? &old->snap : NULL);
}

static void count_missing(struct tracker *t)
{
	struct hmap_slot *slot;
	unsigned n = 0;
	size_t it = 0;

	while ((slot = hmap_next(&t->keyspaces, &it)))
		n += !((struct tracked *)slot->value)->known;
	atomic_store(&t->missing, n);
}

unsigned tracker_missing(const struct tracker *t)
{
	return atomic_load(&t->missing);
}

/* --- one keyspace's schema --- */

static void wake(struct waiter **list)
{
	while (*list) {
		struct waiter *w = *list;

		*list = w->next;
		if (worker_post(w->worker, w->done, w->arg) < 0)
			log_error("gate.tracker", "event=wake problem=\"out of memory\"");
		free(w);
	}
}

static void on_retry(void *arg)
{
	struct tracked *k = arg;

	if (!k->health)
		watch_health(k);
	if (!k->schema && (k->wanted != k->version || k->waiting))
		read_schema(k);
}

static void schema_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	struct tracked *k = arg;

	(void)frame_end;
	if (k->schema_buf.len < TRACKER_MAX_MESSAGE)
		buf_append(&k->schema_buf, p, n);
	if (k->schema)
		rpc_call_grant(k->schema, n);
}

static void take_schema(struct tracked *k)
{
	Sluice__SchemaReply *m =
		sluice__schema_reply__unpack(NULL, k->schema_buf.len, k->schema_buf.p);
	struct catalog_schema *s = m ? catalog_schema_new(m) : NULL;

	if (!s) {
		log_error("gate.tracker",
			  "event=schema keyspace=%s problem=\"malformed or out of memory\"",
			  k->name);
	} else {
		log_info("gate.tracker", "event=schema keyspace=%s version=%llu tables=%zu",
			 k->name, (unsigned long long)m->version, s->tables.len);
		k->version = m->version;
		if (k->wanted < m->version)
			k->wanted = m->version;
		k->known = true;
		publish(k->t, str_of(k->name), s);
		snapshot_put(&s->snap);
		count_missing(k->t);
	}
	if (m)
		sluice__schema_reply__free_unpacked(m, NULL);
}

static void schema_end(void *arg, const struct err *e, struct str trailer)
{
	struct tracked *k = arg;

	(void)trailer;
	k->schema = NULL;
	if (e)
		log_warn("gate.tracker", "event=schema keyspace=%s problem=\"%s\"", k->name,
			 e->msg);
	else
		take_schema(k);
	buf_fini(&k->schema_buf);
	/* A waiting client learns of a failure by its next statement; it must not wait for ever. */
	wake(&k->waiting);
	k->waiting = k->next_waiting;
	k->next_waiting = NULL;
	if (e)
		worker_timer_arm(k->retry, TRACKER_RETRY_US);
	else if (k->again || k->wanted != k->version)
		read_schema(k);
}

static void read_schema(struct tracked *k)
{
	static const struct rpc_call_handler handler = {.data = schema_data, .end = schema_end};
	struct err e;

	k->again = false;
	if (k->client)
		k->schema = rpc_call_start(k->client, METHOD_SCHEMA, NULL, 0,
					   TRACKER_SCHEMA_TIMEOUT_US, &handler, k, &e);
	if (k->schema)
		return;
	wake(&k->waiting);
	worker_timer_arm(k->retry, TRACKER_RETRY_US);
}

/* --- health --- */

static void take_health(struct tracked *k)
{
	Sluice__HealthUpdate *m =
		sluice__health_update__unpack(NULL, k->health_buf.len, k->health_buf.p);

	if (!m)
		return;
	if (m->serving && m->schema_version != k->wanted) {
		k->wanted = m->schema_version;
		if (!k->schema)
			read_schema(k);
		else
			k->again = true;
	}
	sluice__health_update__free_unpacked(m, NULL);
}

static void health_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	struct tracked *k = arg;

	if (k->health_buf.len < TRACKER_MAX_MESSAGE)
		buf_append(&k->health_buf, p, n);
	if (frame_end) {
		take_health(k);
		buf_reset(&k->health_buf);
	}
	if (k->health)
		rpc_call_grant(k->health, n);
}

static void health_end(void *arg, const struct err *e, struct str trailer)
{
	struct tracked *k = arg;

	(void)trailer, (void)e;
	k->health = NULL;
	buf_fini(&k->health_buf);
	/* A tablet that starts anew counts its versions from the beginning. */
	k->wanted = k->version = 0;
	worker_timer_arm(k->retry, TRACKER_RETRY_US);
}

static void watch_health(struct tracked *k)
{
	static const struct rpc_call_handler handler = {.data = health_data, .end = health_end};
	struct err e;

	if (!k->client)
		return;
	k->health = rpc_call_start(k->client, METHOD_HEALTH, NULL, 0, 0, &handler, k, &e);
	if (!k->health)
		worker_timer_arm(k->retry, TRACKER_RETRY_US);
}

/* --- keyspaces --- */

static void disconnect(struct tracked *k)
{
	if (k->health)
		rpc_call_drop(k->health);
	if (k->schema)
		rpc_call_drop(k->schema);
	k->health = k->schema = NULL;
	rpc_client_free(k->client);
	k->client = NULL;
	buf_fini(&k->health_buf);
	buf_fini(&k->schema_buf);
	free(k->address);
	k->address = NULL;
	k->wanted = k->version = 0;
}

static void free_tracked(void *p)
{
	struct tracked *k = p;

	disconnect(k);
	wake(&k->waiting);
	wake(&k->next_waiting);
	worker_timer_free(k->retry);
	free(k->name);
	free(k);
}

static struct tracked *find_or_add(struct tracker *t, const char *name)
{
	struct tracked *k = hmap_get(&t->keyspaces, str_of(name));

	if (k)
		return k;
	k = calloc(1, sizeof(*k));
	if (!k)
		return NULL;
	k->t = t;
	k->name = str_dup(str_of(name));
	k->retry = worker_timer_new(t->worker, on_retry, k);
	if (!k->name || !k->retry || hmap_put(&t->keyspaces, str_of(name), k, NULL) < 0) {
		free_tracked(k);
		return NULL;
	}
	return k;
}

/* Asks the tablet that is the first shard's primary now. */
static void follow(struct tracker *t, const struct graph_keyspace *ks)
{
	struct tracked *k = find_or_add(t, ks->name);
	const struct graph_tablet *primary = NULL;
	struct rpc_peer peer;
	struct err e;

	for (size_t i = 0; i < ks->shard_count && !primary; i++)
		primary = ks->shards[i].primary;
	if (!k || !primary || (k->address && !strcmp(k->address, primary->rpc_address)))
		return;
	disconnect(k);
	k->address = str_dup(str_of(primary->rpc_address));
	peer = (struct rpc_peer){.address = primary->rpc_address,
				 .tls = t->rpc.client,
				 .secret = t->rpc.secret};
	k->client = rpc_client_open(t->worker, &peer, NULL, NULL, &e);
	if (!k->client) {
		log_warn("gate.tracker", "event=connect keyspace=%s problem=\"%s\"", ks->name,
			 e.msg);
		return;
	}
	watch_health(k);
}

static void drop_gone(struct tracker *t)
{
	struct hmap_slot *slot;
	size_t it = 0;

	while ((slot = hmap_next(&t->keyspaces, &it))) {
		struct tracked *k = slot->value;

		if (graph_find_keyspace(t->graph, str_of(k->name)))
			continue;
		hmap_del(&t->keyspaces, str_of(k->name));
		free_tracked(k);
		it = 0;
	}
}

static void graph_changed(void *arg)
{
	struct tracker *t = arg;
	struct graph *g = t->closed ? NULL : graph_watch_get(t->watch);

	if (!g || g == t->graph) {
		snapshot_put(g ? &g->snap : NULL);
		return;
	}
	snapshot_put(t->graph ? &t->graph->snap : NULL);
	t->graph = g;
	for (size_t i = 0; i < g->keyspace_count; i++)
		follow(t, &g->keyspaces[i]);
	drop_gone(t);
	count_missing(t);
	publish(t, STR_LIT(""), NULL);
	log_info("gate.tracker", "event=graph keyspaces=%zu tablets=%zu", g->keyspace_count,
		 g->tablet_count);
}

/* On the watch's thread. */
static void on_change(void *arg)
{
	struct tracker *t = arg;

	if (worker_post(t->worker, graph_changed, t) < 0)
		log_error("gate.tracker", "event=graph problem=\"out of memory\"");
}

/* --- refresh for DDL --- */

struct refresh {
	struct tracker *t;
	struct waiter *w;
	char keyspace[];
};

static void do_refresh(void *arg)
{
	struct refresh *r = arg;
	struct tracked *k = hmap_get(&r->t->keyspaces, str_of(r->keyspace));
	struct waiter *w = r->w;

	free(r);
	if (!k) {
		wake(&w);
		return;
	}
	/* A read that is under way may have begun before the change. */
	w->next = k->schema ? k->next_waiting : k->waiting;
	if (k->schema) {
		k->next_waiting = w;
		k->again = true;
	} else {
		k->waiting = w;
		read_schema(k);
	}
}

void tracker_refresh(struct tracker *t, const char *keyspace, worker_fn done, void *done_arg)
{
	struct refresh *r = malloc(sizeof(*r) + strlen(keyspace) + 1);
	struct waiter *w = malloc(sizeof(*w));

	if (!r || !w)
		goto fail;
	*w = (struct waiter){.worker = worker_current(), .done = done, .arg = done_arg};
	r->t = t;
	r->w = w;
	memcpy(r->keyspace, keyspace, strlen(keyspace) + 1);
	if (worker_post(t->worker, do_refresh, r) == 0)
		return;
fail:
	free(r);
	free(w);
	done(done_arg); /* without: the next health update brings the change */
}

struct tracker *tracker_new(struct snapshot_cell *catalog, const char *cell, struct worker *w,
			    struct store *s, struct err *e)
{
	struct tracker *t = calloc(1, sizeof(*t));

	if (!t) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	t->catalog = catalog;
	t->worker = w;
	hmap_init(&t->keyspaces);
	t->watch = graph_watch_start(s, cell, on_change, t, e);
	if (!t->watch) {
		tracker_free(t);
		return NULL;
	}
	return t;
}

void tracker_set_trust(struct tracker *t, struct rpc_trust rpc)
{
	t->rpc = rpc;
}

void tracker_free(struct tracker *t)
{
	if (!t)
		return;
	graph_watch_stop(t->watch);
	t->closed = true;
	worker_drain(t->worker);
	hmap_fini(&t->keyspaces, free_tracked);
	snapshot_put(t->graph ? &t->graph->snap : NULL);
	free(t);
}
