/* blocking - a small pool of threads for work that blocks: files, DNS, SQLite, the connector.
 * Any thread may submit. */
#ifndef NET_BLOCKING_H
#define NET_BLOCKING_H
#include "src/base/err.h"

struct blocking;
struct worker;
typedef void (*blocking_fn)(void *arg);

/* A pool that grows to @max_threads as needed. */
struct blocking *blocking_new(unsigned max_threads);
/* Waits for all submitted work, then frees the pool. NULL is fine. */
void blocking_free(struct blocking *b);
/* Runs @work(@arg) on a pool thread; then, when @done is not NULL, @done(@arg) on @reply's thread.
 * -1: out of memory, neither will run. */
int blocking_run(struct blocking *b, blocking_fn work, struct worker *reply, blocking_fn done,
		 void *arg) MUST_CHECK;
#endif
