/* local - statements that the gate carries out itself: transactions, USE, SET, KILL, SHOW of what
 * only the gate knows. Thread: the session's worker. */
#ifndef LOCAL_LOCAL_H
#define LOCAL_LOCAL_H
struct statement;

/* Runs st->plan (PLAN_LOCAL); ends in statement_done() or statement_fail(), now or later. */
void local_run(struct statement *st);
/* COM_STMT_PREPARE of such a statement, or of a comment alone. */
void local_prepare(struct statement *st);
#endif
