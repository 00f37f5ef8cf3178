#include "sql/lex/literal.h"

#include <string.h>

#include "sql/lex/lex_int.h"

static uint8_t unescape(uint8_t c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case 'b':
		return '\b';
	case '0':
		return 0;
	case 'Z':
		return 0x1A;
	default:
		return c;
	}
}

/* One piece between its quotes, to @to; returns the end of what was written. */
static uint8_t *piece(struct str s, uint8_t quote, const struct lex_opts *opts, uint8_t *to)
{
	const uint8_t *p = (const uint8_t *)s.p, *end = p + s.n;
	const bool backslash = !(opts->mode & LEX_NO_BACKSLASH_ESCAPES);

	while (p < end) {
		unsigned n = lex_char_len(opts->charset, p, end);

		if (n > 1) {
			memcpy(to, p, n);
			to += n;
			p += n;
		} else if (*p == '\\' && backslash && p + 1 < end) {
			/* \% and \_ keep their backslash: they mean something to LIKE. */
			if (p[1] == '%' || p[1] == '_')
				*to++ = '\\';
			*to++ = unescape(p[1]);
			p += 2;
		} else {
			if (*p == quote)
				p++;
			*to++ = *p++;
		}
	}
	return to;
}

int literal_string(struct str text, const struct lex_opts *opts, struct arena *a, struct str *out,
		   struct err *e)
{
	struct lex l;
	struct lex_token t;
	uint8_t *to = NULL, *from = NULL;

	lex_init(&l, opts, text, 0);
	lex_next(&l, &t);
	if (t.kind == LEX_STRING && !t.escaped && t.end == text.n) {
		*out = str_make(text.p + 1, text.n - 2);
		return 0;
	}
	from = to = arena_alloc(a, text.n);
	if (!to)
		return err_set(e, ERR_NOMEM, "out of memory for a string literal");
	for (; t.kind == LEX_STRING || t.kind == LEX_NSTRING; lex_next(&l, &t)) {
		uint32_t skip = t.kind == LEX_NSTRING ? 2 : 1;
		uint8_t quote = (uint8_t)text.p[t.start + skip - 1];

		to = piece(str_make(text.p + t.start + skip, t.end - t.start - skip - 1), quote,
			   opts, to);
	}
	if (t.kind != LEX_EOF || l.at == 0)
		return err_set(e, ERR_SYNTAX, "not a string literal");
	*out = str_make(from, (size_t)(to - from));
	return 0;
}

int literal_name(struct str text, enum lex_charset charset, struct arena *a, struct str *out,
		 struct err *e)
{
	uint8_t quote = text.n ? (uint8_t)text.p[0] : 0;
	const uint8_t *p, *end;
	uint8_t *to;

	if (quote == '[')
		quote = ']';
	else if (quote != '`' && quote != '"' && quote != '\'') {
		*out = text;
		return 0;
	}
	if (text.n < 2 || (uint8_t)text.p[text.n - 1] != quote)
		return err_set(e, ERR_SYNTAX, "not a quoted name");
	*out = str_make(text.p + 1, text.n - 2);
	if (!memchr(out->p, quote, out->n))
		return 0;
	to = arena_alloc(a, out->n);
	if (!to)
		return err_set(e, ERR_NOMEM, "out of memory for a name");
	p = (const uint8_t *)out->p;
	end = p + out->n;
	out->p = (const char *)to;
	while (p < end) {
		unsigned n = lex_char_len(charset, p, end);

		memcpy(to, p, n);
		to += n;
		p += n + (n == 1 && *p == quote);
	}
	out->n = (size_t)(to - (const uint8_t *)out->p);
	return 0;
}

static unsigned hex_digit(char c)
{
	if (c <= '9')
		return (unsigned)(c - '0');
	return (unsigned)((c | 0x20) - 'a') + 10u;
}

int literal_bytes(struct str text, struct arena *a, struct str *out, struct err *e)
{
	bool bits = text.n > 1 && ((text.p[0] | 0x20) == 'b' || text.p[1] == 'b');
	unsigned per_byte = bits ? 8 : 2, shift = bits ? 1 : 4;
	struct str digits;
	uint8_t *to;

	if (text.n < 2)
		return err_set(e, ERR_SYNTAX, "not a hexadecimal or bit literal");
	digits = str_make(text.p + 2, text.n - 2 - (text.p[1] == '\''));
	out->n = (digits.n + per_byte - 1) / per_byte;
	to = arena_zalloc(a, out->n);
	if (!to)
		return err_set(e, ERR_NOMEM, "out of memory for a literal");
	out->p = (const char *)to;
	for (size_t i = 0; i < digits.n; i++) {
		uint8_t *b = &to[out->n - 1 - (digits.n - 1 - i) / per_byte];

		*b = (uint8_t)(*b << shift | hex_digit(digits.p[i]));
	}
	return 0;
}

bool literal_int(struct str text, bool *negative, uint64_t *u)
{
	*negative = text.n && text.p[0] == '-';
	if (*negative)
		text = str_trim(str_make(text.p + 1, text.n - 1));
	return str_to_u64(text, u);
}
