/* Names of result columns: the text of the expression, as MariaDB makes names of it. */
#include "sql/sema/colname.h"

#include <string.h>

#include "sql/ast/ast.h"
#include "sql/lex/lex.h"
#include "sql/lex/literal.h"
#include "src/base/arena.h"

enum { MAX_NAME = 256, MAX_COLUMN = 64 }; /* characters */

/* May have a mark of an executed comment in it. */
static bool has_mark(struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		if ((s.p[i] == '/' && s.p[i + 1] == '*') || (s.p[i] == '*' && s.p[i + 1] == '/'))
			return true;
	}
	return false;
}

/* Bytes of what begins at @i and stays as it is: a quoted piece, a comment, else 1. */
static size_t whole(struct str s, size_t i)
{
	char quote = s.p[i];
	size_t at = i + 1;

	if (quote == '/' && at < s.n && s.p[at] == '*') {
		while (at + 1 < s.n && !(s.p[at] == '*' && s.p[at + 1] == '/'))
			at++;
		return (at + 2 < s.n ? at + 2 : s.n) - i;
	}
	if (quote != '\'' && quote != '"' && quote != '`')
		return 1;
	while (at < s.n && s.p[at] != quote)
		at += s.p[at] == '\\' && quote != '`' ? 2 : 1;
	return (at < s.n ? at + 1 : s.n) - i;
}

/* Bytes of the mark at @i that opens or closes an executed comment; 0: there is none. */
static size_t mark(struct str s, size_t i)
{
	size_t at = i + 2;

	if (at > s.n)
		return 0;
	if (s.p[i] == '*' && s.p[i + 1] == '/')
		return 2;
	if (s.p[i] != '/' || s.p[i + 1] != '*')
		return 0;
	at += at < s.n && s.p[at] == 'M';
	if (at >= s.n || s.p[at] != '!')
		return 0;
	at++;
	while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	return at - i;
}

/* Bytes of the comment at @i that is for other servers, by its version: it is not in the name; 0.
 */
static size_t skipped(const struct lex_opts *opts, struct str s, size_t i)
{
	struct str rest = str_make(s.p + i, s.n - i);
	size_t n = mark(s, i);
	struct lex_token t;
	struct lex l;

	if (!n || s.p[i] == '*')
		return 0;
	while (n + 1 < rest.n && !(rest.p[n] == '*' && rest.p[n + 1] == '/'))
		n++;
	lex_init(&l, opts, rest, 0);
	lex_next(&l, &t);
	return n + 2 <= rest.n && t.start >= n + 2 ? n + 2 : 0;
}

/* What an executed comment holds is in the name, its marks are not; other comments are. */
static struct str without_marks(struct arena *a, const struct lex_opts *opts, struct str s)
{
	char *z = arena_alloc(a, s.n + 1);
	struct str out = str_make(z, 0);

	for (size_t i = 0, n; z && i < s.n; i += n) {
		n = skipped(opts, s, i);
		n = n ? n : mark(s, i);
		if (n)
			continue;
		n = whole(s, i);
		memcpy(z + out.n, s.p + i, n);
		out.n += n;
	}
	return z ? out : s;
}

struct str colname_cut(struct str s)
{
	size_t at = 0, chars = 0;

	while (s.n && ((uint8_t)*s.p <= ' ' || *s.p == 0x7F))
		s = str_make(s.p + 1, s.n - 1);
	for (; at < s.n; at++) {
		if (((uint8_t)s.p[at] & 0xC0) != 0x80 && ++chars > MAX_NAME)
			break;
	}
	return str_make(s.p, at);
}

/* A string's name is its value, that of another literal its text without + and parentheses. */
static bool of_literal(struct arena *a, const struct lex_opts *opts, struct str text,
		       const struct ast_node *x, struct str *out)
{
	const struct ast_node *all = x;
	const struct ast_literal *l;

	while (x->kind == AST_UNARY && x->op == AST_OP_PLUS)
		x = AST_AS(unary, x)->arg;
	if (x->kind == AST_INTRODUCER)
		x = AST_AS(introducer, x)->literal;
	if (x->kind != AST_LITERAL)
		return false;
	l = AST_AS(literal, x);
	if (x != all && l->text.n && l->text.p[0] == '-')
		return false;
	switch ((enum ast_lit)x->op) {
	case AST_LIT_NULL:
		*out = STR_LIT("NULL");
		return true;
	case AST_LIT_TRUE:
		*out = STR_LIT("TRUE");
		return true;
	case AST_LIT_FALSE:
		*out = STR_LIT("FALSE");
		return true;
	case AST_LIT_STRING:
	case AST_LIT_NSTRING:
		return literal_string(l->text, opts, a, out, NULL) == 0;
	default:
		if (x->end > text.n || x->start >= x->end)
			return false;
		*out = str_make(text.p + x->start, x->end - x->start);
		return true;
	}
}

struct str colname_of(struct arena *a, const struct lex_opts *opts, struct str text,
		      const struct ast_item *item)
{
	struct str s;

	if (of_literal(a, opts, text, item->expr, &s))
		return colname_cut(s);
	if (item->name_end > text.n || item->name_start > item->name_end)
		return STR_LIT("");
	s = str_make(text.p + item->name_start, item->name_end - item->name_start);
	return colname_cut(str_trim(has_mark(s) ? without_marks(a, opts, s) : s));
}

bool colname_valid(struct str s)
{
	size_t chars = 0;

	for (size_t i = 0; i < s.n; i++)
		chars += ((uint8_t)s.p[i] & 0xC0) != 0x80;
	return s.n > 0 && chars <= MAX_COLUMN && s.p[s.n - 1] != ' ';
}
