/* Where an expression or a statement ends that stands in the middle of a definition or of a stored
 * program. The grammar sees the end of the text there. */
#include "sql/parse/parse_int.h"

static bool is_unit(unsigned kw)
{
	switch (kw) {
	case KW_MICROSECOND:
	case KW_SECOND:
	case KW_MINUTE:
	case KW_HOUR:
	case KW_DAY:
	case KW_WEEK:
	case KW_MONTH:
	case KW_QUARTER:
	case KW_YEAR:
	case KW_SECOND_MICROSECOND:
	case KW_MINUTE_MICROSECOND:
	case KW_MINUTE_SECOND:
	case KW_HOUR_MICROSECOND:
	case KW_HOUR_SECOND:
	case KW_HOUR_MINUTE:
	case KW_DAY_MICROSECOND:
	case KW_DAY_SECOND:
	case KW_DAY_MINUTE:
	case KW_DAY_HOUR:
	case KW_YEAR_MONTH:
		return true;
	default:
		return false;
	}
}

/* An operand goes on: the call's parenthesis, a qualified name, what follows a sign or a prefix. */
static bool goes_on(const struct parse_token *t, const struct parse_token *before)
{
	unsigned kind = t->t.kind, last = before->t.kind;
	bool word = last == LEX_WORD || last == LEX_QUOTED;

	if (last == 0 || (kind == '(' && word) || kind == '.' || last == '.' || last == LEX_AT_AT)
		return true;
	if (last == '{' || ((last == '-' || last == '+') && lex_is_literal(kind)))
		return true;
	if (kind == LEX_ASSIGN || last == LEX_ASSIGN || t->kw == KW_OVER || before->kw == KW_OVER ||
	    t->kw == KW_AGAINST || (kind == '(' && before->kw == KW_AGAINST))
		return true;
	if (lex_is_literal(kind) && (last == LEX_WORD || last == LEX_STRING))
		return true; /* DATE'..', _latin1'..', x'..' */
	if (before->kw == KW_BINARY || before->kw == KW_NEXT || before->kw == KW_PREVIOUS)
		return true;
	return (before->kw == KW_VALUE && t->kw == KW_FOR) || before->kw == KW_FOR;
}

static bool is_check_option(struct parse *p, const struct parse_token *t)
{
	unsigned next;

	if (t->kw != KW_WITH)
		return false;
	next = parse_int_peek(p)->kw;
	return next == KW_CHECK || next == KW_CASCADED || next == KW_LOCAL;
}

/* a .. b; 1..10 are the tokens "1." and ".10". */
static bool is_range(struct parse *p, const struct parse_token *t, const struct parse_token *before)
{
	if (p->text.p[t->t.start] != '.')
		return false;
	if (before->t.kind == LEX_DECIMAL && p->text.p[before->t.end - 1] == '.')
		return true;
	return t->t.kind == '.' && t->t.end < p->text.n && p->text.p[t->t.end] == '.';
}

static bool stops_here(struct parse *p, const struct parse_token *t,
		       const struct parse_token *before)
{
	const struct parse_stop *s = p->stop;

	if ((t->t.kind == ',' && s->comma) || (t->t.kind == ';' && s->semicolon))
		return true;
	if (s->range && is_range(p, t, before))
		return true;
	for (size_t i = 0; i < sizeof(s->kw) / sizeof(s->kw[0]) && s->kw[i]; i++) {
		if (t->kw == s->kw[i])
			return true;
	}
	if (s->check_option && is_check_option(p, t))
		return true;
	if (s->unit && is_unit(t->kw) && before->t.kind &&
	    lex_ends_operand(before->t.kind, before->kw))
		return true;
	return s->operand && !goes_on(t, before);
}

bool parse_int_stops(struct parse *p, const struct parse_token *t, const struct parse_token *before)
{
	if (t->t.kind == LEX_EOF)
		return true;
	if (p->stop_parens == 0 && p->stop_cases == 0 && stops_here(p, t, before))
		return true;
	switch (t->t.kind) {
	case '(':
	case '{':
		p->stop_parens++;
		return false;
	case ')':
	case '}':
		if (p->stop_parens == 0)
			return true;
		p->stop_parens--;
		return false;
	default:
		break;
	}
	if (t->kw == KW_CASE)
		p->stop_cases++;
	else if (t->kw == KW_END && p->stop_cases > 0)
		p->stop_cases--;
	return false;
}
