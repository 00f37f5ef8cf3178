/* Typing rules of functions; which one a function has is in expr_functions.def. */
#include "sql/lex/keyword.h"
#include "sql/sema/expr_type_int.h"

enum { BLOB_CHARS = 16777216, MAX_ARGS = 99 };

static unsigned larger(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static bool real_of(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_real(x, EXPR_NOT_FIXED);
	return true;
}

static bool long_of(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_long(x, length);
	return true;
}

static bool rule_real(struct expr_env *env, struct expr *x, uint32_t length)
{
	return real_of(env, x, length);
}

static bool rule_long(struct expr_env *env, struct expr *x, uint32_t length)
{
	return long_of(env, x, length);
}

static bool rule_ulong(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_long(x, length);
	x->t.is_unsigned = true;
	return true;
}

static bool rule_int(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_int(x, length, false);
	return true;
}

static bool rule_uint(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_int(x, length, true);
	return true;
}

static bool rule_bool(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_bool(x);
	return true;
}

static bool rule_pi(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_real(x, 6);
	x->t.length = 8;
	return true;
}

static bool rule_abs(struct expr_env *env, struct expr *x, uint32_t length)
{
	const struct expr *a = x->arg[0];

	(void)env, (void)length;
	if (expr_numeric(a) == EXPR_REAL) {
		expr_set_real(x, a->t.decimals);
	} else if (expr_result_of(&a->t) == EXPR_TIME || expr_numeric(a) == EXPR_DECIMAL) {
		expr_set_decimal(x, 1, a->t.decimals, a->t.is_unsigned);
		x->t.length = a->t.length;
	} else {
		expr_set_int(x, a->t.length, a->t.is_unsigned);
	}
	return true;
}

static bool rule_ceiling(struct expr_env *env, struct expr *x, uint32_t length)
{
	const struct expr *a = x->arg[0];
	unsigned digits = expr_int_digits(a);

	(void)env, (void)length;
	switch (expr_result_of(&a->t)) {
	case EXPR_INT:
		expr_set_int(x, a->t.length, a->t.is_unsigned);
		if (type_is_integer(a->t.type) && a->t.type != TYPE_YEAR)
			x->t.type = a->t.type;
		return true;
	case EXPR_DECIMAL:
		if (digits + 1 < 18) {
			expr_set_int(x, digits + !a->t.is_unsigned + (a->t.decimals > 0), a->t.is_unsigned);
			x->t.type = digits + 2 > 11 ? TYPE_LONGLONG : TYPE_LONG;
		} else {
			expr_set_decimal(x, digits + (a->t.decimals > 0), 0, a->t.is_unsigned);
		}
		return true;
	case EXPR_TIME:
		expr_set_time(x, a->t.type == TYPE_DATE ? TEMPORAL_DATE
			      : a->t.type == TYPE_TIME	? TEMPORAL_TIME
							: TEMPORAL_DATETIME, 0);
		x->t.nullable = true;
		return true;
	default:
		expr_set_real(x, 0);
		return true;
	}
}

/* @truncate is 1 for TRUNCATE(), which cannot carry into one digit more. */
static bool rule_round(struct expr_env *env, struct expr *x, uint32_t truncate)
{
	const struct expr *a = x->arg[0];
	enum expr_result r = expr_result_of(&a->t);
	int64_t to = 0;
	bool known = x->n == 1 || expr_literal_int(x->arg[1], &to);
	unsigned scale = to < 0 ? 0 : to > EXPR_MAX_SCALE ? EXPR_MAX_SCALE : (unsigned)to;

	(void)env;
	if (r == EXPR_TIME) {
		if (!known)
			return expr_unsupported(env, "rounding of dates", (struct str){0});
		expr_set_time(x, a->t.type == TYPE_DATE ? TEMPORAL_DATE
			      : a->t.type == TYPE_TIME	? TEMPORAL_TIME
							: TEMPORAL_DATETIME,
			      scale < a->t.decimals ? scale : a->t.decimals);
		x->t.nullable = true;
		return true;
	}
	if (r == EXPR_STRING || r == EXPR_REAL) {
		expr_set_real(x, known ? scale : a->t.decimals);
		return true;
	}
	if (r == EXPR_INT) {
		bool carries = (!known || to < 0) && !truncate;

		if (carries && a->t.length >= 20 && a->t.is_unsigned)
			expr_set_decimal(x, a->t.length + 1, 0, true);
		else
			expr_set_int(x, a->t.length + carries, a->t.is_unsigned);
		if (!carries && type_is_integer(a->t.type) && a->t.type != TYPE_YEAR)
			x->t.type = a->t.type;
		return true;
	}
	if (!known) {
		expr_set_decimal(x, expr_precision(a), a->t.decimals, a->t.is_unsigned);
		return true;
	}
	expr_set_decimal(x, expr_int_digits(a) + scale + (scale < a->t.decimals && !truncate), scale,
			 a->t.is_unsigned);
	return true;
}

static bool rule_mod(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	x->kind = EXPR_BINARY;
	x->op = AST_OP_MOD;
	return expr_type_binary(env, x);
}

static bool rule_coalesce(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	x->t.nullable = true;
	for (uint32_t i = 0; i < x->n; i++)
		x->t.nullable = x->t.nullable && x->arg[i]->t.nullable;
	return expr_hybrid(env, x, x->arg, x->n);
}

/* IF(), and NVL2() (@nvl2 1): the first argument is not one of the values. */
static bool rule_if(struct expr_env *env, struct expr *x, uint32_t nvl2)
{
	(void)nvl2;
	return expr_hybrid(env, x, x->arg + 1, 2);
}

static bool rule_nullif(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!expr_compare_of(env, x, x->arg[0], x->arg[1], &x->cmp))
		return false;
	x->t = x->arg[0]->t;
	x->t.nullable = true;
	if (expr_result_of(&x->t) == EXPR_STRING && x->t.type != TYPE_NULL)
		expr_set_text(x, expr_chars(&x->t));
	return true;
}

static bool rule_greatest(struct expr_env *env, struct expr *x, uint32_t length)
{
	enum expr_result by = expr_result_of(&x->arg[0]->t);

	(void)length;
	for (uint32_t i = 0; i < x->n; i++)
		if (expr_result_of(&x->arg[i]->t) == EXPR_TIME)
			return expr_unsupported(env, "GREATEST or LEAST of dates", (struct str){0});
	for (uint32_t i = 1; i < x->n; i++) {
		enum expr_result r = expr_result_of(&x->arg[i]->t);

		if (r == by)
			continue;
		by = (r == EXPR_DECIMAL || r == EXPR_INT) && (by == EXPR_DECIMAL || by == EXPR_INT)
			     ? EXPR_DECIMAL
			     : EXPR_REAL;
	}
	if (by == EXPR_REAL) {
		unsigned decimals = 0;

		for (uint32_t i = 0; i < x->n; i++)
			decimals = larger(decimals, x->arg[i]->t.decimals);
		expr_set_real(x, decimals);
		return true;
	}
	if (by == EXPR_STRING) {
		if (!expr_hybrid(env, x, x->arg, x->n))
			return false;
		x->cmp = (struct expr_cmp){.by = EXPR_STRING, .collation = x->t.collation};
		return true;
	}
	if (!expr_hybrid(env, x, x->arg, x->n))
		return false;
	return true;
}

static bool rule_interval(struct expr_env *env, struct expr *x, uint32_t length)
{
	for (uint32_t i = 0; i < x->n; i++)
		if (expr_result_of(&x->arg[i]->t) == EXPR_TIME)
			return expr_unsupported(env, "INTERVAL() of dates", (struct str){0});
	return long_of(env, x, length);
}

static bool rule_strcmp(struct expr_env *env, struct expr *x, uint32_t length)
{
	if (!expr_aggregate_collation(env, x, x->arg, 2, true))
		return false;
	x->cmp = (struct expr_cmp){.by = EXPR_STRING, .collation = x->t.collation};
	return long_of(env, x, length);
}

static bool rule_field(struct expr_env *env, struct expr *x, uint32_t length)
{
	enum expr_result by = expr_result_of(&x->arg[0]->t);

	for (uint32_t i = 0; i < x->n; i++) {
		enum expr_result r = expr_result_of(&x->arg[i]->t);

		if (r == EXPR_TIME)
			return expr_unsupported(env, "FIELD of dates", (struct str){0});
		if (r == by || x->arg[i]->t.type == TYPE_NULL)
			continue;
		by = (r == EXPR_DECIMAL || r == EXPR_INT) && (by == EXPR_DECIMAL || by == EXPR_INT)
			     ? EXPR_DECIMAL
			     : EXPR_REAL;
	}
	x->cmp = (struct expr_cmp){.by = (uint8_t)by};
	if (by == EXPR_STRING) {
		if (!expr_aggregate_collation(env, x, x->arg, x->n, true))
			return false;
		x->cmp.collation = x->t.collation;
	}
	return long_of(env, x, length);
}

/* --- text --- */

static bool common_text(struct expr_env *env, struct expr *x, struct expr **v, uint32_t n)
{
	return expr_aggregate_collation(env, x, v, n, false);
}

/* The longest text of @a in characters of the result; bytes when that is binary. */
static uint64_t chars_in(const struct expr *x, const struct expr *a)
{
	return x->t.collation->charset == CHARSET_BINARY ? a->t.length : expr_chars(&a->t);
}

static bool rule_own_text(struct expr_env *env, struct expr *x, uint32_t length)
{
	expr_set_own_text(env, x, length);
	return true;
}

static bool rule_own_text0(struct expr_env *env, struct expr *x, uint32_t length)
{
	expr_set_own_text(env, x, length);
	x->t.decimals = 0;
	return true;
}

static bool rule_bytes0(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_binary(x, length);
	x->t.decimals = 0;
	return true;
}

static bool rule_name(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	x->t.collation = collation_get(33);
	x->t.derivation = length == 64 ? EXPR_SYSCONST : EXPR_COERCIBLE;
	x->t.ascii = true;
	expr_set_text(x, length);
	return true;
}

static bool rule_char(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_binary(x, (uint64_t)length * x->n);
	if (x->op) {
		x->t.collation = collation_get(charset_get((enum charset_id)(x->op - 1))->default_collation);
		expr_set_text(x, (uint64_t)length * x->n / charset_get(x->t.collation->charset)->mbmax);
	}
	return true;
}

static bool rule_concat(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t chars = 0;

	(void)length;
	if (!common_text(env, x, x->arg, x->n))
		return false;
	for (uint32_t i = 0; i < x->n; i++)
		chars += chars_in(x, x->arg[i]);
	expr_set_text(x, chars);
	return true;
}

static bool rule_concat_ws(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t chars;

	(void)length;
	if (!common_text(env, x, x->arg, x->n))
		return false;
	chars = chars_in(x, x->arg[0]) * (x->n - 2);
	for (uint32_t i = 1; i < x->n; i++)
		chars += chars_in(x, x->arg[i]);
	expr_set_text(x, chars);
	return true;
}

static bool rule_elt(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t chars = 0;

	(void)length;
	if (!common_text(env, x, x->arg + 1, x->n - 1))
		return false;
	for (uint32_t i = 1; i < x->n; i++)
		if (chars_in(x, x->arg[i]) > chars)
			chars = chars_in(x, x->arg[i]);
	expr_set_text(x, chars);
	return true;
}

static bool rule_export_set(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint32_t n = x->n < 4 ? x->n - 1 : 3;
	uint64_t item, comma = 1;

	(void)length;
	if (!common_text(env, x, x->arg + 1, n))
		return false;
	item = chars_in(x, x->arg[1]) > chars_in(x, x->arg[2]) ? chars_in(x, x->arg[1])
								 : chars_in(x, x->arg[2]);
	if (x->n > 3)
		comma = chars_in(x, x->arg[3]);
	expr_set_text(x, item * 64 + comma * 63);
	return true;
}

static bool rule_find_in_set(struct expr_env *env, struct expr *x, uint32_t length)
{
	return rule_strcmp(env, x, length);
}

static bool rule_format(struct expr_env *env, struct expr *x, uint32_t length)
{
	const struct expr *a = x->arg[0];
	unsigned digits = expr_result_of(&a->t) == EXPR_STRING || expr_result_of(&a->t) == EXPR_REAL
				  ? 0
				  : expr_int_digits(a);

	(void)length;
	if (!digits)
		digits = 308;
	expr_set_own_text(env, x, digits + digits / 3 + 1 + 39);
	return true;
}

static bool rule_from_base64(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_binary(x, (uint64_t)x->arg[0]->t.length / 4 * 3);
	return true;
}

static bool rule_to_base64(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t n = ((uint64_t)x->arg[0]->t.length + 2) / 3 * 4;

	(void)length;
	expr_set_own_text(env, x, n ? n + (n - 1) / 76 : 0);
	return true;
}

static bool rule_hex(struct expr_env *env, struct expr *x, uint32_t length)
{
	bool number = expr_is_number(x->arg[0]);

	(void)length;
	expr_set_own_text(env, x, x->arg[0]->t.type == TYPE_YEAR ? 8 : number ? 16 : (uint64_t)x->arg[0]->t.length * 2);
	x->t.decimals = 0;
	return true;
}

static bool rule_unhex(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_binary(x, (1 + (uint64_t)x->arg[0]->t.length) / 2);
	x->t.decimals = 0;
	return true;
}

static bool rule_insert(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr *both[] = {x->arg[0], x->arg[3]};

	(void)length;
	if (!common_text(env, x, both, 2))
		return false;
	expr_set_text(x, chars_in(x, x->arg[0]) + chars_in(x, x->arg[3]));
	return true;
}

static bool rule_locate(struct expr_env *env, struct expr *x, uint32_t length)
{
	return rule_strcmp(env, x, length);
}

static bool rule_same_text(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	expr_set_text(x, chars_in(x, x->arg[0]));
	return true;
}

static bool rule_left(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t chars;
	int64_t n;

	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	chars = chars_in(x, x->arg[0]);
	if (expr_literal_int(x->arg[1], &n))
		chars = n <= 0 ? 0 : (uint64_t)n < chars ? (uint64_t)n : chars;
	expr_set_text(x, chars);
	return true;
}

static bool rule_substr(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t chars;
	int64_t start, n;

	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	chars = x->arg[0]->t.length;
	if (expr_literal_int(x->arg[1], &start)) {
		if (start < 0)
			chars = 0 - (uint64_t)start > chars ? 0 : 0 - (uint64_t)start;
		else
			chars -= (uint64_t)(start > 0 ? start - 1 : 0) < chars ? (uint64_t)(start > 0 ? start - 1 : 0) : chars;
	}
	if (x->n == 3 && expr_literal_int(x->arg[2], &n))
		chars = n <= 0 ? 0 : (uint64_t)n < chars ? (uint64_t)n : chars;
	expr_set_text(x, chars);
	return true;
}

static bool rule_substring_index(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!expr_aggregate_collation(env, x, x->arg, 2, true))
		return false;
	expr_set_text(x, chars_in(x, x->arg[0]));
	return true;
}

static bool rule_pad(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr *both[] = {x->arg[0], x->arg[x->n - 1]};
	int64_t n;

	(void)length;
	if (!common_text(env, x, both, x->n == 3 ? 2 : 1))
		return false;
	if (expr_literal_int(x->arg[1], &n))
		expr_set_text(x, n < 0 ? 0 : (uint64_t)n);
	else
		expr_set_text(x, BLOB_CHARS / charset_get(x->t.collation->charset)->mbmax);
	return true;
}

static bool rule_repeat(struct expr_env *env, struct expr *x, uint32_t length)
{
	int64_t n;

	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	if (expr_literal_int(x->arg[1], &n)) {
		uint64_t times = n <= 0 ? 0 : n > INT32_MAX ? INT32_MAX : (uint64_t)n;

		expr_set_text(x, chars_in(x, x->arg[0]) * times);
	} else {
		expr_set_text(x, BLOB_CHARS / charset_get(x->t.collation->charset)->mbmax);
	}
	return true;
}

static bool rule_space(struct expr_env *env, struct expr *x, uint32_t length)
{
	unsigned max = charset_get(env->session->collation->charset)->mbmax;
	int64_t n;

	(void)length;
	if (expr_literal_int(x->arg[0], &n))
		expr_set_own_text(env, x, n < 0 ? 0 : (uint64_t)n);
	else
		expr_set_own_text(env, x, BLOB_CHARS / max);
	return true;
}

static bool rule_make_set(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t chars;

	(void)length;
	if (!common_text(env, x, x->arg + 1, x->n - 1))
		return false;
	chars = x->n - 2;
	for (uint32_t i = 1; i < x->n; i++)
		chars += chars_in(x, x->arg[i]);
	expr_set_text(x, chars);
	return true;
}

static bool rule_quote(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	if (x->arg[0]->t.derivation == EXPR_NUMERIC) {
		x->t.collation = collation_get(8);
		x->t.derivation = EXPR_NUMERIC;
	}
	expr_set_text(x, chars_in(x, x->arg[0]) * 2 + 2);
	return true;
}

static bool rule_replace(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t chars, from, to;

	(void)length;
	if (!expr_aggregate_collation(env, x, x->arg, 3, true))
		return false;
	chars = chars_in(x, x->arg[0]);
	from = chars_in(x, x->arg[1]);
	to = chars_in(x, x->arg[2]);
	if (to > from)
		chars += chars * (to - from);
	expr_set_text(x, chars);
	return true;
}

static bool rule_soundex(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	expr_set_text(x, chars_in(x, x->arg[0]) > 4 ? chars_in(x, x->arg[0]) : 4);
	return true;
}

static bool rule_sha2(struct expr_env *env, struct expr *x, uint32_t length)
{
	int64_t bits;

	if (expr_literal_int(x->arg[1], &bits) && (bits == 224 || bits == 256 || bits == 384))
		length = (uint32_t)bits / 4;
	else if (expr_literal_int(x->arg[1], &bits) && bits == 0)
		length = 64;
	if (expr_literal_int(x->arg[1], &bits) && bits != 0 && bits != 512 && length == 128) {
		expr_set_binary(x, 0);
		return true;
	}
	expr_set_own_text(env, x, length);
	return true;
}

static bool rule_regexp_instr(struct expr_env *env, struct expr *x, uint32_t length)
{
	return rule_strcmp(env, x, length);
}

static bool rule_regexp_text(struct expr_env *env, struct expr *x, uint32_t length)
{
	if (!expr_aggregate_collation(env, x, x->arg, x->n, true))
		return false;
	x->cmp = (struct expr_cmp){.by = EXPR_STRING, .collation = x->t.collation};
	if (length)
		expr_set_text(x, BLOB_CHARS / charset_get(x->t.collation->charset)->mbmax);
	else
		expr_set_text(x, chars_in(x, x->arg[0]));
	return true;
}

/* --- dates and times --- */

static bool rule_date(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_DATE, 0);
	return true;
}

static bool rule_time(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_TIME, expr_time_digits(x->arg[0]));
	return true;
}

static bool now_of(struct expr_env *env, struct expr *x, enum temporal_kind kind)
{
	int64_t digits = 0;

	if (x->n && (!expr_literal_int(x->arg[0], &digits) || digits < 0 || digits > 6)) {
		err_set_mysql(env->e, ERR_INVALID, 1426, "42000", "Too big precision specified. Maximum is 6");
		return false;
	}
	expr_set_time(x, kind, (unsigned)digits);
	return true;
}

static bool rule_now(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	return now_of(env, x, TEMPORAL_DATETIME);
}

static bool rule_now_time(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	return now_of(env, x, TEMPORAL_TIME);
}

static bool rule_adddate(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	x->kind = EXPR_INTERVAL_ADD;
	x->unit = KW_DAY;
	x->negated = x->fn == FN_SUBDATE;
	return expr_type_interval(env, x);
}

static bool rule_timestampadd(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr *n = x->arg[0];

	(void)length;
	x->kind = EXPR_INTERVAL_ADD;
	x->arg[0] = x->arg[1];
	x->arg[1] = n;
	return expr_type_interval(env, x);
}

static bool rule_addtime(struct expr_env *env, struct expr *x, uint32_t length)
{
	const struct expr *a = x->arg[0];
	unsigned digits = larger(expr_time_digits(a), expr_time_digits(x->arg[1]));

	(void)length;
	if (a->t.type == TYPE_DATETIME || a->t.type == TYPE_TIMESTAMP || a->t.type == TYPE_DATE) {
		expr_set_time(x, TEMPORAL_DATETIME, digits);
	} else if (a->t.type == TYPE_TIME) {
		expr_set_time(x, TEMPORAL_TIME, digits);
	} else {
		expr_set_own_text(env, x, 26);
		x->t.type = TYPE_STRING;
	}
	return true;
}

static bool rule_timediff(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_TIME,
		      larger(expr_time_digits(x->arg[0]), expr_time_digits(x->arg[1])));
	return true;
}

static bool rule_timestamp(struct expr_env *env, struct expr *x, uint32_t length)
{
	unsigned digits = expr_time_digits(x->arg[0]);

	(void)env, (void)length;
	if (x->n == 2)
		digits = larger(digits, expr_time_digits(x->arg[1]));
	expr_set_time(x, TEMPORAL_DATETIME, digits);
	return true;
}

static bool rule_convert_tz(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_DATETIME, expr_time_digits(x->arg[0]));
	return true;
}

/* What each letter of a format may grow to. */
static uint32_t format_length(struct str f, bool time)
{
	uint32_t n = 0;

	(void)time;
	for (size_t i = 0; i < f.n; i++) {
		if (f.p[i] != '%' || i + 1 == f.n) {
			n++;
			continue;
		}
		switch (f.p[++i]) {
		case 'M':
		case 'W':
			n += 9;
			break;
		case 'D':
		case 'Y':
		case 'x':
		case 'X':
			n += 4;
			break;
		case 'a':
		case 'b':
			n += 10;
			break;
		case 'j':
			n += 3;
			break;
		case 'k':
		case 'H':
			n += 7;
			break;
		case 'r':
			n += 11;
			break;
		case 'T':
			n += 8;
			break;
		case 'f':
			n += 6;
			break;
		case 'w':
		case '%':
			n++;
			break;
		default:
			n += 2;
			break;
		}
	}
	return n;
}

static bool rule_date_format(struct expr_env *env, struct expr *x, uint32_t time)
{
	const struct expr *f = x->arg[1];
	uint64_t chars = (uint64_t)expr_chars(&f->t) * 10;

	if (f->kind == EXPR_LITERAL && f->value.kind == DATUM_STRING)
		chars = format_length(f->value.s, time != 0);
	else if (chars * 4 < 3200)
		chars *= 4;
	expr_set_own_text(env, x, chars);
	x->t.decimals = 0;
	return true;
}

static bool rule_extract(struct expr_env *env, struct expr *x, uint32_t length)
{
	static const struct {
		uint16_t unit;
		uint8_t length;
	} units[] = {{KW_YEAR, 4}, {KW_QUARTER, 1}, {KW_MONTH, 2}, {KW_WEEK, 2}, {KW_DAY, 2},
		     {KW_HOUR, 2}, {KW_MINUTE, 2}, {KW_SECOND, 2}, {KW_MICROSECOND, 6}, {KW_YEAR_MONTH, 6},
		     {KW_DAY_HOUR, 4}, {KW_DAY_MINUTE, 6}, {KW_DAY_SECOND, 8}, {KW_HOUR_MINUTE, 4},
		     {KW_HOUR_SECOND, 6}, {KW_MINUTE_SECOND, 4}, {KW_DAY_MICROSECOND, 14},
		     {KW_HOUR_MICROSECOND, 12}, {KW_MINUTE_MICROSECOND, 10}, {KW_SECOND_MICROSECOND, 8}};
	bool date_part = x->unit == KW_YEAR || x->unit == KW_QUARTER || x->unit == KW_MONTH ||
			 x->unit == KW_WEEK || x->unit == KW_YEAR_MONTH;

	(void)length;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].unit == x->unit)
			expr_set_int(x, units[i].length + (date_part || x->unit == KW_DAY ? 0u : 1u), false);
	return x->t.length || expr_unsupported(env, "EXTRACT unit", (struct str){0});
}

static bool rule_maketime(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_TIME, expr_time_digits(x->arg[2]));
	return true;
}

static bool rule_sec_to_time(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_time(x, TEMPORAL_TIME, expr_time_digits(x->arg[0]));
	return true;
}

static bool rule_from_unixtime(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	if (expr_result_of(&x->arg[0]->t) != EXPR_INT && expr_result_of(&x->arg[0]->t) != EXPR_DECIMAL)
		return expr_unsupported(env, "FROM_UNIXTIME of text or double", (struct str){0});
	expr_set_time(x, TEMPORAL_DATETIME, expr_time_digits(x->arg[0]));
	return true;
}

static bool seconds_of(struct expr *x, unsigned digits, unsigned whole)
{
	if (digits)
		expr_set_decimal(x, whole + digits, digits, false);
	else
		expr_set_int(x, 17, false);
	return true;
}

static bool rule_time_to_sec(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	seconds_of(x, expr_time_digits(x->arg[0]), 16);
	return true;
}

static bool rule_unix_timestamp(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	if (x->n == 0)
		x->t.nullable = false;
	return seconds_of(x, x->n ? expr_time_digits(x->arg[0]) : 0, 16);
}

/* --- the table --- */

enum null_rule { NULL_A, NULL_S, NULL_Y, NULL_N };

static const struct rule {
	uint8_t min, max, null; /* max 0 and no fn: not done here */
	expr_rule_fn fn;
	uint32_t length;
} rules[] = {
#define F(name, min, max, rule, length, null, eval) [FN_##name] = {min, max, NULL_##null, rule_##rule, length},
#include "sql/sema/expr_functions.def"
#undef F
};

bool expr_func_arity(unsigned fn, uint32_t *min, uint32_t *max)
{
	if (fn >= sizeof(rules) / sizeof(rules[0]) || !rules[fn].fn)
		return false;
	*min = rules[fn].min;
	*max = rules[fn].max == MAX_ARGS ? UINT32_MAX : rules[fn].max;
	/* A unit counts as an argument. */
	return true;
}

bool expr_type_func(struct expr_env *env, struct expr *x)
{
	const struct rule *r = &rules[x->fn];

	switch (r->null) {
	case NULL_A:
		x->t.nullable = expr_any_nullable(x);
		break;
	case NULL_S:
		x->t.nullable = expr_any_nullable(x) || (env->session->mode & EXPR_STRICT);
		break;
	default:
		x->t.nullable = r->null == NULL_Y;
		break;
	}
	if (x->fn >= sizeof(rules) / sizeof(rules[0]) || !r->fn)
		return expr_unsupported(env, "function", (struct str){0});
	return r->fn(env, x, r->length);
}
