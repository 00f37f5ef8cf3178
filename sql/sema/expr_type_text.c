/* Typing rules of functions that give text. */
#include "sql/sema/expr_type_int.h"

enum { BLOB_CHARS = 16777216 };

static bool common_text(struct expr_env *env, struct expr *x, struct expr **v, uint32_t n)
{
	return expr_aggregate_collation(env, x, v, n, false);
}

/* The longest text of @a in characters of the result; bytes when that is binary. */
static uint64_t chars_in(const struct expr *x, const struct expr *a)
{
	return x->t.collation->charset == CHARSET_BINARY ? a->t.length : expr_chars(&a->t);
}

bool expr_rule_own_text(struct expr_env *env, struct expr *x, uint32_t length)
{
	expr_set_own_text(env, x, length);
	return true;
}

bool expr_rule_own_text0(struct expr_env *env, struct expr *x, uint32_t length)
{
	expr_set_own_text(env, x, length);
	x->t.decimals = 0;
	return true;
}

bool expr_rule_bytes0(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_binary(x, length);
	x->t.decimals = 0;
	return true;
}

bool expr_rule_name(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	x->t.collation = collation_get(33);
	x->t.derivation = length == 64 ? EXPR_SYSCONST : EXPR_COERCIBLE;
	x->t.ascii = true;
	expr_set_text(x, length);
	return true;
}

bool expr_rule_char(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_binary(x, (uint64_t)length * x->n);
	if (x->op) {
		x->t.collation = collation_get(charset_get((enum charset_id)(x->op - 1))->default_collation);
		expr_set_text(x,
			(uint64_t)length * x->n / charset_get(x->t.collation->charset)->mbmax);
	}
	return true;
}

bool expr_rule_concat(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_concat_ws(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_elt(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_export_set(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_find_in_set(struct expr_env *env, struct expr *x, uint32_t length)
{
	return expr_rule_strcmp(env, x, length);
}

bool expr_rule_format(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_from_base64(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_binary(x, (uint64_t)x->arg[0]->t.length / 4 * 3);
	return true;
}

bool expr_rule_to_base64(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t n = ((uint64_t)x->arg[0]->t.length + 2) / 3 * 4;

	(void)length;
	expr_set_own_text(env, x, n ? n + (n - 1) / 76 : 0);
	return true;
}

bool expr_rule_hex(struct expr_env *env, struct expr *x, uint32_t length)
{
	bool number = expr_is_number(x->arg[0]);

	(void)length;
	expr_set_own_text(env, x, x->arg[0]->t.type == TYPE_YEAR ? 8 : number ? 16
		: (uint64_t)x->arg[0]->t.length * 2);
	x->t.decimals = 0;
	return true;
}

bool expr_rule_unhex(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_binary(x, (1 + (uint64_t)x->arg[0]->t.length) / 2);
	x->t.decimals = 0;
	return true;
}

bool expr_rule_insert(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr *both[] = {x->arg[0], x->arg[3]};

	(void)length;
	if (!common_text(env, x, both, 2))
		return false;
	expr_set_text(x, chars_in(x, x->arg[0]) + chars_in(x, x->arg[3]));
	return true;
}

bool expr_rule_locate(struct expr_env *env, struct expr *x, uint32_t length)
{
	return expr_rule_strcmp(env, x, length);
}

bool expr_rule_same_text(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	expr_set_text(x, chars_in(x, x->arg[0]));
	return true;
}

bool expr_rule_left(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_substr(struct expr_env *env, struct expr *x, uint32_t length)
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
			chars -= (uint64_t)(start > 0 ? start - 1 : 0) < chars
				? (uint64_t)(start > 0 ? start - 1 : 0) : chars;
	}
	if (x->n == 3 && expr_literal_int(x->arg[2], &n))
		chars = n <= 0 ? 0 : (uint64_t)n < chars ? (uint64_t)n : chars;
	expr_set_text(x, chars);
	return true;
}

bool expr_rule_substring_index(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!expr_aggregate_collation(env, x, x->arg, 2, true))
		return false;
	expr_set_text(x, chars_in(x, x->arg[0]));
	return true;
}

bool expr_rule_pad(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_repeat(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_space(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_make_set(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_quote(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_replace(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_soundex(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	expr_set_text(x, chars_in(x, x->arg[0]) > 4 ? chars_in(x, x->arg[0]) : 4);
	return true;
}

bool expr_rule_sha2(struct expr_env *env, struct expr *x, uint32_t length)
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

bool expr_rule_regexp_instr(struct expr_env *env, struct expr *x, uint32_t length)
{
	return expr_rule_strcmp(env, x, length);
}

bool expr_rule_regexp_text(struct expr_env *env, struct expr *x, uint32_t length)
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

