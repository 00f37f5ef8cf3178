#include "src/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *sqlstate;
	uint16_t mysql_errno;
} err_table[ERR_COUNT] = {
#define X(name, mysql_errno, sqlstate, text) [name] = {#name, sqlstate, mysql_errno},
#include "src/base/errcodes.def"
#undef X
};

static void fill(struct err *e, enum err_code code, unsigned mysql_errno, const char *sqlstate,
		 const char *fmt, va_list ap)
{
	e->code = code;
	e->mysql_errno = (uint16_t)mysql_errno;
	snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", sqlstate);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
}

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	fill(e, code, err_table[code].mysql_errno, err_table[code].sqlstate, fmt, ap);
	va_end(ap);
	return -1;
}

int err_set_mysql(struct err *e, enum err_code code, unsigned mysql_errno, const char *sqlstate,
		  const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	fill(e, code, mysql_errno, sqlstate, fmt, ap);
	va_end(ap);
	return -1;
}

int err_set_errno(struct err *e, enum err_code code, int errno_value, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	if (!e)
		return -1;
	va_start(ap, fmt);
	fill(e, code, err_table[code].mysql_errno, err_table[code].sqlstate, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", strerror(errno_value));
	return -1;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	char old[sizeof(e->msg)];
	va_list ap;
	size_t n;

	if (!e)
		return -1;
	memcpy(old, e->msg, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", old);
	return -1;
}

void err_clear(struct err *e)
{
	if (!e)
		return;
	e->code = ERR_OK;
	e->mysql_errno = 0;
	memcpy(e->sqlstate, "00000", sizeof(e->sqlstate));
	e->msg[0] = '\0'; /* the rest of it is as good as gone; this is called for each statement */
}

const char *err_name(enum err_code code)
{
	return code >= 0 && code < ERR_COUNT ? err_table[code].name : "ERR_INTERNAL";
}

enum err_code err_from_name(const char *name)
{
	for (int i = 0; i < ERR_COUNT; i++)
		if (!strcmp(err_table[i].name, name))
			return (enum err_code)i;
	return ERR_INTERNAL;
}
