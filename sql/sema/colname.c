/* Names of result columns: the text of the expression, as MariaDB makes names of it. */
#include "sql/lex/literal.h"
#include "sql/sema/bind_int.h"
#include "src/base/str.h"

enum { MAX_NAME = 256 }; /* characters */

static bool has_comment(struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		if (s.p[i] == '#' || (s.p[i] == '-' && s.p[i + 1] == '-') ||
		    (s.p[i] == '/' && s.p[i + 1] == '*') || (s.p[i] == '*' && s.p[i + 1] == '/'))
			return true;
	}
	return false;
}

/* Comments are not in it, the space around them is. */
static struct str without(struct bind *b, struct str s)
{
	char *z = arena_alloc(b->arena, s.n + 1);
	struct str out = str_make(z, 0);
	struct lex_token t;
	size_t end = 0;
	struct lex l;

	if (!z)
		return s;
	lex_init(&l, b->opts, s, 0);
	for (lex_next(&l, &t); t.kind != LEX_EOF && t.kind != LEX_ERROR; lex_next(&l, &t)) {
		if (t.start > end && out.n)
			z[out.n++] = ' ';
		memcpy(z + out.n, s.p + t.start, t.end - t.start);
		out.n += t.end - t.start;
		end = t.end;
	}
	return out;
}

/* What is no visible character at the front goes; at most 256 characters stay. */
static struct str cut(struct str s)
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

struct str colname_of(struct bind *b, const struct ast_item *item)
{
	const struct ast_literal *l = AST_AS(literal, item->expr);
	struct str s;

	if (item->expr->kind == AST_LITERAL) {
		switch ((enum ast_lit)l->n.op) {
		case AST_LIT_NULL:
			return STR_LIT("NULL");
		case AST_LIT_TRUE:
			return STR_LIT("TRUE");
		case AST_LIT_FALSE:
			return STR_LIT("FALSE");
		default:
			break;
		}
	}
	if (item->name_end > b->text.n || item->name_start > item->name_end)
		return STR_LIT("");
	s = str_make(b->text.p + item->name_start, item->name_end - item->name_start);
	return cut(str_trim(has_comment(s) ? without(b, s) : s));
}
