/* etcd_client - facts about etcd 3.4's gateway that this file rests on: an Authorization header is
 * the bare token; old tokens give 401, or 400 with "revision of auth store is old"; a member
 * without a leader answers 503, or not at all for 7 s, so that every request has a short time limit
 * of its own and the next endpoint is tried. Tokens cost the server a bcrypt: one is kept and
 * shared. */
#include "topo/etcd_client.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/rng.h"
#include "src/net/tls.h"

enum {
	ENDPOINTS_MAX = 16,
	IDLE_MAX = 8,	   /* kept connections */
	ATTEMPT_MS = 1500, /* one request on one endpoint */
	AUTH_MS = 5000,	   /* bcrypt on a busy machine */
	PAUSE_MS = 50,
};

struct endpoint {
	char *host; /* owned */
	int port;
	bool tls;
};

struct etcd_client {
	struct endpoint endpoint[ENDPOINTS_MAX];
	unsigned count;
	char *prefix;	       /* owned */
	struct tls *tls;       /* ref; NULL when no endpoint uses it */
	char *user, *password; /* owned; NULL without authentication */
	pthread_mutex_t m;
	/* guarded by m: */
	unsigned current;
	char *token; /* owned; NULL: not authenticated yet */
	struct {
		struct http_client *http; /* owned */
		unsigned endpoint;
	} idle[IDLE_MAX];
	unsigned idle_count;
	pthread_mutex_t auth; /* held while authenticating: one at a time */
};

/* ---- set-up ---- */

/* "http://host:port/path" into @ep; the path to *path. */
static int parse_endpoint(struct str url, struct endpoint *ep, struct str *path, struct err *e)
{
	struct str rest = url, authority, port, host;
	uint64_t n = 2379;

	if (str_starts(url, "https://")) {
		ep->tls = true;
		rest = str_make(url.p + 8, url.n - 8);
	} else if (str_starts(url, "http://")) {
		rest = str_make(url.p + 7, url.n - 7);
	} else {
		return err_set(e, ERR_INVALID,
			       "etcd endpoint '%.*s' does not start with http:// or https://",
			       STR_ARG(url));
	}
	str_cut(rest, '/', &authority, path);
	host = authority;
	port = str_make("", 0);
	if (authority.n > 0 && authority.p[0] == '[') {
		if (!str_cut(str_make(authority.p + 1, authority.n - 1), ']', &host, &port) ||
		    (port.n > 0 && port.p[0] != ':'))
			host.n = 0;
		if (port.n > 0)
			port = str_make(port.p + 1, port.n - 1);
	} else {
		str_cut(authority, ':', &host, &port);
	}
	if (host.n == 0 || (port.n > 0 && (!str_to_u64(port, &n) || n < 1 || n > 65535)))
		return err_set(e, ERR_INVALID, "etcd endpoint '%.*s' is not host:port",
			       STR_ARG(url));
	ep->host = str_dup(host);
	ep->port = (int)n;
	return ep->host ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

static int set_prefix(struct etcd_client *ec, struct str path, struct err *e)
{
	struct buf b;

	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	buf_init(&b);
	if (path.n == 0)
		path = STR_LIT("sluice");
	buf_printf(&b, "/%.*s/", STR_ARG(path));
	ec->prefix = buf_take(&b);
	return ec->prefix ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

static int parse_endpoints(struct etcd_client *ec, const char *list, struct err *e)
{
	struct str rest = str_of(list), url, path, first = {NULL, 0};

	do {
		str_cut(rest, ',', &url, &rest);
		if (ec->count == ENDPOINTS_MAX)
			return err_set(e, ERR_INVALID, "more than %d etcd endpoints",
				       ENDPOINTS_MAX);
		if (parse_endpoint(str_trim(url), &ec->endpoint[ec->count], &path, e) < 0)
			return -1;
		if (ec->count++ == 0)
			first = path;
	} while (rest.n > 0);
	return set_prefix(ec, first, e);
}

static int read_password(struct etcd_client *ec, const struct store_config *c, struct err *e)
{
	char line[512];
	FILE *f;

	if (!c->user)
		return 0;
	if (!c->password_file)
		return err_set(e, ERR_INVALID, "an etcd user needs a password file");
	f = fopen(c->password_file, "re");
	if (!f)
		return err_set_errno(e, ERR_IO, errno, "cannot open %s", c->password_file);
	if (!fgets(line, sizeof(line), f))
		line[0] = 0;
	fclose(f);
	line[strcspn(line, "\r\n")] = 0;
	ec->user = str_dup(str_of(c->user));
	ec->password = str_dup(str_of(line));
	explicit_bzero(line, sizeof(line));
	return ec->user && ec->password ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

static int make_tls(struct etcd_client *ec, const struct store_config *c, struct err *e)
{
	struct tls_config tc = {
		.cert_file = c->cert_file, .key_file = c->key_file, .ca_file = c->ca_file};
	bool any = false;

	for (unsigned i = 0; i < ec->count; i++)
		any = any || ec->endpoint[i].tls;
	if (!any)
		return 0;
	ec->tls = tls_new_client(&tc, e);
	return ec->tls ? 0 : -1;
}

struct etcd_client *etcd_client_new(const struct store_config *c, const char *endpoints,
				    struct err *e)
{
	struct etcd_client *ec = calloc(1, sizeof(*ec));

	if (!ec) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&ec->m, NULL);
	pthread_mutex_init(&ec->auth, NULL);
	if (parse_endpoints(ec, endpoints, e) == 0 && read_password(ec, c, e) == 0 &&
	    make_tls(ec, c, e) == 0) {
		ec->current = (unsigned)rng_below(ec->count); /* spread the clients */
		return ec;
	}
	etcd_client_free(ec);
	return NULL;
}

void etcd_client_free(struct etcd_client *ec)
{
	if (!ec)
		return;
	for (unsigned i = 0; i < ec->idle_count; i++)
		http_client_free(ec->idle[i].http);
	for (unsigned i = 0; i < ENDPOINTS_MAX; i++)
		free(ec->endpoint[i].host);
	if (ec->password)
		explicit_bzero(ec->password, strlen(ec->password));
	free(ec->prefix);
	free(ec->user);
	free(ec->password);
	free(ec->token);
	tls_put(ec->tls);
	pthread_mutex_destroy(&ec->auth);
	pthread_mutex_destroy(&ec->m);
	free(ec);
}

const char *etcd_client_prefix(const struct etcd_client *ec)
{
	return ec->prefix;
}

/* ---- connections ---- */

static struct http_client *connect_to(struct etcd_client *ec, unsigned i)
{
	const struct endpoint *ep = &ec->endpoint[i];

	return http_client_new(ep->host, ep->port, ep->tls ? ec->tls : NULL);
}

/* A connection to the current endpoint, *i. */
static struct http_client *take(struct etcd_client *ec, unsigned *i)
{
	struct http_client *http = NULL;

	pthread_mutex_lock(&ec->m);
	*i = ec->current;
	for (unsigned k = 0; k < ec->idle_count && !http; k++) {
		if (ec->idle[k].endpoint == *i) {
			http = ec->idle[k].http;
			ec->idle[k] = ec->idle[--ec->idle_count];
		}
	}
	pthread_mutex_unlock(&ec->m);
	return http ? http : connect_to(ec, *i);
}

static void give_back(struct etcd_client *ec, struct http_client *http, unsigned i, bool good)
{
	pthread_mutex_lock(&ec->m);
	if (good && ec->idle_count < IDLE_MAX) {
		ec->idle[ec->idle_count].http = http;
		ec->idle[ec->idle_count++].endpoint = i;
		http = NULL;
	}
	if (!good && ec->current == i)
		ec->current = (i + 1) % ec->count;
	pthread_mutex_unlock(&ec->m);
	http_client_free(http);
}

/* ---- answers ---- */

enum verdict { VERDICT_OK, VERDICT_RETRY, VERDICT_AUTH, VERDICT_FAIL };

/* What an HTTP answer means; sets @e unless it is OK. */
static enum verdict judge(int status, JSON *doc, struct err *e)
{
	const char *msg =
		json_string(json_get(doc, "message"), json_string(json_get(doc, "error"), ""));
	int64_t code = json_int(json_get(doc, "code"), 0);

	if (status == 200)
		return VERDICT_OK;
	if (status == 401 || strstr(msg, "revision of auth store is old") ||
	    strstr(msg, "invalid auth token")) {
		err_set(e, ERR_DENIED, "etcd: %s", msg);
		return VERDICT_AUTH;
	}
	if (status == 403 || strstr(msg, "user name is empty") ||
	    strstr(msg, "authentication failed"))
		err_set(e, ERR_DENIED, "etcd: %s", *msg ? msg : "not allowed");
	else if (code == 5)
		err_set(e, ERR_NOT_FOUND, "etcd: %s", msg);
	else if (code == 11)
		err_set(e, ERR_CONFLICT, "etcd: %s", msg);
	else if (status == 400)
		err_set(e, ERR_INVALID, "etcd: %s", *msg ? msg : "bad request");
	else {
		err_set(e, ERR_UNAVAILABLE, "etcd: %s (HTTP %d)", *msg ? msg : "error", status);
		return VERDICT_RETRY;
	}
	return VERDICT_FAIL;
}

/* ---- one request ---- */

struct attempt {
	const char *path;
	struct str body;
	const char *token; /* borrowed; NULL: none */
	unsigned timeout_ms;
	bool unknown; /* out: it may have had an effect */
};

/* The answer, or NULL with *verdict RETRY or FAIL. */
static struct cJSON *try_once(struct etcd_client *ec, struct attempt *a, enum verdict *verdict,
			      struct err *e)
{
	char limit[24];
	struct http_header headers[] = {{"Grpc-Timeout", limit}, {"Authorization", a->token}};
	struct http_call call = {.method = "POST",
				 .path = a->path,
				 .headers = headers,
				 .header_count = a->token ? 2 : 1,
				 .body = a->body,
				 .timeout_ms = a->timeout_ms};
	struct cJSON *doc = NULL;
	struct buf out;
	unsigned i;
	struct http_client *http = take(ec, &i);
	int status;

	*verdict = VERDICT_FAIL;
	if (!http) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	snprintf(limit, sizeof(limit), "%um", a->timeout_ms - a->timeout_ms / 10);
	buf_init(&out);
	status = http_client_request(http, &call, &out, e);
	if (status < 0) {
		*verdict = VERDICT_RETRY;
		a->unknown = e->code != ERR_UNAVAILABLE;
		e->code = ERR_UNAVAILABLE;
	} else {
		doc = json_parse(buf_slice(&out), NULL);
		*verdict = judge(status, doc, e);
		a->unknown = *verdict == VERDICT_RETRY;
		if (*verdict == VERDICT_OK && !doc) {
			err_set(e, ERR_PROTOCOL, "etcd: an answer that is no JSON");
			*verdict = VERDICT_FAIL;
		}
		if (*verdict != VERDICT_OK) {
			json_free(doc);
			doc = NULL;
		}
	}
	buf_fini(&out);
	give_back(ec, http, i, *verdict != VERDICT_RETRY);
	return doc;
}

/* ---- authentication ---- */

void etcd_client_drop_token(struct etcd_client *ec)
{
	pthread_mutex_lock(&ec->m);
	free(ec->token);
	ec->token = NULL;
	pthread_mutex_unlock(&ec->m);
}

static char *copy_token(struct etcd_client *ec)
{
	char *copy;

	pthread_mutex_lock(&ec->m);
	copy = ec->token ? str_dup(str_of(ec->token)) : NULL;
	pthread_mutex_unlock(&ec->m);
	return copy;
}

static enum verdict authenticate(struct etcd_client *ec, struct err *e)
{
	struct attempt a = {.path = "/v3/auth/authenticate", .timeout_ms = AUTH_MS};
	enum verdict verdict;
	struct json_out o;
	struct cJSON *doc;
	struct buf b;
	const char *token;

	buf_init(&b);
	json_out_init(&o, &b, false);
	json_out_object(&o, NULL);
	json_out_strz(&o, "name", ec->user);
	json_out_strz(&o, "password", ec->password);
	json_out_end_object(&o);
	a.body = buf_slice(&b);
	doc = try_once(ec, &a, &verdict, e);
	token = json_string(json_get(doc, "token"), NULL);
	if (verdict == VERDICT_OK && !token) {
		err_set(e, ERR_PROTOCOL, "etcd: an authentication without a token");
		verdict = VERDICT_FAIL;
	}
	if (token) {
		pthread_mutex_lock(&ec->m);
		free(ec->token);
		ec->token = str_dup(str_of(token));
		pthread_mutex_unlock(&ec->m);
	}
	json_free(doc);
	if (b.p)
		explicit_bzero(b.p, b.len);
	buf_fini(&b);
	return verdict;
}

/* A copy of the token, from the server if there is none; NULL when not needed or not to be had. */
static char *get_token(struct etcd_client *ec, enum verdict *verdict, struct err *e)
{
	char *token;

	*verdict = VERDICT_OK;
	if (!ec->user)
		return NULL;
	token = copy_token(ec);
	if (token)
		return token;
	pthread_mutex_lock(&ec->auth);
	token = copy_token(ec);
	if (!token)
		*verdict = authenticate(ec, e);
	pthread_mutex_unlock(&ec->auth);
	if (!token && *verdict == VERDICT_OK) {
		token = copy_token(ec);
		if (!token) { /* dropped again by another thread */
			err_set(e, ERR_UNAVAILABLE, "etcd: the token was refused");
			*verdict = VERDICT_RETRY;
		}
	}
	return token;
}

/* ---- calls ---- */

static struct cJSON *try_with_token(struct etcd_client *ec, struct attempt *a,
				    enum verdict *verdict, struct err *e)
{
	char *token = get_token(ec, verdict, e);
	struct cJSON *doc = NULL;

	if (*verdict == VERDICT_OK) {
		a->token = token;
		doc = try_once(ec, a, verdict, e);
		a->token = NULL;
	}
	if (*verdict == VERDICT_AUTH)
		etcd_client_drop_token(ec);
	free(token);
	return doc;
}

struct cJSON *etcd_client_call(struct etcd_client *ec, struct etcd_call *call, unsigned timeout_ms,
			       struct err *e)
{
	struct attempt a = {.path = call->path, .body = call->body};
	uint64_t until = clk_mono_us() + (uint64_t)timeout_ms * 1000, now;
	unsigned denied = 0;
	struct err mine;

	if (!e)
		e = &mine;
	for (;;) {
		enum verdict verdict;
		struct cJSON *doc;

		now = clk_mono_us();
		a.timeout_ms = now + ATTEMPT_MS * 1000 < until || now >= until
				       ? ATTEMPT_MS
				       : (unsigned)((until - now) / 1000 + 100);
		a.unknown = false;
		doc = try_with_token(ec, &a, &verdict, e);
		call->unknown = call->unknown || a.unknown;
		if (verdict == VERDICT_OK)
			return doc;
		if (verdict == VERDICT_FAIL || (verdict == VERDICT_AUTH && ++denied > 2) ||
		    (verdict == VERDICT_AUTH && !ec->user) || clk_mono_us() >= until)
			return NULL;
		clk_sleep_ms(PAUSE_MS / 2 + (unsigned)rng_below(PAUSE_MS));
	}
}

int etcd_client_stream(struct etcd_client *ec, struct etcd_call *call, unsigned idle_ms,
		       const struct http_sink *sink, struct err *e)
{
	enum verdict verdict;
	char *token = get_token(ec, &verdict, e);
	struct http_header headers[] = {{"Grpc-Metadata-hasleader", "true"},
					{"Authorization", token}};
	struct http_call hc = {.method = "POST",
			       .path = call->path,
			       .headers = headers,
			       .header_count = token ? 2 : 1,
			       .body = call->body,
			       .timeout_ms = idle_ms};
	struct http_client *http;
	unsigned i;
	int status;

	if (verdict != VERDICT_OK) {
		free(token);
		return -1;
	}
	pthread_mutex_lock(&ec->m);
	i = ec->current;
	pthread_mutex_unlock(&ec->m);
	http = connect_to(ec, i);
	status = http ? http_client_stream(http, &hc, sink, e)
		      : err_set(e, ERR_NOMEM, "out of memory");
	if (status == 401)
		etcd_client_drop_token(ec);
	if (status >= 0 && status != 200)
		status = err_set(e, ERR_UNAVAILABLE, "etcd: HTTP %d on a watch", status);
	free(token);
	if (http)
		give_back(ec, http, i, false);
	return status < 0 ? -1 : 0;
}
