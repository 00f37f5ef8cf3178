#include "src/base/clk.h"

#include <errno.h>
#include <stdatomic.h>
#include <time.h>

static _Atomic uint64_t frozen_us;

static uint64_t read_clock(clockid_t id)
{
	uint64_t us = atomic_load_explicit(&frozen_us, memory_order_relaxed);
	struct timespec ts;

	if (us)
		return us;
	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

uint64_t clk_mono_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t clk_wall_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

void clk_sleep_ms(unsigned ms)
{
	struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

void clk_freeze(uint64_t us)
{
	atomic_store(&frozen_us, us);
}
