/* sluice-keeper: the control plane: the admin API, and the processes of a local cluster. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/log.h"
#include "src/base/options.h"
#include "src/base/process.h"
#include "src/base/secret.h"
#include "src/ctl/api.h"
#include "src/keeper/machine.h"
#include "src/main/program.h"
#include "src/net/blocking.h"
#include "src/net/http_pages.h"
#include "src/net/http_server.h"
#include "src/net/worker.h"
#include "src/rpc/rpc_trust.h"
#include "topo/election.h"
#include "topo/graph.h"
#include "topo/graph_watch.h"
#include "topo/store.h"

struct settings {
	const char *web_address, *topo, *topo_user, *topo_password_file, *topo_ca, *name;
	struct rpc_trust_files rpc;
	const char *supervise, *spec, *token_file, *pid_file, *log_level, *log_file;
	int64_t progress_fd;
	bool check_spec, force;
};

#define AT(field) offsetof(struct settings, field)
static const struct option_def option_defs[] = {
	{"web-address", OPTION_STRING, AT(web_address), "127.0.0.1:15000", "HOST:PORT",
	 "Status page, metrics, health and the admin API.", 0, 0},
	{"topo", OPTION_STRING, AT(topo), NULL, "URL",
	 "The topology store: sqlite:/path/to/file or etcd:http://host:2379,...", 0, 0},
	{"topo-user", OPTION_STRING, AT(topo_user), NULL, "NAME", "User for etcd.", 0, 0},
	{"topo-password-file", OPTION_STRING, AT(topo_password_file), NULL, "FILE",
	 "Holds the password for etcd.", 0, 0},
	{"topo-ca", OPTION_STRING, AT(topo_ca), NULL, "FILE",
	 "Certificates that etcd's is checked against (PEM).", 0, 0},
	{"token-file", OPTION_STRING, AT(token_file), NULL, "FILE",
	 "Holds the token that changes by the admin API need; made (mode 0600) when missing. With "
	 "--supervise by default DIR/keeper.token, else without it nothing can be changed.",
	 0, 0},
	{"rpc-secret-file", OPTION_STRING, AT(rpc.secret), NULL, "FILE",
	 "Holds the secret that the keeper shares with the tablets; with --supervise the cluster's "
	 "own.",
	 0, 0},
	{"rpc-tls-cert", OPTION_STRING, AT(rpc.cert), NULL, "FILE",
	 "Certificate that the keeper shows on RPC connections (PEM).", 0, 0},
	{"rpc-tls-key", OPTION_STRING, AT(rpc.key), NULL, "FILE", "Its key (PEM).", 0, 0},
	{"rpc-tls-ca", OPTION_STRING, AT(rpc.ca), NULL, "FILE",
	 "Certificates that those of the other ends are checked against (PEM).", 0, 0},
	{"name", OPTION_STRING, AT(name), NULL, "NAME",
	 "What this keeper is called in elections; by default its host and process.", 0, 0},
	{"supervise", OPTION_STRING, AT(supervise), NULL, "DIR",
	 "Bring up the local cluster of this directory and look after its processes.", 0, 0},
	{"spec", OPTION_STRING, AT(spec), NULL, "FILE",
	 "With --supervise: what the cluster is to be; by default as it was.", 0, 0},
	{"check-spec", OPTION_BOOL, AT(check_spec), "false", NULL,
	 "With --supervise and --spec: only say whether the running cluster can become that: "
	 "prints \"same\" or \"changed\", or fails with the reason.",
	 0, 0},
	{"force", OPTION_BOOL, AT(force), "false", NULL,
	 "With --supervise: also with a VSchema that names what does not exist.", 0, 0},
	{"progress-fd", OPTION_INT, AT(progress_fd), "-1", "N",
	 "With --supervise: an open file that gets a line per step.", -1, 1024},
	{"pid-file", OPTION_STRING, AT(pid_file), NULL, "FILE",
	 "Written when the keeper is ready to serve.", 0, 0},
	{"log-level", OPTION_STRING, AT(log_level), "info", "LEVEL", "debug, info, warn or error.",
	 0, 0},
	PROGRAM_OPT_LOG_FILE(log_file),
};

struct program {
	struct settings settings;
	struct options *options;
	struct worker *control;
	struct blocking *blocking;
	struct http_server *http;
	struct http_pages pages;
	struct store *store;
	struct machine *machine;
	struct election *election;
	struct graph_watch *graphs; /* for readiness */
	struct api *api;
	struct buf token;
	struct rpc_trust rpc;
	char name[300];
	int status;
};

static void on_hangup(void *arg)
{
	struct program *p = arg;
	struct settings fresh = {.topo = NULL};
	enum log_level level;
	struct err e;

	if (program_log_file(p->settings.log_file, &e) < 0)
		log_error("keeper", "event=reload problem=\"%s\"", e.msg);
	if (options_reload(p->options, &fresh, &e) < 0) {
		log_error("keeper", "event=reload problem=\"%s\"", e.msg);
		return;
	}
	if (log_level_parse(fresh.log_level, &level) == 0)
		log_set_level(level);
	log_info("keeper", "event=reload");
}

static void on_terminate(void *arg)
{
	worker_stop(((struct program *)arg)->control);
}

/* Until the control worker takes the signals. */
static struct machine *starting;

static void on_early_signal(int signo)
{
	(void)signo;
	if (starting)
		machine_cancel(starting);
}

static void on_machine_failed(void *arg)
{
	struct program *p = arg;

	p->status = 1;
	worker_stop(p->control);
}

static void on_leading(void *arg, bool leading, const struct store_lock *guard)
{
	(void)arg;
	(void)guard;
	log_info("keeper", "event=%s", leading ? "leads" : "follows");
}

static bool is_ready(void *arg, struct buf *why)
{
	struct program *p = arg;
	struct graph *g = p->graphs ? graph_watch_get(p->graphs) : NULL;
	bool ready = !p->machine || machine_ready(p->machine, why);

	if (ready && g)
		ready = graph_is_whole(g, true, why);
	else if (ready) {
		buf_puts(why, "the topology has not been read yet");
		ready = false;
	}
	snapshot_put(g ? &g->snap : NULL);
	return ready;
}

static void print_status(void *arg, struct buf *html)
{
	struct program *p = arg;

	http_pages_table(html, "Keeper");
	http_pages_row(html, "name", "%s", p->name);
	http_pages_row(html, "topology store", "%s", store_address(p->store));
	http_pages_row(html, "leads", "%s",
		       p->election && election_leading(p->election) ? "yes" : "no");
	http_pages_row(html, "admin API", "/api/v1/");
	http_pages_end_table(html);
	if (p->machine)
		machine_print_status(p->machine, html);
}

/* The directory that this program is in. */
static void find_programs(char out[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
	char *slash;

	out[n > 0 ? n : 0] = 0;
	slash = strrchr(out, '/');
	if (slash)
		*slash = 0;
}

static int open_machine(struct program *p, struct err *e)
{
	struct settings *s = &p->settings;
	char bin[PATH_MAX];
	struct machine_config c = {.dir = s->supervise,
				   .spec = s->spec,
				   .bin_dir = bin,
				   .force = s->force,
				   .progress_fd = (int)s->progress_fd,
				   .failed = on_machine_failed,
				   .arg = p};

	find_programs(bin);
	p->machine = machine_open(&c, e);
	if (!p->machine)
		return -1;
	starting = p->machine;
	signal(SIGTERM, on_early_signal);
	signal(SIGINT, on_early_signal);
	s->topo = machine_topo(p->machine);
	s->topo_password_file = machine_topo_password(p->machine);
	s->topo_user = s->topo_password_file ? "root" : NULL;
	return machine_start_topo(p->machine, e);
}

static int open_token(struct program *p, struct err *e)
{
	const struct settings *s = &p->settings;
	char path[PATH_MAX];

	if (s->token_file)
		snprintf(path, sizeof(path), "%s", s->token_file);
	else if (s->supervise)
		snprintf(path, sizeof(path), "%s/keeper.token", s->supervise);
	else
		return 0;
	return secret_make(path, e) < 0 ? -1 : secret_read(path, &p->token, e);
}

static int open_web(struct program *p, struct err *e)
{
	struct api_config c = {p->store, p->blocking, p->control, buf_slice(&p->token),
			       p->machine ? machine_trust(p->machine) : p->rpc};
	char local[40];
	const char *address = p->settings.web_address;

	if (p->machine) {
		snprintf(local, sizeof(local), "127.0.0.1:%d", machine_web_port(p->machine));
		address = local;
	}
	p->http = http_server_new(p->control, address, e);
	if (!p->http)
		return -1;
	p->pages = (struct http_pages){"sluice-keeper", print_status, is_ready, p};
	if (http_pages_add(p->http, &p->pages, e) < 0)
		return -1;
	p->api = api_new(&c, p->http, e);
	return p->api ? 0 : -1;
}

static void choose_name(struct program *p)
{
	char host[200] = "localhost";

	gethostname(host, sizeof(host) - 1);
	if (p->settings.name)
		snprintf(p->name, sizeof(p->name), "%s", p->settings.name);
	else
		snprintf(p->name, sizeof(p->name), "%s:%d", host, (int)getpid());
}

static int start(struct program *p, struct err *e)
{
	struct settings *s = &p->settings;
	struct store_config sc = {.ca_file = s->topo_ca};
	struct election_config ec = {
		.name = "keeper", .candidate = p->name, .fn = on_leading, .arg = p};
	enum log_level level;

	if (log_level_parse(s->log_level, &level) < 0)
		return err_set(e, ERR_INVALID, "--log-level: \"%s\" is no level", s->log_level);
	log_set_level(level);
	if (program_log_file(s->log_file, e) < 0)
		return -1;
	choose_name(p);
	if (s->supervise && open_machine(p, e) < 0)
		return -1;
	if (!s->topo)
		return err_set(e, ERR_INVALID, "--topo or --supervise is needed (see --help)");
	sc.address = s->topo;
	sc.user = s->topo_user;
	sc.password_file = s->topo_password_file;
	if (rpc_trust_open(&s->rpc, &p->rpc, e) < 0)
		return -1;
	p->control = worker_new("keeper-control", e);
	p->blocking = blocking_new(8);
	p->store = store_open(&sc, e);
	if (!p->control || !p->store)
		return -1;
	if (!p->blocking)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (open_token(p, e) < 0 || open_web(p, e) < 0 ||
	    worker_on_signal(p->control, SIGTERM, on_terminate, p, e) < 0 ||
	    worker_on_signal(p->control, SIGINT, on_terminate, p, e) < 0 ||
	    worker_on_signal(p->control, SIGHUP, on_hangup, p, e) < 0)
		return -1;
	p->election = election_join(p->store, &ec, e);
	if (!p->election)
		return -1;
	p->graphs = graph_watch_start(p->store, p->machine ? machine_cell(p->machine) : "", NULL,
				      NULL, e);
	if (!p->graphs)
		return -1;
	return p->machine ? machine_start(p->machine, p->store, e) : 0;
}

static void stop(struct program *p)
{
	starting = NULL;
	machine_close(p->machine);
	election_leave(p->election);
	graph_watch_stop(p->graphs);
	blocking_free(p->blocking);
	if (p->control)
		worker_drain(p->control); /* the last answers */
	http_server_free(p->http);
	api_free(p->api);
	worker_free(p->control);
	store_close(p->store);
	buf_fini(&p->token);
	rpc_trust_close(&p->rpc);
}

/* Before there is a local cluster that could tell it. */
static void tell_failure(struct program *p, const struct err *e)
{
	log_error("keeper", "event=start problem=\"%s\"", e->msg);
	if (p->machine)
		machine_abort(p->machine, e);
	else if (p->settings.progress_fd >= 0)
		dprintf((int)p->settings.progress_fd, "error: %s\nFAILED\n", e->msg);
}

static int check_spec(const struct settings *s)
{
	struct err e;
	bool same;

	if (!s->supervise || !s->spec)
		err_set(&e, ERR_INVALID, "--check-spec needs --supervise and --spec");
	else if (machine_check_spec(s->supervise, s->spec, &same, &e) == 0)
		return printf("%s\n", same ? "same" : "changed") < 0;
	printf("%s\n", e.msg);
	return 1;
}

int main(int argc, char **argv)
{
	static struct program p;
	struct err e;
	int rc;

	process_widen_path();
	p.options = options_new("sluice-keeper", "the control plane of a Sluice cluster",
				option_defs, sizeof(option_defs) / sizeof(option_defs[0]));
	rc = program_options(p.options, &p.settings, argc, argv);
	if (rc >= 0)
		return rc;
	if (p.settings.check_spec) {
		p.status = check_spec(&p.settings);
		options_free(p.options);
		return p.status;
	}
	buf_init(&p.token);
	signal(SIGPIPE, SIG_IGN);
	if (start(&p, &e) < 0) {
		tell_failure(&p, &e);
		p.status = 1;
		goto out;
	}
	log_info("keeper", "event=ready web=%d topo=%s", http_server_port(p.http),
		 store_address(p.store));
	if (p.settings.pid_file && program_pid_file(p.settings.pid_file, &e) < 0) {
		tell_failure(&p, &e);
		p.status = 1;
		goto out;
	}
	worker_run(p.control);
out:
	stop(&p);
	if (p.settings.pid_file)
		unlink(p.settings.pid_file);
	options_free(p.options);
	return p.status;
}
