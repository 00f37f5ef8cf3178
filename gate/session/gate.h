/* gate - what all workers of a gate share: settings, users, the catalog, TLS. Immutable after start
 * but for the snapshot cells. */
#ifndef SESSION_GATE_H
#define SESSION_GATE_H
#include <stdbool.h>
#include <stdint.h>

#include "sql/lex/lex.h"
#include "src/base/snapshot.h"
struct blocking;
struct gate_settings;
struct gate_worker;
struct keypair;
struct throttle;
struct tls;
struct tracker;

struct gate {
	const struct gate_settings *settings;
	struct snapshot_cell users;   /* struct users */
	struct snapshot_cell catalog; /* struct gate_catalog */
	struct tls *tls;	      /* owned; NULL: no TLS offered */
	struct keypair *keypair;      /* owned */
	struct blocking *blocking;    /* owned */
	struct gate_worker **workers; /* owned */
	unsigned worker_count;
	_Atomic uint32_t next_connection;
	_Atomic unsigned connections;
	_Atomic bool draining;
	uint64_t started_us;	   /* monotonic clock */
	uint64_t seed;		   /* of fingerprints: random per process */
	struct lex_opts lex;	   /* how statements are read, but for mode and character set */
	struct throttle *throttle; /* owned: failed logins */
	struct tracker *tracker;   /* borrowed; feeds the catalog */
};
#endif
