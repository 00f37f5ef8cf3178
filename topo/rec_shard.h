/* rec_shard - a shard: a key range of a keyspace and who is its primary. The record decides who the
 * primary is; a tablet that was one and is not named here any more must not serve as one. */
#ifndef TOPO_REC_SHARD_H
#define TOPO_REC_SHARD_H
#include "src/shard/keyrange.h"
#include "topo/rec.h"

enum { REC_IDENTITY = 33 };

struct rec_shard {
	char keyspace[REC_NAME];
	char name[KEYRANGE_NAME]; /* "-80"; "0" or "-" for an unsharded keyspace */
	char primary[REC_ALIAS];  /* "": none yet */
	int64_t primary_term;	  /* grows with every change of primary */
	int64_t primary_since_ms; /* wall clock */
	/* Takes no part in routing: made beside shards of the same range, to be filled first. A
	 * serving record of a cell (rec_serving.h) goes before it. */
	bool not_serving;
	/* Set when the first primary's data was made, never changed: the same id is in the data
	 * (_sluice.identity). "": not initialised. */
	char identity[REC_IDENTITY];
};

extern const struct rec_kind rec_shard_kind;
/* global/keyspaces/<keyspace>/shards/<name>; @name "": the prefix of all shards. */
void rec_shard_key(const char *keyspace, const char *name, char key[REC_KEY]);
/* The shard that @out names (keyspace and name set); *version may be NULL. */
int rec_shard_get(struct store *s, struct rec_shard *out, int64_t *version,
		  struct err *e) MUST_CHECK;
/* Before a new shard's record is written: sets @r->not_serving when its range overlaps that of a
 * serving shard of the keyspace, which would not be served any more. -1 with ERR_EXISTS: there is a
 * shard of the same range. Callers that run at the same time hold locks/shards/<keyspace>. */
int rec_shard_place(struct store *s, struct rec_shard *r, struct err *e) MUST_CHECK;
/* @w: expect and guard are the caller's, the rest is set here. */
int rec_shard_put(struct store *s, const struct rec_shard *r, struct store_write *w,
		  struct err *e) MUST_CHECK;
#endif
