/* http_client - HTTP/1.1 requests for blocking threads and for an event loop, on libevent's evhttp,
 * with TLS; one connection per client object, used for one request at a time.
 * Source for the traps it avoids: libevent 2.1 evhttp sets no TCP_NODELAY and a 50 s timeout. */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct http_client;
struct tls;

struct http_header {
	const char *name, *value;
};

/* For blocking threads: a private event loop per object. @host is a name or number. NULL with @e.
 * @tls (borrowed, may be NULL) checks the server against @host. */
struct http_client *http_client_new(const char *host, int port, struct tls *tls, struct err *e);
void http_client_free(struct http_client *c); /* NULL is fine */
/* One request; the whole body of the answer into @out. Returns the HTTP status, or -1 with
 * ERR_UNAVAILABLE (no connection), ERR_DEADLINE (@timeout_ms passed) or ERR_IO. */
int http_client_request(struct http_client *c, const char *method, const char *path,
			const struct http_header *headers, size_t header_count, struct str body,
			unsigned timeout_ms, struct buf *out, struct err *e) MUST_CHECK;
/* The same with an answer that arrives in pieces: @line(@arg) gets each line without its newline
 * (a last one without newline too), until it returns false, the server ends, or *stop becomes
 * nonzero (looked at every 100 ms). Returns the HTTP status, or -1. */
int http_client_stream(struct http_client *c, const char *method, const char *path,
		       const struct http_header *headers, size_t header_count, struct str body,
		       bool (*line)(void *arg, struct str text), void *arg, const _Atomic int *stop,
		       struct err *e) MUST_CHECK;
#endif
