/* hand - a cursor over the tokens of a statement that is parsed by hand: of DDL, SHOW, USE and what
 * is kept as text. For sql/parse only. */
#ifndef PARSE_HAND_H
#define PARSE_HAND_H
#include "sql/parse/parse_int.h"

struct hand {
	struct parse *p;
	struct parse_token t;	  /* the current token */
	uint32_t first, last_end; /* start of the statement, end of the token before t */
	uint32_t far;		  /* the furthest token at which something else was wanted */
	uint16_t last_kw;
	int depth;  /* open parentheses before t */
	int bodies; /* compound statements that we are in: a ';' ends what is in them */
	int nested; /* blocks and statements in statements, see HAND_MAX_NESTED */
};

enum { HAND_MAX_NESTED = 150 };

/* A place to go back to. */
struct hand_mark {
	struct lex lx;
	struct parse_token t, ahead, last, fetched;
	uint32_t last_end;
	uint16_t last_kw;
	int depth;
	bool has_ahead, operand;
};

void hand_init(struct hand *h, struct parse *p, uint32_t at);
void hand_next(struct hand *h);
bool hand_at_end(const struct hand *h);
void hand_mark(const struct hand *h, struct hand_mark *m);
void hand_back(struct hand *h, const struct hand_mark *m);
/* The current token is this keyword, this character. */
static inline bool hand_is(const struct hand *h, unsigned kw)
{
	return h->t.kw == kw && kw;
}
static inline bool hand_is_char(const struct hand *h, char c)
{
	return h->t.t.kind == (unsigned char)c;
}
/* Goes past it if it is this keyword. */
bool hand_eat(struct hand *h, unsigned kw);
bool hand_eat_char(struct hand *h, char c);
/* Goes past both or none. */
bool hand_eat2(struct hand *h, unsigned kw, unsigned next);
/* Goes past it, or it is a syntax error: hand_fail(). */
bool hand_want(struct hand *h, unsigned kw);
bool hand_want_char(struct hand *h, char c);
/* The ';' of a statement within a compound one. */
bool hand_want_semicolon(struct hand *h);
/* It is a word with this text, whatever the keywords say. */
bool hand_is_word(const struct hand *h, const char *word);
/* Goes past all of @words, or none. */
bool hand_eat_words(struct hand *h, const char *words);
bool hand_eat_word(struct hand *h, const char *word);
/* Syntax error at the current token. Always -1, always false. */
int hand_error(struct hand *h, struct err *e);
bool hand_fail(struct hand *h);
/* Something is wrong that is said already. */
static inline bool hand_failed(const struct hand *h)
{
	return h->p->failed || h->p->nomem;
}
/* A name (not a reserved word) into *out; false: there is none. */
bool hand_name(struct hand *h, struct str *out);
/* [db.]name. */
bool hand_qualified(struct hand *h, struct str *db, struct str *name);
/* [db.]name as a TABLE node, NULL: there is none. */
struct ast_node *hand_table(struct hand *h);
/* A NAME node, NULL: there is none. */
struct ast_node *hand_name_node(struct hand *h);
/* The current token's text; past it. */
struct str hand_take(struct hand *h);
/* A string literal's text as written, a string's value; false: there is none. */
bool hand_string(struct hand *h, struct str *out);
bool hand_string_value(struct hand *h, struct str *out);
/* Digits (or 0x..) as written. */
bool hand_int(struct hand *h, struct str *out);
/* To the end; parentheses must match. False: syntax error at the current token. */
bool hand_skip_rest(struct hand *h);
/* The text from the statement's first token to the end of the last one taken; from byte @from.
 * Without comments. */
struct str hand_text(struct hand *h);
struct str hand_text_from(struct hand *h, uint32_t from);
struct parse_loc hand_loc(const struct hand *h);
struct parse_loc hand_loc_from(const struct hand *h, uint32_t from);
/* A part by the grammar, from the current token to where @stop says. NULL: said already. */
struct ast_node *hand_part(struct hand *h, int start_token, const struct parse_stop *stop);
/* An expression up to @stop; to the ')' that is not its own; ( expression ); one operand; a query
 * up to the end. */
struct ast_node *hand_expr(struct hand *h, const struct parse_stop *stop);
struct ast_node *hand_expr_in_parens(struct hand *h);
struct ast_node *hand_operand(struct hand *h);
struct ast_node *hand_query(struct hand *h);
/* ( expression, ... ). */
bool hand_expr_list(struct hand *h, struct ast_list *out);
/* Any statement within a stored program, up to its ';'. */
bool hand_inner_statement(struct hand *h);
/* One level deeper; false and ERR_TOO_DEEP when it is too deep. h->nested-- undoes it. */
bool hand_enter(struct hand *h);

/* The statement that begins at the current token: 0, -1 and *e, or 1: not one of these. */
int hand_show_statement(struct hand *h, struct err *e);
int hand_xa_statement(struct hand *h, struct err *e);
#endif
