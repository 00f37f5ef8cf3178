/* keeper_client - requests of sluicectl to the keeper's admin API. */
#ifndef CLI_KEEPER_CLIENT_H
#define CLI_KEEPER_CLIENT_H
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/str.h"

struct cli_options;

/* Where the keeper is: from the options, the cluster's directory, the environment. */
int keeper_client_find(const struct cli_options *o, char host[256], int *port,
		       struct err *e) MUST_CHECK;

struct keeper_request {
	const char *method;
	/* Below /api/v1/; each %s in it is one word, which is encoded for a path or a query. */
	const char *path;
	const char *word[3];
	struct str body;
};
/* The parsed answer, the caller's to json_free(); NULL with @e, also for what the keeper refuses.
 */
struct cJSON *keeper_client_call(const struct cli_options *o, const struct keeper_request *r,
				 struct err *e);
/* GET of a page of a program on this machine: the HTTP status, body appended; -1 with @e. */
int keeper_client_get(int port, const char *path, unsigned timeout_ms, struct buf *body,
		      struct err *e) MUST_CHECK;
#endif
