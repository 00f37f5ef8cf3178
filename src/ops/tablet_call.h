/* tablet_call - control requests to a tablet. For blocking threads. */
#ifndef OPS_TABLET_CALL_H
#define OPS_TABLET_CALL_H
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"
#include "src/rpc/rpc_trust.h"

struct Sluice__SchemaReply;

struct tablet_call {
	const char *address; /* of its RPC */
	const char *command; /* as ControlRequest lists them */
	struct str sql;
	const char *argument; /* NULL: none */
	unsigned timeout_ms;
	struct rpc_trust rpc;
};

/* The answer, JSON, is appended to @json (NULL: not wanted). */
int tablet_call_control(const struct tablet_call *c, struct buf *json, struct err *e) MUST_CHECK;
/* The schema as the tablet has it; the caller frees it with sluice__schema_reply__free_unpacked().
 * NULL with @e. Of @c only address, trust and time-out count. */
struct Sluice__SchemaReply *tablet_call_read_schema(const struct tablet_call *c, struct err *e);
/* The same as JSON: {"version", "tables": [{"name", "view", "primary_key",
 * "columns": [{"name", "type", "nullable", "key", ...}]}]}, appended. */
int tablet_call_schema(const struct tablet_call *c, struct buf *json, struct err *e) MUST_CHECK;
#endif
