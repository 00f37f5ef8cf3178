#include "src/net/http_server.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "src/base/rng.h"
#include "src/base/vec.h"
#include "src/net/http_conn.h"
#include "src/net/net_int.h"
#include "src/net/worker.h"

enum { HTTP_MAX_HEADERS = 16 * 1024 };

static const struct http_limits default_limits = {
	.connections = 64, .held = 64 << 20, .request_ms = 30000, .idle_ms = 60000};

struct route {
	char *path; /* owned */
	http_fn fn;
	void *arg;
};

struct http_server {
	struct evhttp *http;
	struct http_conns conns;
	int port;
	struct {
		struct route *v;
		size_t len, cap;
	} routes;
};

struct http_request {
	struct evhttp_request *r;
	struct http_conn *conn; /* borrowed; NULL: not counted */
	char *path;		/* owned, decoded */
	struct evkeyvalq query;
	bool query_parsed;
	void (*closed)(void *arg);
	void *closed_arg;
};

/* Whether two readers could disagree on where the body ends. */
static bool is_ambiguous(const struct evkeyvalq *headers)
{
	const char *length = NULL;
	bool encoded = false;

	for (const struct evkeyval *h = headers->tqh_first; h; h = h->next.tqe_next) {
		if (!strcasecmp(h->key, "Transfer-Encoding"))
			encoded = true;
		if (strcasecmp(h->key, "Content-Length") != 0)
			continue;
		if (length && strcmp(length, h->value) != 0)
			return true;
		length = h->value;
	}
	return length && encoded;
}

/* It is answered, or its client is gone (and the connection with it). */
static void free_request(struct http_request *r)
{
	if (r->conn)
		http_conn_end(r->conn);
	if (r->query_parsed)
		evhttp_clear_headers(&r->query);
	free(r->path);
	free(r);
}

static const struct route *find_route(const struct http_server *s, const char *path)
{
	const struct route *best = NULL;

	for (size_t i = 0; i < s->routes.len; i++) {
		const struct route *r = &s->routes.v[i];
		size_t n = strlen(r->path);
		bool below = n > 1 && r->path[n - 1] == '/' && !strncmp(path, r->path, n);

		if ((below || !strcmp(path, r->path)) && (!best || n > strlen(best->path)))
			best = r;
	}
	return best;
}

static void on_request(struct evhttp_request *req, void *arg)
{
	struct http_server *s = arg;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *raw = uri ? evhttp_uri_get_path(uri) : NULL;
	struct http_request *r = calloc(1, sizeof(*r));
	const struct route *route;

	if (!r || is_ambiguous(evhttp_request_get_input_headers(req))) {
		evhttp_send_error(req, r ? 400 : 503, NULL);
		free(r);
		return;
	}
	r->r = req;
	r->conn = http_conn_of(&s->conns, evhttp_request_get_connection(req));
	if (r->conn && !http_conn_begin(r->conn)) {
		evhttp_send_error(req, 503, NULL);
		free(r);
		return;
	}
	r->path = evhttp_uridecode(raw && raw[0] ? raw : "/", 0, NULL);
	route = r->path ? find_route(s, r->path) : NULL;
	if (route)
		route->fn(route->arg, r);
	else if (r->path && !strcmp(r->path, "/favicon.ico"))
		http_reply(r, 204, "image/x-icon", STR_LIT(""));
	else
		http_reply(r, 404, "text/plain", STR_LIT("not found\n"));
}

static struct evhttp_bound_socket *bind_server(struct evhttp *h, struct net_address *a)
{
	char text[128], *colon;
	struct evhttp_bound_socket *b = NULL;
	int port = net_address_port(a);

	for (int i = 0; !b && i < (port ? 1 : 200); i++) {
		net_address_set_port(a, port ? port : 12000 + (int)rng_below(20000));
		net_address_print(a, text, sizeof(text));
		colon = strrchr(text, ':');
		*colon = 0;
		b = evhttp_bind_socket_with_handle(h, text, (unsigned short)net_address_port(a));
	}
	return b;
}

struct http_server *http_server_new(struct worker *w, const char *address, struct err *e)
{
	struct http_server *s = calloc(1, sizeof(*s));
	struct evhttp_bound_socket *bound;
	struct net_address a;
	int one = 1;

	if (!s) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	if (net_address_parse(address, &a, e) < 0)
		goto fail;
	s->http = evhttp_new(worker_base(w));
	bound = s->http ? bind_server(s->http, &a) : NULL;
	if (!bound) {
		err_set(e, ERR_IO, "cannot listen on %s for HTTP (in use?)", address);
		goto fail;
	}
	s->port = net_address_port(&a);
	/* Accepted sockets inherit it; evhttp itself sets none. */
	setsockopt(evhttp_bound_socket_get_fd(bound), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	evhttp_set_max_headers_size(s->http, HTTP_MAX_HEADERS);
	evhttp_set_max_body_size(s->http, HTTP_SERVER_BODY);
	http_server_set_limits(s, &default_limits);
	evhttp_set_bevcb(s->http, http_conn_new, &s->conns);
	evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
						    EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE);
	evhttp_set_gencb(s->http, on_request, s);
	return s;
fail:
	http_server_free(s);
	return NULL;
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	if (s->http)
		evhttp_free(s->http);
	http_conn_free_all(&s->conns);
	for (size_t i = 0; i < s->routes.len; i++)
		free(s->routes.v[i].path);
	free(s->routes.v);
	free(s);
}

int http_server_port(const struct http_server *s)
{
	return s->port;
}

void http_server_set_limits(struct http_server *s, const struct http_limits *l)
{
	struct timeval t = {.tv_sec = l->idle_ms / 1000,
			    .tv_usec = (int)(l->idle_ms % 1000) * 1000};

	s->conns.limits = *l;
	/* evhttp does not read while a handler has the request: it may answer late. */
	evhttp_set_timeout_tv(s->http, &t);
}

void http_server_set_body(struct http_server *s, size_t bytes)
{
	evhttp_set_max_body_size(s->http, (ev_ssize_t)bytes);
}

int http_server_handle(struct http_server *s, const char *path, http_fn fn, void *arg)
{
	char *copy;

	if (VEC_GROW(&s->routes) < 0)
		return -1;
	copy = str_dup(str_of(path));
	if (!copy)
		return -1;
	s->routes.v[s->routes.len++] = (struct route){copy, fn, arg};
	return 0;
}

const char *http_request_method(const struct http_request *r)
{
	switch (evhttp_request_get_command(r->r)) {
	case EVHTTP_REQ_GET:
		return "GET";
	case EVHTTP_REQ_HEAD:
		return "HEAD";
	case EVHTTP_REQ_POST:
		return "POST";
	case EVHTTP_REQ_PUT:
		return "PUT";
	case EVHTTP_REQ_DELETE:
		return "DELETE";
	default:
		return "?";
	}
}

const char *http_request_path(const struct http_request *r)
{
	return r->path;
}

const char *http_request_query(struct http_request *r, const char *name)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(r->r);
	const char *text = uri ? evhttp_uri_get_query(uri) : NULL;

	if (!text)
		return NULL;
	if (!r->query_parsed) {
		if (evhttp_parse_query_str(text, &r->query) < 0)
			return NULL;
		r->query_parsed = true;
	}
	return evhttp_find_header(&r->query, name);
}

const char *http_request_header(struct http_request *r, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(r->r), name);
}

struct str http_request_body(struct http_request *r)
{
	struct evbuffer *b = evhttp_request_get_input_buffer(r->r);
	size_t n = evbuffer_get_length(b);

	return str_make(n ? evbuffer_pullup(b, -1) : (unsigned char *)"", n);
}

static void set_type(struct http_request *r, const char *type)
{
	struct evkeyvalq *h = evhttp_request_get_output_headers(r->r);

	evhttp_add_header(h, "Content-Type", type);
	evhttp_add_header(h, "Cache-Control", "no-store");
	evhttp_add_header(h, "X-Content-Type-Options", "nosniff");
}

void http_reply(struct http_request *r, int status, const char *type, struct str body)
{
	struct evbuffer *b = evhttp_request_get_output_buffer(r->r);
	struct evhttp_request *req = r->r;
	char length[24];

	set_type(r, type);
	if (evhttp_request_get_command(req) == EVHTTP_REQ_HEAD) {
		/* evhttp would send the body, too. */
		snprintf(length, sizeof(length), "%zu", body.n);
		evhttp_add_header(evhttp_request_get_output_headers(req), "Content-Length", length);
	} else if (body.n) {
		evbuffer_add(b, body.p, body.n);
	}
	free_request(r);
	evhttp_send_reply(req, status, NULL, NULL);
}

static void on_closed(void *arg)
{
	struct http_request *r = arg;

	r->conn = NULL;
	if (r->closed)
		r->closed(r->closed_arg);
	free_request(r);
}

void http_reply_start(struct http_request *r, int status, const char *type,
		      void (*closed)(void *arg), void *arg)
{
	r->closed = closed;
	r->closed_arg = arg;
	set_type(r, type);
	if (r->conn)
		http_conn_watch(r->conn, on_closed, r);
	evhttp_send_reply_start(r->r, status, NULL);
}

void http_reply_chunk(struct http_request *r, struct str data)
{
	struct evbuffer *b = evbuffer_new();

	if (!b)
		return;
	evbuffer_add(b, data.p, data.n);
	evhttp_send_reply_chunk(r->r, b);
	evbuffer_free(b);
}

void http_reply_end(struct http_request *r)
{
	struct evhttp_request *req = r->r;

	if (r->conn)
		http_conn_watch(r->conn, NULL, NULL);
	free_request(r);
	evhttp_send_reply_end(req);
}
