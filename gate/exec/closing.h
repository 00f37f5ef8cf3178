/* closing - what follows when the calls of a statement are over, before the client's answer: the
 * end of a transaction that was opened for the statement alone, undoing a statement that failed on
 * some shards, reading the schema again, reading user variables back.
 * Thread: the session's worker. */
#ifndef EXEC_CLOSING_H
#define EXEC_CLOSING_H
struct statement;

/* All calls of @st are over; st->error tells how it went. */
void closing_start(struct statement *st);
#endif
