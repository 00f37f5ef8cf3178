/* plan_admin - server administration: refused with error 1227. The servers' privileges are the wall
 * (the tablet's user has none beyond the keyspace's database), this is the second one: it names the
 * cause before anything is sent. */
#include <string.h>

#include "gate/plan/plan_int.h"
#include "sql/lex/keyword.h"

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

static const char *privilege_of(const struct ast_node *n)
{
	switch (n->kind) {
	case AST_TEXT:
		return privilege_of_text(AST_AS(text, n)->keyword);
	case AST_DDL:
		return AST_AS(ddl, n)->object == KW_SERVER ? "FEDERATED ADMIN" : NULL;
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

int plan_admin_check(struct planner *p)
{
	const char *privilege = privilege_of(p->tree);

	if (!privilege)
		return 0;
	return err_set_mysql(
		p->e, ERR_DENIED, 1227, "42000",
		"Access denied; you need (at least one of) the %s privilege(s) for this "
		"operation",
		privilege);
}
