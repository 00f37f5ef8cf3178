/* rec_keyspace - a keyspace: one database for applications, in one or more shards. */
#ifndef TOPO_REC_KEYSPACE_H
#define TOPO_REC_KEYSPACE_H
#include "topo/rec.h"

struct rec_keyspace {
	char name[REC_NAME];	   /* also the physical database's name on every mysqld */
	bool sharded;		   /* its tables are spread by vindexes */
	char durability[REC_NAME]; /* "none" or "semi_sync": what a commit waits for */
};

#define REC_KEYSPACE_PREFIX "global/keyspaces/"
extern const struct rec_kind rec_keyspace_kind;
/* global/keyspaces/<keyspace>/keyspace */
void rec_keyspace_key(const char *keyspace, char key[REC_KEY]);
int rec_keyspace_get(struct store *s, const char *keyspace, struct rec_keyspace *out,
		     int64_t *version, struct err *e) MUST_CHECK;
int rec_keyspace_put(struct store *s, const struct rec_keyspace *r, int64_t expect,
		     struct err *e) MUST_CHECK;
#endif
