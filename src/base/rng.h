/* rng - all randomness comes from here. Any thread. */
#ifndef BASE_RNG_H
#define BASE_RNG_H
#include <stddef.h>
#include <stdint.h>

/* Fast and unpredictable enough for jitter and sampling, never for secrets. */
uint64_t rng_u64(void);
/* Even in [0, bound), bound > 0. */
uint64_t rng_below(uint64_t bound);
/* Cryptographically secure bytes (scrambles, tokens). */
void rng_secure(void *p, size_t n);
/* Tests: makes this thread's rng_u64() repeatable. */
void rng_seed(uint64_t seed);
#endif
