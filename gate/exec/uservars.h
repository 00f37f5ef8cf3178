/* uservars - user variables (@x). The gate keeps them for the session, as SQL literals; a statement
 * that names some has them set on its connection first, and those it may have changed are read back
 * after it.  */
#ifndef EXEC_USERVARS_H
#define EXEC_USERVARS_H
#include <stddef.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct ProtobufCBinaryData;
struct query;
struct session;

/* A SET statement for all variables of the session, for ExecuteRequest.before; *count may be 0. */
int uservars_statements(struct query *q, struct ProtobufCBinaryData **out, size_t *count,
			struct err *e) MUST_CHECK;
/* Reads the variables that the plan's statement names back, then calls @then. */
void uservars_read_back(struct query *q, void (*then)(struct query *q));
/* Sets @name to SQL literal @literal. -1: out of memory. */
int uservars_set(struct session *s, struct str name, const char *literal) MUST_CHECK;
/* Its literal; "NULL" when it was never set. */
const char *uservars_get(const struct session *s, struct str name);
#endif
