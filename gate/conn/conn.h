/* conn - the parts of a client's connection that statements use: its socket, its variables, its
 * transaction, and the answers that follow from them. gate/session adds the state machine.
 * Thread: the session's worker. */
#ifndef CONN_CONN_H
#define CONN_CONN_H
#include <stdbool.h>
#include <stdint.h>

#include "gate/base/gate_settings.h"
#include "gate/client/client.h"
#include "gate/txn/txn.h"
#include "gate/vars/session_vars.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct gate_ctx;
struct reply_ok;

struct conn {
	struct gate_ctx *ctx; /* borrowed: outlives the connection */
	struct client client;
	struct session_vars vars;
	struct txn txn;
	struct gate_limits limits; /* the user's */
	bool closing; /* the session closes behind the answer to this command */
};

/* SERVER_STATUS_* bits as they are now; @more: another result follows. */
uint16_t conn_status(const struct conn *c, bool more);
void conn_send_ok(struct conn *c, const struct reply_ok *ok);
/* OK with the connection's status and these counts; ROW_COUNT() is @affected then. */
void conn_send_done(struct conn *c, uint64_t affected, uint64_t insert_id, bool more);
/* The EOF packet behind definitions, for clients that want it. */
void conn_send_eof(struct conn *c, uint16_t warnings, uint16_t status);
/* The last packet of a result: EOF, or the OK that replaces it. */
void conn_send_end(struct conn *c, uint16_t warnings, uint16_t status);
/* The error packet; SHOW WARNINGS lists the error then. */
void conn_send_error(struct conn *c, const struct err *e);
/* "ks:-80@replica" becomes the target; ERR_BAD_DB when there is no such keyspace or shard. */
int conn_use(struct conn *c, struct str target, struct err *e) MUST_CHECK;
/* The target of clients that name none. */
void conn_default_target(struct conn *c);
#endif
