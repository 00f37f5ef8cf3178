/* uca - text to first-level weights.
 *
 * A character maps to collation elements (weight and canonical combining class): to one, to several
 * (expansion), to those of its compatibility decomposition, or, together with characters after it,
 * to elements of its own (contraction). A contraction also matches across combining marks of lower
 * class ("discontiguous"), which then follow it. What has no entry (most CJK ideographs, unassigned
 * code points) gets an implicit weight. Modifiers that come in non-canonical order are sorted by
 * class while elements are produced, so that the input need not be normalized first.
 *
 * The order of steps is that of Go's golang.org/x/text/collate with the option Loose, whose keys
 * Vitess hashes; where that differs from the letter of UTS #10, it is followed bit for bit. */
#include "src/shard/uca.h"

#include <stdbool.h>
#include <string.h>

#include "src/base/utf8.h"

struct uca_run {
	uint32_t first;
	uint16_t count, at; /* entries [at, at + count) */
};
/* A node of a contraction trie; the children of a node are neighbours, sorted by cp. */
struct uca_node {
	uint32_t cp;
	uint16_t child, children;
	uint16_t at, n; /* its elements; n == 0: no contraction ends here */
};
struct uca_mark {
	uint32_t first;
	uint16_t count;
	uint8_t lead, trail;
};

#include "src/shard/uca_table.inc"

enum { KIND_ELEM, KIND_EXPAND, KIND_CONTRACT, KIND_DECOMPOSE };
enum { ELEMS_MAX = 2048, MARKS_MAX = 30, SEGMENT_MAX = 4 * 32 };
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Elements not yet given away; [0, fixed) will not be reordered any more. */
struct elems {
	const uint8_t *text;
	size_t n, at;
	size_t len, fixed;
	uint32_t e[ELEMS_MAX]; /* weight | class << 21 */
};

static unsigned elem_class(uint32_t e)
{
	return e >> 21 & 0xFF;
}

static void push(struct elems *es, uint32_t e)
{
	/* The longest run (marks, a contraction, an expansion of 18) is far below the limit. */
	if (es->len < ELEMS_MAX)
		es->e[es->len++] = e;
}

static void push_many(struct elems *es, size_t at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		push(es, uca_elems[at + i]);
}

/* The entry of @cp, or 0 when it has none. An ignorable character also has 0. */
static uint32_t find_entry(uint32_t cp, bool *found)
{
	size_t lo = 0, hi = COUNT(uca_runs);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct uca_run *r = &uca_runs[mid];

		if (cp < r->first) {
			hi = mid;
		} else if (cp >= r->first + r->count) {
			lo = mid + 1;
		} else {
			uint16_t v = uca_entries[r->at + (cp - r->first)];

			*found = true;
			return v < 0x8000 ? v : uca_special[v & 0x7FFF];
		}
	}
	*found = false;
	return 0;
}

/* The combining classes at both ends of the canonical decomposition of @cp. */
static unsigned mark_class(uint32_t cp, unsigned *trail)
{
	size_t lo = 0, hi = COUNT(uca_marks);

	*trail = 0;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct uca_mark *m = &uca_marks[mid];

		if (cp < m->first) {
			hi = mid;
		} else if (cp >= m->first + m->count) {
			lo = mid + 1;
		} else {
			*trail = m->trail;
			return m->lead;
		}
	}
	return 0;
}

static uint32_t implicit_weight(uint32_t cp)
{
	/* The property Ideographic of Unicode 15.0. */
	static const struct {
		uint32_t lo, hi;
	} han[] = {
		{0x3006, 0x3007},   {0x3021, 0x3029},	{0x3038, 0x303A},   {0x3400, 0x4DBF},
		{0x4E00, 0x9FFF},   {0xF900, 0xFA6D},	{0xFA70, 0xFAD9},   {0x16FE4, 0x16FE4},
		{0x17000, 0x187F7}, {0x18800, 0x18CD5}, {0x18D00, 0x18D08}, {0x1B170, 0x1B2FB},
		{0x20000, 0x2A6DF}, {0x2A700, 0x2B739}, {0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1},
		{0x2CEB0, 0x2EBE0}, {0x2F800, 0x2FA1D}, {0x30000, 0x3134A}, {0x31350, 0x323AF},
	};

	for (size_t i = 0; i < COUNT(han); i++) {
		if (cp < han[i].lo || cp > han[i].hi)
			continue;
		if ((cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF))
			return cp + 0x10000;
		return cp + 0x20000;
	}
	return cp + 0x50000;
}

static void push_hangul(struct elems *es, uint32_t cp)
{
	uint32_t s = cp - 0xAC00,
		 jamo[3] = {0x1100 + s / 588, 0x1161 + s % 588 / 28, 0x11A7 + s % 28};
	bool found;

	for (size_t i = 0; i < (s % 28 ? 3U : 2U); i++)
		push(es, find_entry(jamo[i], &found));
}

/* A walk down a contraction trie along @text, which ends at @n. */
struct scan {
	const uint8_t *text;
	size_t n;
	const struct uca_node *node;
	const struct uca_node *best; /* the longest contraction so far */
	size_t best_end;
	bool done;
};

static const struct uca_node *find_child(const struct uca_node *node, uint32_t cp)
{
	size_t lo = node->child, hi = lo + node->children;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (uca_nodes[mid].cp < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < (size_t)node->child + node->children && uca_nodes[lo].cp == cp)
		return &uca_nodes[lo];
	return NULL;
}

/* Goes on from offset @p as far as the trie does; returns where it stopped. */
static size_t scan_from(struct scan *s, size_t p)
{
	while (p < s->n) {
		uint32_t cp;
		size_t len = utf8_decode(s->text + p, s->n - p, &cp);
		const struct uca_node *child = find_child(s->node, cp);

		if (!child)
			break;
		p += len;
		s->node = child;
		if (child->n > 0) {
			s->best = child;
			s->best_end = p;
		}
		if (child->children == 0) {
			s->done = true;
			break;
		}
	}
	return p;
}

/* The end of the segment of combining marks that starts at @p. */
static size_t segment_end(const uint8_t *text, size_t n, size_t p)
{
	for (unsigned marks = 0; p < n; marks++) {
		uint32_t cp;
		unsigned trail;
		size_t len = utf8_decode(text + p, n - p, &cp);

		if (mark_class(cp, &trail) == 0 || marks >= MARKS_MAX)
			break;
		p += len;
	}
	return p;
}

/* Combining marks that lie between the parts of a contraction. */
struct gap {
	uint8_t text[SEGMENT_MAX];
	size_t n;
};

static void add_gap(struct gap *g, const uint8_t *p, size_t n)
{
	if (n > sizeof(g->text) - g->n)
		n = sizeof(g->text) - g->n;
	memcpy(g->text + g->n, p, n);
	g->n += n;
}

/* Looks for the contraction's next part behind marks of lower class. Returns how many bytes of
 * @g, the marks passed over, lie before the end of the best match. */
static size_t scan_gaps(struct scan *s, size_t p, struct gap *g)
{
	size_t n = s->n, start = p, used = 0;
	uint32_t cp;
	unsigned trail, lead;

	p += utf8_decode(s->text + p, n - p, &cp);
	if (mark_class(cp, &trail) == 0)
		return 0;
	s->n = segment_end(s->text, n, p);
	while (p < n && !s->done && s->text[p] >= 0x80) {
		unsigned before = trail;
		size_t len = utf8_decode(s->text + p, n - p, &cp), to;

		lead = mark_class(cp, &trail);
		if (lead == 0 || before >= lead)
			break;
		to = scan_from(s, p);
		if (to == p) {
			p += len;
			continue;
		}
		add_gap(g, s->text + start, p - start);
		if (s->best_end == to)
			used = g->n;
		p = start = to;
	}
	return used;
}

static size_t push_next(struct elems *es, const uint8_t *p, size_t n);

/* Elements of the contraction that starts at node @root with @p after its first character. Returns
 * how many bytes of @p it took. */
static size_t push_contraction(struct elems *es, const struct uca_node *root, const uint8_t *p,
			       size_t n)
{
	struct scan s = {.text = p, .n = n, .node = root, .best = root};
	struct gap g = {.n = 0};
	size_t at = scan_from(&s, 0), marks = 0;

	if (!s.done && at < n && p[at] >= 0x80)
		marks = scan_gaps(&s, at, &g);
	push_many(es, s.best->at, s.best->n);
	for (size_t i = 0; i < marks;)
		i += push_next(es, g.text + i, marks - i);
	return s.best_end;
}

static void push_decomposition(struct elems *es, uint32_t special)
{
	uint8_t text[SEGMENT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < (special >> 20 & 0x3FF); i++)
		n += utf8_encode(uca_decomp[(special & 0xFFFFF) + i], text + n);
	for (size_t i = 0; i < n;)
		i += push_next(es, text + i, n - i);
}

/* Appends the elements of the first character of @p (with @n > 0 bytes of valid UTF-8), or of the
 * contraction that starts there. Returns the bytes used. */
static size_t push_next(struct elems *es, const uint8_t *p, size_t n)
{
	uint32_t cp, e;
	bool found;
	size_t len = utf8_decode(p, n, &cp);

	e = find_entry(cp, &found);
	if (!found && cp >= 0xAC00 && cp <= 0xD7A3) {
		push_hangul(es, cp);
		return len;
	}
	if (!found) {
		push(es, implicit_weight(cp));
		return len;
	}
	switch (e >> 30) {
	case KIND_ELEM:
		push(es, e);
		break;
	case KIND_EXPAND:
		push_many(es, e & 0xFFFFF, e >> 20 & 0x3FF);
		break;
	case KIND_CONTRACT:
		len += push_contraction(es, &uca_nodes[e & 0xFFFF], p + len, n - len);
		break;
	default:
		push_decomposition(es, e);
	}
	return len;
}

static bool advance(struct elems *es)
{
	if (es->at >= es->n)
		return false;
	es->at += push_next(es, es->text + es->at, es->n - es->at);
	return true;
}

/* Moves the block [p, len) in front of the elements of a higher class before it. */
static void sort_block(struct elems *es, size_t p)
{
	uint32_t moved[SEGMENT_MAX];
	size_t k = p, n = es->len - k;
	unsigned class = elem_class(es->e[p]);

	if (n > SEGMENT_MAX)
		return;
	for (p--; p > es->fixed && class < elem_class(es->e[p - 1]); p--)
		;
	memcpy(moved, es->e + k, n * sizeof(moved[0]));
	memmove(es->e + p + n, es->e + p, (k - p) * sizeof(moved[0]));
	memcpy(es->e + p, moved, n * sizeof(moved[0]));
}

/* The segment starts with a modifier: collects all that follow, sorted by class. */
static bool next_modifiers(struct elems *es, unsigned before)
{
	bool more;

	for (;;) {
		size_t p = es->len;
		unsigned class;

		if (!advance(es))
			break;
		class = elem_class(es->e[p]);
		if (class == 0 || es->len - es->fixed > MARKS_MAX) {
			es->fixed = p; /* the starter waits for the next round */
			return true;
		}
		if (class < before)
			sort_block(es, p);
		else
			before = class;
	}
	more = es->len != es->fixed;
	es->fixed = es->len;
	return more;
}

/* Makes [0, fixed) the next elements in order; false at the end. */
static bool next(struct elems *es)
{
	unsigned last;

	if (es->fixed == es->len && !advance(es))
		return false;
	last = elem_class(es->e[es->len - 1]);
	if (last == 0) {
		es->fixed = es->len;
		return true;
	}
	if (elem_class(es->e[es->fixed]) != 0)
		return next_modifiers(es, last);
	do
		es->fixed++;
	while (es->fixed < es->len && elem_class(es->e[es->fixed]) == 0);
	return true;
}

static void emit(struct elems *es, uca_sink_fn sink, void *arg)
{
	uint8_t out[96];
	size_t n = 0;

	for (size_t i = 0; i < es->fixed; i++) {
		uint32_t w = es->e[i] & 0x1FFFFF;

		if (w == 0)
			continue;
		if (w > 0x7FFF)
			out[n++] = (uint8_t)(0x80 | w >> 16);
		out[n++] = (uint8_t)(w >> 8);
		out[n++] = (uint8_t)w;
		if (n + 3 > sizeof(out)) {
			sink(arg, out, n);
			n = 0;
		}
	}
	if (n > 0)
		sink(arg, out, n);
	memmove(es->e, es->e + es->fixed, (es->len - es->fixed) * sizeof(es->e[0]));
	es->len -= es->fixed;
	es->fixed = 0;
}

int uca_key(struct str text, uca_sink_fn sink, void *arg)
{
	struct elems es;

	if (!utf8_valid(text.p, text.n))
		return -1;
	es.text = (const uint8_t *)text.p;
	es.n = text.n;
	es.at = es.len = es.fixed = 0;
	while (next(&es))
		emit(&es, sink, arg);
	return 0;
}
