/* local - a whole cluster on this machine: brought up from a specification, then looked after:
 * what dies is started again. The processes are in sessions of their own; when the keeper dies
 * they go on, and the next keeper takes them over. */
#ifndef KEEPER_LOCAL_H
#define KEEPER_LOCAL_H
#include <stdbool.h>

#include "src/base/buf.h"
#include "src/base/err.h"

struct local;
struct store;

struct local_config {
	const char *dir;     /* where everything is; made when missing */
	const char *spec;    /* path of the specification; NULL: the one of the last time */
	const char *bin_dir; /* of our programs */
	int progress_fd;     /* gets a line per step, the last one READY or FAILED; -1: none */
	/* The cluster could not be brought up (it has been said why). Runs on a thread of ours. */
	void (*failed)(void *arg);
	void *arg;
};

/* Reads the specification, decides ports and places. Nothing is started. ERR_EXISTS: a keeper looks
 * after this directory already. NULL with @e. */
struct local *local_open(const struct local_config *c, struct err *e);
/* The store's address and the keeper's web port. Live as long as @l. */
const char *local_topo(const struct local *l);
int local_web_port(const struct local *l);
/* Starts the store's own server, if it needs one, and waits until it answers. Blocks. */
int local_start_topo(struct local *l, struct err *e) MUST_CHECK;
/* Goes on with everything else on a thread of its own. @s is borrowed until local_close(). */
int local_start(struct local *l, struct store *s, struct err *e) MUST_CHECK;
/* Whether all is up; if not, appends why. Any thread. */
bool local_ready(struct local *l, struct buf *why);
/* Appends an HTML table of the processes. Any thread. */
void local_print_status(struct local *l, struct buf *html);
/* Tells the cause of a failure before local_start() and undoes what has been started. */
void local_abort(struct local *l, const struct err *why);
/* Ends the thread and frees @l. The processes go on, unless the cluster was not up yet: then what
 * has been started is stopped. NULL is fine. */
void local_close(struct local *l);
#endif
