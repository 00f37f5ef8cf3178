/* machine_int - between machine.c (life, supervision) and bringup.c (the steps until all is
 * served). */
#ifndef KEEPER_MACHINE_INT_H
#define KEEPER_MACHINE_INT_H
#include <pthread.h>
#include <stdatomic.h>

#include "src/keeper/fleet.h"
#include "src/keeper/layout.h"
#include "src/keeper/machine.h"
#include "src/keeper/spec.h"
#include "src/keeper/supervise.h"

struct graph_watch;

struct machine_state {
	pid_t pid, mysqld_pid; /* 0: not running */
	bool ours;	       /* started by this keeper */
	bool fresh;	       /* a tablet's: there were no data before this keeper started it */
	bool ready;	       /* bring-up: it has answered */
	bool resumed;	  /* it was up before: when it dies during bring-up it is started again */
	const char *type; /* tablets: what it serves as */
	bool primary;	  /* bring-up, tablets: starts before the others of its shard */
	struct supervise supervise;
};

struct machine {
	struct machine_config
		config; /* strings borrowed until machine_open() returns, but dir: owned */
	char *dir;	/* owned; absolute */
	struct spec spec;
	struct layout layout;
	struct fleet fleet;
	struct machine_state *states; /* owned; by process of the fleet */
	int lock_fd;		      /* holds run/keeper.lock */
	int progress_fd;	      /* owned; -1: none (any more) */
	int wake_fd;		      /* owned: an eventfd, readable once stop is set */
	struct store *store;	      /* borrowed */
	struct buf rpc_secret;	      /* read by machine_prepare() */
	struct graph_watch *watch;    /* owned */
	pthread_t thread;
	bool thread_runs;
	_Atomic int stop;
	_Atomic bool ready;
	pthread_mutex_t lock; /* of states, for machine_print_status() */
	char *written;	      /* owned; cluster.json as it is on disk */
};

/* A line of progress. */
void machine_say(struct machine *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Starts process @i of the fleet, unless it runs. */
int machine_launch(struct machine *l, size_t i, struct err *e) MUST_CHECK;
/* Looks once at process @i and starts it again when it has died; true when something changed. */
bool machine_look_after(struct machine *l, size_t i);
/* GET from a web port of this machine: the status, body appended. */
int machine_http_get(int port, const char *path, struct buf *body, struct err *e) MUST_CHECK;
enum machine_group { MACHINE_ETCD, MACHINE_PRIMARIES, MACHINE_REPLICAS, MACHINE_GATES };
/* Starts all processes of a group and waits until each answers at its web port; meanwhile those
 * that were up before are looked after. *partly: one of these is not ready in time. (bringup.c) */
int machine_start_group(struct machine *l, enum machine_group group, bool *partly,
			struct err *e) MUST_CHECK;
/* What must be there before anything starts: directories, users, data to copy. (bringup.c) */
int machine_prepare(struct machine *l, struct err *e) MUST_CHECK;
/* Gives etcd a password, once. (bringup.c) */
int machine_guard_etcd(struct machine *l, struct err *e) MUST_CHECK;
/* All steps after the store answers. What was up before and is not ready in time is no failure:
 * *partly is set. (bringup.c) */
int machine_bring_up(struct machine *l, bool *partly, struct err *e) MUST_CHECK;
/* Makes DIR/cluster.json true. */
int machine_write_file(struct machine *l, struct err *e) MUST_CHECK;
#endif
