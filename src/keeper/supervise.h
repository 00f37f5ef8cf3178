/* supervise - when a process that died is started again: at once the first time, then after longer
 * and longer pauses, until it has run for a while. Pure decisions; the caller acts. */
#ifndef KEEPER_SUPERVISE_H
#define KEEPER_SUPERVISE_H
#include <stdbool.h>
#include <stdint.h>

enum {
	SUPERVISE_STABLE_US = 10 * 1000 * 1000, /* ran this long: its failures are forgotten */
	SUPERVISE_PAUSE_MIN_US = 200 * 1000,
	SUPERVISE_PAUSE_MAX_US = 10 * 1000 * 1000,
};

enum supervise_action {
	SUPERVISE_NOTHING,
	SUPERVISE_DIED,	 /* it was seen to have ended; say so */
	SUPERVISE_START, /* start it now */
};

struct supervise {
	bool running; /* as far as was decided or seen */
	uint64_t started_us, retry_us;
	unsigned failures; /* in a row */
	uint64_t restarts; /* in all */
};

/* What to do about a process that is @alive or not at @now_us. */
enum supervise_action supervise_step(struct supervise *s, bool alive, uint64_t now_us);
#endif
