#include "tablet/mysqld/control_conn.h"

#include <mysql.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/buf.h"

struct control_conn {
	MYSQL *my; /* owned */
};

static int remote_error(MYSQL *my, struct err *e)
{
	return err_set_mysql(
		e, mysql_errno(my) >= 2000 && mysql_errno(my) < 3000 ? ERR_UNAVAILABLE : ERR_REMOTE,
		mysql_errno(my), mysql_sqlstate(my), "%s", mysql_error(my));
}

int control_conn_library_init(struct err *e)
{
	return mysql_server_init(0, NULL, NULL) ? err_set(e, ERR_NOMEM, "libmariadb does not start")
						: 0;
}

struct control_conn *control_conn_open(const struct control_login *l, struct err *e)
{
	struct control_conn *c = calloc(1, sizeof(*c));
	unsigned timeout = l->timeout_s ? l->timeout_s : 10;
	unsigned char no = 0;

	if (!c || !(c->my = mysql_init(NULL))) {
		free(c);
		err_set(e, ERR_NOMEM, "out of memory for a connection to mysqld");
		return NULL;
	}
	mysql_options(c->my, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
	mysql_options(c->my, MYSQL_OPT_READ_TIMEOUT, &timeout);
	mysql_options(c->my, MYSQL_OPT_WRITE_TIMEOUT, &timeout);
	mysql_options(c->my, MYSQL_OPT_RECONNECT, &no);
	mysql_options(c->my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (!mysql_real_connect(c->my, l->socket ? NULL : l->host, l->user,
				l->password ? l->password : "", l->database,
				l->socket ? 0 : l->port, l->socket, CLIENT_MULTI_STATEMENTS)) {
		remote_error(c->my, e);
		control_conn_close(c);
		return NULL;
	}
	return c;
}

void control_conn_close(struct control_conn *c)
{
	if (!c)
		return;
	mysql_close(c->my);
	free(c);
}

/* Hands the current result's rows out, then throws away whatever else there is. */
static int take_results(struct control_conn *c, control_row_fn fn, void *arg, struct err *e)
{
	int more;

	do {
		MYSQL_RES *res = mysql_store_result(c->my);
		MYSQL_ROW row;

		if (!res && mysql_errno(c->my))
			return remote_error(c->my, e);
		while (res && fn && (row = mysql_fetch_row(res)))
			if (!fn(arg, mysql_num_fields(res), row, mysql_fetch_lengths(res)))
				break;
		mysql_free_result(res);
		fn = NULL;
		more = mysql_next_result(c->my);
	} while (more == 0);
	return more > 0 ? remote_error(c->my, e) : 0;
}

int control_conn_query(struct control_conn *c, const char *sql, control_row_fn fn, void *arg,
		       struct err *e)
{
	if (mysql_real_query(c->my, sql, (unsigned long)strlen(sql)))
		return remote_error(c->my, e);
	return take_results(c, fn, arg, e);
}

int control_conn_exec(struct control_conn *c, struct err *e, const char *fmt, ...)
{
	struct buf b;
	va_list ap;
	int rc = -1;

	buf_init(&b);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (buf_cstr(&b))
		rc = control_conn_query(c, buf_cstr(&b), NULL, NULL, e);
	else
		err_set(e, ERR_NOMEM, "out of memory");
	buf_fini(&b);
	return rc;
}

struct first_value {
	char *out;
	size_t room;
};

static bool take_first(void *arg, unsigned columns, char **text, const unsigned long *len)
{
	struct first_value *v = arg;

	(void)len;
	if (columns && text[0])
		snprintf(v->out, v->room, "%s", text[0]);
	return false;
}

int control_conn_value(struct control_conn *c, const char *sql, char *out, size_t room,
		       struct err *e)
{
	struct first_value v = {out, room};

	out[0] = 0;
	return control_conn_query(c, sql, take_first, &v, e);
}

int control_conn_valuef(struct control_conn *c, char *out, size_t room, struct err *e,
			const char *fmt, ...)
{
	struct buf b;
	va_list ap;
	int rc = -1;

	buf_init(&b);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (buf_cstr(&b))
		rc = control_conn_value(c, buf_cstr(&b), out, room, e);
	else
		err_set(e, ERR_NOMEM, "out of memory");
	buf_fini(&b);
	return rc;
}

int control_conn_script(struct control_conn *c, struct str sql, struct err *e)
{
	if (!str_trim(sql).n)
		return 0;
	if (mysql_real_query(c->my, sql.p, (unsigned long)sql.n))
		return remote_error(c->my, e);
	return take_results(c, NULL, NULL, e);
}
