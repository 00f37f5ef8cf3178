/* mysqld_clone - makes a replica's data directory from a backup of its primary, streamed by the
 * primary's tablet (METHOD_BACKUP). The copy is made beside the data directory and takes its place
 * only when it is whole; what an interrupted copy left is thrown away by the next one. It carries
 * all that the primary's mysqld holds. Blocks; for the manager's thread. */
#ifndef MYSQLD_MYSQLD_CLONE_H
#define MYSQLD_MYSQLD_CLONE_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"
#include "src/rpc/rpc_trust.h"

struct control_conn;

struct mysqld_clone {
	const char *dir;    /* the tablet's; data/ is in it */
	const char *source; /* RPC address of the primary's tablet */
	struct rpc_trust rpc;
	const char *keyspace, *shard;
	bool keep_old; /* the data replaced stays as data.old: it may hold what others do not */
	const _Atomic bool *stop;			/* set: give up */
	void (*progress)(void *arg, uint64_t bytes); /* received so far; now and then */
	void *arg;
};

int mysqld_clone_run(const struct mysqld_clone *c, struct err *e) MUST_CHECK;
/* On a mysqld that was started on a copy, before it replicates: sets the position that the copy was
 * taken at. Does nothing on another one. */
int mysqld_clone_set_position(const char *dir, struct control_conn *c, struct err *e) MUST_CHECK;
#endif
