/* hand - a cursor over the tokens of a statement that is parsed by hand: of DDL, SHOW, USE and what
 * is kept as text. For sql/parse only. */
#ifndef PARSE_HAND_H
#define PARSE_HAND_H
#include "sql/parse/parse_int.h"

struct hand {
	struct parse *p;
	struct parse_token t;	  /* the current token */
	uint32_t first, last_end; /* start of the statement, end of the token before t */
	uint16_t last_kw;
	int depth; /* open parentheses before t */
	bool bad;  /* a syntax error, set once */
};

void hand_init(struct hand *h, struct parse *p, uint32_t at);
void hand_next(struct hand *h);
bool hand_at_end(const struct hand *h);
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
/* It is a word with this text, whatever the keywords say. */
bool hand_is_word(const struct hand *h, const char *word);
/* Syntax error at the current token. Always -1. */
int hand_error(struct hand *h, struct err *e);
/* A name (not a reserved word) into *out; false: there is none. */
bool hand_name(struct hand *h, struct str *out);
/* [db.]name. */
bool hand_qualified(struct hand *h, struct str *db, struct str *name);
/* [db.]name as a TABLE node, NULL: there is none. */
struct ast_node *hand_table(struct hand *h);
/* To the end; parentheses must match. False: syntax error at the current token. */
bool hand_skip_rest(struct hand *h);
/* The text from the statement's first token to the end of the last one taken. */
struct str hand_text(const struct hand *h);
struct parse_loc hand_loc(const struct hand *h);
/* What is from byte @from to @to, by the grammar; the root, or NULL and *e. */
struct ast_node *hand_grammar(struct hand *h, int start_token, struct parse_loc part,
			      struct err *e);

/* hand_ddl.c, hand_show.c: the statement that begins at the current token. 0 or -1 and *e. */
int hand_ddl_statement(struct hand *h, struct err *e);
int hand_show_statement(struct hand *h, struct err *e);
#endif
