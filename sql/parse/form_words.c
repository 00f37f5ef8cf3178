/* The words of forms that are no rules: single tokens, names, parts by the grammar, parts that are
 * parsed by hand. */
#include "sql/grammar/grammar.h"
#include "sql/parse/body_int.h"
#include "sql/parse/form.h"

static bool take_name(struct form *f)
{
	struct str name;

	return hand_name(f->h, &name);
}

static bool take_string(struct form *f)
{
	if (f->h->t.t.kind != LEX_STRING)
		return false;
	hand_next(f->h);
	return true;
}

static bool take_dollar_string(struct form *f)
{
	if (f->h->t.t.kind != LEX_DOLLAR)
		return false;
	hand_next(f->h);
	return true;
}

static bool take_int(struct form *f)
{
	struct str digits;

	return hand_int(f->h, &digits);
}

static bool take_unsigned(struct form *f)
{
	unsigned kind = f->h->t.t.kind;

	if (f->h->p->text.p[f->h->t.t.start] == '-' ||
	    (kind != LEX_INT && kind != LEX_DECIMAL && kind != LEX_FLOAT && kind != LEX_HEX))
		return false;
	hand_next(f->h);
	return true;
}

/* With a sign, or not; a sign before a number is in its token. */
static bool take_num(struct form *f)
{
	unsigned kind;

	if (hand_is_char(f->h, '-') || hand_is_char(f->h, '+'))
		hand_next(f->h);
	kind = f->h->t.t.kind;
	if (kind != LEX_INT && kind != LEX_DECIMAL && kind != LEX_FLOAT && kind != LEX_HEX)
		return false;
	hand_next(f->h);
	return true;
}

static bool take_any(struct form *f)
{
	if (f->h->t.t.kind != LEX_WORD && f->h->t.t.kind != LEX_QUOTED)
		return false;
	hand_next(f->h);
	return true;
}

static bool take_user_var(struct form *f)
{
	if (f->h->t.t.kind != LEX_USER_VAR)
		return false;
	hand_next(f->h);
	return true;
}

/* name, name@host, 'name'@'host' */
static bool take_user(struct form *f)
{
	struct hand *h = f->h;

	if (!take_string(f) && !take_name(f))
		return false;
	if (take_user_var(f))
		return true;
	if (!hand_eat_char(h, '@'))
		return true;
	if (!take_string(f))
		take_name(f); /* user@ alone is user@'' */
	return true;
}

static bool take_table(struct form *f)
{
	struct ast_node *t;

	if (!hand_is_char(f->h, '.') && f->h->t.t.kind != LEX_QUOTED &&
	    (f->h->t.t.kind != LEX_WORD || keyword_is_reserved(f->h->t.kw)))
		return false;
	t = hand_table(f->h);
	if (!t)
		return false;
	f->tables = parse_int_push(f->h->p, f->tables, t);
	return true;
}

static bool take_target(struct form *f)
{
	if (!take_table(f))
		return false;
	f->targets = f->tables.n;
	return true;
}

static bool take_object(struct form *f)
{
	return hand_qualified(f->h, &f->db, &f->name);
}

static bool take_dbname(struct form *f)
{
	return hand_name(f->h, &f->name);
}

static bool take_column_name(struct form *f)
{
	struct ast_node *n = hand_name_node(f->h);

	if (!n)
		return false;
	f->columns = parse_int_push(f->h->p, f->columns, n);
	return true;
}

static bool take_expr(struct form *f)
{
	static const struct parse_stop stop = {.semicolon = true, .comma = true};

	return hand_expr(f->h, &stop) != NULL;
}

static bool take_event_expr(struct form *f)
{
	static const struct parse_stop stop = {
		.semicolon = true,
		.kw = {KW_ON, KW_ENABLE, KW_DISABLE, KW_COMMENT, KW_DO, KW_ENDS, KW_RENAME},
	};

	return hand_expr(f->h, &stop) != NULL;
}

static bool take_every_expr(struct form *f)
{
	static const struct parse_stop stop = {.semicolon = true, .unit = true};

	return hand_expr(f->h, &stop) != NULL;
}

static bool take_operand(struct form *f)
{
	return hand_operand(f->h) != NULL;
}

/* A literal, a variable or a name. */
static bool take_simple(struct form *f)
{
	char first = f->h->p->text.p[f->h->t.t.start];
	struct ast_node *n = hand_operand(f->h);

	if (!n)
		return false;
	switch (n->kind) {
	case AST_LITERAL:
		return (n->op != AST_LIT_PARAM && first != '-' && first != '(') || hand_fail(f->h);
	case AST_COLUMN:
	case AST_USER_VAR:
	case AST_SYS_VAR:
	case AST_INTRODUCER:
		return true;
	default:
		return hand_fail(f->h);
	}
}

static bool take_view_query(struct form *f)
{
	const struct ast_node *n = f->query = hand_query(f->h);

	if (!n)
		return false;
	if ((n->kind == AST_SELECT && AST_AS(select, n)->into) ||
	    (n->kind == AST_SETOP && AST_AS(setop, n)->into))
		return hand_fail(f->h);
	return true;
}

static bool take_body(struct form *f)
{
	return body_statement(f->h);
}

/* Takes nothing: the server. */
static bool take_mysql(struct form *f)
{
	return f->h->p->opts->mysql;
}

/* Takes nothing: the mode. */
static bool take_oracle(struct form *f)
{
	return f->h->p->opts->mode & LEX_ORACLE;
}

static bool take_oracle_body(struct form *f)
{
	return body_oracle_block(f->h, f->name);
}

/* DECLARE ..., or BEGIN that begins no transaction. */
static bool take_oracle_block(struct form *f)
{
	const struct parse_token *next = parse_int_peek(f->h->p);

	if (hand_is(f->h, KW_BEGIN) &&
	    (next->t.kind == LEX_EOF || next->t.kind == ';' || next->kw == KW_WORK ||
	     next->kw == KW_NOT))
		return false;
	if (!hand_is(f->h, KW_BEGIN) && !hand_is(f->h, KW_DECLARE))
		return false;
	return body_oracle_block(f->h, (struct str){0});
}

static bool take_oracle_package(struct form *f)
{
	return body_oracle_package(f->h, false);
}

static bool take_oracle_package_body(struct form *f)
{
	return body_oracle_package(f->h, true);
}

static bool take_compound(struct form *f)
{
	return body_compound(f->h);
}

static bool take_type(struct form *f)
{
	return ddl_column_type(f->h) != NULL;
}

static bool take_key_parts(struct form *f)
{
	struct ast_list parts = {0};

	return ddl_key_parts(f->h, &parts);
}

static bool take_key_options(struct form *f)
{
	struct ast_list options = {0};
	struct str method = {0};

	return ddl_key_options(f->h, &options, &method);
}

static bool take_table_options(struct form *f)
{
	struct ast_list options = {0};

	return ddl_option_table(f->h, &options);
}

static bool take_create_table(struct form *f)
{
	return ddl_table_create(f);
}

static bool take_alter_table(struct form *f)
{
	return ddl_alter_table(f);
}

static bool take_partitions(struct form *f)
{
	struct ast_list parts = {0};

	return ddl_partition_list(f, &parts);
}

static bool take_partition(struct form *f)
{
	return ddl_partition(f) != NULL;
}

static bool take_rest(struct form *f)
{
	return hand_skip_rest(f->h) || hand_fail(f->h);
}

static bool take_here(struct form *f)
{
	return hand_at_end(f->h);
}

static bool take_more(struct form *f)
{
	return !take_here(f);
}

static const struct {
	const char *name;
	bool (*take)(struct form *f);
} words[] = {
	{"name", take_name},
	{"string", take_string},
	{"dollar_string", take_dollar_string},
	{"int", take_int},
	{"num", take_num},
	{"any", take_any},
	{"uservar", take_user_var},
	{"user", take_user},
	{"table", take_table},
	{"target", take_target},
	{"object", take_object},
	{"dbname", take_dbname},
	{"column", take_column_name},
	{"expr", take_expr},
	{"operand", take_operand},
	{"simple", take_simple},
	{"unsigned", take_unsigned},
	{"event_expr", take_event_expr},
	{"every_expr", take_every_expr},
	{"view_query", take_view_query},
	{"body", take_body},
	{"compound", take_compound},
	{"mysql", take_mysql},
	{"oracle", take_oracle},
	{"oracle_body", take_oracle_body},
	{"oracle_block", take_oracle_block},
	{"oracle_package", take_oracle_package},
	{"oracle_package_body", take_oracle_package_body},
	{"type", take_type},
	{"key_parts", take_key_parts},
	{"key_options", take_key_options},
	{"table_options", take_table_options},
	{"create_table", take_create_table},
	{"alter_table", take_alter_table},
	{"partitions", take_partitions},
	{"partition", take_partition},
	{"rest", take_rest},
	{"end", take_here},
	{"more", take_more},
};

static int find(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].name[0] == name[0] && strlen(words[i].name) == n &&
		    !memcmp(words[i].name, name, n))
			return (int)i;
	}
	return -1;
}

int form_word(struct form *f, const char *name, size_t n)
{
	int i = find(name, n);

	return i < 0 ? -1 : words[i].take(f);
}

bool form_has_word(const char *name, size_t n)
{
	return find(name, n) >= 0;
}
