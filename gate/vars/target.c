#include "gate/vars/target.h"

#include <stdio.h>
#include <string.h>

#include "topo/graph.h"

static int unknown(struct str text, struct err *e)
{
	return err_set(e, ERR_BAD_DB, "Unknown database '%.*s'", STR_ARG(text));
}

int target_parse(struct str text, const struct graph *graph, struct session_target *out,
		 struct err *e)
{
	struct str name, type, ks, shard;
	const struct graph_keyspace *k;
	const struct graph_shard *s;
	enum tablet_type tt = TABLET_PRIMARY;
	char word[16];

	memset(out, 0, sizeof(*out));
	if (!graph)
		return err_set(e, ERR_UNAVAILABLE, "the gate has not read the topology yet");
	if (str_cut(text, '@', &name, &type)) {
		snprintf(word, sizeof(word), "%.*s", STR_ARG(type));
		if (rec_tablet_type_parse(word, &tt) < 0 || tt >= TABLET_SPARE)
			return unknown(text, e);
	}
	out->tablet_type = (uint8_t)tt;
	if (!name.n)
		return 0;
	if (!str_cut(name, ':', &ks, &shard) && !str_cut(name, '/', &ks, &shard))
		ks = name, shard = STR_LIT("");
	k = graph_find_keyspace(graph, ks);
	if (!k || ks.n >= sizeof(out->keyspace))
		return unknown(text, e);
	snprintf(out->keyspace, sizeof(out->keyspace), "%s", k->name);
	if (ks.n == name.n)
		return 0;
	s = graph_find_shard(k, shard);
	if (!s)
		return unknown(text, e);
	if (!graph_shard_serves(s, tt))
		return err_set(e, ERR_UNAVAILABLE, "shard %s/%s does not serve", k->name, s->name);
	snprintf(out->shard, sizeof(out->shard), "%s", s->name);
	return 0;
}

void target_print(const struct session_target *t, char *out, size_t room)
{
	bool other = t->tablet_type != TABLET_PRIMARY;

	snprintf(out, room, "%s%s%s%s%s", t->keyspace, t->shard[0] ? ":" : "", t->shard,
		 other ? "@" : "",
		 other ? rec_tablet_type_name((enum tablet_type)t->tablet_type) : "");
}
