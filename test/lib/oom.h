/* oom - allocations that fail, for tests that are linked with -Wl,--wrap of the functions below. Only
 * those of a worker's thread fail: what the test itself allocates does not count. */
#ifndef TEST_LIB_OOM_H
#define TEST_LIB_OOM_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "src/net/worker.h"

static _Atomic long oom_left; /* the allocation that brings it to 0 fails; 0: none does */
static _Atomic bool oom_hit;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static bool oom_now(void)
{
	if (!atomic_load_explicit(&oom_left, memory_order_relaxed) || !worker_current())
		return false;
	if (atomic_fetch_sub(&oom_left, 1) != 1)
		return false;
	atomic_store(&oom_hit, true);
	return true;
}

void *__wrap_malloc(size_t n)
{
	return oom_now() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return oom_now() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return oom_now() ? NULL : __real_realloc(p, n);
}

/* The @n-th allocation from now on fails, only that one. */
static inline void oom_arm(long n)
{
	atomic_store(&oom_hit, false);
	atomic_store(&oom_left, n);
}

/* None fails any more; whether one did. */
static inline bool oom_disarm(void)
{
	atomic_store(&oom_left, 0);
	return atomic_load(&oom_hit);
}
#endif
