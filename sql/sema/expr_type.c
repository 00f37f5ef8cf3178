/* From nodes of the statement's tree to typed ones. */
#include "sql/sema/expr_type.h"

#include "sql/lex/keyword.h"
#include "sql/sema/expr_type_int.h"

static struct expr *build(struct expr_env *env, const struct ast_node *n);

/* Builds @n as the next argument of @x; @row: it may be a row. */
static bool add_arg(struct expr_env *env, struct expr *x, const struct ast_node *n, bool row)
{
	struct expr *a = n ? build(env, n) : NULL;

	if (!a)
		return false;
	if (a->kind == EXPR_ROW_VALUE && !row) {
		err_set_mysql(env->e, ERR_INVALID, 1241, "21000",
			"Operand should contain 1 column(s)");
		return false;
	}
	x->arg[x->n++] = a;
	x->constant = x->constant && a->constant;
	return true;
}

/* Integers are as wide as their type, whatever their display width. */
static void set_int_width(struct expr_type *t)
{
	t->width = (uint8_t)(t->length < UINT8_MAX ? t->length : 0);
	switch (t->type) {
	case TYPE_TINY:
		t->length = t->is_unsigned ? 3 : 4;
		break;
	case TYPE_SHORT:
		t->length = t->is_unsigned ? 5 : 6;
		break;
	case TYPE_INT24:
		t->length = t->is_unsigned ? 8 : 9;
		break;
	case TYPE_LONG:
		t->length = t->is_unsigned ? 10 : 11;
		break;
	case TYPE_LONGLONG:
		t->length = 20;
		break;
	default:
		break;
	}
}

/* Metadata calls all of them BLOB, and counts a TEXT's bytes as if each were a character. */
static void set_blob_width(struct expr_type *t)
{
	uint64_t bytes = (uint64_t)t->length * charset_get(t->collation->charset)->mbmax;

	if (t->length < 1u << 8)
		t->type = TYPE_TINY_BLOB;
	else if (t->length < 1u << 16)
		t->type = TYPE_BLOB;
	else
		t->type = t->length < 1u << 24 ? TYPE_MEDIUM_BLOB : TYPE_LONG_BLOB;
	t->length = bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

void expr_column_operand(struct expr_type *t)
{
	if (expr_result_of(t) == EXPR_STRING && t->type != TYPE_ENUM && t->type != TYPE_SET)
		t->decimals = EXPR_NOT_FIXED;
	if (expr_result_of(t) == EXPR_STRING)
		t->ascii = t->collation->charset == CHARSET_ASCII;
	/* In texts a BIT is bytes. */
	if (t->type == TYPE_BIT)
		t->derivation = EXPR_IMPLICIT;
	set_int_width(t);
	if (t->type >= TYPE_TINY_BLOB && t->type <= TYPE_BLOB)
		set_blob_width(t);
}

static struct expr *build_column(struct expr_env *env, const struct ast_column *n)
{
	struct expr *x = expr_new(env, EXPR_COLUMN, &n->n, 0);

	if (!x)
		return NULL;
	if (!env->column) {
		err_set_mysql(env->e, ERR_BAD_FIELD, 1054, "42S22",
			      "Unknown column '%.*s' in 'field list'", STR_ARG(n->name));
		return NULL;
	}
	x->constant = false;
	if (env->other) {
		int rc = env->other(env, &n->n, x);

		if (rc)
			return rc > 0 ? x : NULL;
	}
	if (env->column(env->arg, n, &x->t, &x->column, env->e))
		return NULL;
	expr_column_operand(&x->t);
	return x;
}

static struct expr *build_unary(struct expr_env *env, const struct ast_unary *n)
{
	struct expr *x = expr_new(env, EXPR_UNARY, &n->n, 1);
	struct expr *a;

	if (!x || !add_arg(env, x, n->arg, false))
		return NULL;
	a = x->arg[0];
	x->op = n->n.op;
	if (x->op == AST_OP_PLUS)
		return a;
	if ((x->op == AST_OP_NEG && expr_negate_literal(env, a)) ||
	    ((x->op == AST_OP_NOT || x->op == AST_OP_BANG) && expr_invert_literal(a)))
		return a;
	return expr_type_unary(env, x) ? x : NULL;
}

static struct expr *build_interval_add(struct expr_env *env, const struct ast_node *n,
				       const struct ast_node *date, const struct ast_node *interval,
				       bool minus)
{
	struct expr *x = expr_new(env, EXPR_INTERVAL_ADD, n, 2);

	if (!x || !add_arg(env, x, date, false) ||
	    !add_arg(env, x, AST_AS(interval, interval)->value, false))
		return NULL;
	x->unit = (uint16_t)AST_AS(interval, interval)->unit;
	x->negated = minus;
	return expr_type_interval(env, x) ? x : NULL;
}

static struct expr *call_of(struct expr_env *env, const struct ast_node *n, unsigned fn,
			    const struct ast_node *a, const struct ast_node *b)
{
	struct expr *x = expr_new(env, EXPR_CALL, n, 2);

	if (!x || !add_arg(env, x, a, false) || !add_arg(env, x, b, false))
		return NULL;
	x->fn = (uint16_t)fn;
	return expr_type_func(env, x) ? x : NULL;
}

/* @fn of @a, NULL when there is no @a. */
static struct expr *call_on(struct expr_env *env, const struct ast_node *n, unsigned fn,
			    struct expr *a)
{
	struct expr *x = a ? expr_new(env, EXPR_CALL, n, 1) : NULL;

	if (!x)
		return NULL;
	x->arg[x->n++] = a;
	x->constant = a->constant;
	x->fn = (uint16_t)fn;
	return expr_type_func(env, x) ? x : NULL;
}

static struct expr *build_binary(struct expr_env *env, const struct ast_binary *n)
{
	struct expr *x;
	bool compares = n->n.op >= AST_OP_EQ && n->n.op <= AST_OP_GE;

	if (n->right->kind == AST_INTERVAL)
		return build_interval_add(env, &n->n, n->left, n->right, n->n.op == AST_OP_SUB);
	if (n->left->kind == AST_INTERVAL)
		return build_interval_add(env, &n->n, n->right, n->left, false);
	if (n->n.op == AST_OP_CONCAT)
		return call_of(env, &n->n, FN_CONCAT, n->left, n->right);
	if (n->n.op == AST_OP_ARROW || n->n.op == AST_OP_ARROW2) {
		x = call_of(env, &n->n, FN_JSON_EXTRACT, n->left, n->right);
		return n->n.op == AST_OP_ARROW ? x : call_on(env, &n->n, FN_JSON_UNQUOTE, x);
	}
	x = expr_new(env, EXPR_BINARY, &n->n, 2);
	if (!x || !add_arg(env, x, n->left, compares) || !add_arg(env, x, n->right, compares))
		return NULL;
	x->op = n->n.op;
	return expr_type_binary(env, x) ? x : NULL;
}

/* @n and its operands, all single values, with the type of a predicate. */
static struct expr *predicate(struct expr_env *env, enum expr_kind kind, const struct ast_node *n,
			      const struct ast_list *args)
{
	struct expr *x = expr_new(env, kind, n, args->n);

	if (!x)
		return NULL;
	for (uint32_t i = 0; i < args->n; i++)
		if (!add_arg(env, x, args->v[i], false))
			return NULL;
	x->op = n->op;
	x->negated = n->flags & AST_NOT;
	expr_set_bool(x);
	x->t.nullable = expr_any_nullable(x);
	return x;
}

static struct expr *build_is(struct expr_env *env, const struct ast_is *n)
{
	struct ast_node *arg = n->arg;
	struct ast_list l = {&arg, 1, 1};
	struct expr *x = predicate(env, EXPR_IS, &n->n, &l);

	if (x)
		x->t.nullable = false;
	return x;
}

static struct expr *build_like(struct expr_env *env, const struct ast_like *n)
{
	struct ast_node *args[] = {n->arg, n->pattern, n->escape};
	struct ast_list l = {args, n->escape ? 3 : 2, 3};
	struct expr_type bool_type;
	struct expr *x;

	if (n->n.op == AST_OP_SOUNDS) {
		expr_unsupported(env, "SOUNDS LIKE", (struct str){0});
		return NULL;
	}
	x = predicate(env, n->n.op == AST_OP_REGEXP ? EXPR_REGEXP : EXPR_LIKE, &n->n, &l);
	if (!x)
		return NULL;
	bool_type = x->t;
	if (!expr_aggregate_collation(env, x, x->arg, 2, true))
		return NULL;
	x->cmp = (struct expr_cmp){.by = EXPR_STRING, .collation = x->t.collation};
	x->t = bool_type;
	return x;
}

static struct expr *build_in(struct expr_env *env, const struct ast_in *n)
{
	struct expr *x = expr_new(env, EXPR_IN, &n->n, n->list.n + 1);

	if (n->query) {
		expr_unsupported(env, "subquery", (struct str){0});
		return NULL;
	}
	if (!x || !add_arg(env, x, n->arg, true))
		return NULL;
	for (uint32_t i = 0; i < n->list.n; i++)
		if (!add_arg(env, x, n->list.v[i], true))
			return NULL;
	x->negated = n->n.flags & AST_NOT;
	return expr_type_in(env, x) ? x : NULL;
}

static struct expr *build_between(struct expr_env *env, const struct ast_between *n)
{
	struct ast_node *args[] = {n->arg, n->low, n->high};
	struct ast_list l = {args, 3, 3};
	struct expr *x = predicate(env, EXPR_BETWEEN, &n->n, &l);

	return x && expr_type_between(env, x) ? x : NULL;
}

static struct expr *build_row(struct expr_env *env, const struct ast_row *n)
{
	struct expr *x = expr_new(env, EXPR_ROW_VALUE, &n->n, n->items.n);

	if (!x)
		return NULL;
	for (uint32_t i = 0; i < n->items.n; i++)
		if (!add_arg(env, x, n->items.v[i], true))
			return NULL;
	x->t.nullable = expr_any_nullable(x);
	return x;
}

static struct expr *build_case(struct expr_env *env, const struct ast_case *n)
{
	struct expr *x = expr_new(env, EXPR_CASE, &n->n, n->whens.n * 2 + 2);

	if (!x)
		return NULL;
	x->has_operand = n->operand;
	x->has_else = n->otherwise;
	if (n->operand && !add_arg(env, x, n->operand, false))
		return NULL;
	for (uint32_t i = 0; i < n->whens.n; i++) {
		const struct ast_when *w = AST_AS(when, n->whens.v[i]);

		if (!add_arg(env, x, w->cond, false) || !add_arg(env, x, w->result, false))
			return NULL;
	}
	if (n->otherwise && !add_arg(env, x, n->otherwise, false))
		return NULL;
	return expr_type_case(env, x) ? x : NULL;
}

static struct expr *build_cast(struct expr_env *env, const struct ast_cast *n)
{
	struct expr *x = expr_new(env, EXPR_CAST, &n->n, 1);

	if (!x || !add_arg(env, x, n->arg, false))
		return NULL;
	return expr_type_cast(env, x, AST_AS(type, n->type)->text) ? x : NULL;
}

static struct expr *build_convert(struct expr_env *env, const struct ast_convert *n)
{
	struct expr *x = expr_new(env, EXPR_CONVERT, &n->n, 1);
	enum charset_id cs;

	if (!x || !add_arg(env, x, n->arg, false))
		return NULL;
	if (!charset_find(n->charset, &cs)) {
		expr_unsupported(env, "character set", n->charset);
		return NULL;
	}
	x->t.collation = collation_get(charset_get(cs)->default_collation);
	x->t.derivation = EXPR_IMPLICIT;
	x->t.ascii = cs == CHARSET_ASCII;
	expr_set_text(x, expr_chars(&x->arg[0]->t));
	x->t.nullable = x->arg[0]->t.nullable || (env->session->mode & EXPR_STRICT);
	return x;
}

static struct expr *build_collate(struct expr_env *env, const struct ast_collate *n)
{
	struct expr *x = expr_new(env, EXPR_COLLATE, &n->n, 1);
	const struct collation *c = collation_find(n->name);
	enum charset_id cs;

	if (!x || !add_arg(env, x, n->arg, false))
		return NULL;
	if (!c) {
		expr_unsupported(env, "collation", n->name);
		return NULL;
	}
	cs = expr_is_number(x->arg[0]) || expr_result_of(&x->arg[0]->t) == EXPR_TIME
		     ? env->session->collation->charset
		     : x->arg[0]->t.collation->charset;
	if (cs != c->charset && x->arg[0]->t.type != TYPE_NULL) {
		err_set_mysql(env->e, ERR_INVALID, 1253, "42000",
			      "COLLATION '%s' is not valid for CHARACTER SET '%s'", c->name,
			      charset_get(cs)->name);
		return NULL;
	}
	x->t.collation = c;
	x->t.derivation = EXPR_EXPLICIT;
	x->t.ascii = x->arg[0]->t.ascii;
	expr_set_text(x, expr_chars(&x->arg[0]->t));
	x->t.nullable = x->arg[0]->t.nullable || (env->session->mode & EXPR_STRICT);
	return x;
}

static struct expr *build_trim(struct expr_env *env, const struct ast_trim *n)
{
	struct expr *x = expr_new(env, EXPR_TRIM, &n->n, 2);
	struct expr *texts[2];

	if (!x || !add_arg(env, x, n->from, false) || (n->what && !add_arg(env, x, n->what, false)))
		return NULL;
	x->op = n->n.op;
	/* What is taken away comes first. */
	texts[0] = x->arg[x->n - 1];
	texts[1] = x->arg[0];
	if (!expr_aggregate_collation(env, x, texts, x->n, true))
		return NULL;
	expr_set_text(x, expr_chars(&x->arg[0]->t));
	x->t.nullable = expr_any_nullable(x) || (env->session->mode & EXPR_STRICT);
	return x;
}

static bool is_interval_call(const struct ast_func *n)
{
	return (n->fn == FN_DATE_ADD || n->fn == FN_DATE_SUB || n->fn == FN_ADDDATE ||
		n->fn == FN_SUBDATE) &&
	       n->args.n == 2 && n->args.v[1]->kind == AST_INTERVAL;
}

static struct expr *build_func(struct expr_env *env, const struct ast_func *n)
{
	struct expr *x;
	uint32_t min, max, first = n->args.n && n->args.v[0]->kind == AST_UNIT;
	const uint16_t odd = AST_DISTINCT | AST_STAR_ARG | AST_IGNORE_NULLS | AST_RESPECT_NULLS;

	if (is_interval_call(n))
		return build_interval_add(env, &n->n, n->args.v[0], n->args.v[1],
					  n->fn == FN_DATE_SUB || n->fn == FN_SUBDATE);
	if (!expr_func_arity(n->fn, &min, &max) || n->schema.p || n->over || n->order.n ||
		n->separator ||
	    (n->n.flags & odd)) {
		expr_unsupported(env, "function", n->name);
		return NULL;
	}
	if (n->args.n < min || n->args.n > max) {
		err_set_mysql(env->e, ERR_INVALID, 1582, "42000",
			      "Incorrect parameter count in the call to native function '%.*s'",
			      STR_ARG(n->name));
		return NULL;
	}
	x = expr_new(env, EXPR_CALL, &n->n, n->args.n);
	if (!x)
		return NULL;
	x->fn = (uint16_t)n->fn;
	if (first)
		x->unit = (uint16_t)AST_AS(unit, n->args.v[0])->unit;
	for (uint32_t i = first; i < n->args.n; i++)
		if (!add_arg(env, x, n->args.v[i], false))
			return NULL;
	if (n->charset.p) {
		enum charset_id cs;

		if (!charset_find(n->charset, &cs)) {
			expr_unsupported(env, "character set", n->charset);
			return NULL;
		}
		x->op = (uint8_t)(cs + 1);
	}
	return expr_type_func(env, x) ? x : NULL;
}

/* Types only: NULL without an error when it is not known. */
static struct expr *build_other(struct expr_env *env, const struct ast_node *n)
{
	struct expr *x = expr_new(env, EXPR_OTHER, n, 0);
	int rc = x ? env->other(env, n, x) : -1;

	if (x)
		x->constant = false;
	if (rc == 0)
		expr_unsupported(env, ast_kind_name(n->kind), (struct str){0});
	return rc > 0 ? x : NULL;
}

static bool is_other(const struct ast_node *n)
{
	switch (n->kind) {
	case AST_FUNC:
		return AST_AS(func, n)->over ||
		       (keyword_fn_flags(AST_AS(func, n)->fn) & (FN_IS_AGG | FN_IS_WIN));
	case AST_IN:
		return AST_AS(in, n)->query != NULL;
	case AST_SUBQUERY:
	case AST_EXISTS:
	case AST_QUANTIFIED:
	case AST_USER_VAR:
	case AST_SYS_VAR:
	case AST_ASSIGN:
	case AST_DEFAULT:
	case AST_VALUES_FN:
	case AST_MATCH:
		return true;
	default:
		return false;
	}
}

static struct expr *build_any(struct expr_env *env, const struct ast_node *n)
{
	if (env->other && is_other(n))
		return build_other(env, n);
	switch (n->kind) {
	case AST_LITERAL:
		return expr_literal(env, AST_AS(literal, n));
	case AST_INTRODUCER:
		return expr_introducer(env, AST_AS(introducer, n));
	case AST_TEMPORAL:
		return expr_temporal(env, AST_AS(temporal, n));
	case AST_COLUMN:
		return build_column(env, AST_AS(column, n));
	case AST_FUNC:
		return build_func(env, AST_AS(func, n));
	case AST_UNARY:
		return build_unary(env, AST_AS(unary, n));
	case AST_BINARY:
		return build_binary(env, AST_AS(binary, n));
	case AST_LOGIC:
		return predicate(env, EXPR_LOGIC, n, &AST_AS(logic, n)->args);
	case AST_IS:
		return build_is(env, AST_AS(is, n));
	case AST_BETWEEN:
		return build_between(env, AST_AS(between, n));
	case AST_IN:
		return build_in(env, AST_AS(in, n));
	case AST_LIKE:
		return build_like(env, AST_AS(like, n));
	case AST_ROW:
		return build_row(env, AST_AS(row, n));
	case AST_CASE:
		return build_case(env, AST_AS(case, n));
	case AST_CAST:
		return build_cast(env, AST_AS(cast, n));
	case AST_CONVERT:
		return build_convert(env, AST_AS(convert, n));
	case AST_COLLATE:
		return build_collate(env, AST_AS(collate, n));
	case AST_TRIM:
		return build_trim(env, AST_AS(trim, n));
	default:
		expr_unsupported(env, ast_kind_name(n->kind), (struct str){0});
		return NULL;
	}
}

static struct expr *build(struct expr_env *env, const struct ast_node *n)
{
	struct expr *x;

	if (++env->depth > EXPR_MAX_DEPTH) {
		err_set(env->e, ERR_TOO_DEEP, "expression is nested too deep");
		return NULL;
	}
	x = build_any(env, n);
	env->depth--;
	return x;
}

struct expr *expr_build_more(struct expr_env *env, const struct ast_node *n)
{
	return build(env, n);
}

struct expr *expr_build(struct expr_env *env, const struct ast_node *n, struct err *e)
{
	struct err ignored;
	struct expr *x;
	uint32_t number;

	env->e = e ? e : &ignored;
	env->depth = 0;
	x = build(env, n);
	/* A column alone is told as the table has it. */
	if (x && x->kind == EXPR_COLUMN && n->kind == AST_COLUMN &&
	    env->column(env->arg, AST_AS(column, n), &x->t, &number, env->e))
		return NULL;
	if (x && x->kind == EXPR_COLUMN && expr_result_of(&x->t) == EXPR_STRING)
		x->t.decimals = 0;
	return x;
}
