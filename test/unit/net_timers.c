/* The timer heap: order, moving, disarming, against a plain list. */
#include <stdlib.h>

#include "src/net/timers.h"
#include "test/lib/tap.h"

enum { COUNT = 200, STEPS = 20000 };

static struct timers timers;
static struct model {
	struct worker_timer *t;
	uint64_t due; /* 0: not armed */
	unsigned ran;
} model[COUNT];
static uint64_t now, last_due;
static unsigned wrong;

static void ran(void *arg)
{
	struct model *m = arg;

	wrong += !m->due || m->due > now || m->due < last_due;
	last_due = m->due;
	m->due = 0;
	m->ran++;
}

static uint64_t first_due(void)
{
	uint64_t first = UINT64_MAX;

	for (int i = 0; i < COUNT; i++)
		if (model[i].due && model[i].due < first)
			first = model[i].due;
	return first;
}

static void test_random(void)
{
	unsigned seed = 1, total = 0;

	for (int step = 0; step < STEPS; step++) {
		struct model *m;

		seed = seed * 1103515245u + 12345u;
		m = &model[(seed >> 16) % COUNT];
		if ((seed >> 8) % 4) {
			m->due = now + 1 + (seed >> 12) % 500;
			timers_arm(m->t, m->due);
		} else {
			m->due = 0;
			timers_disarm(m->t);
		}
		wrong += timers_next(&timers) != first_due();
		if (step % 10)
			continue;
		now += (seed >> 20) % 60;
		last_due = 0;
		timers_run(&timers, now);
		wrong += timers_next(&timers) <= now;
	}
	for (int i = 0; i < COUNT; i++)
		total += model[i].ran;
	CHECK_INT(wrong, 0);
	CHECK(total > STEPS / 10);
}

int main(void)
{
	timers_init(&timers);
	CHECK(timers_next(&timers) == UINT64_MAX);
	for (int i = 0; i < COUNT; i++) {
		model[i].t = timers_new(&timers, ran, &model[i]);
		CHECK(model[i].t && timers_of(model[i].t) == &timers);
	}
	test_random();
	/* Freeing an armed one takes it out. */
	now = 0;
	timers_run(&timers, UINT64_MAX - 1);
	timers_arm(model[0].t, 5);
	timers_free(model[0].t);
	CHECK(timers_next(&timers) == UINT64_MAX);
	for (int i = 1; i < COUNT; i++)
		timers_free(model[i].t);
	timers_free(NULL);
	timers_fini(&timers);
	return TAP_DONE();
}
