/* client_command - runs one command of a client: a loop over the statements of its text.
 * Thread: the session's worker. */
#ifndef SESSION_CLIENT_COMMAND_H
#define SESSION_CLIENT_COMMAND_H
#include "src/base/str.h"

struct session;
struct stmt;

/* Start a command of a BUSY session; each ends in session_done(). */
void client_command_start_text(struct session *s, struct str text);
void client_command_start_prepare(struct session *s, struct str text);
void client_command_start_execute(struct session *s, struct stmt *ps, struct str body);
#endif
