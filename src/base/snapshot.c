#include "src/base/snapshot.h"

#include <stdatomic.h>
#include <stddef.h>

void snapshot_init(struct snapshot *s, void (*free_fn)(struct snapshot *))
{
	atomic_init(&s->refs, 1);
	s->free = free_fn;
}

struct snapshot *snapshot_get(struct snapshot *s)
{
	if (s)
		atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

void snapshot_put(struct snapshot *s)
{
	if (s && atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1)
		s->free(s);
}

void snapshot_cell_init(struct snapshot_cell *c)
{
	pthread_mutex_init(&c->m, NULL);
	c->now = NULL;
	atomic_init(&c->generation, 0);
}

void snapshot_cell_fini(struct snapshot_cell *c)
{
	snapshot_put(c->now);
	c->now = NULL;
	pthread_mutex_destroy(&c->m);
}

void snapshot_publish(struct snapshot_cell *c, struct snapshot *s)
{
	struct snapshot *old;

	pthread_mutex_lock(&c->m);
	old = c->now;
	c->now = s;
	atomic_fetch_add_explicit(&c->generation, 1, memory_order_release);
	pthread_mutex_unlock(&c->m);
	snapshot_put(old);
}

struct snapshot *snapshot_acquire(struct snapshot_cell *c, uint64_t *generation)
{
	struct snapshot *s;

	pthread_mutex_lock(&c->m);
	s = snapshot_get(c->now);
	if (generation)
		*generation = atomic_load(&c->generation);
	pthread_mutex_unlock(&c->m);
	return s;
}
