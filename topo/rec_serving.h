/* rec_serving - which shards of a keyspace serve in a cell, for each kind of tablet: the result of
 * traffic switches while data is resharded. Without this record all shards serve. */
#ifndef TOPO_REC_SERVING_H
#define TOPO_REC_SERVING_H
#include "src/shard/keyrange.h"
#include "topo/rec.h"
#include "topo/rec_tablet.h"

struct rec_serving_shard {
	char name[KEYRANGE_NAME];
	bool serves[TABLET_TYPES]; /* by enum tablet_type; SPARE never */
};

struct rec_serving {
	char keyspace[REC_NAME];
	struct rec_serving_shard *shards; /* owned */
	size_t count, cap;
};

void rec_serving_fini(struct rec_serving *r);
/* Adds a shard that serves as all types in @types (bits 1 << enum tablet_type). -1: no memory. */
int rec_serving_add(struct rec_serving *r, const char *shard, unsigned types) MUST_CHECK;
/* cells/<cell>/serving/<keyspace> */
void rec_serving_key(const char *cell, const char *keyspace, char key[REC_KEY]);
/* Fills *out (any content), which the caller ends with rec_serving_fini(). */
int rec_serving_read(struct str text, struct rec_serving *out, struct err *e) MUST_CHECK;
void rec_serving_print(const struct rec_serving *r, struct buf *out);
int rec_serving_put(struct store *s, const char *cell, const struct rec_serving *r,
		    struct store_write *w, struct err *e) MUST_CHECK;
#endif
