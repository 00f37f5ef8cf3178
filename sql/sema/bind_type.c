/* A column of a table is what the catalog says. A column of a derived table, view or CTE that a
 * server merges into the query is its expression; of another it is that of a temporary table. */
#include "sql/sema/bind_type.h"

#include "sql/ast/ast_info.h"
#include "sql/lex/keyword.h"
#include "sql/sema/bind_int.h"
#include "sql/sema/expr_type_int.h"
#include "src/base/str.h"

enum { MAX_TYPED = 1000 }; /* expressions of merged tables that are typed once more, a statement */

struct types {
	struct bind *b;
	struct bind_query *q;
	bool optional; /* the tables of q are on the inner side of an outer join */
};

/* The wire's type of a column of a table. */
static uint8_t wire_type(uint8_t type)
{
	switch (type) {
	case TYPE_VARCHAR:
		return TYPE_VAR_STRING;
	case TYPE_ENUM:
	case TYPE_SET:
		return TYPE_STRING;
	case TYPE_TINY_BLOB:
	case TYPE_MEDIUM_BLOB:
	case TYPE_LONG_BLOB:
		return TYPE_BLOB;
	default:
		return type;
	}
}

static bool of_catalog(const struct catalog_column *c, bool optional, struct expr_type *t)
{
	const struct collation *l = collation_get(c->meta.charset);

	if (!c->typed || !l)
		return false;
	*t = (struct expr_type){
		.type = wire_type(c->meta.type),
		.decimals = c->meta.decimals,
		.derivation = EXPR_IMPLICIT,
		.is_unsigned = c->meta.flags & TYPE_FLAG_UNSIGNED,
		.nullable = optional || !(c->meta.flags & TYPE_FLAG_NOT_NULL),
		.length = c->length,
		.collation = l,
	};
	if (expr_result_of(t) != EXPR_STRING) {
		t->ascii = true;
		t->derivation = EXPR_NUMERIC;
	}
	/* Of COUNT and its like. */
	if (t->type == TYPE_LONGLONG && t->length > 20)
		t->digits = t->is_unsigned ? 21 : 20;
	if (expr_result_of(t) == EXPR_REAL && t->decimals >= TYPE_NOT_FIXED_DECIMALS)
		t->decimals = EXPR_NOT_FIXED;
	return true;
}

/* The same as metadata for an operand. */
static bool for_operand(const struct catalog_column *c, bool optional, struct expr_type *t)
{
	if (!of_catalog(c, optional, t))
		return false;
	if (c->meta.type == TYPE_ENUM || c->meta.type == TYPE_SET)
		t->type = c->meta.type;
	if (c->meta.flags & TYPE_FLAG_ZEROFILL)
		t->zerofill = (uint8_t)t->length;
	return true;
}

bool bind_type_operand(const struct catalog_column *c, bool optional, struct expr *x)
{
	*x = (struct expr){.kind = EXPR_COLUMN};
	if (!for_operand(c, optional, &x->t))
		return false;
	expr_column_operand(&x->t);
	return true;
}

/* What column @i of a table is in the end: a column of the catalog or of a temporary table, or the
 * output @o of the merged @q. */
struct root {
	const struct catalog_column *c; /* NULL: o */
	struct bind_query *q;
	const struct bind_output *o;
	bool optional; /* an outer join on the way may make it NULL */
};

static struct root root_of(const struct bind_table *t, uint32_t i, bool optional)
{
	struct root r = {.optional = optional || t->optional};

	while (t->merged) {
		r.q = t->query;
		r.o = &t->query->outputs[i];
		if (!r.o->table)
			return r;
		i = r.o->column;
		t = r.o->table;
		r.optional = r.optional || t->optional;
	}
	r.c = &t->columns[i];
	return r;
}

static struct expr *type_in(struct types *w, const struct ast_node *n, struct err *e);

/* The expression that @r is. */
static int of_merged(struct types *w, const struct root *r, struct expr **out, struct err *e)
{
	struct types inner = {w->b, r->q, r->optional};

	*out = r->o->tree;
	/* What may be NULL anyway stays; a statement that would take too long is cut short. */
	if (!*out || !r->optional || r->o->type.nullable || ++w->b->typed > MAX_TYPED)
		return *out != NULL;
	*out = type_in(&inner, r->o->expr, e);
	return *out ? 1 : e->code == ERR_NOMEM ? -1 : 0;
}

/* The same type, of an operand that is no literal any more. */
static void take(struct expr *x, const struct expr *from)
{
	x->t = from->t;
	x->kind = EXPR_OTHER;
	x->t.is_bool = false;
	x->t.digits = 0;
}

static struct root root_of_ref(const struct types *w, const struct bind_ref *r)
{
	return root_of(r->table, r->column, w->optional && r->query == w->q);
}

const struct catalog_column *bind_type_root(const struct expr_env *env, const struct expr *a)
{
	const struct types *w = env->arg;
	const struct bind_ref *r = a->kind == EXPR_COLUMN && a->column < w->b->ref_count
					   ? &w->b->refs[a->column]
					   : NULL;

	return r && r->table ? root_of(r->table, r->column, false).c : NULL;
}

static int column(void *arg, const struct ast_column *c, struct expr_type *t, uint32_t *number,
		  struct err *e)
{
	struct types *w = arg;
	const struct bind_ref *r = bind_ref_of(w->b, c);
	struct root root = {0};

	*number = c->ref;
	if (r && r->table)
		root = root_of_ref(w, r);
	if (!root.c || !for_operand(root.c, root.optional, t))
		return err_set(e, ERR_UNSUPPORTED, "type of column %.*s", STR_ARG(c->name));
	return 0;
}

/* A column that is an expression: of a merged table, or a select item. */
static int column_expr(struct expr_env *env, const struct ast_column *c, struct expr *x)
{
	struct types *w = env->arg;
	const struct bind_ref *r = bind_ref_of(w->b, c);
	struct expr *from;
	struct root root;
	int rc;

	if (!r)
		return 0;
	if (!r->table) {
		from = r->query->outputs[r->column].tree;
		rc = from != NULL;
	} else {
		root = root_of_ref(w, r);
		if (root.c)
			return 0;
		rc = of_merged(w, &root, &from, env->e);
	}
	if (rc > 0)
		take(x, from);
	return rc;
}

/* --- what is no function of values --- */

/* As servers do it, a query without tables is its expression. */
static bool is_bare(const struct bind_query *q)
{
	const struct ast_select *s = AST_AS(select, q->node);

	return q->node->kind == AST_SELECT && !q->table_count && !q->grouped && !q->windowed &&
	       !s->where && !s->having && !s->limit;
}

/* Output @o as an operand. */
static bool operand_of(const struct bind_output *o, struct expr *x)
{
	struct root root;

	while (o->part)
		o = o->part;
	if (o->tree) {
		*x = *o->tree;
		return true;
	}
	if (!o->typed)
		return false;
	*x = (struct expr){.kind = EXPR_OTHER, .t = o->type};
	if (!o->table)
		return true;
	root = root_of(o->table, o->column, o->optional);
	return root.c && bind_type_operand(root.c, root.optional, x);
}

static int of_subquery(struct bind *b, const struct ast_node *n, struct expr *x)
{
	const struct bind_query *q = bind_query_of(b, AST_AS(subquery, n)->query);
	const struct bind_output *o = q && q->output_count == 1 ? q->outputs : NULL;
	struct expr v;

	if (!o || !o->typed)
		return 0;
	if (q->node->kind == AST_VALUES || q->part_count > 1) {
		struct catalog_column c = bind_type_field(o->tree);

		if (!bind_type_operand(&c, false, &v))
			return 0;
	} else if (!operand_of(o, &v)) {
		return 0;
	}
	if (is_bare(q))
		take(x, &v);
	else
		expr_copy_type(x, &v);
	x->op = BIND_OTHER_ROW;
	return 1;
}

static int of_predicate(const struct ast_node *n, struct expr *x)
{
	bool in = (n->kind == AST_IN && !(n->flags & AST_NOT)) ||
		  (n->kind == AST_QUANTIFIED && n->op == AST_OP_EQ && !(n->flags & AST_ALL));

	expr_set_bool(x);
	if (in)
		x->t.length = 21;
	/* As text it is bytes. */
	if (n->kind == AST_EXISTS)
		x->t.derivation = EXPR_COERCIBLE;
	x->t.nullable = n->kind == AST_IN || in;
	return 1;
}

static int of_assign(struct expr_env *env, const struct ast_assign *n, struct expr *x)
{
	struct expr *v = expr_build_more(env, n->value);

	if (!v)
		return -1;
	x->t = v->t;
	switch (expr_result_of(&v->t)) {
	case EXPR_INT:
		expr_set_int(x, v->t.length, v->t.is_unsigned);
		break;
	case EXPR_REAL:
		x->t.type = TYPE_DOUBLE;
		break;
	case EXPR_TIME:
		expr_set_own_text(env, x, v->t.length);
		break;
	default:
		break;
	}
	x->t.nullable = v->t.nullable;
	return 1;
}

static int other(struct expr_env *env, const struct ast_node *n, struct expr *x)
{
	struct types *w = env->arg;

	switch (n->kind) {
	case AST_COLUMN:
		return column_expr(env, AST_AS(column, n), x);
	case AST_FUNC:
		return bind_type_sum(env, AST_AS(func, n), x);
	case AST_SUBQUERY:
		return of_subquery(w->b, n, x);
	case AST_IN:
	case AST_EXISTS:
	case AST_QUANTIFIED:
		return of_predicate(n, x);
	case AST_ASSIGN:
		return of_assign(env, AST_AS(assign, n), x);
	case AST_MATCH:
		expr_set_real(x, EXPR_NOT_FIXED);
		return 1;
	default:
		return 0; /* what a variable holds is not known */
	}
}

/* --- */

static struct expr *type_in(struct types *w, const struct ast_node *n, struct err *e)
{
	struct expr_env env = {.arena = w->b->arena,
			       .session = w->b->session,
			       .lex = *w->b->opts,
			       .text = w->b->text,
			       .column = column,
			       .other = other,
			       .compute = w->b->compute,
			       .compute_arg = w->b->compute_arg,
			       .arg = w};

	return expr_build(&env, n, e);
}

static int type_of(struct bind *b, struct bind_query *q, const struct ast_node *x,
		   struct expr **out)
{
	struct types w = {b, q, q->windowed};
	struct err e = {0};

	*out = b->session ? type_in(&w, x, &e) : NULL;
	if (*out)
		return 1;
	/* Errors of values are told when they are computed. */
	if (!b->session || e.code != ERR_NOMEM)
		return 0;
	*b->e = e;
	return -1;
}

int bind_type_expr(struct bind *b, struct bind_query *q, const struct ast_node *x,
		   struct expr_type *out)
{
	struct expr *t;
	int rc = type_of(b, q, x, &t);

	if (rc > 0)
		*out = t->t;
	return rc;
}

const char *bind_type_word(const struct expr_type *t)
{
	if (t->type == TYPE_NULL)
		return "null";
	if (t->type == TYPE_TINY && t->is_unsigned)
		return "tiny unsigned";
	return t->is_bool ? "boolean" : expr_type_name(t);
}

/* A column of a query outside. 1, 0: it is not one, -1. */
static int type_outer(struct bind *b, struct bind_output *o)
{
	const struct bind_ref *r = o->expr && o->expr->kind == AST_COLUMN
					   ? bind_ref_of(b, AST_AS(column, o->expr))
					   : NULL;
	struct root root;

	if (!r || !r->table || o->table)
		return 0;
	root = root_of(r->table, r->column, false);
	if (!root.c || !of_catalog(root.c, root.optional, &o->type))
		return 0;
	o->tree = arena_zalloc(b->arena, sizeof(*o->tree));
	if (!o->tree)
		return bind_int_nomem(b);
	o->typed = bind_type_operand(root.c, root.optional, o->tree);
	return 1;
}

/* A plain column keeps what a table says of it. */
static int type_output(struct bind *b, struct bind_query *q, struct bind_output *o)
{
	struct types w = {b, q, false};
	struct root root = {0};
	struct err e = {0};
	int rc;

	o->optional = q->windowed;
	rc = type_outer(b, o);
	if (rc)
		return rc < 0 ? -1 : 0;
	if (o->table)
		root = root_of(o->table, o->column, o->optional);
	if (root.c) {
		o->typed = of_catalog(root.c, root.optional, &o->type);
		return 0;
	}
	if (o->table)
		rc = of_merged(&w, &root, &o->tree, &e);
	else
		rc = o->expr ? type_of(b, q, o->expr, &o->tree) : 0;
	o->typed = rc > 0;
	if (rc > 0)
		o->type = o->tree->t;
	else
		o->tree = NULL;
	if (rc < 0 && o->table)
		*b->e = e;
	return rc < 0 ? -1 : 0;
}

struct catalog_column bind_type_stored(const struct bind_output *o)
{
	struct catalog_column c = {.typed = false};
	struct root root = {0};

	while (o->part)
		o = o->part;
	if (!o->typed)
		return c;
	if (o->table)
		root = root_of(o->table, o->column, o->optional);
	if (!root.c)
		return o->tree ? bind_type_field(o->tree) : c;
	c = *root.c;
	c.invisible = c.generated = false;
	if (root.optional)
		c.meta.flags &= (uint16_t)~TYPE_FLAG_NOT_NULL;
	return c;
}

/* With ROLLUP what is made of columns that are grouped by may be NULL. */
static void rolled_up(const struct bind_query *q)
{
	const struct ast_select *s = AST_AS(select, q->node);

	if (!(s->n.flags & AST_SELECT_ROLLUP))
		return;
	for (uint32_t i = 0; i < q->output_count; i++) {
		struct bind_output *o = &q->outputs[i];

		if (o->expr && o->expr->kind != AST_COLUMN &&
		    (ast_info_has(o->expr) & (AST_HAS_COLUMN | AST_HAS_AGGREGATE)) ==
			    AST_HAS_COLUMN)
			o->type.nullable = true;
	}
}

/* A column that is a key all by itself. */
static bool is_key(const struct bind_table *t, uint32_t column)
{
	uint32_t parts = 0;

	for (uint32_t i = 0; i < t->column_count; i++)
		parts += (t->columns[i].meta.flags & TYPE_FLAG_PRI_KEY) != 0;
	return parts == 1 && (t->columns[column].meta.flags & TYPE_FLAG_PRI_KEY) && !t->query;
}

static bool has_key(const struct bind_query *q)
{
	for (uint32_t i = 0; i < q->output_count; i++) {
		const struct bind_output *o = &q->outputs[i];

		if (o->table && q->table_count == 1 && is_key(o->table, o->column))
			return true;
	}
	return false;
}

/* Aggregates for which a server sorts instead of keeping groups in a table. */
static int look_sorted(struct ast_node *n, void *arg)
{
	const struct ast_func *f = AST_AS(func, n);

	(void)arg;
	if (ast_info_is_query(n))
		return AST_SKIP_CHILDREN;
	if (ast_info_is_aggregate(n) && ((f->n.flags & AST_DISTINCT) || f->fn == FN_GROUP_CONCAT ||
					 f->fn == FN_JSON_ARRAYAGG || f->fn == FN_JSON_OBJECTAGG))
		return AST_STOP;
	return AST_GO_ON;
}

/* The expression that an ORDER BY or GROUP BY item is, positions followed. */
static const struct ast_node *sorted_by(const struct bind_query *q, const struct ast_node *n)
{
	const struct ast_node *x = n->kind == AST_ORDER ? AST_AS(order, n)->expr : n;
	uint64_t at;

	if (x->kind != AST_LITERAL || x->op != AST_LIT_INT)
		return x;
	if (!str_to_u64(AST_AS(literal, x)->text, &at) || !at || at > q->output_count)
		return x;
	return q->outputs[at - 1].expr ? q->outputs[at - 1].expr : x;
}

/* ORDER BY by what is not grouped by. */
static bool sorted_otherwise(const struct bind_query *q, const struct ast_select *s)
{
	for (uint32_t i = 0; i < s->order.n && i < BIND_MAX_TABLES; i++) {
		const struct ast_node *x = sorted_by(q, s->order.v[i]);
		bool grouped = false;

		for (uint32_t k = 0; k < s->group.n && !grouped; k++)
			grouped = ast_equal(x, sorted_by(q, s->group.v[k]));
		if (!grouped)
			return true;
	}
	return false;
}

/* GROUP BY, DISTINCT and windows make a temporary table, whose columns the result has; not so when
 * a key or sorting does it. */
static bool in_table(const struct bind_query *q, const struct ast_select *s)
{
	if (s->n.flags & AST_SELECT_ROLLUP)
		return false;
	if (q->windowed || (s->group.n && sorted_otherwise(q, s)))
		return true;
	if (has_key(q))
		return false;
	if (s->n.flags & AST_SELECT_DISTINCT && q->table_count)
		return true;
	return s->group.n && ast_walk_list(&s->items, look_sorted, NULL);
}

/* Window functions, and subqueries that are the same for all rows, are not read from the table. */
static bool stays(const struct bind *b, const struct ast_node *x)
{
	const struct bind_query *q = NULL;

	if (x && x->kind == AST_SUBQUERY)
		q = bind_query_of(b, AST_AS(subquery, x)->query);
	return (x && x->kind == AST_FUNC && AST_AS(func, x)->over) || (q && !q->correlated);
}

static void grouped(const struct bind *b, const struct bind_query *q)
{
	const struct ast_select *s = AST_AS(select, q->node);

	if (!in_table(q, s))
		return;
	for (uint32_t i = 0; i < q->output_count; i++) {
		struct bind_output *o = &q->outputs[i];
		struct catalog_column c;

		if (!o->typed || o->table || !o->tree || o->tree->constant || stays(b, o->expr))
			continue;
		c = bind_type_field(o->tree);
		of_catalog(&c, false, &o->type);
	}
}

static int set_union(struct bind *b, struct bind_output *o, struct expr **v, uint32_t n)
{
	struct expr *x = arena_zalloc(b->arena, sizeof(*x));
	int rc = x ? bind_type_union(b, v, n, x) : bind_int_nomem(b);

	o->typed = rc > 0;
	if (rc > 0) {
		o->tree = x;
		o->type = x->t;
	}
	return rc < 0 ? -1 : 0;
}

/* Output @i of the parts as operands into @v; false: one is not known. */
static bool part_operands(const struct bind_query *q, uint32_t i, struct expr **v, uint32_t *n)
{
	*n = 0;
	for (uint32_t k = 0; k < q->part_count; k++) {
		/* Those that name a recursive CTE may come later. */
		if (q->parts[k] && !operand_of(&q->parts[k]->outputs[i], v[(*n)++]))
			return false;
	}
	return true;
}

static int type_part(struct bind *b, const struct bind_query *q, uint32_t i, struct expr **v)
{
	struct bind_output *o = &q->outputs[i];
	struct catalog_column c;
	uint32_t n;

	if (q->part_count == 1) {
		o->part = &q->parts[0]->outputs[i];
		o->type = o->part->type;
		o->typed = o->part->typed;
		return 0;
	}
	o->typed = false;
	if (!part_operands(q, i, v, &n))
		return 0;
	if (set_union(b, o, v, n))
		return -1;
	if (o->typed) {
		c = bind_type_field(o->tree);
		of_catalog(&c, false, &o->type);
	}
	return 0;
}

/* The parts of a set operation are rows of a temporary table. */
static int type_setop(struct bind *b, struct bind_query *q)
{
	struct expr *all = arena_array(b->arena, q->part_count, sizeof(*all));
	struct expr **v = arena_array(b->arena, q->part_count, sizeof(struct expr *));

	if (!all || !v)
		return bind_int_nomem(b);
	for (uint32_t k = 0; k < q->part_count; k++)
		v[k] = &all[k];
	for (uint32_t i = 0; i < q->output_count; i++) {
		if (type_part(b, q, i, v))
			return -1;
	}
	return 0;
}

static int type_values(struct bind *b, struct bind_query *q, const struct ast_values *n)
{
	struct expr **v = arena_array(b->arena, n->rows.n, sizeof(struct expr *));

	if (!v)
		return bind_int_nomem(b);
	for (uint32_t i = 0; i < q->output_count; i++) {
		int rc = 1;

		for (uint32_t k = 0; rc > 0 && k < n->rows.n; k++)
			rc = type_of(b, q, AST_AS(row, n->rows.v[k])->items.v[i], &v[k]);
		if (rc < 0 || (rc > 0 && set_union(b, &q->outputs[i], v, n->rows.n)))
			return -1;
	}
	return 0;
}

int bind_type_outputs(struct bind *b, struct bind_query *q)
{
	if (!b->session)
		return 0;
	if (q->node->kind == AST_SETOP)
		return type_setop(b, q);
	if (q->node->kind == AST_VALUES)
		return type_values(b, q, AST_AS(values, q->node));
	for (uint32_t i = 0; i < q->output_count; i++) {
		if (type_output(b, q, &q->outputs[i]) < 0)
			return -1;
	}
	if (q->node->kind == AST_SELECT) {
		rolled_up(q);
		grouped(b, q);
	}
	return 0;
}
