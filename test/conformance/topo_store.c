/* topo_store - the promises of topo/store.h, watch.h, lock.h and election.h on a real store.
 * test/cluster/test_topo_store.py runs it: "check" is a TAP test of everything that one process can
 * see; the other commands are small actors for tests that kill, cut and restart things.
 *
 *   topo_store ADDRESS check
 *   topo_store ADDRESS watch PREFIX | put KEY VALUE | compact | graph CELL
 *   topo_store ADDRESS lock KEY TTL | elect NAME CANDIDATE TTL | write SECONDS
 *
 * TOPO_USER, TOPO_PASSWORD_FILE and TOPO_CA give credentials; TOPO_TIMEOUT_MS a time limit. */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "test/lib/tap.h"
#include "topo/election.h"
#include "topo/graph.h"
#include "topo/graph_watch.h"
#include "topo/lock.h"
#include "topo/rec_cell.h"
#include "topo/rec_shard.h"
#include "topo/rec_vschema.h"
#include "topo/store_int.h"
#include "topo/watch.h"

static struct store *s;
static struct err e;

static int put(const char *key, const char *value, int64_t expect, int64_t *version)
{
	struct store_write w = {.key = key, .value = str_of(value), .expect = expect};
	int rc = store_put(s, &w, &e);

	if (version)
		*version = w.version;
	return rc;
}

static int delete (const char *key, int64_t expect)
{
	struct store_write w = {.key = key, .expect = expect};

	return store_delete(s, &w, &e);
}

static const char *get(const char *key, int64_t *version)
{
	static struct buf b;

	buf_reset(&b);
	return store_get(s, key, &b, version, &e) == 0 ? buf_cstr(&b) : err_name(e.code);
}

#define CHECK_ERR(call, want) (CHECK((call) < 0), CHECK_STR(err_name(e.code), #want))

static void check_versions(void)
{
	int64_t v1 = 0, v2 = 0, v3 = 0, got = 0;

	CHECK_STR(get("t/none", NULL), "ERR_NOT_FOUND");
	CHECK_INT(put("t/a", "1", STORE_CREATE, &v1), 0);
	CHECK_STR(get("t/a", &got), "1");
	CHECK_INT(got, v1);
	CHECK_ERR(put("t/a", "2", STORE_CREATE, NULL), ERR_EXISTS);
	CHECK_INT(put("t/a", "2", v1, &v2), 0);
	CHECK(v2 > v1);
	CHECK_ERR(put("t/a", "3", v1, NULL), ERR_CONFLICT);
	CHECK_STR(get("t/a", NULL), "2");
	CHECK_INT(put("t/a", "4", STORE_ANY, &v3), 0);
	CHECK_ERR(delete ("t/a", v2), ERR_CONFLICT);
	CHECK_INT(delete ("t/a", v3), 0);
	CHECK_ERR(delete ("t/a", STORE_ANY), ERR_NOT_FOUND);
	CHECK_ERR(delete ("t/a", v3), ERR_CONFLICT);
	CHECK_ERR(put("t/a", "5", v3, NULL), ERR_CONFLICT);
	CHECK_INT(put("t/a", "", STORE_ANY, NULL), 0);
	CHECK_STR(get("t/a", NULL), "");
	CHECK_INT(delete ("t/a", STORE_ANY), 0);
	CHECK_ERR(put("", "x", STORE_ANY, NULL), ERR_INVALID);
}

static void check_list(void)
{
	struct store_list l;
	char key[40], *large = malloc(1 << 20);
	int bad = 0;

	for (int i = 0; i < 450; i++) {
		snprintf(key, sizeof(key), "t/list/%03d", i);
		bad += put(key, key, STORE_CREATE, NULL) < 0;
	}
	CHECK_INT(bad, 0);
	CHECK_INT(put("t/lis", "x", STORE_CREATE, NULL), 0);
	CHECK_INT(put("t/list0", "x", STORE_CREATE, NULL), 0);
	CHECK_INT(store_list(s, "t/list/", &l, &e), 0);
	CHECK_INT(l.entries.len, 450);
	for (int i = 0; i < 450 && i < (int)l.entries.len; i++) {
		snprintf(key, sizeof(key), "t/list/%03d", i);
		bad += strcmp(l.entries.v[i].key, key) != 0 ||
		       strcmp(l.entries.v[i].value, key) != 0;
	}
	CHECK_INT(bad, 0);
	CHECK(l.revision >= l.entries.v[449].version);
	store_list_fini(&l);
	CHECK_INT(store_list(s, "t/nothing", &l, &e), 0);
	CHECK_INT(l.entries.len, 0);
	store_list_fini(&l);
	memset(large, 'x', 1 << 20);
	large[(1 << 20) - 1] = 0;
	CHECK_INT(put("t/large", large, STORE_CREATE, NULL), 0);
	CHECK(strcmp(get("t/large", NULL), large) == 0);
	free(large);
}

/* ---- watches ---- */

struct seen {
	pthread_mutex_t m;
	struct buf text; /* "+key=value " "-key " "synced " "lost " */
	unsigned synced;
};

static void on_watch(void *arg, const struct watch_event *ev)
{
	struct seen *w = arg;

	pthread_mutex_lock(&w->m);
	switch (ev->kind) {
	case WATCH_PUT:
		buf_printf(&w->text, "+%s=%.*s ", ev->key,
			   (int)(ev->value.n < 20 ? ev->value.n : 20), ev->value.p);
		break;
	case WATCH_DELETE:
		buf_printf(&w->text, "-%s ", ev->key);
		break;
	case WATCH_SYNCED:
		w->synced++;
		break;
	case WATCH_LOST:
		buf_puts(&w->text, "lost ");
		break;
	}
	pthread_mutex_unlock(&w->m);
}

/* Waits until the text is @want; the text that there is after 5 s. */
static const char *wait_seen(struct seen *w, const char *want)
{
	static char out[20000];

	for (int i = 0; i < 500; i++) {
		pthread_mutex_lock(&w->m);
		snprintf(out, sizeof(out), "%.*s", (int)w->text.len, (const char *)w->text.p);
		pthread_mutex_unlock(&w->m);
		if (strcmp(out, want) == 0)
			break;
		clk_sleep_ms(10);
	}
	return out;
}

static void reset_seen(struct seen *w)
{
	pthread_mutex_lock(&w->m);
	buf_reset(&w->text);
	pthread_mutex_unlock(&w->m);
}

static void check_watch(void)
{
	struct seen w = {.m = PTHREAD_MUTEX_INITIALIZER};
	struct store_watch *watch;
	char want[20000], *at = want;
	int bad = 0;

	CHECK_INT(put("w/a", "1", STORE_CREATE, NULL), 0);
	CHECK_INT(put("w/b", "2", STORE_CREATE, NULL), 0);
	CHECK_INT(put("x/a", "other", STORE_CREATE, NULL), 0);
	watch = watch_start(s, "w/", on_watch, &w, &e);
	CHECK(watch != NULL);
	CHECK_STR(wait_seen(&w, "+w/a=1 +w/b=2 "), "+w/a=1 +w/b=2 ");
	reset_seen(&w);
	clk_sleep_ms(200); /* also what happens before the store's watch is set up must be told */
	CHECK_INT(put("w/a", "3", STORE_ANY, NULL), 0);
	CHECK_INT(delete ("w/b", STORE_ANY), 0);
	CHECK_INT(put("x/a", "other", STORE_ANY, NULL), 0);
	CHECK_INT(put("w/b", "4", STORE_CREATE, NULL), 0);
	CHECK_STR(wait_seen(&w, "+w/a=3 -w/b +w/b=4 "), "+w/a=3 -w/b +w/b=4 ");
	CHECK(w.synced >= 2);
	reset_seen(&w);
	/* Every change, in order. */
	for (int i = 0; i < 600; i++) {
		char value[16];

		snprintf(value, sizeof(value), "%d", i);
		bad += put("w/n", value, STORE_ANY, NULL) < 0;
		at += snprintf(at, sizeof(want) - (size_t)(at - want), "+w/n=%d ", i);
	}
	CHECK_INT(bad, 0);
	CHECK_STR(wait_seen(&w, want), want);
	reset_seen(&w);
	CHECK_INT(store_compact(s, &e), 0);
	CHECK_INT(put("w/a", "after", STORE_ANY, NULL), 0);
	CHECK_STR(wait_seen(&w, "+w/a=after "), "+w/a=after ");
	watch_stop(watch);
	buf_fini(&w.text);
}

static void ignore_change(void *arg, const struct store_change *c)
{
	(void)arg, (void)c;
}

static void ignore(void *arg)
{
	(void)arg;
}

static void check_compacted(void)
{
	_Atomic int stop = 0;
	struct store_follower f = {
		.prefix = "w/", .change = ignore_change, .caught_up = ignore, .stop = &stop};
	struct store_list l;

	CHECK_INT(store_list(s, "w/", &l, &e), 0);
	f.revision = l.revision;
	store_list_fini(&l);
	CHECK_INT(put("w/c", "1", STORE_ANY, NULL), 0);
	CHECK_INT(put("w/c", "2", STORE_ANY, NULL), 0);
	CHECK_INT(put("w/c", "3", STORE_ANY, NULL), 0);
	CHECK_INT(store_compact(s, &e), 0);
	CHECK_INT(store_compact(s, &e), 0);
	CHECK_ERR(s->ops->follow(s, &f, &e), ERR_CONFLICT);
}

/* ---- locks ---- */

static void count(void *arg)
{
	(*(_Atomic int *)arg)++;
}

static void check_lock(void)
{
	_Atomic int lost = 0, stop = 1;
	struct lock_request r = {
		.key = "locks/t", .holder = "first", .ttl_s = 3, .lost = count, .arg = &lost};
	struct lock_request r2 = {.key = "locks/t", .holder = "second", .ttl_s = 3};
	struct store_lock *a = lock_acquire(s, &r, &e), *b;
	struct store_write w = {
		.key = "t/guarded", .value = STR_LIT("1"), .expect = STORE_ANY, .guard = a};
	int64_t fence;

	CHECK(a && lock_held(a) && lock_check(a, &e) == 0);
	if (!a)
		return;
	fence = lock_fence(a);
	CHECK(!lock_acquire(s, &r2, &e) && e.code == ERR_DEADLINE);
	CHECK_STR(e.msg, "lock locks/t is held by first");
	r2.stop = &stop;
	r2.timeout_ms = 10000;
	CHECK(!lock_acquire(s, &r2, &e) && e.code == ERR_CANCELED);
	r2.stop = NULL;
	CHECK_INT(store_put(s, &w, &e), 0);
	w.expect = STORE_CREATE;
	CHECK_ERR(store_put(s, &w, &e), ERR_EXISTS);
	/* Kept alive beyond its life. */
	clk_sleep_ms(4500);
	CHECK(lock_held(a) && lock_check(a, &e) == 0 && lost == 0);
	/* Broken by an operator. */
	CHECK_INT(delete ("locks/t", STORE_ANY), 0);
	w.expect = STORE_ANY;
	CHECK_ERR(store_put(s, &w, &e), ERR_TXN_LOST);
	CHECK_ERR(store_delete(s, &w, &e), ERR_TXN_LOST);
	CHECK_ERR(lock_check(a, &e), ERR_TXN_LOST);
	b = lock_acquire(s, &r2, &e);
	CHECK(b && lock_fence(b) > fence);
	CHECK_ERR(store_put(s, &w, &e), ERR_TXN_LOST);
	for (int i = 0; i < 300 && !lost; i++)
		clk_sleep_ms(10);
	CHECK_INT(lost, 1);
	CHECK(!lock_held(a));
	lock_release(a);
	CHECK(lock_check(b, &e) == 0);
	w.guard = b;
	CHECK_INT(store_put(s, &w, &e), 0);
	lock_release(b);
	CHECK_STR(get("locks/t", NULL), "ERR_NOT_FOUND");
	CHECK_INT(lost, 1);
}

struct term {
	_Atomic int leading, changes;
	_Atomic int64_t fence;
};

static void on_term(void *arg, bool leading, const struct store_lock *guard)
{
	struct term *t = arg;

	t->leading = leading;
	if (leading)
		t->fence = lock_fence(guard);
	t->changes++;
}

static bool wait_leading(const struct term *t)
{
	for (int i = 0; i < 500 && !t->leading; i++)
		clk_sleep_ms(10);
	return t->leading;
}

static void check_election(void)
{
	struct term t1 = {0}, t2 = {0};
	struct election_config c1 = {"keeper", "one", 3, on_term, &t1},
			       c2 = {"keeper", "two", 3, on_term, &t2};
	struct election *one = election_join(s, &c1, &e), *two;
	struct buf b;

	CHECK(one && wait_leading(&t1) && election_leading(one));
	two = election_join(s, &c2, &e);
	clk_sleep_ms(600);
	CHECK(!t2.leading && !election_leading(two));
	buf_init(&b);
	CHECK_INT(election_leader(s, "keeper", &b, &e), 0);
	CHECK_STR(buf_cstr(&b), "one");
	election_leave(one);
	CHECK(!t1.leading && t1.changes == 2);
	CHECK(wait_leading(&t2));
	CHECK(t2.fence > t1.fence);
	election_leave(two);
	CHECK_INT(t2.changes, 2);
	buf_reset(&b);
	CHECK_ERR(election_leader(s, "keeper", &b, &e), ERR_NOT_FOUND);
	buf_fini(&b);
}

/* ---- records and graph ---- */

static void check_graph(void)
{
	struct rec_cell cell = {.name = "z1"};
	struct rec_shard shard = {
		.keyspace = "ks", .name = "0", .primary = "z1-1", .primary_term = 1};
	struct store_write w = {.expect = STORE_CREATE};
	struct graph_watch *gw = graph_watch_start(s, "z1", NULL, NULL, &e);
	const struct graph_keyspace *ks = NULL;
	struct vschema *vs;
	struct graph *g;
	int64_t version;

	CHECK_INT(graph_watch_wait(gw, 5000, &e), 0);
	CHECK_INT(rec_cell_put(s, &cell, STORE_CREATE, &e), 0);
	CHECK_INT(rec_cell_get(s, "z1", &cell, &version, &e), 0);
	CHECK_INT(rec_cell_put(s, &cell, version, &e), 0);
	CHECK_ERR(rec_cell_put(s, &cell, version, &e), ERR_CONFLICT);
	vs = rec_vschema_get(s, "ks", &version, &e);
	CHECK(vs && version == STORE_CREATE);
	snapshot_put((struct snapshot *)vs);
	CHECK_ERR(rec_vschema_put(s, "ks", STR_LIT("{\"shraded\":1}"), version, &e), ERR_PARSE);
	CHECK_INT(rec_vschema_put(s, "ks", STR_LIT("{\"tables\":{\"t\":{}}}"), version, &e), 0);
	CHECK_INT(put("global/keyspaces/ks/keyspace", "{\"name\":\"ks\"}", STORE_CREATE, NULL), 0);
	CHECK_INT(rec_shard_put(s, &shard, &w, &e), 0);
	CHECK_INT(put("cells/z1/tablets/z1-1",
		      "{\"cell\":\"z1\",\"uid\":1,\"keyspace\":\"ks\",\"shard\":\"0\",\"type\":"
		      "\"replica\"}",
		      STORE_CREATE, NULL),
		  0);
	for (int i = 0; i < 500; i++) {
		g = graph_watch_get(gw);
		ks = graph_find_keyspace(g, str_of("ks"));
		if (ks && ks->shard_count && ks->shards[0].primary)
			break;
		snapshot_put(&g->snap);
		g = NULL;
		clk_sleep_ms(10);
	}
	CHECK(g && ks && ks->shards[0].primary);
	if (g)
		snapshot_put(&g->snap);
	CHECK_INT(graph_watch_away_us(gw), 0);
	graph_watch_stop(gw);
}

/* ---- actors ---- */

static void print_event(void *arg, const struct watch_event *ev)
{
	static const char *const names[] = {"PUT", "DELETE", "SYNCED", "LOST"};

	(void)arg;
	printf("%s %s %.*s\n", names[ev->kind], ev->key, (int)ev->value.n,
	       ev->value.n ? ev->value.p : "");
	fflush(stdout);
}

static void print_lost(void *arg)
{
	(void)arg;
	printf("LOST\n");
	fflush(stdout);
}

static void print_term(void *arg, bool leading, const struct store_lock *guard)
{
	(void)arg;
	printf(leading ? "LEADING %" PRId64 "\n" : "FOLLOWING\n", leading ? lock_fence(guard) : 0);
	fflush(stdout);
}

/* Until standard input ends. */
static void wait_end(void)
{
	char c;

	while (read(0, &c, 1) > 0)
		;
}

static int act_watch(char **argv)
{
	struct store_watch *w = watch_start(s, argv[3], print_event, NULL, &e);

	wait_end();
	watch_stop(w);
	return 0;
}

static int act_lock(char **argv)
{
	struct lock_request r = {.key = argv[3],
				 .holder = "actor",
				 .ttl_s = (unsigned)strtoul(argv[4], NULL, 10),
				 .timeout_ms = 60000,
				 .lost = print_lost};
	struct store_lock *l = lock_acquire(s, &r, &e);

	if (!l)
		return 1;
	printf("HELD %" PRId64 "\n", lock_fence(l));
	fflush(stdout);
	wait_end();
	lock_release(l);
	return 0;
}

static int act_elect(char **argv)
{
	struct election_config c = {argv[3], argv[4], (unsigned)strtoul(argv[5], NULL, 10),
				    print_term, NULL};
	struct election *el = election_join(s, &c, &e);

	wait_end();
	election_leave(el);
	return 0;
}

static void print_graph(void *arg)
{
	struct graph_watch *gw = *(struct graph_watch **)arg;
	struct graph *g = gw ? graph_watch_get(gw) : NULL;

	if (!g)
		return;
	printf("GRAPH keyspaces=%zu away=%d\n", g->keyspace_count, graph_watch_away_us(gw) != 0);
	fflush(stdout);
	snapshot_put(&g->snap);
}

static int act_graph(char **argv)
{
	static struct graph_watch *gw;

	gw = graph_watch_start(s, argv[3], print_graph, &gw, &e);
	if (!gw || graph_watch_wait(gw, 10000, &e) < 0)
		return 1;
	print_graph(&gw);
	wait_end();
	graph_watch_stop(gw);
	return 0;
}

/* Counts a key up for some seconds, each time from the version before; prints how many and the
 * longest pause between two successes. A lost or doubled write would be a conflict. */
static int act_write(char **argv)
{
	uint64_t start = clk_mono_us(), end = start + strtoul(argv[3], NULL, 10) * 1000000,
		 last = start;
	uint64_t gap = 0;
	int64_t version = 0;
	unsigned n = 0;
	char value[24];

	while (clk_mono_us() < end) {
		snprintf(value, sizeof(value), "%u", n + 1);
		if (put("counter", value, n ? version : STORE_CREATE, &version) < 0) {
			printf("FAILED after=%u code=%s message=%s\n", n, err_name(e.code), e.msg);
			return 1;
		}
		n++;
		if (clk_mono_us() - last > gap)
			gap = clk_mono_us() - last;
		last = clk_mono_us();
		clk_sleep_ms(10);
	}
	printf("WROTE n=%u gap_ms=%llu value=%s\n", n, (unsigned long long)(gap / 1000),
	       get("counter", NULL));
	return 0;
}

static int act_put(char **argv)
{
	return put(argv[3], argv[4], STORE_ANY, NULL);
}

static int act_compact(char **argv)
{
	(void)argv;
	return store_compact(s, &e);
}

static int act_check(char **argv)
{
	(void)argv;
	check_versions();
	check_list();
	check_watch();
	check_compacted();
	check_lock();
	check_election();
	check_graph();
	return TAP_DONE();
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int args;
		int (*act)(char **argv);
	} actors[] = {{"check", 3, act_check}, {"watch", 4, act_watch},	   {"put", 5, act_put},
		      {"lock", 5, act_lock},   {"elect", 6, act_elect},	   {"write", 4, act_write},
		      {"graph", 4, act_graph}, {"compact", 3, act_compact}};
	const char *timeout = getenv("TOPO_TIMEOUT_MS");
	struct store_config c = {.address = argc > 1 ? argv[1] : "",
				 .user = getenv("TOPO_USER"),
				 .password_file = getenv("TOPO_PASSWORD_FILE"),
				 .ca_file = getenv("TOPO_CA"),
				 .timeout_ms = timeout ? (unsigned)strtoul(timeout, NULL, 10) : 0};
	int rc = 2;

	s = store_open(&c, &e);
	for (size_t i = 0; s && i < sizeof(actors) / sizeof(actors[0]); i++) {
		if (argc == actors[i].args && strcmp(argv[2], actors[i].name) == 0)
			rc = actors[i].act(argv);
	}
	if (rc != 0 && e.code)
		fprintf(stderr, "%s: %s\n", err_name(e.code), e.msg);
	store_close(s);
	return rc < 0 ? 1 : rc;
}
