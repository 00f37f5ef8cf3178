#include "sql/eval/eval.h"

#include <string.h>

#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"

void eval_init(struct eval *v, struct arena *a, const struct expr_session *s)
{
	memset(v, 0, sizeof(*v));
	v->arena = a;
	v->session = s;
}

static const expr_eval_fn functions[] = {
#define F(name, min, max, rule, length, null, fn) [FN_##name] = eval_fn_##fn,
#include "sql/sema/expr_functions.def"
#undef F
};

expr_eval_fn eval_func_function(unsigned fn)
{
	return fn < sizeof(functions) / sizeof(functions[0]) ? functions[fn] : NULL;
}

static void literal(struct eval *v, const struct expr *x, struct datum *out)
{
	(void)v;
	*out = x->value;
}

static void column(struct eval *v, const struct expr *x, struct datum *out)
{
	v->column(v->arg, x->column, out);
}

static void convert(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct expr *a = x->arg[0];
	bool text = eval_is_text(a);
	struct str s;
	size_t bad = 0;

	if (!eval_str(v, a, &s))
		return;
	if (text && a->t.collation->charset == CHARSET_BINARY)
		eval_mend(v, x->t.collation->charset, &s);
	if (!charset_convert(v->arena, text ? a->t.collation->charset : CHARSET_ASCII,
		x->t.collation->charset, s, &s,
			     &bad)) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return;
	}
	if (bad)
		eval_warn(v, 1977, "Cannot convert characters");
	eval_put_str(out, s);
}

/* CONVERT and COLLATE both give the text in the character set of their type. */
static expr_eval_fn function_of(const struct expr *x)
{
	switch (x->kind) {
	case EXPR_LITERAL:
		return literal;
	case EXPR_COLUMN:
		return column;
	case EXPR_CALL:
		return eval_func_function(x->fn);
	case EXPR_UNARY:
	case EXPR_BINARY:
		return eval_op_function(x);
	case EXPR_CAST:
		return eval_cast;
	case EXPR_CONVERT:
	case EXPR_COLLATE:
		return convert;
	case EXPR_INTERVAL_ADD:
		return eval_interval_add;
	case EXPR_TRIM:
		return eval_trim;
	case EXPR_REGEXP:
		return eval_regexp;
	default:
		return eval_cmp_function(x);
	}
}

static bool has_pattern(const struct expr *x)
{
	return x->kind == EXPR_REGEXP ||
	       (x->kind == EXPR_CALL &&
		(x->fn == FN_REGEXP_INSTR || x->fn == FN_REGEXP_SUBSTR ||
			x->fn == FN_REGEXP_REPLACE));
}

int eval_compile(struct arena *a, struct expr *x, struct err *e)
{
	if (x->eval)
		return 0;
	for (uint32_t i = 0; i < x->n; i++)
		if (eval_compile(a, x->arg[i], e))
			return -1;
	if (has_pattern(x) && eval_regexp_prepare(a, x, e))
		return -1;
	x->eval = function_of(x);
	return x->eval ? 0 : err_set(e, ERR_UNSUPPORTED, "function");
}

int eval_compute(struct expr_env *env, struct expr *x, enum expr_result as, struct datum *out)
{
	struct eval *v = env->compute_arg;
	struct eval_num n;
	struct str s;

	out->kind = DATUM_NULL;
	if (eval_compile(env->arena, x, env->e))
		return -1;
	if (as == EXPR_INT) {
		if (eval_num(v, x, &n))
			eval_put_int(out, n.i, x->t.is_unsigned);
	} else if (as == EXPR_STRING) {
		if (eval_str(v, x, &s))
			eval_put_str(out, s);
	} else {
		eval_get(v, x, out);
	}
	if (v->failed && env->e != &v->e)
		*env->e = v->e;
	return v->failed ? -1 : 0;
}

/* What a server finds wrong about constants while it types. */
static void warn_wrong_constants(struct eval *v, const struct expr *x)
{
	if (x->kind == EXPR_CALL && x->fn == FN_SHA2 && x->t.length == 0)
		eval_warn(v, 1583, "Incorrect parameters in the call to native function 'sha2'");
	for (uint32_t i = 0; i < x->n; i++)
		warn_wrong_constants(v, x->arg[i]);
}

struct expr *eval_build(struct eval *v, struct expr_env *env, const struct ast_node *n)
{
	struct expr *x;

	env->compute = eval_compute;
	env->compute_arg = v;
	x = expr_build(env, n, &v->e);
	if (!x || eval_compile(env->arena, x, &v->e)) {
		v->failed = true;
		return NULL;
	}
	warn_wrong_constants(v, x);
	return x;
}

int eval_run(struct eval *v, const struct expr *x, struct datum *out)
{
	struct decimal d;

	if (x->kind == EXPR_ROW_VALUE) {
		err_set_mysql(&v->e, ERR_INVALID, 1241, "21000",
			"Operand should contain 1 column(s)");
		return -1;
	}
	eval_get(v, x, out);
	if (out->kind == DATUM_DECIMAL && out->dec->scale != x->t.decimals) {
		d = *out->dec;
		if (decimal_round(&d, x->t.decimals))
			eval_put_dec(v, &d, out);
	}
	return v->failed ? -1 : 0;
}

int eval_text(struct eval *v, const struct expr *x, const struct datum *d, struct str *out)
{
	*out = (struct str){0};
	if (d->kind != DATUM_NULL && eval_datum_text(v, x, d, out) && !out->p)
		out->p = "";
	return v->failed ? -1 : 0;
}

/* A value copied to where it outlives the row. */
static bool keep(struct arena *a, struct datum *d)
{
	if (d->kind == DATUM_STRING) {
		d->s = arena_str(a, d->s);
		return d->s.p;
	}
	if (d->kind == DATUM_DECIMAL) {
		struct decimal *copy = arena_alloc(a, sizeof(*copy));

		if (!copy)
			return false;
		*copy = *d->dec;
		d->dec = copy;
	}
	return true;
}

/* What is more than its value: JSON, and texts that are other numbers or dates than they look. */
static bool is_more(const struct expr *x)
{
	return expr_is_json(x) || eval_is_greatest(x) || eval_source(x) != x ||
	       (x->kind == EXPR_CALL && x->fn == FN_FROM_DAYS);
}

static bool may_fold(const struct expr *x)
{
	return x->constant && !is_more(x) && x->kind != EXPR_LITERAL && x->kind != EXPR_ROW_VALUE;
}

/* Errors and warnings belong to each time a value is computed: such parts stay. */
static void fold_one(struct arena *a, const struct expr_session *s, struct expr *x)
{
	struct eval v;
	struct datum d;

	eval_init(&v, a, s);
	eval_get(&v, x, &d);
	if (v.failed || v.warnings || !keep(a, &d))
		return;
	x->kind = EXPR_LITERAL;
	x->n = 0;
	x->value = d;
	x->eval = literal;
}

struct expr *eval_fold(struct arena *a, const struct expr_session *s, struct expr *x, struct err *e)
{
	if (may_fold(x)) {
		fold_one(a, s, x);
		if (x->kind == EXPR_LITERAL)
			return x;
	}
	for (uint32_t i = 0; i < x->n; i++)
		if (!eval_fold(a, s, x->arg[i], e))
			return NULL;
	return x;
}
