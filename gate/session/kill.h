/* kill - ending another client's statement or connection on this gate. Connection ids are the
 * gate's own. */
#ifndef SESSION_KILL_H
#define SESSION_KILL_H
#include <stdbool.h>
#include <stdint.h>

struct session;

/* Ends connection @id (@whole) or only its running statement, on whichever worker it lives, then
 * answers @s: OK, or error 1094 when there is no such connection of the same user. */
void kill_connection(struct session *s, uint32_t id, bool whole);
#endif
