/* plan_admin - server administration: for users with the right `admin` it goes to one server, else
 * it is refused with error 1227. The servers' privileges are the wall (the tablet's user has none
 * beyond the keyspace's database), this is the second one: it names the cause before anything is
 * sent. */
#include <string.h>

#include "gate/plan/plan_int.h"
#include "sql/lex/keyword.h"
#include "sql/lex/lex.h"
#include "topo/graph.h"

/* Statements of one server's administration, by their first keyword. */
static const char *privilege_of_text(uint32_t keyword)
{
	switch (keyword) {
	case KW_BACKUP:
	case KW_CLONE:
		return "RELOAD";
	case KW_RESET:
	case KW_PURGE:
	case KW_CHANGE:
	case KW_START:
	case KW_STOP:
	case KW_BINLOG:
		return "SUPER, REPLICATION SLAVE ADMIN, BINLOG ADMIN";
	case KW_INSTALL:
	case KW_UNINSTALL:
	case KW_SHUTDOWN:
	case KW_RESTART:
	case KW_CACHE:
		return "SUPER, SHUTDOWN";
	case KW_SET: /* SET PASSWORD, SET ROLE, SET DEFAULT ROLE */
	case KW_PASSWORD:
	case KW_GRANT:
	case KW_REVOKE:
		return "CREATE USER";
	default:
		return NULL;
	}
}

/* FLUSH that holds something until it is undone would hold it on a pooled connection. */
static bool flush_locks(struct planner *p, struct str text)
{
	struct lex_token t;
	struct lex l;

	lex_init(&l, &p->in->context->lex, text, 0);
	for (lex_next(&l, &t); t.kind != LEX_EOF && t.kind != LEX_ERROR; lex_next(&l, &t)) {
		struct str word = lex_text(&l, &t);

		if (t.kind == LEX_WORD && (str_ieqz(word, "lock") || str_ieqz(word, "export")))
			return true;
	}
	return false;
}

static const char *privilege_of_object(uint32_t keyword)
{
	switch (keyword) {
	case KW_SERVER:
		return "FEDERATED ADMIN";
	case KW_USER:
	case KW_ROLE:
		return "CREATE USER";
	default:
		return NULL;
	}
}

/* SET GLOBAL alone: what is mixed with variables of the session is neither. */
static bool sets_global(const struct ast_set *set)
{
	for (uint32_t i = 0; i < set->items.n; i++) {
		const struct ast_node *target = AST_AS(set_item, set->items.v[i])->target;

		if (!target || target->kind != AST_SYS_VAR ||
		    (target->op != AST_SCOPE_GLOBAL && target->op != AST_SCOPE_PERSIST &&
		     target->op != AST_SCOPE_PERSIST_ONLY))
			return false;
	}
	return set->items.n > 0;
}

static const char *privilege_of(struct planner *p)
{
	const struct ast_node *n = p->tree;

	switch (n->kind) {
	case AST_TEXT:
		return privilege_of_text(AST_AS(text, n)->keyword);
	case AST_DDL:
		return privilege_of_object(AST_AS(ddl, n)->object);
	case AST_SET:
		return sets_global(AST_AS(set, n)) ? "SUPER" : NULL;
	case AST_ADMIN:
		if (n->op != AST_ADMIN_FLUSH)
			return NULL;
		return AST_AS(admin, n)->tables.n && !flush_locks(p, AST_AS(admin, n)->text)
			       ? NULL
			       : "RELOAD";
	default:
		return NULL;
	}
}

static bool holds_locks(struct planner *p)
{
	const struct ast_node *n = p->tree;

	if (n->kind == AST_TEXT)
		return AST_AS(text, n)->keyword == KW_BACKUP;
	return n->kind == AST_ADMIN && flush_locks(p, AST_AS(admin, n)->text);
}

/* One server: that of an unsharded keyspace, or of the shard that the session has chosen. */
static int administer(struct planner *p)
{
	const struct graph_keyspace *ks = p->session_keyspace;

	if (!ks)
		return err_set(p->e, ERR_NO_DB, "No database selected");
	if (ks->sharded && !p->in->context->shard[0])
		return planner_unsupported(p, "administration of all servers of a sharded keyspace "
					      "at once: choose one (USE `ks:-80`)");
	if (holds_locks(p))
		return planner_unsupported(p, "locks of a whole server: they would end with the "
					      "statement");
	if (p->in->context->prepared)
		return err_set_mysql(p->e, ERR_UNSUPPORTED, 1295, "HY000",
				     "This command is not supported in the prepared statement "
				     "protocol yet");
	p->plan->kind = PLAN_QUERY;
	p->plan->keyspace = ks;
	p->plan->flags = PLAN_ADMIN | PLAN_NO_CACHE | PLAN_IMPLICIT_COMMIT;
	return planner_route(p, ROUTE_ANY) ? 1 : -1;
}

/* What the words of a stored program or compound statement need that clients do not have, although
 * the tablet's account, which all of them share, has it: a server lets an account see and end its
 * own threads, change its own password, and drop a database that it has all rights on. NULL:
 * nothing. (Texts that such a program puts together when it runs are not seen here.) */
static const char *privilege_of_words(const struct planner_input *in)
{
	enum keyword before = KW_NONE;
	bool after_dot = false; /* the word is a name */
	struct lex_token t;
	struct lex l;

	lex_init(&l, &in->context->lex, str_make(in->text.p, in->fp->end), (uint32_t)in->fp->start);
	for (lex_next(&l, &t); t.kind != LEX_EOF && t.kind != LEX_ERROR; lex_next(&l, &t)) {
		struct str word = lex_text(&l, &t);
		enum keyword kw = KW_NONE;

		if ((t.kind == LEX_WORD && str_ieqz(word, "processlist")) ||
		    (t.kind == LEX_QUOTED && word.n > 2 &&
		     str_ieqz(str_make(word.p + 1, word.n - 2), "processlist")))
			return "PROCESS";
		if (t.kind == LEX_WORD && !after_dot)
			kw = keyword_find(word.p, word.n).kw;
		after_dot = t.kind == '.';
		if (kw == KW_KILL)
			return "CONNECTION ADMIN";
		if (kw == KW_PASSWORD && before == KW_SET)
			return "CREATE USER";
		if ((kw == KW_DATABASE || kw == KW_SCHEMA) &&
		    (before == KW_DROP || before == KW_ALTER || before == KW_CREATE ||
		     before == KW_REPLACE))
			return "SUPER";
		before = kw;
	}
	return NULL;
}

/* Whether something is made, or run, that has statements in it. */
static bool is_program(const struct ast_node *n)
{
	if (n->kind != AST_DDL)
		return n->kind == AST_TEXT;
	switch (AST_AS(ddl, n)->object) {
	case KW_PROCEDURE:
	case KW_FUNCTION:
	case KW_TRIGGER:
	case KW_EVENT:
	case KW_PACKAGE:
	case KW_VIEW:
		return true;
	default:
		return false;
	}
}

static int denied(struct planner *p, const char *privilege)
{
	return err_set_mysql(
		p->e, ERR_DENIED, 1227, "42000",
		"Access denied; you need (at least one of) the %s privilege(s) for this "
		"operation",
		privilege);
}

int plan_admin_check_words(struct planner *p)
{
	const char *privilege = privilege_of_words(p->in);

	return privilege ? denied(p, privilege) : 0;
}

int plan_admin_build(struct planner *p)
{
	const char *privilege = is_program(p->tree) ? privilege_of_words(p->in) : NULL;

	if (!privilege)
		privilege = privilege_of(p);
	if (!privilege)
		return 0;
	if (p->in->context->admin)
		return administer(p);
	return denied(p, privilege);
}
