/* backup - METHOD_BACKUP: a backup of the primary's mysqld as a stream, for a replica that is made
 * anew. mariadb-backup makes it while mysqld serves; a blocking thread reads it and the worker sends
 * it, a piece at a time. The trailer is the GTID position of the backup when it is not in the
 * backup itself. @arg is the query_worker.
 *
 * mariadb-backup waits at its end until no commit is under way. With durability semi_sync and no
 * replica commits wait for the very replica that the backup is for. Then InnoDB commits nothing, and
 * the backup is made without that lock: its position is that of the last commit in InnoDB, if it is
 * the same before and after. */
#ifndef MANAGER_BACKUP_H
#define MANAGER_BACKUP_H
#include "src/base/str.h"

struct rpc_reply;

void backup_start(void *arg, struct rpc_reply *r, struct str request);
#endif
