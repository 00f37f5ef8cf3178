/* prepare_reply - a statement kind: COM_STMT_PREPARE, answered by one shard's definitions.
 * Thread: the session's worker. */
#ifndef EXEC_PREPARE_REPLY_H
#define EXEC_PREPARE_REPLY_H
struct statement_kind;

extern const struct statement_kind prepare_reply_kind;
#endif
