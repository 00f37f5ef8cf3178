/* health - METHOD_HEALTH: tells those who watch how the tablet is, at once, at each change and
 * every second. Thread: one worker. */
#ifndef QUERY_HEALTH_H
#define QUERY_HEALTH_H
#include "src/base/str.h"

struct query_worker;
struct rpc_reply;

void health_start(void *arg, struct rpc_reply *r, struct str request);
/* A message to each; whoever does not take them as fast as they come misses some. */
void health_send_all(struct query_worker *q);
#endif
