/* gate_server - the workers of a gate: their listeners and timeouts, what their sessions hand
 * packets to, what their statements ask of the gate as a whole. Thread: each worker's, where
 * nothing else is said. */
#ifndef SESSION_GATE_SERVER_H
#define SESSION_GATE_SERVER_H
#include "src/base/err.h"

struct gate;
struct gate_worker;

/* Makes worker @index and its listeners, not yet running. */
struct gate_worker *gate_server_new_worker(struct gate *g, unsigned index, struct err *e);
int gate_server_start_worker(struct gate_worker *gw, struct err *e) MUST_CHECK;
/* Stops accepting; idle sessions are closed, busy ones when their statement or transaction ends.
 * Any thread. */
void gate_server_drain_worker(struct gate_worker *gw);
/* Closes everything and ends the thread; what other threads still post waits for
 * gate_server_free_worker(). */
void gate_server_stop_worker(struct gate_worker *gw);
void gate_server_free_worker(struct gate_worker *gw); /* stops it first; NULL is fine */
#endif
