/* resolved - the shards that a statement goes to. */
#ifndef EXEC_RESOLVED_H
#define EXEC_RESOLVED_H
#include <stdint.h>

struct graph_shard;

/* The shards of a statement, in the order of their key ranges. Lives in the statement's arena. */
struct resolved {
	const struct graph_shard **target; /* borrowed from the catalog */
	unsigned targets;
	/* For the (one) route over a group or a list: the index in target[] of each row, or
	 * RESOLVED_NOWHERE, or RESOLVED_EVERYWHERE. NULL when no route has rows. */
	uint16_t *row_target;
	uint32_t rows;
};
enum { RESOLVED_NOWHERE = 0xffff, RESOLVED_EVERYWHERE = 0xfffe };
#endif
