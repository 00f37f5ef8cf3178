/* --schema of sluicectl sql: what the names of a statement mean over the tables of a file. */
#include <stdlib.h>

#include "sql/eval/eval.h"
#include "sql/sema/bind.h"
#include "sql/sema/schema_ddl.h"
#include "src/base/file.h"
#include "src/cli/cmd_sql.h"

struct cmd_sql_schema {
	struct schema_ddl ddl;
	struct catalog catalog;
};

int cmd_sql_schema_open(struct cmd_sql *c, struct err *e)
{
	const char *path = c->options->schema;
	const struct lex_opts lex = {.charset = c->lex.charset,
				     .mysql = c->lex.mysql,
				     .version = c->lex.version};
	struct cmd_sql_schema *s;
	struct buf text;
	int rc;

	if (!path || !*path)
		return 0;
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(e, ERR_NOMEM, "out of memory");
	c->schema = s;
	schema_ddl_init(&s->ddl);
	s->ddl.db = STR_LIT("test");
	buf_init(&text);
	rc = file_read(path, &text, e);
	if (rc == 0)
		rc = schema_ddl_read(&s->ddl, &lex, buf_slice(&text), e);
	buf_fini(&text);
	if (rc)
		return err_wrap(e, "--schema %s", path);
	catalog_of_ddl(&s->catalog, &s->ddl);
	return 0;
}

void cmd_sql_schema_close(struct cmd_sql *c)
{
	if (!c->schema)
		return;
	schema_ddl_fini(&c->schema->ddl);
	free(c->schema);
	c->schema = NULL;
}

static void put_type(struct json_out *out, const struct expr_type *t)
{
	json_out_strz(out, "type", expr_type_name(t));
	json_out_int(out, "length", t->length);
	if (t->decimals < TYPE_NOT_FIXED_DECIMALS)
		json_out_int(out, "decimals", t->decimals);
	json_out_bool(out, "nullable", t->nullable);
	json_out_strz(out, "collation", t->collation->name);
}

static void put_column(struct json_out *out, const struct bind_output *o)
{
	json_out_object(out, NULL);
	json_out_str(out, "name", o->name);
	if (o->table) {
		json_out_str(out, "table", o->table->name);
		json_out_str(out, "column", o->table->columns[o->column].name);
	}
	if (o->typed)
		put_type(out, &o->type);
	json_out_end_object(out);
}

int cmd_sql_bind(struct cmd_sql *c, struct ast_node *n, struct str text, struct err *e)
{
	struct expr_session session;
	const struct bind_query *q;
	struct bind b = {.arena = c->arena, .opts = &c->lex, .text = text, .session = &session};
	struct eval v;

	if (!c->schema)
		return 0;
	if (cmd_sql_session(c->options, &session, e))
		return -1;
	eval_init(&v, c->arena, &session);
	b.catalog = &c->schema->catalog;
	b.compute = eval_compute;
	b.compute_arg = &v;
	q = bind_statement(&b, n, e);
	if (!q) {
		c->error_at = b.at;
		return -1;
	}
	json_out_array(c->out, "columns");
	for (uint32_t i = 0; !q->into && i < q->output_count; i++)
		put_column(c->out, &q->outputs[i]);
	json_out_end_array(c->out);
	return 0;
}
