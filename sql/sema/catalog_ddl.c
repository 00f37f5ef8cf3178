/* A catalog made of statements, for those who bind names. */
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
	for (uint32_t i = 0; i < t->column_count; i++) {
		c[i].name = t->columns[i].name;
		c[i].meta = t->columns[i].meta;
		c[i].length = length_of(&t->columns[i]);
		/* A type of a plugin, or a character set that is not known here. */
		c[i].typed = t->columns[i].meta.charset != 0;
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
