/* gate - what all workers of a gate share: settings, users, the catalog, TLS. Immutable after start
 * but for the snapshot cells. */
#ifndef SESSION_GATE_H
#define SESSION_GATE_H
#include <stdbool.h>
#include <stdint.h>

#include "sql/lex/lex.h"
#include "src/base/snapshot.h"
#include "src/net/worker.h"

struct blocking;
struct keypair;
struct tls;

/* Filled from the options by src/main/gate.c. Strings live as long as the gate. */
struct gate_settings {
	const char *mysql_address, *mysql_socket; /* listeners; either may be NULL */
	const char *server_version;		  /* sent in the greeting */
	const char *cell;
	const char *default_keyspace;			 /* NULL: none until USE */
	int64_t workers, max_connections, max_statement; /* bytes of one statement */
	int64_t statement_memory;			 /* bytes of one statement's arenas */
	int64_t query_timeout_us, connect_timeout_us, idle_timeout_us;
	int64_t plan_cache_bytes, max_prepared;
	int64_t merge_memory; /* bytes one statement may hold at the gate */
	bool require_tls;
	enum worker_io io;
};

struct gate {
	const struct gate_settings *settings;
	struct snapshot_cell users;   /* struct users */
	struct snapshot_cell catalog; /* struct catalog */
	struct tls *tls;	      /* owned; NULL: no TLS offered */
	struct keypair *keypair;      /* owned */
	struct blocking *blocking;    /* owned */
	struct gate_worker **workers; /* owned */
	unsigned worker_count;
	_Atomic uint32_t next_connection;
	_Atomic unsigned connections;
	_Atomic bool draining;
	uint64_t started_us; /* monotonic clock */
	uint64_t seed;	     /* of fingerprints: random per process */
	struct lex_opts lex; /* how statements are read, but for mode and character set */
	/* Reads a keyspace's tables again and publishes a new catalog, then runs @done on the
	 * worker that is current; set by whoever feeds the catalog. */
	void (*refresh_schema)(void *arg, const char *keyspace, void (*done)(void *),
			       void *done_arg);
	void *refresh_arg;
};
#endif
