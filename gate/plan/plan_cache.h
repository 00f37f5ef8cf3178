/* plan_cache - a worker's plans by fingerprint and context, least recently used first out.
 * A plan in use stays alive until plan_cache_put(), also when it is evicted or the cache emptied.
 * Thread: one worker. */
#ifndef PLAN_PLAN_CACHE_H
#define PLAN_PLAN_CACHE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lex/lex.h"
#include "src/base/str.h"

struct gate_catalog;
struct fingerprint;
struct plan;
struct plan_cache;
struct plan_entry;

/* What a plan depends on besides the statement. */
struct plan_context {
	const char *keyspace, *shard; /* the session's target */
	uint8_t tablet_type;
	struct lex_opts lex;
	bool prepared;
	bool admin;   /* the user may administer servers; those plans are not cached */
	bool scatter; /* a value needs several shards where the usual plan asks one */
};

struct plan_cache *plan_cache_new(size_t max_bytes);
void plan_cache_free(struct plan_cache *c);
/* The entry whose plan fits @fp (of @text) in @ctx, guards included, or NULL. A use is counted:
 * give it back with plan_cache_put(). */
struct plan_entry *plan_cache_get(struct plan_cache *c, const struct plan_context *ctx,
				  const struct fingerprint *fp, struct str text);
/* Adds @plan (owned from now on, freed when NULL is returned) and counts a use. @cacheable: false
 * for plans that are used once. NULL: out of memory. */
struct plan_entry *plan_cache_add(struct plan_cache *c, const struct plan_context *ctx,
				  const struct fingerprint *fp, struct plan *plan, bool cacheable);
void plan_cache_put(struct plan_cache *c, struct plan_entry *e);
struct plan *plan_entry_plan(struct plan_entry *e);
/* Forgets everything; at a new catalog. */
void plan_cache_clear(struct plan_cache *c);
#endif
