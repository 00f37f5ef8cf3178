#include "sql/sema/bind.h"

#include "sql/ast/ast_info.h"
#include "sql/sema/bind_int.h"

static const char *const words[] = {
#define X(name, words) words,
	BIND_PLACES(X)
#undef X
};

int bind_int_nomem(struct bind *b)
{
	return err_set(b->e, ERR_NOMEM, "out of memory");
}

int bind_int_unknown(struct bind *b, const struct ast_column *c, enum bind_place place)
{
	return err_set(b->e, ERR_BAD_FIELD, "Unknown column '%.*s%s%.*s%s%.*s' in '%s'",
		       STR_ARG(c->db), c->db.n ? "." : "", STR_ARG(c->table), c->table.n ? "." : "",
		       STR_ARG(c->name), words[place]);
}

int bind_int_unknown_table(struct bind *b, const struct ast_column *c, enum bind_place place)
{
	return err_set_mysql(b->e, ERR_NO_TABLE, 1109, "42S02", "Unknown table '%.*s' in %s",
			     STR_ARG(c->table), words[place]);
}

int bind_int_ambiguous(struct bind *b, struct str name, enum bind_place place)
{
	return err_set(b->e, ERR_AMBIGUOUS, "Column '%.*s' in %s is ambiguous", STR_ARG(name),
		       words[place]);
}

int bind_int_operand(struct bind *b, uint32_t columns)
{
	return err_set_mysql(b->e, ERR_INVALID, 1241, "21000",
			     "Operand should contain %u column(s)", columns);
}

int bind_int_not_done(struct bind *b, const char *what)
{
	return err_set(b->e, ERR_UNSUPPORTED, "binding %s is not done yet", what);
}

/* A server opens all tables before it looks at names: after another error, see whether one is
 * missing.
 */
static void look_for_missing(struct bind *b, struct ast_node *root)
{
	struct ast_list tables = {0};
	struct err e;

	if (b->e->mysql_errno == 1066 || b->e->code == ERR_UNSUPPORTED ||
	    ast_info_tables(b->arena, root, &tables, &e))
		return;
	for (uint32_t i = 0; i < tables.n; i++) {
		const struct ast_table *t = AST_AS(table, tables.v[i]);
		struct str db = t->db.n ? t->db : b->catalog->db;
		struct catalog_table out;

		if (!db.n || b->catalog->find(b->catalog->arg, b->arena, db, t->name, &out, &e))
			continue;
		err_set(b->e, ERR_NO_TABLE, "Table '%.*s.%.*s' doesn't exist", STR_ARG(db),
			STR_ARG(t->name));
		return;
	}
}

struct bind_query *bind_statement(struct bind *b, struct ast_node *node, struct err *e)
{
	struct bind_query *q;
	struct err none;

	b->e = e ? e : &none;
	b->ctes = NULL;
	b->depth = 0;
	b->ref_count = 1;
	b->ref_cap = 32;
	b->refs = arena_array(b->arena, b->ref_cap, sizeof(*b->refs));
	if (!b->refs) {
		bind_int_nomem(b);
		return NULL;
	}
	q = bind_query_make(b, node, NULL);
	if (!q)
		look_for_missing(b, node);
	return q;
}

const struct bind_ref *bind_ref_of(const struct bind *b, const struct ast_column *c)
{
	return c->ref && c->ref < b->ref_count ? &b->refs[c->ref] : NULL;
}
