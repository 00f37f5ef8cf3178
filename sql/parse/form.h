/* form - statements that are told in the manuals' notation, see sql/grammar/forms.def. The matcher
 * tries a form's alternatives from left to right and goes back when one does not fit; the syntax
 * error is at the furthest token. For sql/parse only. */
#ifndef PARSE_FORM_H
#define PARSE_FORM_H
#include "sql/parse/hand.h"

/* What a form's words collect. */
struct form {
	struct hand *h;
	unsigned flags;	     /* of the node: !E !N !R !T */
	struct str db, name; /* object, dbname */
	struct ast_list tables, columns;
	uint32_t targets; /* tables[0..targets) */
	struct ast_node *query, *def;
	unsigned dead; /* an embedded part is wrong: there is no going back */
};

/* The statement at the current token: 0, -1 and *e, 1: it is the grammar's. */
int form_statement(struct hand *h, struct err *e);
/* Matches the rule called @name at the current token; false: it does not fit, nothing is taken. */
bool form_rule(struct form *f, const char *name);
/* form_words.c: what a lower-case word of a form takes that is no rule: 1 taken, 0 does not fit,
 * -1 no such word. */
int form_word(struct form *f, const char *name, size_t n);
bool form_has_word(const char *name, size_t n);
/* The first name in a pattern that is neither rule nor word, NULL: all are known. For tests. */
const char *form_unknown_name(void);
#endif
