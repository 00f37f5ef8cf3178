/* mysqld_manager - keeps the tablet's mysqld running and set up: makes its directory, starts it (or
 * attaches to one that runs), creates users and schema, restarts it when it dies, watches that it
 * answers. One thread of its own; state is handed to a callback.
 *
 * STARTING -> READY <-> DOWN -> STARTING ... -> STOPPED, REFUSED from STARTING or DOWN.
 *
 * A mysqld of our own is started only when it is known what it is to be, since that decides how it
 * recovers (mysqld_role.h); one that runs already is taken over, read-only. */
#ifndef MYSQLD_MYSQLD_MANAGER_H
#define MYSQLD_MYSQLD_MANAGER_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "src/base/err.h"
#include "tablet/mysqld/mysqld_config.h"

struct mysqld_manager;
struct control_login;

/* Starts the thread. Strings of @o are borrowed as long as the manager lives. */
struct mysqld_manager *mysqld_manager_new(const struct mysqld_manager_options *o,
					  const struct mysqld_manager_callbacks *fn, struct err *e);
/* Stops mysqld (unless told to leave it) and the thread. */
void mysqld_manager_free(struct mysqld_manager *m);
/* For reading: the socket to speak to, the application user's password, mysqld's pid (0: none). */
const char *mysqld_manager_socket(const struct mysqld_manager *m);
const char *mysqld_manager_app_password(const struct mysqld_manager *m);
const char *mysqld_manager_admin_password(const struct mysqld_manager *m);
pid_t mysqld_manager_pid(const struct mysqld_manager *m);
enum mysqld_state mysqld_manager_state(const struct mysqld_manager *m);
/* How to log in for control work (over the socket as the operating system's user, or the attach
 * user), */
void mysqld_manager_login(const struct mysqld_manager *m, struct control_login *out);
/* and for work with the rights of applications only. */
void mysqld_manager_app_login(const struct mysqld_manager *m, struct control_login *out);
/* mysqld refused a login of the app user: the thread sets its users up again. Any thread. */
void mysqld_manager_denied(struct mysqld_manager *m);
/* Changes what it is to be; nothing when it is to be that already. Carried out by the thread; any
 * thread may ask. */
void mysqld_manager_set_role(struct mysqld_manager *m, const struct mysqld_role *role);
/* Carries the role out once more, replication above all, when it was changed by hand. */
void mysqld_manager_reapply(struct mysqld_manager *m);
/* The identity of the data, once it was found to be the shard's; "" before. */
void mysqld_manager_identity(struct mysqld_manager *m, char out[SHARD_IDENTITY]);
/* How a primary's commits wait for replicas, as it was seen last. */
void mysqld_manager_semi_sync(struct mysqld_manager *m, struct semi_sync_status *out);
/* Whether replication that does not run is left alone (an operator stopped it) or repaired. */
void mysqld_manager_hold_replication(struct mysqld_manager *m, bool hold);
/* What it was last asked to be. */
void mysqld_manager_get_role(struct mysqld_manager *m, struct mysqld_role *out);
/* Whether mysqld is up and is what it was last asked to be. */
bool mysqld_manager_role_applied(struct mysqld_manager *m);
#endif
