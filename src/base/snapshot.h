/* snapshot - an immutable, reference-counted object that one thread publishes and others read.
 * Objects embed struct snapshot first; a cell holds the newest. Readers on a worker keep their
 * reference and ask snapshot_changed() (one relaxed load) before taking the lock. Any thread. */
#ifndef BASE_SNAPSHOT_H
#define BASE_SNAPSHOT_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct snapshot {
	_Atomic unsigned refs;
	void (*free)(struct snapshot *s); /* runs when the last reference is put */
};

struct snapshot_cell {
	pthread_mutex_t m;
	struct snapshot *now;       /* ref; guarded by m */
	_Atomic uint64_t generation; /* counts publications */
};

/* One reference, the caller's. */
void snapshot_init(struct snapshot *s, void (*free_fn)(struct snapshot *));
struct snapshot *snapshot_get(struct snapshot *s);
void snapshot_put(struct snapshot *s); /* NULL is fine */

void snapshot_cell_init(struct snapshot_cell *c);
void snapshot_cell_fini(struct snapshot_cell *c);
/* Makes @s (the caller's reference passes over) the newest. */
void snapshot_publish(struct snapshot_cell *c, struct snapshot *s);
/* A reference to the newest, NULL before the first; *generation (may be NULL) is its number. */
struct snapshot *snapshot_acquire(struct snapshot_cell *c, uint64_t *generation);
static inline bool snapshot_changed(struct snapshot_cell *c, uint64_t generation)
{
	return __atomic_load_n((uint64_t *)&c->generation, __ATOMIC_ACQUIRE) != generation;
}
#endif
