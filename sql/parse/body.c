/* The bodies of stored programs, and compound statements outside of them: blocks, declarations,
 * control flow by hand, all other statements through the parser itself. What is parsed is thrown
 * away: a body is kept as text. */
#include "sql/grammar/grammar.h"
#include "sql/parse/body_int.h"

static const struct parse_stop to_end = {.semicolon = true};
static const struct parse_stop to_then = {.semicolon = true, .kw = {KW_THEN}};
static const struct parse_stop to_when = {.semicolon = true, .kw = {KW_WHEN}};
static const struct parse_stop to_do = {.semicolon = true, .kw = {KW_DO}};
static const struct parse_stop to_loop = {.semicolon = true, .kw = {KW_LOOP}};
static const struct parse_stop to_end_word = {.semicolon = true, .kw = {KW_END}};

/* Where a list of statements ends. */
static bool ends_list(const struct hand *h)
{
	if (body_is_oracle(h) && (hand_is_word(h, "ELSIF") || hand_is_word(h, "EXCEPTION")))
		return true;
	return hand_is(h, KW_END) || hand_is(h, KW_ELSE) || hand_is(h, KW_ELSEIF) ||
	       hand_is(h, KW_WHEN) || hand_is_word(h, "UNTIL");
}

/* statement; statement; ... at least one. */
bool body_statements(struct hand *h)
{
	bool any = false;

	h->bodies++;
	while (!ends_list(h) || parse_int_peek(h->p)->t.kind == ':') {
		if (!body_statement(h) || !hand_want_semicolon(h))
			return false;
		any = true;
	}
	h->bodies--;
	return any || hand_fail(h);
}

bool body_label_after(struct hand *h, struct str label)
{
	struct str name;

	if (h->t.t.kind != LEX_WORD && h->t.t.kind != LEX_QUOTED)
		return true;
	if (!hand_name(h, &name))
		return true; /* not ours: the caller stumbles */
	return (label.p && str_ieq(label, name)) || hand_fail(h);
}

static bool if_statement(struct hand *h)
{
	do {
		hand_next(h);
		if (!hand_expr(h, &to_then) || !hand_want(h, KW_THEN) || !body_statements(h))
			return false;
	} while (hand_is(h, KW_ELSEIF) || (body_is_oracle(h) && hand_is_word(h, "ELSIF")));
	if (hand_eat(h, KW_ELSE) && !body_statements(h))
		return false;
	return hand_want(h, KW_END) && hand_want(h, KW_IF);
}

static bool case_statement(struct hand *h)
{
	hand_next(h);
	if (!hand_is(h, KW_WHEN) && !hand_expr(h, &to_when))
		return false;
	if (!hand_is(h, KW_WHEN))
		return hand_fail(h);
	while (hand_eat(h, KW_WHEN)) {
		if (!hand_expr(h, &to_then) || !hand_want(h, KW_THEN) || !body_statements(h))
			return false;
	}
	if (hand_eat(h, KW_ELSE) && !body_statements(h))
		return false;
	return hand_want(h, KW_END) && hand_want(h, KW_CASE);
}

static bool loop(struct hand *h, struct str label)
{
	hand_next(h);
	return body_statements(h) && hand_want(h, KW_END) && hand_want(h, KW_LOOP) &&
	       body_label_after(h, label);
}

/* LOOP statements END LOOP, with which FOR and WHILE end, too. */
static bool loop_rest(struct hand *h, struct str label)
{
	return hand_want(h, KW_LOOP) && body_statements(h) && hand_want(h, KW_END) &&
	       hand_want(h, KW_LOOP) && body_label_after(h, label);
}

static bool while_loop(struct hand *h, struct str label)
{
	hand_next(h);
	if (body_is_oracle(h))
		return hand_expr(h, &to_loop) && loop_rest(h, label);
	return hand_expr(h, &to_do) && hand_want(h, KW_DO) && body_statements(h) &&
	       hand_want(h, KW_END) && hand_want(h, KW_WHILE) && body_label_after(h, label);
}

static bool repeat_loop(struct hand *h, struct str label)
{
	hand_next(h);
	if (!body_statements(h) || !(hand_eat_word(h, "UNTIL") || hand_fail(h)))
		return false;
	return hand_expr(h, &to_end_word) && hand_want(h, KW_END) && hand_want(h, KW_REPEAT) &&
	       body_label_after(h, label);
}

/* FOR i IN [REVERSE] a .. b DO, FOR r IN cursor[(args)] DO, FOR r IN (query) DO */
static bool for_loop(struct hand *h, struct str label)
{
	static const struct parse_stop bound = {
		.semicolon = true, .range = true, .kw = {KW_DO, KW_LOOP}};
	const struct parse_stop *stop = body_is_oracle(h) ? &to_loop : &to_do;
	unsigned word = body_is_oracle(h) ? KW_LOOP : KW_DO;
	struct str name;

	hand_next(h);
	if (!hand_name(h, &name))
		return hand_fail(h);
	if (!hand_want(h, KW_IN))
		return false;
	hand_eat_word(h, "REVERSE");
	if (hand_is_char(h, '(') && parse_int_peek(h->p)->kw == KW_SELECT) {
		if (!hand_part(h, TOK_T_START_QUERY, stop))
			return false;
	} else {
		if (!hand_expr(h, &bound))
			return false;
		while (hand_eat_char(h, '.'))
			;
		if (!hand_is(h, word) && !hand_expr(h, stop))
			return false;
	}
	if (body_is_oracle(h))
		return loop_rest(h, label);
	return hand_want(h, KW_DO) && body_statements(h) && hand_want(h, KW_END) &&
	       hand_want(h, KW_FOR) && body_label_after(h, label);
}

bool body_condition(struct hand *h)
{
	struct str name;

	if (hand_eat(h, KW_SQLSTATE)) {
		hand_eat(h, KW_VALUE);
		return hand_string(h, &name) || hand_fail(h);
	}
	if (hand_eat(h, KW_SQLWARNING) || hand_eat(h, KW_SQLEXCEPTION))
		return true;
	if (hand_eat_words(h, "NOT FOUND") || hand_int(h, &name) ||
	    (body_is_oracle(h) && hand_eat_word(h, "OTHERS")))
		return true;
	return hand_name(h, &name) || hand_fail(h);
}

/* HANDLER FOR condition, ... statement */
bool body_handler(struct hand *h)
{
	hand_next(h);
	if (!hand_want(h, KW_HANDLER) || !hand_want(h, KW_FOR))
		return false;
	do {
		if (!body_condition(h))
			return false;
	} while (hand_eat_char(h, ','));
	return body_statement(h);
}

/* name CURSOR [(parameter type, ...)] FOR query, name CONDITION FOR ..., names type [DEFAULT x] */
static bool declared_names(struct hand *h)
{
	struct form f = {.h = h};
	struct str name;
	bool many = false;

	do {
		if (!hand_name(h, &name))
			return hand_fail(h);
		if (!many && hand_eat(h, KW_CURSOR)) {
			if (hand_is_char(h, '(') && !form_rule(&f, "cursor_parameters"))
				return hand_fail(h);
			return hand_want(h, KW_FOR) && hand_part(h, TOK_T_START_QUERY, &to_end);
		}
		if (!many && hand_eat(h, KW_CONDITION)) {
			if (!hand_want(h, KW_FOR))
				return false;
			return hand_int(h, &name) ||
			       (hand_is(h, KW_SQLSTATE) ? body_condition(h) : hand_fail(h));
		}
		many = true;
	} while (hand_eat_char(h, ','));
	if (!form_rule(&f, "program_type"))
		return hand_fail(h);
	if (hand_eat(h, KW_DEFAULT) || (h->t.t.kind == LEX_ASSIGN && (hand_next(h), true)))
		return hand_expr(h, &to_end) != NULL;
	return true;
}

static bool declare(struct hand *h)
{
	hand_next(h);
	if (hand_is(h, KW_CONTINUE) || hand_is(h, KW_EXIT))
		return body_handler(h);
	return declared_names(h);
}

static bool block(struct hand *h)
{
	h->bodies++;
	while (hand_is(h, KW_DECLARE)) {
		if (!declare(h) || !hand_want_semicolon(h))
			return false;
	}
	h->bodies--;
	if (!hand_is(h, KW_END) && !body_statements(h))
		return false;
	return hand_want(h, KW_END);
}

bool body_compound(struct hand *h)
{
	if (!body_is_oracle(h))
		return block(h);
	return body_statements(h) && body_oracle_exceptions(h) && hand_want(h, KW_END);
}

/* BEGIN that is no transaction's: not before WORK or the end. */
static bool is_block(struct hand *h)
{
	unsigned next;

	if (!hand_is(h, KW_BEGIN))
		return false;
	next = parse_int_peek(h->p)->kw;
	return next != KW_WORK;
}

static bool begin(struct hand *h, struct str label)
{
	if (body_is_oracle(h))
		return body_oracle_block(h, label);
	hand_next(h);
	if (hand_eat(h, KW_NOT) && !(hand_eat_word(h, "ATOMIC") || hand_fail(h)))
		return false;
	return block(h) && body_label_after(h, label);
}

static bool return_statement(struct hand *h)
{
	hand_next(h);
	return hand_expr(h, &to_end) != NULL;
}

/* OPEN, FETCH, CLOSE, LEAVE, ITERATE; 0: none of them. */
static int simple(struct hand *h)
{
	static const struct {
		unsigned kw;
		const char *rule;
	} v[] = {
		{KW_OPEN, "open"},   {KW_FETCH, "fetch"},     {KW_CLOSE, "close"},
		{KW_LEAVE, "leave"}, {KW_ITERATE, "iterate"},
	};
	struct form f = {.h = h};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		if (hand_is(h, v[i].kw))
			return form_rule(&f, v[i].rule) || hand_fail(h) ? 1 : -1;
	}
	return 0;
}

static bool labelled(struct hand *h, struct str label)
{
	if (is_block(h))
		return begin(h, label);
	switch (h->t.kw) {
	case KW_LOOP:
		return loop(h, label);
	case KW_WHILE:
		return while_loop(h, label);
	case KW_REPEAT:
		return repeat_loop(h, label);
	case KW_FOR:
		return for_loop(h, label);
	default:
		return hand_fail(h);
	}
}

static bool any_statement(struct hand *h)
{
	int rc = body_is_oracle(h) ? body_oracle_statement(h) : 0;

	if (rc)
		return rc > 0;
	switch (h->t.kw) {
	case KW_IF:
		return if_statement(h);
	case KW_CASE:
		return case_statement(h);
	case KW_LOOP:
	case KW_WHILE:
	case KW_REPEAT:
	case KW_FOR:
		return labelled(h, (struct str){0});
	case KW_BEGIN:
		if (is_block(h))
			return begin(h, (struct str){0});
		break;
	case KW_RETURN:
		return return_statement(h);
	case KW_DECLARE:
		return hand_fail(h);
	default:
		break;
	}
	rc = simple(h);
	return rc ? rc > 0 : hand_inner_statement(h);
}

bool body_statement(struct hand *h)
{
	struct str label;
	bool ok;

	if (!hand_enter(h))
		return false;
	if (body_is_oracle(h) && h->t.t.kind == LEX_SHL) {
		hand_next(h);
		ok = hand_name(h, &label) && h->t.t.kind == LEX_SHR;
		if (ok)
			hand_next(h);
		ok = (ok || hand_fail(h)) &&
		     (hand_is(h, KW_LOOP) || hand_is(h, KW_WHILE) || hand_is(h, KW_FOR) ||
				      hand_is(h, KW_REPEAT) || hand_is(h, KW_BEGIN)
			      ? labelled(h, label)
			      : body_statement(h));
	} else if ((h->t.t.kind == LEX_WORD || h->t.t.kind == LEX_QUOTED) &&
		   parse_int_peek(h->p)->t.kind == ':')
		ok = (hand_name(h, &label) || hand_fail(h)) && hand_want_char(h, ':') &&
		     labelled(h, label);
	else
		ok = any_statement(h);
	h->nested--;
	return ok && !hand_failed(h);
}
