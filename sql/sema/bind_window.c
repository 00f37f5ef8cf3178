/* Windows: which one OVER means, what a server refuses about them, the names in them. */
#include <stdio.h>

#include "sql/ast/ast_info.h"
#include "sql/lex/keyword.h"
#include "sql/sema/bind_int.h"
#include "sql/sema/bind_type.h"
#include "src/base/str.h"

struct look {
	struct bind *b;
	struct bind_query *q;
	const struct ast_select *select;
};

/* X(name, errno, text): what is wrong with a window. */
#define WRONG(X)                                                                                   \
	X(UNKNOWN, 4009, "Window specification with name '%.*s' is not defined")                   \
	X(TWICE, 4010, "Multiple window specifications with the same name '%.*s'")                 \
	X(PARTITION, 4011,                                                                         \
	  "Window specification referencing another one '%.*s' cannot contain partition list")     \
	X(ORDER, 4012, "Referenced window specification '%.*s' already contains order list")       \
	X(FRAME, 4013, "Referenced window specification '%.*s' cannot contain window frame")       \
	X(NO_FRAME, 4017, "Window frame is not allowed with '%.*s'")                               \
	X(NEEDS_ORDER, 4018, "No order list in window specification for '%.*s'")

enum wrong {
#define X(name, code, text) WRONG_##name,
	WRONG(X)
#undef X
};

static int wrong(struct bind *b, enum wrong what, struct str name)
{
	switch (what) {
#define X(name_, code, text)                                                                       \
	case WRONG_##name_:                                                                        \
		return err_set_mysql(b->e, ERR_INVALID, code, "HY000", text, STR_ARG(name));
		WRONG(X)
#undef X
	}
	return -1;
}

/* The window called @name among the first @n of WINDOW; NULL: none. */
static const struct ast_window *named(const struct ast_select *s, uint32_t n, struct str name)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct ast_window *w = AST_AS(window, s->windows.v[i]);

		if (str_ieq(w->name, name))
			return w;
	}
	return NULL;
}

/* @w may go on from its base, one of the first @n. */
static int check_base(struct bind *b, const struct ast_select *s, const struct ast_window *w,
		      uint32_t n)
{
	const struct ast_window *base;

	if (!w->base.p)
		return 0;
	base = named(s, n, w->base);
	if (!base)
		return wrong(b, WRONG_UNKNOWN, w->base);
	if (w->partition.n)
		return wrong(b, WRONG_PARTITION, w->base);
	if (w->order.n && base->order.n)
		return wrong(b, WRONG_ORDER, w->base);
	return base->frame ? wrong(b, WRONG_FRAME, w->base) : 0;
}

static int check_frame(struct bind *b, const struct ast_window *w)
{
	const struct ast_frame *f = AST_AS(frame, w->frame);
	unsigned from, to = AST_BOUND_CURRENT;

	if (!f || !f->from)
		return 0;
	from = f->from->op;
	to = f->to ? f->to->op : to;
	if (from == AST_BOUND_UNBOUNDED_FOLLOWING || to == AST_BOUND_UNBOUNDED_PRECEDING ||
	    (from == AST_BOUND_CURRENT && to == AST_BOUND_PRECEDING) ||
	    (from == AST_BOUND_FOLLOWING && to == AST_BOUND_CURRENT))
		return err_set_mysql(
			b->e, ERR_INVALID, 4014, "HY000",
			"Unacceptable combination of window frame bound specifications");
	return 0;
}

static const struct ast_node *offset_of(const struct ast_node *bound)
{
	return bound ? AST_AS(bound, bound)->value : NULL;
}

/* ROWS n PRECEDING wants whole numbers, RANGE one key to count from. */
static int check_offsets(struct bind *b, const struct ast_window *w)
{
	const struct ast_frame *f = AST_AS(frame, w->frame);
	const struct ast_node *offsets[] = {f ? offset_of(f->from) : NULL,
					    f ? offset_of(f->to) : NULL};

	for (unsigned i = 0; i < 2; i++) {
		const struct ast_node *x = offsets[i];

		if (!x)
			continue;
		if (f->n.op == AST_FRAME_RANGE && w->order.n != 1)
			return err_set_mysql(b->e, ERR_INVALID, 4019, "HY000",
					     "RANGE-type frame requires ORDER BY clause with "
					     "single sort key");
		if (f->n.op == AST_FRAME_ROWS && x->kind == AST_LITERAL && x->op != AST_LIT_INT &&
		    x->op != AST_LIT_PARAM)
			return err_set_mysql(b->e, ERR_INVALID, 4020, "HY000",
					     "Integer is required for ROWS-type frame");
	}
	return 0;
}

static bool has_order(const struct ast_select *s, const struct ast_window *w)
{
	/* A base is one that was defined before, so this ends. */
	for (uint32_t i = 0; w && i <= s->windows.n; i++) {
		if (w->order.n)
			return true;
		w = w->base.p ? named(s, s->windows.n, w->base) : NULL;
	}
	return false;
}

static bool needs_order(unsigned fn)
{
	return fn == FN_RANK || fn == FN_DENSE_RANK || fn == FN_PERCENT_RANK ||
	       fn == FN_CUME_DIST || fn == FN_LAG || fn == FN_LEAD;
}

static bool takes_no_frame(unsigned fn)
{
	return fn == FN_ROW_NUMBER || fn == FN_RANK || fn == FN_DENSE_RANK ||
	       fn == FN_PERCENT_RANK || fn == FN_CUME_DIST || fn == FN_NTILE;
}

/* MySQL has these where MariaDB 10.11 has not. */
static int check_aggregate(struct bind *b, const struct ast_func *f)
{
	const char *what;

	if (b->opts->mysql)
		return 0;
	if (f->fn == FN_GROUP_CONCAT)
		what = "GROUP_CONCAT() aggregate";
	else if (!(f->n.flags & AST_DISTINCT))
		return 0;
	else if (f->fn == FN_COUNT)
		what = "COUNT(DISTINCT) aggregate";
	else if (f->fn == FN_SUM)
		what = "SUM(DISTINCT) aggregate";
	else if (f->fn == FN_AVG)
		what = "AVG(DISTINCT) aggregate";
	else
		return 0;
	return err_set(b->e, ERR_UNSUPPORTED,
		       "This version of MariaDB doesn't yet support '%s as window function'", what);
}

static int check_function(struct look *l, const struct ast_func *f)
{
	const struct ast_window *w = AST_AS(window, f->over);
	const struct ast_select *s = l->select;
	char name[32];

	if (w->n.flags & AST_WINDOW_REF)
		w = named(s, s->windows.n, w->name);
	if (!w)
		return wrong(l->b, WRONG_UNKNOWN, AST_AS(window, f->over)->name);
	if (check_base(l->b, s, w, s->windows.n) || check_frame(l->b, w) ||
	    check_offsets(l->b, w) || check_aggregate(l->b, f))
		return -1;
	snprintf(name, sizeof(name), "%s", keyword_fn_name(f->fn));
	for (char *p = name; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	if (needs_order(f->fn) && !has_order(s, w) && !l->b->opts->mysql)
		return wrong(l->b, WRONG_NEEDS_ORDER, str_of(name));
	if (takes_no_frame(f->fn) && w->frame && !l->b->opts->mysql)
		return wrong(l->b, WRONG_NO_FRAME, str_of(name));
	return 0;
}

static int look_function(struct ast_node *n, void *arg)
{
	if (ast_info_is_query(n))
		return AST_SKIP_CHILDREN;
	if (n->kind == AST_FUNC && AST_AS(func, n)->over && check_function(arg, AST_AS(func, n)))
		return AST_STOP;
	return AST_GO_ON;
}

int bind_window_check(struct bind *b, struct bind_query *q, const struct ast_select *n)
{
	struct look l = {b, q, n};

	for (uint32_t i = 0; i < n->windows.n; i++) {
		const struct ast_window *w = AST_AS(window, n->windows.v[i]);

		if (named(n, i, w->name))
			return wrong(b, WRONG_TWICE, w->name);
	}
	for (uint32_t i = 0; i < n->windows.n; i++) {
		if (check_base(b, n, AST_AS(window, n->windows.v[i]), i) ||
		    check_frame(b, AST_AS(window, n->windows.v[i])))
			return -1;
	}
	return ast_walk_list(&n->items, look_function, &l) &&
			       ast_walk_list(&n->order, look_function, &l)
		       ? 0
		       : -1;
}

static int place_wrong(struct bind *b)
{
	return err_set_mysql(b->e, ERR_INVALID, 4015, "HY000",
			     "Window function is allowed only in SELECT list and ORDER BY clause");
}

int bind_window_place(struct bind *b, const struct bind_query *q)
{
	if (q->in_sum || q->in_window == BIND_IN_WINDOWED)
		return err_set_mysql(b->e, ERR_INVALID, 4074, "HY000",
				     "Window functions can not be used as arguments to group "
				     "functions.");
	if (q->in_window || (q->place != BIND_IN_FIELDS && q->place != BIND_IN_ORDER) ||
	    (q->node->kind != AST_SELECT && q->node->kind != AST_SETOP))
		return place_wrong(b);
	return 0;
}

/* What @x is computed as is known and is @one or @other. */
static bool is_one_of(struct bind *b, struct bind_query *q, const struct ast_node *x,
		      enum expr_result one, enum expr_result other)
{
	struct expr_type t;
	enum expr_result r;

	if (!x || bind_type_expr(b, q, x, &t) != 1 || t.type == TYPE_NULL)
		return false;
	r = expr_result_of(&t);
	return r == one || r == other;
}

/* RANGE n PRECEDING counts; MySQL also with dates and INTERVAL. */
static int check_range(struct bind *b, struct bind_query *q, const struct ast_window *w)
{
	const struct ast_frame *f = AST_AS(frame, w->frame);
	const struct ast_node *from = f ? offset_of(f->from) : NULL;
	const struct ast_node *to = f ? offset_of(f->to) : NULL;
	const struct ast_node *key;

	if ((!from && !to) || f->n.op != AST_FRAME_RANGE || w->order.n != 1 || b->opts->mysql)
		return 0;
	key = AST_AS(order, w->order.v[0])->expr;
	if (!is_one_of(b, q, key, EXPR_STRING, EXPR_TIME) &&
	    !is_one_of(b, q, from, EXPR_STRING, EXPR_TIME) &&
	    !is_one_of(b, q, to, EXPR_STRING, EXPR_TIME))
		return 0;
	return err_set_mysql(b->e, ERR_INVALID, 4021, "HY000",
			     "Numeric datatype is required for RANGE-type frame");
}

int bind_window_percentile(struct bind *b, struct bind_query *q, const struct ast_func *f)
{
	const struct ast_node *share = f->fn == FN_MEDIAN || !f->args.n ? NULL : f->args.v[0];
	const struct ast_node *x = f->order.n  ? AST_AS(order, f->order.v[0])->expr
				   : f->args.n ? f->args.v[0]
					       : NULL;

	if (f->fn != FN_MEDIAN && f->fn != FN_PERCENTILE_CONT && f->fn != FN_PERCENTILE_DISC)
		return 0;
	if (f->fn != FN_PERCENTILE_DISC && is_one_of(b, q, x, EXPR_STRING, EXPR_STRING))
		return err_set_mysql(b->e, ERR_INVALID, 4101, "HY000",
				     "Numeric datatype is required for percentile_cont function");
	if (share && is_one_of(b, q, share, EXPR_STRING, EXPR_TIME))
		return err_set_mysql(b->e, ERR_INVALID, 4104, "HY000",
				     "%s function only accepts arguments that can be converted to "
				     "numerical types",
				     f->fn == FN_PERCENTILE_CONT ? "percentile_cont"
								 : "percentile_disc");
	return 0;
}

static int window(struct bind *b, struct bind_query *q, const struct ast_window *w)
{
	int rc;

	q->in_window = BIND_IN_SPEC;
	rc = bind_query_orders(b, q, &w->partition, BIND_IN_GROUP) ||
			     bind_query_orders(b, q, &w->order, BIND_IN_ORDER)
		     ? -1
		     : 0;
	q->in_window = BIND_NO_WINDOW;
	return rc ? rc : check_range(b, q, w);
}

static int look_window(struct ast_node *n, void *arg)
{
	struct look *l = arg;

	if (ast_info_is_query(n))
		return AST_SKIP_CHILDREN;
	if (n->kind == AST_WINDOW && !(n->flags & AST_WINDOW_REF) &&
	    window(l->b, l->q, AST_AS(window, n)))
		return AST_STOP;
	return AST_GO_ON;
}

int bind_window_all(struct bind *b, struct bind_query *q, const struct ast_select *n)
{
	struct look l = {b, q, n};

	if (!n->windows.n && !q->windowed)
		return 0;
	return ast_walk_list(&n->windows, look_window, &l) &&
			       ast_walk_list(&n->items, look_window, &l) &&
			       ast_walk_list(&n->order, look_window, &l)
		       ? 0
		       : -1;
}
