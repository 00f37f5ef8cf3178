/* PARTITION BY and the definitions of partitions. */
#include "sql/parse/ddl.h"

static bool name_list(struct hand *h, struct ast_list *out)
{
	if (!hand_want_char(h, '('))
		return false;
	while (!hand_is_char(h, ')')) {
		struct ast_node *n = hand_name_node(h);

		if (!n)
			return hand_fail(h);
		*out = parse_int_push(h->p, *out, n);
		if (!hand_eat_char(h, ','))
			break;
	}
	return hand_want_char(h, ')');
}

static bool columns_or_expr(struct hand *h, struct ast_partition_by *n, enum ast_partition_op op)
{
	n->n.op = (uint8_t)op;
	if (hand_eat(h, KW_COLUMNS)) {
		n->n.op = (uint8_t)(op + 1);
		return name_list(h, &n->columns);
	}
	n->expr = hand_expr_in_parens(h);
	return n->expr != NULL;
}

/* INTERVAL 1 DAY [STARTS x] [AUTO], LIMIT n: kept as text */
static bool system_time(struct form *f, struct ast_partition_by *n)
{
	struct hand *h = f->h;
	uint32_t from = h->t.t.start;

	n->n.op = AST_PARTITION_SYSTEM_TIME;
	if (hand_is(h, KW_INTERVAL) || hand_is(h, KW_LIMIT)) {
		if (!form_rule(f, "system_time"))
			return hand_fail(h);
		n->text = hand_text_from(h, from);
	}
	return true;
}

static bool key_columns(struct hand *h, struct ast_partition_by *n)
{
	n->n.op = AST_PARTITION_KEY;
	if (hand_eat(h, KW_ALGORITHM) &&
	    (!hand_want_char(h, '=') || !(hand_int(h, &n->algorithm) || hand_fail(h))))
		return false;
	return name_list(h, &n->columns);
}

static bool by_what(struct form *f, struct ast_partition_by *n)
{
	struct hand *h = f->h;

	if (hand_eat(h, KW_LINEAR))
		n->n.flags |= AST_LINEAR;
	if (hand_eat(h, KW_HASH)) {
		n->n.op = AST_PARTITION_HASH;
		n->expr = hand_expr_in_parens(h);
		return n->expr != NULL;
	}
	if (hand_eat(h, KW_KEY))
		return key_columns(h, n);
	if (n->n.flags & AST_LINEAR)
		return hand_fail(h);
	if (hand_eat(h, KW_RANGE))
		return columns_or_expr(h, n, AST_PARTITION_RANGE);
	if (hand_eat(h, KW_LIST))
		return columns_or_expr(h, n, AST_PARTITION_LIST);
	if (hand_eat(h, KW_SYSTEM_TIME))
		return system_time(f, n);
	return hand_fail(h);
}

static struct ast_node *subpartition_by(struct form *f)
{
	struct hand *h = f->h;
	struct ast_partition_by *n = parse_int_new(h->p, AST_PARTITION_BY, hand_loc(h));

	if (!hand_want(h, KW_BY) || !by_what(f, n))
		return NULL;
	if (hand_eat(h, KW_SUBPARTITIONS) && !hand_int(h, &n->count)) {
		hand_fail(h);
		return NULL;
	}
	return &n->n;
}

struct ast_node *ddl_partition_by(struct form *f)
{
	struct hand *h = f->h;
	uint32_t from = h->t.t.start;
	struct ast_partition_by *n = parse_int_new(h->p, AST_PARTITION_BY, hand_loc(h));

	if (!hand_want(h, KW_PARTITION) || !hand_want(h, KW_BY) || !by_what(f, n))
		return NULL;
	if (hand_eat(h, KW_PARTITIONS) && !(hand_int(h, &n->count) || hand_fail(h)))
		return NULL;
	if (hand_eat(h, KW_SUBPARTITION) && !(n->sub = subpartition_by(f)))
		return NULL;
	if (hand_is_char(h, '(') && !ddl_partition_list(f, &n->parts))
		return NULL;
	parse_int_extend(&n->n, hand_loc_from(h, from));
	return &n->n;
}

/* An expression, a row of them, or MAXVALUE. */
static struct ast_node *value(struct hand *h)
{
	static const struct parse_stop comma = {.comma = true};
	struct ast_name *max;

	if (!hand_is(h, KW_MAXVALUE))
		return hand_expr(h, &comma);
	max = parse_int_new(h->p, AST_NAME, (struct parse_loc){h->t.t.start, h->t.t.end});
	max->name = STR_LIT("MAXVALUE");
	hand_next(h);
	return &max->n;
}

static bool value_list(struct hand *h, struct ast_list *out)
{
	if (!hand_want_char(h, '('))
		return false;
	do {
		struct ast_node *n;

		if (hand_eat(h, KW_DEFAULT)) { /* IN (1, DEFAULT) of MariaDB */
			struct ast_default *d = parse_int_new(h->p, AST_DEFAULT, hand_loc(h));

			n = &d->n;
		} else {
			n = value(h);
		}
		if (!n)
			return false;
		*out = parse_int_push(h->p, *out, n);
	} while (hand_eat_char(h, ','));
	return hand_want_char(h, ')');
}

static bool values(struct hand *h, struct ast_partition_def *n)
{
	if (hand_eat(h, KW_DEFAULT)) {
		n->n.op = AST_VALUES_DEFAULT;
		return true;
	}
	if (hand_eat_word(h, "HISTORY") || hand_eat(h, KW_CURRENT)) {
		n->n.op = h->last_kw == KW_CURRENT ? AST_VALUES_CURRENT : AST_VALUES_HISTORY;
		return true;
	}
	if (!hand_eat(h, KW_VALUES))
		return true;
	if (hand_eat(h, KW_IN)) {
		n->n.op = AST_VALUES_IN;
		return value_list(h, &n->values);
	}
	if (!hand_want(h, KW_LESS) || !hand_want(h, KW_THAN))
		return false;
	if (hand_eat(h, KW_MAXVALUE)) {
		n->n.op = AST_VALUES_MAXVALUE;
		return true;
	}
	n->n.op = AST_VALUES_LESS_THAN;
	return value_list(h, &n->values);
}

static bool part_name(struct hand *h, struct str *out)
{
	return hand_name(h, out) || hand_string_value(h, out) || hand_fail(h);
}

static bool part_options(struct form *f, struct ast_list *out)
{
	int rc;

	do {
		rc = ddl_option(f, DDL_OF_PARTITION, out);
	} while (rc > 0);
	return rc == 0;
}

static bool subpartitions(struct form *f, struct ast_list *out)
{
	struct hand *h = f->h;

	if (!hand_want_char(h, '('))
		return false;
	do {
		uint32_t from = h->t.t.start;
		struct ast_partition_def *n = parse_int_new(h->p, AST_PARTITION_DEF, hand_loc(h));

		if (!hand_want(h, KW_SUBPARTITION) || !part_name(h, &n->name) ||
		    !part_options(f, &n->options))
			return false;
		parse_int_extend(&n->n, hand_loc_from(h, from));
		*out = parse_int_push(h->p, *out, &n->n);
	} while (hand_eat_char(h, ','));
	return hand_want_char(h, ')');
}

struct ast_node *ddl_partition(struct form *f)
{
	struct hand *h = f->h;
	uint32_t from = h->t.t.start;
	struct ast_partition_def *n = parse_int_new(h->p, AST_PARTITION_DEF, hand_loc(h));

	hand_eat(h, KW_PARTITION); /* MariaDB lets it out */
	if (!part_name(h, &n->name) || !values(h, n) || !part_options(f, &n->options))
		return NULL;
	if (hand_is_char(h, '(') && !subpartitions(f, &n->subs))
		return NULL;
	parse_int_extend(&n->n, hand_loc_from(h, from));
	return &n->n;
}

bool ddl_partition_list(struct form *f, struct ast_list *parts)
{
	struct hand *h = f->h;

	if (!hand_want_char(h, '('))
		return false;
	do {
		struct ast_node *n = ddl_partition(f);

		if (!n)
			return false;
		*parts = parse_int_push(h->p, *parts, n);
	} while (hand_eat_char(h, ','));
	return hand_want_char(h, ')');
}
