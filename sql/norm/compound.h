/* compound - is a ';' inside of a stored program's body? Follows BEGIN, IF, CASE, LOOP, WHILE,
 * REPEAT and END in CREATE PROCEDURE, FUNCTION, TRIGGER, EVENT and in BEGIN NOT ATOMIC, by
 * keywords alone. */
#ifndef NORM_COMPOUND_H
#define NORM_COMPOUND_H
#include <stdbool.h>
#include <stdint.h>

struct compound {
	uint64_t expr;	/* per open level: 1 for a CASE expression */
	uint8_t depth;	/* open levels */
	uint8_t state;	/* see compound.c */
	bool start;	/* a statement may begin here */
	bool after_end; /* END IF, END LOOP...: the second word opens nothing */
	uint16_t last;	/* keyword before */
	bool maybe_if;	/* IF at the top level: opens unless NOT or EXISTS follows */
	bool seen;
};

void compound_word(struct compound *c, unsigned kw, int parens);
/* A character token but '('; ';' included. */
void compound_char(struct compound *c, unsigned ch);
static inline bool compound_open(const struct compound *c)
{
	return c->depth > 0;
}
static inline bool compound_seen(const struct compound *c)
{
	return c->seen;
}
#endif
