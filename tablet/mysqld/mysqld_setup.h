/* mysqld_setup - what a tablet needs inside its mysqld: the keyspace's database, the _sluice
 * schema, and a user for each purpose. All is safe to repeat. For blocking threads. */
#ifndef MYSQLD_MYSQLD_SETUP_H
#define MYSQLD_MYSQLD_SETUP_H
#include <stdbool.h>

#include "src/base/err.h"

struct control_conn;

enum { MYSQLD_PASSWORD = 41 };

/* Names of the users on the server. */
#define MYSQLD_USER_APP "sluice_app"
#define MYSQLD_USER_DBA "sluice_dba"
#define MYSQLD_USER_REPL "sluice_repl"

/* Creates or updates the users on this server alone (not in the binary log). @app gets a password
 * made fresh at each start; @repl is what replicas log in with. */
int mysqld_setup_users(struct control_conn *c, const char *app_password, const char *repl_password,
		       struct err *e) MUST_CHECK;
/* On a primary: creates @database and the _sluice schema when missing. */
int mysqld_setup_schema(struct control_conn *c, const char *database, struct err *e) MUST_CHECK;
/* Writable as a primary, or read-only. */
int mysqld_setup_read_only(struct control_conn *c, bool read_only, struct err *e) MUST_CHECK;
/* Starts replicating from @host:@port by GTID, wherever this server stands; does nothing when it
 * replicates from there already. */
int mysqld_setup_replicate(struct control_conn *c, const char *host, unsigned port,
			   const char *repl_password, struct err *e) MUST_CHECK;
/* Stops replicating for good (promotion). */
int mysqld_setup_stop_replication(struct control_conn *c, struct err *e) MUST_CHECK;
#endif
