/* planner - a statement's text to a plan. A ladder: each rung either plans the statement or says
 * why it cannot, and the next one tries; the last reason is the client's error.
 *
 * Targeted sessions ("USE ks:-80") and unsharded keyspaces take whole statements as they are; then
 * come single-shard statements by vindex, then scatter with merging. What none can do is
 * ERR_UNSUPPORTED (1235) with a sentence that names the construct. */
#ifndef PLAN_PLANNER_H
#define PLAN_PLANNER_H
#include "src/base/err.h"

struct plan;
struct planner_input;

/* NULL with @e: ERR_SYNTAX, ERR_UNSUPPORTED, ERR_NO_DB, ERR_NO_TABLE, ... The caller frees the plan
 * with plan_free() (or hands it to the cache). */
struct plan *planner_build(const struct planner_input *in, struct err *e);
#endif
