/* spec - what a local cluster is to be (doc/cluster-spec.md): read strictly, checked whole. */
#ifndef KEEPER_SPEC_H
#define KEEPER_SPEC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

/* Times as text that options take ("30s"); NULL: the programs' own. */
struct spec_limits {
	const char *query_timeout, *idle_timeout, *net_write_timeout;
	const char *pool_wait; /* not of users */
};

struct spec_user {
	const char *name, *password; /* in clear; "" for none */
	struct spec_limits limits;
	bool process; /* sees, and may kill, the sessions of others */
	bool admin;   /* may administer the servers */
};

struct spec_keyspace {
	const char *name;
	const char **shards;
	size_t shard_count;
	int32_t replicas;	      /* per shard, besides the primary */
	const char *schema, *vschema; /* absolute paths; NULL: none */
	const char *durability;	      /* "none" or "semi_sync" */
	bool made;		      /* bring-up: its record was made just now */
};

struct spec {
	struct arena arena; /* holds all below */
	bool etcd;	    /* else the embedded store */
	int32_t gates;
	int32_t mysql_port, web_port; /* 0: any free one */
	int32_t workers;	      /* threads of a gate */
	const char *io;		      /* of gates and tablets: auto, epoll, uring */
	bool rpc_tcp;		      /* tablets listen on TCP ports for gates, not on unix sockets */
	int64_t buffer_pool;	      /* bytes, of each mysqld */
	bool durable;		      /* mysqlds sync at each commit */
	int64_t binlog_expire_s;      /* mysqlds remove binary logs that are older; 0: never */
	int64_t max_replica_lag;      /* microseconds; replicas further behind are not read from */
	const char *cell;
	struct spec_limits limits;
	struct {
		struct spec_user *v; /* owned */
		size_t len, cap;
	} users;
	struct {
		struct spec_keyspace *v; /* owned */
		size_t len, cap;
	} keyspaces;
};

/* Reads @text; relative paths in it are below @base (absolute); NULL: paths are taken as they are,
 * whether the files are there or not. Every mistake is an error that
 * names field and line. Fills *out, which spec_fini() ends (also after an error). */
int spec_read(struct str text, const char *base, struct spec *out, struct err *e) MUST_CHECK;
/* The same from a file; paths are relative to where it is. */
int spec_load(const char *path, struct spec *out, struct err *e) MUST_CHECK;
void spec_fini(struct spec *s);
/* Appends it as JSON, with absolute paths. */
void spec_print(const struct spec *s, struct buf *out);
/* Appends a users file for gates: passwords hashed as caching_sha2_password does, with fresh salt.
 */
int spec_print_users(const struct spec *s, struct buf *out, struct err *e) MUST_CHECK;
#endif
