#include "src/keeper/spec_change.h"

#include <string.h>

#include "src/keeper/spec.h"
#include "topo/rec_shard.h"

static const struct spec_keyspace *find(const struct spec *s, const char *name)
{
	for (size_t i = 0; i < s->keyspaces.len; i++)
		if (strcmp(s->keyspaces.v[i].name, name) == 0)
			return &s->keyspaces.v[i];
	return NULL;
}

static bool has_shard(const struct spec_keyspace *k, const char *name)
{
	struct keyrange wanted, other;

	if (keyrange_parse(str_of(name), &wanted, NULL) < 0)
		return false;
	for (size_t i = 0; i < k->shard_count; i++)
		if (keyrange_parse(str_of(k->shards[i]), &other, NULL) == 0 &&
		    keyrange_eq(&wanted, &other))
			return true;
	return false;
}

static int check_keyspace(const struct spec_keyspace *old, const struct spec_keyspace *new,
			  struct err *e)
{
	bool same = old->shard_count == new->shard_count;

	for (size_t i = 0; i < new->shard_count; i++)
		same &= has_shard(old, new->shards[i]);
	if (!same)
		return err_set(e, ERR_INVALID,
			       "keyspace %s: the specification changes its shards, and data would "
			       "have to move: leave \"shards\" as they are, make new ones with "
			       "sluicectl shard create (they do not serve at first), or start anew "
			       "with another --dir",
			       old->name);
	if (new->replicas < old->replicas)
		return err_set(e, ERR_INVALID,
			       "keyspace %s: the specification takes replicas away (%d, now %d), "
			       "which is not supported: leave \"replicas\" as it is, or raise it",
			       old->name, (int)new->replicas, (int)old->replicas);
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_limits(const struct spec_limits *a, const struct spec_limits *b)
{
	return same_text(a->query_timeout, b->query_timeout) &&
	       same_text(a->idle_timeout, b->idle_timeout) &&
	       same_text(a->net_write_timeout, b->net_write_timeout) &&
	       same_text(a->pool_wait, b->pool_wait);
}

/* What a running process was started with. */
static const char *fixed_change(const struct spec *old, const struct spec *new)
{
	if (old->mysql_port != new->mysql_port)
		return "mysql_port";
	if (old->web_port != new->web_port)
		return "web_port";
	if (old->workers != new->workers)
		return "workers";
	if (strcmp(old->io, new->io) != 0)
		return "io";
	if (!same_limits(&old->limits, &new->limits))
		return "limits";
	if (old->binlog_expire_s != new->binlog_expire_s)
		return "binlog_expire_logs_seconds";
	if (old->max_replica_lag != new->max_replica_lag)
		return "max_replica_lag";
	if (old->rpc_tcp != new->rpc_tcp)
		return "rpc";
	if (old->durable != new->durable)
		return "durable";
	if (old->buffer_pool != new->buffer_pool)
		return "buffer_pool";
	return new->gates < old->gates ? "gates (fewer)" : NULL;
}

static bool equal(const struct spec *a, const struct spec *b)
{
	struct buf x, y;
	bool same;

	buf_init(&x);
	buf_init(&y);
	spec_print(a, &x);
	spec_print(b, &y);
	same = !x.failed && !y.failed && str_eq(buf_slice(&x), buf_slice(&y));
	buf_fini(&x);
	buf_fini(&y);
	return same;
}

int spec_change_check(const struct spec *old, const struct spec *new, bool live, bool *same,
		      struct err *e)
{
	const char *field = live ? fixed_change(old, new) : NULL;

	*same = equal(old, new);
	if (old->etcd != new->etcd)
		return err_set(e, ERR_INVALID,
			       "the specification changes \"topo\", and the cluster's state would be "
			       "lost: leave it as it is");
	if (strcmp(old->cell, new->cell) != 0)
		return err_set(e, ERR_INVALID,
			       "the specification changes \"cell\" from %s to %s, and the tablets' "
			       "names with it: leave it as it is",
			       old->cell, new->cell);
	for (size_t i = 0; i < old->keyspaces.len; i++) {
		const struct spec_keyspace *k = &old->keyspaces.v[i], *n = find(new, k->name);

		if (!n)
			return err_set(e, ERR_INVALID,
				       "keyspace %s is not in the specification any more, and its "
				       "data would not be served: leave it in",
				       k->name);
		if (check_keyspace(k, n, e) < 0)
			return -1;
	}
	if (field)
		return err_set(e, ERR_CONFLICT,
			       "the specification changes %s, which a running cluster cannot do: "
			       "take it down first (sluicectl cluster down)",
			       field);
	return 0;
}
