/* counts - a statement kind: the OKs of several shards are added up to one.
 * Thread: the session's worker. */
#ifndef EXEC_COUNTS_H
#define EXEC_COUNTS_H
struct statement_kind;

extern const struct statement_kind counts_kind;
#endif
