/* Comparison, and what is made of it: =, <=>, BETWEEN, IN, CASE, IS, LIKE. */
#include "sql/eval/eval_int.h"

static int order_num(struct eval_num a, struct eval_num b)
{
	if (a.is_unsigned != b.is_unsigned) {
		if (a.i < 0 && a.is_unsigned)
			return 1;
		if (b.i < 0 && b.is_unsigned)
			return -1;
		return (a.i > b.i) - (a.i < b.i);
	}
	if (a.is_unsigned)
		return ((uint64_t)a.i > (uint64_t)b.i) - ((uint64_t)a.i < (uint64_t)b.i);
	return (a.i > b.i) - (a.i < b.i);
}

static bool compare_int(struct eval *v, const struct expr *a, const struct expr *b, int *order)
{
	struct eval_num p, q;

	if (!eval_num(v, a, &p) || !eval_num(v, b, &q))
		return false;
	*order = order_num(p, q);
	return true;
}

static bool compare_real(struct eval *v, const struct expr *a, const struct expr *b, int *order)
{
	double p, q;

	if (!eval_real(v, a, &p) || !eval_real(v, b, &q))
		return false;
	*order = (p > q) - (p < q);
	return true;
}

static bool starts_with_digit(struct eval *v, const struct expr *x)
{
	struct str s;

	return eval_str_plain(v, x, &s) && s.n && s.p[0] >= '0' && s.p[0] <= '9';
}

/* A constant that is compared with a YEAR is one: 99 is 1999. */
static bool year_of(struct eval *v, const struct expr *x, struct decimal *d)
{
	bool text = expr_result_of(&x->t) == EXPR_STRING;
	uint32_t warnings = v->warnings;
	struct decimal whole;
	struct temporal t;
	int64_t n;

	if (expr_result_of(&x->t) == EXPR_TIME) { /* a date's year */
		if (!eval_time(v, x, TEMPORAL_DATETIME, TEMPORAL_FUZZY, &t))
			return false;
		decimal_from_i64(d, t.year);
		return true;
	}
	if (!eval_dec(v, x, d))
		return false;
	whole = *d;
	if (!(text ? decimal_truncate(&whole, 0) : decimal_round(&whole, 0)) ||
	    !decimal_to_i64(&whole, &n) || n < 0 || (n > 99 && n < 1901) || n > 2155)
		return true;
	/* Text that is no number stays what it is; "0" is 2000. */
	if (text && n == 0 && v->warnings > warnings && !starts_with_digit(v, x))
		return true;
	if (n < 100 && (n > 0 || text))
		decimal_from_i64(d, n + (n < 70 ? 2000 : 1900));
	v->warnings = warnings; /* it was looked at while types were */
	return true;
}

static void round_shown(const struct expr *x, struct decimal *d)
{
	if (x->t.decimals < d->scale)
		decimal_round(d, x->t.decimals);
}

static bool compare_decimal(struct eval *v, const struct expr_cmp *cmp, const struct expr *a,
			    const struct expr *b, int *order)
{
	struct decimal p, q;

	if (cmp->year && a->constant ? !year_of(v, a, &p) : !eval_dec(v, a, &p))
		return false;
	if (cmp->year && b->constant ? !year_of(v, b, &q) : !eval_dec(v, b, &q))
		return false;
	if (cmp->rounds) {
		round_shown(a, &p);
		round_shown(b, &q);
	}
	*order = decimal_cmp(&p, &q);
	return true;
}

/* DATE and DATETIME compare as one. */
static int time_kind(const struct expr_cmp *cmp)
{
	return cmp->time == TEMPORAL_TIME ? TEMPORAL_TIME : TEMPORAL_DATETIME;
}

/* What is no date compares as the zero date. */
static bool compare_time(struct eval *v, const struct expr_cmp *cmp, const struct expr *a,
			 const struct expr *b, int *order)
{
	struct temporal p, q;
	int64_t x, y;

	if (!eval_time(v, a, time_kind(cmp), EVAL_TO_COMPARE, &p) ||
	    !eval_time(v, b, time_kind(cmp), EVAL_TO_COMPARE, &q))
		return false;
	x = temporal_packed(&p);
	y = temporal_packed(&q);
	*order = (x > y) - (x < y);
	return true;
}

static bool text_of(struct eval *v, const struct expr_cmp *cmp, const struct expr *x, struct str *s)
{
	return cmp->raw ? eval_str(v, x, s) : eval_str_as(v, x, cmp->collation, s);
}

static bool compare_text(struct eval *v, const struct expr_cmp *cmp, const struct expr *a,
			 const struct expr *b, int *order)
{
	const struct collation *c = cmp->collation;
	struct str p, q;

	if (!text_of(v, cmp, a, &p) || !text_of(v, cmp, b, &q))
		return false;
	*order = collation_compare(c, p, q);
	return true;
}

/* Rows compare like words: the first difference decides. */
static bool compare_rows(struct eval *v, const struct expr *a, const struct expr *b, int *order)
{
	for (uint32_t i = 0; i < b->n; i++) {
		if (!eval_compare(v, &b->cmps[i], a->arg[i], b->arg[i], order))
			return false;
		if (*order)
			return true;
	}
	return true;
}

bool eval_compare(struct eval *v, const struct expr_cmp *cmp, const struct expr *a,
		  const struct expr *b, int *order)
{
	*order = 0;
	switch (cmp->by) {
	case EXPR_INT:
		return compare_int(v, a, b, order);
	case EXPR_REAL:
		return compare_real(v, a, b, order);
	case EXPR_DECIMAL:
		return compare_decimal(v, cmp, a, b, order);
	case EXPR_TIME:
		return compare_time(v, cmp, a, b, order);
	case EXPR_ROW:
		return compare_rows(v, a, b, order);
	default:
		return compare_text(v, cmp, a, b, order);
	}
}

/* Equality of rows: a difference decides even if another part is NULL. -1: NULL. */
static int rows_equal(struct eval *v, const struct expr *a, const struct expr *b)
{
	int order, result = 1;

	for (uint32_t i = 0; i < b->n; i++) {
		if (b->cmps[i].by == EXPR_ROW) {
			int r = rows_equal(v, a->arg[i], b->arg[i]);

			if (r == 0)
				return 0;
			result = r < 0 ? -1 : result;
		} else if (!eval_compare(v, &b->cmps[i], a->arg[i], b->arg[i], &order)) {
			result = -1;
		} else if (order) {
			return 0;
		}
	}
	return result;
}

static void frozen(struct eval *v, const struct expr *x, struct datum *out)
{
	(void)v;
	*out = x->value;
}

/* A string in JSON_EXTRACT()'s result is compared without its quotes, but only by =, < and their like. The
 * order is that of JSON and text, whichever stands first. */
static bool compare_operands(struct eval *v, const struct expr *x, int *order)
{
	const struct expr *a = x->arg[0], *b = x->arg[1];
	struct expr json;
	struct str s;

	if (x->cmp.by != EXPR_STRING || (!eval_is_extract(a) && !eval_is_extract(b)))
		return eval_compare(v, &x->cmp, a, b, order);
	if (!eval_is_extract(a)) {
		a = x->arg[1];
		b = x->arg[0];
	}
	if (!eval_extract_text(v, a, &s))
		return false;
	json = *a;
	json.kind = EXPR_LITERAL;
	json.eval = frozen;
	eval_put_str(&json.value, s);
	return eval_compare(v, &x->cmp, &json, b, order);
}

static void equality(struct eval *v, const struct expr *x, struct datum *out)
{
	bool ne = x->op == AST_OP_NE;
	int order;

	if (x->cmp.by == EXPR_ROW) {
		int r = rows_equal(v, x->arg[0], x->arg[1]);

		if (r >= 0)
			eval_put_bool(out, (r == 1) != ne);
		return;
	}
	if (compare_operands(v, x, &order))
		eval_put_bool(out, (order == 0) != ne);
}

static void ordering(struct eval *v, const struct expr *x, struct datum *out)
{
	int order;
	bool r;

	if (!compare_operands(v, x, &order))
		return;
	switch (x->op) {
	case AST_OP_LT:
		r = order < 0;
		break;
	case AST_OP_LE:
		r = order <= 0;
		break;
	case AST_OP_GT:
		r = order > 0;
		break;
	default:
		r = order >= 0;
		break;
	}
	eval_put_bool(out, r);
}

void eval_freeze(struct eval *v, const struct expr_cmp *cmp, const struct expr *x, struct expr *out)
{
	struct datum *d = &out->value;
	struct eval_num n;
	struct decimal dec;
	struct temporal t;

	*out = *x;
	out->eval = frozen;
	d->kind = DATUM_NULL;
	switch (cmp->by) {
	case EXPR_INT:
		out->t.type = TYPE_LONGLONG;
		if (eval_num(v, x, &n))
			eval_put_int(d, n.i, n.is_unsigned);
		break;
	case EXPR_REAL:
		out->t.type = TYPE_DOUBLE;
		if (eval_real(v, x, &d->d))
			d->kind = DATUM_REAL;
		break;
	case EXPR_DECIMAL:
		out->t.type = TYPE_NEWDECIMAL;
		if (eval_dec(v, x, &dec))
			eval_put_dec(v, &dec, d);
		break;
	case EXPR_TIME:
		out->t.type = cmp->time == TEMPORAL_TIME ? TYPE_TIME : TYPE_DATETIME;
		if (eval_time(v, x, time_kind(cmp), EVAL_TO_COMPARE, &t))
			eval_put_time(d, &t);
		break;
	case EXPR_ROW:
		*out = *x;
		break;
	default:
		out->t.type = TYPE_VAR_STRING;
		out->t.collation = cmp->collation;
		if (eval_str_as(v, x, cmp->collation, &d->s))
			d->kind = DATUM_STRING;
		break;
	}
}

static bool same_or_null(struct eval *v, const struct expr_cmp *cmp, const struct expr *a,
	const struct expr *b)
{
	struct expr p, q;
	int order;

	if (cmp->by == EXPR_ROW) {
		for (uint32_t i = 0; i < b->n; i++)
			if (!same_or_null(v, &b->cmps[i], a->arg[i], b->arg[i]))
				return false;
		return true;
	}
	eval_freeze(v, cmp, a, &p);
	eval_freeze(v, cmp, b, &q);
	if (p.value.kind == DATUM_NULL || q.value.kind == DATUM_NULL)
		return p.value.kind == q.value.kind;
	return eval_compare(v, cmp, &p, &q, &order) && order == 0;
}

static void null_safe(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_put_bool(out, same_or_null(v, &x->cmp, x->arg[0], x->arg[1]));
}

static void between(struct eval *v, const struct expr *x, struct datum *out)
{
	int low = 0, high = 0;
	bool has_low, has_high;
	struct expr a;

	eval_freeze(v, &x->cmp, x->arg[0], &a);
	if (a.value.kind == DATUM_NULL)
		return;
	has_low = eval_compare(v, x->cmps ? &x->cmps[1] : &x->cmp, &a, x->arg[1], &low);
	has_high = eval_compare(v, x->cmps ? &x->cmps[2] : &x->cmp, &a, x->arg[2], &high);
	if (has_low && has_high)
		eval_put_bool(out, (low >= 0 && high <= 0) != x->negated);
	else if ((has_low && low < 0) || (has_high && high > 0))
		eval_put_bool(out, x->negated);
}

static bool same_way(const struct expr_cmp *a, const struct expr_cmp *b)
{
	return a->by == b->by && a->time == b->time && a->collation == b->collation &&
	       a->is_unsigned == b->is_unsigned;
}

/* @x's value as item @i of the list compares it: computed once for each way of comparing. */
static const struct expr *value_for(struct eval *v, const struct expr *x, uint32_t i,
				    struct expr *frozen)
{
	uint32_t first = 1;

	while (first < i && (x->arg[first]->t.type == TYPE_NULL ||
			     !same_way(&x->cmps[first], &x->cmps[i])))
		first++;
	if (first == i)
		eval_freeze(v, &x->cmps[i], x->arg[0], &frozen[i]);
	return &frozen[first];
}

/* 1 equal, 0 not, -1 not known. */
static int in_item(struct eval *v, const struct expr *x, uint32_t i, bool array,
		   struct expr *frozen)
{
	const struct expr_cmp *cmp = &x->cmps[i];
	const struct expr *a;
	struct expr item;
	int order;

	if (x->arg[i]->t.type == TYPE_NULL)
		return -1;
	if (cmp->by == EXPR_ROW)
		return rows_equal(v, x->arg[0], x->arg[i]);
	a = value_for(v, x, i, frozen);
	if (a->value.kind == DATUM_NULL && !array)
		return -1;
	eval_freeze(v, cmp, x->arg[i], &item);
	return eval_compare(v, cmp, a, &item, &order) ? order == 0 : -1;
}

/* A list of constants of one type is a sorted array: all are computed, whatever is looked for. */
static bool is_array(const struct expr *x)
{
	for (uint32_t i = 1; i < x->n; i++)
		if (!x->arg[i]->constant || x->cmps[i].by == EXPR_ROW ||
		    !same_way(&x->cmps[1], &x->cmps[i]))
			return false;
	return x->n > 2;
}

static void in_list(struct eval *v, const struct expr *x, struct datum *out)
{
	struct expr *frozen;
	bool null = false, found = false, array = is_array(x);

	if (x->arg[0]->t.type == TYPE_NULL)
		return;
	frozen = eval_alloc(v, x->n * sizeof(*frozen));
	for (uint32_t i = 1; frozen && i < x->n && (array || !found); i++) {
		int r = in_item(v, x, i, array, frozen);

		found = found || r == 1;
		null = null || r < 0;
	}
	if (found || !null)
		eval_put_bool(out, found != x->negated);
}

static bool is_comparison(const struct expr *x)
{
	return x->kind == EXPR_BINARY && x->op >= AST_OP_EQ && x->op <= AST_OP_GE &&
	       x->op != AST_OP_NULLSAFE;
}

bool eval_is_null(struct eval *v, const struct expr *x)
{
	struct datum d;

	if (x->kind == EXPR_UNARY && (x->op == AST_OP_NOT || x->op == AST_OP_BANG) &&
	    is_comparison(x->arg[0]))
		x = x->arg[0];
	if (is_comparison(x) && x->cmp.by == EXPR_ROW)
		return false; /* rows are not looked into */
	if (is_comparison(x))
		return eval_is_null(v, x->arg[0]) || eval_is_null(v, x->arg[1]);
	return !eval_get(v, x, &d);
}

static void is_what(struct eval *v, const struct expr *x, struct datum *out)
{
	bool truth, r;

	if (x->op == AST_IS_NULL || x->op == AST_IS_UNKNOWN) {
		/* IS NULL of what cannot be NULL does not compute it. */
		r = (x->negated || x->arg[0]->t.nullable) && eval_is_null(v, x->arg[0]);
	} else {
		r = eval_bool(v, x->arg[0], &truth) && truth == (x->op == AST_IS_TRUE);
	}
	eval_put_bool(out, r != x->negated);
}

static void logic(struct eval *v, const struct expr *x, struct datum *out)
{
	bool null = false, stop = x->op == AST_OP_OR, b, odd = false;

	for (uint32_t i = 0; i < x->n; i++) {
		if (!eval_bool(v, x->arg[i], &b)) {
			if (x->op == AST_OP_XOR)
				return;
			null = true;
			continue;
		}
		odd = odd != b;
		if (x->op != AST_OP_XOR && b == stop) {
			eval_put_bool(out, stop);
			return;
		}
	}
	if (x->op == AST_OP_XOR)
		eval_put_bool(out, odd);
	else if (!null)
		eval_put_bool(out, !stop);
}

/* The character of ESCAPE, @x, into *escape, which is the default one; @c: of the comparison. */
static bool escape_of(struct eval *v, const struct expr *x, const struct collation *c,
		      uint32_t *escape)
{
	struct str e;

	if (!eval_str_as(v, x, c, &e))
		e = (struct str){"\\", 1};
	if (charset_count(c->charset, e) > 1) {
		if (!v->failed)
			err_set_mysql(&v->e, ERR_INVALID, 1210, "HY000",
				      "Incorrect arguments to ESCAPE");
		v->failed = true;
		return false;
	}
	*escape = UINT32_MAX;
	if (e.n)
		charset_decode(c->charset, e.p, e.n, escape);
	return true;
}

static void like(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct collation *c = x->cmp.collation;
	struct str s, pattern;
	uint32_t escape = v->session->mode & EXPR_NO_BACKSLASH_ESCAPES ? UINT32_MAX : '\\';

	if (x->n == 3 && !escape_of(v, x->arg[2], c, &escape))
		return;
	eval_typed(v, x->arg[1]);
	if (eval_str_as(v, x->arg[0], c, &s) && eval_str_as(v, x->arg[1], c, &pattern))
		eval_put_bool(out, collation_like(c, s, pattern, escape) != x->negated);
}

static bool when(struct eval *v, const struct expr *x, uint32_t i, struct expr *frozen)
{
	const struct expr_cmp *cmp = &x->cmps[i];
	const struct expr *a;
	uint32_t same = 1;
	int order;
	bool truth;

	if (!x->has_operand)
		return eval_bool(v, x->arg[i], &truth) && truth;
	if (x->arg[i]->t.type == TYPE_NULL)
		return false;
	while (same < i &&
	       (x->arg[same]->t.type == TYPE_NULL || !same_way(&x->cmps[same], cmp)))
		same += 2;
	a = &frozen[same];
	if (same == i)
		eval_freeze(v, cmp, x->arg[0], &frozen[i]);
	return eval_compare(v, cmp, a, x->arg[i], &order) && order == 0;
}

static void case_of(struct eval *v, const struct expr *x, struct datum *out)
{
	uint32_t first = x->has_operand ? 1 : 0, end = x->n - (x->has_else ? 1 : 0);
	struct expr *frozen = NULL;
	unsigned asked = v->asked;

	if (x->has_operand) {
		frozen = eval_alloc(v, x->n * sizeof(*frozen));
		if (!frozen)
			return;
	}
	for (uint32_t i = first; i + 1 < end; i += 2) {
		if (when(v, x, i, frozen)) {
			v->asked = asked;
			eval_hybrid(v, x, x->arg[i + 1], out);
			return;
		}
	}
	v->asked = asked;
	if (x->has_else)
		eval_hybrid(v, x, x->arg[x->n - 1], out);
}

expr_eval_fn eval_cmp_function(const struct expr *x)
{
	switch (x->kind) {
	case EXPR_LOGIC:
		return logic;
	case EXPR_IS:
		return is_what;
	case EXPR_BETWEEN:
		return between;
	case EXPR_IN:
		return in_list;
	case EXPR_LIKE:
		return like;
	case EXPR_CASE:
		return case_of;
	default:
		break;
	}
	if (x->op == AST_OP_EQ || x->op == AST_OP_NE)
		return equality;
	return x->op == AST_OP_NULLSAFE ? null_safe : ordering;
}
