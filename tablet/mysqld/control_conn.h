/* control_conn - a blocking connection to the tablet's mysqld for control work, on
 * mariadb-connector-c; the only user of its headers. For blocking threads; one thread at a time. */
#ifndef MYSQLD_CONTROL_CONN_H
#define MYSQLD_CONTROL_CONN_H
#include <stdbool.h>
#include <stddef.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct control_conn;

struct control_login {
	const char *socket, *host; /* socket wins; host with port else */
	unsigned port;
	const char *user, *password, *database; /* password and database may be NULL */
	unsigned timeout_s;			/* for connecting, reading and writing */
};

/* Once per process, before threads start. */
int control_conn_library_init(struct err *e) MUST_CHECK;
/* NULL with @e (ERR_UNAVAILABLE, or ERR_REMOTE with the server's errno). */
struct control_conn *control_conn_open(const struct control_login *l, struct err *e);
void control_conn_close(struct control_conn *c); /* NULL is fine */

/* @columns texts (NULL: SQL NULL) with their lengths; return false to stop. */
typedef bool (*control_row_fn)(void *arg, unsigned columns, char **text, const unsigned long *len);
/* Runs one statement; rows, if any, go to @fn (may be NULL). */
int control_conn_query(struct control_conn *c, const char *sql, control_row_fn fn, void *arg,
		       struct err *e) MUST_CHECK;
/* The same with printf formatting of the statement; values must be quoted by the caller. */
int control_conn_exec(struct control_conn *c, struct err *e, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* The first column of the first row into @out, cut to @room; "" when there is none or NULL. */
int control_conn_value(struct control_conn *c, const char *sql, char *out, size_t room,
		       struct err *e) MUST_CHECK;
/* The same with printf formatting of the statement; values must be quoted by the caller. */
int control_conn_valuef(struct control_conn *c, char *out, size_t room, struct err *e,
			const char *fmt, ...) PRINTF_LIKE(5, 6);
/* Several statements separated by ';', all results thrown away; stops at the first error. */
int control_conn_script(struct control_conn *c, struct str sql, struct err *e) MUST_CHECK;
#endif
