/* client_charset - the character set in which a client writes: what a login's number stands for,
 * and what of it changes how statements are read. Thread: the session's worker. */
#ifndef VARS_CLIENT_CHARSET_H
#define VARS_CLIENT_CHARSET_H
#include "src/base/err.h"
#include "src/base/str.h"

struct session_vars;

/* session_vars.client_charset beside enum charset_id. */
enum {
	CLIENT_CHARSET_OTHER = -1, /* src/data knows it not; bytes below 0x80 are ASCII */
	CLIENT_CHARSET_SWE7 = -2,  /* not even these */
};

/* Sets the session's variables as a server does for @collation, which its login has named: a
 * client that says latin1 there sends no SET NAMES. For a fresh session. -1: no memory, or a
 * character set that no client can write in (1231). */
int client_charset_login(struct session_vars *v, uint8_t collation, struct err *e) MUST_CHECK;
/* character_set_client is @name now. */
void client_charset_set(struct session_vars *v, struct str name);
/* The collation with which a server defines columns for the session's character_set_results, and
 * the bytes of its longest character. */
unsigned client_charset_results(const struct session_vars *v, unsigned *bytes);
#endif
