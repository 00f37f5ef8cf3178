/* CREATE TABLE and ALTER TABLE as statements, and the actions of the latter. */
#include "sql/ast/ast_print_int.h"
#include "sql/lex/keyword.h"

static void s(struct printer *r, const char *z)
{
	ast_print_int_s(r, z);
}

static void name(struct printer *r, const char *word, struct str n)
{
	if (!n.p)
		return;
	s(r, word);
	ast_print_int_name(r, n);
}

static void if_exists(struct printer *r, unsigned flags)
{
	s(r, flags & AST_IF_EXISTS ? " IF EXISTS" : "");
	s(r, flags & AST_IF_NOT_EXISTS ? " IF NOT EXISTS" : "");
}

static bool is_key(const struct ast_node *n)
{
	return n->kind == AST_KEY_DEF || n->kind == AST_CHECK_DEF;
}

static void add(struct printer *r, const struct ast_alter_action *n)
{
	bool parens = n->n.flags & AST_PARENS;
	bool column = parens || n->defs.v[0]->kind == AST_COLUMN_DEF;

	s(r, column ? "ADD COLUMN" : "ADD");
	if (!is_key(n->defs.v[0]) || parens)
		if_exists(r, n->n.flags);
	s(r, parens ? " (" : " ");
	ast_print_int_list(r, &n->defs);
	s(r, parens ? ")" : "");
}

static void drop(struct printer *r, const struct ast_alter_action *n, const char *word)
{
	if (n->n.op == AST_ALTER_DROP_KEY && !n->name.p) {
		s(r, "DROP PRIMARY KEY");
		return;
	}
	s(r, word);
	if_exists(r, n->n.flags);
	name(r, " ", n->name);
}

static void defs(struct printer *r, const struct ast_alter_action *n, const char *between)
{
	for (uint32_t i = 0; i < n->defs.n; i++)
		ast_print_int_word_node(r, i ? between : "", n->defs.v[i]);
}

static void column(struct printer *r, const struct ast_alter_action *n, const char *word)
{
	s(r, word);
	if_exists(r, n->n.flags);
	name(r, " ", n->name);
}

static void action(struct printer *r, const struct ast_alter_action *n)
{
	switch ((enum ast_alter_op)n->n.op) {
	case AST_ALTER_ADD:
		add(r, n);
		break;
	case AST_ALTER_CHANGE:
	case AST_ALTER_MODIFY:
		column(r, n, n->n.op == AST_ALTER_CHANGE ? "CHANGE COLUMN" : "MODIFY COLUMN");
		ast_print_int_clause(r, " ", &n->defs);
		break;
	case AST_ALTER_DROP_COLUMN:
		drop(r, n, "DROP COLUMN");
		break;
	case AST_ALTER_DROP_KEY:
		drop(r, n, "DROP KEY");
		break;
	case AST_ALTER_DROP_FOREIGN:
		drop(r, n, "DROP FOREIGN KEY");
		break;
	case AST_ALTER_DROP_CHECK:
		drop(r, n, "DROP CONSTRAINT");
		break;
	case AST_ALTER_RENAME:
		ast_print_int_clause(r, "RENAME TO ", &n->defs);
		break;
	case AST_ALTER_RENAME_COLUMN:
	case AST_ALTER_RENAME_KEY:
		column(r, n, n->n.op == AST_ALTER_RENAME_KEY ? "RENAME KEY" : "RENAME COLUMN");
		name(r, " TO ", n->to);
		break;
	case AST_ALTER_SET_DEFAULT:
		column(r, n, "ALTER COLUMN");
		s(r, " SET");
		ast_print_int_default(r, n->defs.v[0]);
		break;
	case AST_ALTER_DROP_DEFAULT:
		column(r, n, "ALTER COLUMN");
		s(r, " DROP DEFAULT");
		break;
	case AST_ALTER_OPTIONS:
		defs(r, n, " ");
		break;
	case AST_ALTER_PARTITION_BY:
		defs(r, n, "");
		break;
	case AST_ALTER_ADD_PARTITION:
		column(r, n, "ADD PARTITION");
		ast_print_int_clause(r, " (", &n->defs);
		s(r, ")");
		break;
	case AST_ALTER_OTHER:
		buf_str(r->out, n->text);
		break;
	}
	s(r, n->n.flags & AST_FIRST && n->n.op <= AST_ALTER_MODIFY ? " FIRST" : "");
	name(r, " AFTER ", n->after);
}

/* REMOVE PARTITIONING comes after the other actions without a comma. */
static bool is_remove(const struct ast_alter_action *a)
{
	return a->n.op == AST_ALTER_OTHER && a->text.n > 6 &&
	       str_ieqz(str_make(a->text.p, 6), "REMOVE");
}

static void alter_table(struct printer *r, const struct ast_ddl *d, const struct ast_alter_table *n)
{
	s(r, "ALTER");
	s(r, n->n.flags & AST_ALTER_ONLINE ? " ONLINE" : "");
	s(r, n->n.flags & AST_IGNORE ? " IGNORE" : "");
	s(r, " TABLE");
	if_exists(r, d->n.flags);
	ast_print_int_word_node(r, " ", d->tables.n ? d->tables.v[0] : NULL);
	if (n->wait)
		s(r, n->wait == KW_NOWAIT ? " NOWAIT" : " WAIT ");
	if (n->seconds.p)
		buf_str(r->out, n->seconds);
	for (uint32_t i = 0; i < n->actions.n; i++) {
		const struct ast_alter_action *a = AST_AS(alter_action, n->actions.v[i]);
		bool follows = a->n.op == AST_ALTER_PARTITION_BY || is_remove(a);

		s(r, i && !follows ? ", " : " ");
		action(r, a);
	}
}

bool ast_print_int_ddl(struct printer *r, const struct ast_node *node)
{
	const struct ast_ddl *d = AST_AS(ddl, node);
	unsigned flags = d->n.flags;

	if (node->kind == AST_ALTER_ACTION) {
		action(r, AST_AS(alter_action, node));
		return true;
	}
	if (node->kind != AST_DDL || !d->def)
		return false;
	if (d->def->kind == AST_ALTER_TABLE) {
		alter_table(r, d, AST_AS(alter_table, d->def));
		return true;
	}
	s(r, "CREATE");
	s(r, flags & AST_OR_REPLACE ? " OR REPLACE" : "");
	s(r, flags & AST_TEMPORARY ? " TEMPORARY" : "");
	s(r, " TABLE");
	if_exists(r, flags);
	ast_print_int_word_node(r, " ", d->tables.n ? d->tables.v[0] : NULL);
	ast_print_int_node(r, d->def);
	ast_print_int_word_node(r, " AS ", d->query);
	return true;
}
