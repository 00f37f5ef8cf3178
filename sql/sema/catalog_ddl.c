/* A catalog made of statements, for those who bind names. */
#include "sql/sema/catalog.h"
#include "sql/sema/schema_ddl.h"

static int find(void *arg, struct arena *a, struct str db, struct str name,
		struct catalog_table *out, struct err *e)
{
	const struct schema_table *t = schema_ddl_find(arg, db, name);
	struct catalog_column *c;

	/* The map's keys have no case, names of tables do. */
	if (!t || !str_eq(t->name, name))
		return 0;
	if (t->open)
		return err_set(e, ERR_UNSUPPORTED, "Table '%.*s': not all columns are known",
			       STR_ARG(name));
	c = arena_array(a, t->column_count, sizeof(*c));
	if (!c)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (uint32_t i = 0; i < t->column_count; i++) {
		c[i].name = t->columns[i].name;
		c[i].meta = t->columns[i].meta;
		c[i].typed = true;
		c[i].invisible = t->columns[i].invisible;
		c[i].generated = t->columns[i].generated;
	}
	*out = (struct catalog_table){.db = t->db.n ? t->db : db,
				      .name = t->name,
				      .columns = c,
				      .column_count = t->column_count,
				      .view = t->query,
				      .view_text = t->text,
				      .names = t->names && t->names->n ? t->names : NULL};
	return 1;
}

void catalog_of_ddl(struct catalog *c, const struct schema_ddl *s)
{
	*c = (struct catalog){.arg = (void *)(uintptr_t)s, .db = s->db, .find = find};
}
