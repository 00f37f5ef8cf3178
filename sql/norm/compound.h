/* compound - is a ';' inside of a stored program's body? Follows what opens and ends blocks, by
 * keywords alone, in CREATE PROCEDURE, FUNCTION, TRIGGER, EVENT and PACKAGE and in compound
 * statements outside of programs. */
#ifndef NORM_COMPOUND_H
#define NORM_COMPOUND_H
#include <stdbool.h>
#include <stdint.h>

struct compound {
	uint64_t expr;	  /* per open level: 1 for a CASE expression */
	uint64_t declare; /* per open level: 1 for declarations before a BEGIN (sql_mode=ORACLE) */
	uint8_t depth;	  /* open levels */
	uint8_t state;	  /* see compound.c */
	uint8_t handler;  /* of DECLARE ... HANDLER FOR ...: see compound.c */
	bool oracle;	  /* programs are PL/SQL; set by the caller */
	bool start;	  /* a statement may begin here */
	bool after_end;	  /* END IF, END LOOP...: the second word opens nothing */
	bool header;	  /* PROCEDURE, FUNCTION or PACKAGE was seen: AS or IS begins its declarations */
	bool atomic;	/* BEGIN NOT was seen: ATOMIC comes */
	bool maybe_for; /* FOR at the top of a program: opens unless EACH follows */
	bool seen;
	uint16_t last; /* the token before, when it was a keyword */
};

/* A word; @kw 0: no keyword. */
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
