#include "src/shard/keyrange.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/digest.h"
#include "src/shard/keyspace_id.h"

static struct str start_of(const struct keyrange *r)
{
	return str_make(r->start, r->start_n);
}

static struct str end_of(const struct keyrange *r)
{
	return str_make(r->end, r->end_n);
}

static int parse_bound(struct str hex, uint8_t *out, uint8_t *n)
{
	int len = keyspace_id_parse(hex, out, KEYRANGE_BYTES);

	if (len < 0)
		return -1;
	*n = (uint8_t)keyspace_id_trim(str_make(out, (size_t)len)).n;
	return 0;
}

int keyrange_parse(struct str s, struct keyrange *out, struct err *e)
{
	struct str low, high;

	memset(out, 0, sizeof(*out));
	if (s.n == 0)
		return err_set(e, ERR_PARSE, "empty shard name");
	if (!str_cut(s, '-', &low, &high))
		return 0; /* a name like "0": an unsharded keyspace's only shard */
	if (parse_bound(low, out->start, &out->start_n) < 0 ||
	    parse_bound(high, out->end, &out->end_n) < 0)
		return err_set(
			e, ERR_PARSE,
			"shard name '%.*s' is no key range: expected hexadecimal bounds like "
			"40-80",
			STR_ARG(s));
	/* "00-80" starts at the beginning, but "40-00" would end before it starts. */
	if ((high.n > 0 && out->end_n == 0) ||
	    (out->end_n > 0 && str_cmp(start_of(out), end_of(out)) >= 0))
		return err_set(e, ERR_PARSE,
			       "shard name '%.*s': the range starts at or after its end",
			       STR_ARG(s));
	return 0;
}

void keyrange_print(const struct keyrange *r, char *out)
{
	digest_hex(r->start, r->start_n, out);
	out += 2 * r->start_n;
	*out++ = '-';
	digest_hex(r->end, r->end_n, out);
}

bool keyrange_is_full(const struct keyrange *r)
{
	return r->start_n == 0 && r->end_n == 0;
}

bool keyrange_eq(const struct keyrange *a, const struct keyrange *b)
{
	return str_eq(start_of(a), start_of(b)) && str_eq(end_of(a), end_of(b));
}

bool keyrange_contains(const struct keyrange *r, struct str id)
{
	id = keyspace_id_trim(id);
	return str_cmp(start_of(r), id) <= 0 && (r->end_n == 0 || str_cmp(id, end_of(r)) < 0);
}

bool keyrange_meets(const struct keyrange *r, struct str start, struct str end)
{
	bool below, above;

	start = keyspace_id_trim(start);
	end = keyspace_id_trim(end);
	below = end.n > 0 && str_cmp(end, start_of(r)) <= 0;
	above = r->end_n > 0 && str_cmp(start, end_of(r)) >= 0;
	return !below && !above;
}

bool keyrange_overlaps(const struct keyrange *a, const struct keyrange *b)
{
	return keyrange_meets(a, start_of(b), end_of(b));
}

int keyrange_cmp(const struct keyrange *a, const struct keyrange *b)
{
	int c = str_cmp(start_of(a), start_of(b));

	if (c != 0)
		return c;
	if (a->end_n == 0 || b->end_n == 0)
		return (a->end_n == 0) - (b->end_n == 0);
	return str_cmp(end_of(a), end_of(b));
}

static int cmp_pointers(const void *a, const void *b)
{
	return keyrange_cmp(*(const struct keyrange *const *)a, *(const struct keyrange *const *)b);
}

static int gap_error(const struct keyrange *at, bool overlap, struct err *e)
{
	char name[KEYRANGE_NAME];

	keyrange_print(at, name);
	return err_set(e, ERR_INVALID,
		       overlap ? "shard %s overlaps the one before it"
			       : "there is a gap before shard %s",
		       name);
}

/* @r is sorted. */
static int check_sorted(const struct keyrange *const *r, size_t n, struct err *e)
{
	char name[KEYRANGE_NAME];

	if (r[0]->start_n > 0)
		return gap_error(r[0], false, e);
	for (size_t i = 1; i < n; i++) {
		int c = r[i - 1]->end_n == 0 ? 1 : str_cmp(end_of(r[i - 1]), start_of(r[i]));

		if (c != 0)
			return gap_error(r[i], c > 0, e);
	}
	if (r[n - 1]->end_n == 0)
		return 0;
	keyrange_print(r[n - 1], name);
	return err_set(e, ERR_INVALID, "no shard holds the keyspace ids after shard %s", name);
}

int keyrange_check_partition(const struct keyrange *r, size_t n, struct err *e)
{
	const struct keyrange **sorted;
	int rc;

	if (n == 0)
		return err_set(e, ERR_INVALID, "there is no shard");
	sorted = calloc(n, sizeof(*sorted));
	if (!sorted)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		sorted[i] = &r[i];
	qsort(sorted, n, sizeof(*sorted), cmp_pointers);
	rc = check_sorted(sorted, n, e);
	free(sorted);
	return rc;
}

/* Bound @i of @n even parts; nothing at both ends. */
static uint8_t even_bound(unsigned n, unsigned i, uint8_t *out)
{
	unsigned bytes = 1;
	uint64_t at;

	while (bytes < 3 && 1U << (8 * bytes) < n)
		bytes++;
	at = (1ULL << (8 * bytes)) * i / n;
	if (i == 0 || i == n)
		return 0;
	for (unsigned b = 0; b < bytes; b++)
		out[b] = (uint8_t)(at >> (8 * (bytes - 1 - b)));
	return (uint8_t)keyspace_id_trim(str_make(out, bytes)).n;
}

void keyrange_even(unsigned n, unsigned i, struct keyrange *out)
{
	memset(out, 0, sizeof(*out));
	out->start_n = even_bound(n, i, out->start);
	out->end_n = even_bound(n, i + 1, out->end);
}

int keyrange_split(const struct keyrange *r, struct keyrange *low, struct keyrange *high)
{
	uint8_t mid[KEYRANGE_BYTES];
	unsigned sum, rest = 0, n;
	/* (start + end) / 2 as a fraction in base 256; an open end is 1. */
	unsigned carry[KEYRANGE_BYTES + 1] = {0};

	for (int i = KEYRANGE_BYTES - 1; i >= 0; i--) {
		sum = carry[i + 1] + (i < r->start_n ? r->start[i] : 0U) +
		      (i < r->end_n ? r->end[i] : 0U);
		mid[i] = (uint8_t)sum;
		carry[i] = sum >> 8;
	}
	rest = carry[0] + (r->end_n == 0 ? 1 : 0);
	for (n = 0; n < KEYRANGE_BYTES; n++) {
		sum = rest << 8 | mid[n];
		mid[n] = (uint8_t)(sum >> 1);
		rest = sum & 1;
	}
	if (rest)
		return -1;
	n = (unsigned)keyspace_id_trim(str_make(mid, KEYRANGE_BYTES)).n;
	*low = *high = *r;
	memset(low->end, 0, sizeof(low->end));
	memset(high->start, 0, sizeof(high->start));
	memcpy(low->end, mid, n);
	memcpy(high->start, mid, n);
	low->end_n = high->start_n = (uint8_t)n;
	return 0;
}
