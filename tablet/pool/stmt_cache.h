/* stmt_cache - the prepared statements that one connection to mysqld holds, by their text; bounded,
 * the least recently used goes first. Thread: the connection's worker. */
#ifndef POOL_STMT_CACHE_H
#define POOL_STMT_CACHE_H
#include <stddef.h>
#include <stdint.h>

#include "src/base/str.h"

enum { STMT_CACHE_BUCKETS = 64 };

struct stmt_entry {
	struct stmt_entry *chain;	  /* in the bucket */
	struct stmt_entry *newer, *older; /* by use */
	uint64_t hash;
	uint32_t id; /* mysqld's */
	uint16_t params;
	size_t n;
	char sql[];
};

struct stmt_cache {
	struct stmt_entry *bucket[STMT_CACHE_BUCKETS]; /* owned */
	struct stmt_entry *newest, *oldest;
	unsigned len, max;
	/* Told of each statement that leaves the cache while mysqld still has it. */
	void (*evict)(void *arg, uint32_t id);
	void *arg;
};

void stmt_cache_init(struct stmt_cache *c, unsigned max, void (*evict)(void *arg, uint32_t id),
		     void *arg);
/* The statement, now the newest; NULL when it is not there. Valid until the next change. */
const struct stmt_entry *stmt_cache_find(struct stmt_cache *c, struct str sql);
/* Adds one, replacing an entry of the same text. -1: out of memory, @id was evicted at once. */
int stmt_cache_put(struct stmt_cache *c, struct str sql, uint32_t id, uint16_t params);
/* Takes one out; mysqld does not know it any more. */
void stmt_cache_forget(struct stmt_cache *c, struct str sql);
/* Empties it: evicting each, */
void stmt_cache_clear(struct stmt_cache *c);
/* or because the connection was reset or is gone. */
void stmt_cache_drop(struct stmt_cache *c);
#endif
