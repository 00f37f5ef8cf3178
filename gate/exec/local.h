/* local - statements that the gate answers itself: transactions, USE, SET, SHOW of what only the
 * gate knows. */
#ifndef EXEC_LOCAL_H
#define EXEC_LOCAL_H
#include <stdbool.h>
#include <stddef.h>

#include "src/base/str.h"

struct query;

/* Runs q->plan (PLAN_LOCAL); ends in query_statement_done() or query_fail(), now or later. */
void local_execute(struct query *q);
/* COM_STMT_PREPARE of such a statement. */
void local_prepare(struct query *q);

/* --- for the files of the family --- */

/* Answers OK and goes on. */
void local_ok(struct query *q);
/* A result of text columns: begin, rows (p NULL: NULL), end; then query_statement_done(). */
void local_columns(struct query *q, const char *const *name, size_t n);
void local_row(struct query *q, const struct str *value, size_t n);
void local_rows_end(struct query *q);
/* True when @name matches the SHOW statement's LIKE pattern (or there is none). */
bool local_like(struct query *q, const char *name);
/* SHOW WARNINGS, SHOW ERRORS and their counts (local_warnings.c). */
void local_show_warnings(struct query *q);
#endif
