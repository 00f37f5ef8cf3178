/* merge - the answers of several shards become one: rows are taken from the shard streams in order
 * (or as they come), go through the plan's operators and on to the client.
 *
 * Memory is bounded: each shard may send one credit window ahead, a slow client stops the taking.
 * Thread: the session's worker. */
#ifndef SCATTER_MERGE_H
#define SCATTER_MERGE_H
#include <stdbool.h>

#include "src/base/err.h"

struct merge;
struct query;
struct scan_part;

/* For q->plan->merge over q->calls sources; in the query's arena. NULL with @e. */
struct merge *merge_new(struct query *q, struct err *e);
void merge_free(struct merge *m); /* NULL is fine; gives back what is not in the arena */
/* Part of source @i's answer. Errors go to its call. */
void merge_part(struct merge *m, unsigned i, const struct scan_part *part);
void merge_source_ended(struct merge *m, unsigned i);
/* Takes rows while the client takes them. */
void merge_run(struct merge *m);
/* All rows have gone to the client (or will not). */
bool merge_finished(const struct merge *m);
/* The last packet of the answer. */
void merge_answer_end(struct merge *m);
#endif
