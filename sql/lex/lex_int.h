/* lex_int - what the parts of the lexer share; for sql/lex only. */
#ifndef LEX_LEX_INT_H
#define LEX_LEX_INT_H
#include "sql/lex/lex.h"

/* 1 for bytes that go on an unquoted word. */
extern const uint8_t lex_int_word[256];

/* Strings: from the opening quote at l->at; @t->start is set by the caller (a prefix counts). */
void lex_int_string(struct lex *l, struct lex_token *t, enum lex_kind kind);
/* Names and variables in @quote: doubled quotes stand for one, no backslashes. */
void lex_int_quoted(struct lex *l, struct lex_token *t, uint8_t quote, enum lex_kind kind);
/* x'..' and b'..', from the letter on. */
void lex_int_hex_string(struct lex *l, struct lex_token *t, enum lex_kind kind);
/* A number, or a name that begins with a digit. */
void lex_int_number(struct lex *l, struct lex_token *t);

enum lex_int_blank {
	LEX_INT_NONE,	   /* no comment here */
	LEX_INT_SKIPPED,   /* l->at is past it (or past the opening of an executed one) */
	LEX_INT_HINT,	   /* an optimizer hint, l->at past it */
	LEX_INT_DIRECTIVE, /* a directive, l->at past it */
	LEX_INT_BROKEN,	   /* it does not end */
};
/* The comment, if any, at l->at. */
enum lex_int_blank lex_int_comment(struct lex *l);
#endif
