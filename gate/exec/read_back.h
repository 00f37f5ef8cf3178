/* read_back - user variables and LAST_INSERT_ID() that a statement may have changed on its
 * connection, read back into the session. Thread: the session's worker. */
#ifndef EXEC_READ_BACK_H
#define EXEC_READ_BACK_H
struct statement;

/* Reads what the plan's statement names, then calls @then; when that fails, st->error is set. */
void read_back(struct statement *st, void (*then)(struct statement *st));
#endif
