#include "tablet/manager/control.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clk.h"
#include "src/base/json.h"
#include "src/base/log.h"
#include "src/net/blocking.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_server.h"
#include "tablet/manager/schema_script.h"
#include "tablet/mysqld/control_conn.h"
#include "tablet/mysqld/mysqld_manager.h"
#include "tablet/mysqld/mysqld_setup.h"
#include "tablet/query/query_worker.h"
#include "tablet/schema/schema.h"
#include "tablet/state/tablet.h"

enum { ROLE_TIMEOUT_MS = 30000, ROLE_TURN_MS = 20, VALUE = 1024 };

struct control_job {
	struct tablet *t;
	struct rpc_reply *r;
	Sluice__ControlRequest *m; /* owned */
	struct buf out;
	struct json_out json; /* an object is open */
	struct err error;     /* ERR_OK: none */
};

static struct control_conn *connect_mysqld(struct tablet *t, struct err *e)
{
	struct control_login l;

	mysqld_manager_login(t->mysqld, &l);
	return control_conn_open(&l, e);
}

/* With the rights of applications: a view or a routine of a schema has no more than these. */
static struct control_conn *connect_app(struct tablet *t, struct err *e)
{
	struct control_login l;

	mysqld_manager_app_login(t->mysqld, &l);
	l.database = t->keyspace;
	l.timeout_s = 3600; /* schema changes take their time */
	return control_conn_open(&l, e);
}

/* --- commands: each adds members to the answer --- */

static int ping(struct control_job *j, struct err *e)
{
	(void)e;
	json_out_bool(&j->json, "ok", true);
	return 0;
}

static int status(struct control_job *j, struct err *e)
{
	struct tablet *t = j->t;
	char reason[REPLICA_TEXT + 100], term[24], identity[SHARD_IDENTITY];
	bool serving = tablet_serving(t, reason, sizeof(reason));

	(void)e;
	snprintf(term, sizeof(term), "%llu", (unsigned long long)atomic_load(&t->term));
	json_out_strz(&j->json, "alias", t->alias);
	json_out_strz(&j->json, "keyspace", t->keyspace);
	json_out_strz(&j->json, "shard", t->shard);
	json_out_strz(&j->json, "type", tablet_type_text(t));
	json_out_strz(&j->json, "term", term);
	json_out_bool(&j->json, "serving", serving);
	json_out_strz(&j->json, "reason", reason);
	mysqld_manager_identity(t->mysqld, identity);
	json_out_strz(&j->json, "identity", identity);
	json_out_strz(&j->json, "mysqld", mysqld_state_name(mysqld_manager_state(t->mysqld)));
	json_out_int(&j->json, "mysqld_pid", mysqld_manager_pid(t->mysqld));
	json_out_strz(&j->json, "mysqld_socket", mysqld_manager_socket(t->mysqld));
	json_out_int(&j->json, "schema_version", (int64_t)schema_version(t->schema));
	tablet_print_replica(t, &j->json);
	tablet_print_durability(t, &j->json);
	return 0;
}

/* What dropped the database after all, schema_script_check() had not seen: the operator must hear of it,
 * and the next shard's tablet must not get it. */
static int check_database(struct tablet *t, struct control_conn *c, struct err *e)
{
	char there[8];

	if (control_conn_valuef(c, there, sizeof(there), e,
				"SELECT 1 FROM information_schema.schemata WHERE schema_name = '%s'",
				t->keyspace) < 0)
		return -1;
	if (there[0])
		return 0;
	return err_set(e, ERR_CONFLICT,
		       "the statements have dropped the database %s: put it back from a backup",
		       t->keyspace);
}

static int apply_schema(struct control_job *j, struct err *e)
{
	struct str sql = str_make(j->m->sql.data, j->m->sql.len);
	struct tablet *t = j->t;
	struct control_conn *c;
	struct err gone;
	int rc;

	if (schema_script_check(sql, e) < 0)
		return -1;
	if (atomic_load(&t->type) != TABLET_PRIMARY)
		return err_set(e, ERR_NOT_PRIMARY,
			       "schema changes go to the primary; tablet %s is %s", t->alias,
			       tablet_type_text(t));
	c = connect_app(t, e);
	if (!c)
		return -1;
	rc = control_conn_script(c, sql, e);
	if (check_database(t, c, &gone) < 0 && (rc == 0 || gone.code == ERR_CONFLICT)) {
		*e = gone;
		rc = -1;
	}
	control_conn_close(c);
	if (schema_reload_sync(t->schema, rc ? NULL : e) < 0 && rc == 0)
		return err_wrap(e, "the statements were run, but reading the schema failed");
	json_out_int(&j->json, "schema_version", (int64_t)schema_version(t->schema));
	return rc;
}

static int reload_schema(struct control_job *j, struct err *e)
{
	if (schema_reload_sync(j->t->schema, e) < 0)
		return -1;
	json_out_int(&j->json, "schema_version", (int64_t)schema_version(j->t->schema));
	return 0;
}

static int set_type(struct control_job *j, struct err *e)
{
	enum tablet_type type;
	uint64_t term = atomic_load(&j->t->term), now = clk_wall_us();
	struct mysqld_role role;

	if (rec_tablet_type_parse(j->m->argument, &type) < 0)
		return err_set(e, ERR_INVALID, "\"%s\" is no tablet type", j->m->argument);
	if (type == TABLET_PRIMARY && atomic_load(&j->t->type) != TABLET_PRIMARY)
		term = now > term ? now : term + 1;
	mysqld_manager_get_role(j->t->mysqld, &role);
	role.kind = type == TABLET_PRIMARY ? MYSQLD_PRIMARY : MYSQLD_REPLICA;
	role.source[0] = 0;
	if (control_set_role(j->t, (int)type, &role, term, e) < 0)
		return -1;
	return status(j, e);
}

static int start_replication(struct control_job *j, struct err *e)
{
	int type = atomic_load(&j->t->type);
	struct mysqld_role role;

	if (!strchr(j->m->argument, ':'))
		return err_set(e, ERR_INVALID, "\"%s\" is not host:port", j->m->argument);
	if (type == TABLET_PRIMARY || type == TABLET_NOT_DECIDED)
		type = TABLET_REPLICA;
	mysqld_manager_get_role(j->t->mysqld, &role);
	role.kind = MYSQLD_REPLICA;
	if (snprintf(role.source, sizeof(role.source), "%s", j->m->argument) >=
	    (int)sizeof(role.source))
		return err_set(e, ERR_INVALID, "\"%s\" is too long", j->m->argument);
	mysqld_manager_hold_replication(j->t->mysqld, false);
	mysqld_manager_reapply(j->t->mysqld);
	return control_set_role(j->t, type, &role, atomic_load(&j->t->term), e);
}

static int stop_replication(struct control_job *j, struct err *e)
{
	struct control_conn *c = connect_mysqld(j->t, e);
	int rc;

	if (!c)
		return -1;
	mysqld_manager_hold_replication(j->t->mysqld, true);
	rc = mysqld_setup_pause_replication(c, e);
	control_conn_close(c);
	return rc;
}

static int add_value(struct control_job *j, struct control_conn *c, const char *name,
		     const char *sql, struct err *e)
{
	char text[VALUE];

	if (control_conn_value(c, sql, text, sizeof(text), e) < 0)
		return -1;
	json_out_strz(&j->json, name, text);
	return 0;
}

static int position(struct control_job *j, struct err *e)
{
	struct control_conn *c = connect_mysqld(j->t, e);
	int rc = -1;

	if (c && add_value(j, c, "gtid", "SELECT @@GLOBAL.gtid_current_pos", e) == 0 &&
	    add_value(j, c, "binlog", "SELECT @@GLOBAL.gtid_binlog_pos", e) == 0 &&
	    add_value(j, c, "received", "SELECT @@GLOBAL.gtid_slave_pos", e) == 0 &&
	    add_value(j, c, "read_only", "SELECT @@GLOBAL.read_only", e) == 0)
		rc = 0;
	control_conn_close(c);
	return rc;
}

static const struct command {
	const char *name;
	int (*run)(struct control_job *j, struct err *e);
} commands[] = {
	{"ping", ping},
	{"status", status},
	{"apply_schema", apply_schema},
	{"reload_schema", reload_schema},
	{"set_type", set_type},
	{"start_replication", start_replication},
	{"stop_replication", stop_replication},
	{"position", position},
};

int control_make_role(struct tablet *t, const struct mysqld_role *role, struct err *e)
{
	unsigned waited = 0;

	mysqld_manager_set_role(t->mysqld, role);
	while (!mysqld_manager_role_applied(t->mysqld)) {
		if (atomic_load(&t->draining))
			return err_set(e, ERR_SHUTDOWN, "tablet %s is shutting down", t->alias);
		if (waited >= ROLE_TIMEOUT_MS)
			return err_set(e, ERR_DEADLINE,
				       "mysqld of tablet %s did not become a %s within %d s",
				       t->alias, mysqld_role_name(role->kind),
				       ROLE_TIMEOUT_MS / 1000);
		clk_sleep_ms(ROLE_TURN_MS);
		waited += ROLE_TURN_MS;
	}
	return 0;
}

int control_set_role(struct tablet *t, int type, const struct mysqld_role *role, uint64_t term,
		     struct err *e)
{
	bool primary = type == TABLET_PRIMARY;

	if (primary && atomic_load(&t->type) == TABLET_PRIMARY) {
		mysqld_manager_set_role(t->mysqld, role); /* its durability may be another */
		tablet_set_type(t, type, term);
		return 0;
	}
	if (!primary)
		tablet_set_type(t, type, term); /* no more writes from here on */
	if (control_make_role(t, role, e) < 0)
		return -1;
	if (primary)
		tablet_set_type(t, type, term);
	return 0;
}

/* --- the call --- */

static void run(void *arg)
{
	struct control_job *j = arg;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, j->m->command) != 0)
			continue;
		if (commands[i].run(j, &j->error) == 0)
			err_clear(&j->error);
		return;
	}
	err_set(&j->error, ERR_UNSUPPORTED, "unknown control command \"%s\"", j->m->command);
}

static void free_job(struct control_job *j)
{
	if (j->m)
		sluice__control_request__free_unpacked(j->m, NULL);
	buf_fini(&j->out);
	free(j);
}

static void done(void *arg)
{
	struct control_job *j = arg;

	json_out_end_object(&j->json);
	if (j->error.code == ERR_OK && buf_check(&j->out, &j->error) == 0) {
		rpc_reply_data(j->r, j->out.p, j->out.len);
		rpc_reply_end(j->r, NULL, 0);
	} else {
		rpc_reply_error(j->r, &j->error);
	}
	free_job(j);
}

void control_start(void *arg, struct rpc_reply *r, struct str request)
{
	struct query_worker *q = arg;
	struct control_job *j = calloc(1, sizeof(*j));
	struct err e;

	if (!j) {
		err_set(&e, ERR_NOMEM, "out of memory");
		rpc_reply_error(r, &e);
		return;
	}
	j->t = q->tablet;
	j->r = r;
	j->m = sluice__control_request__unpack(NULL, request.n, (const uint8_t *)request.p);
	json_out_init(&j->json, &j->out, false);
	json_out_object(&j->json, NULL);
	if (j->m && blocking_run(q->tablet->blocking, run, q->worker, done, j) == 0) {
		log_info("tablet.control", "event=command name=%s peer=%s", j->m->command,
			 rpc_reply_peer(r));
		return;
	}
	err_set(&e, ERR_NOMEM, "out of memory, or a request that does not parse");
	rpc_reply_error(r, &e);
	free_job(j);
}
