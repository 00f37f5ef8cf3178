/* hmap - byte-string keys to pointers; open addressing, keys are copied.
 * Thread: the owner's, or immutable after publish. */
#ifndef BASE_HMAP_H
#define BASE_HMAP_H
#include <stdbool.h>
#include <stddef.h>

#include "src/base/str.h"

struct hmap_slot {
	char *key; /* owned; NULL: free */
	size_t n;
	uint64_t hash;
	void *value; /* borrowed */
};
struct hmap {
	struct hmap_slot *slot; /* owned */
	size_t len, cap;        /* cap is 0 or a power of two */
	bool nocase;            /* keys compare without ASCII case */
};

void hmap_init(struct hmap *m);
/* The same, with keys that compare without ASCII case (SQL identifiers). */
void hmap_init_nocase(struct hmap *m);
/* Frees the map and its keys; each value goes to @free_value first (NULL: they are left alone). */
void hmap_fini(struct hmap *m, void (*free_value)(void *));
/* The value, or NULL. */
void *hmap_get(const struct hmap *m, struct str key);
/* Sets key to @value (not NULL), *old (may be NULL) to the one before. 0, or -1: out of memory. */
int hmap_put(struct hmap *m, struct str key, void *value, void **old);
/* Takes the key out and returns its value, or NULL. */
void *hmap_del(struct hmap *m, struct str key);
/* Walks in no order: size_t it = 0; while ((s = hmap_next(&m, &it))). No changes meanwhile. */
struct hmap_slot *hmap_next(const struct hmap *m, size_t *it);
#endif
