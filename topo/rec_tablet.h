/* rec_tablet - a tablet: where it is and what it is for. Written by the tablet itself when it
 * starts. Its name is its alias, "<cell>-<uid>". */
#ifndef TOPO_REC_TABLET_H
#define TOPO_REC_TABLET_H
#include "src/shard/keyrange.h"
#include "topo/rec.h"

enum tablet_type { TABLET_PRIMARY, TABLET_REPLICA, TABLET_RDONLY, TABLET_SPARE, TABLET_TYPES };

struct rec_tablet {
	char cell[REC_NAME];
	int32_t uid; /* 0 and more */
	char keyspace[REC_NAME], shard[KEYRANGE_NAME];
	/* What it is meant to serve as. The shard's record says who is the primary. */
	enum tablet_type type;
	char hostname[REC_ADDRESS];
	char rpc_address[REC_ADDRESS];	 /* "host:port" or "unix:/path", for gates */
	char web_address[REC_ADDRESS];	 /* "host:port" */
	char mysql_address[REC_ADDRESS]; /* "host:port" of its mysqld, for replicas */
	char mysql_socket[REC_ADDRESS];	 /* path */
	int64_t started_ms;		 /* wall clock */
};

extern const struct rec_kind rec_tablet_kind;
/* "primary", ..., and back; -1 when it is none (any case). */
const char *rec_tablet_type_name(enum tablet_type t);
int rec_tablet_type_parse(const char *name, enum tablet_type *out) MUST_CHECK;
void rec_tablet_alias(const struct rec_tablet *t, char alias[REC_ALIAS]);
/* Cuts an alias into cell and uid; -1 when it is none. */
int rec_tablet_parse_alias(const char *alias, char cell[REC_NAME], int32_t *uid) MUST_CHECK;
/* cells/<cell>/tablets/<alias> */
int rec_tablet_key(const char *alias, char key[REC_KEY], struct err *e) MUST_CHECK;
int rec_tablet_get(struct store *s, const char *alias, struct rec_tablet *out, int64_t *version,
		   struct err *e) MUST_CHECK;
int rec_tablet_put(struct store *s, const struct rec_tablet *r, int64_t expect,
		   struct err *e) MUST_CHECK;
#endif
