/* replica_lag - how far a replica is behind its primary. */
#ifndef MANAGER_REPLICA_LAG_H
#define MANAGER_REPLICA_LAG_H

struct tablet;

/* Asks mysqld on a blocking thread, unless one is at it already, and notes it in @t->lag_ms:
 * UINT32_MAX when it does not replicate. Any thread. */
void replica_lag_poll(struct tablet *t);
#endif
