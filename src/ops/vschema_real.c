#include "src/ops/vschema_real.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/ops/shard_primaries.h"
#include "src/ops/tablet_call.h"
#include "src/proto/tablet.pb-c.h"
#include "src/shard/vschema.h"
#include "src/shard/vschema_match.h"
#include "topo/rec_keyspace.h"
#include "topo/rec_vschema.h"
#include "topo/store.h"

enum { SCHEMA_MS = 10000 };

/* What vschema_match() is told. A failure of a question is kept: the answer counts no more. */
struct world {
	struct store *store;
	const char *keyspace;
	const struct vschema *vs;
	struct rpc_trust rpc;
	const Sluice__SchemaReply *schema; /* of the shard that is compared */
	const Sluice__SchemaTable *last;   /* columns of a table are asked for together */
	struct err error;		   /* ERR_OK: none */
};

static const Sluice__SchemaTable *find_table(const Sluice__SchemaReply *r, const char *name)
{
	for (size_t i = 0; i < r->n_tables; i++)
		if (strcmp(r->tables[i]->name, name) == 0)
			return r->tables[i];
	return NULL;
}

/* As it is now: a tablet that has just started may not have read it yet. */
static Sluice__SchemaReply *read_schema(const struct world *w, const struct shard_primary *p,
					struct err *e)
{
	struct tablet_call call = {.address = p->tablet.rpc_address,
				   .command = "reload_schema",
				   .timeout_ms = SCHEMA_MS,
				   .rpc = w->rpc};
	Sluice__SchemaReply *r = NULL;

	if (tablet_call_control(&call, NULL, e) == 0)
		r = tablet_call_read_schema(&call, e);

	if (!r)
		err_wrap(e, "shard %s", p->shard);
	return r;
}

/* A table of another keyspace: asks its first shard. */
static bool table_elsewhere(struct world *w, const char *keyspace, const char *name)
{
	struct shard_primaries p;
	Sluice__SchemaReply *r = NULL;
	struct err e;
	bool found = false;

	err_clear(&e);
	if (shard_primaries_get(w->store, keyspace, &p, &e) == 0)
		r = read_schema(w, &p.v[0], &e);
	shard_primaries_fini(&p);
	if (r) {
		found = find_table(r, name) != NULL;
		sluice__schema_reply__free_unpacked(r, NULL);
	} else if (e.code != ERR_NOT_FOUND && e.code != ERR_INVALID) {
		w->error = e;
	}
	return found;
}

static bool table(void *arg, const char *keyspace, const char *name)
{
	struct world *w = arg;

	if (keyspace && strcmp(keyspace, w->keyspace) != 0)
		return table_elsewhere(w, keyspace, name);
	w->last = find_table(w->schema, name);
	return w->last != NULL;
}

static bool column(void *arg, const char *table_name, const char *name, uint8_t *type, bool *text)
{
	struct world *w = arg;

	if (!w->last || strcmp(w->last->name, table_name) != 0)
		w->last = find_table(w->schema, table_name);
	for (size_t i = 0; w->last && i < w->last->n_columns; i++) {
		const Sluice__SchemaColumn *c = w->last->columns[i];

		if (strcasecmp(c->name, name) != 0)
			continue;
		*type = (uint8_t)c->type;
		*text = *c->collation && strcmp(c->collation, "binary") != 0;
		return true;
	}
	return false;
}

static bool is_sequence(const struct vschema *vs, const char *name)
{
	const struct vschema_table *t = vschema_find_table(vs, str_of(name));

	return t && t->type == VSCHEMA_SEQUENCE;
}

static bool sequence_of(struct world *w, const char *keyspace, const char *name)
{
	struct vschema *vs;
	struct err e;
	bool found;

	if (strcmp(keyspace, w->keyspace) == 0)
		return is_sequence(w->vs, name);
	vs = rec_vschema_get(w->store, keyspace, NULL, &e);
	if (!vs) {
		w->error = e;
		return false;
	}
	found = is_sequence(vs, name);
	vschema_put(vs);
	return found;
}

static bool sequence(void *arg, const char *keyspace, const char *name)
{
	struct world *w = arg;
	struct store_list list = {.revision = 0};
	const size_t skip = strlen(REC_KEYSPACE_PREFIX);
	char other[REC_NAME];
	bool found = false;
	struct err e;

	if (keyspace)
		return sequence_of(w, keyspace, name);
	if (store_list(w->store, REC_KEYSPACE_PREFIX, &list, &e) < 0)
		w->error = e;
	for (size_t i = 0; i < list.entries.len && !found; i++) {
		const char *key = list.entries.v[i].key + skip, *end = strchr(key, '/');

		if (!end || strcmp(end, "/keyspace") != 0)
			continue;
		snprintf(other, sizeof(other), "%.*s", (int)(end - key), key);
		found = sequence_of(w, other, name);
	}
	store_list_fini(&list);
	return found;
}

/* All shards should be alike; one that has other problems than the first is named. */
static int check_shard(struct world *w, const struct shard_primary *p, struct buf *problems,
		       struct err *e)
{
	struct vschema_world real = {w, table, column, sequence};
	Sluice__SchemaReply *r = read_schema(w, p, e);
	struct buf b;
	int rc = 0;

	if (!r)
		return -1;
	buf_init(&b);
	w->schema = r;
	w->last = NULL;
	if (vschema_match(w->vs, &real, &b) && !problems->len)
		buf_str(problems, buf_slice(&b));
	else if (b.len && !str_eq(buf_slice(&b), buf_slice(problems)))
		buf_printf(problems, "; shard %s: %s", p->shard, buf_cstr(&b));
	if (w->error.code != ERR_OK) {
		*e = w->error;
		rc = -1;
	}
	buf_fini(&b);
	sluice__schema_reply__free_unpacked(r, NULL);
	return rc;
}

int vschema_real_check(struct store *s, const char *keyspace, const struct vschema *vs,
		       struct rpc_trust rpc, struct buf *problems, struct err *e)
{
	struct world w = {s, keyspace, vs, rpc, NULL, NULL, {0}};
	struct shard_primaries p;
	int rc;

	if (!vs->table_count && !vs->vindex_count)
		return 0;
	err_clear(&w.error);
	rc = shard_primaries_get(s, keyspace, &p, e);
	for (size_t i = 0; i < p.len && rc == 0; i++)
		if (p.v[i].serving)
			rc = check_shard(&w, &p.v[i], problems, e);
	shard_primaries_fini(&p);
	if (rc == 0)
		rc = buf_check(problems, e);
	return rc < 0 ? err_wrap(e, "the VSchema cannot be compared with the tables") : 0;
}

int vschema_real_check_stored(struct store *s, const char *keyspace, struct rpc_trust rpc,
			      struct buf *problems, struct err *e)
{
	struct vschema *vs = rec_vschema_get(s, keyspace, NULL, e);
	int rc = vs ? vschema_real_check(s, keyspace, vs, rpc, problems, e) : -1;

	vschema_put(vs);
	return rc;
}
