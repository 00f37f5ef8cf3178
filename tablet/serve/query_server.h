/* query_server - serves gates on one worker: the method table, what is done every 100 ms, draining. */
#ifndef SERVE_QUERY_SERVER_H
#define SERVE_QUERY_SERVER_H
#include "src/base/err.h"

struct query_limits;
struct query_worker;
struct tablet;
struct worker;

/* Before the worker runs. The socket is mysqld's; strings are borrowed. NULL with @e. */
struct query_worker *query_server_new(struct worker *w, struct tablet *t,
				      const struct query_limits *l, struct err *e);
/* Takes no new connections, statements and sessions, and tells the watchers; what is under way
 * and open transactions go on. On its worker. */
void query_server_drain(struct query_worker *q);
/* On its worker, or when that has ended. Everything under way is cut off. NULL is fine. */
void query_server_free(struct query_worker *q);
/* The tablet's state changed: health streams are told soon. Any thread. */
void query_server_notify(struct query_worker *q);
#endif
