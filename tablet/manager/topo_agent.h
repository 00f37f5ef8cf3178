/* topo_agent - the tablet in the topology store: writes its own record, finds out from its shard's
 * record what it is to be, and follows that record. On threads of its own; while the store is away
 * the tablet goes on as what it was. */
#ifndef MANAGER_TOPO_AGENT_H
#define MANAGER_TOPO_AGENT_H
#include "src/base/err.h"
#include "topo/rec_tablet.h"

struct tablet;
struct topo_agent;

struct topo_agent_options {
	const char *store; /* address; borrowed */
	const char *user, *password_file;
	struct rec_tablet record; /* what to write; its type is what the tablet was started as */
};

/* Starts; from then on the tablet's type comes from the store. NULL with @e. */
struct topo_agent *topo_agent_new(struct tablet *t, const struct topo_agent_options *o,
				  struct err *e);
/* Stops; the records stay. NULL is fine. */
void topo_agent_free(struct topo_agent *a);
#endif
