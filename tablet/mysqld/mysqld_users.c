#include "tablet/mysqld/mysqld_users.h"

#include <stdio.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/log.h"
#include "tablet/mysqld/control_conn.h"

/* What an application does inside its database. Nothing that is global (all of them reach beyond
 * the database, or past read_only), so no definer of a view or routine has more than its caller. */
#define APP_PRIVILEGES                                                                             \
	"SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, "                 \
	"CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, "  \
	"ALTER ROUTINE, EVENT, TRIGGER"

static int is_mariadb(struct control_conn *c, bool *out, struct err *e)
{
	char version[128];

	if (control_conn_value(c, "SELECT VERSION()", version, sizeof(version), e) < 0)
		return -1;
	*out = strstr(version, "MariaDB") != NULL;
	return 0;
}

/* Every user may change his own password (SET PASSWORD), and a statement of an application runs as
 * ours: on MariaDB the statement changes the first of two alternatives, which serves for nothing
 * but that, and the tablet goes on to log in with the second. Locked, until it has its privileges.
 */
static int create_user(struct control_conn *c, bool mariadb, const char *user, const char *host,
		       const char *password, struct err *e)
{
	if (mariadb)
		return control_conn_exec(c, e,
					 "CREATE OR REPLACE USER '%s'@'%s' IDENTIFIED VIA "
					 "mysql_native_password USING 'invalid' OR "
					 "mysql_native_password USING PASSWORD('%s') ACCOUNT LOCK",
					 user, host, password);
	if (control_conn_exec(c, e, "DROP USER IF EXISTS '%s'@'%s'", user, host) < 0)
		return -1;
	return control_conn_exec(c, e, "CREATE USER '%s'@'%s' IDENTIFIED BY '%s' ACCOUNT LOCK",
				 user, host, password);
}

/* In a GRANT the name of a database is a pattern. */
static void escape_pattern(const char *name, char *out, size_t room)
{
	size_t n = 0;

	for (; *name && n + 2 < room; name++) {
		if (*name == '_' || *name == '%')
			out[n++] = '\\';
		out[n++] = *name;
	}
	out[n] = 0;
}

static int set_up_app(struct control_conn *c, bool mariadb, const struct mysqld_users *u,
		      struct err *e)
{
	char pattern[200];

	escape_pattern(u->database, pattern, sizeof(pattern));
	if (create_user(c, mariadb, MYSQLD_USER_APP, "localhost", u->app_password, e) < 0)
		return -1;
	if (control_conn_exec(c, e, "GRANT " APP_PRIVILEGES "%s ON `%s`.* TO '%s'@'localhost'",
			      mariadb ? ", DELETE HISTORY" : "", pattern, MYSQLD_USER_APP) < 0)
		return -1;
	return control_conn_exec(c, e, "ALTER USER '%s'@'localhost' ACCOUNT UNLOCK",
				 MYSQLD_USER_APP);
}

/* For statements of gate users that may administer. It reads and writes no files of the machine. */
static int set_up_admin(struct control_conn *c, bool mariadb, const struct mysqld_users *u,
			struct err *e)
{
	if (create_user(c, mariadb, MYSQLD_USER_ADMIN, "localhost", u->admin_password, e) < 0 ||
	    control_conn_exec(
		    c, e, "GRANT ALL PRIVILEGES ON *.* TO '%s'@'localhost' WITH GRANT OPTION",
		    MYSQLD_USER_ADMIN) < 0 ||
	    control_conn_exec(c, e, "REVOKE FILE ON *.* FROM '%s'@'localhost'",
			      MYSQLD_USER_ADMIN) < 0)
		return -1;
	return control_conn_exec(c, e, "ALTER USER '%s'@'localhost' ACCOUNT UNLOCK",
				 MYSQLD_USER_ADMIN);
}

/* Replicas of other machines log in; a MariaDB before 10.4 or a MySQL as a replica could not send
 * the second of two passwords, so there is one. */
static int set_up_repl(struct control_conn *c, const struct mysqld_users *u, struct err *e)
{
	if (control_conn_exec(c, e, "DROP USER IF EXISTS '%s'@'%%'", MYSQLD_USER_REPL) < 0)
		return -1;
	if (!u->repl_password[0])
		return 0;
	if (control_conn_exec(c, e, "CREATE USER '%s'@'%%' IDENTIFIED BY '%s'", MYSQLD_USER_REPL,
			      u->repl_password) < 0)
		return -1;
	return control_conn_exec(c, e,
				 "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO '%s'@'%%'",
				 MYSQLD_USER_REPL);
}

/* Who has the socket and the operating system's word for his name. */
static int set_up_administrator(struct control_conn *c, const char *user, struct err *e)
{
	if (control_conn_exec(c, e, "CREATE USER IF NOT EXISTS '%s'@'localhost'", user) < 0 ||
	    control_conn_exec(c, e, "ALTER USER '%s'@'localhost' IDENTIFIED VIA unix_socket",
			      user) < 0)
		return -1;
	return control_conn_exec(
		c, e, "GRANT ALL PRIVILEGES ON *.* TO '%s'@'localhost' WITH GRANT OPTION", user);
}

static bool take_name(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct buf *b = arg;

	if (columns && text[0]) {
		if (b->len)
			buf_puts(b, ", ");
		buf_append(b, text[0], len[0]);
	}
	return true;
}

/* Drops what anybody could log in with. An account that an administrator made, with a password,
 * stays. */
static int drop_open_accounts(struct control_conn *c, const char *os_user, struct err *e)
{
	struct buf names, query;
	int rc = -1;

	buf_init(&names);
	buf_init(&query);
	buf_printf(&query,
		   "SELECT CONCAT(QUOTE(User), '@', QUOTE(Host)) FROM mysql.global_priv"
		   " WHERE COALESCE(JSON_VALUE(Priv, '$.is_role'), 0) = 0"
		   " AND COALESCE(JSON_VALUE(Priv, '$.account_locked'), 0) = 0"
		   " AND (User = '' OR (User = 'root' AND Host <> 'localhost')"
		   " OR (User = 'mysql' AND User <> '%s' AND Host = 'localhost')"
		   " OR (COALESCE(JSON_VALUE(Priv, '$.plugin'), '') IN"
		   " ('', 'mysql_native_password', 'mysql_old_password')"
		   " AND COALESCE(JSON_VALUE(Priv, '$.authentication_string'), '') = ''))",
		   os_user);
	if (!buf_cstr(&query)) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	if (control_conn_query(c, buf_cstr(&query), take_name, &names, e) < 0)
		goto out;
	rc = 0;
	if (!names.len)
		goto out;
	if (!buf_cstr(&names)) {
		rc = err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	log_info("tablet.mysqld", "event=drop_users reason=\"no password\" users=%s",
		 buf_cstr(&names));
	rc = control_conn_exec(c, e, "DROP USER %s", buf_cstr(&names));
out:
	buf_fini(&names);
	buf_fini(&query);
	return rc;
}

static int set_up_own(struct control_conn *c, const char *os_user, struct err *e)
{
	if (set_up_administrator(c, "root", e) < 0 ||
	    (strcmp(os_user, "root") != 0 && set_up_administrator(c, os_user, e) < 0))
		return -1;
	return drop_open_accounts(c, os_user, e);
}

int mysqld_users_set_up(struct control_conn *c, const struct mysqld_users *u, struct err *e)
{
	bool mariadb;

	if (is_mariadb(c, &mariadb, e) < 0 ||
	    control_conn_exec(c, e, "SET SESSION sql_log_bin=0") < 0 ||
	    set_up_app(c, mariadb, u, e) < 0 || set_up_admin(c, mariadb, u, e) < 0 ||
	    set_up_repl(c, u, e) < 0 ||
	    /* An administrator of older versions, with a password. */
	    control_conn_exec(c, e, "DROP USER IF EXISTS 'sluice_dba'@'localhost'") < 0 ||
	    (u->os_user && set_up_own(c, u->os_user, e) < 0))
		return err_wrap(e, "users of the tablet");
	return control_conn_exec(c, e, "SET SESSION sql_log_bin=1");
}
