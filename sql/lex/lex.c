#include "sql/lex/lex.h"

#include <string.h>

#include "sql/lex/keyword.h"
#include "sql/lex/lex_int.h"

/* MySQL's version from which on a text between dollar signs is one token. */
enum { DOLLAR_SINCE = 80100 };

#define SET4(c, v) [c] = v, [(c) + 1] = v, [(c) + 2] = v, [(c) + 3] = v
#define SET16(c, v) SET4(c, v), SET4((c) + 4, v), SET4((c) + 8, v), SET4((c) + 12, v)

/* Word characters: letters, digits, '_', '$' and all bytes from 0x80. */
const uint8_t
	lex_int_word[256] =
		{
			SET4('0', 1),	SET4('4', 1),	['8'] = 1,	['9'] = 1,
			SET4('A', 1),	SET4('E', 1),	SET4('I', 1),	SET4('M', 1),
			SET4('Q', 1),	SET4('U', 1),	['Y'] = 1,	['Z'] = 1,
			SET4('a', 1),	SET4('e', 1),	SET4('i', 1),	SET4('m', 1),
			SET4('q', 1),	SET4('u', 1),	['y'] = 1,	['z'] = 1,
			['_'] = 1,	['$'] = 1,	SET16(0x80, 1), SET16(0x90, 1),
			SET16(0xA0, 1), SET16(0xB0, 1), SET16(0xC0, 1), SET16(0xD0, 1),
			SET16(0xE0, 1), SET16(0xF0, 1),
};

static const uint8_t space[256] = {
	[' '] = 1, ['\t'] = 1, ['\n'] = 1, ['\v'] = 1, ['\f'] = 1, ['\r'] = 1,
};

void lex_init(struct lex *l, const struct lex_opts *opts, struct str text, uint32_t at)
{
	*l = (struct lex){
		.p = (const uint8_t *)text.p,
		.at = at,
		.n = (uint32_t)text.n,
		.version = opts->version ? opts->version : 101100,
		.mode = (uint8_t)opts->mode,
		.charset = (uint8_t)opts->charset,
		.mysql = opts->mysql,
	};
}

static inline uint8_t peek(const struct lex *l, uint32_t ahead)
{
	return l->at + ahead < l->n ? l->p[l->at + ahead] : 0;
}

static inline void done(struct lex *l, struct lex_token *t, unsigned kind, uint32_t bytes)
{
	t->kind = (uint16_t)kind;
	l->at += bytes;
	t->end = l->at;
	l->after_name = false;
	l->after_dot = false;
}

/* The bytes of an unquoted word from l->at on. */
static inline void skip_word(struct lex *l)
{
	if (l->charset == LEX_CS_SAFE) {
		while (l->at < l->n && lex_int_word[l->p[l->at]])
			l->at++;
		return;
	}
	while (l->at < l->n && lex_int_word[l->p[l->at]])
		l->at += lex_char_len(l->charset, l->p + l->at, l->p + l->n);
}

static void word(struct lex *l, struct lex_token *t)
{
	skip_word(l);
	done(l, t, LEX_WORD, 0);
	if (l->charset != LEX_CS_SAFE &&
	    !lex_is_whole(l->charset, str_make(l->p + t->start, t->end - t->start)))
		t->kind = LEX_ERROR;
	l->after_name = true;
}

/* $$..$$ and $tag$..$tag$; with no second dollar sign it is a word. */
static void dollar(struct lex *l, struct lex_token *t)
{
	const uint8_t *from = l->p + l->at, *p = from + 1, *end = l->p + l->n;
	size_t tag;

	while (p < end && lex_int_word[*p] && *p != '$')
		p++;
	if (p == end || *p != '$') {
		word(l, t);
		return;
	}
	tag = (size_t)(++p - from);
	p = memmem(p, (size_t)(end - p), from, tag);
	done(l, t, p ? LEX_DOLLAR : LEX_ERROR,
	     p ? (uint32_t)((size_t)(p - from) + tag) : l->n - l->at);
}

/* x'..', b'..', n'..' are literals, other words that begin with these letters are words. */
static void word_or_prefixed(struct lex *l, struct lex_token *t)
{
	uint8_t c = l->p[l->at] | 0x20;

	if (peek(l, 1) != '\'') {
		word(l, t);
		return;
	}
	if (c == 'n') {
		l->at++;
		lex_int_string(l, t, LEX_NSTRING);
		return;
	}
	lex_int_hex_string(l, t, c == 'x' ? LEX_HEX : LEX_BIT);
}

static void dot(struct lex *l, struct lex_token *t)
{
	uint8_t c = peek(l, 1);
	bool name = l->after_name && !t->spaced;

	if (c >= '0' && c <= '9' && !name) {
		lex_int_number(l, t);
		return;
	}
	done(l, t, '.', 1);
	l->after_dot = true;
}

static void at_sign(struct lex *l, struct lex_token *t)
{
	uint8_t c = peek(l, 1);

	if (c == '@') {
		done(l, t, LEX_AT_AT, 2);
		return;
	}
	if (c == '\'' || c == '"' || c == '`') {
		l->at++;
		lex_int_quoted(l, t, c, LEX_USER_VAR);
		return;
	}
	if (!lex_int_word[c] && c != '.') {
		done(l, t, '@', 1);
		return;
	}
	l->at++;
	while (lex_int_word[peek(l, 0)] || peek(l, 0) == '.') {
		if (peek(l, 0) == '.')
			l->at++;
		else
			skip_word(l);
	}
	done(l, t, LEX_USER_VAR, 0);
}

static void less(struct lex *l, struct lex_token *t)
{
	switch (peek(l, 1)) {
	case '=':
		if (peek(l, 2) == '>')
			done(l, t, LEX_NULLSAFE, 3);
		else
			done(l, t, LEX_LE, 2);
		return;
	case '>':
		done(l, t, LEX_NE, 2);
		return;
	case '<':
		done(l, t, LEX_SHL, 2);
		return;
	default:
		done(l, t, '<', 1);
	}
}

/* An operator that is @second after the first byte, else the first byte alone. */
static void pair(struct lex *l, struct lex_token *t, uint8_t second, unsigned kind)
{
	if (peek(l, 1) == second)
		done(l, t, kind, 2);
	else
		done(l, t, l->p[l->at], 1);
}

static void punctuation(struct lex *l, struct lex_token *t)
{
	uint8_t c = l->p[l->at];

	switch (c) {
	case '<':
		less(l, t);
		return;
	case '>':
		if (peek(l, 1) == '>')
			done(l, t, LEX_SHR, 2);
		else
			pair(l, t, '=', LEX_GE);
		return;
	case '!':
		pair(l, t, '=', LEX_NE);
		return;
	case ':':
		pair(l, t, '=', LEX_ASSIGN);
		return;
	case '&':
		pair(l, t, '&', LEX_ANDAND);
		return;
	case '|':
		pair(l, t, '|', LEX_OROR);
		return;
	case '-':
		if (peek(l, 1) == '>' && peek(l, 2) == '>')
			done(l, t, LEX_ARROW2, 3);
		else
			pair(l, t, '>', LEX_ARROW);
		return;
	default:
		done(l, t, c, 1);
	}
}

/* Skips white space and comments; true when it made a token of a comment, or an error. */
static bool blank(struct lex *l, struct lex_token *t)
{
	for (;;) {
		uint8_t c = peek(l, 0);

		if (l->at >= l->n)
			return false;
		if (space[c]) {
			l->at++;
			continue;
		}
		if (c != '#' && c != '-' && c != '/' && c != '*')
			return false;
		t->start = l->at;
		switch (lex_int_comment(l)) {
		case LEX_INT_NONE:
			return false;
		case LEX_INT_SKIPPED:
			continue;
		case LEX_INT_HINT:
			done(l, t, LEX_HINT, 0);
			return true;
		case LEX_INT_DIRECTIVE:
			done(l, t, LEX_DIRECTIVE, 0);
			return true;
		case LEX_INT_BROKEN:
			done(l, t, LEX_ERROR, 0);
			return true;
		}
	}
}

/* What begins with a quote, a digit, a dot, an at sign or a punctuation mark. */
static void other(struct lex *l, struct lex_token *t, uint8_t c)
{
	switch (c) {
	case '\'':
		lex_int_string(l, t, LEX_STRING);
		return;
	case '"':
		if (l->mode & LEX_ANSI_QUOTES) {
			lex_int_quoted(l, t, c, LEX_QUOTED);
			l->after_name = true;
		} else {
			lex_int_string(l, t, LEX_STRING);
		}
		return;
	case '`':
		lex_int_quoted(l, t, c, LEX_QUOTED);
		l->after_name = true;
		return;
	case '[':
		if (l->mode & LEX_BRACKETS) {
			lex_int_quoted(l, t, ']', LEX_QUOTED);
			l->after_name = true;
		} else {
			done(l, t, c, 1);
		}
		return;
	case '.':
		dot(l, t);
		return;
	case '@':
		at_sign(l, t);
		return;
	case '\\':
		if (peek(l, 1) == 'N') {
			done(l, t, LEX_WORD, 2); /* \N is NULL */
			return;
		}
		done(l, t, LEX_ERROR, 1);
		return;
	default:
		if (c < 0x20 || c == 0x7F)
			done(l, t, LEX_ERROR, 1);
		else
			punctuation(l, t);
	}
}

void lex_next(struct lex *l, struct lex_token *t)
{
	uint32_t from = l->at;
	uint8_t c;

	t->escaped = false;
	t->spaced = false;
	t->start = l->at;
	if (l->at < l->n && (space[l->p[l->at]] || !lex_int_word[l->p[l->at]])) {
		if (blank(l, t)) {
			t->spaced = true;
			return;
		}
		t->start = l->at;
		t->spaced = l->at > from;
	}
	if (l->at >= l->n) {
		done(l, t, l->in_version_comment ? LEX_ERROR : LEX_EOF, 0);
		return;
	}
	c = l->p[l->at];
	if (!lex_int_word[c]) {
		other(l, t, c);
		return;
	}
	if (c >= '0' && c <= '9') {
		if (l->after_dot) {
			word(l, t);
			return;
		}
		lex_int_number(l, t);
		return;
	}
	c |= 0x20;
	if (c == 'x' || c == 'b' || c == 'n')
		word_or_prefixed(l, t);
	else if (c == '$' && l->mysql && l->version >= DOLLAR_SINCE && !l->after_dot)
		dollar(l, t);
	else
		word(l, t);
}

static bool only_space(const struct lex *l, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		if (!space[l->p[i]])
			return false;
	}
	return true;
}

bool lex_join_minus(struct lex *l, const struct lex_token *minus, struct lex_token *number)
{
	struct lex ahead = *l;
	uint8_t c = peek(l, 0);

	/* Only digits, dots and white space can lead to a number. */
	if (!space[c] && c != '.' && (c < '0' || c > '9'))
		return false;
	lex_next(&ahead, number);
	if (number->kind < LEX_INT || number->kind > LEX_FLOAT ||
	    !only_space(l, minus->end, number->start))
		return false;
	number->start = minus->start;
	number->spaced = minus->spaced;
	*l = ahead;
	return true;
}

void lex_join_strings(struct lex *l, struct lex_token *t)
{
	for (;;) {
		struct lex ahead = *l;
		struct lex_token next;
		uint8_t c = peek(l, 0);

		if (c == ',' || c == ')')
			return;
		lex_next(&ahead, &next);
		if (next.kind != LEX_STRING)
			return;
		t->end = next.end;
		t->escaped = true;
		*l = ahead;
	}
}

bool lex_ends_operand(unsigned kind, unsigned kw)
{
	switch (kind) {
	case LEX_WORD:
		return !kw || keyword_ends_operand(kw);
	case ')':
	case '?':
	case LEX_QUOTED:
	case LEX_USER_VAR:
		return true;
	default:
		return lex_is_literal(kind);
	}
}
