/* parse - a statement's text to its tree.
 * The tree borrows from @text: names and literals are slices of it where they can be. Keep the text
 * as long as the tree (copy it into the arena first when the tree shall outlive it). */
#ifndef PARSE_PARSE_H
#define PARSE_PARSE_H
#include <stdint.h>

#include "sql/ast/ast.h"
#include "sql/lex/lex.h"
#include "src/base/arena.h"
#include "src/base/err.h"

struct fingerprint;

enum { PARSE_MAX_DEPTH = 2000 };

/* From slash-star vt+ NAME=value NAME ... star-slash; value is "" when not given. */
struct parse_directive {
	struct str name, value;
};

struct parse_result {
	struct ast_node *root;
	struct parse_directive *directives; /* in the arena */
	uint32_t directive_count;
	/* Slots whose text the tree does not hold as literal nodes (or lists of them), but as
	 * something else: an alias written as a string, the length in CAST(x AS CHAR(10)), file
	 * names... A plan made of the tree must guard their text. In the arena, ascending. Only
	 * with @fp. */
	uint32_t *fixed;
	uint32_t fixed_count;
	uint32_t error_at; /* after a failure: the byte of the text where it was seen */
};

/* Parses the statement of @text that @fp describes, or, with NULL, all of @text (a ';' may end it);
 * with @fp each literal node has its index in fp->lits. 0, or -1: ERR_SYNTAX (1064, MySQL's words),
 * ERR_TOO_DEEP, ERR_NOMEM. */
int parse_statement(struct arena *a, const struct lex_opts *opts, struct str text,
		    const struct fingerprint *fp, struct parse_result *out,
		    struct err *e) MUST_CHECK;
/* Parses an expression, or a query (SELECT and its like), that is all of @text. NULL: see @e. */
struct ast_node *parse_expr(struct arena *a, const struct lex_opts *opts, struct str text,
			    struct err *e);
struct ast_node *parse_query(struct arena *a, const struct lex_opts *opts, struct str text,
			     struct err *e);
/* MySQL's error 1064 at byte @at of @text; its lines are counted from byte @start, where the statement
 * begins. Always -1. */
int parse_syntax_error(struct str text, uint32_t start, uint32_t at, struct err *e);
#endif
