#include "gate/conn/resultset.h"

#include "gate/conn/conn.h"
#include "src/base/buf.h"
#include "src/data/value.h"
#include "src/wire/binary_row.h"
#include "src/wire/column_def.h"
#include "src/wire/text_row.h"

static const struct {
	struct type_meta meta;
	uint32_t length;
} types[] = {
	[RESULTSET_TEXT] = {{.type = TYPE_VAR_STRING, .charset = TYPE_CHARSET_UTF8MB4}, 1024},
	[RESULTSET_INT] = {{.type = TYPE_LONG,
			    .charset = TYPE_CHARSET_BINARY,
			    .flags = TYPE_FLAG_NOT_NULL | TYPE_FLAG_UNSIGNED},
			   4},
	[RESULTSET_LONG] = {{.type = TYPE_LONGLONG,
			     .charset = TYPE_CHARSET_BINARY,
			     .flags = TYPE_FLAG_NOT_NULL | TYPE_FLAG_UNSIGNED},
			    21},
};

void resultset_begin(struct resultset *r)
{
	struct client *client = &r->conn->client;
	struct buf b;

	buf_init(&b);
	column_def_build_count(&b, r->columns);
	client_send(client, b.p, b.len);
	for (size_t i = 0; i < r->columns; i++) {
		struct column_def c = {.name = str_of(r->column[i].name),
				       .length = types[r->column[i].type].length,
				       .meta = types[r->column[i].type].meta};

		buf_reset(&b);
		column_def_build(&b, &c);
		client_send(client, b.p, b.len);
	}
	buf_fini(&b);
	conn_send_eof(r->conn, 0, conn_status(r->conn, r->more));
	r->rows = 0;
}

static void put_binary(struct binary_row *row, const struct resultset_column *c, struct str text)
{
	const struct type_meta *m = &types[c->type].meta;
	struct value v = {.type = VALUE_UINT};

	if (c->type == RESULTSET_TEXT || !text.p)
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
	client_send(&r->conn->client, b.p, b.len);
	buf_fini(&b);
	r->rows++;
}

void resultset_end(struct resultset *r)
{
	r->conn->vars.row_count = -1;
	r->conn->vars.found_rows = r->rows;
	conn_send_end(r->conn, 0, conn_status(r->conn, r->more));
}
