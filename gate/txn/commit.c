#include "gate/txn/commit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/client/conditions.h"
#include "gate/pick/link.h"
#include "gate/txn/txn.h"
#include "src/base/buf.h"
#include "src/base/log.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_client.h"
#include "src/wire/caps.h"
#include "src/wire/reply.h"
#include "src/wire/result_scan.h"

struct commit {
	struct gate_ctx *ctx;
	struct commit **slot;	       /* the owner's pointer to this; NULL: abandoned */
	struct txn *txn;	       /* borrowed; NULL: abandoned */
	struct conditions *conditions; /* borrowed; NULL: nowhere */
	enum commit_action action;
	commit_fn done;
	void *arg;
	unsigned count, next, running, committed;
	struct err error; /* ERR_OK: none */
	struct part {
		struct commit *c;
		char address[128], shard[160];
		uint64_t id;
		bool reserved;
		struct rpc_call *call;
		struct buf answer;
	} part[];
};

static const uint64_t commit_timeout_us = 30000000;

static void step(struct commit *c);

static void on_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	struct part *pt = arg;

	(void)frame_end;
	buf_append(&pt->answer, p, n);
	if (pt->call)
		rpc_call_grant(pt->call, n);
}

/* mysqld's own answer: OK or an error packet. */
static void read_answer(struct part *pt, struct err *e)
{
	struct result_scan scan;
	struct scan_part sp;

	result_scan_begin(&scan, SCAN_QUERY,
			  CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF | CAP_SESSION_TRACK |
				  CAP_TRANSACTIONS);
	err_clear(e);
	if (!pt->answer.len || result_scan_next(&scan, pt->answer.p, pt->answer.len, &sp, e) < 0)
		return;
	if (sp.what == SCAN_ERR)
		reply_to_err(sp.payload, e);
}

static void note_failure(struct part *pt, const struct err *e, bool unknown)
{
	struct commit *c = pt->c;

	c->error = *e;
	/* A connection that broke during COMMIT leaves the outcome unknown; say so. */
	if (unknown)
		err_wrap(&c->error, "the outcome of COMMIT on shard %s is not known", pt->shard);
	else
		err_wrap(&c->error, "COMMIT on shard %s", pt->shard);
	if (c->committed)
		err_wrap(&c->error, "%u of %u shards had committed already", c->committed,
			 c->count);
}

/* Each shard may warn of the same (1196); a server does so once. */
static void take_warnings(struct conditions *to, struct str trailer)
{
	Sluice__ExecuteTrailer *m;

	if (to->len && !to->stale)
		return;
	m = sluice__execute_trailer__unpack(NULL, trailer.n, (const uint8_t *)trailer.p);
	if (!m)
		return;
	conditions_take(to, m);
	conditions_count_list(to);
	sluice__execute_trailer__free_unpacked(m, NULL);
}

static void on_end(void *arg, const struct err *why, struct str trailer)
{
	struct part *pt = arg;
	struct commit *c = pt->c;
	struct err e;

	pt->call = NULL;
	if (c->conditions && !why)
		take_warnings(c->conditions, trailer);
	if (why)
		e = *why;
	else
		read_answer(pt, &e);
	buf_fini(&pt->answer);
	c->running--;
	if (e.code == ERR_OK)
		c->committed += c->action == COMMIT_COMMIT;
	else if (c->action == COMMIT_COMMIT && c->error.code == ERR_OK)
		note_failure(pt, &e, why != NULL);
	/* A rollback that fails has happened all the same: the connection is gone. */
	step(c);
}

static const struct rpc_call_handler handler = {.data = on_data, .end = on_end};

static struct rpc_call *send_finish(struct gate_ctx *ctx, const char *address,
				    Sluice__FinishRequest *m, const struct rpc_call_handler *h,
				    void *arg, struct err *e)
{
	struct rpc_client *client = link_get(ctx->links, address, e);
	uint8_t packed[512];
	struct iovec iov = {packed, sluice__finish_request__get_packed_size(m)};

	if (!client)
		return NULL;
	if (iov.iov_len > sizeof(packed)) {
		err_set(e, ERR_INTERNAL, "a request that is too long");
		return NULL;
	}
	sluice__finish_request__pack(m, packed);
	return rpc_call_start(client, METHOD_FINISH, &iov, 1, commit_timeout_us, h, arg, e);
}

/* Sends one part its end; a part that cannot be reached has ended. */
static void start_part(struct commit *c, struct part *pt, bool rollback)
{
	Sluice__FinishRequest m = SLUICE__FINISH_REQUEST__INIT;
	struct err e;

	m.session = pt->id;
	m.action = rollback ? SLUICE__FINISH_REQUEST__ACTION__ROLLBACK
			    : SLUICE__FINISH_REQUEST__ACTION__COMMIT;
	m.keep_reserved = pt->reserved;
	buf_init(&pt->answer);
	pt->call = send_finish(c->ctx, pt->address, &m, &handler, pt, &e);
	if (pt->call)
		c->running++;
	else if (!rollback && c->error.code == ERR_OK)
		note_failure(pt, &e, false);
}

static void ignore_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	(void)arg, (void)p, (void)n, (void)frame_end;
}

static void ignore_end(void *arg, const struct err *e, struct str trailer)
{
	(void)arg, (void)e, (void)trailer;
}

/* Gives one kept connection back. A tablet that cannot be reached does so by itself: what it keeps
 * ends with the RPC connection. */
static void release(struct gate_ctx *ctx, const char *address, uint64_t id)
{
	static const struct rpc_call_handler nothing = {.data = ignore_data, .end = ignore_end};
	Sluice__FinishRequest m = SLUICE__FINISH_REQUEST__INIT;
	struct err e;

	m.session = id;
	m.action = SLUICE__FINISH_REQUEST__ACTION__RELEASE;
	if (!send_finish(ctx, address, &m, &nothing, NULL, &e))
		log_debug("gate.txn", "event=release tablet=%s problem=\"%s\"", address, e.msg);
}

static void complete(struct commit *c)
{
	struct err e = c->error;
	commit_fn done = c->done;
	void *arg = c->arg;

	if (!c->txn) {
		for (unsigned i = 0; i < c->count; i++)
			if (c->part[i].reserved)
				release(c->ctx, c->part[i].address, c->part[i].id);
		c->ctx->lingering--;
		if (e.code != ERR_OK)
			log_warn("gate.txn", "event=commit_without_client problem=\"%s\"", e.msg);
		free(c);
		return;
	}
	*c->slot = NULL;
	txn_clear(c->txn);
	free(c);
	done(arg, e.code == ERR_OK ? NULL : &e);
}

/* Starts the next parts once nothing runs. */
static void step(struct commit *c)
{
	bool rollback = c->action == COMMIT_ROLLBACK || c->error.code != ERR_OK;

	if (c->running)
		return;
	while (c->next < c->count) {
		start_part(c, &c->part[c->next++], rollback);
		rollback = rollback || c->error.code != ERR_OK;
		if (!rollback && c->running)
			return; /* COMMIT: one after the other */
	}
	if (!c->running)
		complete(c);
}

/* Shards that wrote commit first: when one of them refuses, fewer shards have committed. */
static void collect(struct commit *c, bool wrote)
{
	struct txn *t = c->txn;

	for (size_t i = 0; i < t->len; i++) {
		struct txn_shard *s = &t->shard[i];
		struct part *pt = &c->part[c->count];

		if (!s->in_txn || s->wrote != wrote || !s->id)
			continue;
		pt->c = c;
		pt->id = s->id;
		pt->reserved = s->reserved;
		snprintf(pt->address, sizeof(pt->address), "%s", s->address);
		snprintf(pt->shard, sizeof(pt->shard), "%s/%s", s->keyspace, s->shard);
		c->count++;
	}
}

void commit_start(struct commit **slot, struct gate_ctx *ctx, struct txn *t,
		  struct conditions *conditions, enum commit_action action, commit_fn done,
		  void *arg)
{
	struct commit *c = calloc(1, sizeof(*c) + (t->len + 1) * sizeof(c->part[0]));
	struct err e;

	if (!c) {
		commit_release_all(ctx, t);
		err_set(&e, ERR_NOMEM, "out of memory; the transaction is rolled back");
		done(arg, &e);
		return;
	}
	*slot = c;
	c->slot = slot;
	c->ctx = ctx;
	c->txn = t;
	c->conditions = conditions;
	c->action = action;
	c->done = done;
	c->arg = arg;
	collect(c, true);
	collect(c, false);
	step(c); /* may have ended it all: @c is not looked at any more */
}

void commit_abandon(struct commit *c)
{
	if (!c)
		return;
	for (size_t i = c->txn->len; i-- > 0;) {
		struct txn_shard *s = &c->txn->shard[i];

		if (s->in_txn && s->id)
			txn_remove(c->txn, s);
	}
	*c->slot = NULL;
	c->slot = NULL;
	c->txn = NULL;
	c->conditions = NULL;
	c->ctx->lingering++;
}

void commit_release_held(struct gate_ctx *ctx, struct txn *t)
{
	for (size_t i = t->len; i-- > 0;) {
		struct txn_shard *s = &t->shard[i];

		if (s->in_txn || s->reserved || !s->id)
			continue;
		release(ctx, s->address, s->id);
		txn_remove(t, s);
	}
}

void commit_release_all(struct gate_ctx *ctx, struct txn *t)
{
	for (size_t i = 0; i < t->len; i++)
		if (t->shard[i].id)
			release(ctx, t->shard[i].address, t->shard[i].id);
	txn_fini(t);
}
