/* plan_ahead - lexing, parsing and planning of one text as work for another thread. It knows no
 * statement: statement_ahead gives it work and takes its results. */
#ifndef EXEC_PLAN_AHEAD_H
#define EXEC_PLAN_AHEAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gate/plan/plan_cache.h"
#include "gate/vars/target.h"
#include "sql/lex/lex.h"
#include "sql/norm/fingerprint.h"
#include "src/base/buf.h"
#include "src/base/err.h"

struct gate_catalog;
struct plan;
struct statement_wait;

/* While its work runs the text and the fingerprint are in here, out of reach of the statement,
 * whose client may leave. */
struct plan_ahead {
	struct statement_wait *wait; /* the work runs */
	struct buf text;
	struct fingerprint fp;
	uint32_t at;
	uint64_t seed;
	struct lex_opts lex;
	size_t memory;
	struct err scan_error, plan_error;
	int scan_rc;
	/* Planning. */
	struct gate_catalog *catalog; /* a reference */
	struct session_target target;
	struct plan_context context; /* of @target */
	bool planned;
	struct plan *plan; /* NULL: plan_error */
};

/* NULL: out of memory. */
struct plan_ahead *plan_ahead_new(void);
/* NULL is fine. */
void plan_ahead_free(struct plan_ahead *a);
/* The work; @arg is the plan_ahead. Any thread. */
void plan_ahead_scan(void *arg);
void plan_ahead_plan(void *arg);
#endif
