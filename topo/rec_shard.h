/* rec_shard - a shard: a key range of a keyspace and who is its primary. The record decides who the
 * primary is; a tablet that was one and is not named here any more must not serve as one. */
#ifndef TOPO_REC_SHARD_H
#define TOPO_REC_SHARD_H
#include "src/shard/keyrange.h"
#include "topo/rec.h"

struct rec_shard {
	char keyspace[REC_NAME];
	char name[KEYRANGE_NAME]; /* "-80"; "0" or "-" for an unsharded keyspace */
	char primary[REC_ALIAS];  /* "": none yet */
	int64_t primary_term;	  /* grows with every change of primary */
	int64_t primary_since_ms; /* wall clock */
};

extern const struct rec_kind rec_shard_kind;
/* global/keyspaces/<keyspace>/shards/<name>; @name "": the prefix of all shards. */
void rec_shard_key(const char *keyspace, const char *name, char key[REC_KEY]);
/* The shard that @out names (keyspace and name set); *version may be NULL. */
int rec_shard_get(struct store *s, struct rec_shard *out, int64_t *version,
		  struct err *e) MUST_CHECK;
/* @w: expect and guard are the caller's, the rest is set here. */
int rec_shard_put(struct store *s, const struct rec_shard *r, struct store_write *w,
		  struct err *e) MUST_CHECK;
#endif
