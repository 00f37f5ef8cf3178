#include "src/keeper/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/file.h"
#include "src/base/json.h"
#include "src/base/log.h"
#include "src/base/process.h"
#include "src/base/str.h"
#include "src/keeper/cluster_file.h"
#include "src/keeper/machine_int.h"
#include "src/keeper/spec_change.h"
#include "src/keeper/undo.h"
#include "src/net/http_client.h"
#include "src/net/http_pages.h"
#include "topo/graph.h"
#include "topo/graph_watch.h"

enum { STEP_MS = 200, FILE_MS = 2000, STOP_MS = 60000 };

void machine_say(struct machine *l, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	buf_init(&b);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	log_info("keeper.machine", "%.*s", STR_ARG(buf_slice(&b)));
	buf_u8(&b, '\n');
	/* Whoever reads may have gone: then nobody wants to know. */
	if (l->progress_fd >= 0 && !b.failed && write(l->progress_fd, b.p, b.len) < 0) {
		close(l->progress_fd);
		l->progress_fd = -1;
	}
	buf_fini(&b);
}

static int make_dir(const char *base, const char *name, struct err *e)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s%s", base, *name ? "/" : "", name);
	if (mkdir(path, 0750) < 0 && errno != EEXIST)
		return err_set_errno(e, ERR_IO, errno, "cannot make %s", path);
	return 0;
}

static int open_dir(struct machine *l, struct err *e)
{
	static const char *const parts[] = {"", "run", "log", "tablets"};
	char real[PATH_MAX];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (make_dir(l->config.dir, parts[i], e) < 0)
			return -1;
	if (!realpath(l->config.dir, real))
		return err_set_errno(e, ERR_IO, errno, "cannot find %s", l->config.dir);
	l->dir = str_dup(str_of(real));
	return l->dir ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

static int take_lock(struct machine *l, struct err *e)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/run/keeper.lock", l->dir);
	l->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (l->lock_fd < 0)
		return err_set_errno(e, ERR_IO, errno, "cannot open %s", path);
	if (flock(l->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return err_set(e, ERR_EXISTS, "another keeper looks after %s already", l->dir);
	return 0;
}

/* Compares @fresh with the specification of the last time, if there is one. */
static int check_change(const char *path, const struct spec *fresh, bool live, bool *same,
			struct err *e)
{
	struct spec old;
	struct buf b;
	int rc;

	*same = false;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	buf_init(&b);
	rc = file_read(path, &b, e);
	if (rc == 0) {
		rc = spec_read(buf_slice(&b), NULL, &old, e);
		if (rc < 0)
			err_wrap(e, "%s", path);
		else
			rc = spec_change_check(&old, fresh, live, same, e);
		spec_fini(&old);
	}
	buf_fini(&b);
	return rc;
}

int machine_check_spec(const char *dir, const char *spec, bool *same, struct err *e)
{
	char path[PATH_MAX];
	struct spec fresh;
	int rc = spec_load(spec, &fresh, e);

	snprintf(path, sizeof(path), "%s/spec.json", dir);
	if (rc == 0)
		rc = check_change(path, &fresh, true, same, e);
	spec_fini(&fresh);
	return rc;
}

/* The specification that was given, kept as DIR/spec.json for the next time; or that one. */
static int read_spec(struct machine *l, struct err *e)
{
	char path[PATH_MAX];
	struct buf b;
	bool same;
	int rc;

	snprintf(path, sizeof(path), "%s/spec.json", l->dir);
	if (!l->config.spec && access(path, R_OK) < 0)
		return err_set(e, ERR_INVALID, "%s has no cluster yet: a specification is needed",
			       l->dir);
	if (spec_load(l->config.spec ? l->config.spec : path, &l->spec, e) < 0)
		return -1;
	if (!l->config.spec)
		return 0;
	if (check_change(path, &l->spec, false, &same, e) < 0)
		return -1;
	buf_init(&b);
	spec_print(&l->spec, &b);
	buf_u8(&b, '\n');
	rc = buf_check(&b, e);
	if (rc == 0)
		rc = file_write(path, buf_slice(&b), 0600, e);
	buf_fini(&b);
	return rc;
}

/* What a cluster that was not taken down had running: cluster.json is still there. */
static void find_resumed(struct machine *l)
{
	char path[PATH_MAX];
	struct cJSON *doc = NULL;
	struct buf b;

	snprintf(path, sizeof(path), "%s/cluster.json", l->dir);
	buf_init(&b);
	if (file_read(path, &b, NULL) == 0)
		doc = json_parse(buf_slice(&b), NULL);
	for (size_t i = 0; i < l->fleet.count && doc; i++)
		l->states[i].resumed = cluster_file_has(doc, &l->fleet.processes[i]);
	json_free(doc);
	buf_fini(&b);
}

static int decide(struct machine *l, struct err *e)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/layout.json", l->dir);
	if (layout_load(path, &l->layout, e) < 0 ||
	    fleet_build(&l->spec, &l->layout, l->dir, l->config.bin_dir, &l->fleet, e) < 0 ||
	    layout_save(&l->layout, e) < 0)
		return -1;
	l->states = calloc(l->fleet.count + 1, sizeof(*l->states));
	if (!l->states)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < l->fleet.count; i++)
		l->states[i].type = l->fleet.processes[i].primary ? "primary" : "replica";
	find_resumed(l);
	return 0;
}

struct machine *machine_open(const struct machine_config *c, struct err *e)
{
	struct machine *l = calloc(1, sizeof(*l));

	if (!l) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	l->config = *c;
	l->lock_fd = -1;
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	l->progress_fd = c->progress_fd;
	buf_init(&l->rpc_secret);
	pthread_mutex_init(&l->lock, NULL);
	atomic_init(&l->stop, 0);
	atomic_init(&l->ready, false);
	if (open_dir(l, e) == 0 && take_lock(l, e) == 0 && read_spec(l, e) == 0 &&
	    decide(l, e) == 0)
		return l;
	l->progress_fd = -1; /* the caller tells the cause */
	machine_close(l);
	return NULL;
}

const char *machine_topo(const struct machine *l)
{
	return l->fleet.topo;
}

int machine_web_port(const struct machine *l)
{
	return l->fleet.keeper_web_port;
}

int machine_http_get(int port, const char *path, struct buf *body, struct err *e)
{
	struct http_call call = {.method = "GET", .path = path, .timeout_ms = 3000};
	struct http_client *c = http_client_new("127.0.0.1", port, NULL);
	int status;

	if (!c)
		return err_set(e, ERR_NOMEM, "out of memory");
	status = http_client_request(c, &call, body, e);
	http_client_free(c);
	return status;
}

int machine_launch(struct machine *l, size_t i, struct err *e)
{
	const struct fleet_process *p = &l->fleet.processes[i];
	struct machine_state *st = &l->states[i];
	struct process_start s = {p->argv, p->pid_file, p->log, -1, p->dir};
	pid_t pid = process_find(p->pid_file);
	bool ours = pid == 0, fresh = ours && p->data_dir && access(p->data_dir, F_OK) < 0;

	if (!pid && process_start(&s, &pid, e) < 0)
		return -1;
	pthread_mutex_lock(&l->lock);
	st->pid = pid;
	st->ours |= ours;
	st->fresh |= fresh;
	pthread_mutex_unlock(&l->lock);
	return 0;
}

/* The types as the store has them now. */
static void refresh_types(struct machine *l)
{
	struct graph *g = l->watch ? graph_watch_get(l->watch) : NULL;

	if (!g)
		return;
	for (size_t i = 0; i < l->fleet.count; i++) {
		const struct fleet_process *p = &l->fleet.processes[i];
		const struct graph_tablet *t =
			p->alias ? graph_find_tablet(g, str_of(p->alias)) : NULL;

		if (t)
			l->states[i].type = rec_tablet_type_name(t->type);
	}
	snapshot_put(&g->snap);
}

static int print_file(struct machine *l, struct buf *out, struct err *e)
{
	size_t n = l->fleet.count + 1;
	pid_t *pids = calloc(n, sizeof(*pids)), *mysqlds = calloc(n, sizeof(*mysqlds));
	const char **types = calloc(n, sizeof(*types));
	struct cluster_file c = {&l->fleet, getpid(), pids, mysqlds, types};
	int rc = -1;

	if (pids && mysqlds && types) {
		for (size_t i = 0; i < l->fleet.count; i++) {
			pids[i] = l->states[i].pid;
			mysqlds[i] = l->states[i].mysqld_pid;
			types[i] = l->states[i].type;
		}
		cluster_file_print(&c, out);
		rc = buf_check(out, e);
	} else {
		err_set(e, ERR_NOMEM, "out of memory");
	}
	free(pids);
	free(mysqlds);
	free(types);
	return rc;
}

int machine_write_file(struct machine *l, struct err *e)
{
	char path[PATH_MAX];
	struct buf b;
	int rc;

	pthread_mutex_lock(&l->lock);
	refresh_types(l);
	for (size_t i = 0; i < l->fleet.count; i++)
		if (l->fleet.processes[i].kind == FLEET_TABLET)
			l->states[i].mysqld_pid = fleet_mysqld_pid(&l->fleet.processes[i]);
	buf_init(&b);
	rc = print_file(l, &b, e);
	pthread_mutex_unlock(&l->lock);
	snprintf(path, sizeof(path), "%s/cluster.json", l->dir);
	if (rc == 0 && (!l->written || !str_eqz(buf_slice(&b), l->written))) {
		rc = file_write(path, buf_slice(&b), 0644, e);
		if (rc == 0) {
			free(l->written);
			l->written = buf_take(&b);
		}
	}
	buf_fini(&b);
	return rc;
}

bool machine_look_after(struct machine *l, size_t i)
{
	const struct fleet_process *p = &l->fleet.processes[i];
	struct machine_state *st = &l->states[i];
	struct err e;

	switch (supervise_step(&st->supervise, process_alive(st->pid), clk_mono_us())) {
	case SUPERVISE_NOTHING:
		return false;
	case SUPERVISE_DIED:
		log_warn("keeper.machine", "event=died process=%s pid=%d failures=%u", p->name,
			 (int)st->pid, st->supervise.failures);
		pthread_mutex_lock(&l->lock);
		st->pid = 0;
		pthread_mutex_unlock(&l->lock);
		break;
	case SUPERVISE_START:
		if (machine_launch(l, i, &e) < 0)
			log_error("keeper.machine", "event=start process=%s problem=\"%s\"",
				  p->name, e.msg);
		else
			log_info("keeper.machine", "event=restarted process=%s pid=%d", p->name,
				 (int)st->pid);
		break;
	}
	return true;
}

/* Until a process ends; what is down is looked at often, since it will be started again. */
static void sleep_a_while(struct machine *l)
{
	pid_t *pids = calloc(l->fleet.count + 1, sizeof(*pids));
	bool all = pids != NULL;

	for (size_t i = 0; i < l->fleet.count && pids; i++) {
		pids[i] = l->states[i].pid;
		all &= pids[i] > 0;
	}
	process_wait_any(pids, pids ? l->fleet.count : 0, l->wake_fd, all ? FILE_MS : STEP_MS);
	free(pids);
}

static void supervise(struct machine *l)
{
	struct err e;
	uint64_t written = 0;

	while (!atomic_load(&l->stop)) {
		bool changed = clk_mono_us() - written >= FILE_MS * 1000ull;

		for (size_t i = 0; i < l->fleet.count; i++)
			changed |= machine_look_after(l, i);
		if (changed)
			written = clk_mono_us();
		if (changed && machine_write_file(l, &e) < 0)
			log_error("keeper.machine", "event=cluster_file problem=\"%s\"", e.msg);
		sleep_a_while(l);
	}
}

/* Whether a failed bring-up stops it again. */
static bool mine(const struct machine *l, size_t i)
{
	return l->states[i].ours && !l->states[i].resumed;
}

/* A running cluster that was to grow, rather than one that was started. */
static bool is_growth(const struct machine *l)
{
	for (size_t i = 0; i < l->fleet.count; i++)
		if (l->states[i].resumed)
			return true;
	return false;
}

/* The data of a tablet that a growing cluster did not get after all. */
static void remove_data(const struct fleet_process *p)
{
	const char *argv[] = {"rm", "-rf", "--", p->data_dir, NULL};
	struct buf out;
	struct err e;

	buf_init(&out);
	err_set(&e, ERR_IO, "rm failed");
	if (process_run(argv, &out, &e) != 0)
		log_warn("keeper.machine", "event=undo directory=%s problem=\"%s\"", p->data_dir,
			 e.msg);
	buf_fini(&out);
}

/* The schema file has to run again when the keyspace is made another time: its data are gone. */
static void forget_schema(struct machine *l, const char *keyspace)
{
	char mark[200];
	struct err e;

	snprintf(mark, sizeof(mark), "schema %s", keyspace);
	if (layout_get(&l->layout, mark, 0) &&
	    (layout_set(&l->layout, mark, 0, &e) < 0 || layout_save(&l->layout, &e) < 0))
		log_warn("keeper.machine", "event=undo keyspace=%s problem=\"%s\"", keyspace,
			 e.msg);
}

/* Records of a cluster that was not brought up: keyspaces and replicas that were not there before
 * would keep the gates from being ready. */
static void take_back(struct machine *l)
{
	struct err e;

	for (size_t i = 0; i < l->fleet.count; i++) {
		const struct fleet_process *p = &l->fleet.processes[i];

		if (mine(l, i) && p->kind == FLEET_TABLET && !l->states[i].primary &&
		    undo_tablet(l->store, p->alias, &e) < 0)
			log_warn("keeper.machine", "event=undo tablet=%s problem=\"%s\"", p->alias,
				 e.msg);
	}
	for (size_t i = 0; i < l->spec.keyspaces.len; i++) {
		const struct spec_keyspace *k = &l->spec.keyspaces.v[i];

		if (k->made && is_growth(l))
			forget_schema(l, k->name);
		if (k->made && undo_keyspace(l->store, k->name, &e) < 0)
			log_warn("keeper.machine", "event=undo keyspace=%s problem=\"%s\"", k->name,
				 e.msg);
	}
}

/* Gates, then tablets with their mysqlds, then the store: what this keeper has started, but for
 * what was up before. */
static void stop_started(struct machine *l)
{
	for (int kind = FLEET_GATE; kind >= FLEET_ETCD; kind--) {
		if (kind == FLEET_ETCD && l->store)
			take_back(l);
		for (size_t i = 0; i < l->fleet.count; i++)
			if (mine(l, i) && (int)l->fleet.processes[i].kind == kind)
				if (process_alive(l->states[i].pid))
					kill(l->states[i].pid, SIGTERM);
		for (size_t i = 0; i < l->fleet.count; i++) {
			if (!mine(l, i) || (int)l->fleet.processes[i].kind != kind)
				continue;
			process_stop(l->states[i].pid, STOP_MS);
			if (kind == FLEET_TABLET)
				process_stop(fleet_mysqld_pid(&l->fleet.processes[i]), STOP_MS);
			if (l->states[i].fresh && is_growth(l))
				remove_data(&l->fleet.processes[i]);
		}
	}
}

void machine_abort(struct machine *l, const struct err *why)
{
	machine_say(l, "error: %s", why->msg);
	stop_started(l);
	machine_say(l, "FAILED");
}

static void *run(void *arg)
{
	struct machine *l = arg;
	bool partly = false;
	struct err e;

	err_clear(&e);
	if (machine_bring_up(l, &partly, &e) < 0) {
		machine_abort(l, &e);
		if (l->config.failed)
			l->config.failed(l->config.arg);
		return NULL;
	}
	atomic_store(&l->ready, true);
	machine_say(l, partly ? "PARTLY" : "READY");
	if (l->progress_fd >= 0)
		close(l->progress_fd);
	l->progress_fd = -1;
	supervise(l);
	return NULL;
}

int machine_start_topo(struct machine *l, struct err *e)
{
	bool partly = false;

	if (machine_prepare(l, e) < 0 || machine_start_group(l, MACHINE_ETCD, &partly, e) < 0)
		return -1;
	return machine_guard_etcd(l, e);
}

int machine_start(struct machine *l, struct store *s, struct err *e)
{
	l->store = s;
	if (pthread_create(&l->thread, NULL, run, l) != 0)
		return err_set(e, ERR_EXHAUSTED, "cannot start a thread");
	l->thread_runs = true;
	return 0;
}

void machine_cancel(struct machine *l)
{
	atomic_store(&l->stop, 1);
	eventfd_write(l->wake_fd, 1);
}

bool machine_ready(struct machine *l, struct buf *why)
{
	if (atomic_load(&l->ready))
		return true;
	buf_puts(why, "the cluster is being started");
	return false;
}

const char *machine_topo_password(const struct machine *l)
{
	return l->fleet.topo_password;
}

struct rpc_trust machine_trust(const struct machine *l)
{
	return (struct rpc_trust){.secret = buf_slice(&l->rpc_secret)};
}

const char *machine_cell(const struct machine *l)
{
	return l->spec.cell;
}

void machine_print_status(struct machine *l, struct buf *html)
{
	pthread_mutex_lock(&l->lock);
	http_pages_table(html, "Processes");
	for (size_t i = 0; i < l->fleet.count; i++) {
		const struct fleet_process *p = &l->fleet.processes[i];
		const struct machine_state *st = &l->states[i];

		http_pages_row(
			html, p->name, "%s pid %d, web port %d, restarted %llu times%s%s%s%s%s",
			st->pid ? "runs," : "down,", (int)st->pid, p->web_port,
			(unsigned long long)st->supervise.restarts, p->alias ? ", " : "",
			p->alias ? p->keyspace : "", p->alias ? "/" : "", p->alias ? p->shard : "",
			p->alias && !st->mysqld_pid ? ", mysqld down" : "");
	}
	http_pages_end_table(html);
	pthread_mutex_unlock(&l->lock);
}

void machine_close(struct machine *l)
{
	if (!l)
		return;
	machine_cancel(l);
	if (l->thread_runs)
		pthread_join(l->thread, NULL);
	graph_watch_stop(l->watch);
	if (l->progress_fd >= 0)
		close(l->progress_fd);
	if (l->lock_fd >= 0)
		close(l->lock_fd);
	if (l->wake_fd >= 0)
		close(l->wake_fd);
	fleet_fini(&l->fleet);
	layout_fini(&l->layout);
	spec_fini(&l->spec);
	pthread_mutex_destroy(&l->lock);
	buf_fini(&l->rpc_secret);
	free(l->states);
	free(l->written);
	free(l->dir);
	free(l);
}
