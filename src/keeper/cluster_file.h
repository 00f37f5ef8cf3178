/* cluster_file - DIR/cluster.json: what runs where, for scripts. Pure. */
#ifndef KEEPER_CLUSTER_FILE_H
#define KEEPER_CLUSTER_FILE_H
#include <stdbool.h>
#include <sys/types.h>

#include "src/base/buf.h"

struct cJSON;
struct fleet;
struct fleet_process;

struct cluster_file {
	const struct fleet *fleet;
	pid_t keeper_pid;
	const pid_t *pids;	  /* by process of the fleet; 0: not running */
	const pid_t *mysqld_pids; /* likewise; 0 for what is no tablet */
	const char *const *types; /* likewise: "primary", "replica", ...; NULL for no tablet */
};

void cluster_file_print(const struct cluster_file *c, struct buf *out);
/* Whether the file with the content @doc names @p. */
bool cluster_file_has(struct cJSON *doc, const struct fleet_process *p);
#endif
