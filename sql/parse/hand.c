/* The cursor, and the statements that are short or kept as text. */
#include "sql/parse/hand.h"

void hand_init(struct hand *h, struct parse *p, uint32_t at)
{
	*h = (struct hand){.p = p};
	lex_init(&p->lx, p->opts, p->text, at);
	parse_int_fetch(p, &h->t);
	h->first = h->t.t.start;
	h->last_end = h->first;
}

void hand_next(struct hand *h)
{
	if (hand_at_end(h))
		return;
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

bool hand_at_end(const struct hand *h)
{
	if (h->t.t.kind == ';' && !h->p->fp && h->depth == 0)
		return parse_int_peek(h->p)->t.kind == LEX_EOF;
	return h->t.t.kind == LEX_EOF || h->t.t.kind == LEX_ERROR;
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

bool hand_is_word(const struct hand *h, const char *word)
{
	return h->t.t.kind == LEX_WORD &&
	       str_ieqz(str_make(h->p->text.p + h->t.t.start, h->t.t.end - h->t.t.start), word);
}

int hand_error(struct hand *h, struct err *e)
{
	h->p->error_at = h->t.t.start;
	return parse_syntax_error(h->p->text, h->t.t.start, e);
}

bool hand_name(struct hand *h, struct str *out)
{
	if (h->t.t.kind != LEX_QUOTED && (h->t.t.kind != LEX_WORD || keyword_is_reserved(h->t.kw)))
		return false;
	*out = parse_int_name(h->p, (struct parse_loc){h->t.t.start, h->t.t.end});
	hand_next(h);
	return true;
}

bool hand_qualified(struct hand *h, struct str *db, struct str *name)
{
	*db = (struct str){0};
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

bool hand_skip_rest(struct hand *h)
{
	while (!hand_at_end(h)) {
		if (hand_is_char(h, ')') && h->depth == 0)
			return false;
		hand_next(h);
	}
	return h->t.t.kind != LEX_ERROR && h->depth == 0;
}

struct str hand_text(const struct hand *h)
{
	return str_make(h->p->text.p + h->first, h->last_end - h->first);
}

struct parse_loc hand_loc(const struct hand *h)
{
	return (struct parse_loc){h->first, h->last_end};
}

struct ast_node *hand_grammar(struct hand *h, int start_token, struct parse_loc part, struct err *e)
{
	struct parse p;

	parse_int_init(&p, h->p->a, h->p->opts, str_make(h->p->text.p, part.end));
	p.fp = h->p->fp;
	if (parse_int_run(&p, start_token, part.start, e) == 0)
		return p.root;
	h->p->error_at = p.error_at;
	return NULL;
}

static int text_statement(struct hand *h, unsigned kw, struct err *e)
{
	struct ast_text *n;

	if (!hand_skip_rest(h))
		return hand_error(h, e);
	n = parse_int_new(h->p, AST_TEXT, hand_loc(h));
	n->keyword = kw;
	n->text = hand_text(h);
	h->p->root = &n->n;
	return 0;
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

static int load(struct hand *h, struct err *e)
{
	struct ast_load *n = parse_int_new(h->p, AST_LOAD, hand_loc(h));

	hand_next(h);
	if (!hand_is(h, KW_DATA) && !hand_is(h, KW_XML))
		return text_statement(h, KW_LOAD, e);
	while (!hand_at_end(h) && !(hand_is(h, KW_TABLE) && h->last_kw == KW_INTO))
		hand_next(h);
	if (!hand_eat(h, KW_TABLE))
		return hand_error(h, e);
	n->tables = parse_int_list(h->p, hand_table(h));
	if (h->p->nomem || !hand_skip_rest(h))
		return hand_error(h, e);
	n->text = hand_text(h);
	parse_int_extend(&n->n, hand_loc(h));
	h->p->root = &n->n;
	return 0;
}

static int xa(struct hand *h, struct err *e)
{
	struct ast_txn *n;
	struct parse_loc rest;

	hand_next(h);
	rest.start = h->t.t.start;
	if (hand_at_end(h) || !hand_skip_rest(h))
		return hand_error(h, e);
	rest.end = h->last_end;
	n = parse_int_new(h->p, AST_TXN, hand_loc(h));
	n->n.op = AST_TXN_XA;
	n->name = parse_int_text(h->p, rest);
	h->p->root = &n->n;
	return 0;
}

/* FLUSH ..., ANALYZE [LOCAL] TABLE a, b ... and its like. */
static int admin(struct hand *h, enum ast_admin_op op, struct err *e)
{
	struct ast_admin *n = parse_int_new(h->p, AST_ADMIN, hand_loc(h));

	n->n.op = (uint8_t)op;
	hand_next(h);
	if (hand_at_end(h))
		return hand_error(h, e);
	while (!hand_at_end(h) && !hand_is(h, KW_TABLE) && !hand_is(h, KW_TABLES) &&
	       !hand_is(h, KW_VIEW))
		hand_next(h);
	if (!hand_at_end(h)) {
		struct ast_node *t;

		do {
			hand_next(h); /* TABLE, or a comma */
			if (hand_is(h, KW_WITH) || hand_is(h, KW_FOR))
				break;
			t = hand_table(h);
			if (!t && op == AST_ADMIN_FLUSH)
				break;
			if (!t)
				return hand_error(h, e);
			n->tables = parse_int_push(h->p, n->tables, t);
		} while (hand_is_char(h, ','));
	}
	if (!hand_skip_rest(h))
		return hand_error(h, e);
	n->text = hand_text(h);
	parse_int_extend(&n->n, hand_loc(h));
	h->p->root = &n->n;
	return 0;
}

/* Statements that begin with a keyword of the grammar, but are text all the same. */
static bool is_text(struct hand *h)
{
	unsigned next = parse_int_peek(h->p)->kw;

	switch (h->t.kw) {
	case KW_SET:
		return next == KW_PASSWORD || next == KW_ROLE || next == KW_RESOURCE ||
		       next == KW_DEFAULT;
	case KW_BEGIN:
		return next == KW_NOT;
	case KW_START:
		return next != KW_TRANSACTION;
	case KW_GRANT:
	case KW_REVOKE:
	case KW_RESET:
	case KW_HANDLER:
	case KW_BINLOG:
	case KW_PURGE:
	case KW_CHANGE:
	case KW_STOP:
	case KW_INSTALL:
	case KW_UNINSTALL:
	case KW_SHUTDOWN:
	case KW_HELP:
	case KW_CACHE:
	case KW_BACKUP:
	case KW_SIGNAL:
	case KW_RESIGNAL:
	case KW_GET:
		return true;
	default:
		return false;
	}
}

static int by_keyword(struct hand *h, struct err *e)
{
	if (is_text(h))
		return text_statement(h, h->t.kw, e);
	switch (h->t.kw) {
	case KW_USE:
		return use(h, e);
	case KW_SHOW:
		return hand_show_statement(h, e);
	case KW_LOAD:
		return load(h, e);
	case KW_XA:
		return xa(h, e);
	case KW_DROP:
		return parse_int_peek(h->p)->kw == KW_PREPARE ? 1 : hand_ddl_statement(h, e);
	case KW_CREATE:
	case KW_ALTER:
	case KW_RENAME:
	case KW_TRUNCATE:
		return hand_ddl_statement(h, e);
	case KW_FLUSH:
		return admin(h, AST_ADMIN_FLUSH, e);
	case KW_ANALYZE:
		switch (parse_int_peek(h->p)->kw) {
		case KW_TABLE:
		case KW_TABLES:
		case KW_LOCAL:
		case KW_NO_WRITE_TO_BINLOG:
			return admin(h, AST_ADMIN_ANALYZE, e);
		default:
			return 1;
		}
	case KW_CHECK:
		return admin(h, AST_ADMIN_CHECK, e);
	case KW_CHECKSUM:
		return admin(h, AST_ADMIN_CHECKSUM, e);
	case KW_OPTIMIZE:
		return admin(h, AST_ADMIN_OPTIMIZE, e);
	case KW_REPAIR:
		return admin(h, AST_ADMIN_REPAIR, e);
	default:
		return 1;
	}
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
