/* sluice-tablet - the process beside one mysqld. The main thread runs the control worker (signals,
 * web pages, polls); each query worker has a thread of its own. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/file.h"
#include "src/base/log.h"
#include "src/base/options.h"
#include "src/base/process.h"
#include "src/base/secret.h"
#include "src/main/program.h"
#include "src/main/tablet_options.h"
#include "src/net/blocking.h"
#include "src/net/http_pages.h"
#include "src/net/http_server.h"
#include "src/net/worker.h"
#include "src/rpc/rpc_server.h"
#include "src/rpc/rpc_trust.h"
#include "tablet/manager/topo_agent.h"
#include "tablet/mysqld/control_conn.h"
#include "tablet/mysqld/mysqld_manager.h"
#include "tablet/mysqld/mysqld_port.h"
#include "tablet/query/query_worker.h"
#include "tablet/schema/schema.h"
#include "tablet/serve/query_server.h"
#include "tablet/state/tablet.h"

enum { BLOCKING_THREADS = 16, TURN_US = 50000, IDLE_US = 1000000 };

struct process {
	struct options *options;
	struct tablet_options o;
	struct tablet tablet;
	struct worker *control, *workers[TABLET_WORKERS_MAX];
	struct query_worker *query[TABLET_WORKERS_MAX];
	_Atomic unsigned query_count; /* read by any thread */
	struct worker_timer *turn;
	struct http_server *web;
	struct http_pages pages;
	struct topo_agent *topo;
	struct rec_tablet record;
	struct buf repl_password, attach_password;
	struct rpc_trust rpc;
	char title[160], mysqld_address[160], rpc_address[REC_ADDRESS], bind[128];
	unsigned mysql_port;
	uint64_t polled_us, drain_until_us;
};

/* --- start --- */

static int check_options(struct process *p, struct err *e)
{
	struct tablet_options *o = &p->o;
	enum log_level level;

	if (!o->alias || rec_tablet_parse_alias(o->alias, p->record.cell, &p->record.uid) < 0)
		return err_set(e, ERR_INVALID, "--alias must be given, as CELL-UID");
	if (o->cell && strcmp(o->cell, p->record.cell) != 0)
		return err_set(e, ERR_INVALID, "--cell %s is not that of the alias %s", o->cell,
			       o->alias);
	if (!o->keyspace)
		return err_set(e, ERR_INVALID, "--keyspace must be given");
	if (rec_check_keyspace(o->keyspace, e) < 0)
		return -1;
	if (rec_tablet_type_parse(o->type, &p->record.type) < 0)
		return err_set(e, ERR_INVALID, "--type %s is none of primary, replica, rdonly",
			       o->type);
	if (!o->attach_socket && (!o->data_dir || o->data_dir[0] != '/'))
		return err_set(e, ERR_INVALID, "--data-dir must be given, as an absolute path");
	if (log_level_parse(o->log_level, &level) < 0)
		return err_set(e, ERR_INVALID, "--log-level %s is none of debug, info, warn, error",
			       o->log_level);
	log_set_level(level);
	return 0;
}

static int read_secret(const char *path, struct buf *out, struct err *e)
{
	struct str s;

	if (!path)
		return 0;
	if (file_read(path, out, e) < 0)
		return -1;
	s = str_trim(buf_slice(out));
	memmove(out->p, s.p, s.n);
	out->len = s.n;
	return buf_cstr(out) ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

static void on_mysqld(void *arg, enum mysqld_state state, const char *reason)
{
	struct process *p = arg;

	tablet_set_mysqld(&p->tablet, state, reason);
	if (state == MYSQLD_READY && p->tablet.schema)
		schema_poll(p->tablet.schema);
}

static void on_replica(void *arg, const struct replica_status *s)
{
	tablet_set_replica(&((struct process *)arg)->tablet, s);
}

/* The host part of "host:port"; loopback for unix sockets. */
static void host_of(const char *address, char *out, size_t room)
{
	const char *colon = strrchr(address, ':');

	if (!strncmp(address, "unix:", 5) || !colon)
		snprintf(out, room, "127.0.0.1");
	else
		snprintf(out, room, "%.*s", (int)(colon - address), address);
}

static int start_mysqld(struct process *p, struct err *e)
{
	struct tablet_options *o = &p->o;
	struct mysqld_manager_callbacks callbacks = {on_mysqld, on_replica, p};
	struct mysqld_manager_options m = {
		.process = {.dir = o->data_dir,
			    .template_dir = o->mysql_template,
			    .bind = p->bind,
			    .server_id = (unsigned)p->record.uid + 1,
			    .buffer_pool = o->buffer_pool,
			    .durable = o->durable,
			    .binlog_expire_s = o->binlog_expire,
			    .extra = o->mysql_config},
		.attach_socket = o->attach_socket,
		.attach_user = o->attach_user,
		.attach_password = buf_cstr(&p->attach_password),
		.database = o->keyspace,
		.shard = o->shard,
		.rpc = p->rpc,
		.repl_password = p->repl_password.len ? buf_cstr(&p->repl_password) : "",
		.has_store = o->topo != NULL,
		.leave_running = o->leave_mysqld,
	};

	/* With a store nobody is anything before the store says so. */
	if (!o->topo)
		m.role.kind = p->record.type == TABLET_PRIMARY ? MYSQLD_PRIMARY : MYSQLD_REPLICA;
	if (!o->topo && o->primary_address)
		snprintf(m.role.source, sizeof(m.role.source), "%s", o->primary_address);
	host_of(o->rpc_address, p->bind, sizeof(p->bind));
	p->mysql_port = (unsigned)o->mysql_port;
	if (!o->attach_socket && !p->mysql_port &&
	    mysqld_port_choose(o->data_dir, p->bind, &p->mysql_port, e) < 0)
		return -1;
	m.process.port = p->mysql_port;
	p->tablet.mysqld = mysqld_manager_new(&m, &callbacks, e);
	if (!p->tablet.mysqld)
		return -1;
	snprintf(p->mysqld_address, sizeof(p->mysqld_address), "unix:%s",
		 mysqld_manager_socket(p->tablet.mysqld));
	p->tablet.mysqld_address = p->mysqld_address;
	p->tablet.app_password = mysqld_manager_app_password(p->tablet.mysqld);
	p->tablet.admin_password = mysqld_manager_admin_password(p->tablet.mysqld);
	return 0;
}

/* Any thread. */
static void on_changed(void *arg)
{
	struct process *p = arg;

	for (unsigned i = 0; i < p->query_count; i++)
		query_server_notify(p->query[i]);
}

static void on_schema(void *arg)
{
	tablet_changed(arg);
}

static int start_worker(struct process *p, unsigned i, struct err *e)
{
	struct tablet_options *o = &p->o;
	struct query_limits l = {
		.pool_size = (unsigned)o->pool_size,
		.max_waiting = (unsigned)o->pool_waiters,
		.max_stmts = (unsigned)o->prepared_per_connection,
		.idle_us = (uint64_t)o->pool_idle,
		.wait_us = (uint64_t)o->pool_wait,
		.txn_idle_us = (uint64_t)o->transaction_idle,
		.reserved_size = (unsigned)o->pool_reserved,
		.session_idle_us = (uint64_t)o->session_idle,
		.write_us = (uint64_t)o->write_timeout,
		.statement_us = (uint64_t)o->statement_timeout,
		.mysqld_us = (uint64_t)o->mysqld_timeout,
	};
	enum worker_io io;
	struct query_worker *q;
	char name[32], host[128];
	int port;

	if (worker_io_parse(o->io, &io, e) < 0)
		return err_wrap(e, "--io");
	snprintf(name, sizeof(name), "tablet-%u", i);
	p->workers[i] = worker_new_io(name, io, e);
	q = p->workers[i] ? query_server_new(p->workers[i], &p->tablet, &l, e) : NULL;
	if (!q)
		return -1;
	p->query[i] = q;
	if (i > 0 && !strncmp(p->rpc_address, "unix:", 5))
		return err_set(e, ERR_INVALID, "several workers need a TCP --rpc-address");
	rpc_server_set_secret(q->rpc, p->rpc.secret);
	rpc_server_set_tls(q->rpc, p->rpc.server);
	port = rpc_server_listen(q->rpc, i ? p->rpc_address : o->rpc_address, o->workers > 1, e);
	if (port < 0)
		return -1;
	/* Without a proof only our own user may connect. */
	if (!p->rpc.secret.n && !p->rpc.server && !strncmp(o->rpc_address, "unix:", 5) &&
	    chmod(o->rpc_address + 5, 0600) < 0)
		return err_set_errno(e, ERR_IO, errno, "chmod of %s", o->rpc_address + 5);
	if (i == 0) {
		host_of(o->rpc_address, host, sizeof(host));
		if (port)
			snprintf(p->rpc_address, sizeof(p->rpc_address), "%s:%d", host, port);
		else
			snprintf(p->rpc_address, sizeof(p->rpc_address), "%s", o->rpc_address);
	}
	return 0;
}

static int start_workers(struct process *p, struct err *e)
{
	for (unsigned i = 0; i < (unsigned)p->o.workers; i++)
		if (start_worker(p, i, e) < 0)
			return -1;
	p->query_count = (unsigned)p->o.workers;
	for (unsigned i = 0; i < p->query_count; i++)
		if (worker_start(p->workers[i], e) < 0)
			return -1;
	return 0;
}

/* --- web pages --- */

static void print_status(void *arg, struct buf *b)
{
	struct process *p = arg;
	struct tablet *t = &p->tablet;
	struct semi_sync_status semi_sync;
	struct replica_status replica;
	char reason[REPLICA_TEXT + 100];
	bool serving = tablet_serving(t, reason, sizeof(reason));
	unsigned used = atomic_load(&t->connections_used), max = atomic_load(&t->connections_max);

	mysqld_manager_semi_sync(t->mysqld, &semi_sync);
	http_pages_table(b, "Tablet");
	http_pages_row(b, "alias", "%s", t->alias);
	http_pages_row(b, "shard", "%s/%s", t->keyspace, t->shard);
	http_pages_row(b, "type", "%s", tablet_type_text(t));
	http_pages_row(b, "primary term", "%llu", (unsigned long long)atomic_load(&t->term));
	http_pages_row(b, "serving", "%s", serving ? "yes" : reason);
	http_pages_row(b, "gates connect to", "%s", p->rpc_address);
	http_pages_row(b, "topology store", "%s", p->o.topo ? p->o.topo : "none");
	http_pages_end_table(b);
	http_pages_table(b, "mysqld");
	http_pages_row(b, "process", "%d", (int)mysqld_manager_pid(t->mysqld));
	http_pages_row(b, "socket", "%s", mysqld_manager_socket(t->mysqld));
	http_pages_row(b, "port", "%u", p->mysql_port);
	http_pages_row(b, "schema version", "%llu", (unsigned long long)schema_version(t->schema));
	if (tablet_replica(t, &replica)) {
		http_pages_row(b, "replication", "%s%s%s", replica_status_name(replica.state),
			       replica.problem[0] ? ": " : "", replica.problem);
		if (replica.lag_ms == REPLICA_LAG_UNKNOWN)
			http_pages_row(b, "replication lag", "not known");
		else
			http_pages_row(b, "replication lag", "%u ms", replica.lag_ms);
	}
	if (semi_sync.wanted)
		http_pages_row(
			b, "durability", "semi_sync: %u replicas acknowledge, %u commits wait%s%s",
			semi_sync.replicas, semi_sync.waiting,
			*semi_sync_problem(&semi_sync) ? ": " : "", semi_sync_problem(&semi_sync));
	http_pages_row(b, "connections in use", "%u of %u", used, max);
	http_pages_end_table(b);
}

static bool is_ready(void *arg, struct buf *why)
{
	struct process *p = arg;
	char reason[REPLICA_TEXT + 100];
	bool serving = tablet_serving(&p->tablet, reason, sizeof(reason));
	struct semi_sync_status semi_sync;

	/* A primary whose commits wait can still be read from. */
	mysqld_manager_semi_sync(p->tablet.mysqld, &semi_sync);
	buf_puts(why, serving ? semi_sync_problem(&semi_sync) : reason);
	return serving;
}

static int start_web(struct process *p, struct err *e)
{
	snprintf(p->title, sizeof(p->title), "sluice-tablet %s", p->o.alias);
	p->pages = (struct http_pages){
		.title = p->title, .status = print_status, .ready = is_ready, .arg = p};
	p->web = http_server_new(p->control, p->o.web_address, e);
	return p->web ? http_pages_add(p->web, &p->pages, e) : -1;
}

static int start_topo(struct process *p, struct err *e)
{
	struct topo_agent_options a = {.store = p->o.topo,
				       .user = p->o.topo_user,
				       .password_file = p->o.topo_password_file};
	struct rec_tablet *r = &p->record;
	char web_host[128];
	const char *host = p->o.hostname ? p->o.hostname : p->bind;

	if (!p->o.topo) {
		tablet_set_type(&p->tablet, (int)r->type, 0);
		return 0;
	}
	host_of(p->o.web_address, web_host, sizeof(web_host));
	snprintf(r->keyspace, sizeof(r->keyspace), "%s", p->o.keyspace);
	snprintf(r->shard, sizeof(r->shard), "%s", p->o.shard);
	snprintf(r->hostname, sizeof(r->hostname), "%s", host);
	if (p->o.hostname && strncmp(p->rpc_address, "unix:", 5) != 0)
		snprintf(r->rpc_address, sizeof(r->rpc_address), "%s%s", host,
			 strrchr(p->rpc_address, ':'));
	else
		snprintf(r->rpc_address, sizeof(r->rpc_address), "%s", p->rpc_address);
	snprintf(r->web_address, sizeof(r->web_address), "%s:%d", p->o.hostname ? host : web_host,
		 http_server_port(p->web));
	if (p->mysql_port)
		snprintf(r->mysql_address, sizeof(r->mysql_address), "%s:%u", host, p->mysql_port);
	snprintf(r->mysql_socket, sizeof(r->mysql_socket), "%s",
		 mysqld_manager_socket(p->tablet.mysqld));
	r->started_ms = (int64_t)(clk_wall_us() / 1000);
	a.record = *r;
	p->topo = topo_agent_new(&p->tablet, &a, e);
	return p->topo ? 0 : -1;
}

/* --- running --- */

static void drain_worker(void *arg)
{
	query_server_drain(arg);
}

static void on_term(void *arg)
{
	struct process *p = arg;

	if (p->drain_until_us) {
		worker_stop(p->control); /* asked twice: now */
		return;
	}
	log_info("tablet", "event=draining");
	p->drain_until_us = clk_mono_us() + (uint64_t)p->o.drain_timeout + 1;
	atomic_store(&p->tablet.draining, true);
	worker_timer_arm(p->turn, TURN_US);
	for (unsigned i = 0; i < p->query_count; i++) {
		atomic_store(&p->query[i]->busy, 1); /* until its next look */
		if (worker_post(p->workers[i], drain_worker, p->query[i]) < 0)
			worker_stop(p->control);
	}
}

static void on_hup(void *arg)
{
	struct process *p = arg;
	struct tablet_options now = p->o;
	enum log_level level;
	struct err e;

	if (program_log_file(p->o.log_file, &e) < 0)
		log_error("tablet", "event=reload problem=\"%s\"", e.msg);
	if (options_reload(p->options, &now, &e) < 0) {
		log_error("tablet", "event=reload problem=\"%s\"", e.msg);
		return;
	}
	if (log_level_parse(now.log_level, &level) == 0)
		log_set_level(level);
	p->o.schema_poll = now.schema_poll;
	p->o.drain_timeout = now.drain_timeout;
	log_info("tablet", "event=reloaded");
}

static bool busy(const struct process *p)
{
	for (unsigned i = 0; i < p->query_count; i++)
		if (atomic_load(&p->query[i]->busy))
			return true;
	return false;
}

/* Often while it drains; else only when there is something to ask mysqld. */
static void arm_turn(struct process *p)
{
	uint64_t idle = p->o.schema_poll < IDLE_US ? (uint64_t)p->o.schema_poll : IDLE_US;

	worker_timer_arm(p->turn, p->drain_until_us ? TURN_US : idle);
}

static void on_turn(void *arg)
{
	struct process *p = arg;
	uint64_t now = clk_mono_us();

	if (p->drain_until_us && (now >= p->drain_until_us || !busy(p))) {
		worker_stop(p->control);
		return;
	}
	if (mysqld_manager_state(p->tablet.mysqld) == MYSQLD_READY && !p->drain_until_us) {
		if (now - p->polled_us >= (uint64_t)p->o.schema_poll) {
			p->polled_us = now;
			schema_poll(p->tablet.schema);
		}
	}
	arm_turn(p);
}

static int start(struct process *p, struct err *e)
{
	struct tablet *t = &p->tablet;

	if (program_log_file(p->o.log_file, e) < 0)
		return -1;
	tablet_init(t, p->o.alias, p->o.keyspace, p->o.shard);
	t->changed = on_changed;
	t->changed_arg = p;
	t->max_replica_lag_ms = (uint32_t)(p->o.max_replica_lag / 1000);
	if (control_conn_library_init(e) < 0 ||
	    read_secret(p->o.replication_password_file, &p->repl_password, e) < 0 ||
	    read_secret(p->o.attach_password_file, &p->attach_password, e) < 0 ||
	    rpc_trust_open(&p->o.rpc, &p->rpc, e) < 0 ||
	    rpc_trust_check_address(&p->rpc, p->o.rpc_address, e) < 0)
		return -1;
	t->blocking = blocking_new(BLOCKING_THREADS);
	p->control = worker_new("tablet", e);
	p->turn = p->control ? worker_timer_new(p->control, on_turn, p) : NULL;
	if (!t->blocking || !p->turn)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (start_mysqld(p, e) < 0)
		return -1;
	t->schema = schema_new(t->mysqld, t->blocking, p->o.keyspace, on_schema, t);
	if (!t->schema)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (start_workers(p, e) < 0 || start_web(p, e) < 0 || start_topo(p, e) < 0)
		return -1;
	if (worker_on_signal(p->control, SIGTERM, on_term, p, e) < 0 ||
	    worker_on_signal(p->control, SIGINT, on_term, p, e) < 0 ||
	    worker_on_signal(p->control, SIGHUP, on_hup, p, e) < 0)
		return -1;
	arm_turn(p);
	log_info("tablet", "event=listening alias=%s shard=%s/%s rpc=%s web_port=%d", t->alias,
		 t->keyspace, t->shard, p->rpc_address, http_server_port(p->web));
	return p->o.pid_file ? program_pid_file(p->o.pid_file, e) : 0;
}

static void free_query_worker(void *arg)
{
	query_server_free(arg);
}

static void stop(struct process *p)
{
	struct tablet *t = &p->tablet;

	atomic_store(&t->draining, true);
	topo_agent_free(p->topo);
	http_server_free(p->web);
	blocking_free(t->blocking); /* its last answers go to the workers, which still run */
	mysqld_manager_free(t->mysqld);
	for (unsigned i = 0; i < TABLET_WORKERS_MAX && p->workers[i]; i++) {
		if (p->query[i] && worker_post(p->workers[i], free_query_worker, p->query[i]) < 0)
			log_error("tablet", "event=stop problem=\"out of memory\"");
		worker_free(p->workers[i]);
	}
	worker_timer_free(p->turn);
	worker_free(p->control);
	schema_free(t->schema);
	tablet_fini(t);
	if (p->o.pid_file)
		unlink(p->o.pid_file);
	buf_fini(&p->repl_password);
	buf_fini(&p->attach_password);
	rpc_trust_close(&p->rpc);
}

static int run(struct process *p, int argc, char **argv)
{
	struct err e;
	int rc = program_options(p->options, &p->o, argc, argv);

	if (rc >= 0)
		return rc;
	if (check_options(p, &e) < 0) {
		fprintf(stderr, "%s: %s\n", argv[0], e.msg);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	rc = start(p, &e) < 0;
	if (rc)
		log_error("tablet", "event=start problem=\"%s\"", e.msg);
	else
		worker_run(p->control);
	stop(p);
	log_info("tablet", "event=ended");
	return rc;
}

int main(int argc, char **argv)
{
	struct process *p = calloc(1, sizeof(*p));
	int rc = 1;

	process_widen_path();
	if (p &&
	    (p->options = options_new("sluice-tablet",
				      "serve one shard's mysqld to the gates of a Sluice cluster",
				      tablet_option_defs, tablet_option_count)))
		rc = run(p, argc, argv);
	if (p)
		options_free(p->options);
	free(p);
	return rc;
}
