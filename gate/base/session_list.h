/* session_list - the connections of a gate at one moment, as SHOW PROCESSLIST prints them.
 * Thread: whoever has it. */
#ifndef BASE_SESSION_LIST_H
#define BASE_SESSION_LIST_H
#include <stddef.h>
#include <stdint.h>

struct session_list {
	struct session_row {
		uint32_t id;
		uint64_t seconds;	     /* in this state */
		const char *command, *state; /* literals */
		char user[81], host[64], db[160];
		char *text; /* owned: the running statement; NULL: none */
	} * v;		    /* owned */
	size_t len, cap;
};

void session_list_free(struct session_list *l); /* NULL is fine */
#endif
