/* backup - METHOD_BACKUP: a backup of the primary's mysqld as a stream, for a replica that is made
 * anew. mariadb-backup makes it while mysqld serves; a blocking thread reads it and the worker sends
 * it, a piece at a time. @arg is the query_worker. */
#ifndef MANAGER_BACKUP_H
#define MANAGER_BACKUP_H
#include "src/base/str.h"

struct rpc_reply;

void backup_start(void *arg, struct rpc_reply *r, struct str request);
#endif
