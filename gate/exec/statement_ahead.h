/* statement_ahead - texts that are long enough to hold up a worker's other clients are lexed,
 * parsed and planned on another thread, ahead of statement_plan. Thread: the session's worker. */
#ifndef EXEC_STATEMENT_AHEAD_H
#define EXEC_STATEMENT_AHEAD_H
#include <stdbool.h>

#include "src/base/err.h"

struct plan;
struct plan_context;
struct statement;

/* True: the text is long and not lexed yet; @then runs once it is, and st->ahead is set. @ok false:
 * out of memory. Until then @st has neither text nor fingerprint. */
bool statement_ahead_scan(struct statement *st, void (*then)(struct statement *st, bool ok));
/* The same for the plan of a long text that has been scanned and is in no cache: @ctx is what it
 * depends on. */
bool statement_ahead_plan(struct statement *st, const struct plan_context *ctx,
			  void (*then)(struct statement *st, bool ok));
/* What lexing came to: 0, or -1 and *e. */
int statement_ahead_scanned(const struct statement *st, struct err *e) MUST_CHECK;
/* The plan, which is the caller's; NULL with @e: planning failed. False: there is none, or one of
 * another catalog or context. */
bool statement_ahead_take(struct statement *st, const struct plan_context *ctx, struct plan **plan,
			  struct err *e);
#endif
