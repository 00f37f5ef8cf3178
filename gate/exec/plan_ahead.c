#include "gate/exec/plan_ahead.h"

#include <stdlib.h>

#include "gate/catalog/catalog.h"
#include "gate/plan/plan.h"
#include "gate/plan/planner.h"
#include "gate/plan/planner_input.h"

struct plan_ahead *plan_ahead_new(void)
{
	struct plan_ahead *a = calloc(1, sizeof(*a));

	if (a) {
		fingerprint_init(&a->fp);
		buf_init(&a->text);
	}
	return a;
}

void plan_ahead_free(struct plan_ahead *a)
{
	if (!a)
		return;
	fingerprint_fini(&a->fp);
	buf_fini(&a->text);
	if (a->plan)
		plan_free(a->plan);
	snapshot_put(a->catalog ? &a->catalog->snap : NULL);
	free(a);
}

void plan_ahead_scan(void *arg)
{
	struct plan_ahead *a = arg;

	a->scan_rc = fingerprint_scan(&a->fp, &a->lex, buf_slice(&a->text), a->at, a->seed,
				      &a->scan_error);
}

void plan_ahead_plan(void *arg)
{
	struct plan_ahead *a = arg;
	struct planner_input in = {.catalog = a->catalog,
				   .context = &a->context,
				   .fp = &a->fp,
				   .text = buf_slice(&a->text),
				   .memory = a->memory};

	a->plan = planner_build(&in, &a->plan_error);
	a->planned = true;
}
