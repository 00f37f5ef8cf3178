/* CREATE TABLE. */
#include "sql/parse/ddl.h"

/* PERIOD FOR name (from, to) */
static struct ast_node *period(struct hand *h)
{
	uint32_t from = h->t.t.start;
	struct ast_period *n = parse_int_new(h->p, AST_PERIOD, hand_loc(h));

	hand_next(h);
	if (hand_eat_words(h, "IF NOT EXISTS"))
		n->n.flags = AST_IF_NOT_EXISTS;
	if (!hand_want(h, KW_FOR))
		return NULL;
	if (!hand_name(h, &n->name) || !hand_eat_char(h, '(') || !hand_name(h, &n->from) ||
	    !hand_eat_char(h, ',') || !hand_name(h, &n->to) || !hand_eat_char(h, ')')) {
		hand_fail(h);
		return NULL;
	}
	parse_int_extend(&n->n, hand_loc_from(h, from));
	return &n->n;
}

struct ast_node *ddl_table_element(struct form *f)
{
	struct hand *h = f->h;
	struct ast_node *n;
	bool is;

	if (hand_is_word(h, "PERIOD") &&
	    (parse_int_peek(h->p)->kw == KW_FOR || parse_int_peek(h->p)->kw == KW_IF))
		return period(h);
	n = ddl_key(f, &is);
	return is ? n : ddl_column(h, f);
}

bool ddl_table_elements(struct form *f, struct ast_list *out)
{
	struct hand *h = f->h;

	do {
		struct ast_node *n = ddl_table_element(f);

		if (!n)
			return false;
		*out = parse_int_push(h->p, *out, n);
	} while (hand_eat_char(h, ','));
	return hand_want_char(h, ')');
}

static bool like(struct form *f, struct ast_create_table *n)
{
	struct hand *h = f->h;

	n->like = hand_table(h);
	if (!n->like)
		return hand_fail(h);
	f->tables = parse_int_push(h->p, f->tables, ast_clone(h->p->a, n->like, false));
	return true;
}

static bool begins_query(struct hand *h)
{
	unsigned next = parse_int_peek(h->p)->kw;

	if (hand_is(h, KW_WITH))
		return next != KW_SYSTEM;
	if (hand_is_char(h, '('))
		return next == KW_SELECT || next == KW_WITH || next == KW_VALUES ||
		       next == KW_TABLE || h->p->ahead.t.kind == '(';
	return hand_is(h, KW_SELECT) || hand_is(h, KW_VALUES) || hand_is(h, KW_TABLE);
}

/* [IGNORE | REPLACE] [AS] query */
static bool query(struct form *f, struct ast_create_table *n)
{
	struct hand *h = f->h;
	bool word = true;

	if (hand_eat(h, KW_IGNORE))
		n->n.flags |= AST_IGNORE;
	else if (hand_eat(h, KW_REPLACE))
		n->n.flags |= AST_OR_REPLACE;
	else
		word = false;
	word |= hand_eat(h, KW_AS);
	if (begins_query(h)) {
		f->query = hand_query(h);
		return f->query != NULL;
	}
	return !word || hand_fail(h);
}

static bool elements(struct form *f, struct ast_create_table *n)
{
	struct hand *h = f->h;

	if (!hand_is_char(h, '(') || begins_query(h))
		return true;
	hand_next(h);
	if (!hand_eat(h, KW_LIKE))
		return ddl_table_elements(f, &n->elements);
	n->n.flags |= AST_PARENS;
	return like(f, n) && hand_want_char(h, ')');
}

bool ddl_table_create(struct form *f)
{
	struct hand *h = f->h;
	struct ast_create_table *n = parse_int_new(h->p, AST_CREATE_TABLE, hand_loc(h));
	uint32_t from = h->t.t.start;

	f->def = &n->n;
	if (hand_eat(h, KW_LIKE))
		return like(f, n);
	if (!elements(f, n))
		return false;
	if (n->like)
		return true;
	if (!ddl_option_table(h, &n->options))
		return false;
	if (hand_is(h, KW_PARTITION) && !(n->partition = ddl_partition_by(f)))
		return false;
	if (!query(f, n))
		return false;
	parse_int_extend(&n->n, hand_loc_from(h, from));
	return true;
}
