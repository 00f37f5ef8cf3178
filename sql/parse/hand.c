/* The cursor, and the statements that are short or kept as text. */
#include "sql/parse/hand.h"

#include "sql/grammar/grammar.h"
#include "sql/parse/form.h"

void hand_init(struct hand *h, struct parse *p, uint32_t at)
{
	*h = (struct hand){.p = p};
	lex_init(&p->lx, p->opts, p->text, at);
	parse_int_fetch(p, &h->t);
	h->first = h->t.t.start;
	h->last_end = h->first;
}

static void advance(struct hand *h)
{
	if (hand_is_char(h, '('))
		h->depth++;
	else if (hand_is_char(h, ')'))
		h->depth--;
	h->last_kw = h->t.kw;
	h->last_end = h->t.t.end;
	if (h->p->has_ahead)
		h->t = h->p->ahead;
	else
		parse_int_fetch(h->p, &h->t);
	h->p->has_ahead = false;
}

void hand_next(struct hand *h)
{
	if (!hand_at_end(h))
		advance(h);
}

bool hand_want_semicolon(struct hand *h)
{
	if (!hand_is_char(h, ';'))
		return hand_fail(h);
	advance(h);
	return true;
}

bool hand_at_end(const struct hand *h)
{
	if (h->t.t.kind == ';' && h->bodies)
		return true;
	if (h->t.t.kind == ';' && !h->p->fp && h->depth == 0)
		return parse_int_peek(h->p)->t.kind == LEX_EOF;
	return h->t.t.kind == LEX_EOF || h->t.t.kind == LEX_ERROR;
}

void hand_mark(const struct hand *h, struct hand_mark *m)
{
	const struct parse *p = h->p;

	*m = (struct hand_mark){
		.lx = p->lx,
		.t = h->t,
		.ahead = p->ahead,
		.last = p->last,
		.fetched = p->fetched,
		.last_end = h->last_end,
		.last_kw = h->last_kw,
		.depth = h->depth,
		.has_ahead = p->has_ahead,
		.operand = p->operand,
	};
}

void hand_back(struct hand *h, const struct hand_mark *m)
{
	struct parse *p = h->p;

	p->lx = m->lx;
	p->ahead = m->ahead;
	p->last = m->last;
	p->fetched = m->fetched;
	p->has_ahead = m->has_ahead;
	p->operand = m->operand;
	h->t = m->t;
	h->last_end = m->last_end;
	h->last_kw = m->last_kw;
	h->depth = m->depth;
}

bool hand_eat(struct hand *h, unsigned kw)
{
	if (!hand_is(h, kw))
		return false;
	hand_next(h);
	return true;
}

bool hand_eat_char(struct hand *h, char c)
{
	if (!hand_is_char(h, c))
		return false;
	hand_next(h);
	return true;
}

bool hand_eat2(struct hand *h, unsigned kw, unsigned next)
{
	if (!hand_is(h, kw) || parse_int_peek(h->p)->kw != next)
		return false;
	hand_next(h);
	hand_next(h);
	return true;
}

bool hand_want(struct hand *h, unsigned kw)
{
	return hand_eat(h, kw) || hand_fail(h);
}

bool hand_want_char(struct hand *h, char c)
{
	return hand_eat_char(h, c) || hand_fail(h);
}

bool hand_is_word(const struct hand *h, const char *word)
{
	return h->t.t.kind == LEX_WORD &&
	       str_ieqz(str_make(h->p->text.p + h->t.t.start, h->t.t.end - h->t.t.start), word);
}

bool hand_eat_word(struct hand *h, const char *word)
{
	if (!hand_is_word(h, word))
		return false;
	hand_next(h);
	return true;
}

bool hand_eat_words(struct hand *h, const char *words)
{
	struct str rest = str_of(words), word;
	struct hand_mark mark;
	bool moved = false;

	while (rest.n) {
		str_cut(rest, ' ', &word, &rest);
		if (h->t.t.kind != LEX_WORD ||
		    !str_ieq(str_make(h->p->text.p + h->t.t.start, h->t.t.end - h->t.t.start),
			     word)) {
			if (moved)
				hand_back(h, &mark);
			return false;
		}
		if (!moved)
			hand_mark(h, &mark);
		moved = true;
		hand_next(h);
	}
	return true;
}

int hand_error(struct hand *h, struct err *e)
{
	if (hand_failed(h))
		return -1;
	h->p->failed = true;
	h->p->error_at = h->t.t.start;
	return parse_int_syntax_error(h->p, h->t.t.start, e);
}

bool hand_fail(struct hand *h)
{
	hand_error(h, h->p->e);
	return false;
}

/* COUNT(, with or without white space as the mode has it, is never a name. */
static bool is_call(struct hand *h)
{
	const struct parse_token *next;
	unsigned fn;

	if (h->t.t.kind != LEX_WORD || h->last_end == h->t.t.start)
		return false; /* after a dot any word is a name */
	fn = keyword_find(h->p->text.p + h->t.t.start, h->t.t.end - h->t.t.start).fn;
	if (!(keyword_fn_flags(fn) & FN_IS_GLUED) || fn == FN_ADDDATE || fn == FN_SUBDATE ||
	    fn == FN_SESSION_USER || fn == FN_SYSTEM_USER) /* these may be names all the same */
		return false;
	next = parse_int_peek(h->p);
	return next->t.kind == '(' &&
	       (!next->t.spaced || (h->p->opts->mode & LEX_IGNORE_SPACE) != 0);
}

bool hand_name(struct hand *h, struct str *out)
{
	if (is_call(h))
		return false;
	if (h->t.t.kind != LEX_QUOTED && (h->t.t.kind != LEX_WORD || keyword_is_reserved(h->t.kw)))
		return false;
	*out = parse_int_name(h->p, (struct parse_loc){h->t.t.start, h->t.t.end});
	hand_next(h);
	return true;
}

bool hand_qualified(struct hand *h, struct str *db, struct str *name)
{
	*db = (struct str){0};
	hand_eat_char(h, '.'); /* .t is t */
	if (!hand_name(h, name))
		return false;
	if (!hand_eat_char(h, '.'))
		return true;
	*db = *name;
	return hand_name(h, name);
}

struct ast_node *hand_table(struct hand *h)
{
	struct parse_loc loc = {h->t.t.start, 0};
	struct str db, name;

	if (!hand_qualified(h, &db, &name))
		return NULL;
	loc.end = h->last_end;
	return parse_int_table(h->p, loc, db, name);
}

struct ast_node *hand_name_node(struct hand *h)
{
	uint32_t from = h->t.t.start;
	struct ast_name *n;
	struct str name;

	if (!hand_name(h, &name))
		return NULL;
	n = parse_int_new(h->p, AST_NAME, hand_loc_from(h, from));
	n->name = name;
	return &n->n;
}

struct str hand_take(struct hand *h)
{
	struct str s = str_make(h->p->text.p + h->t.t.start, h->t.t.end - h->t.t.start);

	hand_next(h);
	return s;
}

bool hand_string(struct hand *h, struct str *out)
{
	uint32_t from = h->t.t.start;

	if (h->t.t.kind != LEX_STRING)
		return false;
	hand_next(h);
	*out = hand_text_from(h, from);
	return true;
}

bool hand_string_value(struct hand *h, struct str *out)
{
	if (h->t.t.kind != LEX_STRING)
		return false;
	*out = parse_int_string(h->p, (struct parse_loc){h->t.t.start, h->t.t.end});
	hand_next(h);
	return true;
}

bool hand_int(struct hand *h, struct str *out)
{
	if ((h->t.t.kind != LEX_INT && h->t.t.kind != LEX_HEX) || h->p->text.p[h->t.t.start] == '-')
		return false;
	*out = hand_take(h);
	return true;
}

bool hand_skip_rest(struct hand *h)
{
	while (!hand_at_end(h)) {
		if (hand_is_char(h, ')') && h->depth == 0)
			return false;
		hand_next(h);
	}
	return h->t.t.kind != LEX_ERROR && h->depth == 0;
}

struct str hand_text_from(struct hand *h, uint32_t from)
{
	return parse_int_text(h->p,
			      (struct parse_loc){from, h->last_end > from ? h->last_end : from});
}

struct str hand_text(struct hand *h)
{
	return hand_text_from(h, h->first);
}

struct parse_loc hand_loc(const struct hand *h)
{
	return (struct parse_loc){h->first, h->last_end};
}

struct parse_loc hand_loc_from(const struct hand *h, uint32_t from)
{
	return (struct parse_loc){from, h->last_end};
}

bool hand_enter(struct hand *h)
{
	if (h->nested++ < HAND_MAX_NESTED)
		return true;
	if (!hand_failed(h)) {
		h->p->failed = true;
		err_set(h->p->e, ERR_TOO_DEEP, "the statement is nested too deep");
	}
	return false;
}

struct ast_node *hand_part(struct hand *h, int start_token, const struct parse_stop *stop)
{
	struct parse *p = h->p;

	if (hand_failed(h) || parse_int_run_part(p, start_token, stop, &h->t)) {
		if (!hand_failed(h))
			hand_fail(h);
		return NULL;
	}
	h->last_end = p->last.t.end;
	h->last_kw = 0;
	return p->root;
}

struct ast_node *hand_expr(struct hand *h, const struct parse_stop *stop)
{
	return hand_part(h, TOK_T_START_EXPR, stop);
}

struct ast_node *hand_expr_in_parens(struct hand *h)
{
	static const struct parse_stop none = {.semicolon = false};
	struct ast_node *n;
	unsigned next;

	if (!hand_is_char(h, '(')) {
		hand_fail(h);
		return NULL;
	}
	next = parse_int_peek(h->p)->kw;
	if (next == KW_SELECT || next == KW_WITH || next == KW_VALUES)
		return hand_operand(h); /* (SELECT ..): the parentheses are the subquery's */
	hand_next(h);
	n = hand_expr(h, &none);
	return n && hand_want_char(h, ')') ? n : NULL;
}

struct ast_node *hand_operand(struct hand *h)
{
	static const struct parse_stop one = {.operand = true, .semicolon = true};

	return hand_expr(h, &one);
}

struct ast_node *hand_query(struct hand *h)
{
	static const struct parse_stop end = {.semicolon = true, .check_option = true};

	return hand_part(h, TOK_T_START_QUERY, &end);
}

bool hand_expr_list(struct hand *h, struct ast_list *out)
{
	static const struct parse_stop comma = {.comma = true};

	if (!hand_want_char(h, '('))
		return false;
	do {
		struct ast_node *n = hand_expr(h, &comma);

		if (!n)
			return false;
		*out = parse_int_push(h->p, *out, n);
	} while (hand_eat_char(h, ','));
	return hand_want_char(h, ')');
}

/* USE ks, USE `ks`, USE ks:-80@replica: all up to the end, in which no white space may stand. */
static int use(struct hand *h, struct err *e)
{
	struct ast_use *n;
	struct parse_loc loc;
	bool quoted;

	hand_next(h);
	if (hand_at_end(h))
		return hand_error(h, e);
	quoted = h->t.t.kind == LEX_QUOTED;
	loc = (struct parse_loc){h->t.t.start, h->t.t.end};
	hand_next(h);
	if (quoted && !hand_at_end(h))
		return hand_error(h, e);
	for (; !hand_at_end(h); hand_next(h)) {
		if (h->t.t.spaced)
			return hand_error(h, e);
		loc.end = h->t.t.end;
	}
	if (h->t.t.kind == LEX_ERROR)
		return hand_error(h, e);
	n = parse_int_new(h->p, AST_USE, hand_loc(h));
	n->target = parse_int_name(h->p, loc);
	h->p->root = &n->n;
	return 0;
}

/* SET STATEMENT a = 1, b = 2 FOR any statement */
static int set_statement(struct hand *h, struct err *e)
{
	static const struct parse_stop to_for = {.semicolon = true, .kw = {KW_FOR}};
	struct ast_set_statement *n = parse_int_new(h->p, AST_SET_STATEMENT, hand_loc(h));
	struct ast_node *set;

	hand_next(h);
	hand_next(h);
	set = hand_part(h, TOK_T_START_SET, &to_for);
	if (!set || !hand_want(h, KW_FOR) || !hand_inner_statement(h))
		return hand_error(h, e);
	n->items = AST_AS(set, set)->items;
	for (uint32_t i = 0; i < n->items.n; i++) {
		const struct ast_node *target = AST_AS(set_item, n->items.v[i])->target;

		if (target && target->kind == AST_SYS_VAR && target->op == AST_SCOPE_GLOBAL)
			return hand_error(h, e);
	}
	n->statement = h->p->root;
	parse_int_extend(&n->n, hand_loc(h));
	h->p->root = &n->n;
	return hand_at_end(h) && h->t.t.kind != LEX_ERROR ? 0 : hand_error(h, e);
}

static int by_keyword(struct hand *h, struct err *e)
{
	switch (h->t.kw) {
	case KW_SET:
		return parse_int_peek(h->p)->kw == KW_STATEMENT ? set_statement(h, e)
								: form_statement(h, e);
	case KW_USE:
		return use(h, e);
	case KW_SHOW:
		return hand_show_statement(h, e);
	case KW_LOAD:
		switch (parse_int_peek(h->p)->kw) {
		case KW_DATA:
		case KW_XML:
			return 1;
		default:
			return form_statement(h, e);
		}
	case KW_XA:
		return hand_xa_statement(h, e);
	default:
		return form_statement(h, e);
	}
}

bool hand_inner_statement(struct hand *h)
{
	static const struct parse_stop end = {.semicolon = true};
	uint32_t first = h->first;
	int rc;

	if (!hand_enter(h))
		return false;
	h->first = h->t.t.start;
	rc = by_keyword(h, h->p->e);
	if (rc < 0)
		hand_fail(h); /* unless it is said already */
	if (rc > 0 && !hand_part(h, TOK_T_START_STATEMENT, &end))
		rc = -1;
	h->first = first;
	h->nested--;
	return rc >= 0 && !hand_failed(h);
}

int parse_int_by_hand(struct parse *p, uint32_t at, struct err *e)
{
	struct hand h;
	int rc;

	p->e = e;
	hand_init(&h, p, at);
	if (hand_at_end(&h) && h.t.t.kind != LEX_ERROR)
		return err_set_mysql(e, ERR_SYNTAX, 1065, "42000", "Query was empty");
	rc = by_keyword(&h, e);
	if (rc > 0 && p->out)
		*p->out = (struct parse_result){0};
	if (rc <= 0 && p->nomem)
		return err_set(e, ERR_NOMEM, "out of memory for the statement's tree");
	return rc == 0 && p->failed ? -1 : rc;
}
