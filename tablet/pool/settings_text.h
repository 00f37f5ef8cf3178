/* settings_text - the text behind SET ("a=1,sql_mode='x,y'") as a list of assignments. Pure. */
#ifndef POOL_SETTINGS_TEXT_H
#define POOL_SETTINGS_TEXT_H
#include <stdbool.h>

#include "src/base/buf.h"
#include "src/base/str.h"

/* Takes the next assignment off the front of *rest; commas inside quotes and parentheses do not
 * separate. False: there is none. */
bool settings_text_next(struct str *rest, struct str *name, struct str *value);
/* Appends the assignments that turn a session with @have into one with @want: those of @want, and
 * the default for what only @have sets. Nothing is appended when there is nothing to do. */
void settings_text_change(struct buf *out, struct str have, struct str want);
#endif
