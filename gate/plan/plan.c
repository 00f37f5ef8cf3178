#include "gate/plan/plan.h"

#include <stdlib.h>

#include "gate/catalog/catalog.h"

void plan_free(struct plan *p)
{
	if (!p)
		return;
	snapshot_put(p->catalog ? &p->catalog->snap : NULL);
	arena_fini(&p->arena);
	free(p);
}
