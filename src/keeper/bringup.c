/* The steps from nothing to a cluster that serves. Each can be repeated: what is there already is
 * left as it is, so that the same code starts a cluster again after it was stopped. */
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/clk.h"
#include "src/base/file.h"
#include "src/base/json.h"
#include "src/base/process.h"
#include "src/base/secret.h"
#include "src/keeper/machine_int.h"
#include "src/net/http_client.h"
#include "src/ops/shard_primaries.h"
#include "src/ops/vschema_real.h"
#include "topo/graph_watch.h"
#include "topo/rec_cell.h"
#include "topo/rec_keyspace.h"
#include "topo/rec_shard.h"
#include "topo/rec_vschema.h"

enum { READY_MS = 120000, RESUME_MS = 30000, POLL_MS = 50, LOG_LINES = 15, AUTH_MS = 10000 };

static bool in_group(const struct machine *l, size_t i, enum machine_group group)
{
	const struct fleet_process *p = &l->fleet.processes[i];

	switch (group) {
	case MACHINE_ETCD:
		return p->kind == FLEET_ETCD;
	case MACHINE_PRIMARIES:
		return p->kind == FLEET_TABLET && l->states[i].primary;
	case MACHINE_REPLICAS:
		return p->kind == FLEET_TABLET && !l->states[i].primary;
	case MACHINE_GATES:
		return p->kind == FLEET_GATE;
	}
	return false;
}

/* "keyspace customer: shard -80: tablet zone1-200" */
static void print_name(const struct machine *l, size_t i, char *out, size_t room)
{
	const struct fleet_process *p = &l->fleet.processes[i];

	if (p->kind == FLEET_TABLET)
		snprintf(out, room, "keyspace %s: shard %s: %s %s", p->keyspace, p->shard,
			 l->states[i].primary ? "tablet" : "replica", p->alias);
	else if (p->kind == FLEET_GATE)
		snprintf(out, room, "%s (mysql port %d)", p->name, p->mysql_port);
	else
		snprintf(out, room, "%s", p->name);
}

static void say_log(struct machine *l, const char *path, unsigned lines)
{
	struct buf b;

	buf_init(&b);
	process_log_tail(path, lines, "    ", &b);
	if (b.len)
		machine_say(l, "  the end of %s:\n%.*s", path, (int)b.len - 1, (const char *)b.p);
	buf_fini(&b);
}

/* Tells what the process itself has to say about its failure. */
static int failed(struct machine *l, size_t i, const char *why, struct err *e)
{
	const struct fleet_process *p = &l->fleet.processes[i];
	char name[300], path[PATH_MAX];

	print_name(l, i, name, sizeof(name));
	say_log(l, p->log, LOG_LINES);
	if (p->kind == FLEET_TABLET) {
		snprintf(path, sizeof(path), "%s/mysqld.log", p->data_dir);
		say_log(l, path, LOG_LINES);
	}
	return err_set(e, ERR_UNAVAILABLE, "%s %s", name, why);
}

static int late(struct machine *l, size_t i, const struct buf *says, struct err *e)
{
	char why[300];
	struct str text = str_trim(buf_slice(says));

	snprintf(why, sizeof(why), "is not ready in time: %.*s", (int)(text.n < 250 ? text.n : 250),
		 text.p);
	return failed(l, i, why, e);
}

/* 1: it answers, 0: not yet (@why says what it says), -1: it is dead. */
static int probe(struct machine *l, size_t i, struct buf *why)
{
	const struct fleet_process *p = &l->fleet.processes[i];
	int status;

	if (!process_alive(l->states[i].pid))
		return -1;
	buf_reset(why);
	status = machine_http_get(p->web_port, p->kind == FLEET_ETCD ? "/health" : "/readyz", why,
				  NULL);
	if (status < 0)
		buf_puts(why, "no answer at its web port");
	if (p->kind == FLEET_ETCD)
		return status == 200 && memmem(why->p, why->len, "\"true\"", 6) != NULL;
	return status == 200;
}

/* What was up before is looked after from the first moment on. */
static void look_after_resumed(struct machine *l, enum machine_group group)
{
	for (size_t i = 0; i < l->fleet.count; i++)
		if (l->states[i].resumed &&
		    (group != MACHINE_ETCD || in_group(l, i, group)))
			machine_look_after(l, i);
}

/* One look at a process of the group. 1: it is ready, 0: wait on, -1: the bring-up has failed. */
static int look_at(struct machine *l, size_t i, uint64_t began, bool *partly, struct err *e)
{
	const struct fleet_process *p = &l->fleet.processes[i];
	bool resumed = l->states[i].resumed;
	uint64_t waited = clk_mono_us() - began;
	char name[300];
	struct buf why;
	int up;

	buf_init(&why);
	up = probe(l, i, &why);
	print_name(l, i, name, sizeof(name));
	if (up > 0) {
		machine_say(l, "%s ready (%.1f s)", name, (double)waited / 1e6);
	} else if (up < 0 && !resumed) {
		failed(l, i, "ended while it was being started", e);
	} else if (resumed && p->kind != FLEET_ETCD && waited > RESUME_MS * 1000ull) {
		machine_say(l, "%s is not ready: %.*s", name, STR_ARG(str_trim(buf_slice(&why))));
		up = 1;
		*partly = true;
	} else if (waited > READY_MS * 1000ull) {
		up = late(l, i, &why, e);
	} else {
		up = 0;
	}
	buf_fini(&why);
	l->states[i].ready = up > 0;
	return up;
}

static int wait_group(struct machine *l, enum machine_group group, bool *partly, struct err *e)
{
	uint64_t began = clk_mono_us();
	bool all = false;
	int up;

	while (!all) {
		all = true;
		look_after_resumed(l, group);
		for (size_t i = 0; i < l->fleet.count; i++) {
			if (!in_group(l, i, group) || l->states[i].ready)
				continue;
			up = look_at(l, i, began, partly, e);
			if (up < 0)
				return -1;
			all &= up > 0;
		}
		if (!all && atomic_load(&l->stop))
			return err_set(e, ERR_CANCELED, "stopped while starting");
		if (!all)
			clk_sleep_ms(POLL_MS);
	}
	return 0;
}

int machine_start_group(struct machine *l, enum machine_group group, bool *partly, struct err *e)
{
	for (size_t i = 0; i < l->fleet.count; i++)
		if (in_group(l, i, group) && !l->states[i].resumed &&
		    machine_launch(l, i, e) < 0)
			return -1;
	return wait_group(l, group, partly, e);
}

/* Runs a program to its end; all of its processes are killed when we are asked to stop. */
static int run_program(struct machine *l, const char *const *argv, const char *log, struct err *e)
{
	char pid_file[PATH_MAX];
	struct process_start s = {argv, pid_file, log, -1, NULL};
	int status = 0;
	pid_t pid, got;

	snprintf(pid_file, sizeof(pid_file), "%s.pid", log);
	if (process_start(&s, &pid, e) < 0)
		return -1;
	while ((got = waitpid(pid, &status, WNOHANG)) == 0 && !atomic_load(&l->stop))
		clk_sleep_ms(10);
	if (got == 0) {
		kill(-pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	unlink(pid_file);
	if (got == 0)
		return err_set(e, ERR_CANCELED, "stopped while starting");
	if (got != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(e, ERR_IO, "%s failed", argv[0]);
	return 0;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* A data directory that the tablets copy: making one takes seconds, copying it a fraction. */
static int make_template(struct machine *l, struct err *e)
{
	struct arena *a = &l->fleet.arena;
	const char *dir = arena_printf(a, "%s/template", l->dir);
	const char *data = arena_printf(a, "%s/template/data", l->dir);
	const char *tmp = arena_printf(a, "%s/template/data.new", l->dir);
	const char *log = arena_printf(a, "%s/log/install.log", l->dir);
	const char *arg = arena_printf(a, "--datadir=%s/template/data.new", l->dir);
	/* Of its own: a server that starts deletes the temporary tables that it finds in there. */
	const char *own_tmp = arena_printf(a, "--tmpdir=%s/template", l->dir);
	const struct passwd *user = getpwuid(geteuid());
	const char *root =
		arena_printf(a, "--auth-root-socket-user=%s", user ? user->pw_name : "root");
	const char *clean[] = {"rm", "-rf", tmp, NULL};
	const char *install[] = {"mariadb-install-db", "--no-defaults", arg, own_tmp,
				 "--auth-root-authentication-method=socket", root, "--skip-test-db",
				 /* A container's host name need not resolve. */
				 "--skip-name-resolve", "--force",
				 "--innodb-data-file-path=ibdata1:4M:autoextend",
				 "--innodb-autoextend-increment=1", "--innodb-log-file-size=8M",
				 geteuid() == 0 ? "--user=root" : NULL, NULL};

	if (!dir || !data || !tmp || !log || !arg || !own_tmp || !root)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (exists(data))
		return 0;
	machine_say(l, "making an empty database");
	mkdir(dir, 0750);
	if (run_program(l, clean, log, e) < 0)
		return -1;
	if (run_program(l, install, log, e) < 0) {
		say_log(l, log, LOG_LINES);
		return -1;
	}
	return rename(tmp, data) < 0 ? err_set(e, ERR_IO, "cannot rename %s", tmp) : 0;
}

/* Gates that run already read the users again. */
static void hang_up_gates(struct machine *l)
{
	for (size_t i = 0; i < l->fleet.count; i++) {
		const struct fleet_process *p = &l->fleet.processes[i];
		pid_t pid = p->kind == FLEET_GATE ? process_find(p->pid_file) : 0;

		if (pid > 0)
			kill(pid, SIGHUP);
	}
}

/* What the cluster's processes run, so that what is missing is told at once. */
static int check_programs(const struct machine *l, struct err *e)
{
	static const struct {
		const char *name, *package;
	} needed[] = {{"mariadb-install-db", "mariadb-server-core"},
		      {"mariadbd", "mariadb-server-core"},
		      {"mariadb-backup", "mariadb-backup"},
		      {"mbstream", "mariadb-backup"},
		      {"etcd", "etcd-server"}};
	bool replicas = false;

	for (size_t i = 0; i < l->spec.keyspaces.len; i++)
		replicas |= l->spec.keyspaces.v[i].replicas > 0;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		bool want = i < 2 || (i < 4 ? replicas : l->spec.etcd);

		if (want && !process_has_program(needed[i].name))
			return err_set(e, ERR_NOT_FOUND,
				       "%s is not installed, or not in PATH (Debian's package %s)",
				       needed[i].name, needed[i].package);
	}
	return 0;
}

int machine_prepare(struct machine *l, struct err *e)
{
	char path[PATH_MAX];
	struct buf b;
	int rc;

	if (check_programs(l, e) < 0)
		return -1;
	buf_init(&b);
	rc = spec_print_users(&l->spec, &b, e);
	buf_u8(&b, '\n');
	snprintf(path, sizeof(path), "%s/users.json", l->dir);
	if (rc == 0)
		rc = file_write(path, buf_slice(&b), 0600, e);
	buf_fini(&b);
	hang_up_gates(l);
	snprintf(path, sizeof(path), "%s/replication.password", l->dir);
	if (rc == 0)
		rc = secret_make(path, e);
	snprintf(path, sizeof(path), "%s/rpc.secret", l->dir);
	if (rc == 0)
		rc = secret_make(path, e);
	if (rc == 0)
		rc = secret_read(path, &l->rpc_secret, e);
	snprintf(path, sizeof(path), "%s/etcd.password", l->dir);
	if (rc == 0 && l->spec.etcd)
		rc = secret_make(path, e);
	return rc == 0 ? make_template(l, e) : -1;
}

/* A file's content; the caller ends @out. */
static int read_file(const char *path, struct buf *out, struct err *e)
{
	buf_init(out);
	return path ? file_read(path, out, e) : 0;
}

/* Whether the error of a record's creation only says that it was there before. */
static int unless_there(int rc, const struct err *e)
{
	return rc < 0 && e->code == ERR_EXISTS ? 0 : rc;
}

static int write_shards(struct machine *l, const struct spec_keyspace *k, struct err *e)
{
	for (size_t i = 0; i < k->shard_count; i++) {
		struct store_write w = {.expect = STORE_CREATE};
		struct rec_shard s = {.primary_term = 0};

		snprintf(s.keyspace, sizeof(s.keyspace), "%s", k->name);
		snprintf(s.name, sizeof(s.name), "%s", k->shards[i]);
		if (rec_shard_place(l->store, &s, e) < 0) {
			if (e->code != ERR_EXISTS)
				return -1;
			continue;
		}
		if (s.not_serving)
			return err_set(
				e, ERR_CONFLICT,
				"keyspace %s has other shards than the specification says: %s "
				"overlaps one that serves",
				k->name, s.name);
		if (unless_there(rec_shard_put(l->store, &s, &w, e), e) < 0)
			return -1;
	}
	return 0;
}

/* Makes the keyspace's record, or gives it the durability that the specification asks for. */
static int write_record(struct machine *l, const struct rec_keyspace *r, bool *made, struct err *e)
{
	struct rec_keyspace old;
	int64_t version;
	int rc = rec_keyspace_put(l->store, r, STORE_CREATE, e);

	*made |= rc == 0;
	if (rc == 0 || e->code != ERR_EXISTS)
		return rc;
	if (rec_keyspace_get(l->store, r->name, &old, &version, e) < 0)
		return -1;
	if (strcmp(old.durability, r->durability) == 0)
		return 0;
	memcpy(old.durability, r->durability, sizeof(old.durability));
	return rec_keyspace_put(l->store, &old, version, e);
}

/* Records of a keyspace. Its vschema is written once: later ones are the operator's. */
static int write_keyspace(struct machine *l, struct spec_keyspace *k, struct err *e)
{
	struct rec_keyspace r = {.sharded = k->shard_count > 1};
	struct cJSON *doc = NULL;
	struct buf vschema;
	int rc = read_file(k->vschema, &vschema, e);

	snprintf(r.name, sizeof(r.name), "%s", k->name);
	snprintf(r.durability, sizeof(r.durability), "%s", k->durability);
	if (rc == 0 && k->vschema) {
		doc = json_parse(buf_slice(&vschema), e);
		rc = doc ? 0 : -1;
		r.sharded |= json_bool(json_get(doc, "sharded"), false);
		if (rc == 0)
			rc = unless_there(rec_vschema_put(l->store, k->name, buf_slice(&vschema),
							  STORE_CREATE, e),
					  e);
		if (rc < 0)
			err_wrap(e, "keyspace %s: %s", k->name, k->vschema);
	}
	json_free(doc);
	buf_fini(&vschema);
	if (rc < 0 || write_record(l, &r, &k->made, e) < 0)
		return -1;
	return write_shards(l, k, e);
}

static int write_records_once(struct machine *l, struct err *e)
{
	struct rec_cell cell = {.comment = "this machine"};

	snprintf(cell.name, sizeof(cell.name), "%s", l->spec.cell);
	if (unless_there(rec_cell_put(l->store, &cell, STORE_CREATE, e), e) < 0)
		return -1;
	for (size_t i = 0; i < l->spec.keyspaces.len; i++)
		if (write_keyspace(l, &l->spec.keyspaces.v[i], e) < 0)
			return -1;
	return 0;
}

/* A cluster that is taken over may be without its store for a while. */
static int write_records(struct machine *l, struct err *e)
{
	uint64_t began = clk_mono_us();
	bool resumed = false;
	int rc;

	for (size_t i = 0; i < l->fleet.count; i++)
		resumed |= l->states[i].resumed;
	while ((rc = write_records_once(l, e)) < 0 && resumed && !atomic_load(&l->stop) &&
	       (e->code == ERR_UNAVAILABLE || e->code == ERR_DEADLINE) &&
	       clk_mono_us() - began < RESUME_MS * 1000ull) {
		look_after_resumed(l, MACHINE_GATES);
		clk_sleep_ms(POLL_MS);
	}
	return rc;
}

/* The schema file runs once per keyspace; that it did is remembered in the layout. */
static int apply_schema(struct machine *l, const struct spec_keyspace *k, struct err *e)
{
	char mark[200];
	struct buf sql;
	int rc;

	snprintf(mark, sizeof(mark), "schema %s", k->name);
	if (!k->schema || layout_get(&l->layout, mark, 0))
		return 0;
	rc = read_file(k->schema, &sql, e);
	if (rc == 0 && str_trim(buf_slice(&sql)).n)
		rc = shard_primaries_apply_schema(l->store, k->name, buf_slice(&sql),
						  machine_trust(l), e);
	buf_fini(&sql);
	if (rc < 0)
		return err_wrap(e, "keyspace %s: %s", k->name, k->schema);
	machine_say(l, "keyspace %s: schema applied to %zu shard%s", k->name, k->shard_count,
		    k->shard_count == 1 ? "" : "s");
	if (layout_set(&l->layout, mark, 1, e) < 0)
		return -1;
	return layout_save(&l->layout, e);
}

/* The VSchema of a keyspace that has been made now must fit the tables that it has now. */
static int check_vschema(struct machine *l, const struct spec_keyspace *k, struct err *e)
{
	struct buf problems;
	int rc;

	if (!k->vschema || !k->made)
		return 0;
	buf_init(&problems);
	rc = vschema_real_check_stored(l->store, k->name, machine_trust(l), &problems, e);
	if (rc == 0 && problems.len && l->config.force)
		machine_say(l, "keyspace %s: warning: %s", k->name, buf_cstr(&problems));
	else if (rc == 0 && problems.len)
		rc = err_set(e, ERR_INVALID,
			     "%s does not fit the tables: %s (--force takes it all the same)",
			     k->vschema, buf_cstr(&problems));
	buf_fini(&problems);
	return rc < 0 ? err_wrap(e, "keyspace %s", k->name) : 0;
}

static int etcd_post(struct machine *l, const char *path, const char *body, struct err *e)
{
	struct http_call call = {
		.method = "POST", .path = path, .body = str_of(body), .timeout_ms = AUTH_MS};
	struct http_client *c = http_client_new("127.0.0.1", l->fleet.processes[0].web_port, NULL);
	int status = -1;
	struct buf answer;

	buf_init(&answer);
	if (!c)
		err_set(e, ERR_NOMEM, "out of memory");
	else
		status = http_client_request(c, &call, &answer, e);
	/* What an earlier attempt has made is there already. */
	if (status >= 0 && status != 200 && !memmem(answer.p, answer.len, "already exists", 14))
		status = err_set(e, ERR_IO, "etcd: %s: %.*s", path, STR_ARG(buf_slice(&answer)));
	http_client_free(c);
	buf_fini(&answer);
	return status < 0 ? -1 : 0;
}

/* etcd takes only the user root with the password in DIR/etcd.password from now on. */
int machine_guard_etcd(struct machine *l, struct err *e)
{
	char path[PATH_MAX], user[200];
	struct buf password;
	int rc;

	if (!l->spec.etcd || layout_get(&l->layout, "etcd auth", 0))
		return 0;
	snprintf(path, sizeof(path), "%s/etcd.password", l->dir);
	buf_init(&password);
	rc = secret_read(path, &password, e);
	if (rc == 0)
		snprintf(user, sizeof(user), "{\"name\":\"root\",\"password\":\"%.*s\"}",
			 STR_ARG(buf_slice(&password)));
	buf_fini(&password);
	if (rc < 0 || etcd_post(l, "/v3/auth/role/add", "{\"name\":\"root\"}", e) < 0 ||
	    etcd_post(l, "/v3/auth/user/add", user, e) < 0 ||
	    etcd_post(l, "/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}", e) < 0 ||
	    etcd_post(l, "/v3/auth/enable", "{}", e) < 0 ||
	    layout_set(&l->layout, "etcd auth", 1, e) < 0)
		return -1;
	return layout_save(&l->layout, e);
}

/* Who is the primary of each shard: whom its record names, or at first who is to become it. */
static int find_primaries(struct machine *l, struct err *e)
{
	for (size_t i = 0; i < l->fleet.count; i++) {
		const struct fleet_process *p = &l->fleet.processes[i];
		struct rec_shard s = {.primary_term = 0};

		if (p->kind != FLEET_TABLET)
			continue;
		snprintf(s.keyspace, sizeof(s.keyspace), "%s", p->keyspace);
		snprintf(s.name, sizeof(s.name), "%s", p->shard);
		if (rec_shard_get(l->store, &s, NULL, e) < 0)
			return -1;
		l->states[i].primary = s.primary[0] ? !strcmp(s.primary, p->alias) : p->primary;
	}
	return 0;
}

int machine_bring_up(struct machine *l, bool *partly, struct err *e)
{
	/* Replicas before the first write: with durability semi_sync it waits for one. */
	if (write_records(l, e) < 0 || find_primaries(l, e) < 0 ||
	    machine_start_group(l, MACHINE_PRIMARIES, partly, e) < 0 ||
	    machine_start_group(l, MACHINE_REPLICAS, partly, e) < 0)
		return -1;
	for (size_t i = 0; i < l->spec.keyspaces.len; i++)
		if (apply_schema(l, &l->spec.keyspaces.v[i], e) < 0)
			return -1;
	for (size_t i = 0; i < l->spec.keyspaces.len; i++)
		if (check_vschema(l, &l->spec.keyspaces.v[i], e) < 0)
			return -1;
	l->watch = graph_watch_start(l->store, l->spec.cell, NULL, NULL, e);
	if (!l->watch || machine_start_group(l, MACHINE_GATES, partly, e) < 0)
		return -1;
	if (!l->spec.users.len)
		machine_say(l, "the specification has no \"users\": nobody can log in");
	return machine_write_file(l, e);
}
