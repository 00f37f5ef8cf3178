#include "sql/lex/keyword.h"

struct keyword_word {
	char name[32];
	uint8_t len;
	uint16_t kw, fn;
};

#include "sql/lex/keyword_table.h"

enum { CLASS_R = 1, CLASS_Q = 2, CLASS_N = 4, ENDS_OPERAND = 8 };
/* The flags as functions.def spells them. */
enum {
	AGG = FN_IS_AGG,
	WIN = FN_IS_WIN,
	NONDET = FN_IS_NONDET,
	NOW_FN = FN_IS_NOW,
	SESS = FN_IS_SESS,
	LOCK_FN = FN_IS_LOCK,
	GLUED = FN_IS_GLUED,
};

static const struct {
	const char *name;
	uint8_t flags;
} keywords[] = {
#define K(name, cls, ends) {#name, CLASS_##cls | ((ends) ? ENDS_OPERAND : 0)},
#include "sql/lex/keywords.def"
#undef K
};

static const struct {
	const char *name;
	uint8_t flags;
} functions[] = {
	{"", 0},
#define F(name, flags) {#name, (flags) | FN_IS_KNOWN},
#include "sql/lex/functions.def"
#undef F
};

static inline unsigned hash(const char *p, size_t n)
{
	/* & 0xDF folds letters; digits and '_' only have to fold the same way each time. */
	static const uint8_t fold[256] = {
		['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5',
		['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['_'] = '_',
#define L(u, l) [u] = u, [l] = u
		L('A', 'a'), L('B', 'b'), L('C', 'c'), L('D', 'd'), L('E', 'e'), L('F', 'f'),
		L('G', 'g'), L('H', 'h'), L('I', 'i'), L('J', 'j'), L('K', 'k'), L('L', 'l'),
		L('M', 'm'), L('N', 'n'), L('O', 'o'), L('P', 'p'), L('Q', 'q'), L('R', 'r'),
		L('S', 's'), L('T', 't'), L('U', 'u'), L('V', 'v'), L('W', 'w'), L('X', 'x'),
		L('Y', 'y'), L('Z', 'z'),
#undef L
	};
	const uint8_t *u = (const uint8_t *)p;

	return (fold[u[0]] * 7u + fold[u[n / 2]] * 293u + fold[u[n - 1]] * 97u +
		fold[u[n / 4]] * 1361u + (unsigned)n * 1031u) %
	       (sizeof(slots) / sizeof(slots[0]));
}

static inline bool same(const char *word, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 32);
		if (c != word[i])
			return false;
	}
	return true;
}

struct keyword_hit keyword_find(const char *p, size_t n)
{
	unsigned h;

	if (n < 2 || n >= sizeof(words[0].name))
		return (struct keyword_hit){0, 0};
	if (*p == '\\')
		return (struct keyword_hit){KW_NULL, 0};
	for (h = hash(p, n); slots[h]; h = (h + 1) % (sizeof(slots) / sizeof(slots[0]))) {
		const struct keyword_word *w = &words[slots[h]];

		if (w->len == n && same(w->name, p, n))
			return (struct keyword_hit){w->kw, w->fn};
	}
	return (struct keyword_hit){0, 0};
}

static unsigned flags_of(unsigned kw)
{
	return kw >= KW_BASE && kw < KW_END_OF_LIST ? keywords[kw - KW_BASE].flags : 0;
}

const char *keyword_name(unsigned kw)
{
	return kw >= KW_BASE && kw < KW_END_OF_LIST ? keywords[kw - KW_BASE].name : "";
}

bool keyword_is_reserved(unsigned kw)
{
	return flags_of(kw) & CLASS_R;
}

bool keyword_needs_quotes(unsigned kw)
{
	return flags_of(kw) & (CLASS_R | CLASS_Q);
}

bool keyword_ends_operand(unsigned kw)
{
	return flags_of(kw) & ENDS_OPERAND;
}

const char *keyword_fn_name(unsigned fn)
{
	return fn < FN_END_OF_LIST ? functions[fn].name : "";
}

unsigned keyword_fn_flags(unsigned fn)
{
	return fn < FN_END_OF_LIST ? functions[fn].flags : 0;
}
