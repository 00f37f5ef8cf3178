/* Builders of anything: nodes, lists, names. */
#include "sql/lex/literal.h"
#include "sql/parse/parse_int.h"

void *parse_int_new(struct parse *p, enum ast_kind kind, struct parse_loc loc)
{
	struct ast_node *n = ast_new(p->a, kind);

	if (!n) {
		p->nomem = true;
		n = memset(p->scratch, 0, sizeof(p->scratch));
		n->kind = (uint8_t)kind;
	}
	n->start = loc.start;
	n->end = loc.end;
	return n;
}

struct ast_list parse_int_push(struct parse *p, struct ast_list l, struct ast_node *n)
{
	if (ast_push(p->a, &l, n))
		p->nomem = true;
	return l;
}

struct ast_list parse_int_list(struct parse *p, struct ast_node *first)
{
	return parse_int_push(p, (struct ast_list){0}, first);
}

struct ast_list parse_int_unshift(struct parse *p, struct ast_node *n, struct ast_list l)
{
	struct ast_list all = parse_int_list(p, n);

	for (uint32_t i = 0; i < l.n; i++)
		all = parse_int_push(p, all, l.v[i]);
	return all;
}

struct ast_list parse_int_pair(struct parse *p, struct ast_node *x, struct ast_node *y)
{
	return parse_int_push(p, parse_int_list(p, x), y);
}

static bool has_comment(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : 0;

		if (c == '#' || (c == '-' && next == '-') || (c == '/' && next == '*') ||
		    (c == '*' && next == '/'))
			return true;
	}
	return false;
}

/* Token by token: what an executed comment holds is not in one when it is printed. */
static struct str without_comments(struct parse *p, struct parse_loc loc)
{
	/* At most one space more for each token. */
	char *z = arena_alloc(p->a, 2 * (size_t)(loc.end - loc.start) + 1);
	struct str out = str_make(z, 0);
	struct lex_token t, last = {0};
	struct lex l;

	if (!z) {
		p->nomem = true;
		return STR_LIT("");
	}
	lex_init(&l, p->opts, str_make(p->text.p, loc.end), loc.start);
	for (lex_next(&l, &t); t.kind != LEX_EOF && t.kind != LEX_ERROR; lex_next(&l, &t)) {
		if (t.kind == LEX_DIRECTIVE) {
			last.kind = LEX_EOF; /* a space comes next */
			continue;
		}
		if (t.kind == '/' && last.kind == '*' && t.start == last.end) {
			/* The end of an executed comment that the part began in: these two stand
			 * together nowhere else. */
			out.n -= out.n > 1 && z[out.n - 2] == ' ' ? 2 : 1;
			last.kind = LEX_EOF;
			continue;
		}
		if ((t.spaced || last.kind == LEX_EOF) && out.n)
			z[out.n++] = ' ';
		memcpy(z + out.n, p->text.p + t.start, t.end - t.start);
		out.n += t.end - t.start;
		last = t;
	}
	return out;
}

struct str parse_int_text(struct parse *p, struct parse_loc loc)
{
	struct str s = str_make(p->text.p + loc.start, loc.end - loc.start);

	return has_comment(s) ? without_comments(p, loc) : s;
}

/* A zero byte, or a cut-off character at the end, cannot be in a name: nobody could print it. */
static struct str checked(struct parse *p, struct parse_loc loc, struct str s)
{
	if ((memchr(s.p, 0, s.n) || !lex_is_whole(p->opts->charset, s)) && !p->failed) {
		p->failed = true;
		parse_syntax_error(p->text, loc.start, p->e);
	}
	return s;
}

struct str parse_int_name(struct parse *p, struct parse_loc loc)
{
	struct str s;

	if (literal_name(parse_int_text(p, loc), p->opts->charset, p->a, &s, NULL)) {
		p->nomem = true;
		return STR_LIT("");
	}
	return checked(p, loc, s);
}

struct str parse_int_string(struct parse *p, struct parse_loc loc)
{
	struct str s;

	if (literal_string(parse_int_text(p, loc), p->opts, p->a, &s, NULL)) {
		p->nomem = true;
		return STR_LIT("");
	}
	return checked(p, loc, s);
}

struct str parse_int_user_var(struct parse *p, struct parse_loc loc)
{
	return parse_int_name(p, (struct parse_loc){loc.start + 1, loc.end});
}

struct str parse_int_hint(struct parse *p, struct parse_loc keyword)
{
	for (const struct parse_hint *h = p->hints; h; h = h->next) {
		if (h->at == keyword.start)
			return h->text;
	}
	return (struct str){0};
}

struct parse_loc parse_int_span(struct parse_loc from, struct parse_loc to)
{
	return (struct parse_loc){from.start, to.end};
}

void parse_int_extend(struct ast_node *n, struct parse_loc loc)
{
	n->start = loc.start;
	n->end = loc.end;
}

void parse_int_error(struct parse *p, struct parse_loc loc)
{
	if (p->failed)
		return;
	p->failed = true;
	p->error_at = loc.start;
	parse_syntax_error(p->text, loc.start, p->e);
}
