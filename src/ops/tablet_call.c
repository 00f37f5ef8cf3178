#include "src/ops/tablet_call.h"

#include <stdlib.h>

#include "src/base/json.h"
#include "src/proto/methods.h"
#include "src/proto/tablet.pb-c.h"
#include "src/rpc/rpc_sync.h"

enum { COLUMN_NOT_NULL = 1, COLUMN_AUTO_INCREMENT = 512 };

int tablet_call_control(const struct tablet_call *c, struct buf *json, struct err *e)
{
	Sluice__ControlRequest m = SLUICE__CONTROL_REQUEST__INIT;
	struct rpc_sync_target to = {.address = c->address,
				     .tls = c->rpc.client,
				     .secret = c->rpc.secret,
				     .timeout_us = (uint64_t)c->timeout_ms * 1000};
	struct buf b;
	size_t n;
	int rc;

	m.command = (char *)c->command;
	m.sql.data = (uint8_t *)c->sql.p;
	m.sql.len = c->sql.n;
	if (c->argument)
		m.argument = (char *)c->argument;
	buf_init(&b);
	n = sluice__control_request__get_packed_size(&m);
	if (buf_reserve(&b, n + 1))
		b.len = sluice__control_request__pack(&m, b.p);
	rc = buf_check(&b, e);
	if (rc == 0)
		rc = rpc_sync_call(&to, METHOD_CONTROL, buf_slice(&b), json, NULL, e);
	buf_fini(&b);
	return rc;
}

static void print_column(const Sluice__SchemaColumn *c, struct json_out *o)
{
	json_out_object(o, NULL);
	json_out_strz(o, "name", c->name);
	json_out_strz(o, "type", c->column_type);
	json_out_bool(o, "nullable", !(c->flags & COLUMN_NOT_NULL));
	json_out_bool(o, "auto_increment", (c->flags & COLUMN_AUTO_INCREMENT) != 0);
	if (*c->collation)
		json_out_strz(o, "collation", c->collation);
	json_out_bool(o, "generated", c->generated);
	json_out_bool(o, "invisible", c->invisible);
	json_out_end_object(o);
}

static void print_table(const Sluice__SchemaTable *t, struct json_out *o)
{
	json_out_object(o, NULL);
	json_out_strz(o, "name", t->name);
	json_out_bool(o, "view", t->view);
	json_out_array(o, "primary_key");
	for (size_t i = 0; i < t->n_primary_key; i++)
		json_out_strz(o, NULL, t->primary_key[i]);
	json_out_end_array(o);
	json_out_array(o, "columns");
	for (size_t i = 0; i < t->n_columns; i++)
		print_column(t->columns[i], o);
	json_out_end_array(o);
	json_out_end_object(o);
}

struct Sluice__SchemaReply *tablet_call_read_schema(const struct tablet_call *c, struct err *e)
{
	struct rpc_sync_target to = {.address = c->address,
				     .tls = c->rpc.client,
				     .secret = c->rpc.secret,
				     .timeout_us = (uint64_t)c->timeout_ms * 1000};
	Sluice__SchemaReply *reply = NULL;
	struct buf b;

	buf_init(&b);
	if (rpc_sync_call(&to, METHOD_SCHEMA, str_make("", 0), &b, NULL, e) == 0) {
		reply = sluice__schema_reply__unpack(NULL, b.len, b.p);
		if (!reply)
			err_set(e, ERR_PROTOCOL, "the tablet at %s sent a malformed schema",
				c->address);
	}
	buf_fini(&b);
	return reply;
}

int tablet_call_schema(const struct tablet_call *c, struct buf *json, struct err *e)
{
	Sluice__SchemaReply *reply = tablet_call_read_schema(c, e);
	struct json_out o;

	if (!reply)
		return -1;
	json_out_init(&o, json, false);
	json_out_object(&o, NULL);
	json_out_int(&o, "version", (int64_t)reply->version);
	json_out_array(&o, "tables");
	for (size_t i = 0; i < reply->n_tables; i++)
		print_table(reply->tables[i], &o);
	json_out_end_array(&o);
	json_out_end_object(&o);
	sluice__schema_reply__free_unpacked(reply, NULL);
	return buf_check(json, e);
}
