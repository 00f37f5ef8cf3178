/* Statements other than queries. */
#include "sql/ast/ast_print_int.h"
#include "sql/lex/keyword.h"

static void s(struct printer *r, const char *z)
{
	ast_print_int_s(r, z);
}

static void flags(struct printer *r, unsigned f)
{
	s(r, f & AST_LOW_PRIORITY ? " LOW_PRIORITY" : "");
	s(r, f & AST_DELAYED ? " DELAYED" : "");
	s(r, f & AST_HIGH_PRIORITY ? " HIGH_PRIORITY" : "");
	s(r, f & AST_QUICK ? " QUICK" : "");
	s(r, f & AST_IGNORE ? " IGNORE" : "");
}

static void hint(struct printer *r, struct str text)
{
	if (!text.p)
		return;
	s(r, " /*+ ");
	buf_str(r->out, text);
	s(r, " */");
}

static void qualified(struct printer *r, struct str db, struct str name)
{
	if (db.p) {
		ast_print_int_name(r, db);
		s(r, ".");
	}
	ast_print_int_name(r, name);
}

static void insert(struct printer *r, const struct ast_insert *n)
{
	s(r, n->n.op == AST_INSERT_REPLACE ? "REPLACE" : "INSERT");
	hint(r, n->hint);
	flags(r, n->n.flags);
	s(r, " INTO ");
	ast_print_int_node(r, n->table);
	if (n->columns.n) {
		ast_print_int_clause(r, " (", &n->columns);
		s(r, ")");
	}
	if (n->rows.n) {
		s(r, " VALUES ");
		if (!r->p->list || !r->p->list(r->p->arg, r->out, &n->n, &n->rows))
			ast_print_int_list(r, &n->rows);
	}
	ast_print_int_word_node(r, " ", n->query);
	ast_print_int_clause(r, " SET ", &n->set);
	if (n->row_alias.p) {
		s(r, " AS ");
		ast_print_int_name(r, n->row_alias);
		ast_print_int_clause(r, " (", &n->alias_columns);
		s(r, n->alias_columns.n ? ")" : "");
	}
	ast_print_int_clause(r, " ON DUPLICATE KEY UPDATE ", &n->on_dup);
	ast_print_int_clause(r, " RETURNING ", &n->returning);
}

static void update(struct printer *r, const struct ast_update *n)
{
	ast_print_int_node(r, n->with);
	s(r, "UPDATE");
	hint(r, n->hint);
	flags(r, n->n.flags);
	ast_print_int_clause(r, " ", &n->tables);
	ast_print_int_clause(r, " SET ", &n->set);
	ast_print_int_word_node(r, " WHERE ", n->where);
	ast_print_int_clause(r, " ORDER BY ", &n->order);
	ast_print_int_word_node(r, " ", n->limit);
}

static void delete (struct printer *r, const struct ast_delete *n)
{
	bool using = n->n.flags & AST_USING;

	ast_print_int_node(r, n->with);
	s(r, n->history.p ? "DELETE HISTORY" : "DELETE");
	hint(r, n->hint);
	flags(r, n->n.flags);
	if (n->targets.n) {
		ast_print_int_clause(r, using ? " FROM " : " ", &n->targets);
		ast_print_int_clause(r, using ? " USING " : " FROM ", &n->from);
	} else {
		ast_print_int_clause(r, " FROM ", &n->from);
	}
	if (n->history.n) {
		s(r, " BEFORE SYSTEM_TIME ");
		buf_str(r->out, n->history);
	}
	ast_print_int_word_node(r, " WHERE ", n->where);
	ast_print_int_clause(r, " ORDER BY ", &n->order);
	ast_print_int_word_node(r, " ", n->limit);
	ast_print_int_clause(r, " RETURNING ", &n->returning);
}

static void handler(struct printer *r, const struct ast_handler *n)
{
	static const char *const compare[] = {
		[AST_OP_EQ] = " = (",	     [AST_OP_GT] = " > (",  [AST_OP_GE] = " >= (",
		[AST_OP_LT] = " < (",	     [AST_OP_LE] = " <= (", [AST_OP_NE] = " <> (",
		[AST_OP_NULLSAFE] = " <=> ("};

	struct ast_table named = *AST_AS(table, n->table);

	named.alias = (struct str){0};
	s(r, "HANDLER ");
	ast_print_int_node(r, &named.n);
	if (n->n.op != AST_HANDLER_READ) {
		s(r, n->n.op == AST_HANDLER_CLOSE ? " CLOSE" : " OPEN");
		if (AST_AS(table, n->table)->alias.p) {
			s(r, " AS ");
			ast_print_int_name(r, AST_AS(table, n->table)->alias);
		}
		return;
	}
	s(r, " READ ");
	if (n->index.p) {
		ast_print_int_quoted(r, n->index);
		s(r, " ");
	}
	if (n->what)
		s(r, keyword_name(n->what));
	ast_print_int_clause(r, n->compare ? compare[n->compare] : "", &n->values);
	s(r, n->values.n ? ")" : "");
	ast_print_int_word_node(r, " WHERE ", n->where);
	ast_print_int_word_node(r, " ", n->limit);
}

static void call(struct printer *r, const struct ast_call *n)
{
	s(r, "CALL ");
	if (n->package.p) {
		ast_print_int_name(r, n->db);
		s(r, ".");
	}
	qualified(r, n->package.p ? n->package : n->db, n->name);
	s(r, "(");
	ast_print_int_list(r, &n->args);
	s(r, ")");
}

static void set_target(struct printer *r, const struct ast_node *n)
{
	static const char *const scope[] = {"",	      "GLOBAL ",  "SESSION ",
					    "LOCAL ", "PERSIST ", "PERSIST_ONLY "};
	const struct ast_sys_var *v = AST_AS(sys_var, n);

	if (n->kind != AST_SYS_VAR) {
		ast_print_int_node(r, n);
		return;
	}
	s(r, scope[n->op]);
	qualified(r, v->base, v->name);
}

/* ON, ALL and BINARY stand for themselves; a column of that name could only be quoted. */
static void set_value(struct printer *r, const struct ast_node *n)
{
	const struct ast_column *c = AST_AS(column, n);

	if (n->kind == AST_COLUMN && !c->table.p &&
	    (str_ieqz(c->name, "ON") || str_ieqz(c->name, "ALL") || str_ieqz(c->name, "BINARY")))
		buf_str(r->out, c->name);
	else
		ast_print_int_node(r, n);
}

static void set_item(struct printer *r, const struct ast_set_item *n)
{
	if (n->n.op == AST_SET_VARIABLE) {
		set_target(r, n->target);
		s(r, " = ");
		set_value(r, n->value);
		return;
	}
	s(r, n->n.op == AST_SET_NAMES ? "NAMES " : "CHARACTER SET ");
	if (n->charset.p)
		ast_print_int_name(r, n->charset);
	else
		s(r, "DEFAULT");
	if (n->collate.p) {
		s(r, " COLLATE ");
		ast_print_int_name(r, n->collate);
	}
}

static void set_transaction(struct printer *r, const struct ast_set_transaction *n)
{
	static const char *const scope[] = {"",	      "GLOBAL ",  "SESSION ",
					    "LOCAL ", "PERSIST ", "PERSIST_ONLY "};
	static const char *const level[] = {"", "READ UNCOMMITTED", "READ COMMITTED",
					    "REPEATABLE READ", "SERIALIZABLE"};

	s(r, "SET ");
	s(r, scope[n->n.op]);
	s(r, "TRANSACTION");
	if (n->isolation) {
		s(r, " ISOLATION LEVEL ");
		s(r, level[n->isolation]);
	}
	if (n->access)
		s(r, n->isolation ? "," : "");
	if (n->access)
		s(r, n->access == KW_READ ? " READ ONLY" : " READ WRITE");
}

static void txn(struct printer *r, const struct ast_txn *n)
{
	static const char *const verb[] = {
		"BEGIN",	"START TRANSACTION",  "COMMIT", "ROLLBACK", "SAVEPOINT ",
		"ROLLBACK TO ", "RELEASE SAVEPOINT ", "XA "};
	static const struct {
		unsigned flag;
		const char *text;
	} options[] = {
		{AST_TXN_SNAPSHOT, " WITH CONSISTENT SNAPSHOT"},
		{AST_TXN_READ_ONLY, " READ ONLY"},
		{AST_TXN_READ_WRITE, " READ WRITE"},
		{AST_TXN_CHAIN, " AND CHAIN"},
		{AST_TXN_NO_CHAIN, " AND NO CHAIN"},
		{AST_TXN_RELEASE_CONN, " RELEASE"},
		{AST_TXN_NO_RELEASE, " NO RELEASE"},
	};
	bool comma = false;

	s(r, verb[n->n.op]);
	if (n->n.op == AST_TXN_XA)
		buf_str(r->out, n->name);
	else if (n->name.p)
		ast_print_int_name(r, n->name);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!(n->n.flags & options[i].flag))
			continue;
		s(r, comma && n->n.op == AST_TXN_START ? "," : "");
		s(r, options[i].text);
		comma = true;
	}
}

static void use(struct printer *r, const struct ast_use *n)
{
	s(r, "USE ");
	ast_print_int_name(r, n->target);
}

static void explain(struct printer *r, const struct ast_explain *n)
{
	static const char *const verb[] = {"EXPLAIN", "VEXPLAIN", "ANALYZE"};

	s(r, verb[n->n.op]);
	s(r, n->n.flags & AST_EXTENDED ? " EXTENDED" : "");
	s(r, n->n.flags & AST_PARTITIONS ? " PARTITIONS" : "");
	s(r, n->n.flags & AST_ANALYZE ? " ANALYZE" : "");
	if (n->format.p) {
		s(r, " FORMAT = ");
		ast_print_int_name(r, n->format);
	}
	ast_print_int_word_node(r, " FOR CONNECTION ", n->connection);
	ast_print_int_word_node(r, " ", n->statement);
	ast_print_int_word_node(r, " ", n->table);
	ast_print_int_word_node(r, " ", n->column);
}

/* Few kinds of expressions may stand there without parentheses. */
static void kill_id(struct printer *r, const struct ast_node *id)
{
	bool plain = id->kind == AST_LITERAL || id->kind == AST_USER_VAR ||
		     id->kind == AST_SYS_VAR || id->kind == AST_FUNC || id->kind == AST_SUBQUERY;

	s(r, plain ? "" : "(");
	ast_print_int_node(r, id);
	s(r, plain ? "" : ")");
}

static void kill(struct printer *r, const struct ast_kill *n)
{
	static const char *const what[] = {" ", " QUERY ", " QUERY ID ", " USER ", " QUERY USER "};

	s(r, "KILL");
	s(r, n->n.flags & AST_HARD ? " HARD" : "");
	s(r, n->n.flags & AST_SOFT ? " SOFT" : "");
	s(r, what[n->n.op]);
	if (n->n.op != AST_KILL_USER && n->n.op != AST_KILL_QUERY_USER) {
		kill_id(r, n->id);
		return;
	}
	if (!n->user.p) {
		s(r, "CURRENT_USER");
		return;
	}
	ast_print_int_quoted(r, n->user);
	if (n->host.p) {
		s(r, "@");
		ast_print_int_quoted(r, n->host);
	}
}

static void lock_table(struct printer *r, const struct ast_lock_table *n)
{
	static const char *const kind[] = {" READ", " READ LOCAL", " WRITE", " LOW_PRIORITY WRITE",
					   " WRITE CONCURRENT"};

	ast_print_int_node(r, n->table);
	s(r, kind[n->n.op]);
}

static void execute(struct printer *r, const struct ast_execute *n)
{
	s(r, "EXECUTE ");
	if (n->source)
		ast_print_int_word_node(r, "IMMEDIATE ", n->source);
	else
		ast_print_int_name(r, n->name);
	ast_print_int_clause(r, " USING ", &n->args);
}

static void show(struct printer *r, const struct ast_show *n)
{
	static const char *const words[] = {
		"",
#define X(name, text) text,
#include "sql/ast/shows.def"
#undef X
	};

	if (n->n.op == AST_SHOW_OTHER) {
		buf_str(r->out, n->text);
		return;
	}
	s(r, "SHOW ");
	s(r, n->n.flags & AST_EXTENDED ? "EXTENDED " : "");
	s(r, n->n.flags & AST_FULL ? "FULL " : "");
	s(r, n->n.flags & AST_GLOBAL ? "GLOBAL " : "");
	s(r, n->n.flags & AST_SESSION ? "SESSION " : "");
	s(r, words[n->n.op]);
	if (n->n.op == AST_SHOW_COLUMNS || n->n.op == AST_SHOW_INDEX) {
		s(r, " FROM ");
		qualified(r, n->db, n->object);
	} else if (n->n.op == AST_SHOW_VSCHEMA) {
		s(r, n->object.p ? " " : "");
		buf_str(r->out, n->object);
	} else if (n->object.p) {
		s(r, " ");
		qualified(r, n->db, n->object);
	}
	if (n->db.p && (!n->object.p || n->n.op == AST_SHOW_VSCHEMA)) {
		s(r, " FROM ");
		ast_print_int_name(r, n->db);
	}
	ast_print_int_word_node(r, " LIKE ", n->like);
	ast_print_int_word_node(r, " WHERE ", n->where);
	ast_print_int_word_node(r, " ", n->limit);
}

static void set_statement(struct printer *r, const struct ast_set_statement *n)
{
	ast_print_int_clause(r, "SET STATEMENT ", &n->items);
	ast_print_int_word_node(r, " FOR ", n->statement);
}

static void prepare(struct printer *r, const struct ast_prepare *n)
{
	s(r, "PREPARE ");
	ast_print_int_name(r, n->name);
	ast_print_int_word_node(r, " FROM ", n->source);
}

/* What is kept as text. */
static bool verbatim(struct printer *r, const struct ast_node *n)
{
	switch (n->kind) {
	case AST_LOAD:
		buf_str(r->out, AST_AS(load, n)->text);
		return true;
	case AST_ADMIN:
		buf_str(r->out, AST_AS(admin, n)->text);
		return true;
	case AST_DDL:
		buf_str(r->out, AST_AS(ddl, n)->text);
		return true;
	case AST_TEXT:
		buf_str(r->out, AST_AS(text, n)->text);
		return true;
	default:
		return false;
	}
}

static bool small(struct printer *r, const struct ast_node *n)
{
	switch (n->kind) {
	case AST_DO:
		ast_print_int_clause(r, "DO ", &AST_AS(do, n)->items);
		return true;
	case AST_SET:
		ast_print_int_clause(r, "SET ", &AST_AS(set, n)->items);
		return true;
	case AST_LOCK_TABLES:
		ast_print_int_clause(r, "LOCK TABLES ", &AST_AS(lock_tables, n)->items);
		s(r, AST_AS(lock_tables, n)->wait == KW_NOWAIT ? " NOWAIT" : "");
		ast_print_int_word_node(r, " WAIT ", AST_AS(lock_tables, n)->seconds);
		return true;
	case AST_UNLOCK:
		s(r, "UNLOCK TABLES");
		return true;
	case AST_DEALLOCATE:
		s(r, "DEALLOCATE PREPARE ");
		ast_print_int_name(r, AST_AS(deallocate, n)->name);
		return true;
	default:
		return false;
	}
}

bool ast_print_int_statement(struct printer *r, const struct ast_node *n)
{
#define CASE(KIND, name, fn)                                                                       \
	case AST_##KIND:                                                                           \
		fn(r, AST_AS(name, n));                                                            \
		return true
	switch (n->kind) {
		CASE(INSERT, insert, insert);
		CASE(UPDATE, update, update);
		CASE(DELETE, delete, delete);
		CASE(CALL, call, call);
		CASE(HANDLER, handler, handler);
		CASE(SET_ITEM, set_item, set_item);
		CASE(SET_TRANSACTION, set_transaction, set_transaction);
		CASE(SET_STATEMENT, set_statement, set_statement);
		CASE(TXN, txn, txn);
		CASE(USE, use, use);
		CASE(EXPLAIN, explain, explain);
		CASE(KILL, kill, kill);
		CASE(LOCK_TABLE, lock_table, lock_table);
		CASE(PREPARE, prepare, prepare);
		CASE(EXECUTE, execute, execute);
		CASE(SHOW, show, show);
	default:
		return small(r, n) || ast_print_int_ddl(r, n) || ast_print_int_table(r, n) ||
		       verbatim(r, n);
	}
#undef CASE
}
