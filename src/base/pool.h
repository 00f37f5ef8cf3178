/* pool - objects of one size, kept for reuse. Thread: the owner's. */
#ifndef BASE_POOL_H
#define BASE_POOL_H
#include <stddef.h>

struct pool {
	void *free_list; /* owned; the first word of a free object links to the next */
	size_t size, kept, max_kept;
};

/* Objects of @size bytes; at most @max_kept free ones are held back from the system. */
void pool_init(struct pool *p, size_t size, size_t max_kept);
void pool_fini(struct pool *p);
/* A zeroed object, or NULL. */
void *pool_get(struct pool *p);
void pool_put(struct pool *p, void *object);
#endif
