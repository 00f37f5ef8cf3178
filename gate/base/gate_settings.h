/* gate_settings - what the options of sluice-gate set. Immutable after start. */
#ifndef BASE_GATE_SETTINGS_H
#define BASE_GATE_SETTINGS_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"
#include "src/net/worker.h"
#include "src/rpc/rpc_trust.h"

/* How long a session may take or leave something alone; microseconds, 0: without end. */
struct gate_limits {
	int64_t query_us;     /* a statement (but for changes of the schema) */
	int64_t idle_us;      /* nothing comes from the client */
	int64_t net_write_us; /* the client takes nothing of its answer */
};

/* Filled from the options by src/main/gate.c. Strings live as long as the gate. */
struct gate_settings {
	const char *mysql_address, *mysql_socket; /* listeners; either may be NULL */
	const char *server_version;		  /* sent in the greeting */
	const char *cell;
	const char *default_keyspace;			 /* NULL: none until USE */
	int64_t workers, max_connections, max_statement; /* bytes of one statement */
	int64_t statement_memory;			 /* bytes of one statement's arenas */
	struct gate_limits limits; /* of users that have none of their own */
	int64_t connect_timeout_us;
	int64_t plan_cache_bytes, max_prepared;
	int64_t merge_memory; /* bytes one statement may hold at the gate */
	bool require_tls;
	struct rpc_trust rpc; /* between gate and tablets */
	enum worker_io io;
};
#endif
