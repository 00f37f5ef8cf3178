/* graph_watch - keeps the newest graph of a store. While the store is away the last one stays. */
#ifndef TOPO_GRAPH_WATCH_H
#define TOPO_GRAPH_WATCH_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"

struct graph;
struct graph_watch;
struct snapshot_cell;
struct store;

/* Watches @s as a process of @cell. @changed (may be NULL) runs on the watch's thread after each
 * new graph was published and when the store went away or came back. */
struct graph_watch *graph_watch_start(struct store *s, const char *cell, void (*changed)(void *arg),
				      void *arg, struct err *e);
void graph_watch_stop(struct graph_watch *w); /* NULL is fine */
/* Where the graphs are published; a snapshot in it is a struct graph. Lives as long as the watch.
 */
struct snapshot_cell *graph_watch_cell(struct graph_watch *w);
/* A reference to the newest graph, NULL before the first; snapshot_put() it. */
struct graph *graph_watch_get(struct graph_watch *w);
/* Waits for the first graph. -1 with ERR_UNAVAILABLE after @timeout_ms. */
int graph_watch_wait(struct graph_watch *w, unsigned timeout_ms, struct err *e) MUST_CHECK;
/* Since when (clk_mono_us) the store is away; 0: it is not. */
uint64_t graph_watch_away_us(const struct graph_watch *w);
#endif
