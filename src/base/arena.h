/* arena - memory that is freed all at once: one per statement, one per cached plan.
 * Thread: the owner's. A limit in bytes bounds what a statement may take; past it, and when the
 * system has no memory, allocations return NULL and the arena stays usable. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stdarg.h>
#include <stddef.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct arena_block;
struct arena {
	struct arena_block *block; /* owned: newest first */
	char *at, *end;            /* free room in the newest block */
	size_t used, limit;        /* bytes taken from the system; limit 0 = none */
};

void arena_init(struct arena *a, size_t limit);
/* Frees everything; the arena can be used again. */
void arena_fini(struct arena *a);
/* Forgets all allocations but keeps one block of ordinary size, for the next statement. */
void arena_reset(struct arena *a);
/* @n bytes, aligned for any type, not zeroed; NULL past the limit. n == 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc));
/* The same, zeroed. */
void *arena_zalloc(struct arena *a, size_t n) __attribute__((malloc));
/* @count elements of @size bytes, zeroed; NULL also when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((malloc));
/* Copies, NUL-terminated one byte past the end. */
char *arena_dup(struct arena *a, const void *p, size_t n);
struct str arena_str(struct arena *a, struct str s);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap);
#endif
