#include "gate/plan/plan_cache.h"

#include <stdlib.h>
#include <string.h>

#include "gate/plan/plan.h"
#include "sql/norm/fingerprint.h"
#include "src/base/metrics.h"

enum { PLAN_CACHE_BUCKETS = 4096, PLAN_ENTRY_COST = 512, PLAN_MAX_VARIANTS = 16 };

struct plan_entry {
	struct plan_entry *chain;	  /* same bucket */
	struct plan_entry *newer, *older; /* by last use; NULL ends */
	struct plan *plan;		  /* owned */
	uint64_t hash;
	uint8_t *norm; /* owned */
	size_t norm_len, cost;
	char keyspace[65], shard[65];
	uint8_t tablet_type;
	uint32_t lex_mode;
	enum lex_charset charset;
	bool prepared, scatter, cached;
	unsigned uses;
};

struct plan_cache {
	struct plan_entry *bucket[PLAN_CACHE_BUCKETS];
	struct plan_entry *newest, *oldest;
	size_t bytes, max_bytes;
	unsigned hits, misses, evicted; /* metric ids */
};

struct plan_cache *plan_cache_new(size_t max_bytes)
{
	struct plan_cache *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->max_bytes = max_bytes;
	c->hits = metrics_id(METRIC_COUNTER, "sluice_gate_plan_cache_hits_total", "",
			     "Statements whose plan was cached.");
	c->misses = metrics_id(METRIC_COUNTER, "sluice_gate_plan_cache_misses_total", "",
			       "Statements that were planned anew.");
	c->evicted = metrics_id(METRIC_COUNTER, "sluice_gate_plan_cache_evictions_total", "",
				"Plans dropped to make room.");
	return c;
}

static void free_entry(struct plan_entry *e)
{
	plan_free(e->plan);
	free(e->norm);
	free(e);
}

static uint64_t hash_of(const struct plan_context *ctx, const struct fingerprint *fp)
{
	uint64_t h = fp->hash[0] ^ str_hash(ctx->keyspace, strlen(ctx->keyspace));

	return h * 31 + ctx->tablet_type * 7u + ctx->lex.mode * 131u + ctx->prepared +
	       ctx->scatter * 2u;
}

static void unlink_use(struct plan_cache *c, struct plan_entry *e)
{
	if (e->newer)
		e->newer->older = e->older;
	else
		c->newest = e->older;
	if (e->older)
		e->older->newer = e->newer;
	else
		c->oldest = e->newer;
}

static void link_use(struct plan_cache *c, struct plan_entry *e)
{
	e->newer = NULL;
	e->older = c->newest;
	if (c->newest)
		c->newest->newer = e;
	else
		c->oldest = e;
	c->newest = e;
}

static void drop(struct plan_cache *c, struct plan_entry *e)
{
	struct plan_entry **at = &c->bucket[e->hash % PLAN_CACHE_BUCKETS];

	while (*at != e)
		at = &(*at)->chain;
	*at = e->chain;
	unlink_use(c, e);
	c->bytes -= e->cost;
	e->cached = false;
	if (!e->uses)
		free_entry(e);
}

void plan_cache_clear(struct plan_cache *c)
{
	while (c->oldest)
		drop(c, c->oldest);
}

void plan_cache_free(struct plan_cache *c)
{
	if (!c)
		return;
	plan_cache_clear(c);
	free(c);
}

static bool same_key(const struct plan_entry *e, uint64_t hash, const struct plan_context *ctx,
		     const struct fingerprint *fp)
{
	return e->hash == hash && e->tablet_type == ctx->tablet_type &&
	       e->charset == ctx->lex.charset && e->lex_mode == ctx->lex.mode &&
	       e->prepared == ctx->prepared && e->scatter == ctx->scatter &&
	       e->norm_len == fp->norm.len && !memcmp(e->norm, fp->norm.v, fp->norm.len) &&
	       !strcmp(e->keyspace, ctx->keyspace) && !strcmp(e->shard, ctx->shard);
}

static bool guards_hold(const struct plan *p, const struct fingerprint *fp, struct str text)
{
	if (p->text_guard && p->text_hash != fingerprint_text_hash(fp, text))
		return false;
	for (uint32_t i = 0; i < p->guard_count; i++) {
		const struct plan_guard *g = &p->guard[i];
		const struct fingerprint_lit *l =
			&fp->lits.v[fingerprint_lit_at(fp, g->slot, 0, 0)];

		if (!str_eq(g->text, str_make(text.p + l->start, l->len)))
			return false;
	}
	return true;
}

struct plan_entry *plan_cache_get(struct plan_cache *c, const struct plan_context *ctx,
				  const struct fingerprint *fp, struct str text)
{
	uint64_t hash = hash_of(ctx, fp);
	struct plan_entry *e = c->bucket[hash % PLAN_CACHE_BUCKETS];

	while (e && !(same_key(e, hash, ctx, fp) && guards_hold(e->plan, fp, text)))
		e = e->chain;
	metrics_add(e ? c->hits : c->misses, 1);
	if (!e)
		return NULL;
	e->uses++;
	if (c->newest != e) {
		unlink_use(c, e);
		link_use(c, e);
	}
	return e;
}

static struct plan_entry *make_entry(const struct plan_context *ctx, const struct fingerprint *fp,
				     struct plan *plan)
{
	struct plan_entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->norm = malloc(fp->norm.len + 1);
	if (!e->norm) {
		free(e);
		return NULL;
	}
	memcpy(e->norm, fp->norm.v, fp->norm.len);
	e->norm_len = fp->norm.len;
	strncpy(e->keyspace, ctx->keyspace, sizeof(e->keyspace) - 1);
	strncpy(e->shard, ctx->shard, sizeof(e->shard) - 1);
	e->tablet_type = ctx->tablet_type;
	e->charset = ctx->lex.charset;
	e->lex_mode = ctx->lex.mode;
	e->prepared = ctx->prepared;
	e->scatter = ctx->scatter;
	e->hash = hash_of(ctx, fp);
	e->plan = plan;
	e->cost = PLAN_ENTRY_COST + fp->norm.len + plan->arena.used;
	e->uses = 1;
	return e;
}

/* Statements that differ in guarded literals only must not fill the cache: of each key the oldest
 * variants go. */
static void limit_variants(struct plan_cache *c, const struct plan_context *ctx,
			   const struct fingerprint *fp, uint64_t hash)
{
	struct plan_entry *e = c->bucket[hash % PLAN_CACHE_BUCKETS], *last = NULL;
	unsigned n = 0;

	for (; e; e = e->chain) {
		if (!same_key(e, hash, ctx, fp))
			continue;
		n++;
		last = e;
	}
	if (n > PLAN_MAX_VARIANTS)
		drop(c, last);
}

struct plan_entry *plan_cache_add(struct plan_cache *c, const struct plan_context *ctx,
				  const struct fingerprint *fp, struct plan *plan, bool cacheable)
{
	struct plan_entry *e = make_entry(ctx, fp, plan);

	if (!e) {
		plan_free(plan);
		return NULL;
	}
	if (!cacheable || e->cost > c->max_bytes / 4)
		return e;
	e->cached = true;
	e->chain = c->bucket[e->hash % PLAN_CACHE_BUCKETS];
	c->bucket[e->hash % PLAN_CACHE_BUCKETS] = e;
	link_use(c, e);
	c->bytes += e->cost;
	limit_variants(c, ctx, fp, e->hash);
	while (c->bytes > c->max_bytes && c->oldest != e) {
		metrics_add(c->evicted, 1);
		drop(c, c->oldest);
	}
	return e;
}

void plan_cache_put(struct plan_cache *c, struct plan_entry *e)
{
	(void)c;
	if (e && --e->uses == 0 && !e->cached)
		free_entry(e);
}

struct plan *plan_entry_plan(struct plan_entry *e)
{
	return e->plan;
}
