/* tablet - what this process serves: the shard, its role, and whether it can serve. Shared by all
 * threads. */
#ifndef STATE_TABLET_H
#define STATE_TABLET_H
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "tablet/mysqld/mysqld_manager.h"
#include "topo/rec_tablet.h"

struct blocking;
struct json_out;
struct schema;

enum { TABLET_WORKERS_MAX = 64, TABLET_NOT_DECIDED = -1 };

struct tablet {
	/* Fixed before the workers start. */
	const char *alias, *keyspace, *shard;
	const char *mysqld_address; /* "unix:/path" */
	const char *app_password;   /* of MYSQLD_USER_APP */
	const char *admin_password; /* of MYSQLD_USER_ADMIN */
	struct mysqld_manager *mysqld;
	struct blocking *blocking;
	struct schema *schema;
	/* Told, on any thread, when something below changed that watchers are told of. */
	void (*changed)(void *arg);
	void *changed_arg;
	uint32_t max_replica_lag_ms; /* a replica further behind is not read from; 0: any */
	/* Change while it runs. */
	_Atomic int type;      /* enum tablet_type, or TABLET_NOT_DECIDED: serves as nothing yet */
	_Atomic uint64_t term; /* of the primary; grows with each change of it */
	_Atomic int mysqld_state;
	_Atomic uint64_t down_since_us; /* of clk_mono_us(); 0: mysqld is not MYSQLD_DOWN */
	_Atomic bool draining;
	_Atomic unsigned backups; /* under way for replicas */
	_Atomic bool replica_healthy; /* a replica: statements may read from it */
	_Atomic uint32_t connections_used, connections_max; /* to mysqld, of all workers */
	pthread_mutex_t m;
	char reason[400];	       /* why mysqld is not ready; guarded by m */
	struct replica_status replica; /* guarded by m */
};

void tablet_init(struct tablet *t, const char *alias, const char *keyspace, const char *shard);
void tablet_fini(struct tablet *t);
/* Whether statements can be run, and if not why (cut to @room). Any thread. */
bool tablet_serving(struct tablet *t, char *reason, size_t room);
/* Whether a request meant for a tablet of @type of this shard is in the right place. -1:
 * ERR_NOT_FOUND, ERR_NOT_PRIMARY (another type than asked for) or ERR_UNAVAILABLE. */
int tablet_check_target(struct tablet *t, const char *keyspace, const char *shard, uint32_t type,
			struct err *e) MUST_CHECK;
/* Whether new statements and sessions are taken: not while draining. -1: ERR_SHUTDOWN. */
int tablet_check_open(struct tablet *t, struct err *e) MUST_CHECK;
/* Whether a replica may be read from; true for a primary. -1: ERR_UNAVAILABLE saying why not. */
int tablet_check_replica(struct tablet *t, struct err *e) MUST_CHECK;
/* Any thread; the workers send the change to watchers. */
void tablet_set_mysqld(struct tablet *t, enum mysqld_state state, const char *reason);
/* How a replica replicates. */
void tablet_set_replica(struct tablet *t, const struct replica_status *s);
/* A copy of it; false when the tablet is no replica. */
bool tablet_replica(struct tablet *t, struct replica_status *out);
/* The member "durability" of a primary's status: {"mode", "on", "replicas", "waiting", "problem"}.
 */
void tablet_print_durability(struct tablet *t, struct json_out *o);
/* The member "replication" of a replica's status: {"state", "problem", "lag_ms" (null: unknown)}. */
void tablet_print_replica(struct tablet *t, struct json_out *o);
void tablet_set_type(struct tablet *t, int type, uint64_t term);
/* Calls @t->changed. */
void tablet_changed(struct tablet *t);
/* "primary", ..., "undecided". */
const char *tablet_type_text(const struct tablet *t);
#endif
