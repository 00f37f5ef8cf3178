/* plan_route - which shards a query block needs.
 *
 * Tables of a block belong together when equalities tie their primary vindex columns
 * (t1.id = t2.user_id, both by the same vindex): rows that join are then on the same shard. If all
 * tables of the statement's sharded part are one such class, every shard can answer for its own
 * rows, and a literal compared with one of the class's columns says which shards those are. */
#include <string.h>

#include "gate/plan/plan_int.h"
#include "src/data/type.h"
#include "src/shard/vindex.h"
#include "src/shard/vschema.h"
#include "topo/graph.h"

enum { MAX_TERMS = 256 };

/* A condition that must hold for each row of the result: one operand of the ANDs. */
struct term {
	struct ast_node *node;
	const struct ast_node *block; /* whose names it uses */
	bool filters; /* false: ON of an outer join, which only ties its inner side */
};

struct routing {
	struct planner *p;
	struct term term[MAX_TERMS];
	uint32_t terms;
	uint32_t class_of[PLAN_MAX_TABLES]; /* union-find */
	bool unknown;			    /* a block that is not understood */
	const struct ast_node *top;	    /* the block being routed */
};

const struct vschema_column_vindex *plan_route_vindex(const struct vschema_table *t)
{
	const struct vindex_props *props;

	if (!t || !t->vindex_count)
		return NULL;
	props = vindex_props(t->vindexes[0].vindex);
	return props->unique && !props->lookup ? &t->vindexes[0] : NULL;
}

static bool is_loose(const struct vindex *v)
{
	return strstr(vindex_type(v), "unicode_loose") != NULL;
}

enum plan_column_class plan_route_class(const struct gate_column *c, const struct vindex *v)
{
	static const char *const numeric[] = {"hash", "numeric", "numeric_static_map",
					      "reverse_bits"};

	if (c && (type_is_integer(c->type) || type_is_decimal(c->type)))
		return PLAN_COLUMN_NUMBER;
	if (c && (!c->collation || !strcmp(c->collation->name, "binary") || is_loose(v)))
		return PLAN_COLUMN_TEXT; /* unicode_loose vindexes drop the spaces themselves */
	if (c && c->type == TYPE_STRING)
		return PLAN_COLUMN_CHAR;
	if (c)
		return c->collation->pad_space ? PLAN_COLUMN_PADDED : PLAN_COLUMN_TEXT;
	for (size_t i = 0; i < sizeof(numeric) / sizeof(numeric[0]); i++)
		if (!strcmp(vindex_type(v), numeric[i]))
			return PLAN_COLUMN_NUMBER;
	return PLAN_COLUMN_TEXT;
}

static bool is_text(const struct gate_column *c)
{
	return c->collation && strcmp(c->collation->name, "binary") != 0;
}

/* Whether equality in SQL means the same value for column number @i of the vindex: not in a
 * collation where 'a' = 'A', unless the vindex is made for that; not where one value has several
 * texts (dates, decimals), which only a forced VSchema has. */
static bool equality_fits(const struct gate_column *c, const struct vindex *v, size_t i)
{
	size_t n = c && c->collation ? strlen(c->collation->name) : 0;

	if (c && !vindex_takes(v, i, c->type, is_text(c)))
		return false;
	if (!n || is_loose(v))
		return true;
	return (n > 4 && !strcmp(c->collation->name + n - 4, "_bin")) ||
	       !strcmp(c->collation->name, "binary");
}

/* --- gathering terms --- */

static void add_terms(struct routing *r, struct ast_node *n, const struct ast_node *block,
		      bool filters)
{
	if (!n)
		return;
	if (n->kind == AST_LOGIC && n->op == AST_OP_AND) {
		struct ast_logic *l = AST_AS(logic, n);

		for (uint32_t i = 0; i < l->args.n; i++)
			add_terms(r, l->args.v[i], block, filters);
		return;
	}
	if (r->terms < MAX_TERMS)
		r->term[r->terms++] = (struct term){n, block, filters};
}

static void add_joins(struct routing *r, struct ast_node *n, const struct ast_node *block,
		      bool filters)
{
	struct ast_join *j;

	if (!n || n->kind != AST_JOIN)
		return;
	j = AST_AS(join, n);
	if (j->n.flags & AST_NATURAL || j->using.n)
		r->unknown = true;
	if (j->n.op == AST_JOIN_LEFT || j->n.op == AST_JOIN_RIGHT) {
		add_joins(r, j->left, block, filters && j->n.op == AST_JOIN_LEFT);
		add_joins(r, j->right, block, filters && j->n.op == AST_JOIN_RIGHT);
		add_terms(r, j->on, block, false);
		return;
	}
	add_joins(r, j->left, block, filters);
	add_joins(r, j->right, block, filters);
	add_terms(r, j->on, block, filters);
}

static int gather(struct ast_node *n, void *arg)
{
	struct routing *r = arg;
	const struct ast_list *from = NULL;
	struct ast_node *where = NULL;

	switch (n->kind) {
	case AST_SELECT:
		from = &AST_AS(select, n)->from;
		where = AST_AS(select, n)->where;
		break;
	case AST_UPDATE:
		from = &AST_AS(update, n)->tables;
		where = AST_AS(update, n)->where;
		break;
	case AST_DELETE:
		from = &AST_AS(delete, n)->from;
		where = AST_AS(delete, n)->where;
		break;
	default:
		return AST_GO_ON;
	}
	for (uint32_t i = 0; i < from->n; i++)
		add_joins(r, from->v[i], n, true);
	add_terms(r, where, n, true);
	return AST_GO_ON;
}

/* --- classes --- */

static uint32_t find(struct routing *r, uint32_t i)
{
	while (r->class_of[i] != i)
		i = r->class_of[i] = r->class_of[r->class_of[i]];
	return i;
}

/* The table whose (single) primary vindex column this is, in the block or one around it. */
static struct plan_table *vindex_table(struct routing *r, const struct ast_node *block,
				       const struct ast_node *n, bool outer_too)
{
	const struct vschema_column_vindex *cv;
	struct plan_table *t;

	if (n->kind != AST_COLUMN)
		return NULL;
	t = plan_tables_of_column(r->p, block, AST_AS(column, n));
	/* A correlated name: qualified, of a table in another block. */
	for (uint32_t i = 0; !t && outer_too && AST_AS(column, n)->table.n && i < r->p->tables; i++)
		if (str_ieq(r->p->table[i].alias, AST_AS(column, n)->table))
			t = &r->p->table[i];
	cv = t ? plan_route_vindex(t->vtable) : NULL;
	if (!cv || cv->column_count != 1 || !str_ieqz(AST_AS(column, n)->name, cv->columns[0]))
		return NULL;
	return t;
}

static bool same_mapping(const struct plan_table *a, const struct plan_table *b)
{
	return plan_route_vindex(a->vtable)->vindex == plan_route_vindex(b->vtable)->vindex;
}

static void unite(struct routing *r)
{
	for (uint32_t i = 0; i < r->terms; i++) {
		const struct ast_binary *b = AST_AS(binary, r->term[i].node);
		struct plan_table *x, *y;

		if (b->n.kind != AST_BINARY || b->n.op != AST_OP_EQ)
			continue;
		x = vindex_table(r, r->term[i].block, b->left, true);
		y = vindex_table(r, r->term[i].block, b->right, true);
		if (x && y && x != y && same_mapping(x, y))
			r->class_of[find(r, (uint32_t)(x - r->p->table))] =
				find(r, (uint32_t)(y - r->p->table));
	}
}

/* --- values --- */

bool plan_route_value(struct planner *p, const struct ast_node *n, struct plan_value *out)
{
	const struct ast_literal *l = AST_AS(literal, n);
	struct fingerprint_place place;

	if (n->kind != AST_LITERAL)
		return false;
	if (l->lit == AST_NO_LIT) {
		/* NULL, TRUE, FALSE outside of groups are part of the fingerprint. */
		*out = (struct plan_value){.kind = PLAN_VALUE_CONST};
		out->constant.type = n->op == AST_LIT_NULL ? VALUE_NULL : VALUE_INT;
		out->constant.i = n->op == AST_LIT_TRUE;
		return n->op <= AST_LIT_FALSE;
	}
	place = fingerprint_place(p->in->fp, l->lit);
	*out = (struct plan_value){.kind = place.group < 0 ? PLAN_VALUE_SLOT : PLAN_VALUE_ELEMENT,
				   .slot = place.slot,
				   .column = place.sub};
	return true;
}

static const struct gate_column *column_of(const struct plan_table *t, const char *name)
{
	return t->columns ? catalog_column(t->columns, str_of(name)) : NULL;
}

static int set_classes(struct routing *r, struct plan_route *out, const struct plan_table *t,
		       const struct vschema_column_vindex *cv)
{
	enum plan_column_class *c = arena_array(r->p->a, cv->column_count, sizeof(*c));

	if (!c)
		return planner_no_memory(r->p);
	for (size_t i = 0; i < cv->column_count; i++)
		c[i] = plan_route_class(column_of(t, cv->columns[i]), cv->vindex);
	out->column_class = c;
	out->vindex = cv->vindex;
	return 0;
}

/* "column = value" in some filtering term; the value into *out. */
static bool equal_value(struct routing *r, const struct plan_table *t, const char *column,
			struct plan_value *out)
{
	for (uint32_t i = 0; i < r->terms; i++) {
		const struct term *term = &r->term[i];
		const struct ast_binary *b = AST_AS(binary, term->node);

		/* Not <=>: with a NULL it finds rows that no vindex places. */
		if (!term->filters || term->node->kind != AST_BINARY || b->n.op != AST_OP_EQ)
			continue;
		for (int side = 0; side < 2; side++) {
			const struct ast_node *c = side ? b->right : b->left,
					      *v = side ? b->left : b->right;

			if (c->kind != AST_COLUMN || !str_ieqz(AST_AS(column, c)->name, column) ||
			    plan_tables_of_column(r->p, term->block, AST_AS(column, c)) != t)
				continue;
			if (!plan_route_value(r->p, v, out) || out->kind == PLAN_VALUE_ELEMENT)
				continue;
			return true;
		}
	}
	return false;
}

/* All columns of the table's primary vindex (or the first of them, when it takes fewer) compared.
 */
static int try_equal(struct routing *r, const struct plan_table *t, struct plan_route *out,
		     bool *found)
{
	const struct vschema_column_vindex *cv = plan_route_vindex(t->vtable);
	struct plan_value *v;
	uint32_t n = 0;

	if (!cv)
		return 0;
	v = arena_array(r->p->a, cv->column_count, sizeof(*v));
	if (!v)
		return planner_no_memory(r->p);
	while (n < cv->column_count && equality_fits(column_of(t, cv->columns[n]), cv->vindex, n) &&
	       equal_value(r, t, cv->columns[n], &v[n]))
		n++;
	if (!n || (n < cv->column_count && !vindex_props(cv->vindex)->partial))
		return 0;
	*found = true;
	out->op = ROUTE_EQUAL;
	out->value = v;
	out->columns = n;
	out->group = -1;
	return set_classes(r, out, t, cv);
}

/* Which vindex column is item @i of the left side of IN; -1: none. */
static int in_column(struct routing *r, const struct term *term, const struct plan_table *t,
		     const struct vschema_column_vindex *cv, const struct ast_node *n)
{
	if (n->kind != AST_COLUMN ||
	    plan_tables_of_column(r->p, term->block, AST_AS(column, n)) != t)
		return -1;
	for (size_t i = 0; i < cv->column_count; i++)
		if (str_ieqz(AST_AS(column, n)->name, cv->columns[i]))
			return (int)i;
	return -1;
}

/* x IN (...) or (x, y) IN ((..), ..) over a group of literals. */
static int try_in(struct routing *r, const struct plan_table *t, struct plan_route *out,
		  bool *found)
{
	const struct vschema_column_vindex *cv = plan_route_vindex(t->vtable);

	for (uint32_t i = 0; cv && i < r->terms && !*found; i++) {
		const struct term *term = &r->term[i];
		const struct ast_in *in = AST_AS(in, term->node);
		const struct ast_node *left, *first, *const *cols;
		struct plan_value *v, any;
		uint32_t n = 1, have = 0;

		if (!term->filters || term->node->kind != AST_IN || term->node->flags & AST_NOT ||
		    !in->list.n)
			continue;
		left = in->arg;
		first = in->list.v[0];
		cols = &left;
		if (left->kind == AST_ROW) {
			cols = (const struct ast_node *const *)AST_AS(row, left)->items.v;
			n = AST_AS(row, left)->items.n;
			if (first->kind != AST_ROW || AST_AS(row, first)->items.n != n)
				continue;
		}
		v = arena_array(r->p->a, cv->column_count, sizeof(*v));
		if (!v)
			return planner_no_memory(r->p);
		for (uint32_t k = 0; k < n; k++) {
			const struct ast_node *item =
				left->kind == AST_ROW ? AST_AS(row, first)->items.v[k] : first;
			int c = in_column(r, term, t, cv, cols[k]);

			if (c < 0 ||
			    !equality_fits(column_of(t, cv->columns[c]), cv->vindex, (size_t)c) ||
			    !plan_route_value(r->p, item, &any) || any.kind != PLAN_VALUE_ELEMENT)
				continue;
			v[c] = any;
			have++;
			out->group = (int32_t)any.slot;
		}
		if (have != cv->column_count)
			continue;
		*found = true;
		out->op = ROUTE_IN;
		out->value = v;
		out->columns = have;
		if (set_classes(r, out, t, cv) < 0)
			return -1;
	}
	return 0;
}

static int route_class(struct routing *r, uint32_t class, struct plan_route *out)
{
	bool found = false, in_top = false;

	/* What a subquery says of its own rows says nothing of the rows around it (NOT EXISTS), so
	 * only where the class has no table in the block itself do the others speak. */
	for (uint32_t i = 0; i < r->p->tables; i++)
		in_top = in_top || (find(r, i) == class && r->p->table[i].block == r->top);

	for (int pass = 0; pass < 2 && !found; pass++) {
		for (uint32_t i = 0; i < r->p->tables && !found; i++) {
			const struct plan_table *t = &r->p->table[i];

			if (!t->vtable || t->reference || find(r, i) != class ||
			    (in_top && t->block != r->top))
				continue;
			if ((pass == 0 ? try_equal(r, t, out, &found) : try_in(r, t, out, &found)) <
			    0)
				return -1;
		}
	}
	if (!found)
		*out = (struct plan_route){.op = ROUTE_SCATTER, .group = -1};
	return 0;
}

static bool same_values(const struct plan_route *a, const struct plan_route *b)
{
	if (a->op != ROUTE_EQUAL || b->op != ROUTE_EQUAL || a->vindex != b->vindex ||
	    a->columns != b->columns)
		return false;
	for (uint32_t i = 0; i < a->columns; i++)
		if (a->value[i].kind != PLAN_VALUE_SLOT || b->value[i].kind != PLAN_VALUE_SLOT ||
		    a->value[i].slot != b->value[i].slot)
			return false;
	return true;
}

int plan_route_block(struct planner *p, struct ast_node *block, struct plan_route *out)
{
	struct routing *r = arena_zalloc(p->a, sizeof(*r));
	int32_t class = -1;

	if (!r)
		return planner_no_memory(p);
	r->p = p;
	r->top = block;
	for (uint32_t i = 0; i < p->tables; i++)
		r->class_of[i] = i;
	ast_walk(block, gather, r);
	unite(r);
	*out = (struct plan_route){.op = ROUTE_ANY, .group = -1};
	for (uint32_t i = 0; i < p->tables; i++) {
		const struct plan_table *t = &p->table[i];
		struct plan_route other;

		if (!t->vtable || t->reference)
			continue;
		if (t->vtable->pinned)
			return planner_unsupported(p, "table '%s' that is pinned to a keyspace id",
						   t->vtable->name);
		if (class < 0) {
			class = (int32_t)find(r, i);
			if (route_class(r, (uint32_t) class, out) < 0)
				return -1;
			continue;
		}
		if (find(r, i) == (uint32_t) class)
			continue;
		if (route_class(r, find(r, i), &other) < 0)
			return -1;
		if (!same_values(out, &other))
			return planner_unsupported(
				p,
				"a join or subquery over tables '%s' and '%s' that are not tied "
				"by their sharding columns",
				p->table[class].vtable->name, t->vtable->name);
	}
	if (r->unknown && p->tables > 1 && out->op != ROUTE_EQUAL && out->op != ROUTE_ANY)
		return planner_unsupported(p, "NATURAL JOIN or USING across shards");
	return 0;
}
