#include "src/data/collation.h"

#include <string.h>

#include "src/data/collation_int.h"

/* Characters beyond the BMP whose other case is @delta away. */
struct case_range {
	uint32_t first, last;
	int32_t delta;
};

#include "src/data/collation_table.inc"

enum {
	IMPLICIT = 0x8000,	 /* an entry of a weight table: computed */
	MALFORMED = 0xFF0000,	 /* + byte: heavier than all characters */
	REPLACEMENT = 0xFFFD,
};

static const struct collation collations[] = {
#define C(id, name, cs, kind, pad, table) {id, name, CHARSET_##cs, COLLATION_##kind, pad, table},
#include "src/data/collation.def"
#undef C
};

const struct collation *collation_get(uint16_t id)
{
	for (size_t i = 0; i < sizeof(collations) / sizeof(collations[0]); i++)
		if (collations[i].id == id)
			return &collations[i];
	return NULL;
}

const struct collation *collation_find(struct str name)
{
	char full[64];

	if (name.n > 5 && name.n < 60 && str_ieq(str_make(name.p, 5), STR_LIT("utf8_"))) {
		memcpy(full, "utf8mb3_", 8);
		memcpy(full + 8, name.p + 5, name.n - 5);
		name = str_make(full, name.n + 3);
	}
	for (size_t i = 0; i < sizeof(collations) / sizeof(collations[0]); i++)
		if (str_ieqz(name, collations[i].name))
			return &collations[i];
	return NULL;
}

bool collation_is_bin(const struct collation *c)
{
	return c->kind == COLLATION_BYTES || c->kind == COLLATION_CODE;
}

uint32_t collation_int_latin1(uint8_t byte)
{
	return latin1_unicode[byte];
}

int collation_int_to_latin1(uint32_t cp)
{
	if (cp < 0x80 || (cp >= 0xA0 && cp < 0x100))
		return (int)cp;
	for (int i = 0x80; i < 0xA0; i++)
		if (latin1_unicode[i] == cp)
			return i;
	return -1;
}

static bool is_han(uint32_t cp, bool v520)
{
	static const uint8_t compatible[] = {0x0E, 0x0F, 0x11, 0x13, 0x14, 0x1F,
					     0x21, 0x23, 0x24, 0x27, 0x28, 0x29};

	if (cp >= 0x4E00 && cp <= (v520 ? 0x9FCBu : 0x9FA5u))
		return true;
	return v520 && cp >= 0xFA00 && cp <= 0xFAFF &&
	       memchr(compatible, (int)(cp & 0xFF), sizeof(compatible));
}

/* gen_collation.py has left out what this computes. */
static size_t implicit_weights(bool v520, uint32_t cp, uint32_t *out)
{
	uint32_t base = 0xFBC0;

	if (cp >= 0x3400 && cp <= 0x4DB5)
		base = 0xFB80;
	else if (is_han(cp, v520))
		base = 0xFB40;
	out[0] = base + (cp >> 15);
	out[1] = (cp & 0x7FFF) | 0x8000;
	return 2;
}

static size_t uca_weights(bool v520, uint32_t cp, uint32_t *out)
{
	uint16_t entry;
	const uint16_t *pool;

	if (!v520 && cp > 0xFFFF) {
		out[0] = REPLACEMENT;
		return 1;
	}
	entry = v520 ? uca520_entry[uca520_page[cp >> 8] * 256 + (cp & 0xFF)]
		     : uca400_entry[uca400_page[cp >> 8] * 256 + (cp & 0xFF)];
	if (entry < IMPLICIT) {
		out[0] = entry;
		return entry != 0;
	}
	if (entry == IMPLICIT && cp >= 0xAC00 && cp <= 0xD7A3) {
		uint32_t i = cp - 0xAC00;
		size_t n = uca_weights(v520, 0x1100 + i / 588, out);

		n += uca_weights(v520, 0x1161 + i % 588 / 28, out + n);
		return i % 28 ? n + uca_weights(v520, 0x11A7 + i % 28, out + n) : n;
	}
	if (entry == IMPLICIT)
		return implicit_weights(v520, cp, out);
	entry = (uint16_t)(entry - IMPLICIT - 1);
	pool = v520 ? &uca520_pool[entry] : &uca400_pool[entry];
	for (size_t i = 0; i < pool[0]; i++)
		out[i] = pool[1 + i];
	return pool[0];
}

static uint32_t general_weight(uint32_t cp)
{
	if (cp > 0xFFFF)
		return REPLACEMENT;
	return (cp + general_ci_entry[general_ci_page[cp >> 8] * 256 + (cp & 0xFF)]) & 0xFFFF;
}

size_t collation_weights(const struct collation *c, uint32_t cp,
			 uint32_t out[COLLATION_MAX_WEIGHTS])
{
	uint8_t byte[4];

	switch (c->kind) {
	case COLLATION_BYTES:
	case COLLATION_CODE:
		break;
	case COLLATION_BYTE_TABLE:
		if (!charset_encode(c->charset, cp, byte))
			break;
		out[0] = c->table[byte[0]];
		return 1;
	case COLLATION_GENERAL:
		out[0] = general_weight(cp);
		return 1;
	case COLLATION_UCA400:
	case COLLATION_UCA520:
		return uca_weights(c->kind == COLLATION_UCA520, cp, out);
	}
	out[0] = cp;
	return 1;
}

/* Walks over the weights of a text. */
struct walk {
	const struct collation *c;
	const char *p, *end;
	uint32_t w[COLLATION_MAX_WEIGHTS];
	size_t at, n;
};

static void walk_init(struct walk *k, const struct collation *c, struct str s)
{
	*k = (struct walk){.c = c, .p = s.p, .end = s.p + s.n};
}

/* The next weight, or -1 at the end. */
static int64_t walk_next(struct walk *k)
{
	uint32_t cp;
	size_t len;

	while (k->at == k->n) {
		if (k->p == k->end)
			return -1;
		len = charset_decode(k->c->charset, k->p, (size_t)(k->end - k->p), &cp);
		if (len == 0) {
			uint8_t byte = (uint8_t)*k->p++;

			return MALFORMED + byte;
		}
		k->p += len;
		k->n = collation_weights(k->c, cp, k->w);
		k->at = 0;
	}
	return k->w[k->at++];
}

static struct str trim_end(struct str s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

static int compare_bytes(const struct collation *c, struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int cmp = 0;

	for (size_t i = 0; i < n && !cmp; i++) {
		uint8_t x = (uint8_t)a.p[i], y = (uint8_t)b.p[i];

		cmp = c->table ? c->table[x] - c->table[y] : x - y;
	}
	if (cmp || a.n == b.n)
		return cmp;
	if (!c->pad)
		return a.n < b.n ? -1 : 1;
	for (size_t i = n; i < a.n && !cmp; i++)
		cmp = c->table ? c->table[(uint8_t)a.p[i]] - c->table[' '] : (uint8_t)a.p[i] - ' ';
	for (size_t i = n; i < b.n && !cmp; i++)
		cmp = c->table ? c->table[' '] - c->table[(uint8_t)b.p[i]] : ' ' - (uint8_t)b.p[i];
	return cmp;
}

int collation_compare(const struct collation *c, struct str a, struct str b)
{
	struct walk x, y;
	uint32_t space[COLLATION_MAX_WEIGHTS];

	if (c->kind == COLLATION_BYTES || c->kind == COLLATION_BYTE_TABLE)
		return compare_bytes(c, a, b);
	if (str_eq(a, b))
		return 0;
	walk_init(&x, c, a);
	walk_init(&y, c, b);
	collation_weights(c, ' ', space);
	for (;;) {
		int64_t p = walk_next(&x), q = walk_next(&y);

		if (p < 0 && q < 0)
			return 0;
		if ((p < 0 || q < 0) && !c->pad)
			return p < 0 ? -1 : 1;
		if (p < 0)
			p = space[0];
		if (q < 0)
			q = space[0];
		if (p != q)
			return p < q ? -1 : 1;
	}
}

uint64_t collation_hash(const struct collation *c, struct str s)
{
	uint32_t space[COLLATION_MAX_WEIGHTS];
	uint64_t h = 0, spaces = 0;
	struct walk k;
	int64_t w;

	if (c->kind == COLLATION_BYTES && !c->pad)
		return str_hash(s.p, s.n);
	if (c->kind == COLLATION_BYTES && charset_get(c->charset)->ascii) {
		s = trim_end(s);
		return str_hash(s.p, s.n);
	}
	collation_weights(c, ' ', space);
	walk_init(&k, c, s);
	while ((w = walk_next(&k)) >= 0) {
		if (c->pad && w == space[0]) {
			spaces++;
			continue;
		}
		for (; spaces; spaces--)
			h = (h ^ space[0]) * 0x9E3779B97F4A7C15u;
		h = (h ^ (uint64_t)w) * 0x9E3779B97F4A7C15u;
		h ^= h >> 29;
	}
	return h;
}

static uint32_t mapped(const uint16_t *page, const uint16_t *entry, uint32_t cp)
{
	return (cp + entry[page[cp >> 8] * 256 + (cp & 0xFF)]) & 0xFFFF;
}

static uint32_t beyond(const struct case_range *r, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].first && cp <= r[i].last)
			return (uint32_t)((int32_t)cp + r[i].delta);
	return cp;
}

#define BEYOND(table, cp) beyond(table, sizeof(table) / sizeof(table[0]), cp)

uint32_t collation_fold_char(const struct collation *c, bool upper, uint32_t cp)
{
	if (c->kind == COLLATION_UCA520) {
		if (cp > 0xFFFF)
			return upper ? BEYOND(case_520_upper_beyond, cp)
				     : BEYOND(case_520_lower_beyond, cp);
		return upper ? mapped(case_520_upper_page, case_520_upper_entry, cp)
			     : mapped(case_520_lower_page, case_520_lower_entry, cp);
	}
	if (cp > 0xFFFF)
		return upper ? BEYOND(case_upper_beyond, cp) : BEYOND(case_lower_beyond, cp);
	return upper ? mapped(case_upper_page, case_upper_entry, cp)
		     : mapped(case_lower_page, case_lower_entry, cp);
}

static void fold_bytes(const struct collation *c, bool upper, struct str s, uint8_t *out)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = (uint8_t)s.p[i];

		if (c->charset == CHARSET_LATIN1)
			out[i] = upper ? latin1_upper[b] : latin1_lower[b];
		else if (b >= 0x80)
			out[i] = b;
		else
			out[i] = upper ? latin1_upper[b] : latin1_lower[b];
	}
}

bool collation_fold(struct arena *a, const struct collation *c, bool upper, struct str s,
		    struct str *out)
{
	const struct charset *cs = charset_get(c->charset);
	uint8_t *p;
	size_t n = 0;

	*out = s;
	if (c->charset == CHARSET_BINARY || s.n == 0)
		return true;
	if (s.n > SIZE_MAX / 8)
		return false;
	p = arena_alloc(a, cs->mbmax == 1 ? s.n : (s.n / cs->mbmin + 1) * cs->mbmax);
	if (!p)
		return false;
	if (cs->mbmax == 1) {
		fold_bytes(c, upper, s, p);
		*out = str_make(p, s.n);
		return true;
	}
	for (size_t at = 0; at < s.n;) {
		uint32_t cp;
		size_t len = charset_decode(c->charset, s.p + at, s.n - at, &cp), put;

		if (len == 0) {
			p[n++] = (uint8_t)s.p[at++];
			continue;
		}
		put = charset_encode(c->charset, collation_fold_char(c, upper, cp), p + n);
		if (put == 0)
			put = charset_encode(c->charset, cp, p + n);
		n += put;
		at += len;
	}
	*out = str_make(p, n);
	return true;
}
