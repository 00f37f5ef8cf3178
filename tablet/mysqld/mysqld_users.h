/* mysqld_users - the accounts in a tablet's mysqld: one for each purpose, each with the least rights
 * that its purpose needs, and in a mysqld of our own nothing else to log in with from a distance. All
 * is safe to repeat. For blocking threads. */
#ifndef MYSQLD_MYSQLD_USERS_H
#define MYSQLD_MYSQLD_USERS_H
#include <stdbool.h>

#include "src/base/err.h"

struct control_conn;

enum { MYSQLD_PASSWORD = 41 };

#define MYSQLD_USER_APP "sluice_app"
#define MYSQLD_USER_ADMIN "sluice_admin"
#define MYSQLD_USER_REPL "sluice_repl"

struct mysqld_users {
	const char *database;	   /* all that the app user may work in */
	const char *app_password;  /* made fresh at each start, as is admin_password */
	const char *admin_password;
	const char *repl_password; /* what replicas log in with; empty: no replica does */
	/* The operating system's name of the tablet's user, who administers a mysqld of our own over
	 * its socket; NULL: somebody else runs the mysqld, and its other accounts are theirs. */
	const char *os_user;
};

/* Creates the accounts anew, on this server alone (not in the binary log): what older versions, or
 * statements of users, gave them is gone. In a mysqld of our own root and @os_user log in by
 * unix_socket only, and accounts without a name or without a password are dropped. */
int mysqld_users_set_up(struct control_conn *c, const struct mysqld_users *u,
			struct err *e) MUST_CHECK;
#endif
