#include "src/ops/shard_promote.h"

#include <stdio.h>
#include <string.h>

#include "src/base/clk.h"
#include "src/base/json.h"
#include "src/ops/tablet_call.h"
#include "topo/rec_tablet.h"
#include "topo/store.h"

enum { ASK_MS = 5000 };

/* What a tablet says of itself; NULL with @e when it does not answer. json_free() ends it. */
static struct cJSON *ask(struct store *s, const char *alias, struct rpc_trust rpc,
			 struct rec_tablet *t, struct err *e)
{
	struct tablet_call c = {.command = "status", .timeout_ms = ASK_MS, .rpc = rpc};
	struct cJSON *doc = NULL;
	struct buf b;

	if (rec_tablet_get(s, alias, t, NULL, e) < 0) {
		err_wrap(e, "tablet %s", alias);
		return NULL;
	}
	c.address = t->rpc_address;
	buf_init(&b);
	if (tablet_call_control(&c, &b, e) == 0)
		doc = json_parse(buf_slice(&b), e);
	buf_fini(&b);
	return doc;
}

/* Two primaries at once would take different writes. */
static int check_old(struct store *s, const struct rec_shard *shard,
		     const struct shard_promotion *p, struct err *e)
{
	struct rec_tablet t = {.uid = 0};
	struct cJSON *doc;
	struct err why;
	bool serves;

	if (!shard->primary[0])
		return 0;
	doc = ask(s, shard->primary, p->rpc, &t, &why);
	if (!doc) {
		if (p->force)
			return 0;
		return err_set(e, ERR_CONFLICT,
			       "the primary %s does not answer (%s): it may still serve. Make sure "
			       "that it does not run, then use --force",
			       shard->primary, why.msg);
	}
	serves = json_bool(json_get(doc, "serving"), true);
	json_free(doc);
	return serves ? err_set(e, ERR_CONFLICT, "the primary %s serves", shard->primary) : 0;
}

static int check_new(struct store *s, const struct rec_shard *shard,
		     const struct shard_promotion *p, struct err *e)
{
	struct rec_tablet t = {.uid = 0};
	struct cJSON *doc = ask(s, p->alias, p->rpc, &t, e);
	const char *identity, *state, *alias = p->alias;
	int rc = 0;

	if (!doc)
		return -1;
	identity = json_string(json_get(doc, "identity"), "");
	state = json_string(json_get(doc, "mysqld"), "");
	if (strcmp(t.keyspace, shard->keyspace) != 0 || strcmp(t.shard, shard->name) != 0)
		rc = err_set(e, ERR_INVALID, "tablet %s is one of shard %s/%s", alias, t.keyspace,
			     t.shard);
	else if (strcmp(state, "ready") != 0)
		rc = err_set(e, ERR_UNAVAILABLE, "tablet %s is not ready: %s", alias,
			     json_string(json_get(doc, "reason"), state));
	else if (strcmp(identity, shard->identity) != 0)
		rc = err_set(e, ERR_CONFLICT, "tablet %s does not hold the data of shard %s/%s",
			     alias, shard->keyspace, shard->name);
	json_free(doc);
	return rc;
}

int shard_promote(struct store *s, struct rec_shard *shard, const struct shard_promotion *p,
		  struct err *e)
{
	struct store_write w = {.expect = STORE_ANY};
	int64_t now = (int64_t)clk_wall_us();

	if (rec_shard_get(s, shard, &w.expect, e) < 0)
		return err_wrap(e, "shard %s/%s", shard->keyspace, shard->name);
	if (!strcmp(shard->primary, p->alias))
		return err_set(e, ERR_EXISTS, "tablet %s is the primary already", p->alias);
	if (check_new(s, shard, p, e) < 0 || check_old(s, shard, p, e) < 0)
		return -1;
	snprintf(shard->primary, sizeof(shard->primary), "%s", p->alias);
	shard->primary_term = now > shard->primary_term ? now : shard->primary_term + 1;
	shard->primary_since_ms = now / 1000;
	return rec_shard_put(s, shard, &w, e);
}
