/* Strings, quoted names, numbers. */
#include "sql/lex/lex_int.h"
#include "sql/lex/lex_run.h"

/* Lead and trail bytes of the character sets whose second byte may be ASCII. */
static bool is_lead(enum lex_charset cs, uint8_t c)
{
	switch (cs) {
	case LEX_CS_SAFE:
		return false;
	case LEX_CS_GBK:
	case LEX_CS_GB18030:
		return c >= 0x81 && c <= 0xFE;
	case LEX_CS_SJIS:
		return (c >= 0x81 && c <= 0x9F) || (c >= 0xE0 && c <= 0xFC);
	case LEX_CS_BIG5:
		return c >= 0xA1 && c <= 0xF9;
	}
	return false;
}

static bool is_trail(enum lex_charset cs, uint8_t c)
{
	switch (cs) {
	case LEX_CS_SAFE:
		return false;
	case LEX_CS_GBK:
	case LEX_CS_GB18030:
		return (c >= 0x40 && c <= 0x7E) || (c >= 0x80 && c <= 0xFE);
	case LEX_CS_SJIS:
		return (c >= 0x40 && c <= 0x7E) || (c >= 0x80 && c <= 0xFC);
	case LEX_CS_BIG5:
		return (c >= 0x40 && c <= 0x7E) || (c >= 0xA1 && c <= 0xFE);
	}
	return false;
}

unsigned lex_char_len(enum lex_charset cs, const uint8_t *p, const uint8_t *end)
{
	if (*p < 0x80 || end - p < 2 || !is_lead(cs, *p))
		return 1;
	if (is_trail(cs, p[1]))
		return 2;
	if (cs == LEX_CS_GB18030 && end - p >= 4 && p[1] >= 0x30 && p[1] <= 0x39 && p[2] >= 0x81 &&
	    p[2] <= 0xFE && p[3] >= 0x30 && p[3] <= 0x39)
		return 4;
	return 1;
}

bool lex_is_whole(enum lex_charset cs, struct str s)
{
	const uint8_t *p = (const uint8_t *)s.p, *end = p + s.n;

	if (cs == LEX_CS_SAFE)
		return true;
	while (p < end) {
		unsigned n = lex_char_len(cs, p, end);

		if (n == 1 && is_lead(cs, *p))
			return false;
		p += n;
	}
	return true;
}

enum lex_charset lex_charset_of(struct str name)
{
	static const struct {
		const char *prefix;
		enum lex_charset cs;
	} map[] = {
		{"gb18030", LEX_CS_GB18030}, {"gbk", LEX_CS_GBK},   {"sjis", LEX_CS_SJIS},
		{"cp932", LEX_CS_SJIS},	     {"big5", LEX_CS_BIG5},
	};

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		size_t n = strlen(map[i].prefix);

		if (name.n >= n && str_ieqz(str_make(name.p, n), map[i].prefix) &&
		    (name.n == n || name.p[n] == '_'))
			return map[i].cs;
	}
	return LEX_CS_SAFE;
}

static void end_token(struct lex *l, struct lex_token *t, enum lex_kind kind, uint32_t at)
{
	l->at = at;
	t->kind = (uint16_t)kind;
	t->end = at;
	l->after_name = false;
	l->after_dot = false;
}

void lex_int_string(struct lex *l, struct lex_token *t, enum lex_kind kind)
{
	const uint8_t quote = l->p[l->at];
	const bool backslash = !(l->mode & LEX_NO_BACKSLASH_ESCAPES);
	uint32_t i = l->at + 1;

	for (;;) {
		uint8_t c;

		i = lex_run_plain(l, i, quote);
		if (i >= l->n)
			break;
		c = l->p[i];
		if (c == quote) {
			if (i + 1 >= l->n || l->p[i + 1] != quote) {
				end_token(l, t, kind, i + 1);
				return;
			}
			t->escaped = true;
			i += 2;
		} else if (c == '\\' && backslash) {
			/* One byte, even of a multi-byte character: so do the servers. */
			t->escaped = true;
			i += 2;
		} else {
			i += lex_char_len(l->charset, l->p + i, l->p + l->n);
		}
	}
	end_token(l, t, LEX_ERROR, l->n);
}

void lex_int_quoted(struct lex *l, struct lex_token *t, uint8_t quote, enum lex_kind kind)
{
	uint32_t i = l->at + 1;

	while (i < l->n && l->p[i]) {
		if (l->p[i] == quote) {
			if (i + 1 >= l->n || l->p[i + 1] != quote) {
				end_token(l, t, kind, i + 1);
				return;
			}
			t->escaped = true;
			i += 2;
			continue;
		}
		i += lex_char_len(l->charset, l->p + i, l->p + l->n);
	}
	end_token(l, t, LEX_ERROR, i < l->n ? i : l->n);
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool is_bit(uint8_t c)
{
	return c == '0' || c == '1';
}

void lex_int_hex_string(struct lex *l, struct lex_token *t, enum lex_kind kind)
{
	uint32_t from = l->at + 2, i = from;

	while (i < l->n && (kind == LEX_HEX ? is_hex(l->p[i]) : is_bit(l->p[i])))
		i++;
	if (i >= l->n || l->p[i] != '\'' || (kind == LEX_HEX && (i - from) % 2))
		end_token(l, t, LEX_ERROR, i);
	else
		end_token(l, t, kind, i + 1);
}

/* 0xFF or 0b01 at l->at (the letter in lower case only, as the servers have it). */
static bool prefixed_number(struct lex *l, struct lex_token *t)
{
	uint32_t i = l->at + 2;
	uint8_t c = i < l->n ? l->p[l->at + 1] : 0;

	if (l->p[l->at] != '0' || (c != 'x' && c != 'b'))
		return false;
	while (i < l->n && (c == 'x' ? is_hex(l->p[i]) : is_bit(l->p[i])))
		i++;
	if (i == l->at + 2 || (i < l->n && lex_int_word[l->p[i]]))
		return false;
	end_token(l, t, c == 'x' ? LEX_HEX : LEX_BIT, i);
	return true;
}

/* Past an exponent at @i, or @i when there is none. */
static uint32_t exponent(const struct lex *l, uint32_t i)
{
	uint32_t j = i + 1;

	if (i >= l->n || (l->p[i] | 0x20) != 'e')
		return i;
	if (j < l->n && (l->p[j] == '+' || l->p[j] == '-'))
		j++;
	if (j >= l->n || !is_digit(l->p[j]))
		return i;
	while (j < l->n && is_digit(l->p[j]))
		j++;
	return j;
}

void lex_int_number(struct lex *l, struct lex_token *t)
{
	uint32_t i = l->at, j;
	bool point = false;

	if (l->p[i] == '0' && prefixed_number(l, t))
		return;
	while (i < l->n && is_digit(l->p[i]))
		i++;
	if (i < l->n && l->p[i] == '.') {
		point = true;
		i++;
		while (i < l->n && is_digit(l->p[i]))
			i++;
	}
	j = exponent(l, i);
	if (j > i) {
		end_token(l, t, LEX_FLOAT, j);
		return;
	}
	if (!point && i < l->n && lex_int_word[l->p[i]]) { /* 1st is a name */
		while (i < l->n && lex_int_word[l->p[i]])
			i += lex_char_len(l->charset, l->p + i, l->p + l->n);
		end_token(l, t, LEX_WORD, i);
		l->after_name = true;
		return;
	}
	end_token(l, t, point ? LEX_DECIMAL : LEX_INT, i);
}
