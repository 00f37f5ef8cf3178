/* A catalog made of statements, for those who bind names. */
#include "sql/parse/parse.h"
#include "sql/sema/catalog.h"
#include "sql/sema/schema_ddl.h"
#include "src/data/collation.h"

/* Bytes of the longest value, as metadata tells it. */
static uint32_t length_of(const struct schema_column *c)
{
	const struct collation *l = collation_get(c->meta.charset);
	uint64_t n = c->length;

	/* BLOB's length is in bytes; ENUM and SET have a character set. */
	if (l && !(c->meta.flags & TYPE_FLAG_BLOB))
		n *= charset_get(l->charset)->mbmax;
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void take(const struct schema_column *c, struct catalog_column *out)
{
	out->name = c->name;
	out->meta = c->meta;
	out->length = length_of(c);
	/* A type of a plugin, or a character set that is not known here. */
	out->typed = c->meta.charset != 0;
	out->invisible = c->invisible;
	out->generated = c->generated;
}

int catalog_type_of(struct arena *a, const struct lex_opts *opts, struct str text,
		    struct catalog_column *out, struct err *e)
{
	const struct schema_ddl s = {.collation = schema_collation};
	const struct schema_table t = {.open = false};
	const char *sql = arena_printf(a, "CREATE TABLE t (c %.*s)", STR_ARG(text));
	struct schema_column c = {.name = {0}};
	const struct ast_create_table *n;
	struct parse_result r;

	if (!sql)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (parse_statement(a, opts, str_of(sql), NULL, &r, e))
		return -1;
	n = AST_AS(create_table, AST_AS(ddl, r.root)->def);
	if (r.root->kind != AST_DDL || !n || n->elements.n != 1 ||
	    n->elements.v[0]->kind != AST_COLUMN_DEF)
		return err_set(e, ERR_UNSUPPORTED, "type %.*s", STR_ARG(text));
	c.def = AST_AS(column_def, n->elements.v[0]);
	schema_type_of(&s, &t, &c, opts->mysql);
	take(&c, out);
	return 0;
}

static int find(const struct catalog *catalog, struct arena *a, struct str db, struct str name,
		struct catalog_table *out, struct err *e)
{
	const struct schema_table *t = schema_ddl_find(catalog->arg, db, name);
	struct catalog_column *c;

	/* The map's keys have no case, names of tables do. */
	if (!t || (catalog->names == CATALOG_AS_WRITTEN && !str_eq(t->name, name)))
		return 0;
	if (t->open)
		return err_set(e, ERR_UNSUPPORTED, "Table '%.*s': not all columns are known",
			       STR_ARG(name));
	c = arena_array(a, t->column_count, sizeof(*c));
	if (!c)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (uint32_t i = 0; i < t->column_count; i++)
		take(&t->columns[i], &c[i]);
	*out = (struct catalog_table){.db = t->db.n ? t->db : db,
				      .name = t->name,
				      .columns = c,
				      .column_count = t->column_count,
				      .view = t->query,
				      .temptable = t->temptable,
				      .view_text = t->text,
				      .names = t->names && t->names->n ? t->names : NULL};
	return 1;
}

void catalog_of_ddl(struct catalog *c, const struct schema_ddl *s)
{
	*c = (struct catalog){.arg = (void *)(uintptr_t)s, .db = s->db, .find = find};
}
