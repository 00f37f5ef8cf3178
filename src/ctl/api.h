/* api - the keeper's admin API over HTTP and JSON, below /api/v1/ (doc/operations.md lists it).
 * Requests are taken on the keeper's control worker and worked on by blocking threads. */
#ifndef CTL_API_H
#define CTL_API_H
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/str.h"
#include "src/rpc/rpc_trust.h"

struct api;
struct blocking;
struct http_server;
struct store;
struct worker;

/* All are borrowed as long as the api. */
struct api_config {
	struct store *store;
	struct blocking *blocking;
	struct worker *worker; /* of the server */
	struct str token;      /* changes need it; empty: there are no changes */
	struct rpc_trust rpc;  /* of the tablets */
};

/* NULL: out of memory. */
struct api *api_new(const struct api_config *c, struct http_server *server, struct err *e);
/* After the server and the blocking pool are gone. NULL is fine. */
void api_free(struct api *a);

enum { API_SEGMENTS = 8 };

/* One request on a blocking thread. */
struct api_call {
	struct store *store;
	struct str segment[API_SEGMENTS]; /* of the path behind /api/v1/ */
	const char *name[API_SEGMENTS];	  /* the same with a NUL */
	size_t segments;
	struct str body;
	bool dry_run, force;  /* ?dry_run=1, ?force=1 */
	const char *keyspace; /* ?keyspace=NAME, or NULL */
	struct rpc_trust rpc;
	struct buf *out; /* the answer: JSON */
};
/* Appends the answer to call->out. -1 with @e, which becomes the answer. */
typedef int (*api_fn)(struct api_call *call, struct err *e);
#endif
