/* What the files of expr_type share. A rule sets x->t from the types of its arguments; false: it has
 * set env->e. */
#ifndef SEMA_EXPR_TYPE_INT_H
#define SEMA_EXPR_TYPE_INT_H
#include "sql/sema/expr_type.h"

typedef bool (*expr_rule_fn)(struct expr_env *env, struct expr *x, uint32_t length);

/* --- expr_type_literal.c --- */
/* A node for @n with room for so many arguments. NULL: env->e is set. */
struct expr *expr_new(struct expr_env *env, enum expr_kind kind, const struct ast_node *n,
		      uint32_t args);
struct expr *expr_literal(struct expr_env *env, const struct ast_literal *n);
struct expr *expr_introducer(struct expr_env *env, const struct ast_introducer *n);
struct expr *expr_temporal(struct expr_env *env, const struct ast_temporal *n);
/* A minus before a number is part of the literal, and NOT TRUE is FALSE: true when @a is that now. */
bool expr_negate_literal(struct expr_env *env, struct expr *a);
bool expr_invert_literal(struct expr *a);

/* --- expr_type.c --- */
/* From what metadata tell of a column to what it is as an operand. */
void expr_column_operand(struct expr_type *t);

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
/* The same up to what a LONGTEXT result can have; longer ones may be NULL. */
void expr_set_long_text(struct expr *x, uint64_t chars);
/* A text whose length is not known before it is computed. */
void expr_set_longest_text(struct expr *x);
/* Text in the connection's character set, as numbers and names have. */
void expr_set_own_text(struct expr_env *env, struct expr *x, uint64_t chars);
void expr_set_binary(struct expr *x, uint64_t bytes);
/* Bytes of the longest text of @x, as binary results count them. */
uint64_t expr_bytes(const struct expr *x);
/* The type of @a for @x, which is @a or NULL. */
void expr_copy_type(struct expr *x, const struct expr *a);
/* Digits behind the point that a DECIMAL made of @x has. */
unsigned expr_scale(const struct expr *x);
/* Digits before the point; of what has no fixed number behind it, all. */
unsigned expr_whole_digits(const struct expr *x);
/* Decimal digits of a BIT. */
unsigned expr_bit_digits(const struct expr *x);
/* Digits before the point that FORMAT() expects. */
unsigned expr_format_digits(const struct expr *x);
bool expr_any_nullable(const struct expr *x);
/* Digits of fraction that @x has when it is taken as a date or time. */
unsigned expr_digits(const struct expr *x);
/* The same, where what a constant text tells counts: as a datetime, or as a time when @clock. Six when
 * computing it fails: it fails again when it runs. */
unsigned expr_time_digits(struct expr_env *env, struct expr *x, bool clock);
/* What arithmetic makes of @x: INT, REAL, DECIMAL. */
enum expr_result expr_numeric(const struct expr *x);

/* A constant's value as an integer, as far as it is known while typing. */
struct expr_known {
	bool known, null; /* null: known to be NULL; i is 0 */
	bool is_unsigned; /* i is a uint64_t */
	int64_t i;
};

/* The value of @x. false: it is constant, but computing it fails; env->e is set. */
bool expr_known_int(struct expr_env *env, struct expr *x, struct expr_known *k);
/* The number of @k between 0 and @max. */
uint32_t expr_known_uint(const struct expr_known *k, uint32_t max);
/* The same for texts. out->kind is DATUM_NULL for NULL and for unknown ones, which *known tells. */
bool expr_known_text(struct expr_env *env, struct expr *x, struct datum *out, bool *known);

/* --- expr_type_collation.c --- */
/* The collation that @n arguments from @first on have in common into x->t (@x may be one of them).
 * @compare: as operands of a comparison, for which there must be one. */
bool expr_aggregate_collation(struct expr_env *env, struct expr *x, struct expr **first, uint32_t n,
			      bool compare);

/* --- expr_type_cmp.c --- */
bool expr_type_between(struct expr_env *env, struct expr *x);
bool expr_type_in(struct expr_env *env, struct expr *x);
/* How arg a and b of @x are compared. */
bool expr_compare_of(struct expr_env *env, struct expr *x, struct expr *a, struct expr *b,
		     struct expr_cmp *cmp);
/* How the operand of the CASE @x is compared with each WHEN. */
bool expr_compare_case(struct expr_env *env, struct expr *x);
/* @cmp of @a and @b, when @a is a YEAR or BIGINT column and @b a constant, which becomes a value of it. */
void expr_compare_column(const struct expr *a, const struct expr *b, struct expr_cmp *cmp);

/* --- expr_type_op.c --- */
bool expr_type_unary(struct expr_env *env, struct expr *x);
bool expr_type_binary(struct expr_env *env, struct expr *x);
bool expr_type_case(struct expr_env *env, struct expr *x);
bool expr_type_interval(struct expr_env *env, struct expr *x);
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
/* Error 1582; false. */
bool expr_wrong_count(struct expr_env *env, const struct expr *x);

enum { EXPR_ANY_ARGS = 99 };

/* The fewest and most (EXPR_ANY_ARGS: any number) arguments of a function; false: it is not done
 * here. */
bool expr_func_arity(unsigned fn, uint32_t *min, uint32_t *max);
#endif
