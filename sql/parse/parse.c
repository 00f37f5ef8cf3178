#include "sql/parse/parse.h"

#include "sql/grammar/grammar.h"
#include "sql/norm/fingerprint.h"
#include "sql/parse/parse_fixed.h"
#include "sql/parse/parse_int.h"

int parse_syntax_error(struct str text, uint32_t start, uint32_t at, struct err *e)
{
	uint32_t line = 1, n;

	if (at > text.n)
		at = (uint32_t)text.n;
	for (uint32_t i = start; i < at; i++)
		line += text.p[i] == '\n';
	n = (uint32_t)text.n - at;
	if (n > 80) {
		n = 80;
		/* Not in the middle of a UTF-8 character. */
		while (n > 76 && ((uint8_t)text.p[at + n] & 0xC0) == 0x80)
			n--;
	}
	return err_set(
		e, ERR_SYNTAX,
		"You have an error in your SQL syntax; check the manual that corresponds to "
		"your MariaDB server version for the right syntax to use near '%.*s' at line %u",
		(int)n, text.p + at, line);
}

int parse_int_syntax_error(const struct parse *p, uint32_t at, struct err *e)
{
	return parse_syntax_error(p->whole, p->fp ? p->fp->start : 0, at, e);
}

/* Called by the parser that bison makes. */
void grammar_error(const struct parse_loc *loc, struct parse *p, const char *msg)
{
	(void)loc;
	if (p->failed || p->nomem)
		return;
	p->failed = true;
	p->error_at = p->token_start;
	if (str_starts(str_of(msg), "memory"))
		err_set(p->e, ERR_TOO_DEEP, "the statement is nested too deep");
	else
		parse_int_syntax_error(
			p, p->fp && p->token_start >= p->text.n ? p->fp->stop : p->token_start,
			p->e);
}

void parse_int_init(struct parse *p, struct arena *a, const struct lex_opts *opts, struct str text)
{
	memset(p, 0, sizeof(*p));
	p->a = a;
	p->opts = opts;
	p->text = p->whole = text;
}

int parse_int_run(struct parse *p, int start_token, uint32_t at, struct err *e)
{
	struct err own;
	int rc;

	p->e = e ? e : &own;
	p->start_token = start_token;
	lex_init(&p->lx, p->opts, p->text, at);
	rc = grammar_parse(p);
	if (p->nomem)
		return err_set(e, ERR_NOMEM, "out of memory for the statement's tree");
	if (rc || p->failed)
		return -1;
	if (ast_depth(p->root, PARSE_MAX_DEPTH) > PARSE_MAX_DEPTH)
		return err_set(e, ERR_TOO_DEEP, "the statement is nested too deep");
	return 0;
}

int parse_int_run_part(struct parse *p, int start_token, const struct parse_stop *stop,
		       struct parse_token *at)
{
	p->start_token = start_token;
	p->stop = stop;
	p->stop_parens = p->stop_cases = 0;
	p->pushed = *at;
	p->has_pushed = true;
	p->stopped = false;
	p->last = (struct parse_token){0};
	p->root = NULL;
	if (grammar_parse(p) || p->failed || p->nomem)
		return -1;
	p->stop = NULL;
	*at = p->pushed;
	p->stopped = false;
	if (ast_depth(p->root, PARSE_MAX_DEPTH) > PARSE_MAX_DEPTH) {
		p->failed = true;
		return err_set(p->e, ERR_TOO_DEEP, "the statement is nested too deep");
	}
	return 0;
}

int parse_statement(struct arena *a, const struct lex_opts *opts, struct str text,
		    const struct fingerprint *fp, struct parse_result *out, struct err *e)
{
	struct parse p;
	struct str whole = text;
	uint32_t at = fp ? fp->start : 0;
	int rc;

	*out = (struct parse_result){0};
	if (text.n >= UINT32_MAX / 2)
		return err_set(e, ERR_TOO_BIG, "a statement of %zu bytes is too long", text.n);
	if (fp)
		text.n = fp->end;
	parse_int_init(&p, a, opts, text);
	p.fp = fp;
	p.out = out;
	p.whole = whole;
	rc = parse_int_by_hand(&p, at, e);
	if (rc > 0) {
		parse_int_init(&p, a, opts, text);
		p.fp = fp;
		p.out = out;
		p.whole = whole;
		rc = parse_int_run(&p, TOK_T_START_STATEMENT, at, e);
	}
	out->error_at = p.error_at;
	if (rc)
		return -1;
	out->root = p.root;
	return fp ? parse_fixed_slots(a, fp, out, e) : 0;
}

static struct ast_node *parse_part(struct arena *a, const struct lex_opts *opts, struct str text,
				   int start_token, struct err *e)
{
	struct parse p;

	if (text.n >= UINT32_MAX / 2) {
		err_set(e, ERR_TOO_BIG, "a text of %zu bytes is too long", text.n);
		return NULL;
	}
	parse_int_init(&p, a, opts, text);
	return parse_int_run(&p, start_token, 0, e) ? NULL : p.root;
}

struct ast_node *parse_expr(struct arena *a, const struct lex_opts *opts, struct str text,
			    struct err *e)
{
	return parse_part(a, opts, text, TOK_T_START_EXPR, e);
}

struct ast_node *parse_query(struct arena *a, const struct lex_opts *opts, struct str text,
			     struct err *e)
{
	return parse_part(a, opts, text, TOK_T_START_QUERY, e);
}
