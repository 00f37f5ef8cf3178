/* mysqld_manager_int - between mysqld_manager.c (the thread and the process), mysqld_become.c
 * (making mysqld what it is to be) and mysqld_watch.c (replication and semi-sync, looked at and
 * repaired). All on the manager's thread but for what is guarded by m. */
#ifndef MYSQLD_MYSQLD_MANAGER_INT_H
#define MYSQLD_MYSQLD_MANAGER_INT_H
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "tablet/mysqld/control_conn.h"
#include "tablet/mysqld/mysqld_config.h"
#include "tablet/mysqld/replica_repair.h"

enum { MYSQLD_PING_TIMEOUT_S = 5 };

struct mysqld_manager {
	struct mysqld_manager_options o;
	struct mysqld_manager_callbacks fn;
	pthread_t thread;
	int wake_fd; /* owned; readable: something of the below has changed for the thread */
	pthread_mutex_t m;
	struct mysqld_role role; /* guarded by m */
	bool role_changed;	 /* guarded by m */
	bool role_applied;	 /* guarded by m */
	_Atomic bool stop;
	_Atomic bool denied; /* a login of the app user was refused: set up the users again */
	_Atomic int state;
	_Atomic pid_t pid;
	bool adopted;
	bool rebuild;	      /* the data is made anew from the primary */
	bool noted_replica;   /* the role file says so */
	uint64_t compared_us; /* when the replica was last found to hold nothing of its own */
	char reason[400];     /* of the state */
	char identity[SHARD_IDENTITY];	   /* guarded by m */
	_Atomic bool hold;		   /* replication is not repaired */
	struct semi_sync_status semi_sync; /* guarded by m */
	struct replica_status replica;
	struct replica_repair repair;
	unsigned healthy_metric, lag_metric, restarts_metric, rebuilds_metric;
	unsigned acknowledging_metric, waiting_metric;
	char socket[128], app_password[MYSQLD_PASSWORD], admin_password[MYSQLD_PASSWORD];
	char os_user[64];
};

/* A connection for control work; as mysqld_manager_login(), and in a directory of an older version
 * root without a password. */
struct control_conn *mysqld_manager_connect(struct mysqld_manager *m, unsigned timeout_s,
					    struct err *e);
/* Makes mysqld what it was last asked to be. -1, ERR_CONFLICT: its data is not that shard's.
 * (mysqld_become.c) */
int mysqld_become_role(struct mysqld_manager *m, struct control_conn *c, struct err *e) MUST_CHECK;
/* Makes it replicate as @r says. */
int mysqld_become_replica(struct mysqld_manager *m, struct control_conn *c,
			  const struct mysqld_role *r, struct err *e) MUST_CHECK;
/* Remembers what mysqld is from now on; one that somebody else runs recovers as he says. */
int mysqld_become_remember(struct mysqld_manager *m, bool primary, bool semi_sync,
			   struct err *e) MUST_CHECK;
/* Looks at a replica's replication and repairs it; sets m->rebuild when the replica must be made
 * anew. (mysqld_watch.c) */
void mysqld_watch_replica(struct mysqld_manager *m);
/* mysqld does not run. */
void mysqld_watch_lost(struct mysqld_manager *m, const char *why);
/* Looks at how a primary's commits wait; one that does not although it shall is made to. */
void mysqld_watch_semi_sync(struct mysqld_manager *m);
#endif
