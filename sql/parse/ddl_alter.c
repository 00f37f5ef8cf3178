/* ALTER TABLE: its actions. */
#include "sql/parse/ddl.h"

/* Words that begin an action that is kept as text; see alter_other in forms.def. */
static bool other(struct form *f, struct ast_alter_action *n)
{
	struct hand *h = f->h;
	uint32_t from = h->t.t.start;

	n->n.op = AST_ALTER_OTHER;
	if (form_rule(f, "alter_alone")) {
		n->n.flags |= AST_ALONE;
	} else if (!form_rule(f, "alter_other")) {
		return false;
	}
	n->text = hand_text_from(h, from);
	return true;
}

static void if_flag(struct hand *h, struct ast_alter_action *n)
{
	if (hand_eat2(h, KW_IF, KW_EXISTS))
		n->n.flags |= AST_IF_EXISTS;
	else if (hand_is(h, KW_IF) && parse_int_peek(h->p)->kw == KW_NOT) {
		hand_next(h);
		hand_next(h);
		if (hand_want(h, KW_EXISTS))
			n->n.flags |= AST_IF_NOT_EXISTS;
	}
}

static bool def(struct hand *h, struct ast_alter_action *n, struct ast_node *d)
{
	if (!d)
		return false;
	n->defs = parse_int_push(h->p, n->defs, d);
	return true;
}

static bool place(struct hand *h, struct ast_alter_action *n)
{
	if (hand_eat(h, KW_FIRST))
		n->n.flags |= AST_FIRST;
	else if (hand_eat(h, KW_AFTER) && !hand_name(h, &n->after))
		return hand_fail(h);
	return true;
}

static bool add(struct form *f, struct ast_alter_action *n)
{
	struct hand *h = f->h;
	bool is = false, column;

	n->n.op = AST_ALTER_ADD;
	hand_next(h);
	column = hand_eat(h, KW_COLUMN);
	if (!column) {
		struct ast_node *k = ddl_key(f, &is);

		if (is)
			return def(h, n, k);
	}
	if (hand_is_word(h, "PERIOD") && !column)
		return def(h, n, ddl_table_element(f));
	if_flag(h, n);
	if (hand_eat_char(h, '(')) {
		n->n.flags |= AST_PARENS;
		return ddl_table_elements(f, &n->defs);
	}
	return def(h, n, ddl_column(h, f)) && place(h, n);
}

static bool add_partition(struct form *f, struct ast_alter_action *n)
{
	struct hand *h = f->h;

	hand_next(h);
	hand_next(h);
	n->n.op = AST_ALTER_ADD_PARTITION;
	n->n.flags |= AST_ALONE;
	if_flag(h, n);
	return ddl_partition_list(f, &n->defs);
}

static bool change(struct form *f, struct ast_alter_action *n, bool modify)
{
	struct hand *h = f->h;

	n->n.op = modify ? AST_ALTER_MODIFY : AST_ALTER_CHANGE;
	hand_next(h);
	hand_eat(h, KW_COLUMN);
	if_flag(h, n);
	if (!modify && !hand_name(h, &n->name))
		return hand_fail(h);
	return def(h, n, ddl_column(h, f)) && place(h, n);
}

static enum ast_alter_op dropped(struct hand *h)
{
	if (hand_eat(h, KW_CONSTRAINT) || hand_eat(h, KW_CHECK))
		return AST_ALTER_DROP_CHECK;
	if (hand_eat2(h, KW_FOREIGN, KW_KEY))
		return AST_ALTER_DROP_FOREIGN;
	if (hand_eat(h, KW_KEY) || hand_eat(h, KW_INDEX))
		return AST_ALTER_DROP_KEY;
	hand_eat(h, KW_COLUMN);
	return AST_ALTER_DROP_COLUMN;
}

static bool drop(struct form *f, struct ast_alter_action *n)
{
	struct hand *h = f->h;

	hand_next(h);
	if (hand_eat2(h, KW_PRIMARY, KW_KEY)) {
		n->n.op = AST_ALTER_DROP_KEY;
		return true;
	}
	n->n.op = (uint8_t)dropped(h);
	if_flag(h, n);
	if (!hand_name(h, &n->name))
		return hand_fail(h);
	if (n->n.op == AST_ALTER_DROP_COLUMN && !hand_eat(h, KW_RESTRICT))
		hand_eat(h, KW_CASCADE);
	return true;
}

static bool rename_to(struct hand *h, struct ast_alter_action *n, enum ast_alter_op op)
{
	hand_next(h);
	n->n.op = (uint8_t)op;
	if_flag(h, n);
	if (!hand_name(h, &n->name) || !hand_eat(h, KW_TO) || !hand_name(h, &n->to))
		return hand_fail(h);
	return true;
}

static bool rename(struct form *f, struct ast_alter_action *n)
{
	struct hand *h = f->h;
	struct ast_node *t;

	hand_next(h);
	if (hand_is(h, KW_COLUMN))
		return rename_to(h, n, AST_ALTER_RENAME_COLUMN);
	if (hand_is(h, KW_INDEX) || hand_is(h, KW_KEY))
		return rename_to(h, n, AST_ALTER_RENAME_KEY);
	n->n.op = AST_ALTER_RENAME;
	if (!hand_eat(h, KW_TO) && !hand_eat(h, KW_AS))
		hand_eat_char(h, '=');
	t = hand_table(h);
	if (!t)
		return hand_fail(h);
	f->tables = parse_int_push(h->p, f->tables, ast_clone(h->p->a, t, false));
	return def(h, n, t);
}

static bool alter_column(struct form *f, struct ast_alter_action *n)
{
	struct hand *h = f->h;

	hand_next(h);
	hand_eat(h, KW_COLUMN);
	if_flag(h, n);
	if (!hand_name(h, &n->name))
		return hand_fail(h);
	if (hand_eat2(h, KW_DROP, KW_DEFAULT)) {
		n->n.op = AST_ALTER_DROP_DEFAULT;
		return true;
	}
	n->n.op = AST_ALTER_SET_DEFAULT;
	if (!hand_want(h, KW_SET) || !hand_want(h, KW_DEFAULT))
		return false;
	return def(h, n, hand_operand(h));
}

static int options(struct form *f, struct ast_alter_action *n)
{
	int rc;

	n->n.op = AST_ALTER_OPTIONS;
	do {
		rc = ddl_option(f, DDL_OF_TABLE, &n->defs);
	} while (rc > 0);
	if (rc < 0)
		return false;
	return n->defs.n > 0 || hand_fail(f->h);
}

static bool action(struct form *f, struct ast_alter_action *n)
{
	struct hand *h = f->h;

	if (other(f, n))
		return true;
	if (hand_failed(h))
		return false;
	switch (h->t.kw) {
	case KW_ADD:
		if (parse_int_peek(h->p)->kw == KW_PARTITION)
			return add_partition(f, n);
		return add(f, n);
	case KW_CHANGE:
		return change(f, n, false);
	case KW_MODIFY:
		return change(f, n, true);
	case KW_DROP:
		return drop(f, n);
	case KW_RENAME:
		return rename(f, n);
	case KW_ALTER:
		return alter_column(f, n);
	case KW_PARTITION:
		n->n.op = AST_ALTER_PARTITION_BY;
		return def(h, n, ddl_partition_by(f));
	default:
		return options(f, n);
	}
}

static bool waiting(struct hand *h, struct ast_alter_table *n)
{
	if (hand_eat(h, KW_NOWAIT))
		n->wait = KW_NOWAIT;
	else if (hand_is(h, KW_WAIT) && parse_int_peek(h->p)->t.kind == LEX_INT) {
		hand_next(h);
		n->wait = KW_WAIT;
		return hand_int(h, &n->seconds);
	}
	return true;
}

/* What stands alone comes last, after nothing but ALGORITHM and LOCK. */
static bool in_order(struct hand *h, const struct ast_alter_table *n,
		     const struct ast_alter_action *a)
{
	if (!(a->n.flags & AST_ALONE))
		return true;
	for (uint32_t i = 0; i < n->actions.n; i++) {
		if (n->actions.v[i]->op != AST_ALTER_OTHER)
			return hand_fail(h);
	}
	return hand_at_end(h) || hand_fail(h);
}

bool ddl_alter_table(struct form *f)
{
	struct hand *h = f->h;
	struct ast_alter_table *n = parse_int_new(h->p, AST_ALTER_TABLE, hand_loc(h));

	if (hand_eat(h, KW_ONLINE))
		n->n.flags |= AST_ALTER_ONLINE;
	if (hand_eat(h, KW_IGNORE))
		n->n.flags |= AST_IGNORE;
	if (!hand_eat(h, KW_TABLE))
		return false;
	f->def = &n->n;
	if (!form_rule(f, "alter_target"))
		return hand_fail(h);
	if (!waiting(h, n))
		return false;
	while (!hand_at_end(h)) {
		uint32_t from = h->t.t.start;
		struct ast_alter_action *a = parse_int_new(h->p, AST_ALTER_ACTION, hand_loc(h));

		if (!action(f, a) || !in_order(h, n, a))
			return hand_fail(h);
		parse_int_extend(&a->n, hand_loc_from(h, from));
		n->actions = parse_int_push(h->p, n->actions, &a->n);
		if (hand_is(h, KW_PARTITION)) /* options PARTITION BY ... */
			continue;
		if (!hand_at_end(h) && !(hand_eat_char(h, ',') && !hand_at_end(h)) &&
		    !hand_is(h, KW_REMOVE))
			return hand_fail(h);
	}
	return true;
}
