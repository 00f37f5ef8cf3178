/* Builders of anything: nodes, lists, names. */
#include "sql/lex/literal.h"
#include "sql/parse/parse_int.h"

#include "sql/norm/fingerprint.h"

/* Bytes that are read again to find out where executed comments are; more is nobody's SQL. */
enum { RESCAN_LIMIT = 64 << 20 };

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

/* @first, and room for @n in all. */
static struct ast_list list_of(struct parse *p, uint32_t n, struct ast_node *first)
{
	struct ast_list l = {.cap = n};

	if (l.cap)
		l.v = arena_alloc(p->a, l.cap * sizeof(struct ast_node *));
	if (!l.v)
		l.cap = 0;
	return parse_int_push(p, l, first);
}

struct ast_list parse_int_row_list(struct parse *p, struct ast_node *first)
{
	return list_of(p, p->row_items, first);
}

struct ast_list parse_int_rows(struct parse *p, struct ast_node *first)
{
	uint32_t n = 0;

	for (size_t i = 0; p->fp && i < p->fp->groups.len; i++) {
		if (p->fp->groups.v[i].kind == FP_ROWS &&
		    p->fp->groups.v[i].start == first->start)
			n = p->fp->groups.v[i].rows;
	}
	return list_of(p, n, first);
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

/* Whether byte @at is within an executed comment: only reading from the start tells. */
static bool begins_in_comment(struct parse *p, uint32_t at)
{
	struct lex_token t = {.end = 0};
	struct lex l;

	if (!p->version_comment)
		return false;
	if (p->rescanned > RESCAN_LIMIT) {
		parse_int_error(p, (struct parse_loc){at, at});
		return false;
	}
	p->rescanned += at;
	lex_init(&l, p->opts, str_make(p->text.p, at), p->fp ? p->fp->start : 0);
	do
		lex_next(&l, &t);
	while (t.kind != LEX_EOF && t.kind != LEX_ERROR);
	return l.in_version_comment;
}

/* Token by token: what an executed comment holds is not in one when it is printed. */
static struct str without_comments(struct parse *p, struct parse_loc loc)
{
	char *z = arena_alloc(p->a, 2 * (size_t)(loc.end - loc.start) + 1);
	struct str out = str_make(z, 0);
	struct lex_token t;
	bool apart = false;
	struct lex l;

	if (!z) {
		p->nomem = true;
		return STR_LIT("");
	}
	lex_init(&l, p->opts, str_make(p->text.p, loc.end), loc.start);
	l.in_version_comment = begins_in_comment(p, loc.start);
	for (lex_next(&l, &t); t.kind != LEX_EOF && t.kind != LEX_ERROR; lex_next(&l, &t)) {
		if (t.kind == LEX_DIRECTIVE) {
			apart = true;
			continue;
		}
		/* Two dashes would begin a comment if a space came to stand behind them. */
		apart = apart || (t.kind == '-' && out.n && z[out.n - 1] == '-');
		if ((t.spaced || apart) && out.n)
			z[out.n++] = ' ';
		apart = false;
		memcpy(z + out.n, p->text.p + t.start, t.end - t.start);
		out.n += t.end - t.start;
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
		parse_int_syntax_error(p, loc.start, p->e);
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
	parse_int_syntax_error(p, loc.start, p->e);
}
