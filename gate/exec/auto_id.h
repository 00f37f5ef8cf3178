/* auto_id - which numbers an INSERT gives to its AUTO_INCREMENT column itself.
 * Thread: the session's worker. */
#ifndef EXEC_AUTO_ID_H
#define EXEC_AUTO_ID_H
#include <stdbool.h>

#include "src/base/err.h"

struct statement;

/* True when each row has a value of its own for the column, so that the server counts none:
 * LAST_INSERT_ID() stays as it is. */
bool auto_id_all_given(struct statement *st);
/* -1 (1235) when a row leaves the number to the server where each shard would count for itself. */
int auto_id_check(struct statement *st, struct err *e) MUST_CHECK;
#endif
