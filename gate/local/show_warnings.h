/* show_warnings - SHOW WARNINGS, SHOW ERRORS and their counts. Thread: the session's worker. */
#ifndef LOCAL_SHOW_WARNINGS_H
#define LOCAL_SHOW_WARNINGS_H
struct statement;

void show_warnings(struct statement *st);
#endif
