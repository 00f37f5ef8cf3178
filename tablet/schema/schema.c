#include "tablet/schema/schema.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "src/base/arena.h"
#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/net/blocking.h"
#include "src/proto/tablet.pb-c.h"
#include "tablet/mysqld/control_conn.h"
#include "tablet/mysqld/mysqld_manager.h"
#include "tablet/schema/schema_load.h"

struct schema {
	struct mysqld_manager *mysqld;
	struct blocking *blocking;
	const char *database;
	void (*changed)(void *arg);
	void *arg;
	pthread_mutex_t loading; /* one reads at a time, so that an older reading never wins */
	uint64_t content, mark;	 /* guarded by loading: hashes of what was read, of what poll saw */
	struct snapshot_cell cell;
	_Atomic uint64_t version;
	_Atomic bool leaves_state;
	_Atomic bool polling;
	unsigned m_loads, m_failures, m_version;
};

struct schema *schema_new(struct mysqld_manager *mysqld, struct blocking *blocking,
			  const char *database, void (*changed)(void *arg), void *arg)
{
	struct schema *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->mysqld = mysqld;
	s->blocking = blocking;
	s->database = database;
	s->changed = changed;
	s->arg = arg;
	atomic_init(&s->leaves_state, true); /* not known yet */
	pthread_mutex_init(&s->loading, NULL);
	snapshot_cell_init(&s->cell);
	s->m_loads = metrics_id(METRIC_COUNTER, "sluice_tablet_schema_loads_total", "",
				"Times the schema was read");
	s->m_failures = metrics_id(METRIC_COUNTER, "sluice_tablet_schema_failures_total", "",
				   "Times reading the schema failed");
	s->m_version = metrics_id(METRIC_COUNTER, "sluice_tablet_schema_changes_total", "",
				  "Changes of the schema that were seen");
	return s;
}

void schema_free(struct schema *s)
{
	if (!s)
		return;
	snapshot_cell_fini(&s->cell);
	pthread_mutex_destroy(&s->loading);
	free(s);
}

uint64_t schema_version(const struct schema *s)
{
	return atomic_load_explicit(&((struct schema *)(uintptr_t)s)->version,
				    memory_order_acquire);
}

bool schema_leaves_state(const struct schema *s)
{
	return atomic_load_explicit(&((struct schema *)(uintptr_t)s)->leaves_state,
				    memory_order_relaxed);
}

struct schema_snapshot *schema_get(struct schema *s)
{
	return (struct schema_snapshot *)snapshot_acquire(&s->cell, NULL);
}

static void free_snapshot(struct snapshot *n)
{
	struct schema_snapshot *s = (struct schema_snapshot *)n;

	free((void *)(uintptr_t)s->packed.p);
	free(s);
}

/* Publishes @m if it is not what there is already. */
static int publish(struct schema *s, Sluice__SchemaReply *m, struct err *e)
{
	size_t n = sluice__schema_reply__get_packed_size(m);
	uint8_t *packed = malloc(n + 16); /* the version comes on top */
	struct schema_snapshot *snap = calloc(1, sizeof(*snap));
	uint64_t content, now = clk_wall_us() / 1000, was = schema_version(s);

	if (!packed || !snap) {
		free(packed);
		free(snap);
		return err_set(e, ERR_NOMEM, "out of memory for the schema");
	}
	sluice__schema_reply__pack(m, packed);
	content = str_hash(packed, n);
	if (was && content == s->content) {
		free(packed);
		free(snap);
		return 0;
	}
	/* The time as a start: a restarted tablet must not number another schema like an old one.
	 */
	m->version = now > was ? now : was + 1;
	n = sluice__schema_reply__pack(m, packed);
	snap->packed = str_make(packed, n);
	snap->version = m->version;
	snapshot_init(&snap->snapshot, free_snapshot);
	snapshot_publish(&s->cell, &snap->snapshot);
	s->content = content;
	atomic_store_explicit(&s->version, m->version, memory_order_release);
	metrics_add(s->m_version, 1);
	log_info("tablet.schema", "event=changed version=%llu tables=%zu bytes=%zu",
		 (unsigned long long)m->version, m->n_tables, n);
	s->changed(s->arg);
	return 0;
}

static struct control_conn *open_conn(struct schema *s, struct err *e)
{
	struct control_login l;

	mysqld_manager_login(s->mysqld, &l);
	l.timeout_s = 60;
	return control_conn_open(&l, e);
}

/* With loading locked. */
static int load(struct schema *s, struct control_conn *c, struct err *e)
{
	Sluice__SchemaReply *m;
	struct arena a;
	uint64_t mark;
	bool leaves;
	int rc = -1;

	arena_init(&a, 0);
	metrics_add(s->m_loads, 1);
	/* The mark first: what changes in between is read again at the next poll. */
	if (schema_load_mark(c, s->database, &mark, e) == 0 &&
	    schema_load_state(c, s->database, &leaves, e) == 0 &&
	    (m = schema_load(c, s->database, &a, e)))
		rc = publish(s, m, e);
	if (rc == 0) {
		s->mark = mark;
		atomic_store_explicit(&s->leaves_state, leaves, memory_order_release);
	} else {
		metrics_add(s->m_failures, 1);
	}
	arena_fini(&a);
	return rc;
}

int schema_reload_sync(struct schema *s, struct err *e)
{
	struct control_conn *c = open_conn(s, e);
	int rc;

	if (!c)
		return -1;
	pthread_mutex_lock(&s->loading);
	rc = load(s, c, e);
	pthread_mutex_unlock(&s->loading);
	control_conn_close(c);
	return rc;
}

struct reload {
	struct schema *s;
	void (*done)(void *arg);
	void *arg;
};

static void run_reload(void *arg)
{
	struct reload *r = arg;
	struct err e;

	if (schema_reload_sync(r->s, &e) < 0)
		log_warn("tablet.schema", "event=reload problem=\"%s\"", e.msg);
}

static void reload_done(void *arg)
{
	struct reload *r = arg;

	r->done(r->arg);
	free(r);
}

int schema_reload(struct schema *s, struct worker *w, void (*done)(void *arg), void *arg,
		  struct err *e)
{
	struct reload *r = malloc(sizeof(*r));

	if (!r)
		return err_set(e, ERR_NOMEM, "out of memory");
	*r = (struct reload){s, done, arg};
	if (blocking_run(s->blocking, run_reload, w, reload_done, r) == 0)
		return 0;
	free(r);
	return err_set(e, ERR_NOMEM, "out of memory");
}

static void run_poll(void *arg)
{
	struct schema *s = arg;
	struct control_conn *c;
	struct err e;
	uint64_t mark;

	c = open_conn(s, &e);
	if (!c) {
		log_debug("tablet.schema", "event=poll problem=\"%s\"", e.msg);
		atomic_store(&s->polling, false);
		return;
	}
	pthread_mutex_lock(&s->loading);
	if (schema_load_mark(c, s->database, &mark, &e) < 0 ||
	    ((mark != s->mark || !schema_version(s)) && load(s, c, &e) < 0))
		log_warn("tablet.schema", "event=poll problem=\"%s\"", e.msg);
	pthread_mutex_unlock(&s->loading);
	control_conn_close(c);
	atomic_store(&s->polling, false);
}

void schema_poll(struct schema *s)
{
	if (atomic_exchange(&s->polling, true))
		return;
	if (blocking_run(s->blocking, run_poll, NULL, NULL, s) < 0)
		atomic_store(&s->polling, false);
}
