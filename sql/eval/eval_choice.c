/* One of several values: COALESCE, IF, ELT, GREATEST; places among them: FIELD, INTERVAL, STRCMP. */
#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"

void eval_fn_coalesce(struct eval *v, const struct expr *x, struct datum *out)
{
	v->asked = 0; /* the next value is better than a zero date */
	for (uint32_t i = 0; i < x->n && out->kind == DATUM_NULL && !v->failed; i++)
		eval_hybrid(v, x, x->arg[i], out);
}

/* The constant parts of IF()'s AND or OR: a server computes them while it looks for what it can leave
 * out. */
static void typed_condition(struct eval *v, const struct expr *x)
{
	bool b;

	if (x->kind != EXPR_LOGIC || x->op == AST_OP_XOR)
		return;
	for (uint32_t i = 0; i < x->n; i++)
		if (x->arg[i]->constant)
			eval_bool(v, x->arg[i], &b);
}

void eval_fn_if(struct eval *v, const struct expr *x, struct datum *out)
{
	unsigned asked = v->asked;
	bool b;
	uint32_t which;

	typed_condition(v, x->arg[0]);
	which = eval_bool(v, x->arg[0], &b) && b ? 1 : 2;

	v->asked = asked;
	eval_hybrid(v, x, x->arg[which], out);
}

void eval_fn_nvl2(struct eval *v, const struct expr *x, struct datum *out)
{
	unsigned asked = v->asked;
	uint32_t which = eval_is_null(v, x->arg[0]) ? 2 : 1;

	v->asked = asked;
	eval_hybrid(v, x, x->arg[which], out);
}

void eval_fn_nullif(struct eval *v, const struct expr *x, struct datum *out)
{
	int order;

	if (!eval_compare(v, &x->cmp, x->arg[0], x->arg[1], &order) || order)
		eval_hybrid(v, x, x->arg[0], out);
}

void eval_fn_isnull(struct eval *v, const struct expr *x, struct datum *out)
{
	/* What cannot be NULL is not even computed. */
	eval_put_bool(out, x->arg[0]->t.nullable && eval_is_null(v, x->arg[0]));
}

void eval_fn_elt(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;
	int64_t i;

	if (eval_i64(v, x->arg[0], &i) && i > 0 && i < (int64_t)x->n &&
	    eval_str_as(v, x->arg[i], x->t.collation, &s))
		eval_put_str(out, s);
}

void eval_fn_field(struct eval *v, const struct expr *x, struct datum *out)
{
	struct expr a;
	int order;

	eval_put_int(out, 0, false);
	eval_freeze(v, &x->cmp, x->arg[0], &a);
	for (uint32_t i = 1; i < x->n; i++) {
		if (eval_compare(v, &x->cmp, &a, x->arg[i], &order) && order == 0) {
			eval_put_int(out, i, false);
			return;
		}
	}
}

static bool is_exact(const struct expr *x)
{
	enum expr_result r = expr_result_of(&x->t);

	return r == EXPR_INT || r == EXPR_DECIMAL;
}

void eval_fn_interval(struct eval *v, const struct expr *x, struct datum *out)
{
	bool exact = is_exact(x->arg[0]);
	struct decimal d, bound;
	double r, limit;
	uint32_t i;

	/* As of every row, constants are looked at while it is typed: is one NULL? */
	for (i = 0; i < x->n && x->arg[i]->constant && !eval_is_null(v, x->arg[i]); i++)
		;
	if (exact ? !eval_dec(v, x->arg[0], &d) : !eval_real(v, x->arg[0], &r)) {
		eval_put_int(out, -1, false);
		return;
	}
	if (exact)
		r = decimal_to_double(&d);
	for (i = 1; i < x->n; i++) {
		if (exact && is_exact(x->arg[i])
			    ? eval_dec(v, x->arg[i], &bound) && decimal_cmp(&bound, &d) > 0
			    : eval_real(v, x->arg[i], &limit) && limit > r)
			break;
	}
	eval_put_int(out, i - 1, false);
}

/* --- GREATEST and LEAST --- */

bool eval_is_greatest(const struct expr *x)
{
	return x->kind == EXPR_CALL && (x->fn == FN_GREATEST || x->fn == FN_LEAST) &&
	       expr_result_of(&x->t) == EXPR_STRING;
}

/* Dates: what is none is the zero date. Times: then there is no value. */
static void greatest_time(struct eval *v, const struct expr *x, struct datum *out)
{
	bool clock = x->t.type == TYPE_TIME;
	struct temporal t, best = {0};
	unsigned warn = 0;

	for (uint32_t i = 0; i < x->n; i++) {
		int64_t a, b;

		if (!eval_time(v, x->arg[i], clock ? TEMPORAL_TIME : TEMPORAL_DATETIME,
			       clock ? TEMPORAL_FUZZY : EVAL_TO_COMPARE, &t))
			return;
		a = temporal_packed(&t);
		b = temporal_packed(&best);
		if (i == 0 || (x->fn == FN_LEAST ? a < b : a > b))
			best = t;
	}
	if (!clock && !temporal_check_date(&best, eval_date_flags(v), &warn)) {
		eval_warn(v, WARN_TRUNCATED, "Incorrect datetime value");
		return;
	}
	if (x->t.type == TYPE_DATE)
		best = (struct temporal){
			.kind = TEMPORAL_DATE, .year = best.year, .month = best.month, .day = best.day};
	eval_put_time(out, &best);
}

/* An ENUM or SET that is converted to the character set of the others is no number any more. */
static const struct expr *as_text(const struct expr *a, const struct expr *x, enum expr_result by,
				  struct expr *text)
{
	if (by == EXPR_STRING || (a->t.type != TYPE_ENUM && a->t.type != TYPE_SET) ||
	    expr_result_of(&x->t) != EXPR_STRING || a->t.collation->charset == x->t.collation->charset)
		return a;
	*text = *a;
	text->t.type = TYPE_VAR_STRING;
	return text;
}

void eval_greatest_by(struct eval *v, const struct expr *x, enum expr_result by, struct datum *out)
{
	struct expr_cmp cmp = {.by = (uint8_t)by, .collation = x->cmp.collation};
	bool least = x->fn == FN_LEAST;
	struct expr best, next, text;

	for (uint32_t i = 0; i < x->n; i++) {
		int order;

		eval_freeze(v, &cmp, as_text(x->arg[i], x, by, &text), &next);
		if (next.value.kind == DATUM_NULL)
			return;
		if (i == 0 || (eval_compare(v, &cmp, &next, &best, &order) &&
			       (least ? order < 0 : order > 0)))
			best = next;
	}
	*out = best.value;
}

void eval_fn_greatest(struct eval *v, const struct expr *x, struct datum *out)
{
	enum expr_result by = expr_result_of(&x->t);

	if (by == EXPR_TIME)
		greatest_time(v, x, out);
	else
		eval_greatest_by(v, x, by, out);
	if (out->kind == DATUM_INT)
		out->is_unsigned = x->t.is_unsigned;
}

void eval_fn_strcmp(struct eval *v, const struct expr *x, struct datum *out)
{
	struct expr a, b;
	int order;

	/* Both are computed, also when the first is NULL. */
	eval_freeze(v, &x->cmp, x->arg[0], &a);
	eval_freeze(v, &x->cmp, x->arg[1], &b);
	if (eval_compare(v, &x->cmp, &a, &b, &order))
		eval_put_int(out, (order > 0) - (order < 0), false);
}
