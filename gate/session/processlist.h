/* processlist - gathers the connections of all workers. */
#ifndef SESSION_PROCESSLIST_H
#define SESSION_PROCESSLIST_H

struct gate_worker;
struct session_list;

/* Lists the connections of @user (NULL: of all). @done runs once, later, on @origin's worker, and
 * frees the list; NULL: out of memory. -1: @done will not run. */
int processlist_gather(struct gate_worker *origin, const char *user,
		       void (*done)(void *arg, struct session_list *l), void *arg);
#endif
