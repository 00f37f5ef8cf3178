/* local_int - between local.c (life, supervision) and bringup.c (the steps until all is served). */
#ifndef KEEPER_LOCAL_INT_H
#define KEEPER_LOCAL_INT_H
#include <pthread.h>
#include <stdatomic.h>

#include "src/keeper/fleet.h"
#include "src/keeper/layout.h"
#include "src/keeper/local.h"
#include "src/keeper/spec.h"
#include "src/keeper/supervise.h"

struct graph_watch;

struct local_state {
	pid_t pid, mysqld_pid; /* 0: not running */
	bool ours;	       /* started by this keeper */
	bool ready;	       /* bring-up: it has answered */
	const char *type;      /* tablets: what it serves as */
	struct supervise supervise;
};

struct local {
	struct local_config config; /* strings borrowed until local_open() returns, but dir: owned */
	char *dir;		    /* owned; absolute */
	struct spec spec;
	struct layout layout;
	struct fleet fleet;
	struct local_state *states; /* owned; by process of the fleet */
	int lock_fd;		    /* holds run/keeper.lock */
	int progress_fd;	    /* owned; -1: none (any more) */
	struct store *store;	    /* borrowed */
	struct graph_watch *watch;  /* owned */
	pthread_t thread;
	bool thread_runs;
	_Atomic int stop;
	_Atomic bool ready;
	pthread_mutex_t lock; /* of states, for local_print_status() */
	char *written;	      /* owned; cluster.json as it is on disk */
};

/* A line of progress. */
void local_say(struct local *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Starts process @i of the fleet, unless it runs. */
int local_launch(struct local *l, size_t i, struct err *e) MUST_CHECK;
/* GET from a web port of this machine: the status, body appended. */
int local_http_get(int port, const char *path, struct buf *body, struct err *e) MUST_CHECK;
enum local_group { LOCAL_ETCD, LOCAL_PRIMARIES, LOCAL_REPLICAS, LOCAL_GATES };
/* Starts all processes of a group and waits until each answers at its web port. (bringup.c) */
int local_start_group(struct local *l, enum local_group group, struct err *e) MUST_CHECK;
/* What must be there before anything starts: directories, users, data to copy. (bringup.c) */
int local_prepare(struct local *l, struct err *e) MUST_CHECK;
/* All steps after the store answers. (bringup.c) */
int local_bring_up(struct local *l, struct err *e) MUST_CHECK;
/* Makes DIR/cluster.json true. */
int local_write_file(struct local *l, struct err *e) MUST_CHECK;
#endif
