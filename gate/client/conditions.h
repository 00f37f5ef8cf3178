/* conditions - the diagnostics area of a connection: the warnings and the error of its last
 * statement, of all shards together, as SHOW WARNINGS lists them.
 * Thread: the session's worker. */
#ifndef CLIENT_CONDITIONS_H
#define CLIENT_CONDITIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/str.h"

struct Sluice__ExecuteTrailer;

enum { CONDITIONS_MAX = 64 }; /* mysqld's default of max_error_count */

struct condition {
	const char *level; /* "Note", "Warning" or "Error": literals */
	uint32_t code;
	char *message; /* owned */
	size_t n;
};

/* All zero: empty. */
struct conditions {
	struct condition *v; /* owned */
	size_t len, cap;
	uint16_t warnings; /* as counted by the servers; the list may be shorter */
	struct err *error; /* owned: of the statement itself; NULL or ERR_OK: none */
	bool stale;	   /* of an earlier statement: the first new condition empties it */
};

/* Adds a copy; what is over the maximum, or finds no memory, is only counted. */
void conditions_add(struct conditions *c, const char *level, uint32_t code, struct str message);
/* Adds those that a tablet tells at the end of its answer. */
void conditions_take(struct conditions *c, const struct Sluice__ExecuteTrailer *m);
/* The statement raised @n warnings, as counted by the servers. */
void conditions_set_warnings(struct conditions *c, uint64_t n);
/* The same, for a statement all of whose warnings are in the list. */
void conditions_count_list(struct conditions *c);
/* Notes the error that the statement ended with; without memory it is lost. */
void conditions_set_error(struct conditions *c, const struct err *e);
/* A statement begins that keeps the list while it has no condition of its own (one that uses no
 * table). */
void conditions_keep(struct conditions *c);
/* Empties it for the next statement. */
void conditions_clear(struct conditions *c);
/* Empties it and gives all memory back. */
void conditions_fini(struct conditions *c);
/* All conditions, and the errors among them: @@warning_count and @@error_count. */
unsigned conditions_count(const struct conditions *c);
unsigned conditions_errors(const struct conditions *c);
#endif
