/* body_int - what body.c and body_oracle.c share; for sql/parse only. False or -1: said already. */
#ifndef PARSE_BODY_INT_H
#define PARSE_BODY_INT_H
#include "sql/parse/ddl.h"

/* sql_mode=ORACLE: PL/SQL instead of SQL/PSM. */
static inline bool body_is_oracle(const struct hand *h)
{
	return h->p->opts->mode & LEX_ORACLE;
}
/* statement; statement; ... at least one, up to END, ELSE, WHEN...; one condition of a handler;
 * from CONTINUE or EXIT on; a label (or nothing) that must be @label. */
bool body_statements(struct hand *h);
bool body_condition(struct hand *h);
bool body_handler(struct hand *h);
bool body_label_after(struct hand *h, struct str label);

/* --- body_oracle.c --- */
/* [DECLARE] declarations BEGIN ... END; from AS or IS of a routine on without DECLARE. */
bool body_oracle_block(struct hand *h, struct str label);
/* After PACKAGE name AS: what is in it, up to the END. */
bool body_oracle_package(struct hand *h, bool with_bodies);
/* EXCEPTION WHEN ... of a block. */
bool body_oracle_exceptions(struct hand *h);
/* Statements that only this mode has. 1: it was one, 0: it is none. */
int body_oracle_statement(struct hand *h);
#endif
