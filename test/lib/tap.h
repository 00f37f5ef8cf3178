/* tap - the Test Anything Protocol for unit tests: each CHECK prints a line; the exit code says
 * whether all passed. prove(1) reads the output. */
#ifndef TEST_TAP_H
#define TEST_TAP_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

static inline bool tap_ok(bool ok, const char *what, const char *file, int line)
{
	tap_count++;
	if (!ok)
		tap_failed++;
	printf("%s %d - %s\n", ok ? "ok" : "not ok", tap_count, what);
	if (!ok)
		printf("# failed at %s:%d\n", file, line);
	fflush(stdout);
	return ok;
}

static inline bool tap_eq_int(long long a, long long b, const char *what, const char *file, int line)
{
	bool ok = tap_ok(a == b, what, file, line);

	if (!ok)
		printf("# got %lld, expected %lld\n", a, b);
	return ok;
}

static inline bool tap_eq_str(const char *a, const char *b, const char *what, const char *file,
			      int line)
{
	bool ok = tap_ok((a && b) ? !strcmp(a, b) : a == b, what, file, line);

	if (!ok)
		printf("# got      %s\n# expected %s\n", a ? a : "NULL", b ? b : "NULL");
	return ok;
}

static inline bool tap_eq_mem(const void *a, size_t an, const void *b, size_t bn, const char *what,
			      const char *file, int line)
{
	return tap_ok(an == bn && (an == 0 || !memcmp(a, b, an)), what, file, line);
}

#define CHECK(cond) tap_ok((cond), #cond, __FILE__, __LINE__)
#define CHECK_INT(a, b) tap_eq_int((long long)(a), (long long)(b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_STR(a, b) tap_eq_str((a), (b), #a, __FILE__, __LINE__)
#define CHECK_MEM(a, an, b, bn) tap_eq_mem((a), (an), (b), (bn), #a, __FILE__, __LINE__)
/* Ends the plan; main() returns it. */
#define TAP_DONE() (printf("1..%d\n", tap_count), tap_failed != 0)
#endif
