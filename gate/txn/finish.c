#include "gate/txn/finish.h"

#include <stdio.h>
#include <string.h>

#include "gate/exec/query.h"
#include "gate/pick/link.h"
#include "gate/session/gate.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "gate/txn/txn.h"
#include "src/base/arena.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_client.h"
#include "src/wire/caps.h"
#include "src/wire/result_scan.h"

struct finish {
	struct finish **slot; /* the owner's pointer to this; cleared before done() */
	struct session *session;
	enum finish_action action;
	finish_fn done;
	void *arg;
	unsigned count, next, running, committed;
	struct err error; /* ERR_OK: none */
	struct part {
		struct finish *f;
		char address[128], shard[160];
		uint64_t id;
		bool reserved, wrote, ended;
		struct rpc_call *call;
		struct buf answer;
	} part[];
};

static const uint64_t finish_timeout_us = 30000000;

static void step(struct finish *f);

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

static void ended(struct part *pt, const struct err *why)
{
	struct finish *f = pt->f;
	struct err e;

	pt->call = NULL;
	pt->ended = true;
	if (why)
		e = *why;
	else
		read_answer(pt, &e);
	buf_fini(&pt->answer);
	f->running--;
	if (e.code == ERR_OK) {
		f->committed += f->action == FINISH_COMMIT;
	} else if (f->action == FINISH_COMMIT && f->error.code == ERR_OK) {
		/* A connection that broke during COMMIT leaves the outcome unknown; say so. */
		f->error = e;
		if (why)
			err_wrap(&f->error, "the outcome of COMMIT on shard %s is not known",
				 pt->shard);
		else
			err_wrap(&f->error, "COMMIT on shard %s", pt->shard);
		if (f->committed)
			err_wrap(&f->error, "%u of %u shards had committed already", f->committed,
				 f->count);
	} /* a rollback that fails has happened all the same: the connection is gone */
	step(f);
}

static void on_end(void *arg, const struct err *e, struct str trailer)
{
	(void)trailer;
	ended(arg, e);
}

static const struct rpc_call_handler handler = {.data = on_data, .end = on_end};

static struct rpc_call *send_finish(struct session *s, const char *address,
				    Sluice__FinishRequest *m, const struct rpc_call_handler *h,
				    void *arg, struct err *e)
{
	struct rpc_client *client = link_get(s->gw->links, address, e);
	uint8_t packed[512];
	struct iovec iov = {packed, sluice__finish_request__get_packed_size(m)};

	if (!client)
		return NULL;
	if (iov.iov_len > sizeof(packed)) {
		err_set(e, ERR_INTERNAL, "a request that is too long");
		return NULL;
	}
	sluice__finish_request__pack(m, packed);
	return rpc_call_start(client, METHOD_FINISH, &iov, 1, finish_timeout_us, h, arg, e);
}

/* Sends one part its end; a part that cannot be reached has ended. */
static void start_part(struct finish *f, struct part *pt, bool rollback)
{
	Sluice__FinishRequest m = SLUICE__FINISH_REQUEST__INIT;
	struct err e;

	m.session = pt->id;
	m.action = rollback ? SLUICE__FINISH_REQUEST__ACTION__ROLLBACK
			    : SLUICE__FINISH_REQUEST__ACTION__COMMIT;
	m.keep_reserved = pt->reserved;
	buf_init(&pt->answer);
	f->running++;
	pt->call = send_finish(f->session, pt->address, &m, &handler, pt, &e);
	if (pt->call)
		return;
	pt->ended = true;
	f->running--;
	if (!rollback && f->error.code == ERR_OK) {
		f->error = e;
		err_wrap(&f->error, "COMMIT on shard %s", pt->shard);
	}
}

static void complete(struct finish *f)
{
	*f->slot = NULL;
	txn_clear(&f->session->txn);
	f->done(f->arg, f->error.code == ERR_OK ? NULL : &f->error);
}

/* What is to do next, once nothing runs. */
static void step(struct finish *f)
{
	bool rollback = f->action == FINISH_ROLLBACK || f->error.code != ERR_OK;

	if (f->running)
		return;
	while (f->next < f->count) {
		start_part(f, &f->part[f->next++], rollback);
		rollback = rollback || f->error.code != ERR_OK;
		if (!rollback && f->running)
			return; /* COMMIT: one after the other */
	}
	if (!f->running)
		complete(f);
}

/* Those that wrote commit first: if one of them refuses, less has been made lasting. */
static void collect(struct finish *f, bool wrote)
{
	struct txn *t = &f->session->txn;

	for (size_t i = 0; i < t->len; i++) {
		struct txn_shard *s = &t->shard[i];
		struct part *pt = &f->part[f->count];

		if (!s->in_txn || s->wrote != wrote || !s->id)
			continue;
		pt->f = f;
		pt->id = s->id;
		pt->reserved = s->reserved;
		snprintf(pt->address, sizeof(pt->address), "%s", s->address);
		snprintf(pt->shard, sizeof(pt->shard), "%s/%s", s->keyspace, s->shard);
		f->count++;
	}
}

void finish_start(struct finish **slot, struct session *s, enum finish_action action,
		  finish_fn done, void *arg)
{
	struct finish *f =
		arena_zalloc(&s->query->arena, sizeof(*f) + (s->txn.len + 1) * sizeof(f->part[0]));
	struct err e;

	if (!f) {
		finish_release_all(s);
		txn_clear(&s->txn);
		err_set(&e, ERR_NOMEM, "out of memory; the transaction is rolled back");
		done(arg, &e);
		return;
	}
	*slot = f;
	f->slot = slot;
	f->session = s;
	f->action = action;
	f->done = done;
	f->arg = arg;
	collect(f, true);
	collect(f, false);
	for (unsigned i = f->count; i-- > 0 && action == FINISH_ROLLBACK;)
		start_part(f, &f->part[i], true);
	if (action == FINISH_ROLLBACK)
		f->next = f->count;
	step(f); /* may have ended it all: @f is not looked at any more */
}

void finish_cancel(struct finish *f)
{
	if (!f)
		return;
	for (unsigned i = 0; i < f->count; i++) {
		if (f->part[i].call)
			rpc_call_drop(f->part[i].call);
		f->part[i].call = NULL;
		buf_fini(&f->part[i].answer);
	}
}

static void ignore_data(void *arg, const uint8_t *p, size_t n, bool frame_end)
{
	(void)arg, (void)p, (void)n, (void)frame_end;
}

static void ignore_end(void *arg, const struct err *e, struct str trailer)
{
	(void)arg, (void)e, (void)trailer;
}

void finish_release_all(struct session *s)
{
	static const struct rpc_call_handler nobody = {.data = ignore_data, .end = ignore_end};
	struct err e;

	for (size_t i = 0; i < s->txn.len; i++) {
		Sluice__FinishRequest m = SLUICE__FINISH_REQUEST__INIT;

		if (!s->txn.shard[i].id)
			continue;
		m.session = s->txn.shard[i].id;
		m.action = SLUICE__FINISH_REQUEST__ACTION__RELEASE;
		/* A tablet that cannot be reached lets go by itself when it misses us. */
		if (!send_finish(s, s->txn.shard[i].address, &m, &nobody, NULL, &e))
			log_debug("gate.txn", "event=release shard=%s problem=\"%s\"",
				  s->txn.shard[i].shard, e.msg);
	}
	txn_fini(&s->txn);
}
