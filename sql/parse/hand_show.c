/* SHOW: what the gate answers or routes by itself is understood, the rest is text. */
#include "sql/grammar/grammar.h"
#include "sql/parse/form.h"

static const struct {
	const char *words;
	enum ast_show_op op;
} kinds[] = {
#define X(name, words) {words, AST_SHOW_##name},
#include "sql/ast/shows.def"
#undef X
	{"SCHEMAS", AST_SHOW_DATABASES},
	{"FIELDS", AST_SHOW_COLUMNS},
	{"INDEXES", AST_SHOW_INDEX},
	{"KEYS", AST_SHOW_INDEX},
	{"CREATE SCHEMA", AST_SHOW_CREATE_DATABASE},
	{"CHARSET", AST_SHOW_CHARSET},
	{"VITESS_SHARDS", AST_SHOW_SHARDS},
	{"VITESS_TABLETS", AST_SHOW_TABLETS},
	{"VITESS_KEYSPACES", AST_SHOW_KEYSPACES},
};

/* COUNT(*) WARNINGS, or words as they are. */
static bool eat_words(struct hand *h, const char *words)
{
	struct hand_mark mark;

	if (strncmp(words, "COUNT(*) ", 9))
		return hand_eat_words(h, words);
	hand_mark(h, &mark);
	if (hand_eat_word(h, "COUNT") && hand_eat_char(h, '(') && hand_eat_char(h, '*') &&
	    hand_eat_char(h, ')') && hand_eat_words(h, words + 9))
		return true;
	hand_back(h, &mark);
	return false;
}

static unsigned modifiers(struct hand *h)
{
	unsigned flags = 0;

	for (;;) {
		if (hand_eat(h, KW_FULL))
			flags |= AST_FULL;
		else if (hand_eat(h, KW_EXTENDED))
			flags |= AST_EXTENDED;
		else if (hand_eat(h, KW_GLOBAL))
			flags |= AST_GLOBAL;
		else if (hand_eat(h, KW_SESSION) || hand_eat(h, KW_LOCAL))
			flags |= AST_SESSION;
		else
			return flags;
	}
}

static bool from_or_in(struct hand *h)
{
	return hand_eat(h, KW_FROM) || hand_eat(h, KW_IN);
}

/* What comes between the kind and LIKE or WHERE. */
static bool object(struct hand *h, struct ast_show *n)
{
	switch (n->n.op) {
	case AST_SHOW_COLUMNS:
	case AST_SHOW_INDEX:
		if (!from_or_in(h) || !hand_qualified(h, &n->db, &n->object))
			return false;
		return !from_or_in(h) || hand_name(h, &n->db);
	case AST_SHOW_TABLES:
	case AST_SHOW_TABLE_STATUS:
	case AST_SHOW_TRIGGERS:
	case AST_SHOW_EVENTS:
	case AST_SHOW_OPEN_TABLES:
		return !from_or_in(h) || hand_name(h, &n->db);
	case AST_SHOW_CREATE_DATABASE:
		if (hand_eat(h, KW_IF) && (!hand_eat(h, KW_NOT) || !hand_eat(h, KW_EXISTS)))
			return false;
		return hand_name(h, &n->object);
	case AST_SHOW_CREATE_TABLE:
	case AST_SHOW_CREATE_VIEW:
	case AST_SHOW_CREATE_PROCEDURE:
	case AST_SHOW_CREATE_FUNCTION:
	case AST_SHOW_CREATE_TRIGGER:
	case AST_SHOW_CREATE_EVENT:
		return hand_qualified(h, &n->db, &n->object);
	case AST_SHOW_VSCHEMA:
		if (hand_eat(h, KW_TABLES))
			n->object = STR_LIT("TABLES");
		else if (hand_is_word(h, "VINDEXES")) {
			n->object = STR_LIT("VINDEXES");
			hand_next(h);
		}
		return !from_or_in(h) || hand_name(h, &n->db);
	default:
		return true;
	}
}

static struct ast_node *literal(struct hand *h, unsigned kind, enum ast_lit type)
{
	struct parse_loc loc = {h->t.t.start, h->t.t.end};

	if (h->t.t.kind == '?')
		type = AST_LIT_PARAM;
	else if (h->t.t.kind != kind)
		return NULL;
	hand_next(h);
	return parse_int_literal(h->p, loc, type);
}

static int tail(struct hand *h, struct ast_show *n, struct err *e)
{
	static const struct parse_stop end = {.semicolon = true};

	if (hand_eat(h, KW_LIKE)) {
		n->like = literal(h, LEX_STRING, AST_LIT_STRING);
		if (!n->like)
			return hand_error(h, e);
	} else if (hand_eat(h, KW_WHERE)) {
		n->where = hand_expr(h, &end);
		if (!n->where)
			return -1;
	} else if (hand_eat(h, KW_LIMIT)) {
		struct ast_node *x = literal(h, LEX_INT, AST_LIT_INT);

		if (hand_eat_char(h, ','))
			n->limit = parse_int_limit(h->p, hand_loc(h),
						   literal(h, LEX_INT, AST_LIT_INT), x);
		else if (hand_eat(h, KW_OFFSET))
			n->limit = parse_int_limit(h->p, hand_loc(h), x,
						   literal(h, LEX_INT, AST_LIT_INT));
		else
			n->limit = parse_int_limit(h->p, hand_loc(h), x, NULL);
		if (!AST_AS(limit, n->limit)->count || !x)
			return hand_error(h, e);
	}
	return hand_at_end(h) && h->t.t.kind != LEX_ERROR ? 0 : 1;
}

/* The whole statement, whatever it is. */
static int other(struct hand *h, struct ast_show *n, const struct hand_mark *begin, struct err *e)
{
	struct form f = {.h = h};

	hand_back(h, begin);
	if (!form_rule(&f, "show_other") || !hand_at_end(h) || h->t.t.kind == LEX_ERROR)
		return hand_error(h, e);
	n->n.op = AST_SHOW_OTHER;
	n->n.flags = 0;
	n->db = n->object = (struct str){0};
	n->like = n->where = n->limit = NULL;
	n->text = hand_text(h);
	return 0;
}

int hand_show_statement(struct hand *h, struct err *e)
{
	struct ast_show *n = parse_int_new(h->p, AST_SHOW, hand_loc(h));
	struct hand_mark begin;
	int rc = 1;

	hand_next(h);
	hand_mark(h, &begin);
	if (hand_at_end(h))
		return hand_error(h, e);
	n->n.flags = (uint16_t)modifiers(h);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!eat_words(h, kinds[i].words))
			continue;
		n->n.op = (uint8_t)kinds[i].op;
		if (n->n.op == AST_SHOW_GRANTS || n->n.op == AST_SHOW_CREATE_USER)
			break;
		if (!object(h, n))
			return hand_error(h, e);
		rc = tail(h, n, e);
		break;
	}
	if (rc > 0)
		rc = other(h, n, &begin, e);
	parse_int_extend(&n->n, hand_loc(h));
	h->p->root = &n->n;
	return rc;
}
