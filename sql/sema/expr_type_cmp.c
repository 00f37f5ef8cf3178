/* How operands of comparisons are compared: as what, and texts in which collation. */
#include "sql/sema/expr_type_int.h"

static bool compare_rows(struct expr_env *env, struct expr *x, struct expr *a, struct expr *b)
{
	if (a->kind != EXPR_ROW_VALUE || b->kind != EXPR_ROW_VALUE || a->n != b->n) {
		err_set_mysql(env->e, ERR_INVALID, 1241, "21000",
			"Operand should contain %u column(s)",
			      a->kind == EXPR_ROW_VALUE ? a->n : 1);
		return false;
	}
	b->cmps = arena_array(env->arena, b->n, sizeof(*b->cmps));
	if (!b->cmps)
		return err_set(env->e, ERR_NOMEM, "out of memory") == 0;
	for (uint32_t i = 0; i < b->n; i++)
		if (!expr_compare_of(env, x, a->arg[i], b->arg[i], &b->cmps[i]))
			return false;
	return true;
}

static bool is_clock(const struct expr *x)
{
	return x->t.type == TYPE_TIME;
}

/* How two values are compared, but for the collation of texts. Not for rows. */
static struct expr_cmp way_of(const struct expr *a, const struct expr *b)
{
	enum expr_result p = expr_result_of(&a->t), q = expr_result_of(&b->t);
	struct expr_cmp cmp = {.by = EXPR_REAL};

	if (a->t.type == TYPE_NULL)
		p = q;
	if (b->t.type == TYPE_NULL)
		q = p;
	if (p == EXPR_STRING && q == EXPR_STRING) {
		cmp.by = EXPR_STRING;
	} else if (p == EXPR_TIME || q == EXPR_TIME) {
		bool both_times = p == EXPR_TIME && q == EXPR_TIME;
		bool clock = both_times ? is_clock(a) && is_clock(b)
					: is_clock(p == EXPR_TIME ? a : b);
		bool dates = (p != EXPR_TIME || a->t.type == TYPE_DATE) &&
			     (q != EXPR_TIME || b->t.type == TYPE_DATE);

		cmp.by = EXPR_TIME;
		cmp.time = clock ? TEMPORAL_TIME : dates ? TEMPORAL_DATE : TEMPORAL_DATETIME;
	} else if (p == EXPR_INT && q == EXPR_INT) {
		cmp.by = EXPR_INT;
		cmp.is_unsigned = b->t.is_unsigned;
	} else if ((p == EXPR_INT && q == EXPR_STRING) || (p == EXPR_STRING && q == EXPR_INT)) {
		cmp.by = EXPR_DECIMAL; /* large integers are exact */
	} else if ((p == EXPR_INT || p == EXPR_DECIMAL) && (q == EXPR_INT || q == EXPR_DECIMAL)) {
		cmp.by = EXPR_DECIMAL;
	}
	return cmp;
}

/* The collation that all of @v are compared in. false: see env->e. */
static bool common_collation(struct expr_env *env, struct expr *x, struct expr **v, uint32_t n,
			     const struct collation **c)
{
	struct expr_type kept = x->t;
	bool ok = expr_aggregate_collation(env, x, v, n, true);

	*c = x->t.collation;
	x->t = kept;
	return ok;
}

static bool is_row(const struct expr *x)
{
	return x->kind == EXPR_ROW_VALUE;
}

bool expr_compare_of(struct expr_env *env, struct expr *x, struct expr *a, struct expr *b,
		     struct expr_cmp *cmp)
{
	struct expr *both[] = {a, b};

	if (is_row(a) || is_row(b)) {
		*cmp = (struct expr_cmp){.by = EXPR_ROW};
		return compare_rows(env, x, a, b);
	}
	*cmp = way_of(a, b);
	cmp->rounds = true;
	return cmp->by != EXPR_STRING || common_collation(env, x, both, 2, &cmp->collation);
}

/* One of several rows of an IN: its texts are compared as those of the row before IN are, whatever
 * they are. */
static bool compare_listed_row(struct expr_env *env, struct expr *x, struct expr *a, struct expr *b)
{
	b->cmps = arena_array(env->arena, b->n, sizeof(*b->cmps));
	if (!b->cmps)
		return err_set(env->e, ERR_NOMEM, "out of memory") == 0;
	for (uint32_t i = 0; i < b->n; i++) {
		if (is_row(a->arg[i]) || is_row(b->arg[i])) {
			if (!expr_compare_of(env, x, a->arg[i], b->arg[i], &b->cmps[i]))
				return false;
			continue;
		}
		b->cmps[i] = way_of(a->arg[i], b->arg[i]);
		b->cmps[i].collation = a->arg[i]->t.collation;
		b->cmps[i].raw = true;
	}
	return true;
}

/* How v[0] is compared with each of the others. Where it is as texts, all have a say in the collation. */
static bool compare_with_all(struct expr_env *env, struct expr *x, struct expr **v, uint32_t n,
			     struct expr_cmp *cmps)
{
	const struct collation *c = NULL;
	bool texts = false;

	for (uint32_t i = 1; i < n; i++) {
		if (is_row(v[0]) && is_row(v[i]) && v[0]->n == v[i]->n && n > 2) {
			cmps[i] = (struct expr_cmp){.by = EXPR_ROW};
			if (!compare_listed_row(env, x, v[0], v[i]))
				return false;
			continue;
		}
		if (is_row(v[0]) || is_row(v[i])) {
			if (!expr_compare_of(env, x, v[0], v[i], &cmps[i]))
				return false;
			continue;
		}
		cmps[i] = way_of(v[0], v[i]);
		texts = texts || cmps[i].by == EXPR_STRING;
	}
	if (texts && !common_collation(env, x, v, n, &c))
		return false;
	for (uint32_t i = 1; i < n; i++)
		if (cmps[i].by == EXPR_STRING)
			cmps[i].collation = c;
	return true;
}

bool expr_compare_case(struct expr_env *env, struct expr *x)
{
	struct expr **v = arena_array(env->arena, x->n, sizeof(*v));
	struct expr_cmp *cmps = arena_array(env->arena, x->n, sizeof(*cmps));
	uint32_t n = 0, end = x->n - (x->has_else ? 1 : 0);

	if (!v || !cmps)
		return err_set(env->e, ERR_NOMEM, "out of memory") == 0;
	v[n++] = x->arg[0];
	for (uint32_t i = 1; i + 1 < end; i += 2)
		v[n++] = x->arg[i];
	if (!compare_with_all(env, x, v, n, cmps))
		return false;
	for (uint32_t i = 1; i < n; i++)
		x->cmps[2 * i - 1] = cmps[i];
	return true;
}

void expr_compare_column(const struct expr *a, const struct expr *b, struct expr_cmp *cmp)
{
	/* Whole dates are numbers to a BIGINT. */
	if (a->kind == EXPR_COLUMN && a->t.type == TYPE_LONGLONG && b->constant &&
	    cmp->by == EXPR_TIME && !b->t.decimals) {
		*cmp = (struct expr_cmp){.by = EXPR_INT};
		return;
	}
	if (a->kind != EXPR_COLUMN || a->t.type != TYPE_YEAR || !b->constant ||
	    b->t.type == TYPE_TIME || cmp->by == EXPR_ROW)
		return;
	cmp->by = EXPR_DECIMAL;
	cmp->year = true;
}

static bool between_year(struct expr_env *env, struct expr *x)
{
	if (x->arg[0]->t.type != TYPE_YEAR)
		return true;
	x->cmps = arena_array(env->arena, x->n, sizeof(*x->cmps));
	if (!x->cmps)
		return err_set(env->e, ERR_NOMEM, "out of memory") == 0;
	for (uint32_t i = 1; i < x->n; i++) {
		x->cmps[i] = x->cmp;
		expr_compare_column(x->arg[0], x->arg[i], &x->cmps[i]);
	}
	return true;
}

/* One way for all three. */
static struct expr_cmp between_way(struct expr_cmp low, struct expr_cmp high)
{
	if (low.by == high.by && low.time == high.time)
		return low;
	if (low.by == EXPR_TIME || high.by == EXPR_TIME)
		return low.by == EXPR_TIME ? low : high;
	if ((low.by == EXPR_INT || low.by == EXPR_DECIMAL) &&
	    (high.by == EXPR_INT || high.by == EXPR_DECIMAL)) {
		low.by = EXPR_DECIMAL;
		return low;
	}
	return (struct expr_cmp){.by = EXPR_REAL};
}

bool expr_type_between(struct expr_env *env, struct expr *x)
{
	expr_set_bool(x);
	x->t.nullable = expr_any_nullable(x);
	for (uint32_t i = 0; i < x->n; i++)
		if (is_row(x->arg[i]))
			return expr_unsupported(env, "rows in BETWEEN", (struct str){0});
	x->cmp = between_way(way_of(x->arg[0], x->arg[1]), way_of(x->arg[0], x->arg[2]));
	if (x->cmp.by == EXPR_STRING)
		return common_collation(env, x, x->arg, x->n, &x->cmp.collation);
	return between_year(env, x);
}

bool expr_type_in(struct expr_env *env, struct expr *x)
{
	bool constant = true;

	expr_set_bool(x);
	x->t.nullable = expr_any_nullable(x);
	x->cmps = arena_array(env->arena, x->n, sizeof(*x->cmps));
	if (!x->cmps)
		return err_set(env->e, ERR_NOMEM, "out of memory") == 0;
	if (!compare_with_all(env, x, x->arg, x->n, x->cmps))
		return false;
	if (x->n == 2) /* that is = */
		x->cmps[1].rounds = true;
	for (uint32_t i = 1; i < x->n; i++)
		constant = constant && x->arg[i]->constant;
	for (uint32_t i = 1; constant && i < x->n; i++)
		expr_compare_column(x->arg[0], x->arg[i], &x->cmps[i]);
	return true;
}
