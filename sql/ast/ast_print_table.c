/* Definitions of tables: columns, keys, options, partitions. */
#include "sql/ast/ast_print_int.h"
#include "sql/lex/keyword.h"

static void s(struct printer *r, const char *z)
{
	ast_print_int_s(r, z);
}

static void named(struct printer *r, const char *word, struct str name)
{
	if (!name.p)
		return;
	s(r, word);
	ast_print_int_name(r, name);
}

static void verbatim(struct printer *r, const char *before, struct str text, const char *after)
{
	if (!text.p)
		return;
	s(r, before);
	buf_str(r->out, text);
	s(r, after);
}

static void parens(struct printer *r, const struct ast_list *l)
{
	s(r, "(");
	ast_print_int_list(r, l);
	s(r, ")");
}

static void charset(struct printer *r, const char *word, struct str name)
{
	if (name.p && (str_eqz(name, "binary") || str_eqz(name, "DEFAULT")))
		verbatim(r, word, name, "");
	else
		named(r, word, name);
}

static void data_type(struct printer *r, const struct ast_data_type *n)
{
	buf_str(r->out, n->name);
	if (n->members.n)
		parens(r, &n->members);
	if (n->length.p) {
		verbatim(r, "(", n->length, "");
		verbatim(r, ", ", n->decimals, "");
		s(r, ")");
	}
	s(r, n->n.flags & AST_TYPE_SIGNED ? " SIGNED" : "");
	s(r, n->n.flags & AST_TYPE_UNSIGNED ? " UNSIGNED" : "");
	s(r, n->n.flags & AST_TYPE_ZEROFILL ? " ZEROFILL" : "");
	s(r, n->n.flags & AST_TYPE_COMPRESSED ? " COMPRESSED" : "");
	named(r, "=", n->compression);
	charset(r, " CHARACTER SET ", n->charset);
	s(r, n->n.flags & AST_TYPE_BINARY ? " BINARY" : "");
	charset(r, " COLLATE ", n->collate);
}

static bool is_bare(const struct ast_node *n)
{
	switch (n->kind) {
	case AST_LITERAL:
	case AST_INTRODUCER:
	case AST_TEMPORAL:
		return true;
	case AST_FUNC:
		return keyword_fn_flags(AST_AS(func, n)->fn) & FN_IS_NOW;
	default:
		return false;
	}
}

void ast_print_int_default(struct printer *r, const struct ast_node *n)
{
	if (!n)
		return;
	s(r, is_bare(n) ? " DEFAULT " : " DEFAULT (");
	ast_print_int_node(r, n);
	s(r, is_bare(n) ? "" : ")");
}

static void generated(struct printer *r, const struct ast_column_def *n)
{
	if (n->n.flags & (AST_COL_ROW_START | AST_COL_ROW_END)) {
		s(r, " GENERATED ALWAYS AS ROW ");
		s(r, n->n.flags & AST_COL_ROW_START ? "START" : "END");
	}
	if (!n->generated)
		return;
	s(r, " GENERATED ALWAYS AS (");
	ast_print_int_node(r, n->generated);
	s(r, ")");
	s(r, n->n.flags & AST_COL_STORED ? " STORED" : "");
	s(r, n->n.flags & AST_COL_VIRTUAL ? " VIRTUAL" : "");
}

static void column_def(struct printer *r, const struct ast_column_def *n)
{
	static const struct {
		unsigned flag;
		const char *text;
	} flags[] = {
		{AST_COL_NULL, " NULL"},
		{AST_COL_NOT_NULL, " NOT NULL"},
		{AST_COL_AUTO_INCREMENT, " AUTO_INCREMENT"},
		{AST_COL_SERIAL_DEFAULT, " SERIAL DEFAULT VALUE"},
		{AST_COL_INVISIBLE, " INVISIBLE"},
		{AST_COL_VISIBLE, " VISIBLE"},
		{AST_COL_VERSIONED, " WITH SYSTEM VERSIONING"},
		{AST_COL_NOT_VERSIONED, " WITHOUT SYSTEM VERSIONING"},
		{AST_COL_UNIQUE, " UNIQUE KEY"},
		{AST_COL_PRIMARY, " PRIMARY KEY"},
	};

	named(r, "", n->name);
	ast_print_int_word_node(r, " ", n->type);
	generated(r, n);
	ast_print_int_default(r, n->value);
	ast_print_int_word_node(r, " ON UPDATE ", n->on_update);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		s(r, n->n.flags & flags[i].flag ? flags[i].text : "");
	verbatim(r, " COMMENT ", n->comment, "");
	for (uint32_t i = 0; i < n->options.n; i++)
		ast_print_int_word_node(r, " ", n->options.v[i]);
	for (uint32_t i = 0; i < n->checks.n; i++)
		ast_print_int_word_node(r, " ", n->checks.v[i]);
	ast_print_int_word_node(r, " ", n->references);
}

static void constraint(struct printer *r, unsigned flags, struct str name)
{
	if (!(flags & AST_CONSTRAINT))
		return;
	s(r, "CONSTRAINT ");
	if (name.p && !(flags & AST_IF_NOT_EXISTS)) {
		ast_print_int_name(r, name);
		s(r, " ");
	}
}

static void key_def(struct printer *r, const struct ast_key_def *n)
{
	static const char *const kinds[] = {"KEY",	    "UNIQUE KEY",  "PRIMARY KEY",
					    "FULLTEXT KEY", "SPATIAL KEY", "FOREIGN KEY"};

	if (n->n.flags & AST_CONSTRAINT) {
		s(r, "CONSTRAINT ");
		named(r, "", n->constraint);
		s(r, n->constraint.p ? " " : "");
	}
	s(r, kinds[n->n.op]);
	s(r, n->n.flags & AST_IF_NOT_EXISTS ? " IF NOT EXISTS" : "");
	named(r, " ", n->name);
	s(r, " ");
	parens(r, &n->parts);
	verbatim(r, " USING ", n->method, "");
	for (uint32_t i = 0; i < n->options.n; i++)
		ast_print_int_word_node(r, " ", n->options.v[i]);
	ast_print_int_word_node(r, " ", n->references);
}

static void key_part(struct printer *r, const struct ast_key_part *n)
{
	named(r, "", n->name);
	if (n->expr) {
		s(r, "(");
		ast_print_int_node(r, n->expr);
		s(r, ")");
	}
	verbatim(r, "(", n->length, ")");
	s(r, n->n.op == AST_DIR_ASC ? " ASC" : n->n.op == AST_DIR_DESC ? " DESC" : "");
	s(r, n->n.flags & AST_OVERLAPS ? " WITHOUT OVERLAPS" : "");
}

static void check_def(struct printer *r, const struct ast_check_def *n)
{
	constraint(r, n->n.flags, n->name);
	if (n->n.flags & AST_IF_NOT_EXISTS) {
		s(r, "IF NOT EXISTS ");
		named(r, "", n->name);
		s(r, n->name.p ? " " : "");
	}
	s(r, "CHECK (");
	ast_print_int_node(r, n->expr);
	s(r, ")");
	s(r, n->n.flags & AST_NOT_ENFORCED ? " NOT ENFORCED" : "");
	s(r, n->n.flags & AST_ENFORCED ? " ENFORCED" : "");
}

static void reference_action(struct printer *r, const char *on, uint32_t kw)
{
	if (!kw)
		return;
	s(r, on);
	s(r, kw == KW_SET	 ? "SET NULL"
	     : kw == KW_DEFAULT	 ? "SET DEFAULT"
	     : kw == KW_NO	 ? "NO ACTION"
	     : kw == KW_RESTRICT ? "RESTRICT"
				 : "CASCADE");
}

static void references(struct printer *r, const struct ast_references *n)
{
	static const char *const match[] = {"", " MATCH FULL", " MATCH PARTIAL", " MATCH SIMPLE"};

	named(r, "CONSTRAINT ", n->constraint);
	s(r, n->constraint.p ? " REFERENCES " : "REFERENCES ");
	ast_print_int_node(r, n->table);
	if (n->columns.n) {
		s(r, " ");
		parens(r, &n->columns);
	}
	s(r, match[n->n.op]);
	reference_action(r, " ON DELETE ", n->on_delete);
	reference_action(r, " ON UPDATE ", n->on_update);
}

static void period(struct printer *r, const struct ast_period *n)
{
	s(r, n->n.flags & AST_IF_NOT_EXISTS ? "PERIOD IF NOT EXISTS FOR " : "PERIOD FOR ");
	named(r, "", n->name);
	named(r, " (", n->from);
	named(r, ", ", n->to);
	s(r, ")");
}

static void option(struct printer *r, const struct ast_option *n)
{
	if (n->n.op)
		ast_print_int_quoted(r, n->name);
	else
		buf_str(r->out, n->name);
	/* A key's comment and parser and STORAGE have no "=", other comments need none. */
	verbatim(r,
		 !n->n.op && (str_eqz(n->name, "COMMENT") || str_eqz(n->name, "WITH PARSER") ||
			      str_eqz(n->name, "STORAGE"))
			 ? " "
			 : " = ",
		 n->value, "");
	if (n->value.p || (!n->tables.n && !str_eqz(n->name, "UNION")))
		return;
	s(r, " = ");
	parens(r, &n->tables);
}

static void partition_by(struct printer *r, const struct ast_partition_by *n, const char *word)
{
	static const char *const kinds[] = {"HASH", "KEY",	    "RANGE",	  "RANGE COLUMNS",
					    "LIST", "LIST COLUMNS", "SYSTEM_TIME"};

	s(r, word);
	s(r, n->n.flags & AST_LINEAR ? "LINEAR " : "");
	s(r, kinds[n->n.op]);
	verbatim(r, " ALGORITHM = ", n->algorithm, "");
	verbatim(r, " ", n->text, "");
	if (n->expr) {
		s(r, " (");
		ast_print_int_node(r, n->expr);
		s(r, ")");
	} else if (n->n.op != AST_PARTITION_SYSTEM_TIME) {
		s(r, " ");
		parens(r, &n->columns);
	}
	verbatim(r, *word == 'S' ? " SUBPARTITIONS " : " PARTITIONS ", n->count, "");
	if (n->sub) {
		s(r, " ");
		partition_by(r, AST_AS(partition_by, n->sub), "SUBPARTITION BY ");
	}
	if (n->parts.n) {
		s(r, " ");
		parens(r, &n->parts);
	}
}

static void partition_values(struct printer *r, const struct ast_partition_def *n)
{
	static const char *const words[] = {"",
					    " VALUES LESS THAN ",
					    " VALUES LESS THAN MAXVALUE",
					    " VALUES IN ",
					    " DEFAULT",
					    " HISTORY",
					    " CURRENT"};

	s(r, words[n->n.op]);
	if (n->n.op != AST_VALUES_LESS_THAN && n->n.op != AST_VALUES_IN)
		return;
	for (uint32_t i = 0; i < n->values.n; i++) {
		s(r, i ? ", " : "(");
		if (n->values.v[i]->kind == AST_NAME)
			s(r, "MAXVALUE");
		else
			ast_print_int_node(r, n->values.v[i]);
	}
	s(r, ")");
}

static void partition_def(struct printer *r, const struct ast_partition_def *n, const char *word)
{
	s(r, word);
	ast_print_int_name(r, n->name);
	partition_values(r, n);
	for (uint32_t i = 0; i < n->options.n; i++)
		ast_print_int_word_node(r, " ", n->options.v[i]);
	for (uint32_t i = 0; i < n->subs.n; i++) {
		s(r, i ? ", " : " (");
		partition_def(r, AST_AS(partition_def, n->subs.v[i]), "SUBPARTITION ");
	}
	s(r, n->subs.n ? ")" : "");
}

static void create_table(struct printer *r, const struct ast_create_table *n)
{
	if (n->like) {
		s(r, n->n.flags & AST_PARENS ? " (LIKE " : " LIKE ");
		ast_print_int_node(r, n->like);
		s(r, n->n.flags & AST_PARENS ? ")" : "");
		return;
	}
	if (n->elements.n) {
		s(r, " ");
		parens(r, &n->elements);
	}
	for (uint32_t i = 0; i < n->options.n; i++)
		ast_print_int_word_node(r, " ", n->options.v[i]);
	ast_print_int_word_node(r, " ", n->partition);
	s(r, n->n.flags & AST_IGNORE ? " IGNORE" : "");
	s(r, n->n.flags & AST_OR_REPLACE ? " REPLACE" : "");
}

bool ast_print_int_table(struct printer *r, const struct ast_node *n)
{
#define CASE(KIND, name)                                                                           \
	case AST_##KIND:                                                                           \
		name(r, AST_AS(name, n));                                                          \
		return true
	switch (n->kind) {
		CASE(DATA_TYPE, data_type);
		CASE(COLUMN_DEF, column_def);
		CASE(KEY_DEF, key_def);
		CASE(KEY_PART, key_part);
		CASE(CHECK_DEF, check_def);
		CASE(REFERENCES, references);
		CASE(PERIOD, period);
		CASE(OPTION, option);
		CASE(CREATE_TABLE, create_table);
	case AST_PARTITION_BY:
		partition_by(r, AST_AS(partition_by, n), "PARTITION BY ");
		return true;
	case AST_PARTITION_DEF:
		partition_def(r, AST_AS(partition_def, n), "PARTITION ");
		return true;
	default:
		return false;
	}
#undef CASE
}
