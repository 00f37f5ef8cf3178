/* literal - the value that a literal's text stands for. */
#ifndef LEX_LITERAL_H
#define LEX_LITERAL_H
#include "sql/lex/lex.h"
#include "src/base/arena.h"
#include "src/base/err.h"

/* The bytes of a string literal, quotes and all its pieces ("'a' 'b'") given: escapes resolved,
 * into @a (or a slice of @text when there is nothing to resolve). N'..' too.
 * -1: ERR_SYNTAX when @text is no string literal, ERR_NOMEM. */
int literal_string(struct str text, const struct lex_opts *opts, struct arena *a, struct str *out,
		   struct err *e) MUST_CHECK;
/* The name in backticks or double quotes, or a bare one as it is. */
int literal_name(struct str text, enum lex_charset charset, struct arena *a, struct str *out,
		 struct err *e) MUST_CHECK;
/* The bytes of x'..', 0x.., b'..', 0b.. . */
int literal_bytes(struct str text, struct arena *a, struct str *out, struct err *e) MUST_CHECK;
/* An INT literal, "-5" and "- 5" too, as sign and magnitude; false when that does not fit. */
bool literal_int(struct str text, bool *negative, uint64_t *u);
#endif
