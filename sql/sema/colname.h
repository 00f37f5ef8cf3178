/* colname - the names of result columns: an item's text, as MariaDB makes names of it. Pure. */
#ifndef SEMA_COLNAME_H
#define SEMA_COLNAME_H
#include <stdbool.h>

#include "src/base/str.h"

struct arena;
struct ast_item;
struct lex_opts;

/* The name of an item of @text without alias that is no column; in @text, or in @a. */
struct str colname_of(struct arena *a, const struct lex_opts *opts, struct str text,
		      const struct ast_item *item);
/* Without what is not visible at its front, and not too long. */
struct str colname_cut(struct str s);
/* Whether a column of a table may be called so. */
bool colname_valid(struct str s);
#endif
