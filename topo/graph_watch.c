#include "topo/graph_watch.h"

#include <stdlib.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/snapshot.h"
#include "topo/graph.h"
#include "topo/graph_build.h"
#include "topo/watch.h"

struct graph_watch {
	char *cell; /* owned */
	void (*changed)(void *arg);
	void *arg;
	struct snapshot_cell graphs;
	struct store_watch *watch;  /* owned */
	struct graph_source source; /* the watch's thread's */
	_Atomic uint64_t away_us;
};

static void publish(struct graph_watch *w)
{
	struct graph *g = graph_build(&w->source, w->cell);

	if (!g) {
		log_error("topo.graph", "out of memory: the last graph stays");
		return;
	}
	for (size_t i = 0; i < g->keyspace_count; i++) {
		const struct graph_keyspace *ks = &g->keyspaces[i];

		if (ks->serving[TABLET_PRIMARY].problem)
			log_warn("topo.graph", "event=%s keyspace=%s problem=\"%s\"",
				 ks->serving[TABLET_PRIMARY].count ? "last_good_shards"
								   : "not_served",
				 ks->name, ks->serving[TABLET_PRIMARY].problem);
	}
	snapshot_publish(&w->graphs, &g->snap);
}

static void on_event(void *arg, const struct watch_event *ev)
{
	struct graph_watch *w = arg;

	switch (ev->kind) {
	case WATCH_PUT:
		if (graph_build_put(&w->source, ev->key, ev->value) < 0)
			log_error("topo.graph", "out of memory key=%s", ev->key);
		return;
	case WATCH_DELETE:
		graph_build_delete(&w->source, ev->key);
		return;
	case WATCH_SYNCED:
		w->away_us = 0;
		publish(w);
		break;
	case WATCH_LOST:
		w->away_us = clk_mono_us();
		break;
	}
	if (w->changed)
		w->changed(w->arg);
}

struct graph_watch *graph_watch_start(struct store *s, const char *cell, void (*changed)(void *arg),
				      void *arg, struct err *e)
{
	struct graph_watch *w = calloc(1, sizeof(*w));

	if (!w) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	w->changed = changed;
	w->arg = arg;
	snapshot_cell_init(&w->graphs);
	graph_build_init(&w->source);
	w->cell = str_dup(str_of(cell));
	if (w->cell)
		w->watch = watch_start(s, "", on_event, w, e);
	else
		err_set(e, ERR_NOMEM, "out of memory");
	if (w->watch)
		return w;
	graph_watch_stop(w);
	return NULL;
}

void graph_watch_stop(struct graph_watch *w)
{
	if (!w)
		return;
	watch_stop(w->watch);
	graph_build_fini(&w->source);
	snapshot_cell_fini(&w->graphs);
	free(w->cell);
	free(w);
}

struct snapshot_cell *graph_watch_cell(struct graph_watch *w)
{
	return &w->graphs;
}

struct graph *graph_watch_get(struct graph_watch *w)
{
	return (struct graph *)snapshot_acquire(&w->graphs, NULL);
}

int graph_watch_wait(struct graph_watch *w, unsigned timeout_ms, struct err *e)
{
	uint64_t until = clk_mono_us() + (uint64_t)timeout_ms * 1000;

	while (!snapshot_changed(&w->graphs, 0)) {
		if (clk_mono_us() >= until)
			return err_set(e, ERR_UNAVAILABLE,
				       "the topology store has not answered in %u ms", timeout_ms);
		clk_sleep_ms(10);
	}
	return 0;
}

uint64_t graph_watch_away_us(const struct graph_watch *w)
{
	return w->away_us;
}
