#include "src/base/hmap.h"

#include <stdlib.h>
#include <string.h>

void hmap_init(struct hmap *m)
{
	*m = (struct hmap){0};
}

void hmap_init_nocase(struct hmap *m)
{
	*m = (struct hmap){.nocase = true};
}

void hmap_fini(struct hmap *m, void (*free_value)(void *))
{
	for (size_t i = 0; i < m->cap; i++) {
		if (!m->slot[i].key)
			continue;
		if (free_value)
			free_value(m->slot[i].value);
		free(m->slot[i].key);
	}
	free(m->slot);
	*m = (struct hmap){.nocase = m->nocase};
}

static uint64_t hash_key(const struct hmap *m, struct str key)
{
	uint64_t h = 0xcbf29ce484222325u;

	if (!m->nocase)
		return str_hash(key.p, key.n);
	for (size_t i = 0; i < key.n; i++) {
		unsigned char c = (unsigned char)key.p[i];

		h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 0x100000001b3u;
	}
	return h ^ (h >> 29);
}

/* The key's slot, or the free one where it would go. */
static size_t find(const struct hmap *m, struct str key, uint64_t hash)
{
	size_t i = hash & (m->cap - 1);

	for (;; i = (i + 1) & (m->cap - 1)) {
		const struct hmap_slot *s = &m->slot[i];
		struct str have = str_make(s->key, s->n);

		if (!s->key)
			return i;
		if (s->hash == hash && (m->nocase ? str_ieq(have, key) : str_eq(have, key)))
			return i;
	}
}

static int grow(struct hmap *m)
{
	size_t cap = m->cap ? m->cap * 2 : 8;
	struct hmap_slot *slot = calloc(cap, sizeof(*slot));

	if (!slot)
		return -1;
	for (size_t i = 0; i < m->cap; i++) {
		size_t at = m->slot[i].hash & (cap - 1);

		if (!m->slot[i].key)
			continue;
		while (slot[at].key)
			at = (at + 1) & (cap - 1);
		slot[at] = m->slot[i];
	}
	free(m->slot);
	m->slot = slot;
	m->cap = cap;
	return 0;
}

void *hmap_get(const struct hmap *m, struct str key)
{
	return m->cap ? m->slot[find(m, key, hash_key(m, key))].value : NULL;
}

int hmap_put(struct hmap *m, struct str key, void *value, void **old)
{
	uint64_t hash = hash_key(m, key);
	struct hmap_slot *s;

	if (m->len + 1 > m->cap / 4 * 3 && grow(m) < 0)
		return -1;
	s = &m->slot[find(m, key, hash)];
	if (old)
		*old = s->value;
	if (!s->key) {
		s->key = str_dup(key);
		if (!s->key)
			return -1;
		s->n = key.n;
		s->hash = hash;
		m->len++;
	}
	s->value = value;
	return 0;
}

void *hmap_del(struct hmap *m, struct str key)
{
	size_t i, j, mask = m->cap - 1;
	void *value;

	if (!m->cap)
		return NULL;
	i = find(m, key, hash_key(m, key));
	if (!m->slot[i].key)
		return NULL;
	value = m->slot[i].value;
	free(m->slot[i].key);
	m->slot[i] = (struct hmap_slot){0};
	m->len--;
	/* Close the gap: move up each follower that the gap would cut off from its home. */
	for (j = (i + 1) & mask; m->slot[j].key; j = (j + 1) & mask) {
		size_t home = m->slot[j].hash & mask;

		if (((j - home) & mask) < ((j - i) & mask))
			continue;
		m->slot[i] = m->slot[j];
		m->slot[j] = (struct hmap_slot){0};
		i = j;
	}
	return value;
}

struct hmap_slot *hmap_next(const struct hmap *m, size_t *it)
{
	while (*it < m->cap) {
		struct hmap_slot *s = &m->slot[(*it)++];

		if (s->key)
			return s;
	}
	return NULL;
}
