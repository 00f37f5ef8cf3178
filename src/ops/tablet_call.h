/* tablet_call - control requests to a tablet. For blocking threads. */
#ifndef OPS_TABLET_CALL_H
#define OPS_TABLET_CALL_H
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct tablet_call {
	const char *address; /* of its RPC */
	const char *command; /* as ControlRequest lists them */
	struct str sql;
	const char *argument; /* NULL: none */
	unsigned timeout_ms;
	struct str secret; /* of its RPC; empty: none */
};

/* The answer, JSON, is appended to @json (NULL: not wanted). */
int tablet_call_control(const struct tablet_call *c, struct buf *json, struct err *e) MUST_CHECK;
/* The schema as the tablet has it: {"version", "tables": [{"name", "view", "primary_key",
 * "columns": [{"name", "type", "nullable", "key", ...}]}]}, appended as JSON. Of @c only address, secret and
 * time-out count. */
int tablet_call_schema(const struct tablet_call *c, struct buf *json, struct err *e) MUST_CHECK;
#endif
