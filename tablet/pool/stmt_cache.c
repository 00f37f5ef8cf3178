#include "tablet/pool/stmt_cache.h"

#include <stdlib.h>
#include <string.h>

void stmt_cache_init(struct stmt_cache *c, unsigned max, void (*evict)(void *arg, uint32_t id),
		     void *arg)
{
	*c = (struct stmt_cache){.max = max, .evict = evict, .arg = arg};
}

static struct stmt_entry **find_slot(struct stmt_cache *c, uint64_t hash, struct str sql)
{
	struct stmt_entry **at = &c->bucket[hash % STMT_CACHE_BUCKETS];

	while (*at && ((*at)->hash != hash || !str_eq(str_make((*at)->sql, (*at)->n), sql)))
		at = &(*at)->chain;
	return at;
}

static void unlink_use(struct stmt_cache *c, struct stmt_entry *s)
{
	if (s->newer)
		s->newer->older = s->older;
	else
		c->newest = s->older;
	if (s->older)
		s->older->newer = s->newer;
	else
		c->oldest = s->newer;
}

static void link_newest(struct stmt_cache *c, struct stmt_entry *s)
{
	s->newer = NULL;
	s->older = c->newest;
	if (c->newest)
		c->newest->newer = s;
	else
		c->oldest = s;
	c->newest = s;
}

const struct stmt_entry *stmt_cache_find(struct stmt_cache *c, struct str sql)
{
	struct stmt_entry *s = *find_slot(c, str_hash(sql.p, sql.n), sql);

	if (s && s != c->newest) {
		unlink_use(c, s);
		link_newest(c, s);
	}
	return s;
}

/* Takes out the entry that *at points to. */
static void take_out(struct stmt_cache *c, struct stmt_entry **at)
{
	struct stmt_entry *s = *at;

	*at = s->chain;
	unlink_use(c, s);
	c->len--;
	free(s);
}

static void evict_entry(struct stmt_cache *c, struct stmt_entry **at)
{
	uint32_t id = (*at)->id;

	take_out(c, at);
	c->evict(c->arg, id);
}

static void evict_oldest(struct stmt_cache *c)
{
	struct stmt_entry *s = c->oldest;

	evict_entry(c, find_slot(c, s->hash, str_make(s->sql, s->n)));
}

int stmt_cache_put(struct stmt_cache *c, struct str sql, uint32_t id, uint16_t params)
{
	uint64_t hash = str_hash(sql.p, sql.n);
	struct stmt_entry **at = find_slot(c, hash, sql), *s;

	if (*at)
		evict_entry(c, at);
	while (c->len >= c->max)
		evict_oldest(c);
	s = malloc(sizeof(*s) + sql.n);
	if (!s) {
		c->evict(c->arg, id);
		return -1;
	}
	*s = (struct stmt_entry){.hash = hash, .id = id, .params = params, .n = sql.n};
	memcpy(s->sql, sql.p, sql.n);
	at = &c->bucket[hash % STMT_CACHE_BUCKETS];
	s->chain = *at;
	*at = s;
	link_newest(c, s);
	c->len++;
	return 0;
}

void stmt_cache_forget(struct stmt_cache *c, struct str sql)
{
	struct stmt_entry **at = find_slot(c, str_hash(sql.p, sql.n), sql);

	if (*at)
		take_out(c, at);
}

void stmt_cache_clear(struct stmt_cache *c)
{
	while (c->oldest)
		evict_oldest(c);
}

void stmt_cache_drop(struct stmt_cache *c)
{
	while (c->oldest)
		take_out(c, find_slot(c, c->oldest->hash, str_make(c->oldest->sql, c->oldest->n)));
}
