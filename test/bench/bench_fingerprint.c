/* How long a fingerprint takes: sysbench's point select, its joins of IN lists, a long INSERT. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sql/norm/fingerprint.h"
#include "src/base/buf.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void run(const char *what, struct str text)
{
	struct fingerprint fp;
	struct lex_opts o = {0};
	double best = 1e9;
	int n = text.n > 100000 ? 5 : 200000;

	fingerprint_init(&fp);
	for (int round = 0; round < 7; round++) {
		double t = now();

		for (int i = 0; i < n; i++) {
			if (fingerprint_scan(&fp, &o, text, 0, 1, NULL)) {
				printf("%s: failed\n", what);
				exit(1);
			}
		}
		t = (now() - t) / n;
		best = t < best ? t : best;
	}
	printf("%-24s %10.0f ns  %8.0f MB/s  %zu literals %u slots\n", what, best * 1e9,
	       (double)text.n / best / 1e6, fp.lits.len, fp.slots);
	fingerprint_fini(&fp);
}

static void insert(const char *what, size_t size, const char *row)
{
	struct buf b;

	buf_init(&b);
	buf_puts(&b, "INSERT INTO sbtest1(k, c, pad) VALUES");
	for (const char *sep = " "; b.len < size; sep = ",") {
		buf_puts(&b, sep);
		buf_puts(&b, row);
	}
	run(what, buf_slice(&b));
	buf_fini(&b);
}

int main(void)
{
	run("point select", str_of("SELECT c FROM sbtest1 WHERE id=12345"));
	run("range",
	    str_of("SELECT DISTINCT c FROM sbtest1 WHERE id BETWEEN 1234 AND 1333 ORDER BY c"));
	run("in list",
	    str_of("select a, b, c from t where id in (1,2,3,4,5,6,7,8,9,10,11,12) and x = 'abc'"));
	insert("insert, sysbench rows", 10 << 20,
	       "(49929,'83868641912-28773972837-60736120486-75162659906-27563526494-20381887404-"
	       "41576422241-93426793964-56405065102-33518432330','67847967377-48000963322-"
	       "62604785301-91415491898-96926520291')");
	insert("insert, short columns", 10 << 20, "(1,'abc',23,NULL,4.5)");
	return 0;
}
