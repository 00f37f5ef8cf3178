/* set - the SET statement: autocommit and sql_mode mean something to the gate, user variables are
 * kept here, every other session variable is tried out on a shard and then goes with each of the
 * session's statements. */
#ifndef EXEC_SET_H
#define EXEC_SET_H

struct query;

void set_execute(struct query *q);
#endif
