/* shard_identity - whose data a mysqld holds: a row in _sluice.identity, written once by the shard's
 * first primary, replicated and copied like all data, and kept in the shard's record. A tablet never
 * serves data whose identity is not the record's. For blocking threads. */
#ifndef MYSQLD_SHARD_IDENTITY_H
#define MYSQLD_SHARD_IDENTITY_H
#include <stdbool.h>

#include "src/base/err.h"

struct control_conn;

enum { SHARD_IDENTITY = 33 }; /* 32 hexadecimal digits */

struct shard_identity {
	char keyspace[65], shard[65];
	char id[SHARD_IDENTITY]; /* "": none */
};

/* The row; id "" when there is none. */
int shard_identity_read(struct control_conn *c, struct shard_identity *out,
			struct err *e) MUST_CHECK;
/* Writes the row of keyspace and shard of @s with an id made now, which is put into @s. */
int shard_identity_write(struct control_conn *c, struct shard_identity *s, struct err *e) MUST_CHECK;
/* Whether data that says @has may serve the shard that is @want (id "": not initialised yet, then
 * data without an identity, or with one of this shard, is fine). -1: ERR_CONFLICT saying why. */
int shard_identity_check(const struct shard_identity *has, const struct shard_identity *want,
			 struct err *e) MUST_CHECK;
#endif
