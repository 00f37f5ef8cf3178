/* session_vars - what a connection's statements leave behind for the next ones: the target, system
 * and user variables, LAST_INSERT_ID() and its like, the diagnostics area, prepared statements.
 * Thread: the session's worker. */
#ifndef VARS_SESSION_VARS_H
#define VARS_SESSION_VARS_H
#include <stdbool.h>
#include <stdint.h>

#include "gate/client/conditions.h"
#include "gate/vars/stmt.h"
#include "gate/vars/target.h"
#include "sql/lex/lex.h"
#include "src/base/hmap.h"

struct session_vars {
	uint32_t id; /* the connection's */
	char *user;  /* owned */
	bool admin;  /* may administer the servers; as of the login */
	struct session_target target;
	bool autocommit;
	struct lex_opts lex;   /* sql_mode and character set, as far as they change reading SQL */
	int8_t client_charset; /* of the statements: enum charset_id, or CLIENT_CHARSET_OTHER... */
	uint32_t client_charset_changes;
	/* SET variables as the text behind SET, NULL: none. */
	char *settings;		  /* owned */
	uint64_t wait_timeout_us; /* of SET wait_timeout; 0: not set */
	uint64_t statement_us;	  /* of SET max_statement_time; 0: not set */
	struct hmap *sysvars;	  /* owned; name -> value text; NULL: none set */
	struct hmap *uservars;	  /* owned; name -> literal text; NULL: none set */
	uint64_t last_insert_id, found_rows;
	int64_t row_count;
	struct conditions conditions;
	struct stmt_list stmts;
};

/* A new connection's values; @lex: how statements are read before any SET. @v is all zero. */
void session_vars_init(struct session_vars *v, const struct lex_opts *lex);
/* Back to a new connection's values (COM_RESET_CONNECTION, COM_CHANGE_USER); id, user and target
 * stay. */
void session_vars_reset(struct session_vars *v, const struct lex_opts *lex);
/* How a statement that is prepared now is read. */
struct stmt_reading session_vars_reading(const struct session_vars *v);
void session_vars_fini(struct session_vars *v);
#endif
