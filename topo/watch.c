/* watch - list, tell the differences, follow the changes; after any error again from the start.
 * What has been told is remembered as key and version, so that a new list can be compared. */
#include "topo/watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/hmap.h"
#include "src/base/log.h"
#include "src/base/rng.h"
#include "topo/store_int.h"

enum { PAUSE_MIN_MS = 50, PAUSE_MAX_MS = 2000 };

struct known {
	int64_t version;
	unsigned round; /* the list it was last seen in */
};

struct store_watch {
	struct store *s; /* borrowed */
	char *prefix;	 /* owned */
	watch_fn fn;
	void *arg;
	pthread_t thread;
	_Atomic int stop;
	int wake_fd; /* owned: an eventfd */
	/* the thread's: */
	struct hmap keys; /* to struct known, owned */
	unsigned round;
	bool away; /* WATCH_LOST has been told */
	bool told; /* something since the last WATCH_SYNCED */
	bool hide_locks;
};

static bool is_hidden(const struct store_watch *w, const char *key)
{
	return w->hide_locks &&
	       (strncmp(key, "locks/", 6) == 0 || strncmp(key, "elections/", 10) == 0);
}

/* Remembers @key; false when out of memory: the next list will tell it again. */
static bool remember(struct store_watch *w, const char *key, int64_t version)
{
	struct known *k = hmap_get(&w->keys, str_of(key));

	if (!k) {
		k = malloc(sizeof(*k));
		if (!k || hmap_put(&w->keys, str_of(key), k, NULL) < 0) {
			free(k);
			return false;
		}
	}
	*k = (struct known){.version = version, .round = w->round};
	return true;
}

static void tell_put(struct store_watch *w, const char *key, struct str value, int64_t version)
{
	struct watch_event ev = {.kind = WATCH_PUT, .key = key, .value = value, .version = version};

	if (!remember(w, key, version))
		log_error("topo.watch", "out of memory key=%s", key);
	w->told = true;
	w->fn(w->arg, &ev);
}

static void tell_delete(struct store_watch *w, const char *key)
{
	struct watch_event ev = {.kind = WATCH_DELETE, .key = key};

	w->told = true;
	w->fn(w->arg, &ev);
}

static void tell_state(struct store_watch *w, enum watch_kind kind)
{
	struct watch_event ev = {.kind = kind, .key = ""};

	w->told = false;
	w->fn(w->arg, &ev);
}

/* ---- following ---- */

static void on_change(void *arg, const struct store_change *c)
{
	struct store_watch *w = arg;
	struct known *k;

	if (is_hidden(w, c->key))
		return;
	if (!c->deleted) {
		tell_put(w, c->key, c->value, c->version);
		return;
	}
	k = hmap_del(&w->keys, str_of(c->key));
	if (k)
		tell_delete(w, c->key);
	free(k);
}

static void on_caught_up(void *arg)
{
	struct store_watch *w = arg;

	if (w->told)
		tell_state(w, WATCH_SYNCED);
}

/* ---- comparing ---- */

static void tell_gone(struct store_watch *w)
{
	struct hmap_slot *s;
	size_t it = 0;

	/* Deleting may move slots: start over after each. */
	while ((s = hmap_next(&w->keys, &it))) {
		struct known *k = s->value;
		char *key;

		if (k->round == w->round)
			continue;
		key = str_dup(str_make(s->key, s->n));
		if (!key)
			continue; /* the next list will find it */
		free(hmap_del(&w->keys, str_of(key)));
		tell_delete(w, key);
		free(key);
		it = 0;
	}
}

static void compare(struct store_watch *w, const struct store_list *l)
{
	w->round++;
	for (size_t i = 0; i < l->entries.len; i++) {
		const struct store_entry *n = &l->entries.v[i];
		struct known *k = hmap_get(&w->keys, str_of(n->key));

		if (is_hidden(w, n->key))
			continue;
		if (k && k->version == n->version)
			k->round = w->round;
		else
			tell_put(w, n->key, str_make(n->value, n->value_n), n->version);
	}
	tell_gone(w);
}

/* ---- the thread ---- */

static void pause_ms(struct store_watch *w, unsigned ms)
{
	for (unsigned done = 0; done < ms && !w->stop; done += 50)
		clk_sleep_ms(50);
}

static void set_away(struct store_watch *w, const struct err *e)
{
	if (w->away)
		return;
	w->away = true;
	log_warn("topo.watch", "store away prefix=\"%s\" error=\"%s\"", w->prefix, e->msg);
	tell_state(w, WATCH_LOST);
}

static void set_back(struct store_watch *w)
{
	if (w->away)
		log_info("topo.watch", "store back prefix=\"%s\"", w->prefix);
	w->away = false;
}

/* Lists, tells and follows until an error. 0: stopped; else the error. */
static int watch_once(struct store_watch *w, bool *listed, struct err *e)
{
	struct store_follower f = {.prefix = w->prefix,
				   .change = on_change,
				   .caught_up = on_caught_up,
				   .arg = w,
				   .stop = &w->stop,
				   .wake_fd = w->wake_fd};
	struct store_list l;

	*listed = false;
	if (store_list(w->s, w->prefix, &l, e) < 0)
		return -1;
	*listed = true;
	f.revision = l.revision;
	compare(w, &l);
	store_list_fini(&l);
	if (w->away || w->told || w->round == 1)
		tell_state(w, WATCH_SYNCED);
	set_back(w);
	return w->s->ops->follow(w->s, &f, e);
}

static void *run_watch(void *arg)
{
	struct store_watch *w = arg;
	unsigned pause = PAUSE_MIN_MS;
	uint64_t start;
	struct err e;
	bool listed;

	while (!w->stop) {
		err_clear(&e);
		start = clk_mono_us();
		if (watch_once(w, &listed, &e) == 0)
			continue;
		if (listed) {
			/* The way was open a moment ago: look again soon, without alarm. */
			if (clk_mono_us() - start > 1000000)
				pause = PAUSE_MIN_MS;
			if (e.code != ERR_CONFLICT)
				log_debug("topo.watch", "broken prefix=\"%s\" error=\"%s\"",
					  w->prefix, e.msg);
		} else {
			set_away(w, &e);
		}
		pause_ms(w, pause / 2 + (unsigned)rng_below(pause));
		pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
	}
	return NULL;
}

struct store_watch *watch_start(struct store *s, const char *prefix, watch_fn fn, void *arg,
				struct err *e)
{
	struct store_watch *w = calloc(1, sizeof(*w));

	if (!w) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	w->s = s;
	w->fn = fn;
	w->arg = arg;
	w->hide_locks = strncmp(prefix, "locks/", 6) != 0 && strncmp(prefix, "elections/", 10) != 0;
	hmap_init(&w->keys);
	w->prefix = str_dup(str_of(prefix));
	w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->prefix && w->wake_fd >= 0 && pthread_create(&w->thread, NULL, run_watch, w) == 0)
		return w;
	err_set(e, ERR_EXHAUSTED, "out of memory or threads");
	if (w->wake_fd >= 0)
		close(w->wake_fd);
	free(w->prefix);
	free(w);
	return NULL;
}

void watch_stop(struct store_watch *w)
{
	if (!w)
		return;
	w->stop = 1;
	eventfd_write(w->wake_fd, 1);
	pthread_join(w->thread, NULL);
	hmap_fini(&w->keys, free);
	close(w->wake_fd);
	free(w->prefix);
	free(w);
}
