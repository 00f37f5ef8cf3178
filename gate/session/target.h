/* target - "ks", "ks:-80", "ks/-80", "ks@replica", "ks:-80@replica", "@replica" checked against the
 * catalog. */
#ifndef SESSION_TARGET_H
#define SESSION_TARGET_H
#include <stddef.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct catalog;
struct session_target;

/* ERR_BAD_DB: no such keyspace or shard, or a tablet type nobody knows. @catalog may be NULL: then
 * nothing is known yet (ERR_UNAVAILABLE). */
int target_parse(struct str text, const struct catalog *catalog, struct session_target *out,
		 struct err *e) MUST_CHECK;
/* "ks:-80@replica" into @out (room for 160). */
void target_print(const struct session_target *t, char *out, size_t room);
#endif
