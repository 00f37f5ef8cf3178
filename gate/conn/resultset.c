#include "gate/conn/resultset.h"

#include "gate/conn/conn.h"
#include "gate/vars/client_charset.h"
#include "src/base/buf.h"
#include "src/data/value.h"
#include "src/wire/binary_row.h"
#include "src/wire/column_def.h"
#include "src/wire/text_row.h"

enum { NO_DECIMALS = 39 };
#define OF_SESSION                                                                                 \
	{                                                                                          \
		.type = TYPE_VAR_STRING, .flags = TYPE_FLAG_NOT_NULL, .decimals = NO_DECIMALS      \
	}

static const struct {
	struct type_meta meta;
	uint32_t length; /* characters of a text, digits */
} types[] = {
	[RESULTSET_NAME] = {OF_SESSION, 64},
	[RESULTSET_LEVEL] = {OF_SESSION, 7},
	[RESULTSET_MESSAGE] = {OF_SESSION, 512},
	[RESULTSET_UTF8] = {{.type = TYPE_VAR_STRING,
			     .charset = TYPE_CHARSET_UTF8MB4,
			     .decimals = NO_DECIMALS},
			    16383},
	[RESULTSET_INT] = {{.type = TYPE_LONG,
			    .charset = TYPE_CHARSET_BINARY,
			    .flags = TYPE_FLAG_NOT_NULL | TYPE_FLAG_UNSIGNED | TYPE_FLAG_BINARY},
			   4},
	[RESULTSET_LONG] = {{.type = TYPE_LONGLONG,
			     .charset = TYPE_CHARSET_BINARY,
			     .flags = TYPE_FLAG_UNSIGNED | TYPE_FLAG_BINARY},
			    21},
};

static struct column_def definition(const struct resultset *r, const struct resultset_column *c)
{
	struct column_def d = {.name = str_of(c->name),
			       .meta = types[c->type].meta,
			       .length = types[c->type].length};
	unsigned bytes = 1;

	if (!d.meta.charset)
		d.meta.charset = (uint16_t)client_charset_results(&r->conn->vars, &bytes);
	else if (d.meta.type == TYPE_VAR_STRING)
		bytes = 4;
	d.length *= bytes;
	return d;
}

void resultset_begin(struct resultset *r)
{
	struct client *client = &r->conn->client;
	struct buf b;

	buf_init(&b);
	column_def_build_count(&b, r->columns);
	client_send_buf(client, &b);
	for (size_t i = 0; i < r->columns; i++) {
		struct column_def c = definition(r, &r->column[i]);

		buf_reset(&b);
		column_def_build(&b, &c);
		client_send_buf(client, &b);
	}
	buf_fini(&b);
	conn_send_eof(r->conn, 0, conn_status(r->conn, r->more));
	r->rows = 0;
}

static void put_binary(struct binary_row *row, const struct resultset_column *c, struct str text)
{
	const struct type_meta *m = &types[c->type].meta;
	struct value v = {.type = VALUE_UINT};

	if (m->type == TYPE_VAR_STRING || !text.p)
		binary_row_put_raw(row, m, text);
	else if (!str_to_u64(text, &v.u) || binary_row_put(row, m, &v) < 0)
		binary_row_put_raw(row, m, (struct str){NULL, 0});
}

void resultset_row(struct resultset *r, const struct str *value)
{
	struct binary_row row;
	struct buf b;

	buf_init(&b);
	if (r->binary)
		binary_row_begin(&row, &b, r->columns);
	for (size_t i = 0; i < r->columns; i++) {
		if (r->binary)
			put_binary(&row, &r->column[i], value[i]);
		else if (value[i].p)
			text_row_put(&b, value[i]);
		else
			text_row_put_null(&b);
	}
	client_send_buf(&r->conn->client, &b);
	buf_fini(&b);
	r->rows++;
}

void resultset_end(struct resultset *r)
{
	r->conn->vars.row_count = -1;
	r->conn->vars.found_rows = r->rows;
	conn_send_end(r->conn, 0, conn_status(r->conn, r->more));
}
