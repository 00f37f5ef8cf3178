/* relay - the answer of one shard goes to the client as it comes: only sequence numbers and status
 * flags are touched, and what a client without CLIENT_DEPRECATE_EOF needs is put in.
 * Also the answers to writes that went to several shards, and to COM_STMT_PREPARE. */
#ifndef EXEC_RELAY_H
#define EXEC_RELAY_H
#include <stdint.h>

struct call;
struct query;
struct scan_part;

void relay_part(struct call *c, const struct scan_part *part, const uint8_t *p);
/* Gives credit back to the tablet unless the client is slow. */
void relay_flow(struct call *c);
/* The last packet: OK or the end of the rows. */
void relay_end(struct call *c);
/* OK with the counts of q. */
void relay_counts(struct query *q);
/* COM_STMT_PREPARE: the statement gets an id of ours. */
void relay_prepared(struct call *c, const struct scan_part *part);
#endif
