#include "topo/graph.h"

#include "src/base/buf.h"

static struct str start_of(const struct graph_shard *s)
{
	return str_make(s->range.start, s->range.start_n);
}

const struct graph_keyspace *graph_find_keyspace(const struct graph *g, struct str name)
{
	size_t lo = 0, hi = g->keyspace_count;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = str_cmp(name, str_of(g->keyspaces[mid].name));

		if (c == 0)
			return &g->keyspaces[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

bool graph_is_live(const struct graph_keyspace *ks)
{
	for (size_t i = 0; i < ks->shard_count; i++)
		if (ks->shards[i].primary_term > 0 || ks->shards[i].primary_alias[0])
			return true;
	return false;
}

bool graph_is_whole(const struct graph *g, bool strict, struct buf *why)
{
	bool whole = true;

	for (size_t i = 0; i < g->keyspace_count; i++) {
		const struct graph_keyspace *ks = &g->keyspaces[i];
		const struct graph_partition *p = &ks->serving[TABLET_PRIMARY];

		if (!graph_is_live(ks) || (p->count && !(strict && p->problem)))
			continue;
		buf_printf(why, "%skeyspace %s %s: %s", whole ? "" : "; ", ks->name,
			   p->count ? "is served by the last good shards" : "is not served",
			   p->problem ? p->problem : "it has no shards");
		whole = false;
	}
	return whole;
}

bool graph_shard_serves(const struct graph_shard *s, enum tablet_type type)
{
	const struct graph_partition *p = &s->keyspace->serving[type];
	bool serves = s->serving;

	for (size_t i = 0; i < p->count && !serves; i++)
		serves = p->shards[i] == s;
	return serves;
}

const struct graph_shard *graph_find_shard(const struct graph_keyspace *ks, struct str name)
{
	struct keyrange range;

	for (size_t i = 0; i < ks->shard_count; i++) {
		if (str_eqz(name, ks->shards[i].name))
			return &ks->shards[i];
	}
	/* Any name without a dash is the whole range; only the customary one stands for others. */
	if (!memchr(name.p ? name.p : "", '-', name.n) && !str_eqz(name, "0"))
		return NULL;
	if (keyrange_parse(name, &range, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < ks->shard_count; i++) {
		if (keyrange_eq(&range, &ks->shards[i].range))
			return &ks->shards[i];
	}
	return NULL;
}

const struct graph_tablet *graph_find_tablet(const struct graph *g, struct str alias)
{
	for (size_t i = 0; i < g->tablet_count; i++) {
		if (str_eqz(alias, g->tablets[i].alias))
			return &g->tablets[i];
	}
	return NULL;
}

/* Index of the last shard that starts at or before @ksid; the partition is not empty. */
static size_t find_start(const struct graph_partition *p, struct str ksid)
{
	size_t lo = 0, hi = p->count;

	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (str_cmp(start_of(p->shards[mid]), ksid) <= 0)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static const struct graph_partition *partition_of(const struct graph_keyspace *ks,
						  enum tablet_type type)
{
	return &ks->serving[type < TABLET_SPARE ? type : TABLET_PRIMARY];
}

const struct graph_shard *graph_route(const struct graph_keyspace *ks, enum tablet_type type,
				      struct str ksid)
{
	const struct graph_partition *p = partition_of(ks, type);

	/* A start without its trailing zeros is at or before any id that it is equal to. */
	return p->count ? p->shards[find_start(p, ksid)] : NULL;
}

size_t graph_route_range(const struct graph_keyspace *ks, enum tablet_type type, struct str start,
			 struct str end, const struct graph_shard *const **first)
{
	const struct graph_partition *p = partition_of(ks, type);
	size_t from, to;

	*first = p->shards;
	if (p->count == 0)
		return 0;
	from = to = find_start(p, start);
	while (to < p->count && keyrange_meets(&p->shards[to]->range, start, end))
		to++;
	*first = p->shards + from;
	return to - from;
}
