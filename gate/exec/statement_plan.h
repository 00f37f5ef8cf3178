/* statement_plan - from a command's text to the plan of its next statement, and the parameters of
 * COM_STMT_EXECUTE. Thread: the session's worker. */
#ifndef EXEC_STATEMENT_PLAN_H
#define EXEC_STATEMENT_PLAN_H
#include <stdbool.h>

#include "src/base/err.h"

struct statement;

/* Finds where the statement at st->at ends and its fingerprint. ERR_SYNTAX, ERR_NEED_REPREPARE. */
int statement_plan_scan(struct statement *st, struct err *e) MUST_CHECK;
/* Gives a prepared statement its fingerprint back, if @st has it. */
void statement_plan_return_fingerprint(struct statement *st);
/* True: the text is long and its plan in no cache; another thread makes it, and @then runs once it is
 * there for statement_plan_find() (@ok false: out of memory). */
bool statement_plan_later(struct statement *st, void (*then)(struct statement *st, bool ok));
/* Its plan into st->plan, from the cache or made anew; st->scatter asks for the plan that goes to
 * several shards. Also where it runs: st->target, st->keyspace. */
int statement_plan_find(struct statement *st, struct err *e) MUST_CHECK;
/* COM_STMT_EXECUTE's parameters into st->param. */
int statement_plan_params(struct statement *st, struct err *e) MUST_CHECK;
#endif
