/* exec_int - what exec.c and exec_steps.c share; nobody else includes it. */
#ifndef QUERY_EXEC_INT_H
#define QUERY_EXEC_INT_H
#include "src/base/err.h"

struct exec;
/* Takes the next step; its connection is there. */
void exec_advance(struct exec *x);
/* The answer is complete: decides what becomes of the connection, then ends. */
void exec_conclude(struct exec *x);
/* The connection is lost or of no use; ends. */
void exec_broken(struct exec *x, const struct err *why);
#endif
