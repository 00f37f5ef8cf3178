/* control - METHOD_CONTROL: work on the tablet's mysqld that operators and the keeper ask for, done
 * on blocking threads; answers are JSON. @arg is the query_worker. */
#ifndef MANAGER_CONTROL_H
#define MANAGER_CONTROL_H
#include <stdbool.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

struct mysqld_role;
struct rpc_reply;
struct tablet;

void control_start(void *arg, struct rpc_reply *r, struct str request);
/* Makes mysqld what @role says and waits until it is. Blocks. */
int control_make_role(struct tablet *t, const struct mysqld_role *role, struct err *e) MUST_CHECK;
/* Makes mysqld what @role says, waits until it is, and serves as @type from then on. Serving as
 * primary ends at once. Blocks. */
int control_set_role(struct tablet *t, int type, const struct mysqld_role *role, uint64_t term,
		     struct err *e) MUST_CHECK;
#endif
