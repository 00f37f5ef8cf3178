/* LIKE and substring search. Characters match when their weights are the same sequence. */
#include <string.h>

#include "src/data/collation.h"

/* A character of a text: its code point and how many bytes; malformed bytes match only themselves. */
struct one {
	uint32_t cp;
	size_t len;
	bool malformed;
};

static struct one read_one(const struct collation *c, struct str s, size_t at)
{
	struct one o = {0};

	o.len = charset_decode(c->charset, s.p + at, s.n - at, &o.cp);
	if (o.len == 0) {
		o.malformed = true;
		o.len = charset_char_length(c->charset, s.p + at, s.n - at);
		o.cp = (uint8_t)s.p[at];
	}
	return o;
}

static bool same(const struct collation *c, struct one x, struct one y)
{
	uint32_t a[COLLATION_MAX_WEIGHTS], b[COLLATION_MAX_WEIGHTS];
	size_t n;

	if (x.cp == y.cp && x.malformed == y.malformed)
		return true;
	if (x.malformed || y.malformed || collation_is_bin(c))
		return false;
	n = collation_weights(c, x.cp, a);
	return n == collation_weights(c, y.cp, b) && memcmp(a, b, n * sizeof(a[0])) == 0;
}

/* The classic two-pointer match: the last % is the only place to go back to. */
bool collation_like(const struct collation *c, struct str s, struct str pattern, uint32_t escape)
{
	size_t i = 0, j = 0, star = SIZE_MAX, mark = 0;

	for (;;) {
		struct one p = {0}, t = {0};
		bool match = false, literal = false;

		if (j < pattern.n) {
			p = read_one(c, pattern, j);
			if (p.cp == escape && j + p.len < pattern.n) {
				literal = true;
				j += p.len;
				p = read_one(c, pattern, j);
			}
			if (!literal && p.cp == '%' && !p.malformed) {
				star = j += p.len;
				mark = i;
				continue;
			}
		} else if (i == s.n) {
			return true;
		}
		if (i < s.n) {
			t = read_one(c, s, i);
			match = p.len && ((!literal && p.cp == '_' && !p.malformed) || same(c, t,
				p));
		}
		if (match) {
			i += t.len;
			j += p.len;
			continue;
		}
		if (star == SIZE_MAX || mark >= s.n)
			return false;
		mark += read_one(c, s, mark).len;
		i = mark;
		j = star;
	}
}

size_t collation_search(const struct collation *c, struct str s, struct str needle, size_t from,
			size_t *length)
{
	struct collation whole = *c;

	whole.pad = false;
	*length = needle.n;
	for (size_t at = from; at + needle.n <= s.n;) {
		if (collation_compare(&whole, str_make(s.p + at, needle.n), needle) == 0)
			return at;
		if (at == s.n)
			break;
		at += charset_char_length(c->charset, s.p + at, s.n - at);
	}
	return SIZE_MAX;
}
