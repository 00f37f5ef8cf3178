/* target - "ks", "ks:-80", "ks/-80", "ks@replica", "ks:-80@replica", "@replica" checked against the
 * serving graph. */
#ifndef VARS_TARGET_H
#define VARS_TARGET_H
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct graph;

/* What USE and the connect database choose: "ks", "ks:-80", "ks@replica", "ks:-80@replica". */
struct session_target {
	char keyspace[65], shard[65]; /* shard empty: by vindex */
	uint8_t tablet_type;	      /* enum tablet_type of topo: primary, replica, rdonly */
};

/* ERR_BAD_DB: no such keyspace or shard, or no such tablet type. ERR_UNAVAILABLE: the shard does not
 * serve, or @graph is NULL: nothing is known yet. */
int target_parse(struct str text, const struct graph *graph, struct session_target *out,
		 struct err *e) MUST_CHECK;
/* "ks:-80@replica" into @out (room for 160). */
void target_print(const struct session_target *t, char *out, size_t room);
#endif
