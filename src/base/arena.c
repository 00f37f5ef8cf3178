#include "src/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 8192, ARENA_LARGEST = 4 << 20, ARENA_ALIGN = alignof(max_align_t) };

struct arena_block {
	struct arena_block *next; /* owned */
	size_t size;              /* of the whole block, header included */
	alignas(max_align_t) char data[];
};

void arena_init(struct arena *a, size_t limit)
{
	*a = (struct arena){.limit = limit};
}

void arena_fini(struct arena *a)
{
	struct arena_block *b = a->block;

	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
	arena_init(a, a->limit);
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL, *b = a->block;

	while (b) {
		struct arena_block *next = b->next;

		if (!keep && b->size == ARENA_BLOCK)
			keep = b;
		else
			free(b);
		b = next;
	}
	arena_init(a, a->limit);
	if (!keep)
		return;
	keep->next = NULL;
	a->block = keep;
	a->used = keep->size;
	a->at = keep->data;
	a->end = (char *)keep + keep->size;
}

/* Blocks grow, so that a statement of megabytes takes few of them, but what the last one leaves
 * unused stays a small part of the whole. */
static size_t block_size(size_t used)
{
	if (used / 8 < ARENA_BLOCK)
		return ARENA_BLOCK;
	return used / 8 < ARENA_LARGEST ? used / 8 : ARENA_LARGEST;
}

static void *alloc_slow(struct arena *a, size_t n)
{
	size_t room = sizeof(struct arena_block) + n, size = room, grown = block_size(a->used);
	struct arena_block *b;

	if (size < grown)
		size = grown;
	if (a->limit && size > a->limit - (a->used < a->limit ? a->used : a->limit))
		size = room;
	if (room < n || (a->limit && (a->used > a->limit || size > a->limit - a->used)))
		return NULL;
	b = malloc(size);
	if (!b)
		return NULL;
	b->size = size;
	a->used += size;
	if (a->block && size - room < (size_t)(a->end - a->at)) {
		b->next = a->block->next; /* a big one: keep filling the newest block */
		a->block->next = b;
		return b->data;
	}
	b->next = a->block;
	a->block = b;
	a->at = b->data + n;
	a->end = (char *)b + size;
	return b->data;
}

void *arena_alloc(struct arena *a, size_t n)
{
	char *p = a->at;

	if (n > SIZE_MAX - ARENA_ALIGN)
		return NULL;
	n = (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (p && n <= (size_t)(a->end - p)) {
		a->at = p + n;
		return p;
	}
	return alloc_slow(a, n);
}

void *arena_zalloc(struct arena *a, size_t n)
{
	void *p = arena_alloc(a, n);

	return p ? memset(p, 0, n) : NULL;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;

	return __builtin_mul_overflow(count, size, &n) ? NULL : arena_zalloc(a, n);
}

char *arena_dup(struct arena *a, const void *p, size_t n)
{
	char *z = n < SIZE_MAX ? arena_alloc(a, n + 1) : NULL;

	if (!z)
		return NULL;
	if (n)
		memcpy(z, p, n);
	z[n] = 0;
	return z;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *z = arena_dup(a, s.p, s.n);

	return str_make(z, z ? s.n : 0);
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *z;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	z = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (z)
		vsnprintf(z, (size_t)n + 1, fmt, ap);
	return z;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *z;

	va_start(ap, fmt);
	z = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return z;
}
