/* health - METHOD_HEALTH: sends watchers the state of the tablet, at once, at each change and
 * every second. Thread: one worker. */
#ifndef QUERY_HEALTH_H
#define QUERY_HEALTH_H
#include "src/base/str.h"

struct query_worker;
struct rpc_reply;

void health_start(void *arg, struct rpc_reply *r, struct str request);
/* Sends a message to each watcher; a watcher that is too slow misses some. */
void health_send_all(struct query_worker *q);
#endif
