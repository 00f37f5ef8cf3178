#include "src/base/rng.h"

#include <openssl/rand.h>
#include <stdlib.h>

static _Thread_local uint64_t rng_state;

/* splitmix64: https://prng.di.unimi.it/splitmix64.c (public domain algorithm) */
static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t rng_u64(void)
{
	if (!rng_state)
		rng_secure(&rng_state, sizeof(rng_state));
	return splitmix(&rng_state);
}

uint64_t rng_below(uint64_t bound)
{
	return (uint64_t)(((unsigned __int128)rng_u64() * bound) >> 64);
}

void rng_secure(void *p, size_t n)
{
	/* Without randomness there is no safe way on. */
	if (RAND_bytes(p, (int)n) != 1)
		abort();
}

void rng_seed(uint64_t seed)
{
	rng_state = seed | 1;
}
