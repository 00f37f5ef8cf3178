/* Keys and constraints. */
#include "sql/parse/ddl.h"

static struct str constraint_word(struct hand *h, unsigned *flags)
{
	struct str name = {0};

	if (hand_eat(h, KW_CONSTRAINT)) {
		*flags |= AST_CONSTRAINT;
		hand_name(h, &name);
	}
	return name;
}

static bool if_not_exists(struct hand *h, unsigned *flags)
{
	if (!hand_eat(h, KW_IF))
		return true;
	*flags |= AST_IF_NOT_EXISTS;
	return hand_want(h, KW_NOT) && hand_want(h, KW_EXISTS);
}

struct ast_node *ddl_key_check(struct hand *h, struct str name, unsigned flags)
{
	uint32_t from = h->t.t.start;
	struct ast_check_def *n = parse_int_new(h->p, AST_CHECK_DEF, hand_loc(h));

	if (!hand_want(h, KW_CHECK))
		return NULL;
	n->expr = hand_expr_in_parens(h);
	if (!n->expr)
		return NULL;
	if (hand_eat_words(h, "NOT ENFORCED"))
		flags |= AST_NOT_ENFORCED;
	else if (hand_eat_word(h, "ENFORCED"))
		flags |= AST_ENFORCED;
	n->n.flags = (uint16_t)flags;
	n->name = name;
	parse_int_extend(&n->n, hand_loc_from(h, from));
	return &n->n;
}

static struct ast_node *key_part(struct hand *h)
{
	uint32_t from = h->t.t.start;
	struct ast_key_part *n = parse_int_new(h->p, AST_KEY_PART, hand_loc(h));

	if (hand_is_char(h, '(')) {
		n->expr = hand_expr_in_parens(h);
		if (!n->expr)
			return NULL;
	} else if (!hand_name(h, &n->name)) {
		hand_fail(h);
		return NULL;
	}
	if (!n->expr && hand_eat_char(h, '(') &&
	    !((hand_int(h, &n->length) || hand_fail(h)) && hand_want_char(h, ')')))
		return NULL;
	if (hand_eat(h, KW_ASC))
		n->n.op = AST_DIR_ASC;
	else if (hand_eat(h, KW_DESC))
		n->n.op = AST_DIR_DESC;
	if (hand_eat_words(h, "WITHOUT OVERLAPS"))
		n->n.flags |= AST_OVERLAPS;
	parse_int_extend(&n->n, hand_loc_from(h, from));
	return &n->n;
}

bool ddl_key_parts(struct hand *h, struct ast_list *parts)
{
	if (!hand_want_char(h, '('))
		return false;
	do {
		struct ast_node *n = key_part(h);

		if (!n)
			return false;
		*parts = parse_int_push(h->p, *parts, n);
	} while (hand_eat_char(h, ','));
	return hand_want_char(h, ')');
}

static bool method(struct hand *h, struct str *out)
{
	if (!hand_eat(h, KW_USING) && !(hand_is(h, KW_TYPE) && hand_eat(h, KW_TYPE)))
		return true;
	if (hand_eat_word(h, "BTREE"))
		*out = STR_LIT("BTREE");
	else if (hand_eat_word(h, "HASH"))
		*out = STR_LIT("HASH");
	else if (hand_eat_word(h, "RTREE"))
		*out = STR_LIT("RTREE");
	else
		return hand_fail(h);
	return true;
}

bool ddl_key_options(struct hand *h, struct ast_list *options, struct str *using)
{
	struct form f = {.h = h};
	int rc = 1;

	while (rc > 0) {
		if (hand_is(h, KW_USING) || hand_is(h, KW_TYPE)) {
			if (!method(h, using))
				return false;
		} else {
			rc = ddl_option(&f, DDL_OF_KEY, options);
		}
	}
	return rc == 0;
}

static bool reference_action(struct hand *h, uint32_t *out)
{
	if (hand_eat2(h, KW_SET, KW_NULL))
		*out = KW_SET;
	else if (hand_eat2(h, KW_SET, KW_DEFAULT))
		*out = KW_DEFAULT;
	else if (hand_eat2(h, KW_NO, KW_ACTION))
		*out = KW_NO;
	else if (hand_eat(h, KW_RESTRICT))
		*out = KW_RESTRICT;
	else if (hand_eat(h, KW_CASCADE))
		*out = KW_CASCADE;
	else
		return hand_fail(h);
	return true;
}

static bool reference_options(struct hand *h, struct ast_references *n)
{
	if (hand_eat(h, KW_MATCH)) {
		if (hand_eat(h, KW_FULL))
			n->n.op = AST_FK_FULL;
		else if (hand_eat(h, KW_PARTIAL))
			n->n.op = AST_FK_PARTIAL;
		else if (hand_eat(h, KW_SIMPLE))
			n->n.op = AST_FK_SIMPLE;
		else
			return hand_fail(h);
	}
	for (int i = 0; i < 2; i++) {
		if (!n->on_delete && hand_eat2(h, KW_ON, KW_DELETE)) {
			if (!reference_action(h, &n->on_delete))
				return false;
		} else if (!n->on_update && hand_eat2(h, KW_ON, KW_UPDATE)) {
			if (!reference_action(h, &n->on_update))
				return false;
		}
	}
	return true;
}

struct ast_node *ddl_key_references(struct form *f)
{
	struct hand *h = f->h;
	uint32_t from = h->t.t.start;
	struct ast_references *n = parse_int_new(h->p, AST_REFERENCES, hand_loc(h));

	if (!hand_want(h, KW_REFERENCES))
		return NULL;
	n->table = hand_table(h);
	if (!n->table) {
		hand_fail(h);
		return NULL;
	}
	f->tables = parse_int_push(h->p, f->tables, ast_clone(h->p->a, n->table, false));
	if (hand_eat_char(h, '(')) {
		do {
			struct ast_node *c = hand_name_node(h);

			if (!c) {
				hand_fail(h);
				return NULL;
			}
			n->columns = parse_int_push(h->p, n->columns, c);
		} while (hand_eat_char(h, ','));
		if (!hand_want_char(h, ')'))
			return NULL;
	}
	if (!reference_options(h, n))
		return NULL;
	parse_int_extend(&n->n, hand_loc_from(h, from));
	return &n->n;
}

/* The word or words that begin a key; -1: none. */
static int key_kind(struct hand *h)
{
	int op;

	if (hand_eat2(h, KW_PRIMARY, KW_KEY))
		return AST_KEY_PRIMARY;
	if (hand_eat2(h, KW_FOREIGN, KW_KEY))
		return AST_KEY_FOREIGN;
	if (hand_eat(h, KW_KEY) || hand_eat(h, KW_INDEX))
		return AST_KEY_INDEX;
	op = hand_is(h, KW_UNIQUE)     ? AST_KEY_UNIQUE
	     : hand_is(h, KW_FULLTEXT) ? AST_KEY_FULLTEXT
	     : hand_is(h, KW_SPATIAL)  ? AST_KEY_SPATIAL
				       : -1;
	if (op < 0)
		return -1;
	hand_next(h);
	if (!hand_eat(h, KW_KEY))
		hand_eat(h, KW_INDEX);
	return op;
}

static bool is_text_or_spatial(const struct ast_key_def *n)
{
	return n->n.op == AST_KEY_FULLTEXT || n->n.op == AST_KEY_SPATIAL;
}

/* WITHOUT OVERLAPS is for keys that are unique. */
static bool overlaps_fit(struct hand *h, const struct ast_key_def *n)
{
	for (uint32_t i = 0; i < n->parts.n; i++) {
		if ((n->parts.v[i]->flags & AST_OVERLAPS) && n->n.op != AST_KEY_UNIQUE &&
		    n->n.op != AST_KEY_PRIMARY)
			return hand_fail(h);
	}
	return true;
}

static struct ast_node *key_rest(struct form *f, struct ast_key_def *n, uint32_t from)
{
	struct hand *h = f->h;
	unsigned flags = n->n.flags;

	if (!if_not_exists(h, &flags))
		return NULL;
	n->n.flags = (uint16_t)flags;
	if (!hand_is_char(h, '(') && !(hand_is(h, KW_TYPE) && parse_int_peek(h->p)->t.kind != '('))
		hand_name(h, &n->name);
	if ((!is_text_or_spatial(n) && !method(h, &n->method)) || !ddl_key_parts(h, &n->parts) ||
	    !overlaps_fit(h, n))
		return NULL;
	if (n->n.op == AST_KEY_FOREIGN) {
		n->references = ddl_key_references(f);
		if (!n->references)
			return NULL;
	} else if (!ddl_key_options(h, &n->options, &n->method)) {
		return NULL;
	} else if (is_text_or_spatial(n) && n->method.p) {
		hand_fail(h);
		return NULL;
	}
	parse_int_extend(&n->n, hand_loc_from(h, from));
	return &n->n;
}

struct ast_node *ddl_key(struct form *f, bool *is)
{
	struct hand *h = f->h;
	uint32_t from = h->t.t.start;
	struct ast_key_def *n;
	unsigned flags = 0;
	struct str name;
	int op;

	name = constraint_word(h, &flags);
	*is = true;
	if (hand_is(h, KW_CHECK) || (hand_is(h, KW_IF) && (flags & AST_CONSTRAINT))) {
		if (!if_not_exists(h, &flags))
			return NULL;
		if (flags & AST_IF_NOT_EXISTS)
			hand_name(h, &name);
		return ddl_key_check(h, name, flags);
	}
	op = key_kind(h);
	if (op < 0) {
		*is = flags & AST_CONSTRAINT;
		if (*is)
			hand_fail(h);
		return NULL;
	}
	n = parse_int_new(h->p, AST_KEY_DEF, hand_loc(h));
	n->n.op = (uint8_t)op;
	n->n.flags = (uint16_t)flags;
	n->constraint = name;
	return key_rest(f, n, from);
}
