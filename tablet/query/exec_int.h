/* exec_int - what exec.c and exec_steps.c share; nobody else includes it. */
#ifndef QUERY_EXEC_INT_H
#define QUERY_EXEC_INT_H
#include <stdbool.h>

#include "src/base/err.h"

struct exec;
/* Takes the next step; its connection is there. */
void exec_advance(struct exec *x);
/* The answer is complete: decides what becomes of the connection, then ends. */
void exec_conclude(struct exec *x);
/* True when the statement's warnings are being read first; exec_conclude() comes again. */
bool exec_fetch_warnings(struct exec *x);
/* The connection is lost or of no use; ends. */
void exec_broken(struct exec *x, const struct err *why);
#endif
