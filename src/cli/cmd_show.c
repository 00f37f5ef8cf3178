#include "src/cli/cmd_show.h"

#include <stdio.h>

#include "src/base/buf.h"
#include "src/cli/cli.h"
#include "src/cli/keeper_client.h"

void cmd_show_json(JSON *doc)
{
	struct buf b;

	buf_init(&b);
	json_print(doc, true, &b);
	buf_u8(&b, '\n');
	fwrite(b.p, 1, b.len, stdout);
	buf_fini(&b);
}

int cmd_show_list(const struct cli_options *o, const struct keeper_request *r, const char *field,
		  const struct text_table_column *columns, size_t count)
{
	struct err e;
	struct cJSON *doc = keeper_client_call(o, r, &e);
	struct buf b;

	if (!doc)
		return cli_fail(&e);
	buf_init(&b);
	if (o->json) {
		cmd_show_json(json_get(doc, field));
	} else {
		text_table_json(json_get(doc, field), columns, count, &b);
		fwrite(b.p, 1, b.len, stdout);
	}
	buf_fini(&b);
	json_free(doc);
	return CLI_OK;
}

static void add_row(struct text_table *t, const char *name, const char *value)
{
	text_table_add(t, name);
	text_table_add(t, value);
}

/* A row per value; an object in the object gets rows named "object.field". */
static void add_rows(struct text_table *t, const char *prefix, JSON *object)
{
	for (JSON *m = json_first(object); m; m = json_next(m)) {
		struct buf name, value;

		buf_init(&name);
		buf_init(&value);
		buf_printf(&name, "%s%s%s", prefix, *prefix ? "." : "", json_key(m));
		if (json_type(m) == JSON_OBJECT) {
			add_rows(t, buf_cstr(&name), m);
		} else if (json_type(m) == JSON_NULL) {
			add_row(t, buf_cstr(&name), "unknown");
		} else if (json_type(m) == JSON_ARRAY && json_type(json_first(m)) == JSON_STRING) {
			for (JSON *s = json_first(m); s; s = json_next(s))
				buf_printf(&value, "%s%s", value.len ? ", " : "", json_string(s, ""));
			add_row(t, buf_cstr(&name), buf_cstr(&value));
		} else if (json_type(m) == JSON_BOOL) {
			add_row(t, buf_cstr(&name), json_bool(m, false) ? "yes" : "no");
		} else {
			if (json_type(m) == JSON_STRING)
				buf_puts(&value, json_string(m, ""));
			else
				json_print(m, false, &value);
			add_row(t, buf_cstr(&name), buf_cstr(&value));
		}
		buf_fini(&name);
		buf_fini(&value);
	}
}

int cmd_show_object(const struct cli_options *o, const struct keeper_request *r)
{
	struct err e;
	struct cJSON *doc = keeper_client_call(o, r, &e);
	struct text_table t;
	struct buf b;

	if (!doc)
		return cli_fail(&e);
	if (o->json) {
		cmd_show_json(doc);
		json_free(doc);
		return CLI_OK;
	}
	buf_init(&b);
	text_table_init(&t, 2);
	add_rows(&t, "", doc);
	text_table_print(&t, &b);
	fwrite(b.p, 1, b.len, stdout);
	text_table_fini(&t);
	buf_fini(&b);
	json_free(doc);
	return CLI_OK;
}

int cmd_show_done(const struct cli_options *o, const struct keeper_request *r, const char *done)
{
	struct err e;
	struct cJSON *doc = keeper_client_call(o, r, &e);

	if (!doc)
		return cli_fail(&e);
	if (o->json)
		cmd_show_json(doc);
	else
		printf("%s\n", done);
	json_free(doc);
	return CLI_OK;
}
