/* vec - room in a typed dynamic array: struct { T *v; size_t len, cap; } of the caller's. */
#ifndef BASE_VEC_H
#define BASE_VEC_H
#include <stddef.h>

/* Makes room for one more element in the array that @vec points to: 0, or -1: out of memory. */
#define VEC_GROW(vec) vec_grow((void **)&(vec)->v, &(vec)->cap, (vec)->len + 1, sizeof(*(vec)->v))

/* Grows *p, *cap (elements of @size bytes) to at least @need. 0, or -1 with all unchanged. */
int vec_grow(void **p, size_t *cap, size_t need, size_t size);
#endif
