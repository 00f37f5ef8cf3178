#include "tablet/query/health.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "src/base/buf.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_server.h"
#include "tablet/query/query_worker.h"
#include "tablet/schema/schema.h"
#include "tablet/state/tablet.h"

struct health_stream {
	struct health_stream *next, *prev;
	struct query_worker *q;
	struct rpc_reply *r;
};

static void drop(struct health_stream *s)
{
	if (s->next)
		s->next->prev = s->prev;
	if (s->prev)
		s->prev->next = s->next;
	else
		s->q->health = s->next;
	s->q->health_count--;
	rpc_reply_end(s->r, NULL, 0);
	free(s);
}

static void on_cancel(void *arg, const struct err *why)
{
	(void)why;
	drop(arg);
}

/* The message of now, packed. */
static void print(struct query_worker *q, struct buf *out)
{
	Sluice__HealthUpdate m = SLUICE__HEALTH_UPDATE__INIT;
	struct tablet *t = q->tablet;
	int type = atomic_load(&t->type);
	struct replica_status replica;
	char reason[REPLICA_TEXT + 100];
	uint8_t *p;
	size_t n;

	m.alias = (char *)(uintptr_t)t->alias;
	m.keyspace = (char *)(uintptr_t)t->keyspace;
	m.shard = (char *)(uintptr_t)t->shard;
	m.tablet_type = type == TABLET_NOT_DECIDED ? TABLET_SPARE : (uint32_t)type;
	m.serving = tablet_serving(t, reason, sizeof(reason));
	m.reason = reason;
	m.schema_version = schema_version(t->schema);
	m.term = atomic_load(&t->term);
	if (tablet_replica(t, &replica))
		m.replication_lag_ms = replica.lag_ms;
	m.connections_used = atomic_load_explicit(&t->connections_used, memory_order_relaxed);
	m.connections_max = atomic_load_explicit(&t->connections_max, memory_order_relaxed);
	n = sluice__health_update__get_packed_size(&m);
	p = buf_reserve(out, n);
	if (p)
		out->len += sluice__health_update__pack(&m, p);
}

void health_start(void *arg, struct rpc_reply *r, struct str request)
{
	static const struct rpc_reply_handler handler = {.cancel = on_cancel};
	struct query_worker *q = arg;
	struct health_stream *s = calloc(1, sizeof(*s));
	struct buf b;
	struct err e;

	(void)request;
	if (!s) {
		err_set(&e, ERR_NOMEM, "out of memory");
		rpc_reply_error(r, &e);
		return;
	}
	s->q = q;
	s->r = r;
	s->next = q->health;
	if (s->next)
		s->next->prev = s;
	q->health = s;
	q->health_count++;
	rpc_reply_set_handler(r, &handler, s);
	buf_init(&b);
	print(q, &b);
	if (!b.failed)
		rpc_reply_data(r, b.p, b.len);
	buf_fini(&b);
}

void health_send_all(struct query_worker *q)
{
	struct buf b;

	if (!q->health)
		return;
	buf_init(&b);
	print(q, &b);
	for (struct health_stream *s = q->health; s && !b.failed; s = s->next)
		if (!rpc_reply_full(s->r))
			rpc_reply_data(s->r, b.p, b.len);
	buf_fini(&b);
}
