/* graph_build - all shards and all tablets are collected in two arrays; sorting these by what they
 * belong to makes the shards of a keyspace, and the tablets of a shard, neighbours. */
#include "topo/graph_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"
#include "src/shard/routing_rules.h"
#include "src/shard/vschema.h"
#include "topo/graph.h"
#include "topo/rec_keyspace.h"
#include "topo/rec_serving.h"
#include "topo/rec_shard.h"
#include "topo/rec_vschema.h"

/* A record as it came, and what it was parsed to when that is worth keeping. */
struct graph_record {
	struct str text;	     /* owned */
	struct vschema *vschema;     /* ref; of a vschema's record */
	struct routing_rules *rules; /* ref; of the routing rules' record */
	char problem[200];	     /* why it cannot be read */
	bool logged;		     /* the problem has been */
};

struct build {
	struct graph_source *src; /* borrowed */
	struct graph *g;
	struct graph_keyspace *keyspaces;
	struct graph_shard *shards;
	struct graph_tablet *tablets;
	size_t keyspace_count, shard_count, tablet_count;
	bool failed; /* out of memory */
};

static void free_record(void *arg)
{
	struct graph_record *r = arg;

	vschema_put(r->vschema);
	routing_rules_put(r->rules);
	free((char *)r->text.p);
	free(r);
}

void graph_build_init(struct graph_source *src)
{
	hmap_init(&src->records);
	hmap_init(&src->good);
}

void graph_build_fini(struct graph_source *src)
{
	hmap_fini(&src->records, free_record);
	hmap_fini(&src->good, free);
}

/* Parses what is kept parsed. A new version that is wrong does not take the old one's place. */
static void parse_kept(struct graph_record *r, const char *key, const struct graph_record *before)
{
	size_t n = strlen(key);
	struct err e;

	if (strcmp(key, REC_ROUTING_RULES_KEY) == 0) {
		r->rules = routing_rules_read(r->text, &e);
		if (!r->rules && before && before->rules)
			r->rules = (struct routing_rules *)snapshot_get(&before->rules->snap);
		else if (r->rules)
			return;
	} else if (n > 8 && strcmp(key + n - 8, "/vschema") == 0) {
		r->vschema = vschema_read(r->text, &e);
		if (!r->vschema && before && before->vschema)
			r->vschema = vschema_get(before->vschema);
		else if (r->vschema)
			return;
	} else {
		return;
	}
	snprintf(r->problem, sizeof(r->problem), "%.*s", (int)sizeof(r->problem) - 1, e.msg);
	log_error("topo.graph", "bad record key=%s error=\"%s\"", key, e.msg);
}

int graph_build_put(struct graph_source *src, const char *key, struct str value)
{
	struct graph_record *r = calloc(1, sizeof(*r));
	void *before = hmap_get(&src->records, str_of(key));

	if (!r)
		return -1;
	r->text = str_make(str_dup(value), value.n);
	if (!r->text.p) {
		free(r);
		return -1;
	}
	parse_kept(r, key, before);
	if (hmap_put(&src->records, str_of(key), r, &before) < 0) {
		free_record(r);
		return -1;
	}
	if (before)
		free_record(before);
	return 0;
}

/* ---- reading the records ---- */

static const char *keep(struct build *b, const char *z)
{
	char *copy = arena_dup(&b->g->arena, z, strlen(z));

	if (!copy)
		b->failed = true;
	return copy ? copy : "";
}

static bool readable(struct graph_record *r, const struct hmap_slot *slot, int rc,
		     const struct err *e)
{
	if (rc == 0)
		return true;
	if (!r->logged)
		log_error("topo.graph", "bad record key=%.*s error=\"%s\"", (int)slot->n, slot->key,
			  e->msg);
	r->logged = true;
	return false;
}

static bool ends_with(const struct hmap_slot *slot, const char *end)
{
	size_t n = strlen(end);

	return slot->n >= n && memcmp(slot->key + slot->n - n, end, n) == 0;
}

enum record_kind { RECORD_OTHER, RECORD_KEYSPACE, RECORD_SHARD, RECORD_TABLET };

static enum record_kind kind_of(const struct hmap_slot *slot)
{
	struct str key = str_make(slot->key, slot->n);

	if (str_starts(key, REC_KEYSPACE_PREFIX)) {
		if (ends_with(slot, "/keyspace"))
			return RECORD_KEYSPACE;
		return memmem(key.p, key.n, "/shards/", 8) ? RECORD_SHARD : RECORD_OTHER;
	}
	if (str_starts(key, "cells/") && memmem(key.p, key.n, "/tablets/", 9))
		return RECORD_TABLET;
	return RECORD_OTHER;
}

static const struct graph_record *find_record(const struct build *b, const char *key)
{
	return hmap_get(&b->src->records, str_of(key));
}

static void add_keyspace(struct build *b, struct graph_record *r, const struct hmap_slot *slot)
{
	const struct graph_record *vs;
	struct graph_keyspace *ks;
	struct rec_keyspace rec;
	char key[REC_KEY];
	struct err e;

	if (!readable(r, slot, rec_read(&rec_keyspace_kind, r->text, &rec, &e), &e))
		return;
	ks = &b->keyspaces[b->keyspace_count++];
	ks->name = keep(b, rec.name);
	ks->sharded = rec.sharded;
	ks->durability = keep(b, rec.durability);
	rec_vschema_key(rec.name, key);
	vs = find_record(b, key);
	if (vs && vs->problem[0])
		ks->vschema_problem = keep(b, vs->problem);
	ks->vschema = vs && vs->vschema ? vschema_get(vs->vschema) : vschema_new_empty();
	if (!ks->vschema)
		b->failed = true;
	b->g->keyspace_count = b->keyspace_count;
}

static struct graph_keyspace *keyspace_of(const struct build *b, const char *name)
{
	return (struct graph_keyspace *)graph_find_keyspace(b->g, str_of(name));
}

static void add_shard(struct build *b, struct graph_record *r, const struct hmap_slot *slot)
{
	struct graph_shard *s;
	struct rec_shard rec;
	struct err e;

	if (!readable(r, slot, rec_read(&rec_shard_kind, r->text, &rec, &e), &e))
		return;
	s = &b->shards[b->shard_count];
	s->keyspace = keyspace_of(b, rec.keyspace);
	if (!s->keyspace || keyrange_parse(str_of(rec.name), &s->range, &e) < 0)
		return; /* its keyspace is being made or dropped */
	b->shard_count++;
	s->name = keep(b, rec.name);
	s->primary_alias = keep(b, rec.primary);
	s->primary_term = rec.primary_term;
	s->serving = !rec.not_serving;
}

static void add_tablet(struct build *b, struct graph_record *r, const struct hmap_slot *slot)
{
	const struct graph_keyspace *ks;
	struct graph_tablet *t;
	struct rec_tablet rec;
	char alias[REC_ALIAS];
	struct err e;

	if (!readable(r, slot, rec_read(&rec_tablet_kind, r->text, &rec, &e), &e))
		return;
	ks = keyspace_of(b, rec.keyspace);
	t = &b->tablets[b->tablet_count];
	t->shard = ks ? graph_find_shard(ks, str_of(rec.shard)) : NULL;
	if (!t->shard)
		return;
	b->tablet_count++;
	rec_tablet_alias(&rec, alias);
	t->alias = keep(b, alias);
	t->cell = keep(b, rec.cell);
	/* Only the shard's record makes a primary. */
	t->type = rec.type == TABLET_PRIMARY ? TABLET_REPLICA : rec.type;
	if (strcmp(t->shard->primary_alias, alias) == 0) {
		t->type = TABLET_PRIMARY;
		t->term = t->shard->primary_term;
	}
	t->hostname = keep(b, rec.hostname);
	t->rpc_address = keep(b, rec.rpc_address);
	t->web_address = keep(b, rec.web_address);
	t->mysql_address = keep(b, rec.mysql_address);
	t->mysql_socket = keep(b, rec.mysql_socket);
	t->started_ms = rec.started_ms;
}

static void each_record(struct build *b, enum record_kind kind,
			void (*add)(struct build *, struct graph_record *,
				    const struct hmap_slot *))
{
	const struct hmap_slot *slot;
	size_t it = 0;

	while ((slot = hmap_next(&b->src->records, &it))) {
		if (kind_of(slot) == kind)
			add(b, slot->value, slot);
	}
}

/* ---- putting them together ---- */

static int cmp_keyspaces(const void *a, const void *b)
{
	return strcmp(((const struct graph_keyspace *)a)->name,
		      ((const struct graph_keyspace *)b)->name);
}

static int cmp_shards(const void *a, const void *b)
{
	const struct graph_shard *x = a, *y = b;

	if (x->keyspace != y->keyspace)
		return x->keyspace < y->keyspace ? -1 : 1;
	if (x->serving != y->serving)
		return x->serving ? -1 : 1;
	return keyrange_cmp(&x->range, &y->range);
}

static int cmp_tablets(const void *a, const void *b)
{
	const struct graph_tablet *x = a, *y = b;

	if (x->shard != y->shard)
		return x->shard < y->shard ? -1 : 1;
	return strcmp(x->alias, y->alias);
}

static void link_shards(struct build *b)
{
	qsort(b->shards, b->shard_count, sizeof(*b->shards), cmp_shards);
	for (size_t i = 0; i < b->shard_count; i++) {
		struct graph_keyspace *ks = (struct graph_keyspace *)b->shards[i].keyspace;

		if (ks->shard_count++ == 0)
			ks->shards = &b->shards[i];
	}
}

static void link_tablets(struct build *b)
{
	qsort(b->tablets, b->tablet_count, sizeof(*b->tablets), cmp_tablets);
	for (size_t i = 0; i < b->tablet_count; i++) {
		struct graph_shard *s = (struct graph_shard *)b->tablets[i].shard;

		if (s->tablet_count++ == 0)
			s->tablets = &b->tablets[i];
		if (b->tablets[i].type == TABLET_PRIMARY)
			s->primary = &b->tablets[i];
	}
}

static bool serves(const struct rec_serving *rec, const char *shard, unsigned type)
{
	for (size_t i = 0; i < rec->count; i++) {
		if (strcmp(rec->shards[i].name, shard) == 0)
			return rec->shards[i].serves[type];
	}
	return false;
}

/* The shards that the records name for @type; @rec NULL: those whose own records say so. */
static size_t choose(const struct graph_keyspace *ks, unsigned type, const struct rec_serving *rec,
		     const struct graph_shard **list)
{
	size_t n = 0;

	for (size_t i = 0; i < ks->shard_count; i++)
		if (rec ? serves(rec, ks->shards[i].name, type) : ks->shards[i].serving)
			list[n++] = &ks->shards[i];
	return n;
}

/* The same of the last good partition. */
static size_t choose_again(const struct graph_keyspace *ks, const char *names,
			   const struct graph_shard **list)
{
	struct str rest = str_of(names ? names : ""), name;
	size_t n = 0;

	while (rest.n) {
		str_cut(rest, ' ', &name, &rest);
		for (size_t i = 0; i < ks->shard_count; i++)
			if (str_eqz(name, ks->shards[i].name))
				list[n++] = &ks->shards[i];
	}
	return n;
}

static bool is_partition(struct build *b, const struct graph_shard *const *list, size_t n,
			 struct err *e)
{
	struct keyrange *ranges = calloc(n + 1, sizeof(*ranges));
	bool ok;

	if (!ranges) {
		b->failed = true;
		err_set(e, ERR_NOMEM, "out of memory");
		return false;
	}
	for (size_t i = 0; i < n; i++)
		ranges[i] = list[i]->range;
	ok = keyrange_check_partition(ranges, n, e) == 0;
	free(ranges);
	return ok;
}

static void remember(struct build *b, const char *key, const struct graph_partition *p)
{
	void *before = NULL;
	char *names;
	struct buf t;

	buf_init(&t);
	for (size_t i = 0; i < p->count; i++)
		buf_printf(&t, "%s%s", i ? " " : "", p->shards[i]->name);
	names = buf_take(&t);
	if (!names || hmap_put(&b->src->good, str_of(key), names, &before) < 0) {
		b->failed = true;
		free(names);
	}
	free(before);
}

static int cmp_by_range(const void *a, const void *b)
{
	return keyrange_cmp(&(*(const struct graph_shard *const *)a)->range,
			    &(*(const struct graph_shard *const *)b)->range);
}

/* Sets the partition of one type. What the records say is used when it covers every id exactly
 * once; else what was used before, as long as its shards are there. */
static void set_partition(struct build *b, struct graph_keyspace *ks, unsigned type,
			  const struct rec_serving *rec)
{
	struct graph_partition *p = &ks->serving[type];
	const struct graph_shard **list =
		arena_array(&b->g->arena, ks->shard_count + 1, sizeof(*list));
	char key[REC_NAME + 20];
	struct err e;

	if (!list) {
		b->failed = true;
		return;
	}
	snprintf(key, sizeof(key), "%u/%s", type, ks->name);
	p->shards = list;
	p->count = choose(ks, type, rec, list);
	if (is_partition(b, list, p->count, &e)) {
		qsort(list, p->count, sizeof(*list), cmp_by_range);
		remember(b, key, p);
		return;
	}
	p->problem = keep(b, e.msg);
	if (rec && !p->count)
		return; /* the record takes this type out of service on purpose */
	p->count = choose_again(ks, hmap_get(&b->src->good, str_of(key)), list);
	if (!is_partition(b, list, p->count, &e))
		p->count = 0;
}

/* A keyspace that is gone leaves nothing to a later one of its name. */
static void forget_keyspace(struct graph_source *src, const char *key)
{
	static const char end[] = "/keyspace";
	size_t n = strlen(key), skip = sizeof(REC_KEYSPACE_PREFIX) - 1, tail = sizeof(end) - 1;
	char good[REC_NAME + 20];

	if (!str_starts(str_of(key), REC_KEYSPACE_PREFIX) || n <= skip + tail ||
	    strcmp(key + n - tail, end) != 0)
		return;
	for (unsigned t = 0; t < TABLET_SPARE; t++) {
		snprintf(good, sizeof(good), "%u/%.*s", t, (int)(n - skip - tail), key + skip);
		free(hmap_del(&src->good, str_of(good)));
	}
}

void graph_build_delete(struct graph_source *src, const char *key)
{
	struct graph_record *r = hmap_del(&src->records, str_of(key));

	if (r)
		free_record(r);
	forget_keyspace(src, key);
}

static void link_serving(struct build *b, struct graph_keyspace *ks)
{
	struct graph_record *r;
	struct rec_serving rec;
	char key[REC_KEY];
	struct err e;
	bool found;

	rec_serving_key(b->g->cell, ks->name, key);
	r = hmap_get(&b->src->records, str_of(key));
	found = r && readable(r, &(struct hmap_slot){.key = key, .n = strlen(key)},
			      rec_serving_read(r->text, &rec, &e), &e);
	for (unsigned t = 0; t < TABLET_SPARE; t++)
		set_partition(b, ks, t, found ? &rec : NULL);
	if (found)
		rec_serving_fini(&rec);
}

static void free_graph(struct snapshot *s)
{
	struct graph *g = (struct graph *)s;

	for (size_t i = 0; i < g->keyspace_count; i++)
		vschema_put((struct vschema *)g->keyspaces[i].vschema);
	routing_rules_put((struct routing_rules *)g->rules);
	arena_fini(&g->arena);
	free(g);
}

static int make_room(struct build *b)
{
	size_t n = b->src->records.len + 1;
	struct arena *a = &b->g->arena;

	b->keyspaces = arena_array(a, n, sizeof(*b->keyspaces));
	b->shards = arena_array(a, n, sizeof(*b->shards));
	b->tablets = arena_array(a, n, sizeof(*b->tablets));
	b->g->keyspaces = b->keyspaces;
	b->g->tablets = b->tablets;
	return b->keyspaces && b->shards && b->tablets ? 0 : -1;
}

static void fill(struct build *b)
{
	const struct graph_record *rules = find_record(b, REC_ROUTING_RULES_KEY);

	each_record(b, RECORD_KEYSPACE, add_keyspace);
	qsort(b->keyspaces, b->keyspace_count, sizeof(*b->keyspaces), cmp_keyspaces);
	each_record(b, RECORD_SHARD, add_shard);
	link_shards(b);
	each_record(b, RECORD_TABLET, add_tablet);
	link_tablets(b);
	b->g->tablet_count = b->tablet_count;
	for (size_t i = 0; i < b->keyspace_count; i++)
		link_serving(b, &b->keyspaces[i]);
	if (rules && rules->rules)
		b->g->rules = (struct routing_rules *)snapshot_get(&rules->rules->snap);
}

struct graph *graph_build(struct graph_source *src, const char *cell)
{
	struct build b = {.src = src, .g = calloc(1, sizeof(struct graph))};

	if (!b.g)
		return NULL;
	snapshot_init(&b.g->snap, free_graph);
	arena_init(&b.g->arena, 0);
	b.g->cell = keep(&b, cell);
	if (make_room(&b) < 0)
		b.failed = true;
	else
		fill(&b);
	if (!b.failed)
		return b.g;
	snapshot_put(&b.g->snap);
	return NULL;
}
