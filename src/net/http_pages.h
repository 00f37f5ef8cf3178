/* http_pages - the pages that every program's web port has: a status page for people at "/", the
 * metrics at /metrics (Prometheus) and /debug/vars (JSON), /healthz and /readyz for supervisors.
 * Thread: the worker of the http_server. */
#ifndef NET_HTTP_PAGES_H
#define NET_HTTP_PAGES_H
#include <stdbool.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct http_server;

/* Borrowed, with all it points to, as long as the server lives. */
struct http_pages {
	const char *title; /* "sluice-tablet zone1-100" */
	/* Appends an HTML fragment; escape what is not yours. May be NULL. */
	void (*status)(void *arg, struct buf *html);
	/* Whether work should be sent here; if not, says why in plain text. NULL: always. */
	bool (*ready)(void *arg, struct buf *why);
	void *arg;
};

int http_pages_add(struct http_server *s, const struct http_pages *p, struct err *e) MUST_CHECK;

/* The whole page at "/", for programs that answer it themselves. */
void http_pages_print(const struct http_pages *p, struct buf *html);
/* @text with what HTML gives a meaning to made harmless, in text and in quoted attributes. */
void http_pages_escape(struct buf *html, struct str text);
/* A table for the status page: begin, rows of a name and a value (escaped), end. */
void http_pages_table(struct buf *html, const char *heading);
void http_pages_row(struct buf *html, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
void http_pages_end_table(struct buf *html);
#endif
