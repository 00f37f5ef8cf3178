/* CREATE TABLE ... SELECT: the columns that the query brings. */
#include "sql/sema/bind.h"
#include "sql/sema/bind_type.h"
#include "sql/sema/schema_int.h"

static void from_output(struct schema_column *c, const struct bind_output *o)
{
	const struct catalog_column stored = bind_type_stored(o);
	const struct collation *l = collation_get(stored.meta.charset);
	bool text = l && l->id != TYPE_CHARSET_BINARY && !(stored.meta.flags & TYPE_FLAG_BLOB);

	*c = (struct schema_column){.name = o->name, .meta = stored.meta};
	c->meta.flags &= (uint16_t) ~(TYPE_FLAG_PRI_KEY | TYPE_FLAG_UNIQUE_KEY |
				      TYPE_FLAG_MULTIPLE_KEY | TYPE_FLAG_AUTO_INCREMENT);
	c->length = text ? stored.length / charset_get(l->charset)->mbmax : stored.length;
	if (text) {
		c->charset = str_of(charset_get(l->charset)->name);
		c->collation = str_of(l->name);
	}
}

/* Those of the definition that the query does not name, then the query's in its order. */
static int merge(struct schema_ddl *s, struct schema_table *t, const struct bind_query *q)
{
	struct schema_column *v =
		arena_array(&s->arena, (size_t)t->column_count + q->output_count + 1, sizeof(*v));
	uint32_t n = 0;

	if (!v)
		return -1;
	for (uint32_t i = 0; i < t->column_count; i++) {
		bool named = false;

		for (uint32_t k = 0; k < q->output_count && !named; k++)
			named = str_ieq(q->outputs[k].name, t->columns[i].name);
		if (!named)
			v[n++] = t->columns[i];
	}
	for (uint32_t k = 0; k < q->output_count; k++) {
		const struct schema_column *c = schema_ddl_column(t, q->outputs[k].name);

		if (c)
			v[n++] = *c;
		else
			from_output(&v[n++], &q->outputs[k]);
	}
	t->columns = v;
	t->column_count = n;
	t->open = false;
	schema_int_keys(t);
	return 0;
}

int schema_int_select(struct schema_ddl *s, const struct lex_opts *opts, struct schema_table *t,
		      struct ast_node *query, struct err *e)
{
	struct expr_session session;
	struct catalog c;
	struct bind b = {.arena = &s->arena, .catalog = &c, .opts = opts, .text = s->text};
	struct bind_query *q;
	struct err ignored;

	expr_session_init(&session);
	b.session = &session;
	catalog_of_ddl(&c, s);
	q = bind_statement(&b, query, &ignored);
	/* The table stays open when its query is not understood. */
	if (!q)
		return 0;
	return merge(s, t, q) ? err_set(e, ERR_NOMEM, "out of memory for the schema") : 0;
}
