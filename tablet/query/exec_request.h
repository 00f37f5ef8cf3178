/* exec_request - the RPC handlers of METHOD_EXECUTE, METHOD_PREPARE and METHOD_FINISH; @arg is the
 * query_worker. */
#ifndef QUERY_EXEC_REQUEST_H
#define QUERY_EXEC_REQUEST_H
#include "src/base/str.h"

struct rpc_reply;

void exec_request_execute(void *arg, struct rpc_reply *r, struct str request);
void exec_request_prepare(void *arg, struct rpc_reply *r, struct str request);
void exec_request_finish(void *arg, struct rpc_reply *r, struct str request);
#endif
