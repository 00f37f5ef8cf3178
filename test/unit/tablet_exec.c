/* A tablet's requests (exec, exec_steps, exec_cancel, kept) against a scripted mysqld: every way that a
 * request can go, and each of them with an allocation that fails. The tablet's worker has a thread of
 * its own; the test speaks RPC to it over a blocking socket. */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/net/worker.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_frame.h"
#include "src/rpc/rpc_server.h"
#include "tablet/query/query_worker.h"
#include "tablet/schema/schema.h"
#include "tablet/serve/query_server.h"
#include "tablet/state/tablet.h"
#include "test/lib/fake_mysqld.h"
#include "test/lib/oom.h"
#include "test/lib/tap.h"

enum {
	BEGIN = SLUICE__EXECUTE_FLAGS__EXECUTE_BEGIN,
	RESERVE = SLUICE__EXECUTE_FLAGS__EXECUTE_RESERVE,
	PREPARED = SLUICE__EXECUTE_FLAGS__EXECUTE_PREPARED,
	COMMIT = SLUICE__FINISH_REQUEST__ACTION__COMMIT,
	ROLLBACK = SLUICE__FINISH_REQUEST__ACTION__ROLLBACK,
	RELEASE = SLUICE__FINISH_REQUEST__ACTION__RELEASE,
	POOL = 3,
};

static struct worker *worker;
static struct tablet tablet;
static struct query_worker *q;

/* --- the tablet --- */

struct job {
	void (*fn)(void);
	sem_t done;
};

static void run_job(void *arg)
{
	struct job *j = arg;

	j->fn();
	sem_post(&j->done);
}

/* Runs @fn on the tablet's worker and waits for it. */
static void on_worker(void (*fn)(void))
{
	struct job j = {.fn = fn};

	sem_init(&j.done, 0, 0);
	if (worker_post(worker, run_job, &j) < 0)
		abort();
	sem_wait(&j.done);
	sem_destroy(&j.done);
}

static int accept_fd;

static void accept_now(void)
{
	struct err e;

	if (rpc_server_accept(q->rpc, accept_fd, &e) < 0)
		close(accept_fd);
}

static size_t kept_now;
static unsigned lent_now, waiting_now, running_now;

static void look_now(void)
{
	struct conn_pool *pool[] = {q->reads, q->sessions, q->reserved};

	kept_now = q->kept.count;
	running_now = q->running;
	lent_now = waiting_now = 0;
	for (int i = 0; i < 3; i++) {
		lent_now += conn_pool_counts(pool[i]).lent;
		waiting_now += conn_pool_counts(pool[i]).waiting;
	}
}

static void free_now(void)
{
	query_server_free(q);
}

static void on_schema(void *arg)
{
	(void)arg;
}

static void start_tablet(void)
{
	struct query_limits l = {.pool_size = POOL,
				 .reserved_size = POOL,
				 .max_waiting = 10,
				 .max_stmts = 3,
				 .idle_us = 60000000,
				 .wait_us = 300000,
				 .txn_idle_us = 60000000,
				 .session_idle_us = 60000000,
				 .write_us = 60000000,
				 .statement_us = 60000000,
				 .mysqld_us = 60000000};
	struct err e;

	tablet_init(&tablet, "zone1-1", "ks", "-");
	tablet.mysqld_address = fake.address;
	tablet.app_password = "secret";
	tablet.schema = schema_new(NULL, NULL, "ks", on_schema, NULL);
	atomic_store(&tablet.type, TABLET_PRIMARY);
	atomic_store(&tablet.mysqld_state, MYSQLD_READY);
	worker = worker_new("tablet", &e);
	q = query_server_new(worker, &tablet, &l, &e);
	if (!q || worker_start(worker, &e) < 0)
		abort();
}

static void stop_tablet(void)
{
	on_worker(free_now);
	worker_free(worker);
	schema_free(tablet.schema);
	tablet_fini(&tablet);
}

/* --- a gate --- */

static int gate = -1;
static uint32_t last_stream;

struct answer {
	bool lost;	    /* the connection ended first */
	enum err_code code; /* ERR_OK: mysqld answered, maybe with an error */
	unsigned mysql_errno;
	uint64_t session;
	bool in_txn, done;
	size_t bytes, warnings, ok_bytes; /* ok_bytes: of the trailer's OK packet */
	char first[2048]; /* of the data */
};

static void frame(uint8_t type, uint32_t stream, uint16_t method, uint32_t aux, uint8_t flags,
		  const void *p, size_t n)
{
	struct rpc_frame f = {.type = type, .stream = stream, .method = method, .aux = aux,
			      .flags = flags, .len = (uint32_t)n};
	uint8_t head[RPC_FRAME_HEADER];

	rpc_frame_put(head, &f);
	(void)!send(gate, head, sizeof(head), MSG_NOSIGNAL | (n ? MSG_MORE : 0));
	if (n)
		(void)!send(gate, p, n, MSG_NOSIGNAL);
}

static void open_gate(void)
{
	struct str magic = rpc_frame_magic();
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0)
		abort();
	gate = fd[0];
	accept_fd = fd[1];
	on_worker(accept_now);
	frame(RPC_FRAME_HELLO, 0, RPC_VERSION_MIN, RPC_VERSION_MAX, 0, magic.p, magic.n);
}

static void close_gate(void)
{
	close(gate);
	gate = -1;
}

static uint32_t send_message(uint16_t method, const ProtobufCMessage *m)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	uint8_t *packed = malloc(n + 1);

	protobuf_c_message_pack(m, packed);
	frame(RPC_FRAME_REQUEST, ++last_stream, method, 0, 0, packed, n);
	free(packed);
	return last_stream;
}

struct request {
	const char *sql, *settings, *database, *before;
	uint32_t flags;
	uint64_t session;
	unsigned params;
};

static uint32_t send_execute(struct request r)
{
	static uint8_t block[] = {0, 1, 8, 0, 5, 0, 0, 0, 0, 0, 0, 0};
	Sluice__ExecuteRequest m = SLUICE__EXECUTE_REQUEST__INIT;
	ProtobufCBinaryData before;

	m.keyspace = (char *)"ks";
	m.shard = (char *)"-";
	m.session = r.session;
	m.flags = r.flags;
	m.sql = (ProtobufCBinaryData){strlen(r.sql), (uint8_t *)(uintptr_t)r.sql};
	if (r.settings)
		m.settings = (ProtobufCBinaryData){strlen(r.settings),
						   (uint8_t *)(uintptr_t)r.settings};
	if (r.database)
		m.database = (char *)(uintptr_t)r.database;
	if (r.before) {
		before = (ProtobufCBinaryData){strlen(r.before), (uint8_t *)(uintptr_t)r.before};
		m.before = &before;
		m.n_before = 1;
	}
	if (r.params) {
		m.param_count = r.params;
		m.params = (ProtobufCBinaryData){sizeof(block), block};
	}
	return send_message(METHOD_EXECUTE, &m.base);
}

static uint32_t send_finish(uint64_t session, int action, bool keep)
{
	Sluice__FinishRequest m = SLUICE__FINISH_REQUEST__INIT;

	m.session = session;
	m.action = (Sluice__FinishRequest__Action)action;
	m.keep_reserved = keep;
	return send_message(METHOD_FINISH, &m.base);
}

static void take_end(struct answer *a, const struct rpc_frame *f, struct str payload)
{
	size_t n = f->aux > 1 ? f->aux - 1 : payload.n;
	struct str trailer = payload;
	Sluice__ExecuteTrailer *m;
	struct err e;

	if (f->aux) {
		rpc_frame_unpack_error(str_make(payload.p, n), &e);
		a->code = e.code;
		a->mysql_errno = e.mysql_errno;
		trailer = str_make(payload.p + n, payload.n - n);
	}
	m = sluice__execute_trailer__unpack(NULL, trailer.n, (const uint8_t *)trailer.p);
	if (m) {
		a->session = m->session;
		a->in_txn = m->in_transaction;
		a->warnings = m->n_warnings;
		a->done = m->done;
		a->ok_bytes = m->ok_packet.len;
		sluice__execute_trailer__free_unpacked(m, NULL);
	}
}

/* Reads frames until the END of @stream; DATA is granted unless @greedy is false. */
static struct answer wait_end(uint32_t stream)
{
	struct answer a = {.code = ERR_OK};
	uint8_t head[RPC_FRAME_HEADER];
	struct rpc_frame f;
	struct buf b;

	buf_init(&b);
	for (;;) {
		buf_reset(&b);
		if (!fake_read(gate, head, sizeof(head))) {
			a.lost = true;
			break;
		}
		rpc_frame_get(head, &f);
		if (f.len && (!buf_reserve(&b, f.len) || !fake_read(gate, b.p, f.len))) {
			a.lost = true;
			break;
		}
		if (f.type == RPC_FRAME_DATA && f.stream == stream) {
			if (a.bytes < sizeof(a.first))
				memcpy(a.first + a.bytes, b.p,
				       f.len < sizeof(a.first) - a.bytes ? f.len
									 : sizeof(a.first) - a.bytes);
			a.bytes += f.len;
			frame(RPC_FRAME_CREDIT, stream, 0, f.len, 0, NULL, 0);
		} else if (f.type == RPC_FRAME_END && f.stream == stream) {
			take_end(&a, &f, str_make((const char *)b.p, f.len));
			break;
		}
	}
	buf_fini(&b);
	if (a.bytes > 6 && !a.mysql_errno && (uint8_t)a.first[4] == REPLY_ERR)
		a.mysql_errno = (uint8_t)a.first[5] | (unsigned)(uint8_t)a.first[6] << 8;
	return a;
}

static struct answer execute(struct request r)
{
	return wait_end(send_execute(r));
}

static struct answer finish(uint64_t session, int action, bool keep)
{
	return wait_end(send_finish(session, action, keep));
}

/* Nothing is lent, kept or under way any more, a moment after the gate's last word. */
static void expect_clean(void)
{
	for (int i = 0; i < 500; i++) {
		on_worker(look_now);
		if (!kept_now && !lent_now && !running_now && !waiting_now)
			break;
		usleep(2000);
	}
	if (kept_now || lent_now || running_now || waiting_now)
		printf("# kept %zu lent %u running %u waiting %u\n", kept_now, lent_now, running_now,
		       waiting_now);
	CHECK(!kept_now && !lent_now && !running_now && !waiting_now);
}

/* --- ways to go; each is right without a failing allocation, and harmless with one --- */

static bool strict; /* no allocation fails: answers are checked */
#define EXPECT(what) ((void)(strict && CHECK(what)))

static void plain(void)
{
	struct answer a = execute((struct request){.sql = "SELECT 42"});

	EXPECT(a.code == ERR_OK && a.bytes && !a.session && memmem(a.first, 200, "\x02" "42", 3));
	a = execute((struct request){.sql = "FAIL"});
	EXPECT(a.code == ERR_OK && a.mysql_errno == 1064 && !a.session);
	a = execute((struct request){.sql = "WARN"});
	EXPECT(a.code == ERR_OK && a.warnings == 1);
	a = execute((struct request){.sql = "BIG"});
	EXPECT(a.code == ERR_OK && a.bytes > FAKE_BIG_ROWS * 1024u);
	a = execute((struct request){.sql = "SELECT 1", .settings = "x=1", .database = "other"});
	EXPECT(a.code == ERR_OK && !a.mysql_errno);
	a = execute((struct request){.sql = "SELECT 1", .settings = "x=bad"});
	EXPECT(a.mysql_errno == 1193);
	a = execute((struct request){.sql = "SELECT 1", .database = "nowhere"});
	EXPECT(a.mysql_errno == 1049);
	a = execute((struct request){.sql = "DIE"});
	EXPECT(a.code == ERR_UNAVAILABLE);
}

static void transaction(void)
{
	struct answer a = execute((struct request){.sql = "SELECT 1", .flags = BEGIN}), b;
	unsigned commits = fake.commits;

	EXPECT(a.session && a.in_txn);
	b = execute((struct request){.sql = "FAIL", .session = a.session});
	EXPECT(b.mysql_errno == 1064 && b.session == a.session && b.in_txn);
	b = execute((struct request){.sql = "SELECT 2", .session = a.session, .settings = "y=2",
				     .before = "SAVEPOINT s"});
	EXPECT(b.session == a.session && !b.mysql_errno);
	b = execute((struct request){.sql = "SELECT 2", .session = a.session, .before = "FAIL"});
	EXPECT(b.session == a.session && b.mysql_errno == 1064);
	b = finish(a.session, COMMIT, false);
	EXPECT(!b.session && fake.commits == commits + 1);
	b = execute((struct request){.sql = "SELECT 1", .session = a.session});
	EXPECT(b.code == ERR_TXN_LOST && !b.session);
	a = execute((struct request){.sql = "DEADLOCK", .flags = BEGIN});
	EXPECT(a.mysql_errno == 1213 && !a.session);
	a = execute((struct request){.sql = "SELECT 1", .flags = BEGIN});
	b = execute((struct request){.sql = "DIE", .session = a.session});
	EXPECT(b.code == ERR_UNAVAILABLE && !b.session);
	if (b.session)
		finish(b.session, RELEASE, false);
	if (a.session)
		finish(a.session, RELEASE, false);
}

static void reserved(void)
{
	struct answer a = execute((struct request){.sql = "SELECT 1", .flags = RESERVE}), b;

	EXPECT(a.session && !a.in_txn);
	b = execute((struct request){.sql = "SELECT 1", .flags = BEGIN, .session = a.session});
	EXPECT(b.session == a.session && b.in_txn);
	b = finish(a.session, ROLLBACK, true);
	EXPECT(b.session == a.session && !b.in_txn);
	b = finish(a.session, RELEASE, false);
	EXPECT(b.code == ERR_OK && !b.session);
	b = finish(a.session, RELEASE, false);
	EXPECT(b.code == ERR_OK && !b.session);
	b = finish(a.session, COMMIT, false);
	EXPECT(b.code == ERR_TXN_LOST);
	a = execute((struct request){.sql = "SELECT 1", .flags = BEGIN | RESERVE});
	b = finish(a.session, COMMIT, true);
	EXPECT(b.session == a.session);
	if (a.session)
		finish(a.session, RELEASE, false);
}

static void prepared(void)
{
	struct answer a = execute((struct request){.sql = "SELECT 1", .flags = BEGIN}), b;
	unsigned prepares = fake.prepares;
	static const char *const text[] = {"SELECT A ?", "SELECT B ?", "SELECT C ?", "SELECT D ?", "SELECT A ?"};

	for (int i = 0; i < 2; i++) {
		b = execute((struct request){.sql = "SELECT A ?", .flags = PREPARED, .session = a.session,
					     .params = 1});
		EXPECT(b.code == ERR_OK && !b.mysql_errno);
	}
	EXPECT(fake.prepares == prepares + 1);
	for (size_t i = 0; i < 5; i++)
		execute((struct request){.sql = text[i], .flags = PREPARED, .session = a.session,
					 .params = 1});
	EXPECT(fake.prepares == prepares + 5);
	b = execute((struct request){.sql = "SELECT ? ?", .flags = PREPARED, .session = a.session,
				     .params = 1});
	EXPECT(b.mysql_errno == 1210 || b.mysql_errno == 1105);
	b = execute((struct request){.sql = "FAIL", .flags = PREPARED, .session = a.session});
	EXPECT(b.mysql_errno == 1064 && b.session == a.session);
	if (a.session)
		finish(a.session, RELEASE, false);
	execute((struct request){.sql = "SELECT A ?", .flags = PREPARED, .params = 1});
}

static uint32_t start_hanging(struct request r)
{
	uint32_t s;
	unsigned want;

	pthread_mutex_lock(&fake.m);
	want = fake.hanging + 1;
	pthread_mutex_unlock(&fake.m);
	s = send_execute(r);
	if (strict)
		fake_wait(&fake.hanging, want);
	else
		usleep(2000);
	return s;
}

static void canceled(void)
{
	struct answer a, b;
	uint32_t s = start_hanging((struct request){.sql = "HANG"});

	frame(RPC_FRAME_CANCEL, s, 0, 0, 0, NULL, 0);
	b = wait_end(s);
	EXPECT(b.code == ERR_CANCELED && !b.session && !b.done);
	s = start_hanging((struct request){.sql = "HANG", .flags = BEGIN});
	frame(RPC_FRAME_CANCEL, s, 0, 0, 0, NULL, 0);
	b = wait_end(s);
	EXPECT(b.code == ERR_CANCELED && !b.session && !b.done);
	a = execute((struct request){.sql = "SELECT 1", .flags = BEGIN});
	s = start_hanging((struct request){.sql = "HANG", .session = a.session});
	frame(RPC_FRAME_CANCEL, s, 0, 0, 0, NULL, 0);
	b = execute((struct request){.sql = "SELECT 1", .session = a.session}); /* behind it */
	EXPECT(b.code == ERR_OK && b.session == a.session && b.in_txn);
	s = start_hanging((struct request){.sql = "HANG", .session = a.session});
	b = finish(a.session, RELEASE, false);
	EXPECT(b.code == ERR_OK);
}

/* The statement is done when KILL comes: it is answered as one that was not canceled, and what it
 * did in a transaction stays. */
static void canceled_late(void)
{
	struct answer a, b;
	uint32_t s = start_hanging((struct request){.sql = "LATE"});

	frame(RPC_FRAME_CANCEL, s, 0, 0, 0, NULL, 0);
	b = wait_end(s);
	EXPECT(b.done && b.ok_bytes && !b.session);
	s = start_hanging((struct request){.sql = "LATE", .flags = BEGIN});
	frame(RPC_FRAME_CANCEL, s, 0, 0, 0, NULL, 0);
	a = wait_end(s);
	EXPECT(a.code == ERR_OK && a.done && a.ok_bytes && a.session && a.in_txn);
	s = start_hanging((struct request){.sql = "LATE", .session = a.session});
	frame(RPC_FRAME_CANCEL, s, 0, 0, 0, NULL, 0);
	b = wait_end(s);
	EXPECT(b.code == ERR_OK && b.done && b.session == a.session && b.in_txn);
	b = finish(a.session, COMMIT, false);
	EXPECT(b.code == ERR_OK && !b.session);
	/* END and CANCEL cross. */
	s = send_execute((struct request){.sql = "INSERT"});
	frame(RPC_FRAME_CANCEL, s, 0, 0, 0, NULL, 0);
	b = wait_end(s);
	EXPECT(b.done == (b.ok_bytes > 0));
	b = execute((struct request){.sql = "SELECT 1"});
	EXPECT(b.done && !b.ok_bytes); /* rows */
	b = execute((struct request){.sql = "FAIL"});
	EXPECT(!b.done && !b.ok_bytes);
}

static void abandoned(void)
{
	struct answer a = execute((struct request){.sql = "SELECT 1", .flags = BEGIN});
	uint32_t s = start_hanging((struct request){.sql = "HANG", .session = a.session});

	frame(RPC_FRAME_CANCEL, s, 0, 0, RPC_FRAME_GONE, NULL, 0);
	a = wait_end(s);
	EXPECT(a.code == ERR_CANCELED && !a.session);
	a = execute((struct request){.sql = "SELECT 1", .flags = BEGIN});
	frame(RPC_FRAME_CANCEL, last_stream, 0, 0, RPC_FRAME_GONE, NULL, 0);
	if (strict)
		expect_clean();
}

static void full_pool(void)
{
	struct answer a[POOL + 1];
	int got = 0;

	for (int i = 0; i <= POOL; i++)
		a[i] = execute((struct request){.sql = "SELECT 1", .flags = BEGIN});
	EXPECT(a[POOL].code == ERR_EXHAUSTED);
	for (int i = 0; i <= POOL; i++) {
		got += a[i].session != 0;
		if (a[i].session)
			finish(a[i].session, ROLLBACK, false);
	}
	EXPECT(got == POOL);
}

static void malformed(void)
{
	struct answer a;

	frame(RPC_FRAME_REQUEST, ++last_stream, METHOD_EXECUTE, 0, 0, "\xff", 1);
	a = wait_end(last_stream);
	EXPECT(a.code == ERR_PROTOCOL);
	frame(RPC_FRAME_REQUEST, ++last_stream, METHOD_FINISH, 0, 0, "\xff", 1);
	a = wait_end(last_stream);
	EXPECT(a.code == ERR_PROTOCOL);
}

static const struct way {
	const char *name;
	void (*go)(void);
} ways[] = {{"plain", plain},	    {"transaction", transaction}, {"reserved", reserved},
	    {"prepared", prepared}, {"canceled", canceled},	  {"abandoned", abandoned},
	    {"malformed", malformed}, {"canceled late", canceled_late}};

/* One allocation of the tablet after the other fails. Whatever happens to the requests, nothing is
 * left behind when the gate is gone, and the next statement works. */
static void with_failing_allocations(const struct way *w)
{
	unsigned bad = 0;
	long n, missed = 0;

	strict = false;
	for (n = 1; missed < 3 && n < 2000; n++) { /* what is warm already makes the number vary */
		struct answer a;

		open_gate();
		oom_arm(n);
		w->go();
		missed = oom_disarm() ? 0 : missed + 1;
		close_gate();
		open_gate();
		a = execute((struct request){.sql = "SELECT 1"});
		if (a.code != ERR_OK && a.code != ERR_UNAVAILABLE)
			bad++;
		close_gate();
	}
	CHECK_INT(bad, 0);
	printf("# %s: %ld allocations\n", w->name, n - 4);
	CHECK(n > 5 && n < 2000);
	expect_clean();
	strict = true;
}

int main(void)
{
	fake_start();
	start_tablet();
	strict = true;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		open_gate();
		printf("# %s\n", ways[i].name);
		ways[i].go();
		close_gate();
		expect_clean();
	}
	open_gate();
	full_pool();
	close_gate();
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		with_failing_allocations(&ways[i]);
	/* What runs and waits when the tablet stops ends, too. */
	open_gate();
	start_hanging((struct request){.sql = "HANG", .flags = BEGIN});
	start_hanging((struct request){.sql = "HANG"});
	stop_tablet();
	CHECK(wait_end(last_stream).lost);
	close_gate();
	fake_stop();
	return TAP_DONE();
}
