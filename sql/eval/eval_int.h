/* What evaluators share. The getters return false when there is no value: it is NULL, or the
 * evaluation has failed; the caller then leaves *out as it is (NULL). */
#ifndef EVAL_EVAL_INT_H
#define EVAL_EVAL_INT_H
#include "sql/eval/eval.h"

enum {
	WARN_TRUNCATED = 1292, /* "Truncated incorrect DOUBLE value: 'x'" */
	WARN_DIVISION_BY_ZERO = 1365,
	WARN_TOO_LARGE = 1301, /* over max_allowed_packet */
	WARN_DATE_OVERFLOW = 1441,
	WARN_OVERFLOW = 1916,
};

struct eval_num {
	int64_t i;
	bool is_unsigned; /* i is a uint64_t */
};

/* --- eval_convert.c --- */
/* A constant is computed once more, for its warnings: by a server while it finds out types. */
void eval_typed(struct eval *v, const struct expr *x);
void eval_warn(struct eval *v, unsigned code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Error 1690 for @what: "BIGINT", "DOUBLE"... */
void eval_out_of_range(struct eval *v, const struct expr *x, const char *what);
void eval_fail(struct eval *v, enum err_code code, const char *what);
void *eval_alloc(struct eval *v, size_t n);
bool eval_get(struct eval *v, const struct expr *x, struct datum *out);
/* CONVERT(number USING ...) is the number itself for who does not want a text. */
const struct expr *eval_source(const struct expr *x);
bool eval_num(struct eval *v, const struct expr *x, struct eval_num *out);
/* A double as CAST takes it: too large ones are a warning. */
bool eval_real_num(struct eval *v, const struct expr *x, bool is_unsigned, struct eval_num *out);
/* The same as int64_t, whatever the sign. */
bool eval_i64(struct eval *v, const struct expr *x, int64_t *out);
bool eval_real(struct eval *v, const struct expr *x, double *out);
bool eval_dec(struct eval *v, const struct expr *x, struct decimal *out);
/* The number that @s begins with, warning of what else is there. */
void eval_scan_decimal(struct eval *v, struct str s, struct decimal *out);
bool eval_bool(struct eval *v, const struct expr *x, bool *out);
/* Whether the text of @x is in @x's character set; that of numbers and dates is ASCII. BIT columns are
 * bytes. */
bool eval_is_text(const struct expr *x);
/* As text in @x's own character set, and in that of @c. */
bool eval_str(struct eval *v, const struct expr *x, struct str *out);
bool eval_str_as(struct eval *v, const struct expr *x, const struct collation *c, struct str *out);
/* For who reads ASCII out of it. */
bool eval_str_plain(struct eval *v, const struct expr *x, struct str *out);
/* The same; *bad counts characters that became question marks. */
bool eval_str_in(struct eval *v, const struct expr *x, const struct collation *c, struct str *out,
		 size_t *bad);
/* The value's text, no matter which character set. */
bool eval_datum_text(struct eval *v, const struct expr *x, const struct datum *d, struct str *out);

void eval_put_int(struct datum *out, int64_t i, bool is_unsigned);
void eval_put_bool(struct datum *out, bool b);
/* Checks the range. */
void eval_put_real(struct eval *v, const struct expr *x, double d, struct datum *out);
void eval_put_dec(struct eval *v, const struct decimal *d, struct datum *out);
void eval_put_str(struct datum *out, struct str s);
/* ASCII text @s as text of @x's character set. */
void eval_put_ascii(struct eval *v, const struct expr *x, struct str s, struct datum *out);

/* --- eval_time.c --- */
/* Kinds beside enum temporal_kind: as it comes; a span of time for parts of it, as hours or as days. */
enum { EVAL_ANY_TIME = -1, EVAL_INTERVAL = -2, EVAL_INTERVAL_DAYS = -3 };
/* Flags beside enum temporal_flag. */
enum {
	EVAL_OR_ZERO = 1 << 8, /* what is no date is the zero date, with a warning */
	EVAL_AS_READ = 1 << 9, /* what is read as a TIME may be a datetime, and stays one */
	/* As comparisons want it. */
	EVAL_TO_COMPARE = TEMPORAL_FUZZY | TEMPORAL_INVALID_DATES | EVAL_OR_ZERO,
};
unsigned eval_date_flags(const struct eval *v);
/* What casts to dates pass on to their argument: sql_mode's flags and those of who asks. To be called before
 * anything is computed. */
unsigned eval_asked_flags(const struct eval *v);
/* @kind as wanted, or one of the above. @flags: enum temporal_flag and the above. */
bool eval_time(struct eval *v, const struct expr *x, int kind, unsigned flags,
	struct temporal *out);
/* A datum that is there already. */
bool eval_time_of(struct eval *v, const struct expr *x, const struct datum *d, int kind,
		  unsigned flags, struct temporal *out);
/* A date without zero parts and its day number. */
bool eval_daynr(struct eval *v, const struct expr *x, struct temporal *t, int64_t *daynr);
/* What is added to times: "INTERVAL DAY TO SECOND". */
bool eval_span(struct eval *v, const struct expr *x, struct temporal *out);
void eval_now(const struct eval *v, bool utc, struct temporal *t);
void eval_put_time(struct datum *out, const struct temporal *t);

/* --- eval_choice.c --- */
/* GREATEST and LEAST of texts are numbers where numbers are wanted. */
bool eval_is_greatest(const struct expr *x);
void eval_greatest_by(struct eval *v, const struct expr *x, enum expr_result by, struct datum *out);

/* --- eval_json.c --- */
/* JSON_EXTRACT() is a number where one is wanted, and a string without quotes where it is compared. */
bool eval_is_extract(const struct expr *x);
void eval_extract_by(struct eval *v, const struct expr *x, enum expr_result by, struct datum *out);
bool eval_extract_text(struct eval *v, const struct expr *x, struct str *s);

/* --- eval_cmp.c --- */
/* <0, 0, >0 into *order; false: one of both is NULL (or failed). */
bool eval_compare(struct eval *v, const struct expr_cmp *cmp, const struct expr *a,
		  const struct expr *b, int *order);
/* @x computed and converted to what @cmp compares, as an expression that gives just that: operands that meet
 * several others are computed, and warned about, once. */
void eval_freeze(struct eval *v, const struct expr_cmp *cmp, const struct expr *x,
	struct expr *out);
/* A comparison does not compare for that. */
bool eval_is_null(struct eval *v, const struct expr *x);
expr_eval_fn eval_cmp_function(const struct expr *x);

/* --- others --- */
expr_eval_fn eval_op_function(const struct expr *x);
expr_eval_fn eval_func_function(unsigned fn);
/* Bytes of @s that are no characters of @cs become question marks, with a warning. */
void eval_mend(struct eval *v, enum charset_id cs, struct str *s);
void eval_cast(struct eval *v, const struct expr *x, struct datum *out);
/* @from as a value of @x's type: what IF(), CASE and COALESCE() give. A date is one as v->asked has it. */
void eval_hybrid(struct eval *v, const struct expr *x, const struct expr *from, struct datum *out);
/* TRIM, LTRIM, RTRIM; a date and an INTERVAL. */
void eval_trim(struct eval *v, const struct expr *x, struct datum *out);
void eval_interval_add(struct eval *v, const struct expr *x, struct datum *out);
/* Compiles a constant pattern of REGEXP. */
int eval_regexp_prepare(struct arena *a, struct expr *x, struct err *e);
void eval_regexp(struct eval *v, const struct expr *x, struct datum *out);

#define F(name, min, max, rule, length, null, fn)                                                  \
	void eval_fn_##fn(struct eval *v, const struct expr *x, struct datum *out);
#include "sql/sema/expr_functions.def"
#undef F
#endif
