/* text_state - what the text of a statement says about state of a connection that mysqld does not
 * tell of (it tells of settings, databases, temporary tables and prepared statements). Pure. */
#ifndef QUERY_TEXT_STATE_H
#define QUERY_TEXT_STATE_H
#include <stdbool.h>

#include "src/base/str.h"

/* Whether the statement may leave some behind: user variables, locks, or it is not a plain query.
 */
bool text_state_left(struct str sql);
/* Whether it may read what statements before it left: the last value of a sequence. */
bool text_state_read(struct str sql);
#endif
