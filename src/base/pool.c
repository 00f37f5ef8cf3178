#include "src/base/pool.h"

#include <stdlib.h>
#include <string.h>

void pool_init(struct pool *p, size_t size, size_t max_kept)
{
	*p = (struct pool){.size = size < sizeof(void *) ? sizeof(void *) : size, .max_kept = max_kept};
}

void pool_fini(struct pool *p)
{
	while (p->free_list) {
		void *next = *(void **)p->free_list;

		free(p->free_list);
		p->free_list = next;
	}
	p->kept = 0;
}

void *pool_get(struct pool *p)
{
	void *o = p->free_list;

	if (!o)
		return calloc(1, p->size);
	p->free_list = *(void **)o;
	p->kept--;
	return memset(o, 0, p->size);
}

void pool_put(struct pool *p, void *object)
{
	if (p->kept >= p->max_kept) {
		free(object);
		return;
	}
	*(void **)object = p->free_list;
	p->free_list = object;
	p->kept++;
}
