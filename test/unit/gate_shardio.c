/* Calls, fetches and commits against a scripted tablet in the same worker: what the session keeps
 * on shards after each outcome, also when allocations fail. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/client/conditions.h"
#include "gate/pick/link.h"
#include "gate/shardio/shard_call.h"
#include "gate/shardio/shard_fetch.h"
#include "gate/txn/commit.h"
#include "gate/txn/txn.h"
#include "src/base/arena.h"
#include "src/net/worker.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_server.h"
#include "src/wire/caps.h"
#include "src/wire/column_def.h"
#include "src/wire/packet.h"
#include "src/wire/reply.h"
#include "src/wire/text_row.h"
#include "test/lib/oom.h"
#include "test/lib/tap.h"
#include "topo/graph.h"

/* --- the scripted tablet --- */

/* What it does with the next calls, one entry each. */
struct step {
	enum { ANSWER_OK, ANSWER_ROW, ANSWER_ERROR, ANSWER_FAIL, ANSWER_NEVER } what;
	uint16_t code;	  /* of ANSWER_ERROR */
	uint64_t session; /* in the trailer */
	bool in_txn;
	size_t row; /* bytes of ANSWER_ROW's value */
};

static struct {
	const struct step *step;
	unsigned steps, at;
	char log[2000]; /* what was asked: "BEGIN SELECT 1;COMMIT 7;" */
	struct rpc_reply *waiting;
	struct buf rest; /* of a row under way */
	size_t sent;
	struct step doing;
	unsigned canceled;
	enum { NOT_DONE, DONE, DONE_ROWS } done; /* in trailers */
} tablet;

static struct worker *w;
static struct rpc_server *server;
static struct gate_settings settings = {.cell = "zone1"};
static struct gate_ctx ctx;
static struct graph_tablet node;
static struct graph_keyspace keyspace;
static struct graph_shard shard[2];
static struct arena arena;
static struct txn txn;
static char address[64];

static void note(const char *text, size_t n)
{
	size_t have = strlen(tablet.log);

	snprintf(tablet.log + have, sizeof(tablet.log) - have, "%.*s", (int)n, text);
}

static void end_reply(struct rpc_reply *r, const struct step *s, const struct err *why)
{
	Sluice__ExecuteTrailer m = SLUICE__EXECUTE_TRAILER__INIT;
	struct reply_ok ok = {.affected_rows = 5, .insert_id = 44, .status = 2};
	struct buf b;
	uint8_t packed[128];

	m.session = s->session;
	m.in_transaction = s->in_txn;
	m.done = tablet.done != NOT_DONE;
	buf_init(&b);
	if (tablet.done == DONE)
		reply_build_ok(&b, CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF, &ok);
	m.ok_packet = (ProtobufCBinaryData){b.len, b.p};
	if (why)
		rpc_reply_error_trailer(r, why, packed, sluice__execute_trailer__pack(&m, packed));
	else
		rpc_reply_end(r, packed, sluice__execute_trailer__pack(&m, packed));
	buf_fini(&b);
}

static void send_ok(struct rpc_reply *r)
{
	struct reply_ok ok = {.affected_rows = 3, .status = 2};
	uint8_t seq = 1;
	struct buf b, p;

	buf_init(&b);
	buf_init(&p);
	reply_build_ok(&b, CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF, &ok);
	packet_append(&p, b.p, b.len, &seq);
	rpc_reply_data(r, p.p, p.len);
	buf_fini(&b);
	buf_fini(&p);
}

static void pump(void *arg)
{
	struct rpc_reply *r = tablet.waiting;

	(void)arg;
	while (tablet.sent < tablet.rest.len) {
		size_t n = tablet.rest.len - tablet.sent;

		n = n < 10000 ? n : 10000;
		tablet.sent += n;
		if (!rpc_reply_data(r, tablet.rest.p + tablet.sent - n, n))
			return;
	}
	tablet.waiting = NULL;
	end_reply(r, &tablet.doing, NULL);
}

/* Two columns, a number and a long text; one row. */
static void send_row(struct rpc_reply *r, const struct step *s)
{
	static const struct type_meta number = {.type = TYPE_LONGLONG, .charset = 63};
	static const struct type_meta text = {.type = TYPE_VAR_STRING, .charset = 46};
	struct column_def c[2] = {{.name = {"a", 1}, .meta = number},
				  {.name = {"b", 1}, .meta = text}};
	char *value = malloc(s->row + 1);
	uint8_t seq = 1;
	struct buf b;

	memset(value, 'v', s->row);
	buf_fini(&tablet.rest);
	buf_init(&tablet.rest);
	buf_init(&b);
	column_def_build_count(&b, 2);
	packet_append(&tablet.rest, b.p, b.len, &seq);
	for (int i = 0; i < 2; i++) {
		buf_reset(&b);
		column_def_build(&b, &c[i]);
		packet_append(&tablet.rest, b.p, b.len, &seq);
	}
	buf_reset(&b);
	text_row_put(&b, STR_LIT("42"));
	text_row_put(&b, str_make(value, s->row));
	packet_append(&tablet.rest, b.p, b.len, &seq);
	buf_reset(&b);
	reply_build_end(&b, CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF, 0, 2);
	packet_append(&tablet.rest, b.p, b.len, &seq);
	buf_fini(&b);
	free(value);
	tablet.waiting = r;
	tablet.sent = 0;
	tablet.doing = *s;
	pump(NULL);
}

static void on_cancel(void *arg, const struct err *why)
{
	struct rpc_reply *r = tablet.waiting;

	(void)arg;
	tablet.waiting = NULL;
	tablet.canceled++;
	if (why->code == ERR_CANCELED || tablet.done)
		end_reply(r, &tablet.doing, tablet.done ? why : NULL);
	else
		rpc_reply_error(r, why);
}

static void act(struct rpc_reply *r)
{
	static const struct rpc_reply_handler h = {.cancel = on_cancel, .writable = pump};
	const struct step *s;
	struct err e;
	uint8_t seq = 1;
	struct buf b, p;

	if (tablet.at == tablet.steps) {
		err_set(&e, ERR_INTERNAL, "no step left");
		rpc_reply_error(r, &e);
		return;
	}
	s = &tablet.step[tablet.at++];
	rpc_reply_set_handler(r, &h, NULL);
	switch (s->what) {
	case ANSWER_OK:
		send_ok(r);
		end_reply(r, s, NULL);
		break;
	case ANSWER_ROW:
		send_row(r, s);
		break;
	case ANSWER_ERROR:
		err_set_mysql(&e, ERR_CONFLICT, s->code, "40001", "error %u", s->code);
		buf_init(&b);
		buf_init(&p);
		reply_build_error(&b, &e);
		packet_append(&p, b.p, b.len, &seq);
		rpc_reply_data(r, p.p, p.len);
		buf_fini(&b);
		buf_fini(&p);
		end_reply(r, s, NULL);
		break;
	case ANSWER_FAIL:
		err_set(&e, ERR_UNAVAILABLE, "the tablet fails");
		rpc_reply_error(r, &e);
		break;
	case ANSWER_NEVER:
		tablet.waiting = r;
		tablet.doing = *s;
		buf_reset(&tablet.rest);
		tablet.sent = 0;
		break;
	}
}

static void out_of_memory(struct rpc_reply *r)
{
	struct err e;

	err_set(&e, ERR_NOMEM, "the tablet has no memory");
	rpc_reply_error(r, &e);
}

static void on_execute(void *arg, struct rpc_reply *r, struct str request)
{
	Sluice__ExecuteRequest *m =
		sluice__execute_request__unpack(NULL, request.n, (const uint8_t *)request.p);

	(void)arg;
	if (!m) {
		out_of_memory(r);
		return;
	}
	if (m->session)
		note("@", 1);
	if (m->flags & SLUICE__EXECUTE_FLAGS__EXECUTE_BEGIN)
		note("BEGIN ", 6);
	for (size_t i = 0; i < m->n_before; i++) {
		note((char *)m->before[i].data, m->before[i].len);
		note("|", 1);
	}
	note((char *)m->sql.data, m->sql.len);
	note(";", 1);
	sluice__execute_request__free_unpacked(m, NULL);
	act(r);
}

static void on_finish(void *arg, struct rpc_reply *r, struct str request)
{
	static const char *const names[] = {"COMMIT ", "ROLLBACK ", "RELEASE "};
	Sluice__FinishRequest *m =
		sluice__finish_request__unpack(NULL, request.n, (const uint8_t *)request.p);
	char text[40];
	int n;

	(void)arg;
	if (!m) {
		out_of_memory(r);
		return;
	}
	n = snprintf(text, sizeof(text), "%s%llu;", names[m->action],
		     (unsigned long long)m->session);
	note(text, (size_t)n);
	sluice__finish_request__free_unpacked(m, NULL);
	act(r);
}

/* --- around it --- */

static void open_all(const struct step *step, unsigned steps)
{
	static const struct rpc_method methods[] = {{METHOD_EXECUTE, on_execute},
						    {METHOD_FINISH, on_finish}};
	struct err e;

	memset(&tablet, 0, sizeof(tablet));
	buf_init(&tablet.rest);
	tablet.step = step;
	tablet.steps = steps;
	w = worker_new("gate", &e);
	server = rpc_server_new(w, methods, 2, NULL, NULL, &e);
	if (rpc_server_listen(server, address, false, &e) < 0)
		abort();
	ctx = (struct gate_ctx){.settings = &settings, .worker = w};
	ctx.links = links_new(w, (struct rpc_trust){.server = NULL});
	node = (struct graph_tablet){.alias = "zone1-1", .cell = "zone1", .rpc_address = address};
	keyspace = (struct graph_keyspace){.name = "ks"};
	for (int i = 0; i < 2; i++)
		shard[i] = (struct graph_shard){.name = i ? "80-" : "-80",
						.keyspace = &keyspace,
						.primary = &node,
						.serving = true};
	arena_init(&arena, 0);
	txn = (struct txn){.open = false};
}

static void close_all(void)
{
	txn_fini(&txn);
	links_free(ctx.links);
	rpc_server_free(server);
	worker_free(w);
	arena_fini(&arena);
	buf_fini(&tablet.rest);
	unlink(address + 5);
}

/* --- calls --- */

static struct shard_call calls[2];
static unsigned ended, running;
static size_t row_bytes;
static uint64_t limit_us; /* of calls; 0: none */

static void on_part(struct shard_call *c, const struct scan_part *part, const uint8_t *p)
{
	(void)c, (void)p;
	if (part->what == SCAN_ROWS)
		row_bytes += part->n;
}

static void on_flow(struct shard_call *c)
{
	shard_call_grant(c, c->ungranted);
}

static void on_ended(struct shard_call *c)
{
	(void)c;
	ended++;
	if (--running == 0)
		worker_stop(w);
}

/* Starts a call on shard @i; the errno it failed with at once, else 0. */
static unsigned start(unsigned i, unsigned flags, const char *sql)
{
	static const struct shard_call_ops ops = {on_part, on_flow, on_ended};
	struct shard_call_request rq = {
		.keyspace = "ks", .user = "u", .flags = flags, .sql = str_of(sql)};
	struct err e;

	if (limit_us)
		rq.deadline_us = worker_now_us(w) + limit_us;

	calls[i] = (struct shard_call){.ops = &ops,
				       .index = i,
				       .ctx = &ctx,
				       .arena = &arena,
				       .txn = &txn,
				       .shard = &shard[i]};
	if (shard_call_start(&calls[i], &rq, &e) < 0) {
		CHECK(calls[i].ended);
		return e.mysql_errno;
	}
	running++;
	return 0;
}

static void run(void)
{
	ended = 0;
	if (running)
		worker_run(w);
}

static void test_cannot_be_sent(void)
{
	open_all(NULL, 0);
	txn.open = true;
	shard[0].primary = NULL;
	CHECK(start(0, SHARD_CALL_JOIN | SHARD_CALL_WRITES, "x") != 0);
	CHECK(txn.len == 0 && txn.open && !txn.lost);
	close_all();
}

static void test_begin(void)
{
	static const struct step steps[] = {{ANSWER_OK, 0, 7, true, 0}};
	struct txn_shard *s;

	open_all(steps, 1);
	txn.open = true;
	txn.savepoint.v = malloc(sizeof(char *));
	txn.savepoint.v[0] = strdup("SAVEPOINT `a`");
	txn.savepoint.len = txn.savepoint.cap = 1;
	CHECK_INT(start(0, SHARD_CALL_JOIN | SHARD_CALL_WRITES | SHARD_CALL_SAVEPOINT, "x"), 0);
	run();
	s = txn_find(&txn, "ks", "-80", 0);
	CHECK(s && s->id == 7 && s->in_txn && s->wrote && s->savepoints == 1 && !s->reserved);
	CHECK(calls[0].error.code == ERR_OK && calls[0].affected == 3);
	CHECK_STR(tablet.log, "BEGIN SAVEPOINT `a`|SAVEPOINT `_sluice_statement`|x;");
	close_all();
}

/* @first: how the only call of a transaction ends; what is left of the transaction then. */
static void outcome(struct step first, bool began, bool want_lost, bool want_rolled_back,
		    size_t left)
{
	struct txn_shard *s;

	open_all(&first, 1);
	txn.open = true;
	if (!began) { /* the shard was in the transaction before */
		s = txn_add(&txn, "ks", "-80", 0);
		s->in_txn = true;
		s->id = 7;
		snprintf(s->address, sizeof(s->address), "%s", address);
	}
	CHECK_INT(start(0, SHARD_CALL_JOIN, "x"), 0);
	run();
	CHECK(calls[0].error.code != ERR_OK);
	CHECK_INT(txn.lost, want_lost);
	CHECK_INT(calls[0].rolled_back, want_rolled_back);
	CHECK_INT(txn.len, left);
	close_all();
}

static void test_errors(void)
{
	/* An error of the statement: the transaction goes on. */
	outcome((struct step){ANSWER_ERROR, 1062, 7, true, 0}, true, false, false, 1);
	outcome((struct step){ANSWER_ERROR, 1062, 7, true, 0}, false, false, false, 1);
	/* It never began: nothing was lost. */
	outcome((struct step){ANSWER_ERROR, 1040, 0, false, 0}, true, false, false, 0);
	/* A deadlock. */
	outcome((struct step){ANSWER_ERROR, 1213, 0, false, 0}, false, false, true, 0);
	/* The tablet is gone: with it what it kept, but nothing of a transaction that began now. */
	outcome((struct step){ANSWER_FAIL, 0, 0, false, 0}, true, false, false, 0);
	outcome((struct step){ANSWER_FAIL, 0, 0, false, 0}, false, true, false, 0);
}

static void join_open(void)
{
	struct txn_shard *s = txn_add(&txn, "ks", "-80", 0);

	txn.open = s->in_txn = true;
	s->id = 9;
	snprintf(s->address, sizeof(s->address), "%s", address);
}

static void cancel_now(void *arg)
{
	(void)arg;
	shard_call_cancel(&calls[0]);
	shard_call_cancel(&calls[0]);
}

static void test_cancel(void)
{
	static const struct step kept[] = {{ANSWER_NEVER, 0, 9, true, 0}};
	static const struct step gone[] = {{ANSWER_NEVER, 0, 0, false, 0}};

	for (int i = 0; i < 2; i++) {
		struct worker_timer *t;

		open_all(i ? gone : kept, 1);
		join_open();
		CHECK_INT(start(0, SHARD_CALL_JOIN, "x"), 0);
		t = worker_timer_new(w, cancel_now, NULL);
		worker_timer_arm(t, 20000);
		run();
		CHECK(ended == 1 && tablet.canceled == 1 && calls[0].error.code == ERR_CANCELED);
		CHECK_INT(txn.lost, i); /* KILL QUERY alone keeps the transaction */
		CHECK_INT(txn.len, i ? 0 : 1);
		worker_timer_free(t);
		close_all();
	}
}

/* A cancel, or a time limit, that comes too late: the statement was done, in a transaction or not. */
static void test_cancel_too_late(void)
{
	for (unsigned i = 0; i < 12; i++) {
		bool rows = i & 1, limit = i & 2;
		struct step step = {.what = ANSWER_NEVER,
				    .session = i >= 8 ? 9 : 0,
				    .in_txn = i >= 4};
		struct worker_timer *t;

		open_all(&step, 1);
		tablet.done = rows ? DONE_ROWS : DONE;
		if (i >= 4)
			join_open();
		limit_us = limit ? 50000 : 0;
		CHECK_INT(start(0, SHARD_CALL_JOIN, "x"), 0);
		t = worker_timer_new(w, cancel_now, NULL);
		if (!limit)
			worker_timer_arm(t, 20000);
		run();
		CHECK(ended == 1 && calls[0].rows_lost == rows);
		if (rows)
			CHECK_INT(calls[0].error.code, limit ? ERR_DEADLINE : ERR_CANCELED);
		else
			CHECK(calls[0].error.code == ERR_OK && calls[0].have_ok &&
			      !calls[0].rows && calls[0].affected == 5 &&
			      calls[0].insert_id == 44);
		CHECK(!txn.lost);
		CHECK_INT(txn.len, i >= 8 ? 1 : 0);
		worker_timer_free(t);
		close_all();
	}
	limit_us = 0;
}

/* --- fetches --- */

static struct shard_fetch fetch;
static int fetched;
static unsigned fetch_errno;

static void on_fetched(struct shard_fetch *f, const struct err *e)
{
	(void)f;
	fetched++;
	fetch_errno = e ? e->mysql_errno : 0;
	worker_stop(w);
}

static void start_fetch(unsigned targets)
{
	static const struct graph_shard *target[2] = {&shard[0], &shard[1]};

	fetched = 0;
	fetch = (struct shard_fetch){
		.ctx = &ctx,
		.arena = &arena,
		.txn = &txn,
		.request = {.keyspace = "ks", .user = "u", .sql = STR_LIT("q")},
		.target = target,
		.targets = targets,
		.done = on_fetched};
	shard_fetch_start(&fetch);
	if (!fetched)
		worker_run(w);
}

static void test_fetch(void)
{
	static const size_t sizes[] = {0,	10,	  250000,   300000,
				       5000000, 16777215, 16777300, 40000000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct step steps[2] = {{ANSWER_ROW, 0, 0, false, sizes[i]},
					{ANSWER_OK, 0, 0, false, 0}};

		open_all(steps, 1);
		start_fetch(1);
		CHECK(fetched == 1 && !fetch_errno && fetch.have_row && fetch.columns == 2);
		CHECK(fetch.have_row && fetch.column[0].number && !fetch.column[1].number);
		CHECK(fetch.have_row && fetch.column[1].value.n == sizes[i] &&
		      str_eqz(fetch.column[0].value, "42"));
		if (sizes[i] == 10)
			CHECK_STR(shard_fetch_literal(&arena, &fetch.column[1]),
				  "_utf8mb4 X'76767676767676767676' COLLATE utf8mb4_bin");
		close_all();
	}
}

static void test_fetch_errors(void)
{
	static const struct step steps[] = {{ANSWER_OK, 0, 0, false, 0},
					    {ANSWER_ERROR, 1205, 0, false, 0}};

	open_all(steps, 2);
	start_fetch(2);
	CHECK(fetched == 1 && fetch_errno == 1205 && !fetch.have_row);
	close_all();
	open_all(NULL, 0);
	shard[0].primary = shard[1].primary = NULL;
	start_fetch(2); /* nothing can be sent: the end comes at once */
	CHECK(fetched == 1 && fetch_errno != 0);
	close_all();
}

/* --- commits --- */

static struct commit *commit;
static int committed;
static unsigned commit_errno;

static void on_committed(void *arg, const struct err *e)
{
	CHECK(!commit && arg == &txn);
	committed++;
	commit_errno = e ? e->mysql_errno : 0;
	worker_stop(w);
}

static void join(const char *name, uint64_t id, bool wrote, bool reserved)
{
	struct txn_shard *s = txn_add(&txn, "ks", name, 0);

	s->in_txn = true;
	s->id = id;
	s->wrote = wrote;
	s->reserved = reserved;
	snprintf(s->address, sizeof(s->address), "%s", address);
}

static void test_commit(void)
{
	static const struct step good[] = {{ANSWER_OK, 0, 0, false, 0},
					   {ANSWER_OK, 0, 0, false, 0}};
	static const struct step bad[] = {{ANSWER_ERROR, 1180, 0, false, 0},
					  {ANSWER_OK, 0, 0, false, 0}};

	for (int i = 0; i < 3; i++) {
		open_all(i == 1 ? bad : good, 2);
		txn.open = true;
		join("-80", 5, false, false);
		join("80-", 6, true, true);
		committed = 0;
		commit_start(&commit, &ctx, &txn, NULL, i == 2 ? COMMIT_ROLLBACK : COMMIT_COMMIT,
			     on_committed, &txn);
		if (!committed)
			worker_run(w);
		CHECK(committed == 1 && !txn.open && txn.len == 1 && txn.shard[0].reserved);
		CHECK_INT(commit_errno, i == 1 ? 1180 : 0);
		/* Those that wrote first; the rest of a failed one is rolled back. */
		CHECK_STR(tablet.log, i == 0   ? "COMMIT 6;COMMIT 5;"
				      : i == 1 ? "COMMIT 6;ROLLBACK 5;"
					       : "ROLLBACK 6;ROLLBACK 5;");
		close_all();
	}
	open_all(NULL, 0); /* nobody takes part: over at once */
	txn.open = true;
	committed = 0;
	commit_start(&commit, &ctx, &txn, NULL, COMMIT_COMMIT, on_committed, &txn);
	CHECK(committed == 1 && !commit_errno && !txn.open);
	close_all();
}

static void stop_now(void *arg)
{
	(void)arg;
	worker_stop(w);
}

/* The client leaves during the first COMMIT: all the same the second one follows, and reserved
 * connections are given back afterwards. */
static void test_commit_outlives(void)
{
	static const struct step steps[] = {{ANSWER_OK, 0, 0, false, 0},
					    {ANSWER_OK, 0, 0, false, 0},
					    {ANSWER_OK, 0, 0, false, 0}};
	struct worker_timer *t;

	open_all(steps, 3);
	txn.open = true;
	join("-80", 5, true, false);
	join("80-", 6, true, true);
	committed = 0;
	commit_start(&commit, &ctx, &txn, NULL, COMMIT_COMMIT, on_committed, &txn);
	CHECK(commit && !committed);
	commit_abandon(commit);
	CHECK(!commit && txn.len == 0 && ctx.lingering == 1);
	commit_release_all(&ctx, &txn);
	t = worker_timer_new(w, stop_now, NULL);
	worker_timer_arm(t, 200000);
	worker_run(w);
	CHECK(!committed && ctx.lingering == 0);
	CHECK_STR(tablet.log, "COMMIT 5;COMMIT 6;RELEASE 6;");
	worker_timer_free(t);
	close_all();
}

/* Each allocation of the worker fails once: a call, a fetch and a commit end once all the same, and
 * a commit that did not commit everywhere says so. */
static void test_no_memory(void)
{
	static const struct step steps[] = {{ANSWER_OK, 0, 7, true, 0},
					    {ANSWER_OK, 0, 0, false, 0},
					    {ANSWER_OK, 0, 0, false, 0},
					    {ANSWER_OK, 0, 0, false, 0}};
	unsigned missed = 0, bad = 0;

	for (long n = 1; missed < 3 && n < 500; n++) {
		open_all(steps, 4);
		txn.open = true;
		oom_arm(n);
		if (start(0, SHARD_CALL_JOIN | SHARD_CALL_WRITES, "x") == 0) {
			run();
			bad += ended != 1;
		}
		join("80-", 6, true, false);
		committed = 0;
		commit_start(&commit, &ctx, &txn, NULL, COMMIT_COMMIT, on_committed, &txn);
		if (!committed) {
			/* A worker runs once. */
			commit_abandon(commit);
		}
		missed = oom_disarm() ? 0 : missed + 1;
		bad += commit != NULL;
		close_all();
	}
	CHECK_INT(bad, 0);
	CHECK_INT(missed, 3);
}

int main(void)
{
	snprintf(address, sizeof(address), "unix:/tmp/gate_shardio-%d.sock", (int)getpid());
	test_cannot_be_sent();
	test_begin();
	test_errors();
	test_cancel();
	test_cancel_too_late();
	test_fetch();
	test_fetch_errors();
	test_commit();
	test_commit_outlives();
	test_no_memory();
	return TAP_DONE();
}
