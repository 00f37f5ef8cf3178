/* stmt - the prepared statements of a session: text, parameter types and long data. Plans come from
 * the plan cache; what mysqld keeps prepared is the tablet's business.
 * Thread: the session's worker. */
#ifndef VARS_STMT_H
#define VARS_STMT_H
#include <stdbool.h>
#include <stdint.h>

#include "gate/vars/target.h"
#include "sql/norm/fingerprint.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/str.h"

/* What went wrong with COM_STMT_SEND_LONG_DATA, which has no answer of its own. */
enum stmt_long_error { STMT_LONG_FINE, STMT_LONG_PARAM, STMT_LONG_MEMORY };

/* What decides how a text is read, and where its names are looked up. */
struct stmt_reading {
	uint32_t lex_mode, client_charset_changes;
	struct session_target target;
};

struct stmt {
	uint32_t id;
	char *sql; /* owned */
	size_t n;
	struct stmt_reading reading; /* when it was prepared: a server resolves names then */
	bool ascii;		     /* the text */
	/* Of the text, once an execution has made it (@scanned). While one runs, it has this
	 * fingerprint and the statement the other's. */
	struct fingerprint fp;
	bool scanned;
	uint16_t params, columns;
	bool have_types;
	uint16_t *type; /* owned: as the client bound them last */
	struct stmt_long {
		struct buf b;
		bool given;
	} * long_data; /* owned; NULL: none sent since the last execution */
	size_t long_bytes;
	enum stmt_long_error long_error;
};

/* A connection's; all zero: none. */
struct stmt_list {
	struct stmt **v; /* owned, by id - 1; NULL: closed */
	uint32_t count, open, next;
};

/* Takes a copy of @sql, which is read as @now says. At most @max may be open. NULL:
 * ERR_STMT_LIMIT or ERR_NOMEM. */
struct stmt *stmt_new(struct stmt_list *l, struct str sql, const struct stmt_reading *now,
		      uint16_t params, uint16_t columns, int64_t max, struct err *e);
/* NULL with ERR_UNKNOWN_STMT. */
struct stmt *stmt_find(struct stmt_list *l, uint32_t id, const char *command, struct err *e);
/* sql_mode and character set read the text as they did when it was prepared, which a server goes on
 * with. -1: they do not (ERR_NEED_REPREPARE). */
int stmt_check_reading(const struct stmt *st, const struct stmt_reading *now,
		       struct err *e) MUST_CHECK;
void stmt_close(struct stmt_list *l, struct stmt *st);
void stmt_close_all(struct stmt_list *l);
/* Adds to a parameter's long data, at most @max bytes for all; errors are told by the next
 * execution. */
void stmt_append_long(struct stmt *st, uint16_t param, struct str data, size_t max);
/* What the execution says to the long data: -1 when a piece was refused. */
int stmt_check_long(const struct stmt *st, struct err *e) MUST_CHECK;
/* Forgets long data. */
void stmt_reset(struct stmt *st);
#endif
