/* read_back - user variables and LAST_INSERT_ID() that a statement may have changed on its
 * connection, read back into the session. Thread: the session's worker. */
#ifndef EXEC_READ_BACK_H
#define EXEC_READ_BACK_H
#include <stdbool.h>

struct statement;

/* Whether @st may have changed some: its connection is to be held until they have been read. */
bool read_back_wanted(const struct statement *st);
/* Reads what the plan's statement names, or all variables that its connection has when stored code
 * may have set any; then calls @then. When that fails, st->error is set, unless it was before. */
void read_back(struct statement *st, void (*then)(struct statement *st));
#endif
