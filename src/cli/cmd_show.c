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

int cmd_show_object(const struct cli_options *o, const struct keeper_request *r)
{
	struct err e;
	struct cJSON *doc = keeper_client_call(o, r, &e);
	struct text_table t;
	struct buf b, value;

	if (!doc)
		return cli_fail(&e);
	if (o->json) {
		cmd_show_json(doc);
		json_free(doc);
		return CLI_OK;
	}
	buf_init(&b);
	buf_init(&value);
	text_table_init(&t, 2);
	for (JSON *m = json_first(doc); m; m = json_next(m)) {
		text_table_add(&t, json_key(m));
		buf_reset(&value);
		if (json_type(m) != JSON_STRING)
			json_print(m, false, &value);
		text_table_add(&t,
			       json_type(m) == JSON_STRING ? json_string(m, "") : buf_cstr(&value));
	}
	text_table_print(&t, &b);
	fwrite(b.p, 1, b.len, stdout);
	text_table_fini(&t);
	buf_fini(&b);
	buf_fini(&value);
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
