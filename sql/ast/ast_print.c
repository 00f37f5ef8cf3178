/* The printer's entry points, names, and dispatch. */
#include "sql/ast/ast_print.h"

#include "sql/ast/ast_print_int.h"
#include "sql/lex/keyword.h"

static const struct ast_print plain;

static bool is_plain(struct str s)
{
	struct keyword_hit hit;

	if (s.n == 0 || (s.p[0] >= '0' && s.p[0] <= '9'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '_')
			return false;
	}
	/* x'41' and _utf8'a' would be literals. */
	if (s.n == 1 && (s.p[0] | 0x20) >= 'a')
		return true;
	if (s.p[0] == '_')
		return false;
	hit = keyword_find(s.p, s.n);
	return !hit.kw;
}

static void quote(struct buf *out, struct str name, enum lex_charset charset)
{
	const uint8_t *p = (const uint8_t *)name.p, *end = p + name.n;

	buf_u8(out, '`');
	while (p < end) {
		unsigned n = lex_char_len(charset, p, end);

		buf_append(out, p, n);
		if (n == 1 && *p == '`')
			buf_u8(out, '`');
		p += n;
	}
	buf_u8(out, '`');
}

void ast_print_name(struct buf *out, struct str name, enum lex_charset charset)
{
	if (is_plain(name))
		buf_str(out, name);
	else
		quote(out, name, charset);
}

void ast_print_int_name(struct printer *r, struct str name)
{
	ast_print_name(r->out, name, r->p->charset);
}

void ast_print_int_quoted(struct printer *r, struct str name)
{
	quote(r->out, name, r->p->charset);
}

void ast_print_string(struct buf *out, struct str s, bool backslash)
{
	buf_puts(out, "'");
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '\'')
			buf_puts(out, "''");
		else if (c == '\\' && backslash)
			buf_puts(out, "\\\\");
		else if (c == 0 && backslash)
			buf_puts(out, "\\0");
		else
			buf_u8(out, (uint8_t)c);
	}
	buf_puts(out, "'");
}

void ast_print_int_node(struct printer *r, const struct ast_node *n)
{
	if (!n || (r->p->node && r->p->node(r->p->arg, r->out, n)))
		return;
	if (!ast_print_int_expr(r, n) && !ast_print_int_query(r, n))
		ast_print_int_statement(r, n);
}

void ast_print_int_list(struct printer *r, const struct ast_list *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		if (i)
			ast_print_int_s(r, ", ");
		ast_print_int_node(r, l->v[i]);
	}
}

void ast_print_int_clause(struct printer *r, const char *word, const struct ast_list *l)
{
	if (l->n == 0)
		return;
	ast_print_int_s(r, word);
	ast_print_int_list(r, l);
}

void ast_print_int_word_node(struct printer *r, const char *word, const struct ast_node *n)
{
	if (!n)
		return;
	ast_print_int_s(r, word);
	ast_print_int_node(r, n);
}

void ast_print(struct buf *out, const struct ast_node *n, const struct ast_print *p)
{
	struct printer r = {out, p ? p : &plain, p && p->name_from.n};

	ast_print_int_node(&r, n);
}

void ast_print_operand(struct buf *out, const struct ast_node *n, const struct ast_print *p)
{
	struct printer r = {out, p ? p : &plain, false};

	ast_print_int_at(&r, n, 100);
}

void ast_print_list(struct buf *out, const struct ast_list *l, const struct ast_print *p)
{
	struct printer r = {out, p ? p : &plain, false};

	ast_print_int_list(&r, l);
}

struct str ast_print_item_name(const struct ast_item *item, struct str text)
{
	if (item->alias.p)
		return item->alias;
	if (item->expr->kind == AST_COLUMN)
		return AST_AS(column, item->expr)->name;
	return str_trim(str_make(text.p + item->name_start, item->name_end - item->name_start));
}
