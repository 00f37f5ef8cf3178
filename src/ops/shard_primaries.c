#include "src/ops/shard_primaries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/vec.h"
#include "src/ops/tablet_call.h"
#include "topo/lock.h"
#include "topo/rec_keyspace.h"
#include "topo/store.h"

enum { PING_MS = 5000, DDL_MS = 3600 * 1000, LOCK_WAIT_MS = 10000 };

static int add_shard(struct store *s, struct str record, struct shard_primaries *out, struct err *e)
{
	struct shard_primary *p;
	struct rec_shard shard;

	if (rec_read(&rec_shard_kind, record, &shard, e) < 0)
		return -1;
	/* A shard that is still being made gets the schema when it is filled. */
	if (shard.not_serving && !*shard.primary)
		return 0;
	if (VEC_GROW(out) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	p = &out->v[out->len];
	p->serving = !shard.not_serving;
	snprintf(p->shard, sizeof(p->shard), "%s", shard.name);
	if (!*shard.primary)
		return err_set(e, ERR_UNAVAILABLE, "shard %s/%s has no primary", shard.keyspace,
			       shard.name);
	if (rec_tablet_get(s, shard.primary, &p->tablet, NULL, e) < 0)
		return err_wrap(e, "the primary %s of shard %s/%s", shard.primary, shard.keyspace,
				shard.name);
	out->len++;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct shard_primary *p = a, *q = b;
	struct keyrange x, y;

	if (p->serving != q->serving)
		return p->serving ? -1 : 1;
	if (keyrange_parse(str_of(p->shard), &x, NULL) < 0 ||
	    keyrange_parse(str_of(q->shard), &y, NULL) < 0)
		return 0;
	return keyrange_cmp(&x, &y);
}

int shard_primaries_get(struct store *s, const char *keyspace, struct shard_primaries *out,
			struct err *e)
{
	struct store_list list = {.revision = 0};
	struct rec_keyspace ks;
	char prefix[REC_KEY];
	int rc;

	*out = (struct shard_primaries){.v = NULL};
	if (rec_check_keyspace(keyspace, e) < 0)
		return -1;
	if (rec_keyspace_get(s, keyspace, &ks, NULL, e) < 0)
		return err_wrap(e, "keyspace %s", keyspace);
	rec_shard_key(keyspace, "", prefix);
	rc = store_list(s, prefix, &list, e);
	for (size_t i = 0; i < list.entries.len && rc == 0; i++)
		rc = add_shard(s, str_make(list.entries.v[i].value, list.entries.v[i].value_n), out,
			       e);
	store_list_fini(&list);
	if (rc == 0 && !out->len)
		rc = err_set(e, ERR_NOT_FOUND, "keyspace %s has no shards", keyspace);
	if (rc == 0)
		qsort(out->v, out->len, sizeof(*out->v), compare);
	return rc;
}

void shard_primaries_fini(struct shard_primaries *p)
{
	free(p->v);
	*p = (struct shard_primaries){.v = NULL};
}

/* Says which shards are changed and which are not, for the operator who must repair it. */
static int half_done(const struct shard_primaries *p, size_t failed, struct err *e)
{
	char done[200] = "none";
	size_t at = 0;

	for (size_t i = 0; i < failed && at < sizeof(done); i++)
		at += (size_t)snprintf(done + at, sizeof(done) - at, "%s%s", i ? ", " : "",
				       p->v[i].shard);
	return err_wrap(e, "shard %s (shards done before: %s)", p->v[failed].shard, done);
}

static int apply(const struct shard_primaries *p, struct str sql, struct rpc_trust rpc, struct err *e)
{
	struct tablet_call c = {.timeout_ms = PING_MS, .command = "ping", .rpc = rpc};

	for (size_t i = 0; i < p->len; i++) {
		c.address = p->v[i].tablet.rpc_address;
		if (tablet_call_control(&c, NULL, e) < 0)
			return err_wrap(e, "nothing is changed: shard %s", p->v[i].shard);
	}
	c.command = "apply_schema";
	c.sql = sql;
	c.timeout_ms = DDL_MS;
	for (size_t i = 0; i < p->len; i++) {
		c.address = p->v[i].tablet.rpc_address;
		if (tablet_call_control(&c, NULL, e) < 0)
			return half_done(p, i, e);
	}
	return 0;
}

int shard_primaries_apply_schema(struct store *s, const char *keyspace, struct str sql,
				 struct rpc_trust rpc, struct err *e)
{
	char key[REC_KEY];
	struct lock_request r = {.key = key, .holder = "schema apply", .timeout_ms = LOCK_WAIT_MS};
	struct shard_primaries p;
	struct store_lock *lock = NULL;
	int rc = -1;

	if (!str_trim(sql).n)
		return err_set(e, ERR_INVALID, "there is no statement");
	if (shard_primaries_get(s, keyspace, &p, e) < 0)
		goto out;
	snprintf(key, sizeof(key), "locks/schema/%s", keyspace);
	lock = lock_acquire(s, &r, e);
	if (lock)
		rc = apply(&p, sql, rpc, e);
	lock_release(lock);
out:
	shard_primaries_fini(&p);
	return rc;
}
