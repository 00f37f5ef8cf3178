/* machine - a whole cluster on this machine: brought up from a specification, then looked after:
 * what dies is started again. The processes are in sessions of their own; when the keeper dies
 * they go on, and the next keeper takes them over. */
#ifndef KEEPER_MACHINE_H
#define KEEPER_MACHINE_H
#include <stdbool.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/rpc/rpc_trust.h"

struct machine;
struct store;

struct machine_config {
	const char *dir;     /* where everything is; made when missing */
	const char *spec;    /* path of the specification; NULL: the one of the last time */
	const char *bin_dir; /* of our programs */
	bool force;	     /* also with a VSchema that names what does not exist */
	int progress_fd;     /* gets a line per step, the last one READY, PARTLY or FAILED;
			      * -1: none */
	/* The cluster could not be brought up (it has been said why). Runs on a thread of ours. */
	void (*failed)(void *arg);
	void *arg;
};

/* Reads the specification, decides ports and places. Nothing is started. ERR_EXISTS: a keeper looks
 * after this directory already. NULL with @e. */
struct machine *machine_open(const struct machine_config *c, struct err *e);
/* Whether the running cluster of @dir may become one of the specification @spec. *same: it is that
 * already. Changes nothing. */
int machine_check_spec(const char *dir, const char *spec, bool *same, struct err *e) MUST_CHECK;
/* The store's address, the keeper's web port, the cell. Live as long as @l. */
const char *machine_topo(const struct machine *l);
int machine_web_port(const struct machine *l);
const char *machine_cell(const struct machine *l);
/* The file with the password of the store's user root; NULL: the store needs none. */
const char *machine_topo_password(const struct machine *l);
/* After machine_start_topo(). */
struct rpc_trust machine_trust(const struct machine *l);
/* Starts the store's own server, if it needs one, and waits until it answers. Blocks. */
int machine_start_topo(struct machine *l, struct err *e) MUST_CHECK;
/* Goes on with everything else on a thread of its own. @s is borrowed until machine_close(). */
int machine_start(struct machine *l, struct store *s, struct err *e) MUST_CHECK;
/* Gives up what machine_start_topo() or the thread is waiting for. From a signal handler, too. */
void machine_cancel(struct machine *l);
/* Whether all is up; if not, appends why. Any thread. */
bool machine_ready(struct machine *l, struct buf *why);
/* Appends an HTML table of the processes. Any thread. */
void machine_print_status(struct machine *l, struct buf *html);
/* Tells the cause of a failure before machine_start() and undoes what has been started. */
void machine_abort(struct machine *l, const struct err *why);
/* Ends the thread and frees @l. The processes go on, unless the cluster was not up yet: then what
 * has been started is stopped. NULL is fine. */
void machine_close(struct machine *l);
#endif
