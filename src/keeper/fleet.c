#include "src/keeper/fleet.h"

#include <stdio.h>
#include <string.h>

#include "src/base/options.h"
#include "src/base/process.h"
#include "src/keeper/layout.h"
#include "src/keeper/spec.h"

/* What the functions below share. */
struct build {
	const struct spec *spec;
	struct layout *layout;
	struct fleet *fleet;
	const char *bin;
	struct err *e;
	bool failed;
};

static void PRINTF_LIKE(3, 4) arg(struct build *b, struct fleet_process *p, const char *fmt, ...)
{
	va_list ap;

	if (p->argc + 1 >= FLEET_ARGS) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	p->argv[p->argc] = arena_vprintf(&b->fleet->arena, fmt, ap);
	va_end(ap);
	if (p->argv[p->argc])
		p->argc++;
	else
		b->failed = true;
}

static int port(struct build *b, const char *name, const char *what, int64_t wanted, int64_t hint,
		int *out)
{
	char key[300];

	snprintf(key, sizeof(key), "port %s %s", name, what);
	return layout_port(b->layout, key, wanted, hint, out, b->e);
}

static struct fleet_process *add(struct build *b, enum fleet_kind kind, const char *name)
{
	struct fleet *f = b->fleet;
	struct fleet_process *p = &f->processes[f->count++];

	p->kind = kind;
	p->name = name;
	p->pid_file = arena_printf(&f->arena, "%s/run/%s.pid", f->dir, name);
	p->log = arena_printf(&f->arena, "%s/log/%s.log", f->dir, name);
	if (!p->pid_file || !p->log)
		b->failed = true;
	return p;
}

static int add_etcd(struct build *b)
{
	struct fleet_process *p = add(b, FLEET_ETCD, "etcd");

	if (port(b, "etcd", "client", 0, 0, &p->web_port) < 0)
		return -1;
	p->dir = arena_printf(&b->fleet->arena, "%s/etcd", b->fleet->dir);
	b->failed = b->failed || !p->dir;
	arg(b, p, "etcd");
	arg(b, p, "--name=sluice");
	arg(b, p, "--data-dir=%s/etcd", b->fleet->dir);
	arg(b, p, "--listen-client-urls=http://127.0.0.1:%d", p->web_port);
	arg(b, p, "--advertise-client-urls=http://127.0.0.1:%d", p->web_port);
	/* Its peers' protocol knows no passwords, and it has none: a socket in its own directory. */
	arg(b, p, "--listen-peer-urls=unix://peer:0");
	arg(b, p, "--initial-advertise-peer-urls=unix://peer:0");
	arg(b, p, "--initial-cluster=sluice=unix://peer:0");
	arg(b, p, "--auto-compaction-retention=1h");
	arg(b, p, "--experimental-watch-progress-notify-interval=1s");
	b->fleet->topo = arena_printf(&b->fleet->arena, "etcd:http://127.0.0.1:%d", p->web_port);
	b->fleet->topo_password = arena_printf(&b->fleet->arena, "%s/etcd.password", b->fleet->dir);
	return b->fleet->topo && b->fleet->topo_password
		       ? 0
		       : err_set(b->e, ERR_NOMEM, "out of memory");
}

/* What gates and tablets have alike. */
static void store_args(struct build *b, struct fleet_process *p)
{
	arg(b, p, "--topo=%s", b->fleet->topo);
	if (b->fleet->topo_password) {
		arg(b, p, "--topo-user=root");
		arg(b, p, "--topo-password-file=%s", b->fleet->topo_password);
	}
	arg(b, p, "--cell=%s", b->spec->cell);
	arg(b, p, "--rpc-secret-file=%s/rpc.secret", b->fleet->dir);
	arg(b, p, "--log-file=%s", p->log);
}

/* Whom a replica replicates from it finds in the store. */
static void limit_arg(struct build *b, struct fleet_process *p, const char *option,
		      const char *value)
{
	if (value)
		arg(b, p, "--%s=%s", option, value);
}

static int64_t longer(int64_t us, const char *limit)
{
	int64_t other;

	if (!limit || options_duration(limit, &other) < 0)
		return us;
	return other == 0 ? INT64_MAX : other > us ? other : us;
}

/* Tablets end what takes longer than any gate allows: their limits are those of the most patient
 * user, at least their own defaults, and at most what their options take. */
static void tablet_limits(struct build *b, struct fleet_process *p)
{
	const int64_t hour = 3600000000, day = 24 * hour;
	int64_t statement = longer(hour, b->spec->limits.query_timeout);
	int64_t write = longer(60000000, b->spec->limits.net_write_timeout);

	for (size_t i = 0; i < b->spec->users.len; i++) {
		statement = longer(statement, b->spec->users.v[i].limits.query_timeout);
		write = longer(write, b->spec->users.v[i].limits.net_write_timeout);
	}
	statement = statement < 7 * day ? statement : 7 * day;
	write = write < day ? write : day;
	arg(b, p, "--statement-timeout=%lldms", (long long)statement / 1000);
	arg(b, p, "--write-timeout=%lldms", (long long)write / 1000);
	limit_arg(b, p, "pool-wait", b->spec->limits.pool_wait);
}

static void tablet_args(struct build *b, struct fleet_process *p)
{
	const struct spec *s = b->spec;

	arg(b, p, "%s/sluice-tablet", b->bin);
	arg(b, p, "--alias=%s", p->alias);
	arg(b, p, "--keyspace=%s", p->keyspace);
	arg(b, p, "--shard=%s", p->shard);
	arg(b, p, "--type=%s", p->primary ? "primary" : "replica");
	store_args(b, p);
	arg(b, p, "--hostname=127.0.0.1");
	/* Cheaper than TCP on one machine: a tenth of what gate and tablet take for a query. */
	if (s->rpc_tcp)
		arg(b, p, "--rpc-address=127.0.0.1:0");
	else
		arg(b, p, "--rpc-address=unix:%s/run/%s.rpc", b->fleet->dir, p->name);
	arg(b, p, "--web-address=127.0.0.1:%d", p->web_port);
	arg(b, p, "--data-dir=%s", p->data_dir);
	arg(b, p, "--mysql-template=%s/template", b->fleet->dir);
	arg(b, p, "--mysql-port=%d", p->mysql_port);
	arg(b, p, "--buffer-pool=%lld", (long long)s->buffer_pool);
	arg(b, p, "%s", s->durable ? "--durable" : "--no-durable");
	arg(b, p, "--replication-password-file=%s/replication.password", b->fleet->dir);
	arg(b, p, "--binlog-expire=%lld", (long long)s->binlog_expire_s);
	arg(b, p, "--max-replica-lag=%lldms", (long long)s->max_replica_lag / 1000);
	arg(b, p, "--workers=1");
	arg(b, p, "--io=%s", s->io);
	tablet_limits(b, p);
}

/* Tablet @n of a shard; 0 is the one that starts as its primary. */
static struct fleet_process *add_tablet(struct build *b, size_t keyspace, const char *shard, int n)
{
	const struct spec_keyspace *k = &b->spec->keyspaces.v[keyspace];
	struct fleet *f = b->fleet;
	struct fleet_process *p;
	char key[300];
	const char *alias;
	int64_t uid;

	snprintf(key, sizeof(key), "uid %s/%s/%d", k->name, shard, n);
	if (layout_uid(b->layout, "uid ", key, 100 * ((int64_t)keyspace + 1), &uid, b->e) < 0)
		return NULL;
	alias = arena_printf(&f->arena, "%s-%lld", b->spec->cell, (long long)uid);
	p = add(b, FLEET_TABLET, arena_printf(&f->arena, "tablet-%s", alias));
	p->alias = alias;
	p->keyspace = k->name;
	p->shard = shard;
	p->primary = n == 0;
	p->data_dir = arena_printf(&f->arena, "%s/tablets/%s", f->dir, alias);
	p->socket = arena_printf(&f->arena, "%s/mysqld.sock", p->data_dir);
	if (!p->alias || !p->name || !p->data_dir || !p->socket) {
		b->failed = true;
		return p;
	}
	if (strlen(p->socket) > FLEET_SOCKET_PATH) {
		err_set(b->e, ERR_INVALID,
			"the directory %s is too deep: the socket path %s has more than %d bytes",
			f->dir, p->socket, FLEET_SOCKET_PATH);
		return NULL;
	}
	if (port(b, p->name, "web", 0, b->spec->web_port ? b->spec->web_port + uid : 0,
		 &p->web_port) < 0 ||
	    port(b, p->name, "mysql", 0, 0, &p->mysql_port) < 0)
		return NULL;
	tablet_args(b, p);
	return p;
}

static int add_tablets(struct build *b)
{
	const struct spec *s = b->spec;

	for (size_t i = 0; i < s->keyspaces.len; i++) {
		const struct spec_keyspace *k = &s->keyspaces.v[i];

		for (size_t j = 0; j < k->shard_count; j++) {
			for (int n = 0; n <= k->replicas; n++)
				if (!add_tablet(b, i, k->shards[j], n))
					return -1;
		}
	}
	return 0;
}

static int add_gate(struct build *b, int n)
{
	const struct spec *s = b->spec;
	struct fleet *f = b->fleet;
	struct fleet_process *p = add(b, FLEET_GATE, arena_printf(&f->arena, "gate-%d", n + 1));

	p->socket = arena_printf(&f->arena, "%s/%s.sock", f->dir, p->name);
	if (!p->name || !p->socket)
		return err_set(b->e, ERR_NOMEM, "out of memory");
	if (port(b, p->name, "mysql", s->mysql_port ? s->mysql_port + n : 0, 0, &p->mysql_port) <
		    0 ||
	    port(b, p->name, "web", s->web_port ? s->web_port + 1 + n : 0, 0, &p->web_port) < 0)
		return -1;
	arg(b, p, "%s/sluice-gate", b->bin);
	arg(b, p, "--mysql-address=127.0.0.1:%d", p->mysql_port);
	arg(b, p, "--mysql-socket=%s", p->socket);
	arg(b, p, "--web-address=127.0.0.1:%d", p->web_port);
	store_args(b, p);
	arg(b, p, "--users=%s/users.json", f->dir);
	arg(b, p, "--workers=%d", s->workers);
	arg(b, p, "--io=%s", s->io);
	limit_arg(b, p, "query-timeout", s->limits.query_timeout);
	limit_arg(b, p, "idle-timeout", s->limits.idle_timeout);
	limit_arg(b, p, "net-write-timeout", s->limits.net_write_timeout);
	return 0;
}

static size_t count_processes(const struct spec *s)
{
	size_t n = (size_t)s->gates + (s->etcd ? 1 : 0);

	for (size_t i = 0; i < s->keyspaces.len; i++)
		n += s->keyspaces.v[i].shard_count * ((size_t)s->keyspaces.v[i].replicas + 1);
	return n;
}

int fleet_build(const struct spec *s, struct layout *l, const char *dir, const char *bin_dir,
		struct fleet *out, struct err *e)
{
	struct build b = {.spec = s, .layout = l, .fleet = out, .bin = bin_dir, .e = e};

	*out = (struct fleet){.count = 0, .cap = count_processes(s)};
	arena_init(&out->arena, 0);
	out->dir = arena_dup(&out->arena, dir, strlen(dir));
	out->topo = arena_printf(&out->arena, "sqlite:%s/topo.db", dir);
	out->processes = arena_array(&out->arena, out->cap + 1, sizeof(*out->processes));
	if (!out->dir || !out->topo || !out->processes)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (port(&b, "keeper", "web", s->web_port, 0, &out->keeper_web_port) < 0 ||
	    (s->etcd && add_etcd(&b) < 0))
		return -1;
	/* Gates take their ports first: the specification fixes them. */
	for (int i = 0; i < s->gates; i++)
		if (add_gate(&b, i) < 0)
			return -1;
	if (add_tablets(&b) < 0)
		return -1;
	return b.failed ? err_set(e, ERR_NOMEM, "out of memory for command lines") : 0;
}

void fleet_fini(struct fleet *f)
{
	arena_fini(&f->arena);
	f->count = 0;
}

int fleet_mysqld_pid(const struct fleet_process *tablet)
{
	char file[300], mark[300];

	snprintf(file, sizeof(file), "%s/mysqld.pid", tablet->data_dir);
	snprintf(mark, sizeof(mark), "--datadir=%s/data", tablet->data_dir);
	return process_find_by_arg(file, mark);
}
