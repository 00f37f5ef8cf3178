/* Expressions: each name in them, and how many columns operands have. */
#include "sql/ast/ast_info.h"
#include "sql/lex/keyword.h"
#include "sql/sema/bind_int.h"
#include "sql/sema/expr_type_int.h"
#include "src/base/str.h"

static const char *const operators[] = {
	"",
#define X(name, text, prec) text,
#include "sql/ast/ops.def"
#undef X
};

struct walk {
	struct bind *b;
	struct bind_query *q;
};

int bind_expr_one(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	int n = bind_expr_any(b, q, x);

	if (n < 0)
		return -1;
	return n == 1 ? 0 : bind_int_operand(b, 1);
}

static bool child(struct ast_node **place, void *arg)
{
	struct walk *w = arg;

	return bind_expr_one(w->b, w->q, *place) == 0;
}

int bind_expr_list(struct bind *b, struct bind_query *q, const struct ast_list *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		if (bind_expr_one(b, q, l->v[i]))
			return -1;
	}
	return 0;
}

static int subquery(struct bind *b, struct bind_query *q, struct ast_node *query)
{
	struct bind_query *inner = bind_query_make(b, query, q);

	return inner ? (int)inner->output_count : -1;
}

/* The left operand of IN, ANY, ALL: messages tell that place. */
static int left_of_query(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	bool outer = q->in_left;
	int n;

	q->in_left = true;
	n = bind_expr_any(b, q, x);
	q->in_left = outer;
	return n;
}

struct levels {
	struct bind *b;
	uint32_t least;
	bool any;
};

static int look_level(struct ast_node *n, void *arg)
{
	struct levels *l = arg;
	const struct bind_ref *r;

	if (n->kind != AST_COLUMN)
		return AST_GO_ON;
	r = bind_ref_of(l->b, AST_AS(column, n));
	if (r) {
		l->any = true;
		l->least = r->levels < l->least ? r->levels : l->least;
	}
	return AST_GO_ON;
}

/* How many levels out the aggregate @f belongs: where its columns are. */
static uint32_t aggregate_level(struct bind *b, const struct ast_func *f)
{
	struct levels l = {.b = b, .least = UINT32_MAX};

	ast_walk_list(&f->args, look_level, &l);
	return l.any ? l.least : 0;
}

struct aggregates {
	struct bind *b;
	uint32_t level; /* queries within */
};

/* False: found. */
static bool look_aggregate(struct ast_node **place, void *arg)
{
	struct aggregates *a = arg;
	/* The parts of a set operation are as far out as it is. */
	bool query = (*place)->kind == AST_SELECT || (*place)->kind == AST_VALUES, none;

	if (ast_info_is_aggregate(*place) &&
	    aggregate_level(a->b, AST_AS(func, *place)) == a->level)
		return false;
	a->level += query;
	none = ast_each(*place, look_aggregate, a);
	a->level -= query;
	return none;
}

bool bind_expr_aggregates(struct bind *b, const struct ast_node *x)
{
	struct aggregates a = {b, 0};
	struct ast_node *n = (struct ast_node *)(uintptr_t)x;

	return !look_aggregate(&n, &a);
}

static bool may_aggregate(const struct bind_query *q)
{
	return (q->node->kind == AST_SELECT || q->node->kind == AST_SETOP) &&
	       (q->place == BIND_IN_FIELDS || q->place == BIND_IN_HAVING ||
		q->place == BIND_IN_ORDER || q->in_window);
}

/* An aggregate belongs to the query its columns are of; is one allowed where it stands there? */
static int aggregate_place(struct bind *b, struct bind_query *q, const struct ast_func *f)
{
	struct bind_query *of = q;

	for (uint32_t i = aggregate_level(b, f); i && of->outer; i--)
		of = of->outer;
	/* An argument of JSON_TABLE has the rows of a query in it to itself. */
	if (of != q && of->place == BIND_IN_JSON_TABLE)
		of = q;
	if (!may_aggregate(of))
		return err_set_mysql(b->e, ERR_INVALID, 1111, "HY000",
				     "Invalid use of group function");
	of->grouped = of->aggregated = true;
	return 0;
}

static int function_order(struct bind *b, struct bind_query *q, const struct ast_func *f)
{
	uint8_t place = q->place;
	int rc = 0;

	if (f->n.flags & AST_WITHIN_GROUP)
		q->place = BIND_IN_ORDER;
	for (uint32_t i = 0; rc == 0 && i < f->order.n; i++) {
		struct ast_node *x = AST_AS(order, f->order.v[i])->expr;
		struct ast_column c = {.name = AST_AS(literal, x)->text};
		uint64_t n;

		if (x->kind != AST_LITERAL)
			rc = bind_expr_one(b, q, x);
		else if (x->op == AST_LIT_INT && (!str_to_u64(c.name, &n) || !n || n > f->args.n))
			rc = bind_int_unknown(b, &c, BIND_IN_ORDER);
	}
	q->place = place;
	return rc;
}

/* What a server takes; here some are computed with fewer only. */
static bool arity_of(unsigned fn, uint32_t *min, uint32_t *max)
{
	if (!expr_func_arity(fn, min, max))
		return false;
	if (fn == FN_ATAN2)
		*min = 1;
	if (fn == FN_CRC32 || fn == FN_FROM_UNIXTIME)
		*max = 2;
	if (fn == FN_FORMAT || fn == FN_DATE_FORMAT)
		*max = 3;
	return true;
}

/* Of the functions that are known here with their arguments. */
static int count_args(struct bind *b, const struct ast_func *f)
{
	uint32_t min, max;

	if (f->schema.p || !arity_of(f->fn, &min, &max) ||
	    (f->args.n >= min && (f->args.n <= max || max == EXPR_ANY_ARGS)))
		return 0;
	return err_set_mysql(b->e, ERR_INVALID, 1582, "42000",
			     "Incorrect parameter count in the call to native function '%.*s'",
			     STR_ARG(f->name));
}

static int in_function(struct bind *b, struct bind_query *q, struct ast_func *f)
{
	/* COUNT(DISTINCT a, b): each is an argument. */
	return count_args(b, f) || bind_expr_list(b, q, &f->args) || function_order(b, q, f) ? -1
											     : 0;
}

static int window_func(struct bind *b, struct bind_query *q, struct ast_func *f)
{
	int rc;

	if (bind_window_place(b, q))
		return -1;
	q->windowed = true;
	q->in_window = BIND_IN_WINDOWED;
	rc = in_function(b, q, f);
	q->in_window = BIND_NO_WINDOW;
	return rc || bind_window_percentile(b, q, f) ? -1 : 1;
}

static int func(struct bind *b, struct bind_query *q, struct ast_func *f)
{
	bool sums = ast_info_is_aggregate(&f->n);
	int rc;

	if (f->over)
		return window_func(b, q, f);
	if (sums && q->in_sum)
		return err_set_mysql(b->e, ERR_INVALID, 1111, "HY000",
				     "Invalid use of group function");
	q->in_sum = q->in_sum || sums;
	rc = in_function(b, q, f);
	q->in_sum = q->in_sum && !sums;
	if (rc || (sums && aggregate_place(b, q, f)))
		return -1;
	return 1;
}

/* The operator as messages about rows tell it; NULL: one that takes none. */
static const char *row_operator(unsigned op)
{
	switch (op) {
	case AST_OP_EQ:
	case AST_OP_NULLSAFE:
	case AST_OP_NE:
	case AST_OP_LT:
	case AST_OP_LE:
	case AST_OP_GT:
	case AST_OP_GE:
	case AST_OP_ADD:
	case AST_OP_SUB:
	case AST_OP_MUL:
	case AST_OP_DIV:
		return operators[op];
	case AST_OP_MOD:
		return "MOD";
	default:
		return NULL;
	}
}

static bool compares(unsigned op)
{
	return op >= AST_OP_EQ && op <= AST_OP_GE;
}

static int binary(struct bind *b, struct bind_query *q, const struct ast_binary *n)
{
	const char *op = row_operator(n->n.op);
	int left = bind_expr_any(b, q, n->left), right;

	if (left < 0 || (left != 1 && !op))
		return left < 0 ? -1 : bind_int_operand(b, 1);
	right = bind_expr_any(b, q, n->right);
	if (right < 0 || (right != 1 && !op))
		return right < 0 ? -1 : bind_int_operand(b, 1);
	if (left == 1 && right == 1)
		return 1;
	if (!compares(n->n.op))
		return bind_row_illegal(b, q, n->left, n->right, op);
	return bind_row_same(b, q, n->left, n->right, op) ? -1 : 1;
}

static int in_list(struct bind *b, struct bind_query *q, const struct ast_in *n)
{
	const char *what = n->list.n == 1 ? "=" : "in";

	for (uint32_t i = 0; i < n->list.n; i++) {
		if (bind_expr_any(b, q, n->list.v[i]) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < n->list.n; i++) {
		if (bind_row_same(b, q, n->arg, n->list.v[i], what))
			return -1;
	}
	return 1;
}

static int in(struct bind *b, struct bind_query *q, const struct ast_in *n)
{
	int left = n->query ? left_of_query(b, q, n->arg) : bind_expr_any(b, q, n->arg);

	if (left < 0)
		return -1;
	if (!n->query)
		return in_list(b, q, n);
	if (subquery(b, q, n->query) < 0 || bind_row_in_query(b, n->arg, n->query))
		return -1;
	return 1;
}

static int quantified(struct bind *b, struct bind_query *q, const struct ast_quantified *n)
{
	/* = ANY and <> ALL are IN and NOT IN, which take rows. */
	bool rows = n->n.flags & AST_ALL ? n->n.op == AST_OP_NE : n->n.op == AST_OP_EQ;
	int left = left_of_query(b, q, n->left);

	if (left < 0 || subquery(b, q, n->query) < 0)
		return -1;
	if (left != 1 && !rows)
		return bind_int_operand(b, 1);
	return bind_row_in_query(b, n->left, n->query) ? -1 : 1;
}

static int row(struct bind *b, struct bind_query *q, const struct ast_row *n)
{
	for (uint32_t i = 0; i < n->items.n; i++) {
		if (bind_expr_any(b, q, n->items.v[i]) < 0)
			return -1;
	}
	return (int)n->items.n;
}

static int others(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	struct walk w = {b, q};

	return ast_each(x, child, &w) ? 1 : -1;
}

static int column(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	bool items = q->place == BIND_IN_GROUP || q->place == BIND_IN_ORDER ||
		     (q->place == BIND_IN_HAVING && !q->in_sum);

	return bind_name_column(b, q, AST_AS(column, x), items) ? -1 : 1;
}

static int by_kind(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	switch (x->kind) {
	case AST_COLUMN:
		return column(b, q, x);
	case AST_LITERAL:
	case AST_USER_VAR:
	case AST_SYS_VAR:
	case AST_TYPE:
	case AST_UNIT:
	case AST_SEQ_VALUE:
	case AST_WINDOW:
		return 1;
	case AST_FUNC:
		return func(b, q, AST_AS(func, x));
	case AST_VALUES_FN:
		return bind_insert_values(b, q, AST_AS(values_fn, x)) ? -1 : 1;
	case AST_BINARY:
		return binary(b, q, AST_AS(binary, x));
	case AST_IN:
		return in(b, q, AST_AS(in, x));
	case AST_QUANTIFIED:
		return quantified(b, q, AST_AS(quantified, x));
	case AST_ROW:
		return row(b, q, AST_AS(row, x));
	case AST_SUBQUERY:
		return subquery(b, q, AST_AS(subquery, x)->query);
	case AST_EXISTS:
		return subquery(b, q, AST_AS(exists, x)->query) < 0 ? -1 : 1;
	default:
		return others(b, q, x);
	}
}

int bind_expr_any(struct bind *b, struct bind_query *q, struct ast_node *x)
{
	int n;

	if (++b->depth > BIND_MAX_DEPTH)
		return bind_int_deep(b);
	bind_int_at(b, x);
	n = by_kind(b, q, x);
	b->depth--;
	return n;
}
