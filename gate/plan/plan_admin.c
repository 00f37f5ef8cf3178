/* plan_admin - server administration: for users with the right `admin` it goes to one server, else it
 * is refused with error 1227. The servers' privileges are the wall (the tablet's user has none beyond
 * the keyspace's database), this is the second one: it names the cause before anything is sent. */
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
static bool flush_locks(struct str text)
{
	static const char *const words[] = {" READ LOCK", " FOR EXPORT"};

	for (size_t i = 0; i + 10 <= text.n; i++)
		for (size_t k = 0; k < 2; k++)
			if (str_ieq(str_make(text.p + i, strlen(words[k])), str_of(words[k])))
				return true;
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

static const char *privilege_of(const struct ast_node *n)
{
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
		return AST_AS(admin, n)->tables.n && !flush_locks(AST_AS(admin, n)->text)
			       ? NULL
			       : "RELOAD";
	default:
		return NULL;
	}
}

static bool holds_locks(const struct ast_node *n)
{
	if (n->kind == AST_TEXT)
		return AST_AS(text, n)->keyword == KW_BACKUP;
	return n->kind == AST_ADMIN && flush_locks(AST_AS(admin, n)->text);
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
	if (holds_locks(p->tree))
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

/* Whether a stored program or compound statement has a KILL in it, a reserved word. Servers let an
 * account kill its own threads, and the tablet's account has those of all clients. */
static bool kills(struct planner *p)
{
	const struct planner_input *in = p->in;
	bool after_dot = false;
	struct lex_token t;
	struct lex l;

	if (p->tree->kind != AST_TEXT && p->tree->kind != AST_DDL)
		return false;
	lex_init(&l, &in->context->lex, str_make(in->text.p, in->fp->end), (uint32_t)in->fp->start);
	for (lex_next(&l, &t); t.kind != LEX_EOF && t.kind != LEX_ERROR; lex_next(&l, &t)) {
		struct str word = lex_text(&l, &t);

		if (t.kind == LEX_WORD && !after_dot && keyword_find(word.p, word.n).kw == KW_KILL)
			return true;
		after_dot = t.kind == '.';
	}
	return false;
}

int plan_admin_build(struct planner *p)
{
	const char *privilege = kills(p) ? "CONNECTION ADMIN" : privilege_of(p->tree);

	if (!privilege)
		return 0;
	if (p->in->context->admin)
		return administer(p);
	return err_set_mysql(
		p->e, ERR_DENIED, 1227, "42000",
		"Access denied; you need (at least one of) the %s privilege(s) for this "
		"operation",
		privilege);
}
