/* warning_list - what SHOW WARNINGS tells of the last statement, of all shards together.
 * Thread: the session's worker. */
#ifndef SESSION_WARNING_LIST_H
#define SESSION_WARNING_LIST_H
#include <stddef.h>
#include <stdint.h>

#include "src/base/str.h"

enum { WARNING_LIST_MAX = 64 }; /* mysqld's default of max_error_count */

struct warning {
	const char *level; /* "Note", "Warning" or "Error": literals */
	uint32_t code;
	char *message; /* owned */
	size_t n;
};

/* All zero: empty. */
struct warning_list {
	struct warning *v; /* owned */
	size_t len, cap;
};

/* Adds a copy; what is over the maximum, or finds no memory, is counted by the session only. */
void warning_list_add(struct warning_list *l, const char *level, uint32_t code, struct str message);
/* Empties it and gives its memory back. */
void warning_list_clear(struct warning_list *l);
#endif
