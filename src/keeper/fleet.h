/* fleet - the processes of a local cluster as a table: command lines, ports, places. Made from spec
 * and layout; changes nothing but the layout. */
#ifndef KEEPER_FLEET_H
#define KEEPER_FLEET_H
#include <stdbool.h>
#include <stddef.h>

#include "src/base/arena.h"
#include "src/base/err.h"

struct layout;
struct spec;

enum fleet_kind { FLEET_ETCD, FLEET_TABLET, FLEET_GATE };
enum { FLEET_ARGS = 48, FLEET_SOCKET_PATH = 107 };

struct fleet_process {
	enum fleet_kind kind;
	const char *name; /* "etcd", "tablet-zone1-100", "gate-1" */
	const char *argv[FLEET_ARGS];
	size_t argc;
	const char *pid_file, *log;
	const char *dir; /* where it runs; NULL: anywhere */
	int web_port;	    /* etcd: the client port */
	int mysql_port;	    /* of a gate; of a tablet's mysqld */
	const char *socket; /* likewise */
	/* Tablets only. */
	const char *alias, *keyspace, *shard, *data_dir;
	bool primary; /* meant to be the shard's first primary */
};

struct fleet {
	struct arena arena; /* holds all below */
	const char *dir;    /* absolute */
	const char *topo;   /* the store's address */
	const char *topo_password; /* file with that of its user root; NULL: none is needed */
	int keeper_web_port;
	struct fleet_process *processes; /* etcd, gates, tablets */
	size_t count, cap;
};

/* @bin_dir is where our programs are. fleet_fini() ends it, also after an error. */
int fleet_build(const struct spec *s, struct layout *l, const char *dir, const char *bin_dir,
		struct fleet *out, struct err *e) MUST_CHECK;
void fleet_fini(struct fleet *f);
/* The mysqld of a tablet, if it runs; else 0. */
int fleet_mysqld_pid(const struct fleet_process *tablet);
#endif
