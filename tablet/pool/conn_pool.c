#include "tablet/pool/conn_pool.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/log.h"
#include "src/base/metrics.h"
#include "src/net/worker.h"
#include "src/wire/caps.h"
#include "tablet/pool/killer.h"

/* Makes OK packets say when a statement left state behind, and nothing more than that. */
#define TRACK_STATE                                                                                \
	"SET "                                                                                     \
	"session_track_state_change=1,session_track_schema=0,session_track_system_variables=''"

enum {
	ERRNO_ACCESS_DENIED = 1045,
	ERRNO_ACCESS_DENIED_NO_PASSWORD = 1698,
	ERRNO_ACCOUNT_LOCKED = 4151,
	ERRNO_ACCOUNT_LOCKED_MYSQL = 3118,
};

struct conn_pool {
	struct conn_pool_config o;
	struct client_conn_config login[POOLED_KINDS];
	struct pooled *newest, *oldest; /* idle */
	struct pooled *opening;		/* connecting, linked by next and prev */
	struct conn_wait *first, *last; /* in line, oldest first */
	struct conn_pool_counts n;
	struct killer *killer; /* owned */
	struct worker_defer refill;
	unsigned m_lent, m_idle, m_waits, m_opened, m_failed, m_resets, m_timeouts;
};

static const struct client_conn_handler conn_handler;

/* --- the idle list --- */

static void push_idle(struct conn_pool *p, struct pooled *c)
{
	c->state = POOLED_IDLE;
	c->idle_since_us = worker_now_us(p->o.worker);
	c->prev = NULL;
	c->next = p->newest;
	if (p->newest)
		p->newest->prev = c;
	else
		p->oldest = c;
	p->newest = c;
	p->n.idle++;
	metrics_add(p->m_idle, 1);
}

static void take_idle(struct conn_pool *p, struct pooled *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		p->newest = c->next;
	if (c->next)
		c->next->prev = c->prev;
	else
		p->oldest = c->prev;
	c->next = c->prev = NULL;
	p->n.idle--;
	metrics_add(p->m_idle, -1);
}

static void push_opening(struct conn_pool *p, struct pooled *c)
{
	c->next = p->opening;
	if (c->next)
		c->next->prev = c;
	p->opening = c;
	p->n.connecting++;
}

static void take_opening(struct conn_pool *p, struct pooled *c)
{
	if (c->next)
		c->next->prev = c->prev;
	if (c->prev)
		c->prev->next = c->next;
	else
		p->opening = c->next;
	c->next = c->prev = NULL;
	p->n.connecting--;
}

static void lend(struct conn_pool *p, struct pooled *c)
{
	c->state = POOLED_LENT;
	p->n.lent++;
	metrics_add(p->m_lent, 1);
}

/* --- the line --- */

static void enqueue(struct conn_pool *p, struct conn_wait *w)
{
	w->pool = p;
	w->until_us = worker_now_us(p->o.worker) + p->o.wait_us;
	w->next = NULL;
	w->prev = p->last;
	if (p->last)
		p->last->next = w;
	else
		p->first = w;
	p->last = w;
	p->n.waiting++;
	metrics_add(p->m_waits, 1);
}

void conn_pool_cancel(struct conn_wait *w)
{
	struct conn_pool *p = w->pool;

	if (!p)
		return;
	w->pool = NULL;
	if (w->prev)
		w->prev->next = w->next;
	else
		p->first = w->next;
	if (w->next)
		w->next->prev = w->prev;
	else
		p->last = w->prev;
	p->n.waiting--;
}

static void refuse(struct conn_wait *w, const struct err *e)
{
	conn_pool_cancel(w);
	w->fn(w->arg, NULL, e);
}

/* The first in line that @c is good for. */
static struct conn_wait *first_for(struct conn_pool *p, const struct pooled *c)
{
	for (struct conn_wait *w = p->first; w; w = w->next)
		if (w->kind == c->kind)
			return w;
	return NULL;
}

/* --- connections --- */

static void free_pooled(struct pooled *c)
{
	stmt_cache_drop(&c->stmts);
	buf_fini(&c->settings);
	buf_fini(&c->database);
	free(c);
}

static void evict_stmt(void *arg, uint32_t id)
{
	struct pooled *c = arg;
	uint8_t text[5] = {CMD_STMT_CLOSE, (uint8_t)id, (uint8_t)(id >> 8), (uint8_t)(id >> 16),
			   (uint8_t)(id >> 24)};
	struct iovec part = {text, sizeof(text)};
	struct err e;

	/* Without a response there is nothing to wait for; on a closed connection nothing to do. */
	if (client_conn_send(c->conn, &part, 1, NULL, NULL, &e) < 0)
		log_debug("tablet.pool", "event=stmt_close problem=\"%s\"", e.msg);
}

static int open_one(struct conn_pool *p, uint8_t kind, struct err *e)
{
	struct pooled *c = calloc(1, sizeof(*c));
	struct client_conn_config *l = &p->login[kind];

	if (!c)
		return err_set(e, ERR_NOMEM, "out of memory for a connection to mysqld");
	l->password = str_of(p->o.password);
	c->pool = p;
	c->kind = kind;
	stmt_cache_init(&c->stmts, p->o.max_stmts, evict_stmt, c);
	c->conn = client_conn_open(p->o.worker, l, &conn_handler, c, e);
	if (!c->conn) {
		free_pooled(c);
		return -1;
	}
	push_opening(p, c);
	metrics_add(p->m_opened, 1);
	return 0;
}

static unsigned total(const struct conn_pool *p)
{
	return p->n.lent + p->n.idle + p->n.connecting;
}

/* Opens connections for the requests in line, as far as the limit allows. An idle connection of a kind
 * that no request in line wants is closed to make room. */
static void refill(void *arg)
{
	struct conn_pool *p = arg;
	struct err e;
	unsigned skip = p->n.connecting;

	for (struct conn_wait *w = p->first, *next; w; w = next) {
		next = w->next;
		if (skip > 0) {
			skip--;
			continue;
		}
		if (total(p) >= p->o.max && p->oldest) {
			struct pooled *old = p->oldest;

			take_idle(p, old);
			lend(p, old);
			conn_pool_discard(old);
		}
		if (total(p) >= p->o.max)
			return;
		if (open_one(p, w->kind, &e) == 0)
			continue;
		refuse(w, &e);
		return; /* the line may have changed; the next tick looks again */
	}
}

static void want_refill(struct conn_pool *p)
{
	if (p->first)
		worker_defer(p->o.worker, &p->refill);
}

/* To the first in line, or to the idle ones. */
static void pass_on(struct conn_pool *p, struct pooled *c)
{
	struct conn_wait *w = first_for(p, c);

	if (!w) {
		push_idle(p, c);
		want_refill(p);
		return;
	}
	conn_pool_cancel(w);
	lend(p, c);
	w->fn(w->arg, c, NULL);
}

static int track_state(struct pooled *c, struct err *e)
{
	static const char text[] = "\x03" TRACK_STATE;
	struct iovec part = {(void *)(uintptr_t)text, sizeof(text) - 1};

	return client_conn_send(c->conn, &part, 1, NULL, NULL, e);
}

static void on_ready(void *arg)
{
	struct pooled *c = arg;
	struct conn_pool *p = c->pool;
	struct err e;

	take_opening(p, c);
	c->db_unknown = true;
	if (track_state(c, &e) < 0) {
		lend(p, c);
		conn_pool_discard(c);
		return;
	}
	pass_on(p, c);
}

static bool is_denied(const struct err *why)
{
	switch (why->mysql_errno) {
	case ERRNO_ACCESS_DENIED:
	case ERRNO_ACCESS_DENIED_NO_PASSWORD:
	case ERRNO_ACCOUNT_LOCKED:
	case ERRNO_ACCOUNT_LOCKED_MYSQL:
		return true;
	default:
		return why->code == ERR_ACCESS;
	}
}

/* A connection could not be made: the request that waits the longest gets the error. */
static void on_refused(struct conn_pool *p, const struct err *why)
{
	struct err e = *why;

	metrics_add(p->m_failed, 1);
	if (is_denied(why)) { /* the message names our user: not for clients */
		log_warn("tablet.pool", "event=denied pool=%s problem=\"%s\"", p->o.name, why->msg);
		err_set(&e, ERR_UNAVAILABLE, "mysqld does not let the tablet in");
		if (p->o.denied)
			p->o.denied(p->o.arg);
	}
	if (!p->first)
		return;
	err_wrap(&e, "no connection to mysqld");
	if (why->code == ERR_REMOTE)
		e.code = ERR_UNAVAILABLE;
	refuse(p->first, &e);
}

static void on_closed(void *arg, const struct err *why)
{
	struct pooled *c = arg;
	struct conn_pool *p = c->pool;

	switch (c->state) {
	case POOLED_LENT:
		c->closed(c->arg, why);
		return;
	case POOLED_IDLE:
		take_idle(p, c);
		break;
	case POOLED_CONNECTING:
		take_opening(p, c);
		on_refused(p, why);
		want_refill(p);
		break;
	case POOLED_GONE:
		return;
	}
	c->state = POOLED_GONE;
	client_conn_close(c->conn);
	free_pooled(c);
}

static const struct client_conn_handler conn_handler = {.ready = on_ready, .closed = on_closed};

/* --- the borrower's calls --- */

/* The best idle one for @w: with its settings, else with none, else any of its kind. */
static struct pooled *pick(struct conn_pool *p, const struct conn_wait *w)
{
	struct pooled *plain = NULL, *any = NULL;

	for (struct pooled *c = p->newest; c; c = c->next) {
		if (c->kind != w->kind)
			continue;
		if (c->settings_hash == w->settings_hash)
			return c;
		if (!plain && !c->settings_hash)
			plain = c;
		if (!any)
			any = c;
	}
	return plain ? plain : any;
}

int conn_pool_get(struct conn_pool *p, struct conn_wait *w, struct pooled **out, struct err *e)
{
	struct pooled *c = p->first ? NULL : pick(p, w);

	if (c) {
		take_idle(p, c);
		lend(p, c);
		*out = c;
		return 1;
	}
	if (p->n.waiting >= p->o.max_waiting)
		return err_set(e, ERR_EXHAUSTED,
			       "all %u connections to mysqld are in use and %u statements wait",
			       p->o.max, p->n.waiting);
	enqueue(p, w);
	want_refill(p);
	return 0;
}

int conn_pool_reset(struct pooled *c, struct err *e)
{
	static const uint8_t text[] = {CMD_RESET_CONNECTION};
	struct iovec part = {(void *)(uintptr_t)text, sizeof(text)};

	stmt_cache_drop(&c->stmts);
	c->settings_hash = 0;
	buf_reset(&c->settings);
	c->dirty = false;
	metrics_add(c->pool->m_resets, 1);
	if (client_conn_send(c->conn, &part, 1, NULL, NULL, e) < 0)
		return -1;
	return track_state(c, e);
}

void conn_pool_put(struct pooled *c)
{
	struct conn_pool *p = c->pool;
	struct err e;

	assert(c->state == POOLED_LENT);
	if (c->dirty && conn_pool_reset(c, &e) < 0) {
		conn_pool_discard(c);
		return;
	}
	c->closed = NULL;
	c->arg = NULL;
	p->n.lent--;
	metrics_add(p->m_lent, -1);
	pass_on(p, c);
}

void conn_pool_move(struct pooled *c, struct conn_pool *to)
{
	struct conn_pool *from = c->pool;

	assert(c->state == POOLED_LENT);
	if (from == to || total(to) >= to->o.max)
		return;
	from->n.lent--;
	metrics_add(from->m_lent, -1);
	c->pool = to;
	lend(to, c);
	want_refill(from);
}

void conn_pool_discard(struct pooled *c)
{
	struct conn_pool *p = c->pool;

	assert(c->state == POOLED_LENT);
	c->state = POOLED_GONE;
	p->n.lent--;
	metrics_add(p->m_lent, -1);
	client_conn_quit(c->conn);
	free_pooled(c);
	want_refill(p);
}

uint64_t conn_pool_settings_hash(struct str settings)
{
	uint64_t h = settings.n ? str_hash(settings.p, settings.n) : 0;

	return settings.n && !h ? 1 : h;
}

static int set_text(struct buf *b, struct str text)
{
	buf_reset(b);
	buf_str(b, text);
	return b->failed ? -1 : 0;
}

int conn_pool_set_settings(struct pooled *c, struct str settings)
{
	c->settings_hash = conn_pool_settings_hash(settings);
	/* How a statement is read depends on them. */
	stmt_cache_clear(&c->stmts);
	return set_text(&c->settings, settings);
}

int conn_pool_set_database(struct pooled *c, struct str database)
{
	stmt_cache_clear(&c->stmts); /* names were bound in the old one */
	c->db_unknown = false;
	return set_text(&c->database, database);
}

struct conn_pool_counts conn_pool_counts(const struct conn_pool *p)
{
	struct conn_pool_counts n = p->n;

	n.max = p->o.max;
	return n;
}

struct killer *conn_pool_killer(struct conn_pool *p)
{
	return p->killer;
}

void conn_pool_tick(struct conn_pool *p)
{
	uint64_t now = worker_now_us(p->o.worker);
	struct err e;

	while (p->oldest && now - p->oldest->idle_since_us > p->o.idle_us) {
		struct pooled *c = p->oldest;

		take_idle(p, c);
		lend(p, c);
		conn_pool_discard(c);
	}
	while (p->first && p->first->until_us <= now) {
		err_set(&e, ERR_EXHAUSTED, "all %u connections to mysqld were in use for %u ms",
			p->o.max, (unsigned)(p->o.wait_us / 1000));
		metrics_add(p->m_timeouts, 1);
		refuse(p->first, &e);
	}
	want_refill(p);
}

static unsigned counter(const struct conn_pool *p, enum metric_kind kind, const char *name,
			const char *help)
{
	char labels[64];

	snprintf(labels, sizeof(labels), "pool=\"%s\"", p->o.name);
	return metrics_id(kind, name, labels, help);
}

struct conn_pool *conn_pool_new(const struct conn_pool_config *c, struct err *e)
{
	struct conn_pool *p = calloc(1, sizeof(*p));

	if (!p) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	p->o = *c;
	p->refill = (struct worker_defer){.fn = refill, .arg = p};
	for (unsigned k = 0; k < POOLED_KINDS; k++)
		p->login[k] = (struct client_conn_config){
			.address = c->address,
			.user = str_of(c->user),
			.password = str_of(c->password),
			.caps = (k & POOLED_FOUND_ROWS ? CAP_FOUND_ROWS : 0) |
				(k & POOLED_MULTI_STATEMENTS ? CAP_MULTI_STATEMENTS : 0),
		};
	p->killer = killer_new(c->worker, &p->login[0]);
	if (!p->killer) {
		free(p);
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	p->m_lent =
		counter(p, METRIC_GAUGE, "sluice_tablet_pool_lent", "Connections to mysqld in use");
	p->m_idle = counter(p, METRIC_GAUGE, "sluice_tablet_pool_idle",
			    "Connections to mysqld kept ready");
	p->m_waits = counter(p, METRIC_COUNTER, "sluice_tablet_pool_waits_total",
			     "Statements that had to wait for a connection");
	p->m_opened =
		counter(p, METRIC_COUNTER, "sluice_tablet_pool_opened_total", "Connections opened");
	p->m_failed = counter(p, METRIC_COUNTER, "sluice_tablet_pool_failed_total",
			      "Connections that could not be opened");
	p->m_resets = counter(p, METRIC_COUNTER, "sluice_tablet_pool_resets_total",
			      "Connections reset before the next use");
	p->m_timeouts = counter(p, METRIC_COUNTER, "sluice_tablet_pool_timeouts_total",
				"Statements that waited too long for a connection");
	return p;
}

void conn_pool_free(struct conn_pool *p)
{
	if (!p)
		return;
	assert(p->n.lent == 0 && !p->first);
	while (p->newest) {
		struct pooled *c = p->newest;

		take_idle(p, c);
		lend(p, c);
		conn_pool_discard(c);
	}
	while (p->opening) {
		struct pooled *c = p->opening;

		take_opening(p, c);
		client_conn_close(c->conn);
		free_pooled(c);
	}
	killer_free(p->killer);
	worker_undefer(p->o.worker, &p->refill);
	free(p);
}
