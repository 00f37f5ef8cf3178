/* CREATE, ALTER, DROP, RENAME, TRUNCATE: what kind of object, which tables, the query in it; the
 * rest is checked for tokens and parentheses and kept as text. */
#include "sql/grammar/grammar.h"
#include "sql/parse/hand.h"

static unsigned object_of(unsigned kw)
{
	switch (kw) {
	case KW_TABLE:
	case KW_TABLES:
		return KW_TABLE;
	case KW_DATABASE:
	case KW_SCHEMA:
		return KW_DATABASE;
	case KW_VIEW:
	case KW_INDEX:
	case KW_PROCEDURE:
	case KW_FUNCTION:
	case KW_TRIGGER:
	case KW_EVENT:
	case KW_USER:
	case KW_ROLE:
	case KW_SEQUENCE:
	case KW_SERVER:
	case KW_TABLESPACE:
	case KW_PACKAGE:
	case KW_VSCHEMA:
		return kw;
	default:
		return 0;
	}
}

static bool is_table_like(unsigned object)
{
	return object == KW_TABLE || object == KW_VIEW || object == KW_SEQUENCE;
}

/* Words between the verb and the object: OR REPLACE, TEMPORARY, DEFINER = ..., UNIQUE... */
static void to_object(struct hand *h, struct ast_ddl *n)
{
	while (!hand_at_end(h) && h->depth == 0) {
		n->object = object_of(h->t.kw);
		if (n->object) {
			hand_next(h);
			break;
		}
		if (hand_is(h, KW_REPLACE) && h->last_kw == KW_OR)
			n->n.flags |= AST_OR_REPLACE;
		if (hand_is(h, KW_TEMPORARY))
			n->n.flags |= AST_TEMPORARY;
		hand_next(h);
	}
}

static bool if_exists(struct hand *h, struct ast_ddl *n)
{
	if (!hand_eat(h, KW_IF))
		return true;
	if (hand_eat(h, KW_NOT))
		n->n.flags |= AST_IF_NOT_EXISTS;
	else
		n->n.flags |= AST_IF_EXISTS;
	return hand_eat(h, KW_EXISTS);
}

static bool add_table(struct hand *h, struct ast_ddl *n)
{
	struct ast_node *t = hand_table(h);

	if (!t)
		return false;
	n->tables = parse_int_push(h->p, n->tables, t);
	return true;
}

/* a TO b, c TO d */
static bool rename_pairs(struct hand *h, struct ast_ddl *n)
{
	do {
		if (!add_table(h, n))
			return false;
		while (!hand_at_end(h) && !hand_is(h, KW_TO))
			hand_next(h);
		if (!hand_eat(h, KW_TO) || !add_table(h, n))
			return false;
	} while (hand_eat_char(h, ','));
	return true;
}

/* name [...] ON table, of an index or a trigger. */
static bool name_on_table(struct hand *h, struct ast_ddl *n)
{
	if (!hand_qualified(h, &n->db, &n->name))
		return false;
	if (n->object == KW_TRIGGER && n->n.op == AST_DDL_DROP)
		return true;
	while (!hand_at_end(h) && !hand_is(h, KW_ON))
		hand_next(h);
	return hand_eat(h, KW_ON) && add_table(h, n);
}

static bool targets(struct hand *h, struct ast_ddl *n)
{
	if (n->n.op == AST_DDL_RENAME)
		return n->object == KW_TABLE ? rename_pairs(h, n) : true;
	if (is_table_like(n->object)) {
		do {
			if (!add_table(h, n))
				return false;
		} while (n->n.op == AST_DDL_DROP && hand_eat_char(h, ','));
		return true;
	}
	switch (n->object) {
	case KW_INDEX:
	case KW_TRIGGER:
		return name_on_table(h, n);
	case KW_USER:
	case KW_ROLE:
	case KW_VSCHEMA:
	case 0:
		return true;
	case KW_DATABASE: /* ALTER DATABASE may leave the name out */
		return hand_name(h, &n->name) || n->n.op == AST_DDL_ALTER;
	default:
		return hand_qualified(h, &n->db, &n->name);
	}
}

/* Another table named in the middle of CREATE or ALTER TABLE; the cursor is on the word before. */
static bool named_table(struct hand *h, struct ast_ddl *n)
{
	switch (h->t.kw) {
	case KW_REFERENCES:
		hand_next(h);
		return add_table(h, n);
	case KW_LIKE:
		if (n->n.op != AST_DDL_CREATE || h->depth > 1)
			break;
		hand_next(h);
		return h->t.t.kind == LEX_STRING || add_table(h, n);
	case KW_TABLE: /* EXCHANGE PARTITION p WITH TABLE t */
		if (h->last_kw != KW_WITH)
			break;
		hand_next(h);
		return add_table(h, n);
	case KW_RENAME:
		if (n->n.op != AST_DDL_ALTER || h->depth > 0)
			break;
		hand_next(h);
		if (hand_is(h, KW_COLUMN) || hand_is(h, KW_INDEX) || hand_is(h, KW_KEY) ||
		    hand_is(h, KW_CONSTRAINT))
			return true;
		if (!hand_eat(h, KW_TO))
			hand_eat(h, KW_AS);
		return hand_is_char(h, '=') || add_table(h, n);
	default:
		break;
	}
	hand_next(h);
	return true;
}

static bool begins_query(struct hand *h, const struct ast_ddl *n)
{
	unsigned next;

	if (h->depth > 0)
		return false;
	if (n->object == KW_VIEW)
		return h->last_kw == KW_AS;
	if (hand_is(h, KW_SELECT))
		return true;
	if (h->last_kw != KW_AS && h->last_kw != KW_IGNORE && h->last_kw != KW_REPLACE)
		return false;
	next = parse_int_peek(h->p)->kw;
	return hand_is(h, KW_WITH) || hand_is(h, KW_VALUES) ||
	       (hand_is_char(h, '(') &&
		(next == KW_SELECT || next == KW_WITH || h->p->ahead.t.kind == '('));
}

/* The query of a view, or of CREATE TABLE, from the cursor to the end, but for WITH CHECK OPTION.
 */
static int query(struct hand *h, struct ast_ddl *n, struct err *e)
{
	struct parse_loc part = {h->t.t.start, 0};
	uint32_t with = 0;

	while (!hand_at_end(h)) {
		if (hand_is(h, KW_WITH) && h->depth == 0)
			with = h->last_end;
		if (hand_is(h, KW_OPTION) && h->last_kw == KW_CHECK && h->depth == 0)
			part.end = with;
		hand_next(h);
	}
	if (h->t.t.kind == LEX_ERROR)
		return hand_error(h, e);
	if (!part.end)
		part.end = h->last_end;
	n->query = hand_grammar(h, TOK_T_START_QUERY, part, e);
	return n->query ? 0 : -1;
}

static int rest(struct hand *h, struct ast_ddl *n, struct err *e)
{
	if ((n->object != KW_TABLE && n->object != KW_VIEW) ||
	    (n->n.op != AST_DDL_CREATE && n->n.op != AST_DDL_ALTER))
		return hand_skip_rest(h) ? 0 : hand_error(h, e);
	while (!hand_at_end(h)) {
		if (hand_is_char(h, ')') && h->depth == 0)
			return hand_error(h, e);
		if (begins_query(h, n))
			return query(h, n, e);
		if (!named_table(h, n))
			return hand_error(h, e);
	}
	return h->t.t.kind == LEX_ERROR || h->depth ? hand_error(h, e) : 0;
}

static enum ast_ddl_op verb_of(unsigned kw)
{
	switch (kw) {
	case KW_ALTER:
		return AST_DDL_ALTER;
	case KW_DROP:
		return AST_DDL_DROP;
	case KW_RENAME:
		return AST_DDL_RENAME;
	case KW_TRUNCATE:
		return AST_DDL_TRUNCATE;
	default:
		return AST_DDL_CREATE;
	}
}

int hand_ddl_statement(struct hand *h, struct err *e)
{
	struct ast_ddl *n = parse_int_new(h->p, AST_DDL, hand_loc(h));

	n->n.op = (uint8_t)verb_of(h->t.kw);
	hand_next(h);
	if (hand_at_end(h))
		return hand_error(h, e);
	if (n->n.op == AST_DDL_TRUNCATE) {
		n->object = KW_TABLE;
		hand_eat(h, KW_TABLE);
	} else {
		to_object(h, n);
	}
	if (!if_exists(h, n) || !targets(h, n))
		return hand_error(h, e);
	n->target_count = n->tables.n;
	if (rest(h, n, e))
		return -1;
	n->text = hand_text(h);
	parse_int_extend(&n->n, hand_loc(h));
	h->p->root = &n->n;
	return 0;
}
