/* eval - computes typed expressions (sql/sema/expr_type.h) row by row, as a MariaDB 10.11 would.
 *
 * A typed tree is compiled once: every node gets the function that computes it, patterns that are
 * constant are prepared. Then eval_run() walks it for each row: a call per node, values by pointer,
 * memory only from the row's arena. Nothing is shared between two struct eval, so that a compiled tree
 * can be run by many threads at once.
 *
 * Errors are sticky: the first one stays in v->e and every later value is NULL. Warnings are counted
 * (as @@warning_count does) and the first few kept.
 *
 * What is not known here is never guessed: building or compiling fails with ERR_UNSUPPORTED, or, when only
 * the values show it, running does. */
#ifndef EVAL_EVAL_H
#define EVAL_EVAL_H
#include "sql/sema/expr_type.h"

enum { EVAL_KEPT_WARNINGS = 8, EVAL_WARNING_TEXT = 120 };

struct eval_warning {
	uint16_t code; /* MySQL's */
	char text[EVAL_WARNING_TEXT];
};

struct eval {
	struct arena *arena;		       /* borrowed: values of the row; the caller resets it */
	const struct expr_session *session; /* borrowed */
	struct str text;		       /* the statement, for messages; may be empty */
	/* The value of a column by its number, borrowed until the next row. */
	void (*column)(void *arg, uint32_t number, struct datum *out);
	void *arg;
	unsigned asked; /* inside: what may be a date for who asks for one, see eval_time() */
	bool failed;	/* @e is set */
	struct err e;
	uint32_t warnings;
	struct eval_warning kept[EVAL_KEPT_WARNINGS];
};

void eval_init(struct eval *v, struct arena *a, const struct expr_session *s);
/* The typed and compiled tree of @n: expr_build() that knows the values of constant parts. They are
 * computed with @v, which then has the warnings that a server gives while it types. @env: as for
 * expr_build(). NULL: see v->e. */
struct expr *eval_build(struct eval *v, struct expr_env *env, const struct ast_node *n);
/* expr_env.compute, with a struct eval as expr_env.compute_arg: the values of constant parts. */
int eval_compute(struct expr_env *env, struct expr *x, enum expr_result as, struct datum *out);
/* Gives every node of @x its function. Memory from @a, which must outlive @x. */
int eval_compile(struct arena *a, struct expr *x, struct err *e) MUST_CHECK;
/* The value of @x, as its type has it (a DECIMAL with its scale). -1: see v->e. */
int eval_run(struct eval *v, const struct expr *x, struct datum *out) MUST_CHECK;
/* The value as the text a client gets, in @x's character set (of numbers: ASCII). NULL gives p NULL. */
int eval_text(struct eval *v, const struct expr *x, const struct datum *d,
	struct str *out) MUST_CHECK;
/* @x with every constant part computed once and replaced by its value, where that changes neither value
 * nor warnings. NULL: see @e. @x is compiled already. */
struct expr *eval_fold(struct arena *a, const struct expr_session *s, struct expr *x,
	struct err *e);
#endif
