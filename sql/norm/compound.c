#include "sql/norm/compound.h"

#include "sql/lex/keyword.h"

enum {
	ST_FIRST,   /* no keyword yet */
	ST_CREATE,  /* CREATE or ALTER: a program may follow */
	ST_BEGIN,   /* BEGIN: NOT ATOMIC may follow */
	ST_PROGRAM, /* a body is or will be */
	ST_PLAIN,   /* any other statement */
};

enum { MAX_DEPTH = 60 };

static void open_level(struct compound *c, bool expr)
{
	c->seen = true;
	c->start = !expr;
	if (c->depth >= MAX_DEPTH)
		return; /* stays open to the end of the text: nothing is split */
	c->expr = c->expr << 1 | expr;
	c->depth++;
}

static void close_level(struct compound *c)
{
	c->after_end = true;
	if (c->depth == 0)
		return;
	c->expr >>= 1;
	c->depth--;
}

static void first_word(struct compound *c, unsigned kw)
{
	if (kw == KW_CREATE || kw == KW_ALTER)
		c->state = ST_CREATE;
	else if (kw == KW_BEGIN)
		c->state = ST_BEGIN;
	else
		c->state = ST_PLAIN;
}

static void program_word(struct compound *c, unsigned kw)
{
	bool start = c->start || c->depth == 0, after_end = c->after_end;

	c->after_end = false;
	c->start = false;
	if (c->maybe_if) {
		c->maybe_if = false;
		if (kw != KW_NOT && kw != KW_EXISTS)
			open_level(c, false);
		c->start = false;
	}
	switch (kw) {
	case KW_BEGIN:
		open_level(c, false);
		break;
	case KW_CASE:
		if (!after_end)
			open_level(c, !start);
		break;
	case KW_IF:
		if (!after_end && c->depth == 0)
			c->maybe_if = true;
		else if (!after_end && start)
			open_level(c, false);
		c->start = false;
		break;
	case KW_LOOP:
	case KW_WHILE:
	case KW_REPEAT:
		if (!after_end && start)
			open_level(c, false);
		c->start = kw != KW_WHILE;
		break;
	case KW_THEN:
	case KW_ELSE:
	case KW_DO:
		c->start = !(c->expr & 1);
		break;
	case KW_END:
		close_level(c);
		break;
	default:
		break;
	}
}

void compound_word(struct compound *c, unsigned kw, int parens)
{
	switch (c->state) {
	case ST_FIRST:
		first_word(c, kw);
		break;
	case ST_CREATE:
		if (parens == 0 && (kw == KW_PROCEDURE || kw == KW_FUNCTION || kw == KW_TRIGGER ||
				    kw == KW_EVENT || kw == KW_PACKAGE))
			c->state = ST_PROGRAM;
		else if (kw == KW_TABLE || kw == KW_VIEW || kw == KW_INDEX || kw == KW_DATABASE ||
			 kw == KW_USER)
			c->state = ST_PLAIN;
		break;
	case ST_BEGIN:
		c->state = kw == KW_NOT ? ST_PROGRAM : ST_PLAIN;
		if (kw == KW_NOT)
			open_level(c, false);
		break;
	case ST_PROGRAM:
		program_word(c, kw);
		break;
	default:
		break;
	}
}

void compound_char(struct compound *c, unsigned ch)
{
	if (c->state != ST_PROGRAM)
		return;
	c->after_end = false;
	if (ch == ';' || ch == ':')
		c->start = true;
}
