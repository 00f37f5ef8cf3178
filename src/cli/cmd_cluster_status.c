/* sluicectl cluster status: the processes of cluster.json, looked at now. */
#include <stdio.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/process.h"
#include "src/cli/cli.h"
#include "src/cli/cluster_dir.h"
#include "src/cli/cmd_cluster.h"
#include "src/cli/keeper_client.h"
#include "src/cli/text_table.h"

enum { READY_MS = 3000 };

/* Everything there is to say, for both forms of output. */
struct report {
	struct text_table table;
	struct json_out json;
	bool served; /* all run and are ready */
};

struct item {
	char name[200];
	const char *what, *type; /* "tablet", "customer/-80 primary" */
	pid_t pid;
	int mysql_port, web_port;
	bool alive, ready;
	struct buf why;
};

static void probe(struct item *it)
{
	struct err e;
	int status;

	it->alive = process_alive(it->pid);
	it->ready = it->alive;
	if (!it->alive)
		buf_puts(&it->why, "does not run");
	if (!it->alive || !it->web_port)
		return;
	status = keeper_client_get(it->web_port, "/readyz", READY_MS, &it->why, &e);
	if (status < 0)
		buf_puts(&it->why, e.msg);
	it->ready = status == 200;
	while (it->why.len && it->why.p[it->why.len - 1] == '\n')
		it->why.len--;
	if (it->ready && str_eqz(buf_slice(&it->why), "ok"))
		it->why.len = 0;
}

static void report(struct report *r, struct item *it)
{
	buf_init(&it->why);
	probe(it);
	r->served &= it->ready;
	text_table_add(&r->table, it->name);
	text_table_add(&r->table, it->type);
	text_table_addf(&r->table, "%d", (int)it->pid);
	if (it->mysql_port)
		text_table_addf(&r->table, "%d", it->mysql_port);
	else
		text_table_add(&r->table, "-");
	if (it->web_port)
		text_table_addf(&r->table, "%d", it->web_port);
	else
		text_table_add(&r->table, "-");
	if (it->ready && it->why.len)
		text_table_addf(&r->table, "ready: %s", buf_cstr(&it->why));
	else if (it->ready)
		text_table_add(&r->table, it->web_port ? "ready" : "runs");
	else
		text_table_addf(&r->table, "%s: %s", it->alive ? "not ready" : "down",
				buf_cstr(&it->why));
	json_out_object(&r->json, NULL);
	json_out_strz(&r->json, "name", it->name);
	json_out_strz(&r->json, "kind", it->what);
	json_out_strz(&r->json, "type", it->type);
	json_out_int(&r->json, "pid", it->pid);
	json_out_int(&r->json, "mysql_port", it->mysql_port);
	json_out_int(&r->json, "web_port", it->web_port);
	json_out_bool(&r->json, "alive", it->alive);
	json_out_bool(&r->json, "ready", it->ready);
	json_out_str(&r->json, "problem", buf_slice(&it->why));
	json_out_end_object(&r->json);
	buf_fini(&it->why);
}

static void report_tablet(struct report *r, JSON *t)
{
	struct item it = {.what = "tablet",
			  .pid = (pid_t)json_int(json_get(t, "pid"), 0),
			  .web_port = (int)json_int(json_get(t, "web_port"), 0)};
	char type[400];

	snprintf(type, sizeof(type), "%s/%s %s", json_string(json_get(t, "keyspace"), "?"),
		 json_string(json_get(t, "shard"), "?"), json_string(json_get(t, "type"), "?"));
	it.type = type;
	snprintf(it.name, sizeof(it.name), "tablet-%s", json_string(json_get(t, "alias"), "?"));
	report(r, &it);
	it = (struct item){.what = "mysqld",
			   .type = type,
			   .pid = (pid_t)json_int(json_get(t, "mysqld_pid"), 0),
			   .mysql_port = (int)json_int(json_get(t, "mysqld_port"), 0)};
	snprintf(it.name, sizeof(it.name), "  mysqld");
	report(r, &it);
}

static void report_all(struct report *r, JSON *doc)
{
	JSON *topo = json_get(doc, "topo"), *keeper = json_get(doc, "keeper");
	struct item it = {.name = "topology",
			  .what = "topo",
			  .type = json_string(json_get(topo, "kind"), "?")};

	if (strcmp(it.type, "etcd") == 0) {
		it.pid = (pid_t)json_int(json_get(topo, "pid"), 0);
		report(r, &it);
	}
	it = (struct item){.name = "keeper",
			   .what = "keeper",
			   .type = "",
			   .pid = (pid_t)json_int(json_get(keeper, "pid"), 0),
			   .web_port = (int)json_int(json_get(keeper, "web_port"), 0)};
	report(r, &it);
	for (JSON *g = json_first(json_get(doc, "gates")); g; g = json_next(g)) {
		it = (struct item){.what = "gate",
				   .type = "",
				   .pid = (pid_t)json_int(json_get(g, "pid"), 0),
				   .mysql_port = (int)json_int(json_get(g, "mysql_port"), 0),
				   .web_port = (int)json_int(json_get(g, "web_port"), 0)};
		snprintf(it.name, sizeof(it.name), "%s", json_string(json_get(g, "name"), "gate"));
		report(r, &it);
	}
	for (JSON *t = json_first(json_get(doc, "tablets")); t; t = json_next(t))
		report_tablet(r, t);
}

int cmd_cluster_status(const struct cli_options *o, char **operand)
{
	static const char *const headings[] = {"PROCESS", "SERVES", "PID", "MYSQL", "WEB", "STATE"};
	struct report r = {.served = true};
	struct cluster_dir d;
	struct cJSON *doc;
	struct buf json, text;
	struct err e;

	(void)operand;
	if (!o->dir) {
		fprintf(stderr, "sluicectl cluster status: --dir is needed (see --help)\n");
		return CLI_USAGE;
	}
	if (cluster_dir_open(o->dir, false, false, &d, &e) < 0)
		return cli_fail(&e);
	doc = cmd_cluster_read(&d, &e);
	if (!doc)
		return cli_fail(&e);
	buf_init(&json);
	buf_init(&text);
	text_table_init(&r.table, sizeof(headings) / sizeof(headings[0]));
	for (size_t i = 0; i < r.table.columns; i++)
		text_table_add(&r.table, headings[i]);
	json_out_init(&r.json, &json, true);
	json_out_object(&r.json, NULL);
	json_out_array(&r.json, "processes");
	report_all(&r, doc);
	json_out_end_array(&r.json);
	json_out_bool(&r.json, "served", r.served);
	json_out_end_object(&r.json);
	buf_u8(&json, '\n');
	text_table_print(&r.table, &text);
	buf_printf(&text, "%s\n",
		   r.served ? "every keyspace in use is served" : "not everything is ready");
	if (o->json)
		fwrite(json.p, 1, json.len, stdout);
	else
		fwrite(text.p, 1, text.len, stdout);
	text_table_fini(&r.table);
	buf_fini(&json);
	buf_fini(&text);
	json_free(doc);
	return r.served ? CLI_OK : CLI_FAILED;
}
