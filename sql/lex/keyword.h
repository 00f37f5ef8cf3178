/* keyword - SQL words: which are keywords, reserved, built-in functions. The lists are
 * keywords.def and functions.def; look-up is a generated hash table. Immutable. */
#ifndef LEX_KEYWORD_H
#define LEX_KEYWORD_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"

enum { KW_BASE = 300 };

/* Keyword codes; the grammar's token codes are the same. */
enum keyword {
	KW_BEFORE_LIST = KW_BASE - 1,
#define K(name, cls, ends) KW_##name,
#include "sql/lex/keywords.def"
#undef K
	KW_END_OF_LIST
};

enum keyword_fn {
	FN_NONE = 0,
#define F(name, flags) FN_##name,
#include "sql/lex/functions.def"
#undef F
	FN_END_OF_LIST
};

/* Properties of functions. */
enum {
	FN_IS_KNOWN = 1,  /* a built-in function */
	FN_IS_AGG = 2,	  /* aggregates rows */
	FN_IS_WIN = 4,	  /* only with OVER */
	FN_IS_NONDET = 8, /* may differ from call to call */
	FN_IS_NOW = 16,	  /* the statement's time: one value per statement and server */
	FN_IS_SESS = 32,  /* depends on the session: LAST_INSERT_ID, DATABASE, USER... */
	FN_IS_LOCK = 64,  /* GET_LOCK and its family */
	FN_IS_GLUED = 128, /* only with its parenthesis right behind it, unless IGNORE_SPACE */
};

struct keyword_hit {
	uint16_t kw; /* enum keyword, 0: no keyword */
	uint16_t fn; /* enum keyword_fn, 0: no built-in function */
};

/* What the word @p of @n bytes is, in any case of letters (\N is NULL). */
struct keyword_hit keyword_find(const char *p, size_t n);
/* The keyword's text in upper case. */
const char *keyword_name(unsigned kw);
/* Never usable as a bare name. */
bool keyword_is_reserved(unsigned kw);
/* Must be quoted when a name that looks like it is printed. */
bool keyword_needs_quotes(unsigned kw);
/* An operand may end with it, so that a minus sign after it subtracts. */
bool keyword_ends_operand(unsigned kw);
/* The function's name in upper case, and its FN_IS_* flags (0 for FN_NONE). */
const char *keyword_fn_name(unsigned fn);
unsigned keyword_fn_flags(unsigned fn);
#endif
