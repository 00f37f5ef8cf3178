/* planner_input - what a plan is made of. */
#ifndef PLAN_PLANNER_INPUT_H
#define PLAN_PLANNER_INPUT_H
#include <stddef.h>

#include "src/base/str.h"

struct gate_catalog;
struct fingerprint;
struct plan_context;

struct planner_input {
	struct gate_catalog *catalog; /* borrowed; the plan takes a reference */
	const struct plan_context *context;
	const struct fingerprint *fp; /* of the statement in @text */
	struct str text;	      /* the client's text; the statement is [fp->start, fp->end) */
	size_t memory;		      /* limit for the plan's arena, bytes */
};
#endif
