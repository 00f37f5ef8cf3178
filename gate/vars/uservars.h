/* uservars - user variables (@x). The gate keeps them for the connection, as SQL literals.
 * Thread: the session's worker. */
#ifndef VARS_USERVARS_H
#define VARS_USERVARS_H
#include <stddef.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct arena;
struct buf;
struct session_vars;

/* Sets @name to SQL literal @literal. -1: out of memory. */
int uservars_set(struct session_vars *v, struct str name, const char *literal) MUST_CHECK;
/* "SET @`a`=1,@`b`='x'" for all variables of the connection, in @a; empty when it has none. */
int uservars_statement(const struct session_vars *v, struct arena *a, struct str *out,
		       struct err *e) MUST_CHECK;
/* Appends @`name`, quoted. */
void uservars_put_name(struct buf *b, struct str name);
#endif
