/* Typing rules of JSON functions. */
#include "sql/lex/keyword.h"
#include "sql/sema/expr_type_int.h"

enum {
	NUMBERS_COLLATION = 8, /* latin1's, that numbers as JSON have */
	UTF8MB4_BIN = 46,
	UTF8MB3 = 33,
	ITEM_CHARS = 4,	   /* ", " and quotes, or "null" */
	BOOL_CHARS = 5,	   /* "false" */
	PATH_CHARS = 6,	   /* a key from a path, and what stands around it */
	ESCAPED_CHARS = 12, /* what a character becomes at most */
};

/* The text of @a is where the result comes from. */
static void text_of(struct expr *x, const struct expr *a)
{
	bool text = expr_result_of(&a->t) == EXPR_STRING;

	x->t.collation = text ? a->t.collation : collation_get(NUMBERS_COLLATION);
	x->t.derivation = a->t.derivation;
	x->t.ascii = a->t.ascii;
}

bool expr_wrong_count(struct expr_env *env, const struct expr *x)
{
	err_set_mysql(env->e, ERR_INVALID, 1582, "42000",
		      "Incorrect parameter count in the call to native function '%s'",
		      keyword_fn_name(x->fn));
	return false;
}

static uint64_t chars(const struct expr *a)
{
	return expr_chars(&a->t);
}

bool expr_rule_json_part(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	text_of(x, x->arg[0]);
	expr_set_text(x, chars(x->arg[0]));
	x->t.length = x->arg[0]->t.length; /* in bytes: "[]" is two, not half a character */
	return true;
}

bool expr_rule_json_format(struct expr_env *env, struct expr *x, uint32_t times)
{
	(void)env;
	text_of(x, x->arg[0]);
	expr_set_text(x, chars(x->arg[0]) * times);
	if (times == 1)
		x->t.length = x->arg[0]->t.length;
	x->t.decimals = 0;
	return true;
}

bool expr_rule_json_extract(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint32_t paths = x->n - 1;

	(void)env, (void)length;
	text_of(x, x->arg[0]);
	expr_set_text(x, (chars(x->arg[0]) * paths + (paths > 1 ? paths : 0)) * 2);
	return true;
}

bool expr_rule_json_set(struct expr_env *env, struct expr *x, uint32_t length)
{
	uint64_t sum = chars(x->arg[0]);

	(void)length;
	if (x->n % 2 == 0)
		return expr_wrong_count(env, x);
	/* Whose lengths are meant is another question. */
	for (uint32_t i = 1; i < x->n; i += 2)
		sum += chars(x->arg[i / 2]) + PATH_CHARS + chars(x->arg[i / 2 + 1]) + ITEM_CHARS;
	text_of(x, x->arg[0]);
	expr_set_long_text(x, sum);
	return true;
}

static uint64_t item_chars(const struct expr *a)
{
	enum expr_result r = expr_result_of(&a->t);
	uint64_t n = chars(a);

	if (a->t.is_bool)
		n = BOOL_CHARS;
	else if ((r == EXPR_STRING || r == EXPR_TIME) && !expr_is_json(a))
		n *= 2;
	return n < ITEM_CHARS ? ITEM_CHARS : n;
}

/* @group arguments are one item. */
bool expr_rule_json_array(struct expr_env *env, struct expr *x, uint32_t group)
{
	uint64_t sum = 2;

	if (group && x->n % group)
		return expr_wrong_count(env, x);
	if (x->n == 0) {
		expr_set_own_text(env, x, 0);
		x->t.length = 2;
		return true;
	}
	if (!expr_aggregate_collation(env, x, x->arg, x->n, false))
		return false;
	for (uint32_t i = 0; i < x->n; i++)
		sum += item_chars(x->arg[i]) + ITEM_CHARS;
	x->t.ascii = false;
	expr_set_long_text(x, sum);
	return true;
}

bool expr_rule_json_type(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env;
	x->t.collation = collation_get(UTF8MB3);
	x->t.derivation = EXPR_COERCIBLE;
	x->t.ascii = false;
	expr_set_text(x, length);
	return true;
}

static bool utf8_text(struct expr *x, uint64_t n)
{
	x->t.collation = collation_get(UTF8MB4_BIN);
	x->t.derivation = EXPR_COERCIBLE;
	x->t.ascii = false;
	expr_set_long_text(x, n);
	return true;
}

bool expr_rule_json_unquote(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	return utf8_text(x, chars(x->arg[0]));
}

bool expr_rule_json_quote(struct expr_env *env, struct expr *x, uint32_t length)
{
	(void)env, (void)length;
	return utf8_text(x, chars(x->arg[0]) * ESCAPED_CHARS + 2);
}

static bool is_json_function(unsigned fn)
{
	switch (fn) {
	case FN_JSON_ARRAY:
	case FN_JSON_COMPACT:
	case FN_JSON_EXTRACT:
	case FN_JSON_INSERT:
	case FN_JSON_LOOSE:
	case FN_JSON_MERGE_PATCH:
	case FN_JSON_OBJECT:
	case FN_JSON_QUERY:
	case FN_JSON_REMOVE:
	case FN_JSON_REPLACE:
	case FN_JSON_SET:
		return true;
	default:
		return false;
	}
}

/* All of the @n of @v that are not NULL are JSON, and one is. */
static bool all_json(struct expr **v, uint32_t n)
{
	bool any = false;

	for (uint32_t i = 0; i < n; i++) {
		if (v[i]->t.type == TYPE_NULL)
			continue;
		if (!expr_is_json(v[i]))
			return false;
		any = true;
	}
	return any;
}

bool expr_is_json(const struct expr *x)
{
	if (x->kind != EXPR_CALL)
		return false;
	switch (x->fn) {
	case FN_IF:
	case FN_NVL2:
		return all_json(x->arg + 1, 2);
	case FN_COALESCE:
	case FN_IFNULL:
	case FN_NVL:
		return all_json(x->arg, x->n);
	default:
		return is_json_function(x->fn);
	}
}
