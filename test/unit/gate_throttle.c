/* Failed logins have to wait, per address and user, and per address; others do not. */
#include <stdio.h>

#include "gate/session/throttle.h"
#include "test/lib/tap.h"

#define A STR_LIT("10.0.0.1")
#define B STR_LIT("10.0.0.2")
#define ROOT STR_LIT("root")
#define APP STR_LIT("app")

static void fail(struct throttle *t, struct str address, struct str user, unsigned n, uint64_t now)
{
	for (unsigned i = 0; i < n; i++)
		throttle_result(t, address, user, false, now);
}

int main(void)
{
	struct throttle *t = throttle_new();
	uint64_t now = 1000000000, first, second;

	CHECK_INT(throttle_delay_us(t, A, ROOT, now), 0);
	fail(t, A, ROOT, 2, now);
	CHECK_INT(throttle_delay_us(t, A, ROOT, now), 0);
	fail(t, A, ROOT, 1, now);
	first = throttle_delay_us(t, A, ROOT, now);
	second = throttle_delay_us(t, A, ROOT, now); /* at the same time: one after the other */
	CHECK(first >= 50000 && first <= 200000);
	CHECK_INT(second, 2 * first);
	CHECK_INT(throttle_delay_us(t, B, ROOT, now), 0);
	CHECK_INT(throttle_delay_us(t, A, APP, now), 0);
	fail(t, A, ROOT, 4, now);
	CHECK(throttle_delay_us(t, A, ROOT, now + 10000000) > 4 * first);
	CHECK(throttle_delay_us(t, A, ROOT, now + 30000000) <= 5000000);
	throttle_result(t, A, ROOT, true, now + 30000000);
	CHECK_INT(throttle_delay_us(t, A, ROOT, now + 30000000), 0);
	/* Those who share the address with a client that fails again and again do not wait for it. */
	fail(t, A, ROOT, 100, now + 30000000);
	CHECK(throttle_delay_us(t, A, ROOT, now + 30000000) > 0);
	CHECK_INT(throttle_delay_us(t, A, APP, now + 30000000), 0);
	/* An address that tries many names waits, too. */
	for (unsigned i = 0; i < 12; i++) {
		char name[16];
		int n = snprintf(name, sizeof(name), "user%u", i);

		fail(t, B, str_make(name, (size_t)n), 1, now);
	}
	CHECK(throttle_delay_us(t, B, APP, now) > 0);
	CHECK_INT(throttle_delay_us(t, B, APP, now + 200000000), 0); /* forgotten */
	/* More addresses than there is room for: no crash, the newest is known. */
	for (unsigned i = 0; i < 20000; i++) {
		char name[16];
		int n = snprintf(name, sizeof(name), "h%u", i);

		fail(t, str_make(name, (size_t)n), ROOT, 3, now + i);
	}
	CHECK(throttle_delay_us(t, STR_LIT("h19999"), ROOT, now + 20000) > 0);
	throttle_free(t);
	throttle_free(NULL);
	return TAP_DONE();
}
