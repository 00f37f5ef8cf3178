/* mysqld_setup - what a tablet needs inside its mysqld: the keyspace's database, the _sluice
 * schema, replication. All is safe to repeat. For blocking threads. */
#ifndef MYSQLD_MYSQLD_SETUP_H
#define MYSQLD_MYSQLD_SETUP_H
#include <stdbool.h>

#include "src/base/err.h"

struct control_conn;

/* On a primary: creates @database and the _sluice schema when missing; writes nothing when they are
 * there. @initialised: mysqld holds the shard's data already, and a missing database is ERR_CONFLICT.
 */
int mysqld_setup_schema(struct control_conn *c, const char *database, bool initialised,
			struct err *e) MUST_CHECK;
/* Writable as a primary, or read-only. */
int mysqld_setup_read_only(struct control_conn *c, bool read_only, struct err *e) MUST_CHECK;
/* Closes all connections of applications, so that what they wait for is not acknowledged. */
int mysqld_setup_kill_apps(struct control_conn *c, struct err *e) MUST_CHECK;
/* Starts replicating from @host:@port by GTID, wherever this server stands; does nothing when it
 * replicates from there already. */
int mysqld_setup_replicate(struct control_conn *c, const char *host, unsigned port,
			   const char *repl_password, struct err *e) MUST_CHECK;
/* Stops replicating once all that was received has been applied: nothing that was acknowledged to the
 * primary is thrown away with the relay log. ERR_UNAVAILABLE: not applied in time, ask again. */
int mysqld_setup_pause_replication(struct control_conn *c, struct err *e) MUST_CHECK;
/* Stops replicating at once: these are not the shard's data. */
int mysqld_setup_halt_replication(struct control_conn *c, struct err *e) MUST_CHECK;
/* Stops replicating for good (promotion), after all that was received has been applied: it may have
 * been acknowledged. -1 also when that does not come to an end. */
int mysqld_setup_stop_replication(struct control_conn *c, struct err *e) MUST_CHECK;
#endif
