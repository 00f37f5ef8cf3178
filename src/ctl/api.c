#include "src/ctl/api.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"
#include "src/ctl/api_guard.h"
#include "src/ctl/api_int.h"
#include "src/net/blocking.h"
#include "src/net/http_server.h"

#define PREFIX "/api/v1/"
enum { API_BODY = 16 << 20 }; /* schemas are the largest */

static const struct route {
	const char *method, *pattern; /* a segment "*" is any one */
	api_fn fn;
	bool guarded; /* a read that needs the token, too */
} routes[] = {
	{"GET", "keyspaces", api_keyspace_list, false},
	{"POST", "keyspaces", api_keyspace_create, true},
	{"GET", "keyspaces/*", api_keyspace_show, false},
	{"DELETE", "keyspaces/*", api_keyspace_delete, true},
	{"GET", "shards", api_shard_list, false},
	{"GET", "keyspaces/*/shards/*", api_shard_show, false},
	{"POST", "keyspaces/*/shards", api_shard_create, true},
	{"DELETE", "keyspaces/*/shards/*", api_shard_delete, true},
	{"POST", "keyspaces/*/shards/*/primary", api_shard_promote, true},
	{"GET", "tablets", api_tablet_list, false},
	{"GET", "tablets/*", api_tablet_show, true},
	{"GET", "keyspaces/*/schema", api_schema_show, true},
	{"POST", "keyspaces/*/schema", api_schema_apply, true},
	{"GET", "keyspaces/*/vschema", api_vschema_show, true},
	{"PUT", "keyspaces/*/vschema", api_vschema_apply, true},
};

/* A request on its way; in the api's list, so that what is unanswered at the end can be freed. */
struct pending {
	struct pending *next, *prev;
	struct api *api;
	struct http_request *request; /* borrowed */
	char *path, *body, *keyspace; /* owned */
	char *names[API_SEGMENTS];    /* owned */
	struct buf out;
	int status;
	api_fn fn;
	bool guarded;
	struct api_call call;
};

struct api {
	struct api_config config;
	struct pending *first; /* used on the worker, and after its end */
};

static int http_status(enum err_code code)
{
	switch ((int)code) {
	case ERR_NOT_FOUND:
		return 404;
	case ERR_EXISTS:
	case ERR_CONFLICT:
		return 409;
	case ERR_INVALID:
	case ERR_PARSE:
		return 400;
	case ERR_UNAVAILABLE:
	case ERR_DEADLINE:
		return 503;
	default:
		return 500;
	}
}

static void print_error(const struct err *e, struct buf *out)
{
	struct json_out o;

	json_out_init(&o, out, false);
	json_out_object(&o, NULL);
	json_out_object(&o, "error");
	json_out_strz(&o, "code", err_name(e->code));
	json_out_strz(&o, "message", e->msg);
	json_out_end_object(&o);
	json_out_end_object(&o);
}

static void reply_error(struct http_request *r, int status, const struct err *e)
{
	struct buf b;

	buf_init(&b);
	print_error(e, &b);
	buf_u8(&b, '\n');
	http_reply(r, status, "application/json", buf_slice(&b));
	buf_fini(&b);
}

static void pending_free(struct pending *p)
{
	if (p->prev)
		p->prev->next = p->next;
	else if (p->api->first == p)
		p->api->first = p->next;
	if (p->next)
		p->next->prev = p->prev;
	for (size_t i = 0; i < API_SEGMENTS; i++)
		free(p->names[i]);
	free(p->path);
	free(p->body);
	free(p->keyspace);
	buf_fini(&p->out);
	free(p);
}

/* On a blocking thread. */
static void work(void *arg)
{
	struct pending *p = arg;
	struct err e;

	err_clear(&e);
	p->status = 200;
	if (p->fn(&p->call, &e) < 0 || buf_check(&p->out, &e) < 0) {
		p->status = http_status(e.code);
		buf_reset(&p->out);
		print_error(&e, &p->out);
	}
	buf_u8(&p->out, '\n');
}

/* Back on the worker. */
static void done(void *arg)
{
	struct pending *p = arg;

	if (strcmp(http_request_method(p->request), "GET") != 0)
		log_info("keeper.api", "event=request method=%s path=%s status=%d",
			 http_request_method(p->request), p->path, p->status);
	http_reply(p->request, p->status, "application/json", buf_slice(&p->out));
	pending_free(p);
}

/* Whether @path fits @pattern; -1: not, else the number of segments. */
static int match(const char *pattern, const struct pending *p)
{
	struct str rest = str_of(pattern), part;
	size_t n = 0;

	for (; rest.n; n++) {
		str_cut(rest, '/', &part, &rest);
		if (n >= p->call.segments ||
		    (!str_eqz(part, "*") && !str_eq(part, p->call.segment[n])))
			return -1;
	}
	return n == p->call.segments ? (int)n : -1;
}

/* 404: no such path, 405: not with this method. */
static int find_route(struct pending *p, const char *method)
{
	int status = 404;

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (match(routes[i].pattern, p) < 0)
			continue;
		status = 405;
		if (strcmp(routes[i].method, method) == 0) {
			p->fn = routes[i].fn;
			p->guarded = routes[i].guarded;
			return 0;
		}
	}
	return status;
}

static int cut_path(struct pending *p)
{
	struct str rest = str_of(p->path + sizeof(PREFIX) - 1), part;

	while (rest.n) {
		size_t n = p->call.segments;

		if (n >= API_SEGMENTS)
			return 404;
		str_cut(rest, '/', &part, &rest);
		p->names[n] = str_dup(part);
		if (!p->names[n])
			return 500;
		p->call.name[n] = p->names[n];
		p->call.segment[n] = str_of(p->names[n]);
		p->call.segments++;
	}
	return 0;
}

static bool is_set(struct http_request *r, const char *name)
{
	const char *v = http_request_query(r, name);

	return v && strcmp(v, "0") != 0;
}

static int prepare(struct pending *p, struct http_request *r)
{
	const char *ks = http_request_query(r, "keyspace");
	int status;

	p->path = str_dup(str_of(http_request_path(r)));
	p->body = str_dup(http_request_body(r));
	p->keyspace = ks ? str_dup(str_of(ks)) : NULL;
	if (!p->path || !p->body || (ks && !p->keyspace))
		return 500;
	p->call.store = p->api->config.store;
	p->call.body = str_make(p->body, http_request_body(r).n);
	p->call.dry_run = is_set(r, "dry_run");
	p->call.force = is_set(r, "force");
	p->call.keyspace = p->keyspace;
	p->call.rpc = p->api->config.rpc;
	p->call.out = &p->out;
	status = cut_path(p);
	return status ? status : find_route(p, http_request_method(r));
}

static void handle(void *arg, struct http_request *r)
{
	struct api *a = arg;
	struct pending *p = calloc(1, sizeof(*p));
	struct err e;
	int status = 500;

	err_set(&e, ERR_NOMEM, "out of memory");
	if (!p) {
		reply_error(r, status, &e);
		return;
	}
	p->api = a;
	p->request = r;
	buf_init(&p->out);
	p->next = a->first;
	if (a->first)
		a->first->prev = p;
	a->first = p;
	status = prepare(p, r);
	if (status != 500) {
		int refused = api_guard_check(r, a->config.token, p->guarded, &e);

		if (refused) {
			log_warn("keeper.api",
				 "event=refused method=%s path=%s status=%d reason=\"%s\"",
				 http_request_method(r), p->path, refused, e.msg);
			reply_error(r, refused, &e);
			pending_free(p);
			return;
		}
		err_set(&e, ERR_NOMEM, "out of memory");
	}
	if (!status && blocking_run(a->config.blocking, work, a->config.worker, done, p) == 0)
		return;
	if (status == 404 || status == 405)
		err_set(&e, ERR_NOT_FOUND, "there is no %s %s", http_request_method(r),
			http_request_path(r));
	reply_error(r, status ? status : 500, &e);
	pending_free(p);
}

struct api *api_new(const struct api_config *c, struct http_server *server, struct err *e)
{
	struct api *a = calloc(1, sizeof(*a));

	if (a) {
		a->config = *c;
		http_server_set_body(server, API_BODY);
		if (http_server_handle(server, PREFIX, handle, a) == 0)
			return a;
	}
	free(a);
	err_set(e, ERR_NOMEM, "out of memory");
	return NULL;
}

void api_free(struct api *a)
{
	if (!a)
		return;
	while (a->first)
		pending_free(a->first);
	free(a);
}
