/* spec_change - what a new specification may change of a local cluster. Shards are not changed by
 * it: that moves data. Pure. */
#ifndef KEEPER_SPEC_CHANGE_H
#define KEEPER_SPEC_CHANGE_H
#include <stdbool.h>

#include "src/base/err.h"

struct spec;

/* Whether a cluster of @old may become one of @new; @live: while it runs. If not, @e says why and
 * what to do. *same: nothing changes. */
int spec_change_check(const struct spec *old, const struct spec *new, bool live, bool *same,
		      struct err *e) MUST_CHECK;
#endif
