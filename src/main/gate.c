/* sluice-gate: where MySQL clients connect. */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/admin/status_page.h"
#include "gate/base/gate_settings.h"
#include "gate/catalog/catalog.h"
#include "gate/catalog/catalog_match.h"
#include "gate/catalog/tracker.h"
#include "gate/session/gate.h"
#include "gate/session/gate_server.h"
#include "gate/session/gate_worker.h"
#include "gate/session/throttle.h"
#include "gate/session/users.h"
#include "src/base/clk.h"
#include "src/base/file.h"
#include "src/base/keypair.h"
#include "src/base/log.h"
#include "src/base/options.h"
#include "src/base/rng.h"
#include "src/base/secret.h"
#include "src/main/program.h"
#include "src/net/blocking.h"
#include "src/net/http_pages.h"
#include "src/net/http_server.h"
#include "src/net/listener.h"
#include "src/net/tls.h"
#include "src/net/worker.h"
#include "src/rpc/rpc_trust.h"
#include "topo/graph.h"
#include "topo/store.h"

struct settings {
	struct gate_settings gate;
	const char *web_address, *topo, *topo_user, *topo_password_file, *topo_ca;
	struct rpc_trust_files rpc;
	const char *users_file, *tls_cert, *tls_key, *tls_ca, *pid_file, *log_level, *log_file, *io;
	int64_t drain_timeout_us;
};

#define AT(field) offsetof(struct settings, field)
static const struct option_def option_defs[] = {
	{"mysql-address", OPTION_STRING, AT(gate.mysql_address), "127.0.0.1:15306", "HOST:PORT",
	 "Where MySQL clients connect over TCP; port 0 picks a free one.", 0, 0},
	{"mysql-socket", OPTION_STRING, AT(gate.mysql_socket), NULL, "PATH",
	 "Where MySQL clients connect over a unix socket.", 0, 0},
	{"web-address", OPTION_STRING, AT(web_address), "127.0.0.1:15001", "HOST:PORT",
	 "Status page, metrics, health.", 0, 0},
	{"topo", OPTION_STRING, AT(topo), NULL, "URL",
	 "The topology store: sqlite:/path/to/file or etcd:http://host:2379,...", 0, 0},
	{"topo-user", OPTION_STRING, AT(topo_user), NULL, "NAME", "User for etcd.", 0, 0},
	{"topo-password-file", OPTION_STRING, AT(topo_password_file), NULL, "FILE",
	 "Holds the password for etcd.", 0, 0},
	{"topo-ca", OPTION_STRING, AT(topo_ca), NULL, "FILE",
	 "Certificates that etcd's is checked against (PEM).", 0, 0},
	{"cell", OPTION_STRING, AT(gate.cell), "zone1", "NAME", "The cell this gate is in.", 0, 0},
	{"users", OPTION_STRING, AT(users_file), NULL, "FILE",
	 "Who may log in (JSON); read again on SIGHUP. Without: root, over the unix socket, from "
	 "a process of the user that runs the gate.",
	 0, 0},
	{"rpc-secret-file", OPTION_STRING, AT(rpc.secret), NULL, "FILE",
	 "Holds the secret that the gate shares with its tablets.", 0, 0},
	{"rpc-tls-cert", OPTION_STRING, AT(rpc.cert), NULL, "FILE",
	 "Certificate that the gate shows on RPC connections (PEM).", 0, 0},
	{"rpc-tls-key", OPTION_STRING, AT(rpc.key), NULL, "FILE", "Its key (PEM).", 0, 0},
	{"rpc-tls-ca", OPTION_STRING, AT(rpc.ca), NULL, "FILE",
	 "Certificates that those of the other ends are checked against (PEM).", 0, 0},
	{"default-keyspace", OPTION_STRING, AT(gate.default_keyspace), NULL, "NAME",
	 "Keyspace of clients that name none.", 0, 0},
	{"server-version", OPTION_STRING, AT(gate.server_version), "5.5.5-10.11.11-MariaDB-Sluice",
	 "TEXT", "The version clients are told; its MariaDB or MySQL is how statements are read.",
	 0, 0},
	{"workers", OPTION_INT, AT(gate.workers), "0", "N",
	 "Threads that serve clients; 0: one per processor.", 0, 256},
	{"io", OPTION_STRING, AT(io), "auto", "KIND",
	 "How sockets are waited for: epoll, uring (Linux 6.0), or auto: uring where it is "
	 "allowed.",
	 0, 0},
	{"max-connections", OPTION_INT, AT(gate.max_connections), "10000", "N", "Clients at once.",
	 1, 1000000},
	{"max-allowed-packet", OPTION_SIZE, AT(gate.max_statement), "64M", "SIZE",
	 "The largest statement.", 1024, 1 << 30},
	{"statement-memory", OPTION_SIZE, AT(gate.statement_memory), "256M", "SIZE",
	 "Memory one statement may take for parsing and planning.", 65536, 0x7fffffffffff},
	{"merge-memory", OPTION_SIZE, AT(gate.merge_memory), "64M", "SIZE",
	 "Memory one statement may take for sorting groups of several shards.", 65536,
	 0x7fffffffffff},
	{"query-timeout", OPTION_DURATION, AT(gate.limits.query_us), "1h", "TIME",
	 "Statements that run longer are ended, but for those that change the schema; 0: never.", 0,
	 0},
	{"net-write-timeout", OPTION_DURATION, AT(gate.limits.net_write_us), "60s", "TIME",
	 "Clients that take nothing of their answer for so long are disconnected; 0: never.", 0, 0},
	{"connect-timeout", OPTION_DURATION, AT(gate.connect_timeout_us), "10s", "TIME",
	 "Clients must have logged in by then; 0: whenever they like.", 0, 0},
	{"idle-timeout", OPTION_DURATION, AT(gate.limits.idle_us), "8h", "TIME",
	 "Idle clients are disconnected; 0: never.", 0, 0},
	{"plan-cache", OPTION_SIZE, AT(gate.plan_cache_bytes), "16M", "SIZE",
	 "Memory for cached plans, per worker.", 65536, 0x7fffffffffff},
	{"max-prepared", OPTION_INT, AT(gate.max_prepared), "16382", "N",
	 "Prepared statements per client.", 0, 1000000},
	{"tls-cert", OPTION_STRING, AT(tls_cert), NULL, "FILE",
	 "Certificate for clients that ask for TLS (PEM).", 0, 0},
	{"tls-key", OPTION_STRING, AT(tls_key), NULL, "FILE", "Its key (PEM).", 0, 0},
	{"tls-ca", OPTION_STRING, AT(tls_ca), NULL, "FILE",
	 "Certificates that clients' are checked against (PEM).", 0, 0},
	{"require-tls", OPTION_BOOL, AT(gate.require_tls), "false", NULL,
	 "Refuse clients over TCP without TLS.", 0, 0},
	{"drain-timeout", OPTION_DURATION, AT(drain_timeout_us), "30s", "TIME",
	 "On SIGTERM, wait so long for running statements and transactions.", 0, 0},
	{"pid-file", OPTION_STRING, AT(pid_file), NULL, "FILE",
	 "Written when the gate is ready to serve.", 0, 0},
	{"log-level", OPTION_STRING, AT(log_level), "info", "LEVEL", "debug, info, warn or error.",
	 0, 0},
	PROGRAM_OPT_LOG_FILE(log_file),
};

struct program {
	struct settings settings;
	struct options *options;
	struct gate gate;
	struct worker *control;
	struct store *store;
	struct tracker *tracker;
	struct http_server *http;
	struct http_pages pages;
	struct worker_timer *drain_timer;
	uint64_t drain_began_us;
};

static int load_users(struct program *p, const char *path, struct err *e)
{
	/* Without a file only the gate's own user gets in, over the unix socket. */
	struct users *u = path ? users_load(path, e)
			       : users_parse(STR_LIT("{\"root\": {\"password\": \"\", \"owner\": "
						     "true, \"process\": true}}"),
					     e);

	if (!u)
		return -1;
	snapshot_publish(&p->gate.users, &u->snap);
	return 0;
}

static void on_hangup(void *arg)
{
	struct program *p = arg;
	struct settings fresh = {.users_file = NULL};
	enum log_level level;
	struct err e;

	if (program_log_file(p->settings.log_file, &e) < 0)
		log_error("gate", "event=reload problem=\"%s\"", e.msg);
	if (options_reload(p->options, &fresh, &e) < 0 || load_users(p, fresh.users_file, &e) < 0) {
		log_error("gate", "event=reload problem=\"%s\"", e.msg);
		return;
	}
	if (log_level_parse(fresh.log_level, &level) == 0)
		log_set_level(level);
	log_info("gate", "event=reload");
}

static void check_drained(void *arg)
{
	struct program *p = arg;
	unsigned left = atomic_load(&p->gate.connections);

	/* A COMMIT goes on to its end, also when its client has left. */
	for (unsigned i = 0; i < p->gate.worker_count; i++)
		left += atomic_load(&p->gate.workers[i]->ctx.lingering);
	if (!left || clk_mono_us() - p->drain_began_us > (uint64_t)p->settings.drain_timeout_us) {
		log_info("gate", "event=drained connections_left=%u", left);
		worker_stop(p->control);
		return;
	}
	worker_timer_arm(p->drain_timer, 20000);
}

static void on_terminate(void *arg)
{
	struct program *p = arg;

	if (atomic_exchange(&p->gate.draining, true)) {
		worker_stop(p->control); /* asked twice: now */
		return;
	}
	log_info("gate", "event=drain connections=%u", atomic_load(&p->gate.connections));
	p->drain_began_us = clk_mono_us();
	for (unsigned i = 0; i < p->gate.worker_count; i++)
		gate_server_drain_worker(p->gate.workers[i]);
	check_drained(p);
}

/* A keyspace that is still being made does not count. */
static bool schemas_known(const struct gate_catalog *c, struct buf *why)
{
	for (size_t i = 0; i < c->graph->keyspace_count; i++) {
		const struct graph_keyspace *ks = &c->graph->keyspaces[i];

		if (!graph_is_live(ks) || catalog_has_schema(c, str_of(ks->name)))
			continue;
		buf_printf(why, "the tables of keyspace %s have not been read yet", ks->name);
		return false;
	}
	return true;
}

static bool is_ready(void *arg, struct buf *why)
{
	struct program *p = arg;
	struct gate_catalog *c = (struct gate_catalog *)snapshot_acquire(&p->gate.catalog, NULL);
	bool ready = false;

	if (atomic_load(&p->gate.draining))
		buf_puts(why, "shutting down");
	else if (!c)
		buf_puts(why, "the topology has not been read yet");
	else
		ready = graph_is_whole(c->graph, false, why) && schemas_known(c, why);
	if (ready)
		catalog_match(c, why); /* statements on the rest are served */
	snapshot_put(c ? &c->snap : NULL);
	return ready;
}

static void print_status(void *arg, struct buf *out)
{
	struct program *p = arg;

	status_page_print(&p->gate, out);
}

static int open_tls(struct program *p, struct err *e)
{
	struct tls_config c = {.cert_file = p->settings.tls_cert,
			       .key_file = p->settings.tls_key,
			       .ca_file = p->settings.tls_ca};

	if (!c.cert_file && p->settings.gate.require_tls)
		return err_set(e, ERR_INVALID, "--require-tls needs --tls-cert and --tls-key");
	if (!c.cert_file)
		return 0;
	p->gate.tls = tls_new_server(&c, e);
	return p->gate.tls ? 0 : -1;
}

static int open_web(struct program *p, struct err *e)
{
	if (!p->settings.web_address || !p->settings.web_address[0])
		return 0;
	p->http = http_server_new(p->control, p->settings.web_address, e);
	if (!p->http)
		return -1;
	p->pages = (struct http_pages){"sluice-gate", print_status, is_ready, p};
	return http_pages_add(p->http, &p->pages, e);
}

static int start(struct program *p, struct err *e)
{
	struct settings *s = &p->settings;
	struct store_config sc = {.address = s->topo,
				  .user = s->topo_user,
				  .password_file = s->topo_password_file,
				  .ca_file = s->topo_ca};
	struct gate *g = &p->gate;
	enum log_level level;

	if (program_log_file(s->log_file, e) < 0)
		return -1;
	if (!s->topo)
		return err_set(e, ERR_INVALID, "--topo is needed (see --help)");
	if (log_level_parse(s->log_level, &level) < 0)
		return err_set(e, ERR_INVALID, "--log-level: \"%s\" is no level", s->log_level);
	log_set_level(level);
	if (worker_io_parse(s->io, &s->gate.io, e) < 0)
		return err_wrap(e, "--io");
	if (!s->gate.workers)
		s->gate.workers = sysconf(_SC_NPROCESSORS_ONLN);
	if (!lex_server_of(str_of(s->gate.server_version), &g->lex))
		return err_set(e, ERR_INVALID, "--server-version: \"%s\" is none, like 8.0.36",
			       s->gate.server_version);
	g->settings = &s->gate;
	g->started_us = clk_mono_us();
	snapshot_cell_init(&g->users);
	snapshot_cell_init(&g->catalog);
	rng_secure(&g->seed, sizeof(g->seed));
	if (rpc_trust_open(&s->rpc, &s->gate.rpc, e) < 0)
		return -1;
	if (load_users(p, s->users_file, e) < 0 || open_tls(p, e) < 0)
		return -1;
	g->keypair = keypair_new(e);
	g->throttle = throttle_new();
	g->blocking = blocking_new(8);
	p->control = worker_new("gate-control", e);
	p->store = store_open(&sc, e);
	if (!g->throttle)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!g->keypair || !p->control || !p->store)
		return -1;
	p->tracker = tracker_new(&g->catalog, s->gate.cell, p->control, p->store, e);
	g->tracker = p->tracker;
	if (p->tracker)
		tracker_set_trust(p->tracker, s->gate.rpc);
	p->drain_timer = worker_timer_new(p->control, check_drained, p);
	g->workers = calloc((size_t)s->gate.workers, sizeof(*g->workers));
	if (!p->tracker || !g->blocking || !p->drain_timer || !g->workers)
		return p->tracker ? err_set(e, ERR_NOMEM, "out of memory") : -1;
	for (; g->worker_count < (unsigned)s->gate.workers; g->worker_count++) {
		g->workers[g->worker_count] = gate_server_new_worker(g, g->worker_count, e);
		if (!g->workers[g->worker_count])
			return -1;
		/* Further workers share the port that the first one got. */
		if (g->worker_count == 0 && g->workers[0]->tcp)
			s->gate.mysql_address = listener_address(g->workers[0]->tcp);
	}
	for (unsigned i = 0; i < g->worker_count; i++)
		if (gate_server_start_worker(g->workers[i], e) < 0)
			return -1;
	if (worker_on_signal(p->control, SIGTERM, on_terminate, p, e) < 0 ||
	    worker_on_signal(p->control, SIGINT, on_terminate, p, e) < 0 ||
	    worker_on_signal(p->control, SIGHUP, on_hangup, p, e) < 0)
		return -1;
	return open_web(p, e);
}

static void stop(struct program *p)
{
	struct gate *g = &p->gate;

	/* Workers stop handing out passwords to check before those threads go; and stay until the
	 * replies of the last checks have come. */
	for (unsigned i = 0; i < g->worker_count; i++)
		gate_server_stop_worker(g->workers[i]);
	blocking_free(g->blocking);
	for (unsigned i = 0; i < g->worker_count; i++)
		gate_server_free_worker(g->workers[i]);
	free(g->workers);
	http_server_free(p->http);
	tracker_free(p->tracker);
	worker_timer_free(p->drain_timer);
	worker_free(p->control);
	store_close(p->store);
	snapshot_cell_fini(&g->catalog);
	snapshot_cell_fini(&g->users);
	keypair_free(g->keypair);
	throttle_free(g->throttle);
	tls_put(g->tls);
	rpc_trust_close(&p->settings.gate.rpc);
}

int main(int argc, char **argv)
{
	static struct program p;
	struct err e;
	int rc;

	p.options = options_new("sluice-gate", "the MySQL endpoint of a Sluice cluster",
				option_defs, sizeof(option_defs) / sizeof(option_defs[0]));
	rc = program_options(p.options, &p.settings, argc, argv);
	if (rc >= 0)
		return rc;
	signal(SIGPIPE, SIG_IGN);
	rc = 1;
	if (start(&p, &e) < 0) {
		log_error("gate", "event=start problem=\"%s\"", e.msg);
		goto out;
	}
	log_info("gate", "event=ready mysql=%s socket=%s web=%d workers=%u",
		 p.settings.gate.mysql_address ? p.settings.gate.mysql_address : "-",
		 p.settings.gate.mysql_socket ? p.settings.gate.mysql_socket : "-",
		 p.http ? http_server_port(p.http) : 0, p.gate.worker_count);
	if (p.settings.pid_file && program_pid_file(p.settings.pid_file, &e) < 0) {
		log_error("gate", "event=start problem=\"%s\"", e.msg);
		goto out;
	}
	worker_run(p.control);
	rc = 0;
out:
	stop(&p);
	if (p.settings.pid_file)
		unlink(p.settings.pid_file);
	options_free(p.options);
	return rc;
}
