/* jsontext - JSON as MariaDB has it: text that is looked into, never a type of its own. What is read keeps
 * its bytes (numbers, escapes, the order of keys); a tree of values points into the text.
 *
 * The text is in a character set of which ASCII is a part. Nothing here recurses deeper than
 * JSONTEXT_MAX_DEPTH. Memory: the caller's arena. Plain data; any thread. */
#ifndef DATA_JSONTEXT_H
#define DATA_JSONTEXT_H
#include <stdbool.h>
#include <stdint.h>

#include "src/base/str.h"
#include "src/data/charset.h"

struct arena;

enum { JSONTEXT_MAX_DEPTH = 31 };

enum jsontext_type {
	JSONTEXT_OBJECT,
	JSONTEXT_ARRAY,
	JSONTEXT_STRING,
	JSONTEXT_NUMBER,
	JSONTEXT_TRUE,
	JSONTEXT_FALSE,
	JSONTEXT_NULL,
};

struct jsontext {
	uint8_t type; /* enum jsontext_type */
	bool whole;   /* false: the text ended or went wrong inside of it */
	uint32_t count; /* of children */
	uint32_t marks; /* the user's */
	struct str raw; /* its text, with quotes */
	struct str key; /* of a member: what is between the quotes, escapes as they are */
	struct str name; /* the same; without escapes when jsontext_unescape_keys() was there */
	struct jsontext *parent, *child, *last, *next;
};

enum jsontext_error {
	JSONTEXT_OK,
	JSONTEXT_BAD,	 /* not JSON */
	JSONTEXT_NOMEM,
};

/* The value that @s is. When it goes wrong, *e says so, and what was read before is there: NULL if that is
 * nothing. */
struct jsontext *jsontext_parse(struct arena *a, struct str s, enum jsontext_error *e);
/* The value that @s begins with, whatever follows. */
struct jsontext *jsontext_parse_first(struct arena *a, struct str s, enum jsontext_error *e);
bool jsontext_is_scalar(const struct jsontext *j);
/* Puts @child behind the other children of @j. */
void jsontext_append(struct jsontext *j, struct jsontext *child);
/* A value without children. NULL: out of memory. */
struct jsontext *jsontext_new(struct arena *a, enum jsontext_type type, struct str raw);
/* Nesting: 1 for scalars and for empty arrays and objects. */
unsigned jsontext_depth(const struct jsontext *j);
/* Text of the tree; @loose: with a space behind each comma and colon. False: out of memory. */
bool jsontext_print(const struct jsontext *j, bool loose, struct arena *a, struct str *out);
/* What stands between the quotes of a string, with escapes resolved, in @cs. *bad: @cs does not have all of
 * it. */
bool jsontext_unescape(struct arena *a, struct str s, enum charset_id cs, struct str *out,
		       bool *bad);
/* The same for all keys, as far as they have escapes: to @name. */
bool jsontext_unescape_keys(struct arena *a, struct jsontext *root, enum charset_id cs);
/* The value behind @j in the order of the text; NULL: it is the last. */
struct jsontext *jsontext_following(struct jsontext *j);
/* The other way round: @s of @from for between the quotes of a text in @to. */
bool jsontext_escape(struct arena *a, struct str s, enum charset_id from, enum charset_id to,
		     struct str *out);
/* Characters between the quotes of the string @j. */
struct str jsontext_inside(const struct jsontext *j);
#endif
