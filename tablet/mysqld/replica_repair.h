/* replica_repair - what to do about a replica that does not replicate: start replication again,
 * first at once and then after growing pauses, and make the replica anew from the primary when that
 * cannot help. Decides only; pure. */
#ifndef MYSQLD_REPLICA_REPAIR_H
#define MYSQLD_REPLICA_REPAIR_H
#include <stdbool.h>
#include <stdint.h>

#include "tablet/mysqld/replica_status.h"

enum replica_action { REPLICA_LEAVE, REPLICA_RESTART, REPLICA_REBUILD };

enum {
	REPLICA_TRIES = 3, /* restarts of a broken replica before it is made anew */
	REPLICA_PAUSE_US = 1000000,
	REPLICA_PAUSE_MAX_US = 30000000,
	REPLICA_REBUILD_PAUSE_US = 60000000, /* between two rebuilds; doubles */
	REPLICA_STABLE_US = 60000000, /* one that runs this long has been repaired */
};

struct replica_repair {
	unsigned failures, rebuilds; /* since it last ran stably */
	uint64_t running_us;	     /* since when it runs; 0: it does not */
	uint64_t try_us, rebuild_us; /* not before */
};

/* What to do about @s at @now_us (> 0); counts what it tells to do. @can_rebuild: there is a primary
 * to copy from. */
enum replica_action replica_repair_step(struct replica_repair *r, const struct replica_status *s,
					bool can_rebuild, uint64_t now_us);
#endif
