/* kill - ending another client's statement or connection on this gate. Connection ids are the
 * gate's own. */
#ifndef SESSION_KILL_H
#define SESSION_KILL_H
#include <stdbool.h>
#include <stdint.h>

struct gate_kill;
struct gate_worker;

/* Ends the connection or its running statement, on whichever worker it lives. @done runs once,
 * later, on @origin's worker; false: there is no such connection of the same user. -1: out of
 * memory, @done will not run. */
int kill_connection(struct gate_worker *origin, const struct gate_kill *k,
		    void (*done)(void *arg, bool found), void *arg);
#endif
