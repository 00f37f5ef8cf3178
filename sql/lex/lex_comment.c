/* Comments, among them those that a server executes: slash-star-bang, optionally with a version
 * of 5 or 6 digits, and MariaDB's slash-star-M-bang. What the server skips must be skipped here and
 * what it executes must be seen here, or a statement could be hidden in a comment. */
#include "sql/lex/lex_int.h"

static uint8_t at(const struct lex *l, uint32_t i)
{
	return i < l->n ? l->p[i] : 0;
}

static enum lex_int_blank line(struct lex *l)
{
	const uint8_t *nl = memchr(l->p + l->at, '\n', l->n - l->at);

	l->at = nl ? (uint32_t)(nl - l->p) + 1 : l->n;
	return LEX_INT_SKIPPED;
}

/* Past the end of the comment whose inside begins at @i; inside one that is skipped for its
 * version, comments nest one level (@nest). */
static bool skip(struct lex *l, uint32_t i, bool nest)
{
	while (i + 1 < l->n) {
		const uint8_t *p = memchr(l->p + i, nest ? l->p[i] : '*', l->n - i);

		if (!p)
			break;
		i = (uint32_t)(p - l->p);
		if (at(l, i) == '*' && at(l, i + 1) == '/') {
			l->at = i + 2;
			return true;
		}
		if (nest && at(l, i) == '/' && at(l, i + 1) == '*') {
			if (!skip(l, i + 2, false))
				return false;
			i = l->at;
			continue;
		}
		i++;
	}
	l->at = l->n;
	return false;
}

static bool executed(const struct lex *l, uint32_t version, bool mariadb_only)
{
	if (mariadb_only && l->mysql)
		return false;
	if (version > l->version)
		return false;
	/* MariaDB leaves to MySQL what asks for 5.7 and later. */
	return l->mysql || mariadb_only || version < 50700 || version > 99999;
}

/* At slash-star[-M]-bang; @i is past the bang. */
static enum lex_int_blank versioned(struct lex *l, uint32_t i, bool mariadb_only)
{
	uint32_t digits = 0, version = 0;

	while (digits < 6 && at(l, i + digits) >= '0' && at(l, i + digits) <= '9') {
		version = version * 10 + (at(l, i + digits) - '0');
		digits++;
	}
	if (digits < 5)
		digits = version = 0;
	if (!executed(l, version, mariadb_only))
		return skip(l, i + digits, true) ? LEX_INT_SKIPPED : LEX_INT_BROKEN;
	l->in_version_comment = true;
	l->at = i + digits;
	return LEX_INT_SKIPPED;
}

static enum lex_int_blank block(struct lex *l)
{
	uint32_t i = l->at + 2;
	uint8_t c = at(l, i);

	if (c == '!')
		return versioned(l, i + 1, false);
	if (c == 'M' && at(l, i + 1) == '!' && !l->mysql)
		return versioned(l, i + 2, true);
	if (!skip(l, i, false))
		return LEX_INT_BROKEN;
	if (c == '+')
		return LEX_INT_HINT;
	if (c == 'v' && at(l, i + 1) == 't' && at(l, i + 2) == '+')
		return LEX_INT_DIRECTIVE;
	return LEX_INT_SKIPPED;
}

enum lex_int_blank lex_int_comment(struct lex *l)
{
	uint8_t next = at(l, l->at + 1);

	switch (l->p[l->at]) {
	case '#':
		return line(l);
	case '-':
		/* Two dashes need white space, a control character or the end after them. */
		if (next != '-' ||
		    (l->at + 2 < l->n && at(l, l->at + 2) > ' ' && at(l, l->at + 2) != 0x7F))
			return LEX_INT_NONE;
		return line(l);
	case '/':
		return next == '*' ? block(l) : LEX_INT_NONE;
	default: /* '*' */
		if (next != '/' || !l->in_version_comment)
			return LEX_INT_NONE;
		l->in_version_comment = false;
		l->at += 2;
		return LEX_INT_SKIPPED;
	}
}
