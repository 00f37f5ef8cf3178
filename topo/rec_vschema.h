/* rec_vschema - documents that other folders know the form of: the VSchema of a keyspace and the
 * routing rules. They are checked before they are written. */
#ifndef TOPO_REC_VSCHEMA_H
#define TOPO_REC_VSCHEMA_H
#include "topo/rec.h"

struct vschema;
struct routing_rules;

#define REC_ROUTING_RULES_KEY "global/routing_rules"
/* global/keyspaces/<keyspace>/vschema */
void rec_vschema_key(const char *keyspace, char key[REC_KEY]);
/* The VSchema; an empty one when there is none. One reference, the caller's; NULL with @e. */
struct vschema *rec_vschema_get(struct store *s, const char *keyspace, int64_t *version,
				struct err *e);
/* Checks @text (at most 1 MB) and writes it as it is. @expect as in struct store_write. */
int rec_vschema_put(struct store *s, const char *keyspace, struct str text, int64_t expect,
		    struct err *e) MUST_CHECK;
int rec_vschema_put_rules(struct store *s, struct str text, int64_t expect,
			  struct err *e) MUST_CHECK;
#endif
