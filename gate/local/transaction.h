/* transaction - BEGIN, COMMIT, ROLLBACK, savepoints, UNLOCK TABLES. A transaction opens on a shard
 * with the first statement that goes there; savepoints travel with the next statement, so that
 * shards which join later know them too. Thread: the session's worker. */
#ifndef LOCAL_TRANSACTION_H
#define LOCAL_TRANSACTION_H
#include <stdbool.h>

struct statement;

void transaction_begin(struct statement *st);
void transaction_end(struct statement *st, bool rollback);
void transaction_savepoint(struct statement *st);
/* RELEASE SAVEPOINT, or ROLLBACK TO. */
void transaction_end_savepoint(struct statement *st, bool release);
void transaction_unlock_tables(struct statement *st);
#endif
