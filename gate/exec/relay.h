/* relay - a statement kind: one shard's answer goes to the client as it comes; only sequence
 * numbers and status flags are touched. Thread: the session's worker. */
#ifndef EXEC_RELAY_H
#define EXEC_RELAY_H
struct statement_kind;

extern const struct statement_kind relay_kind;
#endif
