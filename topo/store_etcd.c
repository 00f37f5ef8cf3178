/* store_etcd - the topology store in etcd 3.4 or later, through its v3 JSON gateway.
 *
 * A key's version is etcd's mod_revision. A write is one transaction: compare what is expected and
 * the guard, then put; else read both, to say what is wrong. A write is repeated until its outcome
 * is known: when an attempt may have had an effect and a later one finds exactly what was to be
 * written, that was us.
 *
 * The gateway leaves out zero values and ignores misspelt fields; numbers of 64 bits are strings.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/base64.h"
#include "src/base/json.h"
#include "topo/etcd_client.h"
#include "topo/lock.h"
#include "topo/store_int.h"

enum { PAGE = 200, WATCH_IDLE_MS = 15000 };

struct etcd_store {
	struct store base;	    /* must be first */
	struct etcd_client *client; /* owned */
};

static struct etcd_store *etcd_of(struct store *s)
{
	return (struct etcd_store *)s;
}

/* ---- building requests ---- */

static void put_base64(struct json_out *o, const char *name, struct str s)
{
	struct buf b;

	buf_init(&b);
	base64_encode(&b, s);
	if (b.failed)
		o->b->failed = true;
	json_out_str(o, name, buf_slice(&b));
	buf_fini(&b);
}

/* The store's key under the prefix. */
static void put_key(const struct etcd_store *q, struct json_out *o, const char *name,
		    const char *key)
{
	struct buf b;

	buf_init(&b);
	buf_puts(&b, etcd_client_prefix(q->client));
	buf_puts(&b, key);
	if (b.failed)
		o->b->failed = true;
	put_base64(o, name, buf_slice(&b));
	buf_fini(&b);
}

/* key and range_end for all keys that start with @prefix, or those of them behind @after (NULL:
 * all). The store's own prefix ends in '/', so that there always is a byte to count up. */
static void put_range(const struct etcd_store *q, struct json_out *o, const char *prefix,
		      const char *after)
{
	struct buf b;

	buf_init(&b);
	buf_puts(&b, etcd_client_prefix(q->client));
	buf_puts(&b, after ? after : prefix);
	if (after)
		buf_u8(&b, 0);
	put_base64(o, "key", buf_slice(&b));
	buf_reset(&b);
	buf_puts(&b, etcd_client_prefix(q->client));
	buf_puts(&b, prefix);
	while (b.len > 1 && b.p[b.len - 1] == 0xff)
		b.len--;
	if (b.failed)
		o->b->failed = true;
	else
		b.p[b.len - 1]++;
	put_base64(o, "range_end", buf_slice(&b));
	buf_fini(&b);
}

static void put_int(struct json_out *o, const char *name, int64_t v)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRId64, v);
	json_out_strz(o, name, digits);
}

struct request {
	struct buf b;
	struct json_out o;
	struct etcd_call call;
};

static void begin(struct request *r, const char *path)
{
	buf_init(&r->b);
	json_out_init(&r->o, &r->b, false);
	json_out_object(&r->o, NULL);
	r->call = (struct etcd_call){.path = path};
}

/* Ends the object, sends it and frees the request; the answer, or NULL. */
static struct cJSON *finish(struct etcd_store *q, struct request *r, struct err *e)
{
	struct cJSON *doc = NULL;

	json_out_end_object(&r->o);
	r->call.body = buf_slice(&r->b);
	if (buf_check(&r->b, e) == 0)
		doc = etcd_client_call(q->client, &r->call, q->base.timeout_ms, e);
	buf_fini(&r->b);
	return doc;
}

/* ---- reading answers ---- */

static int64_t revision_of(JSON *answer)
{
	return json_int(json_get(json_get(answer, "header"), "revision"), 0);
}

static int get_base64(JSON *v, struct buf *out, struct err *e)
{
	if (base64_decode(out, str_of(json_string(v, ""))) < 0)
		return err_set(e, ERR_PROTOCOL, "etcd: bad base64 in an answer");
	return buf_check(out, e);
}

static int etcd_get(struct store *s, const char *key, struct buf *value, int64_t *version,
		    struct err *e)
{
	struct etcd_store *q = etcd_of(s);
	struct request r;
	struct cJSON *doc;
	JSON *kv;
	int rc = 0;

	begin(&r, "/v3/kv/range");
	put_key(q, &r.o, "key", key);
	if (!value)
		json_out_bool(&r.o, "keys_only", true);
	doc = finish(q, &r, e);
	if (!doc)
		return -1;
	kv = json_at(json_get(doc, "kvs"), 0);
	if (!kv)
		rc = err_set(e, ERR_NOT_FOUND, "there is no %s in the topology store", key);
	if (kv && version)
		*version = json_int(json_get(kv, "mod_revision"), 0);
	if (kv && value)
		rc = get_base64(json_get(kv, "value"), value, e);
	json_free(doc);
	return rc;
}

/* Appends one page of a list to @out. 1: there is more; 0: that was all. */
static int add_page(struct etcd_store *q, JSON *doc, struct store_list *out, struct err *e)
{
	size_t skip = strlen(etcd_client_prefix(q->client));
	struct buf key, value;
	int rc = 0;

	buf_init(&key);
	buf_init(&value);
	for (JSON *kv = json_first(json_get(doc, "kvs")); kv && rc == 0; kv = json_next(kv)) {
		buf_reset(&key);
		buf_reset(&value);
		if (get_base64(json_get(kv, "key"), &key, e) < 0 ||
		    get_base64(json_get(kv, "value"), &value, e) < 0)
			rc = -1;
		else if (key.len >= skip &&
			 store_list_add(out, str_make(key.p + skip, key.len - skip),
					buf_slice(&value),
					json_int(json_get(kv, "mod_revision"), 0)) < 0)
			rc = err_set(e, ERR_NOMEM, "out of memory");
	}
	buf_fini(&key);
	buf_fini(&value);
	return rc < 0 ? -1 : json_bool(json_get(doc, "more"), false);
}

static int etcd_list(struct store *s, const char *prefix, struct store_list *out, struct err *e)
{
	struct etcd_store *q = etcd_of(s);
	int more;

	do {
		size_t n = out->entries.len;
		struct request r;
		struct cJSON *doc;

		begin(&r, "/v3/kv/range");
		put_range(q, &r.o, prefix, n ? out->entries.v[n - 1].key : NULL);
		json_out_int(&r.o, "limit", PAGE);
		if (n)
			put_int(&r.o, "revision", out->revision); /* all pages of one moment */
		doc = finish(q, &r, e);
		if (!doc)
			return -1;
		if (n == 0)
			out->revision = revision_of(doc);
		more = add_page(q, doc, out, e);
		json_free(doc);
	} while (more > 0);
	return more;
}

/* ---- writing ---- */

/* Opens a comparison; the caller adds the value and closes it. */
static void put_compare(struct etcd_store *q, struct json_out *o, const char *key,
			const char *target)
{
	json_out_object(o, NULL);
	put_key(q, o, "key", key);
	json_out_strz(o, "target", target);
}

static void put_expectations(struct etcd_store *q, struct json_out *o, const struct store_write *w,
			     bool del)
{
	json_out_array(o, "compare");
	if (w->expect == STORE_CREATE) {
		put_compare(q, o, w->key, "CREATE");
		json_out_strz(o, "create_revision", "0");
		json_out_end_object(o);
	} else if (w->expect > 0) {
		put_compare(q, o, w->key, "MOD");
		put_int(o, "mod_revision", w->expect);
		json_out_end_object(o);
	} else if (del) {
		put_compare(q, o, w->key, "CREATE");
		json_out_strz(o, "result", "GREATER");
		json_out_strz(o, "create_revision", "0");
		json_out_end_object(o);
	}
	if (w->guard) {
		put_compare(q, o, lock_key(w->guard), "CREATE");
		put_int(o, "create_revision", lock_fence(w->guard));
		json_out_end_object(o);
	}
	json_out_end_array(o);
}

static void put_success(struct etcd_store *q, struct json_out *o, const struct store_write *w,
			bool del)
{
	json_out_array(o, "success");
	json_out_object(o, NULL);
	json_out_object(o, del ? "request_delete_range" : "request_put");
	put_key(q, o, "key", w->key);
	if (!del) {
		put_base64(o, "value", w->value);
		if (w->lease)
			put_int(o, "lease", w->lease);
	}
	json_out_end_object(o);
	json_out_end_object(o);
	json_out_end_array(o);
}

static void put_read(struct etcd_store *q, struct json_out *o, const char *key)
{
	json_out_object(o, NULL);
	json_out_object(o, "request_range");
	put_key(q, o, "key", key);
	json_out_end_object(o);
	json_out_end_object(o);
}

static JSON *failure_kv(JSON *doc, size_t i)
{
	JSON *range = json_get(json_at(json_get(doc, "responses"), i), "response_range");

	return json_at(json_get(range, "kvs"), 0);
}

/* Whether what is at the key is what @w was to put there. */
static bool is_ours(const struct store_write *w, bool del, JSON *kv)
{
	struct buf b;
	bool same;

	if (del || !kv)
		return del && !kv;
	buf_init(&b);
	same = base64_decode(&b, str_of(json_string(json_get(kv, "value"), ""))) == 0 &&
	       str_eq(buf_slice(&b), w->value) && json_int(json_get(kv, "lease"), 0) == w->lease &&
	       json_int(json_get(kv, "mod_revision"), 0) > w->expect;
	buf_fini(&b);
	return same;
}

/* The transaction's comparison failed: says why. @unknown: an earlier attempt may have succeeded.
 */
static int explain_failure(struct store_write *w, bool del, JSON *doc, bool unknown, struct err *e)
{
	JSON *kv = failure_kv(doc, 0), *lock = failure_kv(doc, 1);

	if (unknown && w->expect != STORE_ANY && is_ours(w, del, kv)) {
		w->version = json_int(json_get(kv, "mod_revision"), 0);
		return 0;
	}
	if (w->guard && json_int(json_get(lock, "create_revision"), 0) != lock_fence(w->guard))
		return err_set(e, ERR_TXN_LOST, "lock %s is lost: %s is not written",
			       lock_key(w->guard), w->key);
	if (w->expect == STORE_CREATE)
		return err_set(e, ERR_EXISTS, "%s exists already", w->key);
	if (w->expect == STORE_ANY)
		return unknown ? 0
			       : err_set(e, ERR_NOT_FOUND, "there is no %s in the topology store",
					 w->key);
	return err_set(e, ERR_CONFLICT, "%s has been %s in the meantime", w->key,
		       kv ? "changed" : "deleted");
}

static int etcd_write(struct store *s, struct store_write *w, bool del, struct err *e)
{
	struct etcd_store *q = etcd_of(s);
	struct request r;
	struct cJSON *doc;
	struct err mine;
	int rc = 0;

	if (!e)
		e = &mine;
	begin(&r, "/v3/kv/txn");
	put_expectations(q, &r.o, w, del);
	put_success(q, &r.o, w, del);
	json_out_array(&r.o, "failure");
	put_read(q, &r.o, w->key);
	if (w->guard)
		put_read(q, &r.o, lock_key(w->guard));
	json_out_end_array(&r.o);
	doc = finish(q, &r, e);
	if (!doc) {
		if (e->code == ERR_NOT_FOUND && w->lease) /* "requested lease not found" */
			return err_set(e, ERR_TXN_LOST, "the lease of %s has run out", w->key);
		return -1;
	}
	if (json_bool(json_get(doc, "succeeded"), false))
		w->version = revision_of(doc);
	else
		rc = explain_failure(w, del, doc, r.call.unknown, e);
	json_free(doc);
	return rc;
}

/* ---- following ---- */

struct follow {
	struct etcd_store *q;
	struct store_follower *f;
	struct buf key, value;
	struct err *e;
	bool failed; /* *e is set */
};

static void fail_follow(struct follow *w, enum err_code code, const char *why)
{
	w->failed = true;
	err_set(w->e, code, "etcd watch: %s", why);
}

static void tell(struct follow *w, JSON *event)
{
	size_t skip = strlen(etcd_client_prefix(w->q->client));
	JSON *kv = json_get(event, "kv");
	struct store_change c = {.version = json_int(json_get(kv, "mod_revision"), 0)};
	struct err bad;

	buf_reset(&w->key);
	buf_reset(&w->value);
	if (get_base64(json_get(kv, "key"), &w->key, &bad) < 0 ||
	    get_base64(json_get(kv, "value"), &w->value, &bad) < 0 || w->key.len < skip) {
		fail_follow(w, ERR_PROTOCOL, "an event without a key");
		return;
	}
	c.deleted = strcmp(json_string(json_get(event, "type"), "PUT"), "DELETE") == 0;
	c.key = buf_cstr(&w->key);
	if (!c.key) {
		fail_follow(w, ERR_NOMEM, "out of memory");
		return;
	}
	c.key += skip;
	c.value = buf_slice(&w->value);
	w->f->change(w->f->arg, &c);
	w->f->revision = c.version;
}

static void on_result(struct follow *w, JSON *result)
{
	JSON *events = json_get(result, "events");

	if (json_bool(json_get(result, "canceled"), false)) {
		if (json_int(json_get(result, "compact_revision"), 0) > 0) {
			fail_follow(w, ERR_CONFLICT, "the changes are compacted");
		} else {
			/* Not allowed: by an old token, perhaps. */
			etcd_client_drop_token(w->q->client);
			fail_follow(w, ERR_DENIED,
				    json_string(json_get(result, "cancel_reason"), "canceled"));
		}
		return;
	}
	for (JSON *ev = json_first(events); ev && !w->failed; ev = json_next(ev))
		tell(w, ev);
	if (json_len(events) > 0 && !w->failed)
		w->f->caught_up(w->f->arg);
	/* A progress notification says how far the watch has come without events. */
	if (json_len(events) == 0 && !json_bool(json_get(result, "created"), false) &&
	    revision_of(result) > w->f->revision)
		w->f->revision = revision_of(result);
}

static bool on_line(void *arg, struct str line)
{
	struct follow *w = arg;
	struct cJSON *doc = json_parse(line, NULL);
	JSON *error = json_get(doc, "error");

	if (!doc)
		fail_follow(w, ERR_PROTOCOL, "a line that is no JSON");
	else if (error)
		fail_follow(w, ERR_UNAVAILABLE,
			    json_string(json_get(error, "message"), json_string(error, "error")));
	else
		on_result(w, json_get(doc, "result"));
	json_free(doc);
	return !w->failed;
}

static int follow_once(struct follow *w)
{
	struct http_sink sink = {.line = on_line, .arg = w, .stop = w->f->stop};
	struct request r;
	int rc = -1;

	begin(&r, "/v3/watch");
	json_out_object(&r.o, "create_request");
	put_range(w->q, &r.o, w->f->prefix, NULL);
	put_int(&r.o, "start_revision", w->f->revision + 1);
	json_out_bool(&r.o, "progress_notify", true);
	json_out_end_object(&r.o);
	json_out_end_object(&r.o);
	r.call.body = buf_slice(&r.b);
	if (buf_check(&r.b, w->e) == 0)
		rc = etcd_client_stream(w->q->client, &r.call, WATCH_IDLE_MS, &sink, w->e);
	buf_fini(&r.b);
	if (w->failed || rc < 0)
		return -1;
	return err_set(w->e, ERR_UNAVAILABLE, "etcd watch: the server ended it");
}

static int etcd_follow(struct store *s, struct store_follower *f, struct err *e)
{
	struct follow w = {.q = etcd_of(s), .f = f, .e = e};
	int rc;

	buf_init(&w.key);
	buf_init(&w.value);
	do {
		rc = follow_once(&w);
		/* No line for a while is no error; but a member that hangs looks like that, too: so
		 * ask again, from where we are, another member. */
	} while (rc < 0 && !w.failed && e->code == ERR_DEADLINE && !*f->stop);
	buf_fini(&w.key);
	buf_fini(&w.value);
	return *f->stop ? 0 : rc;
}

/* ---- leases ---- */

static int etcd_lease_grant(struct store *s, unsigned ttl_s, int64_t *id, struct err *e)
{
	struct request r;
	struct cJSON *doc;

	begin(&r, "/v3/lease/grant");
	put_int(&r.o, "TTL", ttl_s);
	doc = finish(etcd_of(s), &r, e);
	*id = json_int(json_get(doc, "ID"), 0);
	json_free(doc);
	if (!doc)
		return -1;
	return *id ? 0 : err_set(e, ERR_PROTOCOL, "etcd: a lease without an id");
}

static int etcd_lease_renew(struct store *s, int64_t id, struct err *e)
{
	struct request r;
	struct cJSON *doc;
	int64_t ttl;

	begin(&r, "/v3/lease/keepalive");
	put_int(&r.o, "ID", id);
	doc = finish(etcd_of(s), &r, e);
	if (!doc)
		return -1;
	/* A lease that is gone is an answer without TTL. */
	ttl = json_int(json_get(json_get(doc, "result"), "TTL"), 0);
	json_free(doc);
	return ttl > 0 ? 0 : err_set(e, ERR_NOT_FOUND, "the lease has run out");
}

static int etcd_lease_revoke(struct store *s, int64_t id, struct err *e)
{
	struct request r;
	struct cJSON *doc;

	begin(&r, "/v3/lease/revoke");
	put_int(&r.o, "ID", id);
	doc = finish(etcd_of(s), &r, e);
	json_free(doc);
	return doc ? 0 : -1;
}

static int etcd_compact(struct store *s, struct err *e)
{
	struct etcd_store *q = etcd_of(s);
	struct request r;
	struct cJSON *doc;
	int64_t revision;
	struct err mine;

	if (!e)
		e = &mine;
	begin(&r, "/v3/kv/range");
	put_key(q, &r.o, "key", "none");
	doc = finish(q, &r, e);
	if (!doc)
		return -1;
	revision = revision_of(doc);
	json_free(doc);
	begin(&r, "/v3/kv/compaction");
	put_int(&r.o, "revision", revision);
	json_out_bool(&r.o, "physical", true);
	doc = finish(q, &r, e);
	json_free(doc);
	return doc || e->code == ERR_CONFLICT ? 0 : -1; /* ERR_CONFLICT: it is compacted already */
}

static void etcd_close(struct store *s)
{
	struct etcd_store *q = etcd_of(s);

	etcd_client_free(q->client);
	free(q);
}

static const struct store_ops etcd_ops = {
	.close = etcd_close,
	.get = etcd_get,
	.write = etcd_write,
	.list = etcd_list,
	.follow = etcd_follow,
	.lease_grant = etcd_lease_grant,
	.lease_renew = etcd_lease_renew,
	.lease_revoke = etcd_lease_revoke,
	.compact = etcd_compact,
};

struct store *store_etcd_open(const struct store_config *c, const char *rest, struct err *e)
{
	struct etcd_store *q = calloc(1, sizeof(*q));

	if (!q) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	q->base.ops = &etcd_ops;
	q->client = etcd_client_new(c, rest, e);
	if (q->client)
		return &q->base;
	free(q);
	return NULL;
}
