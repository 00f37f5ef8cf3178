/* etcd_client - requests to an etcd cluster through its v3 JSON gateway: several endpoints in turn,
 * kept connections, TLS, user and password. Any thread. */
#ifndef TOPO_ETCD_CLIENT_H
#define TOPO_ETCD_CLIENT_H
#include <stdbool.h>

#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/str.h"
#include "src/net/http_client.h"
#include "topo/store.h"

struct etcd_client;

/* @endpoints: "http://127.0.0.1:2379,https://..."; NULL with @e. */
struct etcd_client *etcd_client_new(const struct store_config *c, const char *endpoints,
				    struct err *e);
void etcd_client_free(struct etcd_client *ec); /* NULL is fine */
/* The path of the first endpoint's URL, with a slash at both ends; "/sluice/" when it has none. */
const char *etcd_client_prefix(const struct etcd_client *ec);

struct etcd_call {
	const char *path; /* "/v3/kv/range" */
	struct str body;
	/* Out: an attempt went wrong in a way that may have had an effect. */
	bool unknown;
};
/* One request, tried on endpoint after endpoint for at most @timeout_ms. The answer is the caller's
 * to json_free(). NULL with @e: ERR_UNAVAILABLE, ERR_DENIED, ERR_NOT_FOUND, ERR_CONFLICT (a
 * revision that is compacted), ERR_INVALID. */
struct cJSON *etcd_client_call(struct etcd_client *ec, struct etcd_call *call, unsigned timeout_ms,
			       struct err *e);
/* A request whose answer is lines over time; one attempt, on the current endpoint. @sink as for
 * http_client_stream(). 0 when the stream ended or @sink had enough, -1 with @e (ERR_DEADLINE: no
 * line for @idle_ms). The next call goes to another endpoint after an error. */
int etcd_client_stream(struct etcd_client *ec, struct etcd_call *call, unsigned idle_ms,
		       const struct http_sink *sink, struct err *e) MUST_CHECK;
/* Forgets the token, so that the next call authenticates again. */
void etcd_client_drop_token(struct etcd_client *ec);
#endif
