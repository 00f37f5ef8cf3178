/* shard_fetch - a small statement that the gate itself sends for a client's statement: values of
 * SET expressions, user variables read back, undoing. It may go to several shards; the first row
 * that comes, of any size, is kept. Thread: one worker. */
#ifndef SHARDIO_SHARD_FETCH_H
#define SHARDIO_SHARD_FETCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gate/shardio/shard_call.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct session_vars;
struct shard_fetch;

/* @e NULL: all shards have answered, the row (if any) is in f->column. Once; maybe from inside
 * shard_fetch_start(). */
typedef void (*shard_fetch_fn)(struct shard_fetch *f, const struct err *e);

struct shard_fetch {
	/* Set by the owner, the rest zero; lives in @arena. */
	struct gate_ctx *ctx;
	struct arena *arena;
	struct txn *txn;
	struct shard_call_request request; /* keyspace, user, settings, tablet_type, before, sql */
	const struct graph_shard **target; /* in the arena */
	unsigned targets;
	struct conditions *conditions; /* where warnings go; NULL: nowhere */
	shard_fetch_fn done;
	void *arg;
	shard_fetch_fn owner_done; /* these two are for owners that stand in between */
	void *owner_arg;
	/* The first row. */
	uint32_t columns;
	bool have_row;
	struct shard_fetch_column {
		struct str value; /* in the arena; p NULL: SQL NULL */
		bool number;	  /* of a numeric type */
		uint16_t collation;
	} * column;
	/* The fetch's own. */
	struct shard_call *call;
	unsigned running;
	uint32_t seen;
	int lead; /* the call whose row is kept; -1: none yet */
	struct packet_join *join;
	struct err error;
};

void shard_fetch_start(struct shard_fetch *f);
/* Asks the tablets to end it; `done` follows. NULL is fine. */
void shard_fetch_cancel(struct shard_fetch *f);
/* Settings for a fetch whose values become literals: they come in their own character sets and tell
 * their collations. @free: the session's limits do not hold for it. In @a. -1: out of memory. */
int shard_fetch_settings(const struct session_vars *v, bool free, struct arena *a,
			 const char **settings, struct err *e) MUST_CHECK;
/* A SQL literal for a fetched value, in @a; NULL when out of memory. */
const char *shard_fetch_literal(struct arena *a, const struct shard_fetch_column *c);
#endif
