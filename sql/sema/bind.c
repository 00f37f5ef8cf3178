#include "sql/sema/bind.h"

#include "sql/ast/ast_info.h"
#include "sql/sema/bind_int.h"
#include "src/base/str.h"

static const char *const words[] = {
#define X(name, words) words,
	BIND_PLACES(X)
#undef X
};

int bind_int_nomem(struct bind *b)
{
	return err_set(b->e, ERR_NOMEM, "out of memory");
}

int bind_int_deep(struct bind *b)
{
	return err_set(b->e, ERR_TOO_DEEP, "the statement is nested too deeply");
}

void bind_int_at(struct bind *b, const struct ast_node *n)
{
	if (n->end)
		b->at = n->start;
}

bool bind_int_same(const struct bind *b, struct str x, struct str y)
{
	return b->catalog->names == CATALOG_AS_WRITTEN ? str_eq(x, y) : str_ieq(x, y);
}

struct str bind_int_table_name(struct bind *b, struct str name)
{
	struct str low;

	if (b->catalog->names != CATALOG_LOWER || !name.n)
		return name;
	low = arena_str(b->arena, name);
	for (size_t i = 0; low.p && i < low.n; i++) {
		char *c = (char *)(uintptr_t)low.p + i;

		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	}
	return low.p ? low : name;
}

int bind_int_no_table(struct bind *b, struct str db, struct str name)
{
	name = bind_int_table_name(b, name);
	return err_set(b->e, ERR_NO_TABLE, "Table '%.*s.%.*s' doesn't exist", STR_ARG(db),
		       STR_ARG(name));
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

/* The first table of @root's first FROM, if it is one: a server opens it before all others. */
static struct ast_node *first_table(struct ast_node *root)
{
	const struct ast_list *from;
	struct ast_node *n;

	while (root->kind == AST_SETOP)
		root = AST_AS(setop, root)->first;
	if (root->kind != AST_SELECT)
		return NULL;
	from = &AST_AS(select, root)->from;
	n = from->n ? from->v[0] : NULL;
	while (n && n->kind == AST_JOIN)
		n = AST_AS(join, n)->left;
	return n && n->kind == AST_TABLE ? n : NULL;
}

static bool is_missing(struct bind *b, struct ast_node *n)
{
	const struct ast_table *t = AST_AS(table, n);
	struct str db = bind_int_table_name(b, t->db.n ? t->db : b->db);
	struct str name = bind_int_table_name(b, t->name);
	struct catalog_table out;
	struct err e;

	if (!db.n || b->catalog->find(b->catalog, b->arena, db, name, &out, &e))
		return false;
	bind_int_at(b, n);
	bind_int_no_table(b, db, name);
	return true;
}

/* A server opens all tables before it looks at names: after another error, see whether one is
 * missing.
 */
static void look_for_missing(struct bind *b, struct ast_node *root)
{
	struct ast_list tables = {0};
	const struct ast_node *first;
	struct err e;

	if (root->kind == AST_DDL && !AST_AS(ddl, root)->query)
		return;
	if (root->kind == AST_DDL)
		root = AST_AS(ddl, root)->query;
	if (b->e->mysql_errno == 1066 || b->e->code == ERR_UNSUPPORTED ||
	    ast_info_tables(b->arena, root, &tables, &e))
		return;
	first = first_table(root);
	for (uint32_t i = 0; first && i < tables.n; i++) {
		if (tables.v[i] == first && is_missing(b, tables.v[i]))
			return;
	}
	for (uint32_t i = 0; i < tables.n; i++) {
		if (is_missing(b, tables.v[i]))
			return;
	}
}

struct bind_query *bind_statement(struct bind *b, struct ast_node *node, struct err *e)
{
	struct bind_query *q;
	struct err none;

	b->e = e ? e : &none;
	b->ctes = b->cte = NULL;
	b->waiting = NULL;
	b->views = NULL;
	b->at = node->start;
	b->depth = b->marks = b->opened = b->looks = b->typed = 0;
	b->db = b->catalog->db;
	b->ref_count = 1;
	b->ref_cap = 32;
	b->refs = arena_array(b->arena, b->ref_cap, sizeof(*b->refs));
	b->query_count = 1;
	b->query_cap = 8;
	b->queries = arena_array(b->arena, b->query_cap, sizeof(struct bind_query *));
	if (!b->refs || !b->queries) {
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

static uint32_t *ref_of(const struct ast_node *n)
{
	switch (n->kind) {
	case AST_SELECT:
		return &AST_AS(select, n)->ref;
	case AST_SETOP:
		return &AST_AS(setop, n)->ref;
	case AST_VALUES:
		return &AST_AS(values, n)->ref;
	default:
		return NULL;
	}
}

int bind_int_number(struct bind *b, struct bind_query *q)
{
	uint32_t *ref = ref_of(q->node);

	if (!ref)
		return 0;
	if (b->query_count == b->query_cap) {
		struct bind_query **more =
			arena_array(b->arena, b->query_cap, 2 * sizeof(struct bind_query *));

		if (!more)
			return bind_int_nomem(b);
		memcpy(more, b->queries, b->query_count * sizeof(struct bind_query *));
		b->queries = more;
		b->query_cap *= 2;
	}
	*ref = b->query_count;
	b->queries[b->query_count++] = q;
	return 0;
}

const struct bind_query *bind_query_of(const struct bind *b, const struct ast_node *node)
{
	const uint32_t *ref = ref_of(node);

	return ref && *ref && *ref < b->query_count ? b->queries[*ref] : NULL;
}
