/* tls - a TLS configuration (certificates, what to check), shared by many streams.
 * Immutable after it is made; reference counted; any thread. */
#ifndef NET_TLS_H
#define NET_TLS_H
#include <stdbool.h>

#include "src/base/err.h"

struct tls;

struct tls_config {
	const char *cert_file, *key_file; /* PEM; both or neither (a client may have none) */
	const char *ca_file;              /* PEM; NULL: the peer is not checked */
	bool require_peer_cert;           /* servers: refuse clients without one */
	const char *min_version;          /* "TLSv1.2" (default) or "TLSv1.3" */
};

/* NULL with @e naming the file that is missing or wrong. The caller puts it. */
struct tls *tls_new_server(const struct tls_config *c, struct err *e);
struct tls *tls_new_client(const struct tls_config *c, struct err *e);
struct tls *tls_get(struct tls *t);
void tls_put(struct tls *t); /* NULL is fine */
#endif
