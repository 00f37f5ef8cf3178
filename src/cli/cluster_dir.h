/* cluster_dir - the directory of a local cluster as sluicectl sees it: which of its processes run,
 * and how to stop them. */
#ifndef CLI_CLUSTER_DIR_H
#define CLI_CLUSTER_DIR_H
#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "src/base/err.h"

struct cluster_dir {
	char path[PATH_MAX]; /* absolute */
	int lock_fd;	     /* one up or down at a time; -1: not locked */
};

/* @make: also makes the directory when it is missing; takes the lock when @lock. */
int cluster_dir_open(const char *path, bool make, bool lock, struct cluster_dir *d,
		     struct err *e) MUST_CHECK;
void cluster_dir_close(struct cluster_dir *d);
/* The process called @name ("keeper", "gate-1"), if it runs; else 0. */
pid_t cluster_dir_find(const struct cluster_dir *d, const char *name);
/* Stops everything that runs, in order, telling each on standard output unless @quiet: keeper,
 * gates, tablets, their mysqlds, the store. Returns how many it found. */
int cluster_dir_stop(const struct cluster_dir *d, bool quiet);
#endif
