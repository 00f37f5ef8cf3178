#include "src/keeper/supervise.h"

static uint64_t pause_us(unsigned failures)
{
	uint64_t us = SUPERVISE_PAUSE_MIN_US;

	if (failures == 0)
		return 0;
	while (--failures > 0 && us < SUPERVISE_PAUSE_MAX_US)
		us *= 2;
	return us < SUPERVISE_PAUSE_MAX_US ? us : SUPERVISE_PAUSE_MAX_US;
}

enum supervise_action supervise_step(struct supervise *s, bool alive, uint64_t now_us)
{
	if (alive) {
		if (!s->running) {
			s->running = true;
			s->started_us = now_us;
		}
		if (now_us - s->started_us >= SUPERVISE_STABLE_US)
			s->failures = 0;
		return SUPERVISE_NOTHING;
	}
	if (s->running) {
		s->running = false;
		s->retry_us = now_us + pause_us(s->failures);
		s->failures++;
		return SUPERVISE_DIED;
	}
	if (now_us < s->retry_us)
		return SUPERVISE_NOTHING;
	s->running = true;
	s->started_us = now_us;
	s->restarts++;
	return SUPERVISE_START;
}
