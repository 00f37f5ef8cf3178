/* http_server - a small HTTP/1.1 server for status pages and the admin API, on libevent's.
 * Thread: one worker owns it and runs the handlers; a handler may answer later, from that worker.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H
#include <stdbool.h>
#include <stddef.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct http_server;
struct http_request;
struct worker;
typedef void (*http_fn)(void *arg, struct http_request *r);

enum {
	HTTP_SERVER_BODY = 1024 * 1024, /* of one request, unless http_server_set_body() */
};

/* What clients may hold. All are set by default. */
struct http_limits {
	unsigned connections; /* one more ends the one that has been idle for longest, or itself */
	size_t held;	      /* bytes of requests of all connections together */
	unsigned request_ms;  /* from a request's first byte to its last */
	unsigned idle_ms; /* between requests; also for a client that takes none of its answer */
};

/* @address as for listeners. */
struct http_server *http_server_new(struct worker *w, const char *address, struct err *e);
void http_server_free(struct http_server *s); /* NULL is fine */
int http_server_port(const struct http_server *s);
/* Before the first connection. */
void http_server_set_limits(struct http_server *s, const struct http_limits *l);
/* The largest body that a request may have. */
void http_server_set_body(struct http_server *s, size_t bytes);
/* Requests for exactly @path, or below it when it ends in '/', go to @fn; the longest path wins.
 * What nobody handles gets 404. */
int http_server_handle(struct http_server *s, const char *path, http_fn fn, void *arg) MUST_CHECK;

const char *http_request_method(const struct http_request *r); /* "GET" */
const char *http_request_path(const struct http_request *r);   /* decoded, without the query */
/* A query parameter, decoded, or NULL; lives as long as the request. */
const char *http_request_query(struct http_request *r, const char *name);
const char *http_request_header(struct http_request *r, const char *name);
struct str http_request_body(struct http_request *r);
/* Ends the request. @type is a Content-Type. */
void http_reply(struct http_request *r, int status, const char *type, struct str body);
/* Streams a body: start, then any number of chunks, then end. After @closed ran the client is gone
 * and @r must not be used. */
void http_reply_start(struct http_request *r, int status, const char *type,
		      void (*closed)(void *arg), void *arg);
void http_reply_chunk(struct http_request *r, struct str data);
void http_reply_end(struct http_request *r);
#endif
