/* mysqld_config - what the manager of a mysqld is told at its start, and what it tells. */
#ifndef MYSQLD_MYSQLD_CONFIG_H
#define MYSQLD_MYSQLD_CONFIG_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"
#include "src/rpc/rpc_trust.h"
#include "tablet/mysqld/mysqld_process.h"
#include "tablet/mysqld/mysqld_role.h"
#include "tablet/mysqld/mysqld_users.h"
#include "tablet/mysqld/replica_status.h"
#include "tablet/mysqld/semi_sync.h"

/* REFUSED: its data is not what this tablet is to serve; the reason says why and what to do. */
enum mysqld_state {
	MYSQLD_STARTING,
	MYSQLD_READY,
	MYSQLD_DOWN,
	MYSQLD_STOPPED,
	MYSQLD_REFUSED
};

/* "starting", "ready", ... */
const char *mysqld_state_name(enum mysqld_state state);

struct mysqld_manager_options {
	struct mysqld_options process; /* unused when attaching */
	const char *attach_socket;     /* a mysqld that somebody else runs; NULL: start our own */
	const char *attach_user, *attach_password;
	const char *database; /* the keyspace's, named as it is */
	const char *shard;
	struct rpc_trust rpc; /* of the shard's tablets, for copying */
	const char *repl_password;
	/* With a topology store a replica is not started before it knows its primary. */
	bool has_store;
	struct mysqld_role role; /* what it is to be at first */
	bool leave_running;	 /* at the end, do not stop the mysqld we started */
};

/* Called on the manager's thread at each change. */
typedef void (*mysqld_state_fn)(void *arg, enum mysqld_state state, const char *reason);

/* Called on the manager's thread when a replica's replication was looked at. */
typedef void (*mysqld_replica_fn)(void *arg, const struct replica_status *s);

struct mysqld_manager_callbacks {
	mysqld_state_fn state;
	mysqld_replica_fn replica;
	void *arg;
};
#endif
