/* set - SET of system and user variables, SET NAMES, SET TRANSACTION. Thread: the session's worker.
 *
 * A server carries it out: the client's assignments run on a connection that has the session's
 * settings, and the variables are read back as they are then. So a variable keeps exactly the value
 * that one server would have given it, side effects on others included. The session's settings are
 * the list of these values. */
#ifndef LOCAL_SET_H
#define LOCAL_SET_H
struct statement;

void set_run(struct statement *st);
#endif
