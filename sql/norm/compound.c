#include "sql/norm/compound.h"

#include "sql/lex/keyword.h"

enum {
	ST_FIRST,   /* no keyword yet */
	ST_CREATE,  /* CREATE or ALTER: a program may follow */
	ST_BEGIN,   /* BEGIN: a transaction, or a block if NOT follows */
	ST_PROGRAM, /* a body is or will be */
	ST_PLAIN,   /* any other statement */
};

enum {
	HANDLER_NONE,
	HANDLER_FOR,	  /* HANDLER was seen: its FOR comes */
	HANDLER_STATEMENT /* past the FOR: conditions, then a statement */
};

enum { MAX_DEPTH = 60 };

static void open_level(struct compound *c, bool expr, bool declare)
{
	c->seen = true;
	c->start = !expr;
	c->handler = HANDLER_NONE;
	if (c->depth >= MAX_DEPTH)
		return; /* stays open to the end of the text: nothing is split */
	c->expr = c->expr << 1 | expr;
	c->declare = c->declare << 1 | declare;
	c->depth++;
}

static void close_level(struct compound *c)
{
	c->after_end = true;
	if (c->depth == 0)
		return;
	c->expr >>= 1;
	c->declare >>= 1;
	c->depth--;
}

static bool is_object(unsigned kw)
{
	return kw == KW_PROCEDURE || kw == KW_FUNCTION || kw == KW_TRIGGER || kw == KW_EVENT ||
	       kw == KW_PACKAGE || kw == KW_BODY;
}

/* IF, CASE, a loop: when a statement may begin with it. */
static void open_statement(struct compound *c, unsigned kw)
{
	open_level(c, false, false);
	/* A condition or a loop's head comes first. */
	c->start = kw == KW_LOOP || kw == KW_REPEAT;
}

/* The keyword begins a statement at the top of a program: no IF NOT EXISTS, no FOR EACH ROW. */
static bool begins_body(const struct compound *c, unsigned kw)
{
	return kw != KW_IF || !is_object(c->last);
}

static void begin(struct compound *c)
{
	if ((c->declare & 1) && c->depth && c->handler == HANDLER_NONE) {
		c->declare &= ~UINT64_C(1);
		c->start = true;
		return;
	}
	open_level(c, false, false);
}

/* The words of a handler's conditions; any other one begins its statement. */
static bool is_condition(unsigned kw)
{
	return kw == KW_SQLSTATE || kw == KW_VALUE || kw == KW_SQLWARNING || kw == KW_NOT ||
	       kw == KW_SQLEXCEPTION || kw == 0;
}

/* Where PL/SQL declares: true when the word is dealt with. */
static bool oracle_word(struct compound *c, unsigned kw, bool start, int parens)
{
	switch (kw) {
	case KW_PROCEDURE:
	case KW_FUNCTION:
	case KW_PACKAGE:
		c->header = c->header || start || c->depth == 0;
		return false;
	case KW_AS:
	case KW_IS:
		if (!c->header || parens > 0)
			return false;
		c->header = false;
		open_level(c, false, true);
		return true;
	case KW_DECLARE:
		if (!start)
			return false;
		open_level(c, false, true);
		return true;
	default:
		return false;
	}
}

/* The body is one plain statement: there is no ';' in it. */
static bool is_plain_body(const struct compound *c, unsigned kw)
{
	return c->depth == 0 && !c->oracle &&
	       (kw == KW_RETURN || kw == KW_SELECT || kw == KW_CALL ||
		(kw == KW_SET && c->last != KW_CHARACTER && c->last != KW_CHAR));
}

static void program_word(struct compound *c, unsigned kw, int parens)
{
	bool after_end = c->after_end, in_handler = c->handler == HANDLER_STATEMENT;
	bool start = c->start || in_handler || (c->depth == 0 && begins_body(c, kw));

	c->after_end = false;
	c->start = c->atomic || (kw == KW_NOT && c->last == KW_BEGIN);
	if (c->start) {
		c->atomic = !c->atomic;
		return;
	}
	if (is_plain_body(c, kw)) {
		c->state = ST_PLAIN;
		return;
	}
	if (c->maybe_for && kw != KW_EACH)
		open_statement(c, KW_FOR);
	c->maybe_for = false;
	if (c->oracle && oracle_word(c, kw, start, parens))
		return;
	switch (kw) {
	case KW_BEGIN:
		begin(c);
		break;
	case KW_CASE:
		if (!after_end)
			open_level(c, !start, false);
		break;
	case KW_FOR:
		if (c->handler == HANDLER_FOR)
			c->handler = HANDLER_STATEMENT;
		else if (c->depth == 0)
			c->maybe_for = true;
		else if (!after_end && start)
			open_statement(c, kw);
		return;
	case KW_IF:
	case KW_LOOP:
	case KW_WHILE:
	case KW_REPEAT:
		if (!after_end && start)
			open_statement(c, kw);
		else
			c->start = kw == KW_LOOP || kw == KW_REPEAT;
		break;
	case KW_DO: /* no statement DO x */
		c->start = !start || c->depth == 0;
		c->start = c->start && !(c->expr & 1);
		break;
	case KW_THEN:
	case KW_ELSE:
		c->start = !(c->expr & 1);
		break;
	case KW_END:
		close_level(c);
		break;
	case KW_HANDLER:
		c->handler = HANDLER_FOR;
		return;
	default:
		break;
	}
	if (in_handler && !is_condition(kw))
		c->handler = HANDLER_NONE;
}

static void first_word(struct compound *c, unsigned kw, int parens)
{
	switch (kw) {
	case 0: /* a label, maybe */
		return;
	case KW_CREATE:
	case KW_ALTER:
		c->state = ST_CREATE;
		return;
	case KW_BEGIN:
		c->state = c->oracle ? ST_PROGRAM : ST_BEGIN;
		if (c->oracle)
			open_level(c, false, false);
		return;
	case KW_IF:
	case KW_CASE:
	case KW_LOOP:
	case KW_WHILE:
	case KW_REPEAT:
	case KW_FOR:
		c->state = ST_PROGRAM;
		open_statement(c, kw);
		return;
	case KW_DECLARE:
		c->state = c->oracle ? ST_PROGRAM : ST_PLAIN;
		c->start = true;
		if (c->oracle)
			program_word(c, kw, parens);
		return;
	default:
		c->state = ST_PLAIN;
	}
}

void compound_word(struct compound *c, unsigned kw, int parens)
{
	switch (c->state) {
	case ST_FIRST:
		first_word(c, kw, parens);
		break;
	case ST_CREATE:
		if (parens == 0 && is_object(kw)) {
			c->state = ST_PROGRAM;
			c->header = kw != KW_TRIGGER && kw != KW_EVENT;
		} else if (kw == KW_TABLE || kw == KW_VIEW || kw == KW_INDEX || kw == KW_DATABASE ||
			   kw == KW_USER) {
			c->state = ST_PLAIN;
		}
		break;
	case ST_BEGIN:
		c->state = kw == KW_NOT ? ST_PROGRAM : ST_PLAIN;
		if (kw == KW_NOT)
			open_level(c, false, false);
		c->atomic = kw == KW_NOT;
		break;
	case ST_PROGRAM:
		program_word(c, kw, parens);
		break;
	default:
		break;
	}
	c->last = (uint16_t)kw;
}

void compound_char(struct compound *c, unsigned ch)
{
	c->last = 0;
	if (c->state != ST_PROGRAM)
		return;
	c->after_end = false;
	if (ch != ';' && ch != ':')
		return;
	c->start = true;
	if (ch == ';') {
		c->header = false;
		c->handler = HANDLER_NONE;
	}
}
