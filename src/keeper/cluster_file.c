#include "src/keeper/cluster_file.h"

#include <string.h>

#include "src/base/json.h"
#include "src/keeper/fleet.h"

static void print_gate(const struct cluster_file *c, size_t i, struct json_out *o)
{
	const struct fleet_process *p = &c->fleet->processes[i];

	json_out_object(o, NULL);
	json_out_strz(o, "name", p->name);
	json_out_int(o, "pid", c->pids[i]);
	json_out_int(o, "mysql_port", p->mysql_port);
	json_out_strz(o, "mysql_socket", p->socket);
	json_out_int(o, "web_port", p->web_port);
	json_out_end_object(o);
}

static void print_tablet(const struct cluster_file *c, size_t i, struct json_out *o)
{
	const struct fleet_process *p = &c->fleet->processes[i];

	json_out_object(o, NULL);
	json_out_strz(o, "alias", p->alias);
	json_out_strz(o, "keyspace", p->keyspace);
	json_out_strz(o, "shard", p->shard);
	json_out_strz(o, "type", c->types[i]);
	json_out_int(o, "pid", c->pids[i]);
	json_out_int(o, "web_port", p->web_port);
	json_out_int(o, "mysqld_pid", c->mysqld_pids[i]);
	json_out_int(o, "mysqld_port", p->mysql_port);
	json_out_strz(o, "mysqld_socket", p->socket);
	json_out_end_object(o);
}

static void print_kind(const struct cluster_file *c, enum fleet_kind kind, const char *key,
		       struct json_out *o)
{
	json_out_array(o, key);
	for (size_t i = 0; i < c->fleet->count; i++) {
		if (c->fleet->processes[i].kind != kind)
			continue;
		if (kind == FLEET_GATE)
			print_gate(c, i, o);
		else
			print_tablet(c, i, o);
	}
	json_out_end_array(o);
}

static bool names(JSON *list, const char *key, const char *name)
{
	for (JSON *v = json_first(list); v; v = json_next(v))
		if (strcmp(json_string(json_get(v, key), ""), name) == 0)
			return true;
	return false;
}

bool cluster_file_has(struct cJSON *doc, const struct fleet_process *p)
{
	switch (p->kind) {
	case FLEET_ETCD:
		return json_get(json_get(doc, "topo"), "pid") != NULL;
	case FLEET_TABLET:
		return names(json_get(doc, "tablets"), "alias", p->alias);
	case FLEET_GATE:
		return names(json_get(doc, "gates"), "name", p->name);
	}
	return false;
}

/* The etcd process, or NULL. It is the first one if there is one. */
static const struct fleet_process *find_etcd(const struct fleet *f)
{
	return f->count && f->processes[0].kind == FLEET_ETCD ? &f->processes[0] : NULL;
}

void cluster_file_print(const struct cluster_file *c, struct buf *out)
{
	const struct fleet_process *etcd = find_etcd(c->fleet);
	struct json_out o;

	json_out_init(&o, out, true);
	json_out_object(&o, NULL);
	json_out_object(&o, "topo");
	json_out_strz(&o, "kind", etcd ? "etcd" : "embedded");
	json_out_strz(&o, "address", c->fleet->topo);
	if (etcd)
		json_out_int(&o, "pid", c->pids[0]);
	json_out_end_object(&o);
	print_kind(c, FLEET_GATE, "gates", &o);
	json_out_object(&o, "keeper");
	json_out_int(&o, "pid", c->keeper_pid);
	json_out_int(&o, "web_port", c->fleet->keeper_web_port);
	json_out_end_object(&o);
	print_kind(c, FLEET_TABLET, "tablets", &o);
	json_out_end_object(&o);
	buf_u8(out, '\n');
}
