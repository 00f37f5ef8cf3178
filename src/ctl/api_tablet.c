/* Tablets: list, show. */
#include <string.h>

#include "src/ctl/api_int.h"
#include "src/ops/tablet_call.h"
#include "topo/rec_shard.h"
#include "topo/rec_tablet.h"

enum { STATUS_MS = 3000 };

/* What the tablet serves as: its record says what it is meant for, the shard's who is primary. */
static const char *serves_as(struct store *s, const struct rec_tablet *t, const char *alias)
{
	struct rec_shard shard = {.primary_term = 0};

	memcpy(shard.keyspace, t->keyspace, sizeof(shard.keyspace));
	memcpy(shard.name, t->shard, sizeof(shard.name));
	if (rec_shard_get(s, &shard, NULL, NULL) == 0) {
		if (strcmp(shard.primary, alias) == 0)
			return rec_tablet_type_name(TABLET_PRIMARY);
		if (t->type == TABLET_PRIMARY)
			return rec_tablet_type_name(TABLET_REPLICA);
	}
	return rec_tablet_type_name(t->type);
}

static void print(struct store *s, const struct rec_tablet *t, struct json_out *o)
{
	char alias[REC_ALIAS];

	rec_tablet_alias(t, alias);
	json_out_strz(o, "alias", alias);
	json_out_strz(o, "keyspace", t->keyspace);
	json_out_strz(o, "shard", t->shard);
	json_out_strz(o, "type", serves_as(s, t, alias));
	json_out_strz(o, "rpc_address", t->rpc_address);
	json_out_strz(o, "web_address", t->web_address);
	json_out_strz(o, "mysql_address", t->mysql_address);
	json_out_strz(o, "mysql_socket", t->mysql_socket);
	json_out_int(o, "started_ms", t->started_ms);
}

int api_tablet_list(struct api_call *c, struct err *e)
{
	struct store_list list = {.revision = 0};
	struct json_out o;
	int rc = store_list(c->store, "cells/", &list, e);

	json_out_init(&o, c->out, false);
	json_out_object(&o, NULL);
	json_out_array(&o, "tablets");
	for (size_t i = 0; i < list.entries.len && rc == 0; i++) {
		const struct store_entry *en = &list.entries.v[i];
		struct rec_tablet t;

		if (!strstr(en->key, "/tablets/"))
			continue;
		rc = rec_read(&rec_tablet_kind, str_make(en->value, en->value_n), &t, e);
		if (rc < 0 || (c->keyspace && strcmp(c->keyspace, t.keyspace) != 0))
			continue;
		json_out_object(&o, NULL);
		print(c->store, &t, &o);
		json_out_end_object(&o);
	}
	json_out_end_array(&o);
	json_out_end_object(&o);
	store_list_fini(&list);
	return rc;
}

/* With what the tablet itself says, if it can be reached. */
int api_tablet_show(struct api_call *c, struct err *e)
{
	struct tablet_call call = {.command = "status", .timeout_ms = STATUS_MS};
	struct rec_tablet t;
	struct json_out o;
	struct buf status;
	struct err why;

	if (rec_tablet_get(c->store, c->name[1], &t, NULL, e) < 0)
		return err_wrap(e, "tablet %s", c->name[1]);
	buf_init(&status);
	json_out_init(&o, c->out, false);
	json_out_object(&o, NULL);
	print(c->store, &t, &o);
	call.address = t.rpc_address;
	call.rpc = c->rpc;
	if (tablet_call_control(&call, &status, &why) == 0)
		json_out_raw(&o, "status", status.len ? buf_slice(&status) : STR_LIT("{}"));
	else
		json_out_strz(&o, "problem", why.msg);
	json_out_end_object(&o);
	buf_fini(&status);
	return 0;
}
