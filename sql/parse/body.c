/* The bodies of stored programs, and compound statements outside of them: blocks, declarations,
 * control flow by hand, all other statements through the parser itself. What is parsed is thrown
 * away: a body is kept as text. */
#include "sql/grammar/grammar.h"
#include "sql/parse/ddl.h"

static const struct parse_stop to_end = {.semicolon = true};
static const struct parse_stop to_then = {.semicolon = true, .kw = {KW_THEN}};
static const struct parse_stop to_when = {.semicolon = true, .kw = {KW_WHEN}};
static const struct parse_stop to_do = {.semicolon = true, .kw = {KW_DO}};
static const struct parse_stop to_end_word = {.semicolon = true, .kw = {KW_END}};

/* Where a list of statements ends. */
static bool ends_list(const struct hand *h)
{
	return hand_is(h, KW_END) || hand_is(h, KW_ELSE) || hand_is(h, KW_ELSEIF) ||
	       hand_is(h, KW_WHEN) || hand_is_word(h, "UNTIL");
}

/* statement; statement; ... at least one. */
static bool statements(struct hand *h)
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

static bool label_after(struct hand *h, struct str label)
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
		if (!hand_expr(h, &to_then) || !hand_want(h, KW_THEN) || !statements(h))
			return false;
	} while (hand_is(h, KW_ELSEIF));
	if (hand_eat(h, KW_ELSE) && !statements(h))
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
		if (!hand_expr(h, &to_then) || !hand_want(h, KW_THEN) || !statements(h))
			return false;
	}
	if (hand_eat(h, KW_ELSE) && !statements(h))
		return false;
	return hand_want(h, KW_END) && hand_want(h, KW_CASE);
}

static bool loop(struct hand *h, struct str label)
{
	hand_next(h);
	return statements(h) && hand_want(h, KW_END) && hand_want(h, KW_LOOP) &&
	       label_after(h, label);
}

static bool while_loop(struct hand *h, struct str label)
{
	hand_next(h);
	return hand_expr(h, &to_do) && hand_want(h, KW_DO) && statements(h) &&
	       hand_want(h, KW_END) && hand_want(h, KW_WHILE) && label_after(h, label);
}

static bool repeat_loop(struct hand *h, struct str label)
{
	hand_next(h);
	if (!statements(h) || !(hand_eat_word(h, "UNTIL") || hand_fail(h)))
		return false;
	return hand_expr(h, &to_end_word) && hand_want(h, KW_END) && hand_want(h, KW_REPEAT) &&
	       label_after(h, label);
}

/* FOR i IN [REVERSE] a .. b DO, FOR r IN cursor[(args)] DO, FOR r IN (query) DO */
static bool for_loop(struct hand *h, struct str label)
{
	static const struct parse_stop bound = {.semicolon = true, .range = true, .kw = {KW_DO}};
	struct str name;

	hand_next(h);
	if (!hand_name(h, &name))
		return hand_fail(h);
	if (!hand_want(h, KW_IN))
		return false;
	hand_eat_word(h, "REVERSE");
	if (hand_is_char(h, '(') && parse_int_peek(h->p)->kw == KW_SELECT) {
		if (!hand_part(h, TOK_T_START_QUERY, &to_do))
			return false;
	} else {
		if (!hand_expr(h, &bound))
			return false;
		while (hand_eat_char(h, '.'))
			;
		if (!hand_is(h, KW_DO) && !hand_expr(h, &to_do))
			return false;
	}
	return hand_want(h, KW_DO) && statements(h) && hand_want(h, KW_END) &&
	       hand_want(h, KW_FOR) && label_after(h, label);
}

static bool handler_condition(struct hand *h)
{
	struct str name;

	if (hand_eat(h, KW_SQLSTATE)) {
		hand_eat(h, KW_VALUE);
		return hand_string(h, &name) || hand_fail(h);
	}
	if (hand_eat(h, KW_SQLWARNING) || hand_eat(h, KW_SQLEXCEPTION))
		return true;
	if (hand_eat_words(h, "NOT FOUND") || hand_int(h, &name))
		return true;
	return hand_name(h, &name) || hand_fail(h);
}

/* HANDLER FOR condition, ... statement */
static bool handler(struct hand *h)
{
	hand_next(h);
	if (!hand_want(h, KW_HANDLER) || !hand_want(h, KW_FOR))
		return false;
	do {
		if (!handler_condition(h))
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
			       (hand_is(h, KW_SQLSTATE) ? handler_condition(h) : hand_fail(h));
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
		return handler(h);
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
	if (!hand_is(h, KW_END) && !statements(h))
		return false;
	return hand_want(h, KW_END);
}

bool body_compound(struct hand *h)
{
	return block(h);
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
	hand_next(h);
	if (hand_eat(h, KW_NOT) && !(hand_eat_word(h, "ATOMIC") || hand_fail(h)))
		return false;
	return block(h) && label_after(h, label);
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
	int rc;

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
	if ((h->t.t.kind == LEX_WORD || h->t.t.kind == LEX_QUOTED) &&
	    parse_int_peek(h->p)->t.kind == ':')
		ok = (hand_name(h, &label) || hand_fail(h)) && hand_want_char(h, ':') &&
		     labelled(h, label);
	else
		ok = any_statement(h);
	h->nested--;
	return ok && !hand_failed(h);
}
