#include "tablet/manager/topo_agent.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "tablet/manager/control.h"
#include "tablet/state/tablet.h"
#include "topo/rec_keyspace.h"
#include "topo/rec_shard.h"
#include "topo/store.h"
#include "topo/watch.h"

enum { RETRY_MS = 500 };

struct topo_agent {
	struct tablet *t;
	struct topo_agent_options o;
	char alias[REC_ALIAS], shard_key[REC_KEY], keyspace_key[REC_KEY];
	struct store *store;	   /* owned; made by the thread */
	struct store_watch *watch; /* owned; made by the thread */
	pthread_t thread;
	_Atomic bool stop;
	int wake_fd;		  /* owned: an eventfd, written after changes and stop */
	_Atomic unsigned changes; /* of the shard's record, counted by the watch */
	bool registered;
};

static void wake(struct topo_agent *a)
{
	atomic_fetch_add(&a->changes, 1);
	eventfd_write(a->wake_fd, 1);
}

static void on_change(void *arg, const struct watch_event *ev)
{
	struct topo_agent *a = arg;

	if ((ev->kind == WATCH_PUT || ev->kind == WATCH_DELETE) &&
	    strcmp(ev->key, a->shard_key) != 0 && strcmp(ev->key, a->keyspace_key) != 0)
		return;
	if (ev->kind == WATCH_LOST)
		log_warn("tablet.topo", "event=away store=%s", a->o.store);
	else
		wake(a);
}

static int open_store(struct topo_agent *a, struct err *e)
{
	struct store_config c = {
		.address = a->o.store, .user = a->o.user, .password_file = a->o.password_file};
	char prefix[REC_KEY];

	if (!a->store && !(a->store = store_open(&c, e)))
		return -1;
	if (!a->registered && rec_tablet_put(a->store, &a->o.record, STORE_ANY, e) < 0)
		return -1;
	a->registered = true;
	snprintf(prefix, sizeof(prefix), REC_KEYSPACE_PREFIX "%s/", a->t->keyspace);
	if (!a->watch && !(a->watch = watch_start(a->store, prefix, on_change, a, e)))
		return -1;
	return 0;
}

/* Makes us the primary of a shard that has none. -1 also when somebody was faster: look again. */
static int claim(struct topo_agent *a, struct rec_shard *r, int64_t version, struct err *e)
{
	struct store_write w = {.expect = version};
	int64_t now = (int64_t)clk_wall_us();

	snprintf(r->primary, sizeof(r->primary), "%s", a->alias);
	r->primary_term = now > r->primary_term ? now : r->primary_term + 1;
	r->primary_since_ms = now / 1000;
	if (rec_shard_put(a->store, r, &w, e) < 0)
		return -1;
	log_info("tablet.topo", "event=claimed shard=%s/%s term=%lld", r->keyspace, r->name,
		 (long long)r->primary_term);
	return 0;
}

static int follow(struct topo_agent *a, const struct rec_shard *r, bool semi_sync, struct err *e)
{
	struct rec_tablet primary = {.uid = 0};
	int type = a->o.record.type == TABLET_RDONLY ? TABLET_RDONLY : TABLET_REPLICA;
	struct mysqld_role role = {.kind = MYSQLD_REPLICA, .semi_sync = semi_sync};
	/* A replica waits until there is a primary whose data is the shard's. */
	bool known = r->primary[0] && r->identity[0];

	if (known && rec_tablet_get(a->store, r->primary, &primary, NULL, e) < 0) {
		if (e->code != ERR_NOT_FOUND)
			return -1;
		known = false; /* it will write its record, and then ours changes nothing: asked
				  again */
	}
	snprintf(role.identity, sizeof(role.identity), "%s", r->identity);
	if (known) {
		snprintf(role.source, sizeof(role.source), "%s", primary.mysql_address);
		snprintf(role.clone_from, sizeof(role.clone_from), "%s", primary.rpc_address);
	}
	/* A mysqld that is not started before its primary is known cannot be waited for. */
	if (!known)
		mysqld_manager_set_role(a->t->mysqld, &role);
	else if (control_set_role(a->t, type, &role, (uint64_t)r->primary_term, e) < 0)
		return -1;
	return known ? 0
		     : err_set(e, ERR_NOT_FOUND, "shard %s/%s has no primary yet", r->keyspace,
			       r->name);
}

/* Becomes the primary. The record learns the identity of a new shard's data before it is served. */
static int lead(struct topo_agent *a, const struct rec_shard *r, struct mysqld_role *role,
		struct err *e)
{
	struct rec_shard fresh = *r;
	struct store_write w = {.expect = STORE_ANY};

	snprintf(role->identity, sizeof(role->identity), "%s", r->identity);
	if (!r->identity[0]) {
		if (control_make_role(a->t, role, e) < 0 ||
		    rec_shard_get(a->store, &fresh, &w.expect, e) < 0)
			return -1;
		if (strcmp(fresh.primary, a->alias) != 0 || fresh.identity[0])
			return err_set(e, ERR_CONFLICT, "the record of shard %s/%s has changed",
				       r->keyspace, r->name);
		mysqld_manager_identity(a->t->mysqld, fresh.identity);
		if (rec_shard_put(a->store, &fresh, &w, e) < 0)
			return -1;
		snprintf(role->identity, sizeof(role->identity), "%s", fresh.identity);
	}
	return control_set_role(a->t, TABLET_PRIMARY, role, (uint64_t)r->primary_term, e);
}

/* Becomes what the shard's record says. */
static int decide(struct topo_agent *a, struct err *e)
{
	struct mysqld_role primary = {.kind = MYSQLD_PRIMARY};
	struct rec_keyspace ks;
	struct rec_shard r = {.primary_term = 0};
	int64_t version = STORE_CREATE;

	snprintf(r.keyspace, sizeof(r.keyspace), "%s", a->t->keyspace);
	snprintf(r.name, sizeof(r.name), "%s", a->t->shard);
	if (rec_shard_get(a->store, &r, &version, e) < 0) {
		if (e->code != ERR_NOT_FOUND)
			return -1;
		r = (struct rec_shard){.primary_term = 0};
		snprintf(r.keyspace, sizeof(r.keyspace), "%s", a->t->keyspace);
		snprintf(r.name, sizeof(r.name), "%s", a->t->shard);
		if (rec_shard_place(a->store, &r, e) < 0)
			return -1;
		version = STORE_CREATE;
	}
	if (rec_keyspace_get(a->store, a->t->keyspace, &ks, NULL, e) < 0) {
		if (e->code != ERR_NOT_FOUND)
			return -1;
		ks = (struct rec_keyspace){.sharded = false};
	}
	primary.semi_sync = !strcmp(ks.durability, "semi_sync");
	if (!r.primary[0] && a->o.record.type == TABLET_PRIMARY && claim(a, &r, version, e) < 0)
		return -1;
	if (!strcmp(r.primary, a->alias))
		return lead(a, &r, &primary, e);
	return follow(a, &r, primary.semi_sync, e);
}

/* Until wake(), or @ms passed (-1: only until then). */
static void sleep_until_woken(struct topo_agent *a, int ms)
{
	struct pollfd p = {.fd = a->wake_fd, .events = POLLIN};
	eventfd_t n;

	if (poll(&p, 1, ms) > 0 && eventfd_read(a->wake_fd, &n) < 0)
		clk_sleep_ms(1); /* cannot be: it was readable */
}

static void pause_ms(struct topo_agent *a, unsigned ms)
{
	uint64_t until = clk_mono_us() + ms * 1000ull, now;

	while (!atomic_load(&a->stop) && (now = clk_mono_us()) < until)
		sleep_until_woken(a, (int)((until - now) / 1000 + 1));
}

static void *thread_main(void *arg)
{
	struct topo_agent *a = arg;
	unsigned seen = 0, now;
	bool settled = false;
	struct err e;

	pthread_setname_np(pthread_self(), "topo-agent");
	while (!atomic_load(&a->stop)) {
		now = atomic_load(&a->changes);
		if (settled && now == seen) {
			sleep_until_woken(a, -1);
			continue;
		}
		settled = open_store(a, &e) == 0 && decide(a, &e) == 0;
		seen = now;
		if (settled)
			continue;
		log_warn("tablet.topo", "event=retry problem=\"%s\"", e.msg);
		pause_ms(a, RETRY_MS);
	}
	return NULL;
}

struct topo_agent *topo_agent_new(struct tablet *t, const struct topo_agent_options *o,
				  struct err *e)
{
	struct topo_agent *a = calloc(1, sizeof(*a));
	int rc;

	if (!a) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	a->t = t;
	a->o = *o;
	rec_tablet_alias(&a->o.record, a->alias);
	rec_shard_key(t->keyspace, t->shard, a->shard_key);
	rec_keyspace_key(t->keyspace, a->keyspace_key);
	a->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	rc = a->wake_fd < 0 ? errno : pthread_create(&a->thread, NULL, thread_main, a);
	if (rc == 0)
		return a;
	if (a->wake_fd >= 0)
		close(a->wake_fd);
	err_set_errno(e, ERR_EXHAUSTED, rc, "cannot start a thread");
	free(a);
	return NULL;
}

void topo_agent_free(struct topo_agent *a)
{
	if (!a)
		return;
	atomic_store(&a->stop, true);
	wake(a);
	pthread_join(a->thread, NULL);
	watch_stop(a->watch);
	store_close(a->store);
	close(a->wake_fd);
	free(a);
}
