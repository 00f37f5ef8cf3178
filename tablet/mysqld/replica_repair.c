#include "tablet/mysqld/replica_repair.h"

enum { DOUBLINGS = 6 };

static uint64_t doubled(uint64_t us, unsigned times)
{
	return us << (times < DOUBLINGS ? times : DOUBLINGS);
}

static enum replica_action restart(struct replica_repair *r, uint64_t now_us)
{
	uint64_t pause = doubled(REPLICA_PAUSE_US, r->failures);

	if (now_us < r->try_us)
		return REPLICA_LEAVE;
	r->failures++;
	r->try_us = now_us + (pause < REPLICA_PAUSE_MAX_US ? pause : REPLICA_PAUSE_MAX_US);
	return REPLICA_RESTART;
}

enum replica_action replica_repair_step(struct replica_repair *r, const struct replica_status *s,
					bool can_rebuild, uint64_t now_us)
{
	switch (s->state) {
	case REPLICA_UNKNOWN:
		r->running_us = 0;
		return REPLICA_LEAVE;
	case REPLICA_CONNECTING:
	case REPLICA_RUNNING:
		if (!r->running_us)
			r->running_us = now_us;
		if (s->state == REPLICA_RUNNING && now_us - r->running_us >= REPLICA_STABLE_US)
			r->failures = r->rebuilds = 0;
		return REPLICA_LEAVE;
	case REPLICA_STOPPED:
		r->running_us = 0;
		return restart(r, now_us);
	case REPLICA_BROKEN:
		break;
	}
	r->running_us = 0;
	/* What the primary does not have it will not get by asking again. */
	if (!can_rebuild || (s->code != REPLICA_DIVERGED && r->failures < REPLICA_TRIES))
		return restart(r, now_us);
	if (now_us < r->rebuild_us)
		return REPLICA_LEAVE;
	r->rebuild_us = now_us + doubled(REPLICA_REBUILD_PAUSE_US, r->rebuilds++);
	r->failures = 0;
	return REPLICA_REBUILD;
}
