/* What the files of expr_type share. A rule sets x->t from the types of its arguments; false: it has
 * set env->e. */
#ifndef SEMA_EXPR_TYPE_INT_H
#define SEMA_EXPR_TYPE_INT_H
#include "sql/sema/expr_type.h"

typedef bool (*expr_rule_fn)(struct expr_env *env, struct expr *x, uint32_t length);

/* --- expr_type_util.c --- */
bool expr_unsupported(struct expr_env *env, const char *what, struct str name);
void expr_set_int(struct expr *x, uint32_t length, bool is_unsigned);
void expr_set_long(struct expr *x, uint32_t length);
void expr_set_bool(struct expr *x);
void expr_set_real(struct expr *x, unsigned decimals);
void expr_set_decimal(struct expr *x, unsigned precision, unsigned scale, bool is_unsigned);
void expr_set_time(struct expr *x, enum temporal_kind kind, unsigned digits);
/* A text of so many characters in the collation that x->t has; the type depends on the length. */
void expr_set_text(struct expr *x, uint64_t chars);
/* Text in the connection's character set, as numbers and names have. */
void expr_set_own_text(struct expr_env *env, struct expr *x, uint64_t chars);
void expr_set_binary(struct expr *x, uint64_t bytes);
bool expr_any_nullable(const struct expr *x);
/* Digits of fraction of a temporal value made of @x. */
unsigned expr_time_digits(const struct expr *x);
/* What arithmetic makes of @x: INT, REAL, DECIMAL. */
enum expr_result expr_numeric(const struct expr *x);
/* Whether @x is a literal with a whole number as its value. */
bool expr_literal_int(const struct expr *x, int64_t *out);

/* --- expr_type_collation.c --- */
/* The collation that @n arguments from @first on have in common into x->t (@x may be one of them).
 * @compare: as operands of a comparison, for which there must be one. */
bool expr_aggregate_collation(struct expr_env *env, struct expr *x, struct expr **first, uint32_t n,
			      bool compare);

/* --- expr_type_op.c --- */
bool expr_type_unary(struct expr_env *env, struct expr *x);
bool expr_type_binary(struct expr_env *env, struct expr *x);
bool expr_type_between(struct expr_env *env, struct expr *x);
bool expr_type_in(struct expr_env *env, struct expr *x);
bool expr_type_case(struct expr_env *env, struct expr *x);
bool expr_type_interval(struct expr_env *env, struct expr *x);
/* How arg a and b of @x are compared. */
bool expr_compare_of(struct expr_env *env, struct expr *x, struct expr *a, struct expr *b,
		     struct expr_cmp *cmp);
/* The type of a value that is one of @n ones: IF, CASE, COALESCE... */
bool expr_hybrid(struct expr_env *env, struct expr *x, struct expr **v, uint32_t n);

/* --- expr_type_cast.c --- */
bool expr_type_cast(struct expr_env *env, struct expr *x, struct str type);

/* --- expr_type_func.c, expr_type_text.c, expr_type_time.c --- */
#define F(name, min, max, rule, length, null, eval)                                                \
	bool expr_rule_##rule(struct expr_env *env, struct expr *x, uint32_t length_);
#include "sql/sema/expr_functions.def"
#undef F
bool expr_type_func(struct expr_env *env, struct expr *x);
/* The fewest and most arguments of a function; false: it is not done here. */
bool expr_func_arity(unsigned fn, uint32_t *min, uint32_t *max);
#endif
