/* keyrange - the part of the keyspace ids that a shard holds, [start, end), named "-80", "80-c0",
 * "80-"; "-" and any name without a dash ("0") are the whole range. Plain data, any thread. */
#ifndef SHARD_KEYRANGE_H
#define SHARD_KEYRANGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

enum { KEYRANGE_BYTES = 32, KEYRANGE_NAME = 4 * KEYRANGE_BYTES + 2 };

struct keyrange {
	uint8_t start[KEYRANGE_BYTES], end[KEYRANGE_BYTES]; /* without trailing zeros */
	uint8_t start_n, end_n;				    /* 0: from the beginning; to the end */
};

/* The range of shard name @s. -1 when it is not one: bad hexadecimal, more than KEYRANGE_BYTES
 * bytes, or start not below end. */
int keyrange_parse(struct str s, struct keyrange *out, struct err *e) MUST_CHECK;
/* The canonical name into @out[KEYRANGE_NAME]; "-" for the whole range. */
void keyrange_print(const struct keyrange *r, char *out);
bool keyrange_is_full(const struct keyrange *r);
bool keyrange_eq(const struct keyrange *a, const struct keyrange *b);
/* Whether @id is in the range. */
bool keyrange_contains(const struct keyrange *r, struct str id);
/* Whether the ranges have an id in common. */
bool keyrange_overlaps(const struct keyrange *a, const struct keyrange *b);
/* Whether range [start, end) of bytes (end empty: to the end) meets @r. */
bool keyrange_meets(const struct keyrange *r, struct str start, struct str end);
/* By start, then by end; for qsort(3). */
int keyrange_cmp(const struct keyrange *a, const struct keyrange *b);
/* Whether the @n ranges (in any order) cover every keyspace id exactly once; if not @e names the
 * gap or the overlap. */
int keyrange_check_partition(const struct keyrange *r, size_t n, struct err *e) MUST_CHECK;
/* Part @i of the whole range cut into @n (1..65536) even parts: "-40", "40-80", ... */
void keyrange_even(unsigned n, unsigned i, struct keyrange *out);
/* Cuts @r in two at the middle. -1 when it is too narrow for KEYRANGE_BYTES. */
int keyrange_split(const struct keyrange *r, struct keyrange *low,
		   struct keyrange *high) MUST_CHECK;
#endif
