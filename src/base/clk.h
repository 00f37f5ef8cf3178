/* clk - all time comes from here, so that a test can set it. Any thread. */
#ifndef BASE_CLK_H
#define BASE_CLK_H
#include <stdint.h>

/* Microseconds since an arbitrary start, never going back. */
uint64_t clk_mono_us(void);
/* Microseconds since 1970-01-01 UTC. */
uint64_t clk_wall_us(void);
/* Sleeps, for blocking threads only. */
void clk_sleep_ms(unsigned ms);
/* Tests: from now on both clocks show @us; 0 gives the real ones back. */
void clk_freeze(uint64_t us);
#endif
