/* Typing rules of functions that give text. */
#include "sql/sema/expr_type_int.h"


static bool common_text(struct expr_env *env, struct expr *x, struct expr **v, uint32_t n)
{
	return expr_aggregate_collation(env, x, v, n, false);
}

static uint64_t chars(const struct expr *a)
{
	return expr_chars(&a->t);
}

/* The longest of @n texts, in characters. */
static uint64_t longest(struct expr **v, uint32_t n)
{
	uint64_t most = 0;

	for (uint32_t i = 0; i < n; i++)
		most = chars(v[i]) > most ? chars(v[i]) : most;
	return most;
}

static uint64_t total(struct expr **v, uint32_t n)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += chars(v[i]);
	return sum;
}

bool expr_rule_own_text0(struct expr_env *env, struct expr *x, uint32_t length)
{
	expr_set_own_text(env, x, length);
	x->t.decimals = 0;
	return true;
}

/* Digits that servers do not count on to be ASCII. */
bool expr_rule_code_text(struct expr_env *env, struct expr *x, uint32_t length)
{
	expr_set_own_text(env, x, length);
	x->t.ascii = false;
	return true;
}

bool expr_rule_code_text0(struct expr_env *env, struct expr *x, uint32_t length)
{
	expr_rule_code_text(env, x, length);
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
	x->constant = true; /* it depends on types only */
	x->t.collation = collation_get(33);
	x->t.derivation = EXPR_COERCIBLE;
	x->t.ascii = false;
	expr_set_text(x, length);
	return true;
}

bool expr_rule_char(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	expr_set_binary(x, (uint64_t)length * x->n);
	if (x->op)
		x->t.collation = collation_get(
			charset_get((enum charset_id)(x->op - 1))->default_collation);
	x->t.ascii = x->t.collation->charset == CHARSET_ASCII;
	return true;
}

bool expr_rule_concat(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!common_text(env, x, x->arg, x->n))
		return false;
	expr_set_long_text(x, total(x->arg, x->n));
	return true;
}

bool expr_rule_concat_ws(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!common_text(env, x, x->arg, x->n))
		return false;
	expr_set_long_text(x, chars(x->arg[0]) * (x->n - 2) + total(x->arg + 1, x->n - 1));
	return true;
}

/* A text that is converted says nothing of decimals. */
static unsigned decimals_in(const struct expr *x, const struct expr *a)
{
	bool converted = expr_result_of(&a->t) == EXPR_STRING && !a->t.ascii &&
			 a->t.collation->charset != x->t.collation->charset &&
			 x->t.collation->charset != CHARSET_BINARY;

	return converted ? EXPR_NOT_FIXED : a->t.decimals;
}

bool expr_rule_elt(struct expr_env *env, struct expr *x, uint32_t length)
{
	unsigned decimals = 0;

	(void)length;
	if (!common_text(env, x, x->arg + 1, x->n - 1))
		return false;
	expr_set_text(x, longest(x->arg + 1, x->n - 1));
	for (uint32_t i = 1; i < x->n; i++)
		decimals = decimals_in(x, x->arg[i]) > decimals ? decimals_in(x, x->arg[i])
								: decimals;
	x->t.decimals = (uint8_t)decimals;
	return true;
}

bool expr_rule_export_set(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint32_t n = x->n < 4 ? x->n - 1 : 3;
	uint32_t comma = x->n > 3 ? (uint32_t)chars(x->arg[3]) : 1;

	(void)length;
	if (!common_text(env, x, x->arg + 1, n))
		return false;
	/* The sum of 32 bits that servers have it in. */
	expr_set_text(x, (uint32_t)longest(x->arg + 1, 2) * 64 + comma * 63);
	return true;
}

bool expr_rule_find_in_set(struct expr_env *env, struct expr *x, uint32_t length)
{
	return expr_rule_strcmp(env, x, length);
}

/* A group needs a comma, the number a point and a sign; rounding may carry into one digit more. */
bool expr_rule_format(struct expr_env *env, struct expr *x, uint32_t length)
{
	const struct expr *a = x->arg[0];
	unsigned digits = expr_format_digits(a), decimals = EXPR_MAX_SCALE;
	bool carries = a->t.decimals > 0;
	struct expr_known k;

	(void)length;
	if (!expr_known_int(env, x->arg[1], &k))
		return false;
	if (k.known && !k.null) {
		decimals = expr_known_uint(&k, EXPR_MAX_SCALE);
		carries = decimals < a->t.decimals;
	}
	digits += carries || !digits;
	return expr_rule_code_text(env, x, digits + digits / 3 + (decimals > 0) + 1 + decimals);
}

bool expr_rule_from_base64(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_binary(x, 0);
	expr_set_long_text(x, ((uint64_t)x->arg[0]->t.length + 3) / 4 * 3);
	return true;
}

bool expr_rule_to_base64(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t n = ((uint64_t)x->arg[0]->t.length + 2) / 3 * 4;

	(void)length;
	expr_set_own_text(env, x, 0);
	expr_set_long_text(x, n ? n + (n - 1) / 76 : 0);
	return true;
}

/* Signed numbers may be 16 digits; of unsigned ones two are said for each decimal digit. */
bool expr_rule_hex(struct expr_env *env, struct expr *x, uint32_t length)
{
	const struct expr *a = x->arg[0];
	bool plus = expr_result_of(&a->t) == EXPR_INT && a->t.is_unsigned;

	(void)length;
	expr_set_own_text(env, x, expr_is_number(a) && !plus ? 16 : (uint64_t)a->t.length * 2);
	x->t.decimals = 0;
	return true;
}

bool expr_rule_unhex(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	expr_set_binary(x, (1 + x->arg[0]->t.length) / 2);
	x->t.decimals = 0;
	return true;
}

bool expr_rule_insert(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr *both[] = {x->arg[0], x->arg[3]};

	(void)length;
	if (!common_text(env, x, both, 2))
		return false;
	if (x->t.collation->charset == CHARSET_BINARY)
		expr_set_long_text(x, (uint64_t)both[0]->t.length + both[1]->t.length);
	else
		expr_set_long_text(x, total(both, 2));
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
	expr_set_text(x, chars(x->arg[0]));
	return true;
}

/* LOWER() and UPPER(), which the newer Unicode collations expect to double a text. */
bool expr_rule_fold(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	expr_set_long_text(x, chars(x->arg[0]) * (x->t.collation->kind == COLLATION_UCA520 ? 2 : 1));
	return true;
}

bool expr_rule_left(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr_known k;
	uint32_t most;

	(void)length;
	if (!common_text(env, x, x->arg, 1) || !expr_known_int(env, x->arg[1], &k))
		return false;
	most = (uint32_t)chars(x->arg[0]);
	expr_set_text(x, k.known ? expr_known_uint(&k, most) : most);
	return true;
}

/* Numbers are cut to 32 bits, 0 is behind the end, and bytes count as characters: as servers have it. */
bool expr_rule_substr(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint32_t most = x->arg[0]->t.length;
	struct expr_known k;

	(void)length;
	if (!common_text(env, x, x->arg, 1) || !expr_known_int(env, x->arg[1], &k))
		return false;
	if (k.known) {
		int32_t start = (int32_t)k.i;
		uint32_t skip = (uint32_t)start - 1;

		if (k.null)
			most = 0;
		else if (start < 0)
			most = 0 - (uint32_t)start > most ? 0 : 0 - (uint32_t)start;
		else
			most -= skip < most ? skip : most;
	}
	if (x->n == 3) {
		if (!expr_known_int(env, x->arg[2], &k))
			return false;
		if (k.known)
			most = expr_known_uint(&k, most);
	}
	x->t.length = most * charset_get(x->t.collation->charset)->mbmax;
	expr_set_text(x, expr_chars(&x->t));
	return true;
}

bool expr_rule_substring_index(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!expr_aggregate_collation(env, x, x->arg, 2, true))
		return false;
	expr_set_text(x, chars(x->arg[0]));
	return true;
}

bool expr_rule_pad(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr *both[] = {x->arg[0], x->arg[x->n - 1]};
	struct expr_known k;

	(void)length;
	if (!common_text(env, x, both, x->n == 3 ? 2 : 1) || !expr_known_int(env, x->arg[1], &k))
		return false;
	if (k.known)
		expr_set_long_text(x, expr_known_uint(&k, INT32_MAX));
	else
		expr_set_longest_text(x);
	return true;
}

bool expr_rule_repeat(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr_known k;

	(void)length;
	if (!common_text(env, x, x->arg, 1) || !expr_known_int(env, x->arg[1], &k))
		return false;
	if (k.known)
		expr_set_long_text(x, chars(x->arg[0]) * expr_known_uint(&k, INT32_MAX));
	else
		expr_set_longest_text(x);
	return true;
}

bool expr_rule_space(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr_known k;

	(void)length;
	if (!expr_known_int(env, x->arg[0], &k))
		return false;
	expr_set_own_text(env, x, 0);
	if (k.known)
		expr_set_long_text(x, expr_known_uint(&k, INT32_MAX));
	else
		expr_set_longest_text(x);
	return true;
}

bool expr_rule_make_set(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!common_text(env, x, x->arg + 1, x->n - 1))
		return false;
	expr_set_text(x, x->n - 2 + total(x->arg + 1, x->n - 1));
	return true;
}

bool expr_rule_quote(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t most;

	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	if (x->arg[0]->t.derivation == EXPR_NUMERIC) {
		x->t.collation = collation_get(8);
		x->t.derivation = EXPR_NUMERIC;
	}
	most = chars(x->arg[0]) * 2 + 2;
	expr_set_long_text(x, x->arg[0]->t.nullable && most < 4 ? 4 : most); /* 'NULL' */
	return true;
}

bool expr_rule_replace(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t most, to;

	(void)length;
	if (!expr_aggregate_collation(env, x, x->arg, 3, true))
		return false;
	most = chars(x->arg[0]);
	to = chars(x->arg[2]);
	expr_set_long_text(x, to > 1 ? most * to : most);
	return true;
}

bool expr_rule_soundex(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)length;
	if (!common_text(env, x, x->arg, 1))
		return false;
	expr_set_text(x, chars(x->arg[0]) > 4 ? chars(x->arg[0]) : 4);
	return true;
}

bool expr_rule_sha2(struct expr_env *env, struct expr *x, uint32_t length)
{
	struct expr_known k;

	if (!expr_known_int(env, x->arg[1], &k))
		return false;
	if (k.known) {
		switch ((int32_t)k.i) { /* no more of it is looked at */
		case 224:
		case 384:
			length = (uint32_t)(int32_t)k.i / 4;
			break;
		case 0:
		case 256:
			length = 64;
			break;
		case 512:
			break;
		default:
			expr_set_binary(x, 0);
			return true;
		}
	}
	return expr_rule_code_text(env, x, length);
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
		expr_set_longest_text(x);
	else
		expr_set_text(x, chars(x->arg[0]));
	return true;
}

