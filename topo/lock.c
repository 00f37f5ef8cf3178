/* lock - on three operations of the store: a lease, a key that must not exist yet and goes away
 * with the lease, and reading that key.
 *
 * The lock's thread renews the lease three times per life. The time a renewal was sent counts, not
 * the time of the answer, and a lock is given up a fifth of its life early: so the holder knows
 * that it is lost before anybody else can have it. */
#include "topo/lock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/rng.h"
#include "topo/store_int.h"

enum { DEFAULT_TTL_S = 10, RETRY_MS = 150 };
enum lock_state { LOCK_HELD, LOCK_LOST, LOCK_RELEASED };

struct store_lock {
	struct store *s; /* borrowed */
	char *key;	 /* owned */
	unsigned ttl_s;
	int64_t lease, fence;
	void (*lost)(void *arg);
	void *arg;
	uint64_t renewed_us; /* when the last successful renewal was sent; the lock's thread's */
	pthread_t thread;
	pthread_mutex_t m;
	pthread_cond_t wake;
	enum lock_state state; /* guarded by m */
};

/* Sleeps @us, or until the lock is released. false: it is released. */
static bool sleep_held(struct store_lock *l, uint64_t us)
{
	uint64_t until = clk_mono_us() + us;
	struct timespec ts = {.tv_sec = (time_t)(until / 1000000),
			      .tv_nsec = (long)(until % 1000000) * 1000};
	bool held;

	pthread_mutex_lock(&l->m);
	while (l->state == LOCK_HELD && clk_mono_us() < until) {
		if (pthread_cond_timedwait(&l->wake, &l->m, &ts) != 0)
			break;
	}
	held = l->state == LOCK_HELD;
	pthread_mutex_unlock(&l->m);
	return held;
}

/* Whether the lock's key is still ours. 0, or -1 with ERR_TXN_LOST or another error. */
static int check_key(struct store_lock *l, struct err *e)
{
	int64_t version;

	if (l->s->ops->get(l->s, l->key, NULL, &version, e) < 0) {
		if (e->code != ERR_NOT_FOUND)
			return -1;
		version = -1;
	}
	if (version == l->fence)
		return 0;
	return err_set(e, ERR_TXN_LOST, "lock %s is lost", l->key);
}

/* 0; -1 with ERR_NOT_FOUND or ERR_TXN_LOST: it is gone; any other: unknown. */
static int renew(struct store_lock *l, struct err *e)
{
	uint64_t sent = clk_mono_us();

	if (l->s->ops->lease_renew(l->s, l->lease, e) < 0)
		return -1;
	/* The lease may live and the key be gone: an operator may have broken the lock. */
	if (check_key(l, e) < 0)
		return -1;
	l->renewed_us = sent;
	return 0;
}

static void set_lost(struct store_lock *l, const struct err *why)
{
	bool was_held;

	pthread_mutex_lock(&l->m);
	was_held = l->state == LOCK_HELD;
	if (was_held)
		l->state = LOCK_LOST;
	pthread_mutex_unlock(&l->m);
	if (!was_held)
		return;
	log_warn("topo.lock", "lost key=%s fence=%" PRId64 " why=\"%s\"", l->key, l->fence,
		 why->msg);
	if (l->lost)
		l->lost(l->arg);
}

static void *keep_alive(void *arg)
{
	struct store_lock *l = arg;
	uint64_t life = (uint64_t)l->ttl_s * 1000000, pause = life / 3;
	struct err e;

	while (sleep_held(l, pause)) {
		err_clear(&e);
		if (renew(l, &e) == 0) {
			pause = life / 3;
			continue;
		}
		if (e.code == ERR_NOT_FOUND || e.code == ERR_TXN_LOST ||
		    clk_mono_us() >= l->renewed_us + life - life / 5) {
			set_lost(l, &e);
			break;
		}
		pause = RETRY_MS * 1000;
	}
	return NULL;
}

static void free_lock(struct store_lock *l)
{
	pthread_cond_destroy(&l->wake);
	pthread_mutex_destroy(&l->m);
	free(l->key);
	free(l);
}

static struct store_lock *new_lock(struct store *s, const struct lock_request *r)
{
	struct store_lock *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;

	if (!l)
		return NULL;
	l->key = str_dup(str_of(r->key));
	if (!l->key) {
		free(l);
		return NULL;
	}
	l->s = s;
	l->ttl_s = r->ttl_s ? r->ttl_s : DEFAULT_TTL_S;
	l->lost = r->lost;
	l->arg = r->arg;
	pthread_mutex_init(&l->m, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->wake, &attr);
	pthread_condattr_destroy(&attr);
	return l;
}

/* One try. 0, or -1 with ERR_EXISTS: somebody holds it; or another error. */
static int try_lock(struct store_lock *l, const char *holder, struct err *e)
{
	struct store_write w = {.key = l->key, .value = str_of(holder), .expect = STORE_CREATE};
	struct err ignored;
	int rc = l->s->ops->get(l->s, l->key, NULL, NULL, e);

	if (rc == 0)
		return err_set(e, ERR_EXISTS, "lock %s is held", l->key);
	if (e->code != ERR_NOT_FOUND)
		return -1;
	l->renewed_us = clk_mono_us();
	if (l->s->ops->lease_grant(l->s, l->ttl_s, &l->lease, e) < 0)
		return -1;
	w.lease = l->lease;
	rc = l->s->ops->write(l->s, &w, false, e);
	if (rc == 0)
		l->fence = w.version;
	/* Also takes back a write whose outcome is not known. If even that fails, the lease runs
	 * out. */
	else if (l->s->ops->lease_revoke(l->s, l->lease, &ignored) < 0)
		log_debug("topo.lock", "revoke key=%s error=\"%s\"", l->key, ignored.msg);
	return rc;
}

/* The error for giving up after @e. */
static int give_up(struct store *s, const struct lock_request *r, struct err *e)
{
	struct buf who;
	struct err ignored;

	if (e->code != ERR_EXISTS)
		return -1;
	buf_init(&who);
	if (lock_holder(s, r->key, &who, &ignored) < 0)
		buf_puts(&who, "somebody else");
	err_set(e, ERR_DEADLINE, "lock %s is held by %s", r->key, who.failed ? "" : buf_cstr(&who));
	buf_fini(&who);
	return -1;
}

static int wait_lock(struct store_lock *l, const struct lock_request *r, struct err *e)
{
	uint64_t until = clk_mono_us() + (uint64_t)r->timeout_ms * 1000;

	for (;;) {
		if (r->stop && *r->stop)
			return err_set(e, ERR_CANCELED, "canceled");
		err_clear(e);
		if (try_lock(l, r->holder, e) == 0)
			return 0;
		if (clk_mono_us() >= until)
			return give_up(l->s, r, e);
		clk_sleep_ms(RETRY_MS / 2 + (unsigned)rng_below(RETRY_MS));
	}
}

struct store_lock *lock_acquire(struct store *s, const struct lock_request *r, struct err *e)
{
	struct store_lock *l = new_lock(s, r);
	struct err mine;

	if (!e)
		e = &mine;
	if (!l) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	if (wait_lock(l, r, e) < 0) {
		free_lock(l);
		return NULL;
	}
	if (pthread_create(&l->thread, NULL, keep_alive, l) != 0) {
		if (s->ops->lease_revoke(s, l->lease, &mine) < 0)
			log_warn("topo.lock", "revoke key=%s error=\"%s\"", l->key, mine.msg);
		err_set(e, ERR_EXHAUSTED, "cannot start a thread");
		free_lock(l);
		return NULL;
	}
	return l;
}

void lock_release(struct store_lock *l)
{
	struct err e;
	bool held;

	if (!l)
		return;
	pthread_mutex_lock(&l->m);
	held = l->state == LOCK_HELD;
	if (held)
		l->state = LOCK_RELEASED;
	pthread_cond_signal(&l->wake);
	pthread_mutex_unlock(&l->m);
	pthread_join(l->thread, NULL);
	if (held && l->s->ops->lease_revoke(l->s, l->lease, &e) < 0 && e.code != ERR_NOT_FOUND)
		log_warn("topo.lock", "release key=%s error=\"%s\": it runs out by itself", l->key,
			 e.msg);
	free_lock(l);
}

bool lock_held(const struct store_lock *l)
{
	struct store_lock *w = (struct store_lock *)l;
	bool held;

	pthread_mutex_lock(&w->m);
	held = w->state == LOCK_HELD;
	pthread_mutex_unlock(&w->m);
	return held;
}

int lock_check(struct store_lock *l, struct err *e)
{
	struct err mine;

	return check_key(l, e ? e : &mine);
}

int64_t lock_fence(const struct store_lock *l)
{
	return l->fence;
}

const char *lock_key(const struct store_lock *l)
{
	return l->key;
}

int lock_holder(struct store *s, const char *key, struct buf *out, struct err *e)
{
	return store_get(s, key, out, NULL, e);
}
