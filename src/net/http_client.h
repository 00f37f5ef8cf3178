/* http_client - HTTP/1.1 requests for blocking threads, with TLS. One object is one connection,
 * kept open between requests; one thread at a time. */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H
#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct http_client;
struct tls;

struct http_header {
	const char *name, *value;
};

struct http_call {
	const char *method, *path;
	const struct http_header *headers;
	size_t header_count;
	struct str body; /* sent as application/json when not empty */
	/* Of the whole request; for a stream: of connecting, and of any time without a byte. */
	unsigned timeout_ms;
};

struct http_sink {
	/* Gets each line without its newline, a last one without a newline too; false: enough. */
	bool (*line)(void *arg, struct str text);
	void *arg;
	const _Atomic int *stop; /* nonzero: give up (looked at every 100 ms); may be NULL */
};

/* @host is a name or number. @tls (may be NULL; a reference is taken) checks the server against
 * @host. Connects at the first request. NULL: out of memory. */
struct http_client *http_client_new(const char *host, int port, struct tls *tls);
void http_client_free(struct http_client *c); /* NULL is fine */
/* One request; the body of the answer is appended to @out. Returns the HTTP status, or -1 with
 * ERR_UNAVAILABLE: there was no connection, the server has not seen the request;
 * ERR_IO: the connection broke, or ERR_DEADLINE: the time passed; whether the server has acted on
 * the request is unknown; ERR_PROTOCOL: not HTTP; ERR_TOO_BIG: more than 256 MB. */
int http_client_request(struct http_client *c, const struct http_call *call, struct buf *out,
			struct err *e) MUST_CHECK;
/* The same with an answer that arrives in lines over time. Returns the HTTP status when the answer
 * ended or @sink had enough, or -1, also with ERR_CANCELED when *stop became nonzero. */
int http_client_stream(struct http_client *c, const struct http_call *call,
		       const struct http_sink *sink, struct err *e) MUST_CHECK;
#endif
