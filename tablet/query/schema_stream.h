/* schema_stream - METHOD_SCHEMA: sends the newest snapshot; @arg is the query_worker. */
#ifndef QUERY_SCHEMA_STREAM_H
#define QUERY_SCHEMA_STREAM_H
#include "src/base/str.h"

struct rpc_reply;

void schema_stream_start(void *arg, struct rpc_reply *r, struct str request);
#endif
