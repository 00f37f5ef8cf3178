/* Stored programs with sql_mode=ORACLE: what MariaDB takes of PL/SQL. */
#include "sql/grammar/grammar.h"
#include "sql/parse/body_int.h"

static const struct parse_stop to_end = {.semicolon = true};

static bool rule(struct hand *h, const char *name)
{
	struct form f = {.h = h};

	return form_rule(&f, name) || hand_fail(h);
}

/* CURSOR c [(parameters)] IS query */
static bool cursor(struct hand *h)
{
	struct str name;

	hand_next(h);
	if (!hand_name(h, &name))
		return hand_fail(h);
	if (hand_is_char(h, '(') && !rule(h, "oracle_parameters"))
		return false;
	return (hand_eat(h, KW_IS) || hand_want(h, KW_FOR)) &&
	       hand_part(h, TOK_T_START_QUERY, &to_end);
}

/* PROCEDURE name [(..)] [AS ...], FUNCTION name [(..)] RETURN type [AS ...] */
static bool routine(struct hand *h, bool with_body)
{
	bool function = hand_is(h, KW_FUNCTION);
	struct str name;
	int bodies = h->bodies;
	bool ok;

	hand_next(h);
	if (!hand_name(h, &name))
		return hand_fail(h);
	if (hand_is_char(h, '(') && !rule(h, "oracle_parameters"))
		return false;
	if (function && (!hand_want(h, KW_RETURN) || !rule(h, "oracle_type")))
		return false;
	if (!rule(h, "characteristics"))
		return false;
	if (!with_body || hand_is_char(h, ';'))
		return true;
	if (!hand_eat(h, KW_IS) && !hand_want(h, KW_AS))
		return false;
	ok = body_oracle_block(h, name);
	h->bodies = bodies;
	return ok;
}

/* a, b [CONSTANT] type [NOT NULL] [:= x]; e EXCEPTION; c CONDITION FOR ...; c CURSOR FOR ... */
static bool variables(struct hand *h)
{
	struct str name;

	do {
		if (!hand_name(h, &name))
			return hand_fail(h);
	} while (hand_eat_char(h, ','));
	if (hand_eat_word(h, "EXCEPTION"))
		return true;
	if (hand_eat2(h, KW_CONDITION, KW_FOR))
		return body_condition(h);
	hand_eat_word(h, "CONSTANT");
	if (!rule(h, "oracle_type"))
		return false;
	if (hand_eat(h, KW_NOT) && !hand_want(h, KW_NULL))
		return false;
	if (h->t.t.kind != LEX_ASSIGN && !hand_is(h, KW_DEFAULT))
		return true;
	hand_next(h);
	return hand_expr(h, &to_end) != NULL;
}

static bool declaration(struct hand *h)
{
	unsigned next = parse_int_peek(h->p)->kw;

	if (hand_is(h, KW_CURSOR))
		return cursor(h);
	if (next == KW_HANDLER && (hand_is(h, KW_CONTINUE) || hand_is(h, KW_EXIT)))
		return body_handler(h);
	if (hand_is(h, KW_PROCEDURE) || hand_is(h, KW_FUNCTION))
		return routine(h, true);
	if (hand_is(h, KW_TYPE) && h->p->ahead.t.kind != LEX_EOF) {
		struct form f = {.h = h};

		if (form_rule(&f, "oracle_type_definition"))
			return true;
	}
	return !hand_failed(h) && variables(h);
}

static bool declarations(struct hand *h)
{
	h->bodies++;
	while (!hand_is(h, KW_BEGIN) && !hand_is(h, KW_END)) {
		if (!declaration(h) || !hand_want_semicolon(h))
			return false;
	}
	h->bodies--;
	return true;
}

bool body_oracle_exceptions(struct hand *h)
{
	if (!hand_eat_word(h, "EXCEPTION"))
		return true;
	do {
		if (!hand_want(h, KW_WHEN))
			return false;
		do {
			if (!body_condition(h))
				return false;
		} while (hand_eat(h, KW_OR));
		if (!hand_want(h, KW_THEN) || !body_statements(h))
			return false;
	} while (hand_is(h, KW_WHEN));
	return true;
}

bool body_oracle_block(struct hand *h, struct str label)
{
	bool ok;

	if (!hand_enter(h))
		return false;
	hand_eat(h, KW_DECLARE);
	ok = declarations(h) && hand_want(h, KW_BEGIN);
	if (ok && !hand_is(h, KW_END) && !hand_is_word(h, "EXCEPTION"))
		ok = body_statements(h);
	ok = ok && body_oracle_exceptions(h) && hand_want(h, KW_END);
	if (ok && label.p && parse_int_peek(h->p)->t.kind == '.') { /* END db.name */
		struct str db;

		ok = (hand_name(h, &db) && hand_eat_char(h, '.')) || hand_fail(h);
	}
	ok = ok && body_label_after(h, label);
	h->nested--;
	return ok;
}

bool body_oracle_package(struct hand *h, bool with_bodies)
{
	struct str name;

	h->bodies++;
	while (!hand_is(h, KW_END) && !hand_is(h, KW_BEGIN)) {
		bool is_routine = hand_is(h, KW_PROCEDURE) || hand_is(h, KW_FUNCTION);

		if (is_routine ? !routine(h, with_bodies) : !with_bodies || !declaration(h))
			return hand_fail(h);
		if (!hand_want_semicolon(h))
			return false;
	}
	h->bodies--;
	if (with_bodies && hand_eat(h, KW_BEGIN) &&
	    (!body_statements(h) || !body_oracle_exceptions(h)))
		return false;
	if (!hand_want(h, KW_END))
		return false;
	while (hand_name(h, &name) && hand_eat_char(h, '.'))
		;
	return true;
}

/* name.name := expression, name.name[(arguments)]; 0: it is neither. */
static int assignment_or_call(struct hand *h)
{
	bool plain = h->t.t.kind == LEX_QUOTED || (h->t.t.kind == LEX_WORD && !h->t.kw);
	struct hand_mark mark;
	struct ast_list args = {0};
	struct str name;

	hand_mark(h, &mark);
	if (!hand_name(h, &name))
		return 0;
	while (hand_eat_char(h, '.')) {
		if (!hand_name(h, &name))
			return hand_fail(h) ? 1 : -1;
	}
	if (h->t.t.kind == LEX_ASSIGN) {
		hand_next(h);
		return hand_expr(h, &to_end) ? 1 : -1;
	}
	if (!plain || !(hand_is_char(h, '(') || hand_at_end(h))) {
		hand_back(h, &mark);
		return 0;
	}
	if (hand_is_char(h, '(') && parse_int_peek(h->p)->t.kind == ')') {
		hand_next(h);
		hand_next(h);
	} else if (hand_is_char(h, '(') && !hand_expr_list(h, &args)) {
		return -1;
	}
	return 1;
}

/* EXIT [label] [WHEN x], CONTINUE [label] [WHEN x] */
static int leave(struct hand *h)
{
	struct str label;

	hand_next(h);
	if (!hand_is(h, KW_WHEN))
		hand_name(h, &label);
	if (!hand_eat(h, KW_WHEN))
		return 1;
	return hand_expr(h, &to_end) ? 1 : -1;
}

int body_oracle_statement(struct hand *h)
{
	struct form f = {.h = h};
	struct str name;

	if (hand_is(h, KW_DECLARE))
		return body_oracle_block(h, (struct str){0}) ? 1 : -1;
	if (hand_is(h, KW_EXIT) || hand_is(h, KW_CONTINUE))
		return leave(h);
	if (hand_eat(h, KW_NULL))
		return 1;
	if (hand_eat_word(h, "GOTO"))
		return hand_name(h, &name) || hand_fail(h) ? 1 : -1;
	if (hand_is(h, KW_RAISE) && parse_int_peek(h->p)->t.kind != '.') {
		hand_next(h);
		hand_name(h, &name);
		return 1;
	}
	if (hand_is(h, KW_RETURN) && parse_int_peek(h->p)->t.kind == ';') {
		hand_next(h);
		return 1;
	}
	if (hand_is(h, KW_OPEN) && form_rule(&f, "oracle_open"))
		return 1;
	if (hand_failed(h))
		return -1;
	return assignment_or_call(h);
}
