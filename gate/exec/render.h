/* render - the text (and parameters) of a statement for one shard: the client's own text, or a
 * plan's pieces with slots, lists and limits filled in. */
#ifndef EXEC_RENDER_H
#define EXEC_RENDER_H
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct statement;

struct rendered {
	struct str sql;
	uint32_t *param; /* ordinals of the parameters in it, in order; NULL: all of the client's */
	uint32_t params;
};
/* For target number @target of st->resolved. Lives in the statement's arena, or is the client's
 * text. */
int render_target(struct statement *st, unsigned target, struct rendered *out,
		  struct err *e) MUST_CHECK;
/* The numbers of the plan's LIMIT. */
int render_limit(struct statement *st, uint64_t *offset, uint64_t *count, struct err *e) MUST_CHECK;
#endif
