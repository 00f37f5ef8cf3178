/* throttle - failed logins have to wait: per address and user, and per address.
 *
 * After a few failures each further attempt waits twice as long, up to some seconds, and attempts
 * at the same time wait one after the other. Of one user the first failures count for its address. A
 * success, or a quiet minute, forgets. The table has a fixed size; the entry that was quiet for longest
 * makes room. Any thread. */
#ifndef SESSION_THROTTLE_H
#define SESSION_THROTTLE_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"

struct throttle;

struct throttle *throttle_new(void); /* NULL: out of memory */
void throttle_free(struct throttle *t);
/* How long an attempt that begins at @now (microseconds) has to wait before it is judged; counts as
 * an attempt. */
uint64_t throttle_delay_us(struct throttle *t, struct str address, struct str user, uint64_t now);
/* How it went. */
void throttle_result(struct throttle *t, struct str address, struct str user, bool ok,
		     uint64_t now);
#endif
