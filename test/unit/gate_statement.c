/* One statement from its text to the packets of its answer, against scripted tablets in the same
 * worker and a client that reads: relaying, merging, SET; what the session keeps after each
 * outcome, also when allocations fail. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gate/base/gate_ctx.h"
#include "gate/base/gate_settings.h"
#include "gate/catalog/catalog.h"
#include "gate/conn/conn.h"
#include "gate/exec/sharded.h"
#include "gate/exec/statement.h"
#include "gate/exec/statement_plan.h"
#include "gate/local/local.h"
#include "gate/pick/link.h"
#include "gate/plan/plan.h"
#include "gate/plan/plan_cache.h"
#include "gate/txn/commit.h"
#include "src/net/stream.h"
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
#include "topo/graph_build.h"

/* --- the scripted tablets --- */

/* What the tablet of one shard answers: columns and rows as "a b;1 x;2 y", then OK, or an error. */
struct script {
	const char *rows;  /* NULL: an OK packet */
	size_t wide;	   /* each value is followed by so many 'v' */
	unsigned errno_;   /* an error packet in the place of the end of the rows (or of the OK) */
	bool never;	   /* no end: until it is canceled */
	uint16_t warnings; /* of the last packet */
};

static struct worker *w;
static struct rpc_server *server;
static struct gate_settings settings = {.cell = "zone1",
					.server_version = "10.11.0-test",
					.max_connections = 10,
					.max_statement = 1 << 24,
					.statement_memory = 64 << 20,
					.merge_memory = 64 << 20,
					.max_prepared = 10};
static struct lex_opts lex;
static struct gate_ctx ctx;
static struct graph_tablet node;
static struct graph *graph;
static struct conn conn;
static char address[64];
static const struct script *scripts[2]; /* by shard: -80, 80- */
static char asked[2000];
static struct answering {
	struct rpc_reply *reply;
	struct buf bytes;
	size_t sent;
	bool never, failed;
} answering[4];
static unsigned answers;

static void note(const void *text, size_t n)
{
	size_t have = strlen(asked);

	snprintf(asked + have, sizeof(asked) - have, "%.*s", (int)n, (const char *)text);
}

static void put_packet(struct buf *out, struct buf *payload, uint8_t *seq)
{
	packet_append(out, payload->p, payload->len, seq);
	buf_reset(payload);
}

static void put_row(struct buf *out, struct buf *b, struct str row, size_t wide, uint8_t *seq)
{
	struct str value;

	while (row.n) {
		struct buf v;

		str_cut(row, ' ', &value, &row);
		buf_init(&v);
		buf_str(&v, value);
		for (size_t i = 0; i < wide; i++)
			buf_u8(&v, 'v');
		text_row_put(b, buf_slice(&v));
		buf_fini(&v);
	}
	put_packet(out, b, seq);
}

static void put_columns(struct buf *out, struct buf *b, struct str names, uint8_t *seq)
{
	struct str rest = names, name;
	size_t n = 0;

	while (rest.n) {
		str_cut(rest, ' ', &name, &rest);
		n++;
	}
	column_def_build_count(b, n);
	put_packet(out, b, seq);
	while (names.n) {
		struct column_def c = {.meta = {.type = TYPE_LONGLONG, .charset = 63}};

		str_cut(names, ' ', &c.name, &names);
		if (c.name.p[0] == 't')
			c.meta = (struct type_meta){.type = TYPE_VAR_STRING, .charset = 45};
		column_def_build(b, &c);
		put_packet(out, b, seq);
	}
}

static void build_answer(struct buf *out, const struct script *s)
{
	struct reply_ok ok = {.affected_rows = 3, .status = 2, .warnings = s->warnings};
	struct str rest = str_of(s->rows ? s->rows : ""), row;
	long left = atomic_exchange(&oom_left, 0); /* what the test allocates does not fail */
	uint8_t seq = 1;
	struct err e;
	struct buf b;

	buf_init(out);
	buf_init(&b);
	if (s->rows) {
		str_cut(rest, ';', &row, &rest);
		put_columns(out, &b, row, &seq);
		while (rest.n) {
			str_cut(rest, ';', &row, &rest);
			put_row(out, &b, row, s->wide, &seq);
		}
	}
	if (s->errno_) {
		err_set_mysql(&e, ERR_CONFLICT, s->errno_, "HY000", "error %u", s->errno_);
		reply_build_error(&b, &e);
	} else if (s->rows) {
		reply_build_end(&b, CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF, s->warnings,
				2 | STATUS_NO_INDEX);
	} else {
		reply_build_ok(&b, CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF, &ok);
	}
	if (!s->never)
		put_packet(out, &b, &seq);
	buf_fini(&b);
	atomic_store(&oom_left, left);
}

static void end_reply(struct rpc_reply *r, const struct err *why, bool done)
{
	Sluice__ExecuteTrailer m = SLUICE__EXECUTE_TRAILER__INIT;
	uint8_t packed[64];

	m.done = done;
	if (why)
		rpc_reply_error_trailer(r, why, packed, sluice__execute_trailer__pack(&m, packed));
	else
		rpc_reply_end(r, packed, sluice__execute_trailer__pack(&m, packed));
}

static void pump(void *arg)
{
	struct answering *a = arg;

	while (a->reply && a->sent < a->bytes.len) {
		size_t n = a->bytes.len - a->sent;

		n = n < 7000 ? n : 7000;
		a->sent += n;
		if (!rpc_reply_data(a->reply, a->bytes.p + a->sent - n, n))
			return;
	}
	if (a->reply && !a->never) {
		end_reply(a->reply, NULL, !a->failed);
		a->reply = NULL;
	}
}

static void on_cancel(void *arg, const struct err *why)
{
	struct answering *a = arg;

	if (a->reply)
		end_reply(a->reply, why, false);
	a->reply = NULL;
}

static void on_execute(void *arg, struct rpc_reply *r, struct str request)
{
	static const struct rpc_reply_handler h = {.cancel = on_cancel, .writable = pump};
	Sluice__ExecuteRequest *m =
		sluice__execute_request__unpack(NULL, request.n, (const uint8_t *)request.p);
	struct answering *a = &answering[answers++ % 4];
	struct err e;

	(void)arg;
	if (!m) {
		err_set(&e, ERR_NOMEM, "the tablet has no memory");
		rpc_reply_error(r, &e);
		return;
	}
	for (size_t i = 0; i < m->n_before; i++) {
		note(m->before[i].data, m->before[i].len);
		note("|", 1);
	}
	note(m->sql.data, m->sql.len);
	note(";", 1);
	buf_fini(&a->bytes);
	*a = (struct answering){.reply = r};
	build_answer(&a->bytes, scripts[m->shard[0] != '-']);
	a->never = scripts[m->shard[0] != '-']->never;
	a->failed = scripts[m->shard[0] != '-']->errno_;
	sluice__execute_request__free_unpacked(m, NULL);
	rpc_reply_set_handler(r, &h, a);
	if (a->bytes.failed) {
		err_set(&e, ERR_NOMEM, "the tablet has no memory");
		rpc_reply_error(r, &e);
		a->reply = NULL;
		return;
	}
	pump(a);
}

/* --- the client --- */

static int client_fd;
static pthread_t reader;
static struct buf received;
static _Atomic bool reading; /* else the client takes nothing */
static _Atomic bool all_read;

static void *read_all(void *arg)
{
	static uint8_t room[65536];
	ssize_t n;

	(void)arg;
	do {
		while (!reading)
			usleep(1000);
		n = read(client_fd, room, sizeof(room));
		if (n > 0)
			buf_append(&received, room, (size_t)n);
	} while (n > 0);
	all_read = true;
	return NULL;
}

static size_t on_client_data(void *arg, const uint8_t *p, size_t n)
{
	(void)arg, (void)p;
	return n;
}

static struct statement *running;

static void on_client_event(void *arg, enum stream_event ev, const struct err *why)
{
	(void)arg, (void)why;
	if (ev == STREAM_DRAINED && running)
		statement_drained(running);
}

static const struct stream_handler client_handler = {on_client_data, on_client_event};

/* What came, as text: "2 a b | 1 x | 2 y | end 2" or "ok 3" or "error 1062"; long values by their
 * length.
 */
static const char *seen(void)
{
	static char text[4000];
	const uint8_t *p = received.p;
	size_t left = received.len, columns = 0, defs = 0;
	struct packet k;

	text[0] = 0;
	while (packet_peek(p, left, &k) && k.whole) {
		struct str row = str_make((const char *)k.payload, k.len), col[8];
		size_t at = strlen(text);
		char *to = text + at;
		size_t room = sizeof(text) - at;
		struct reply_ok ok;
		struct reply_err why;

		if (reply_parse_err(row, &why) == 0 && (uint8_t)row.p[0] == 0xff) {
			snprintf(to, room, "error %u;", why.code);
			columns = 0;
		} else if (!columns && row.p[0] == 0) {
			CHECK(reply_parse_ok(row, conn.client.caps, &ok) == 0);
			snprintf(to, room, "ok %llu;", (unsigned long long)ok.affected_rows);
		} else if (!columns) {
			columns = defs = (size_t)row.p[0];
		} else if (defs) {
			defs--;
		} else if ((uint8_t)row.p[0] == 0xfe && row.n < 100) {
			CHECK(reply_parse_ok(row, conn.client.caps, &ok) == 0);
			snprintf(to, room, "end status %x warnings %u;", ok.status, ok.warnings);
			columns = 0;
		} else if (text_row_split(row, col, (uint32_t)columns) == 0) {
			for (size_t i = 0; i < columns && col[i].p; i++) {
				at = strlen(text);
				if (col[i].n > 20)
					snprintf(text + at, sizeof(text) - at, "%s%.1s(%zu)",
						 i ? "," : "", col[i].p, col[i].n);
				else
					snprintf(text + at, sizeof(text) - at, "%s%.*s",
						 i ? "," : "", STR_ARG(col[i]));
			}
			at = strlen(text);
			snprintf(text + at, sizeof(text) - at, ";");
		}
		p += PACKET_HEADER + k.len;
		left -= PACKET_HEADER + k.len;
	}
	if (left)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "cut");
	return text;
}

/* --- around it --- */

static void take_catalog(struct gate_ctx *c)
{
	(void)c;
}

static const struct gate_ctx_ops ops = {.take_catalog = take_catalog};

static void put(struct graph_source *src, const char *key, const char *value)
{
	if (graph_build_put(src, key, str_of(value)) < 0)
		abort();
}

/* Keyspace "two" of two shards with table t (id, txt), and "one". */
static struct gate_catalog *make_catalog(void)
{
	static const char vschema[] =
		"{\"sharded\":true,\"vindexes\":{\"hash\":{\"type\":\"hash\"}},"
		"\"tables\":{\"t\":{\"column_vindexes\":[{\"column\":\"id\",\"name\":\"hash\"}]}}}";
	Sluice__SchemaReply m = SLUICE__SCHEMA_REPLY__INIT;
	Sluice__SchemaTable t = SLUICE__SCHEMA_TABLE__INIT, *tables[] = {&t};
	Sluice__SchemaColumn id = SLUICE__SCHEMA_COLUMN__INIT, txt = SLUICE__SCHEMA_COLUMN__INIT;
	Sluice__SchemaColumn *columns[] = {&id, &txt};
	struct catalog_schema *s;
	struct gate_catalog *c;
	struct graph_source src;

	graph_build_init(&src);
	put(&src, "global/keyspaces/one/keyspace", "{\"name\":\"one\"}");
	put(&src, "global/keyspaces/one/shards/-", "{\"keyspace\":\"one\",\"shard\":\"-\"}");
	put(&src, "global/keyspaces/two/keyspace", "{\"name\":\"two\",\"sharded\":true}");
	put(&src, "global/keyspaces/two/shards/-80", "{\"keyspace\":\"two\",\"shard\":\"-80\"}");
	put(&src, "global/keyspaces/two/shards/80-", "{\"keyspace\":\"two\",\"shard\":\"80-\"}");
	put(&src, "global/keyspaces/two/vschema", vschema);
	graph = graph_build(&src, "zone1");
	graph_build_fini(&src);
	for (size_t i = 0; i < graph->keyspace_count; i++)
		for (size_t k = 0; k < graph->keyspaces[i].shard_count; k++)
			/* The graph is the test's own. */
			((struct graph_shard *)(uintptr_t)&graph->keyspaces[i].shards[k])->primary =
				&node;
	id.name = (char *)"id";
	id.type = 8;
	txt.name = (char *)"txt";
	txt.type = 253;
	t.name = (char *)"t";
	t.columns = columns;
	t.n_columns = 2;
	m.tables = tables;
	m.n_tables = 1;
	s = catalog_schema_new(&m);
	c = catalog_new(graph, NULL, STR_LIT("two"), s);
	snapshot_put(&s->snap);
	return c;
}

static void open_all(const char *keyspace, const struct script *low, const struct script *high)
{
	static const struct rpc_method methods[] = {{METHOD_EXECUTE, on_execute}};
	int fds[2];
	struct err e;

	scripts[0] = low;
	scripts[1] = high;
	asked[0] = 0;
	memset(answering, 0, sizeof(answering));
	answers = 0;
	w = worker_new("gate", &e);
	server = rpc_server_new(w, methods, 1, NULL, NULL, &e);
	if (!w || rpc_server_listen(server, address, false, &e) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		abort();
	node = (struct graph_tablet){.alias = "zone1-1", .cell = "zone1", .rpc_address = address};
	ctx = (struct gate_ctx){.settings = &settings, .worker = w, .lex = &lex, .ops = &ops};
	ctx.links = links_new(w, (struct rpc_trust){.server = NULL});
	ctx.plans = plan_cache_new(1 << 20);
	ctx.turn = worker_timer_new(w, statement_run_yielding, &ctx);
	ctx.catalog = make_catalog();
	memset(&conn, 0, sizeof(conn));
	conn.ctx = &ctx;
	conn.limits = settings.limits;
	conn.client.caps = CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF | CAP_TRANSACTIONS;
	conn.client.stream = stream_new(w, fds[0], &client_handler, NULL, &e);
	conn.client.seq = 1;
	session_vars_init(&conn.vars, &lex);
	conn.vars.user = strdup("u");
	snprintf(conn.vars.target.keyspace, sizeof(conn.vars.target.keyspace), "%s", keyspace);
	client_fd = fds[1];
	buf_init(&received);
	all_read = false;
	reading = true;
	pthread_create(&reader, NULL, read_all, NULL);
}

static void close_all(void)
{
	txn_fini(&conn.txn);
	session_vars_fini(&conn.vars);
	statement_free_spares(&ctx);
	plan_cache_free(ctx.plans);
	snapshot_put(&ctx.catalog->snap);
	snapshot_put(&graph->snap);
	worker_timer_free(ctx.turn);
	links_free(ctx.links);
	rpc_server_free(server);
	worker_free(w);
	for (int i = 0; i < 4; i++)
		buf_fini(&answering[i].bytes);
	buf_fini(&received);
	unlink(address + 5);
}

/* --- the loop: it runs once, through all statements and until the client has read the last answer
 * --- */

static struct {
	const char *const *sql;	   /* NULL at the end */
	void (*after)(unsigned i); /* behind statement i; may be NULL */
	unsigned at;
	struct worker_timer *timer;
	bool closed;
} drive;

static void on_done(struct statement *st)
{
	CHECK_INT(st->state, STATEMENT_ANSWERED);
	CHECK(!st->running && !st->fetching);
	worker_timer_arm(drive.timer, 1);
}

static void begin(void)
{
	struct statement *st = statement_take(&conn, STATEMENT_TEXT, on_done);
	struct err e;

	running = st;
	if (!st) { /* no memory: as a session, closes the connection */
		drive.sql = &drive.sql[drive.at];
		while (*drive.sql)
			drive.sql++;
		drive.at = 0;
		worker_timer_arm(drive.timer, 1);
		return;
	}
	buf_puts(&st->text, drive.sql[drive.at]);
	if (buf_check(&st->text, &e) < 0 || statement_plan_scan(st, &e) < 0 ||
	    statement_plan_find(st, &e) < 0)
		statement_fail(st, &e);
	else if (st->plan->kind == PLAN_LOCAL)
		local_run(st);
	else
		sharded_run(st);
}

static void on_timer(void *arg)
{
	(void)arg;
	if (running) {
		statement_put(running);
		running = NULL;
		if (drive.after)
			drive.after(drive.at);
		drive.at++;
	}
	if (drive.sql[drive.at]) {
		begin();
		return;
	}
	if (!drive.closed) {
		oom_disarm();
		reading = drive.closed = true;
		stream_close_when_sent(conn.client.stream, 10000000);
		conn.client.stream = NULL;
	}
	if (all_read)
		worker_stop(w);
	else
		worker_timer_arm(drive.timer, 1000);
}

/* Runs statements; what the client sees is in seen() then. */
static void run_all(const char *const *sql, void (*after)(unsigned i))
{
	memset(&drive, 0, sizeof(drive));
	drive.sql = sql;
	drive.after = after;
	drive.timer = worker_timer_new(w, on_timer, NULL);
	worker_timer_arm(drive.timer, 1);
	worker_run(w);
	worker_timer_free(drive.timer);
	pthread_join(reader, NULL);
	close(client_fd);
}

static void run(const char *sql)
{
	run_all((const char *const[]){sql, NULL}, NULL);
}

/* One statement over a session of its own; what the client sees. */
static const char *outcome(const char *keyspace, const char *sql, struct script low,
			   struct script high)
{
	const char *text;

	open_all(keyspace, &low, &high);
	run(sql);
	text = seen();
	CHECK(conn.txn.len == 0 && !conn.txn.open);
	close_all();
	return text;
}

/* --- relay --- */

static void test_relay(void)
{
	CHECK_STR(outcome("one", "SELECT id, txt FROM t",
			  (struct script){.rows = "id txt;1 a;2 b", .warnings = 4},
			  (struct script){0}),
		  "1,a;2,b;end status 22 warnings 4;");
	CHECK_STR(asked, "SELECT id, txt FROM t;");
	/* Rows of any size, in pieces. */
	CHECK_STR(outcome("one", "SELECT txt FROM t",
			  (struct script){.rows = "txt;a;b", .wide = 700000}, (struct script){0}),
		  "a(700001);b(700001);end status 22 warnings 0;");
	CHECK_STR(outcome("one", "UPDATE t SET id = 1", (struct script){0}, (struct script){0}),
		  "ok 3;");
	CHECK_STR(outcome("one", "SELECT id FROM t", (struct script){.errno_ = 1146},
			  (struct script){0}),
		  "error 1146;");
	/* An error behind rows follows them. */
	CHECK_STR(outcome("one", "SELECT id FROM t",
			  (struct script){.rows = "id;1", .errno_ = 1317}, (struct script){0}),
		  "1;error 1317;");
	/* Two shards, a key: one of them. hash(1) is below 80. */
	CHECK_STR(outcome("two", "SELECT id FROM t WHERE id = 1", (struct script){.rows = "id;1"},
			  (struct script){.errno_ = 1}),
		  "1;end status 22 warnings 0;");
}

/* --- merge and counts --- */

static void test_merge(void)
{
	CHECK_STR(outcome("two", "SELECT id FROM t ORDER BY id",
			  (struct script){.rows = "id;1;4;5", .warnings = 1},
			  (struct script){.rows = "id;2;3;6", .warnings = 2}),
		  "1;2;3;4;5;6;end status 22 warnings 3;");
	CHECK_STR(outcome("two", "SELECT id FROM t ORDER BY id DESC LIMIT 2",
			  (struct script){.rows = "id;5;4"}, (struct script){.rows = "id;6;3"}),
		  "6;5;end status 22 warnings 0;");
	CHECK_STR(outcome("two", "SELECT COUNT(*) FROM t", (struct script){.rows = "c;40"},
			  (struct script){.rows = "c;2"}),
		  "42;end status 22 warnings 0;");
	/* Rows above the window of a call. */
	CHECK_STR(outcome("two", "SELECT id, txt FROM t ORDER BY id",
			  (struct script){.rows = "id txt;1 a;3 c"},
			  (struct script){.rows = "id txt;2 b"}),
		  "1,a;2,b;3,c;end status 22 warnings 0;");
	CHECK_STR(outcome("two", "SELECT txt FROM t",
			  (struct script){.rows = "txt", .wide = 900000},
			  (struct script){.rows = "txt;b;c", .wide = 900000}),
		  "b(900001);c(900001);end status 22 warnings 0;");
	/* One shard fails: nothing more, and the other is canceled. */
	CHECK_STR(outcome("two", "SELECT id FROM t", (struct script){.errno_ = 1146},
			  (struct script){.rows = "id;2", .never = true}),
		  "error 1146;");
	/* Shards that differ in the middle of an ALTER TABLE. */
	CHECK_STR(outcome("two", "SELECT * FROM t ORDER BY id",
			  (struct script){.rows = "id txt;1 a"},
			  (struct script){.rows = "id txt x;2 b 3"}),
		  "error 1412;");
}

static void test_counts(void)
{
	open_all("two", &(struct script){.warnings = 1}, &(struct script){.warnings = 2});
	conn.txn.open = true; /* as the client's own: nothing is committed here */
	run("UPDATE t SET txt = 'x'");
	CHECK_STR(seen(), "ok 6;");
	CHECK(conn.vars.row_count == 6 && conn.vars.conditions.warnings == 3);
	close_all();
}

static void *begin_reading(void *arg)
{
	usleep(100000);
	reading = true;
	return arg;
}

/* It begins to read when the gate has long been congested. */
static void test_client_that_waits(void)
{
	struct script low = {.rows = "txt;a;c", .wide = 3000000};
	struct script high = {.rows = "txt;b;d", .wide = 3000000};

	for (int two = 0; two < 2; two++) {
		pthread_t later;

		open_all(two ? "two" : "one", &low, &high);
		reading = false;
		pthread_create(&later, NULL, begin_reading, NULL);
		run("SELECT txt FROM t");
		pthread_join(later, NULL);
		CHECK(strstr(seen(), "(3000001)") && strstr(seen(), "end status"));
		close_all();
	}
}

/* --- KILL --- */

static void kill_it(void *arg)
{
	(void)arg;
	statement_kill(running);
}

static void test_kill(void)
{
	struct script never = {.rows = "id;1", .never = true};

	for (int two = 0; two < 2; two++) {
		struct worker_timer *t;

		open_all(two ? "two" : "one", &never, &never);
		t = worker_timer_new(w, kill_it, NULL);
		worker_timer_arm(t, 30000);
		run("SELECT id FROM t");
		worker_timer_free(t);
		CHECK(strstr(seen(), "error 1317;") != NULL);
		CHECK(!conn.txn.lost && conn.txn.len == 0);
		close_all();
	}
}

/* --- SET --- */

static const struct script refused = {.errno_ = 1231};

static void after_set(unsigned i)
{
	const char *have = conn.vars.settings;

	switch (i) {
	case 0: /* the gate's own */
		CHECK(!conn.vars.autocommit && !asked[0]);
		break;
	case 1:
		CHECK(strstr(asked, "SET SESSION sort_buffer_size=500|SELECT ") != NULL);
		CHECK(have && strstr(have, "sort_buffer_size=500"));
		scripts[0] = scripts[1] = &refused;
		break;
	case 2: /* refused: all is as it was */
		CHECK(have && strstr(have, "sort_buffer_size=500") && !conn.vars.autocommit);
		break;
	default:
		CHECK_INT(conn.txn.traits.access, TXN_READ_ONLY);
	}
}

static void test_set(void)
{
	static const char *const sql[] = {"SET autocommit = 0", "SET sort_buffer_size = 500",
					  "SET sort_buffer_size = 7, autocommit = 1",
					  "SET TRANSACTION READ ONLY", NULL};
	struct script told = {.rows = "tmode tcharset size;STRICT utf8mb4 500"};

	open_all("one", &told, &told);
	run_all(sql, after_set);
	CHECK_STR(seen(), "ok 0;ok 0;error 1231;ok 0;");
	close_all();
}

/* --- allocations that fail --- */

/* Each allocation in turn: the client gets its answer whole or an error, and nothing is kept. */
static void fail_each(const char *keyspace, const char *sql, struct script low, struct script high,
		      const char *good)
{
	bool hit = true;

	for (long n = 1; hit && n < 3000; n++) {
		const char *text;

		open_all(keyspace, &low, &high);
		oom_arm(n);
		run(sql);
		hit = oom_hit;
		text = seen();
		if (!strstr(text, "error ") && strcmp(text, good) != 0 && !strstr(text, "cut") &&
		    *text) {
			CHECK(false);
			printf("# allocation %ld of %s: %s\n", n, sql, text);
		}
		CHECK(conn.txn.len == 0 || conn.txn.lost);
		close_all();
	}
	CHECK(!hit);
}

static void test_no_memory(void)
{
	struct script a = {.rows = "id;1;4"}, b = {.rows = "id;2;3"};
	struct script told = {.rows = "tmode tcharset size;STRICT utf8mb4 500"};

	fail_each("one", "SELECT id FROM t", a, b, "1;4;end status 22 warnings 0;");
	fail_each("two", "SELECT id FROM t ORDER BY id", a, b, "1;2;3;4;end status 22 warnings 0;");
	fail_each("one", "SET sort_buffer_size = 500", told, told, "ok 0;");
}

int main(void)
{
	snprintf(address, sizeof(address), "unix:/tmp/sluice-statement-%d.sock", (int)getpid());
	test_relay();
	test_merge();
	test_counts();
	test_client_that_waits();
	test_kill();
	test_set();
	test_no_memory();
	return TAP_DONE();
}
