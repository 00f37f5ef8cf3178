/* show_processlist - SHOW PROCESSLIST: the gate's own connections. Thread: the session's worker. */
#ifndef LOCAL_SHOW_PROCESSLIST_H
#define LOCAL_SHOW_PROCESSLIST_H
struct statement;

void show_processlist(struct statement *st);
#endif
