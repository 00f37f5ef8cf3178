#include "topo/election.h"

#include <pthread.h>
#include <stdlib.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/rng.h"
#include "topo/lock.h"

struct election {
	struct store *s;       /* borrowed */
	char *key, *candidate; /* owned */
	unsigned ttl_s;
	election_fn fn;
	void *arg;
	pthread_t thread;
	_Atomic int stop;
	_Atomic bool leading;
	pthread_mutex_t m;
	pthread_cond_t wake;
	bool lost; /* guarded by m: the lock of this term is gone */
};

/* On the lock's thread. */
static void on_lost(void *arg)
{
	struct election *el = arg;

	pthread_mutex_lock(&el->m);
	el->lost = true;
	pthread_cond_broadcast(&el->wake);
	pthread_mutex_unlock(&el->m);
}

static void lead(struct election *el, struct store_lock *lock)
{
	log_info("topo.election", "leading key=%s candidate=\"%s\" fence=%lld", el->key,
		 el->candidate, (long long)lock_fence(lock));
	el->leading = true;
	el->fn(el->arg, true, lock);
	pthread_mutex_lock(&el->m);
	while (!el->lost && !el->stop)
		pthread_cond_wait(&el->wake, &el->m);
	pthread_mutex_unlock(&el->m);
	el->leading = false;
	el->fn(el->arg, false, NULL);
	log_info("topo.election", "no longer leading key=%s candidate=\"%s\"", el->key,
		 el->candidate);
}

static void *campaign(void *arg)
{
	struct election *el = arg;
	struct lock_request r = {.key = el->key,
				 .holder = el->candidate,
				 .ttl_s = el->ttl_s,
				 .timeout_ms = 60000,
				 .lost = on_lost,
				 .arg = el,
				 .stop = &el->stop};
	struct store_lock *lock;
	struct err e;
	bool away = false;

	while (!el->stop) {
		el->lost = false;
		lock = lock_acquire(el->s, &r, &e);
		if (lock) {
			away = false;
			lead(el, lock);
			lock_release(lock);
			clk_sleep_ms((unsigned)rng_below(200)); /* let others have a turn */
		} else if (e.code != ERR_DEADLINE && e.code != ERR_CANCELED && !away) {
			log_warn("topo.election", "waiting key=%s error=\"%s\"", el->key, e.msg);
			away = true;
		}
	}
	return NULL;
}

static void free_election(struct election *el)
{
	pthread_cond_destroy(&el->wake);
	pthread_mutex_destroy(&el->m);
	free(el->key);
	free(el->candidate);
	free(el);
}

static char *key_of(const char *name)
{
	struct buf b;

	buf_init(&b);
	buf_printf(&b, "elections/%s", name);
	return buf_take(&b);
}

struct election *election_join(struct store *s, const struct election_config *c, struct err *e)
{
	struct election *el = calloc(1, sizeof(*el));

	if (!el) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	el->s = s;
	el->key = key_of(c->name);
	el->candidate = str_dup(str_of(c->candidate));
	el->ttl_s = c->ttl_s;
	el->fn = c->fn;
	el->arg = c->arg;
	pthread_mutex_init(&el->m, NULL);
	pthread_cond_init(&el->wake, NULL);
	if (el->key && el->candidate && pthread_create(&el->thread, NULL, campaign, el) == 0)
		return el;
	err_set(e, ERR_EXHAUSTED, "out of memory or threads");
	free_election(el);
	return NULL;
}

void election_leave(struct election *el)
{
	if (!el)
		return;
	pthread_mutex_lock(&el->m);
	el->stop = 1;
	pthread_cond_broadcast(&el->wake);
	pthread_mutex_unlock(&el->m);
	pthread_join(el->thread, NULL);
	free_election(el);
}

bool election_leading(const struct election *el)
{
	return el->leading;
}

int election_leader(struct store *s, const char *name, struct buf *out, struct err *e)
{
	char *key = key_of(name);
	int rc = key ? lock_holder(s, key, out, e) : err_set(e, ERR_NOMEM, "out of memory");

	free(key);
	return rc;
}
