/* fingerprint - one pass of the lexer over a statement: what it is but for its literals, and where
 * the literals are. It needs no memory besides the arrays in struct fingerprint, which are kept
 * from statement to statement.
 *
 * Two statements with the same fingerprint (hash, and to be quite sure norm) parse to trees that
 * differ in literals only. Not part of it: white space, comments, the case of reserved words, and
 *  - the value of each literal (its type and whether it has a minus sign are part of it),
 *  - the length of an IN list that consists of literals, or of rows of as many literals each
 *    (the set of the types that occur is part of it),
 *  - the number of rows, in a row of rows of the same shape, of INSERT or REPLACE ... VALUES, and
 *    in such rows what a column is: any literal, NULL, TRUE, FALSE or marker.
 *
 * Slots. lits[] is in the order of the text, so a literal's index moves when a list before it has
 * another length. A plan refers to slots, whose number and meaning are fixed by the fingerprint:
 * each literal outside of groups is one slot, each group (an IN list; a run of VALUES rows of one
 * shape) is one slot; numbered from 0 in the order of the text. Within a group, a literal is
 * (row, sub): sub counts within the row, 0 <= sub < per_row. */
#ifndef NORM_FINGERPRINT_H
#define NORM_FINGERPRINT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lex/lex.h"
#include "src/base/err.h"

enum fingerprint_type {
	FP_NULL, /* NULL, TRUE, FALSE are literals as a whole column of a group's row only */
	FP_TRUE,
	FP_FALSE,
	FP_INT,
	FP_DECIMAL,
	FP_FLOAT,
	FP_STRING,
	FP_NSTRING,
	FP_HEX,
	FP_BIT,
	FP_PARAM, /* ? */
};

struct fingerprint_lit {
	uint32_t start, len; /* in the text: quotes, prefix and sign included */
	uint8_t type;	     /* enum fingerprint_type */
	bool negative;	     /* the text begins with a minus sign (and maybe white space) */
	bool escaped;	     /* a string with escapes, doubled quotes or several pieces */
};

struct fingerprint_span {
	uint32_t start, end;
};

enum fingerprint_group_kind {
	FP_IN_LIST, /* x IN (1, 2, 3): per_row is 1, elements are the literals */
	FP_IN_ROWS, /* (x, y) IN ((1, 2), (3, 4)) */
	FP_ROWS,    /* INSERT ... VALUES (..), (..): one run of rows of one shape */
};

struct fingerprint_group {
	uint8_t kind;	     /* enum fingerprint_group_kind */
	uint32_t slot;	     /* its slot */
	uint32_t first_lit;  /* index in lits[] */
	uint32_t rows;	     /* elements or rows, >= 1 */
	uint32_t per_row;    /* literals in each; 0 possible with FP_ROWS */
	uint32_t first_row;  /* index in rows[] (not for FP_IN_LIST) */
	uint32_t start, end; /* text from the first element's start to the last one's end */
};

/* The first word. */
enum fingerprint_class {
	FP_EMPTY, /* nothing but white space and comments */
	FP_OTHER,
#define X(cls, kw) FP_##cls,
#include "sql/norm/classes.def"
#undef X
};

/* What was seen on the way. */
enum fingerprint_features {
	FP_HAS_USER_VAR = 1 << 0,
	FP_HAS_SYS_VAR = 1 << 1,
	FP_HAS_PARAM = 1 << 2,
	FP_HAS_DIRECTIVE = 1 << 3,
	FP_HAS_HINT = 1 << 4,
	FP_HAS_FOR_UPDATE = 1 << 5,
	FP_HAS_FOR_SHARE = 1 << 6, /* FOR SHARE or LOCK IN SHARE MODE */
	FP_HAS_CALC_FOUND_ROWS = 1 << 7,
	FP_HAS_INTO = 1 << 8,
	FP_HAS_SUBSELECT = 1 << 9, /* SELECT in parentheses */
	FP_HAS_LAST_INSERT_ID = 1 << 10,
	FP_HAS_FOUND_ROWS = 1 << 11,
	FP_HAS_ROW_COUNT = 1 << 12,
	FP_HAS_CONNECTION_ID = 1 << 13,
	FP_HAS_LOCK_FN = 1 << 14, /* GET_LOCK and its family */
	FP_HAS_DATABASE_FN = 1 << 15,
	FP_HAS_USER_FN = 1 << 16,
	FP_HAS_NONDET_FN = 1 << 17, /* RAND, UUID, SLEEP... */
	FP_HAS_NOW_FN = 1 << 18,
	FP_HAS_COMPOUND = 1 << 19, /* the body of a procedure, trigger, event */
};

struct fingerprint {
	uint64_t hash[2];
	uint32_t cls;	     /* enum fingerprint_class */
	uint32_t features;   /* FP_HAS_* */
	uint32_t start, end; /* the statement: first token to the end of the last */
	uint32_t stop;	     /* the ';' behind it, else the length of the text: comments included */
	uint32_t next;	     /* where the next one begins, past ';' and white space; the length of
				the text when there is none (a comment may still follow) */
	uint32_t slots;
	uint32_t params; /* literals of type FP_PARAM */
	/* Owned arrays; the lengths are of this statement. */
	struct {
		struct fingerprint_lit *v;
		size_t len, cap;
	} lits;
	struct {
		struct fingerprint_group *v;
		size_t len, cap;
	} groups;
	struct {
		struct fingerprint_span *v; /* rows of the groups that have rows, in order */
		size_t len, cap;
	} rows;
	struct {
		uint8_t *v; /* the normalized statement, equal for equal fingerprints only */
		size_t len, cap;
	} norm;
	unsigned small; /* statements in a row that left large arrays unused */
};

/* Where a literal stands. */
struct fingerprint_place {
	uint32_t slot;
	int32_t group; /* index in groups[], -1: none, then row and sub are 0 */
	uint32_t row, sub;
};

void fingerprint_init(struct fingerprint *fp);
void fingerprint_fini(struct fingerprint *fp);
/* The statement that begins at byte @at of @text, up to the ';' that ends it or the end.
 * @seed is mixed into the hash: random per process, so that nobody can prepare collisions.
 * -1: out of memory, or text that is no tokens at all (ERR_SYNTAX: an unterminated string or
 * comment, a stray byte); with ERR_SYNTAX fp->end is where. */
int fingerprint_scan(struct fingerprint *fp, const struct lex_opts *opts, struct str text,
		     uint32_t at, uint64_t seed, struct err *e) MUST_CHECK;
/* The literal's slot, row and column in its group. */
struct fingerprint_place fingerprint_place(const struct fingerprint *fp, uint32_t lit);
/* The index of the literal at (slot, row, sub); row and sub are 0 outside of groups. */
uint32_t fingerprint_lit_at(const struct fingerprint *fp, uint32_t slot, uint32_t row,
			    uint32_t sub);
/* The group that is @slot, NULL when it is a literal. */
const struct fingerprint_group *fingerprint_group_of(const struct fingerprint *fp, uint32_t slot);
/* The text of element or row @row of a group, its parentheses included. */
struct fingerprint_span fingerprint_element(const struct fingerprint *fp,
					    const struct fingerprint_group *g, uint32_t row);
/* Hash of all bytes of the statement but its literals: white space, comments and case matter, the
 * length of groups does not. A plan that repeats the client's words (in column names) guards it. */
uint64_t fingerprint_text_hash(const struct fingerprint *fp, struct str text);
#endif
