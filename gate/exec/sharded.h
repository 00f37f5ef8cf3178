/* sharded - runs a statement on the shards of its plan: finds them, starts a call on each, and
 * hands what they bring to the statement's kind. Thread: the session's worker. */
#ifndef EXEC_SHARDED_H
#define EXEC_SHARDED_H
struct statement;

/* Runs @st, whose plan is not of the gate's own; the session's transaction is as it shall be. */
void sharded_run(struct statement *st);
#endif
