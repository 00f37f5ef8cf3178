/* plan_insert - INSERT and REPLACE into a sharded table: each row goes to its shard. */
#include "gate/plan/plan_int.h"
#include "src/data/type.h"
#include "src/shard/vindex.h"
#include "src/shard/vschema.h"
#include "topo/graph.h"

struct inserting {
	struct planner *p;
	struct ast_insert *ins;
	struct plan_table *table;
	const struct vschema_column_vindex *cv;
};

/* The place of column @name among a row's values, -1: it is not given. */
static int value_index(struct inserting *in, const char *name)
{
	const struct gate_table *t = in->table->columns;
	int at = 0;

	for (uint32_t i = 0; i < in->ins->columns.n; i++)
		if (str_ieqz(AST_AS(column, in->ins->columns.v[i])->name, name))
			return (int)i;
	if (in->ins->columns.n)
		return -1;
	for (uint32_t i = 0; t && i < t->column_count; i++) {
		if (t->column[i].invisible)
			continue;
		if (str_ieqz(str_of(name), t->column[i].name))
			return at;
		at++;
	}
	return -1;
}

/* The first column that the statement gives and the table does not have, NULL: there is none, or the
 * table's columns are not known. */
static const struct ast_column *unknown_column(const struct inserting *in)
{
	const struct gate_table *t = in->table->columns;
	const struct ast_insert *ins = in->ins;

	for (uint32_t i = 0; t && i < ins->columns.n + ins->set.n; i++) {
		const struct ast_node *n =
			i < ins->columns.n
				? ins->columns.v[i]
				: AST_AS(assign, ins->set.v[i - ins->columns.n])->target;

		if (n->kind == AST_COLUMN && !catalog_column(t, AST_AS(column, n)->name))
			return AST_AS(column, n);
	}
	return NULL;
}

static int wrong_count(struct planner *p)
{
	return err_set(p->e, ERR_COLUMN_COUNT, "Column count doesn't match value count at row 1");
}

static int missing(struct inserting *in, const char *column)
{
	const struct ast_column *unknown = unknown_column(in);
	struct planner *p = in->p;

	if (unknown)
		return err_set(p->e, ERR_BAD_FIELD, "Unknown column '%.*s' in 'INSERT INTO'",
			       STR_ARG(unknown->name));
	if (in->table->vtable->auto_column &&
	    str_ieqz(str_of(column), in->table->vtable->auto_column))
		return planner_unsupported(p, "filling sharding column '%s' from a sequence",
					   column);
	if (!in->ins->columns.n && !in->table->columns)
		return err_set(p->e, ERR_NO_TABLE,
			       "Table '%s.%.*s' doesn't exist (its columns are not known)",
			       p->keyspace->name, STR_ARG(in->table->ref->name));
	return err_set_mysql(p->e, ERR_BAD_NULL, 1364, "HY000",
			     "Field '%s' doesn't have a default value (it is the sharding column)",
			     column);
}

/* The values of the vindex columns in the rows of one group. */
static int rows_route(struct inserting *in, struct plan_route *r)
{
	struct planner *p = in->p;
	const struct ast_row *first = AST_AS(row, in->ins->rows.v[0]);
	enum plan_column_class *classes = arena_array(p->a, in->cv->column_count, sizeof(*classes));

	r->value = arena_array(p->a, in->cv->column_count, sizeof(*r->value));
	if (!r->value || !classes)
		return planner_no_memory(p);
	for (size_t i = 0; i < in->cv->column_count; i++) {
		const char *name = in->cv->columns[i];
		int at = value_index(in, name);

		if (in->ins->columns.n && in->ins->columns.n != first->items.n)
			return wrong_count(p);
		if (at < 0 || !first->items.n)
			return missing(in, name);
		if ((uint32_t)at >= first->items.n)
			return wrong_count(p);
		if (!plan_route_value(p, first->items.v[at], &r->value[i]) ||
		    r->value[i].kind != PLAN_VALUE_ELEMENT)
			return planner_unsupported(
				p, "an expression as the value of sharding column '%s'", name);
		r->group = (int32_t)r->value[i].slot;
		classes[i] = plan_route_class(
			in->table->columns ? catalog_column(in->table->columns, str_of(name))
					   : NULL,
			in->cv->vindex);
	}
	r->column_class = classes;
	r->vindex = in->cv->vindex;
	r->columns = (uint32_t)in->cv->column_count;
	return 0;
}

/* INSERT ... SET a = 1: one row. */
static int set_route(struct inserting *in, struct plan_route *r)
{
	struct planner *p = in->p;
	enum plan_column_class *classes = arena_array(p->a, in->cv->column_count, sizeof(*classes));

	r->value = arena_array(p->a, in->cv->column_count, sizeof(*r->value));
	if (!r->value || !classes)
		return planner_no_memory(p);
	for (size_t i = 0; i < in->cv->column_count; i++) {
		const char *name = in->cv->columns[i];
		bool found = false;

		for (uint32_t k = 0; k < in->ins->set.n && !found; k++) {
			const struct ast_assign *a = AST_AS(assign, in->ins->set.v[k]);

			if (a->target->kind != AST_COLUMN ||
			    !str_ieqz(AST_AS(column, a->target)->name, name))
				continue;
			if (!plan_route_value(p, a->value, &r->value[i]))
				return planner_unsupported(
					p, "an expression as the value of sharding column '%s'",
					name);
			found = true;
		}
		if (!found)
			return missing(in, name);
		classes[i] = plan_route_class(
			in->table->columns ? catalog_column(in->table->columns, str_of(name))
					   : NULL,
			in->cv->vindex);
	}
	r->column_class = classes;
	r->vindex = in->cv->vindex;
	r->columns = (uint32_t)in->cv->column_count;
	r->group = -1;
	r->rows = 1;
	return 0;
}

/* Whether any assignment changes a column that places rows. */
static bool moves_rows(const struct ast_list *set, const struct vschema_table *t)
{
	for (uint32_t i = 0; i < set->n; i++) {
		const struct ast_assign *a = AST_AS(assign, set->v[i]);

		for (size_t v = 0; v < t->vindex_count; v++)
			for (size_t c = 0; c < t->vindexes[v].column_count; c++)
				if (a->target->kind == AST_COLUMN &&
				    str_ieqz(AST_AS(column, a->target)->name,
					     t->vindexes[v].columns[c]))
					return true;
	}
	return false;
}

static const struct gate_column *auto_column(const struct plan_table *t)
{
	for (uint32_t i = 0; t->columns && i < t->columns->column_count; i++)
		if (t->columns->column[i].flags & TYPE_FLAG_AUTO_INCREMENT)
			return &t->columns->column[i];
	return NULL;
}

/* The expression given for column @name in the first row (or in SET), NULL: none. */
static const struct ast_node *given(struct inserting *in, const char *name)
{
	int at;

	for (uint32_t k = 0; k < in->ins->set.n; k++) {
		const struct ast_assign *a = AST_AS(assign, in->ins->set.v[k]);

		if (a->target->kind == AST_COLUMN &&
		    str_ieqz(AST_AS(column, a->target)->name, name))
			return a->value;
	}
	if (in->ins->set.n || !in->ins->rows.n)
		return NULL;
	at = value_index(in, name);
	if (at < 0 || (uint32_t)at >= AST_AS(row, in->ins->rows.v[0])->items.n)
		return NULL;
	return AST_AS(row, in->ins->rows.v[0])->items.v[at];
}

static bool same_group(const struct planner *p)
{
	unsigned rows = 0;

	for (size_t i = 0; i < p->in->fp->groups.len; i++)
		rows += p->in->fp->groups.v[i].kind == FP_ROWS;
	return rows == 1;
}

void plan_insert_auto_id(struct planner *p)
{
	struct inserting in = {.p = p, .ins = AST_AS(insert, p->tree), .table = &p->table[0]};
	struct plan_auto_id *id = &p->plan->auto_id;
	const struct gate_column *c = p->tables ? auto_column(in.table) : NULL;
	const struct ast_node *value;

	if (!c)
		return;
	id->column = c->name;
	value = given(&in, c->name);
	id->known = value && (in.ins->set.n || same_group(p)) &&
		    plan_route_value(p, value, &id->value);
}

/* Each shard counts for itself: two would give out the same number. */
static int check_auto_id(struct inserting *in)
{
	struct plan_auto_id *id = &in->p->plan->auto_id;
	const char *name = in->table->vtable->auto_column ? in->table->vtable->auto_column
							  : id->column;

	if (!name)
		return 0;
	if (!id->column) { /* the VSchema names it, the server does not count it */
		const struct ast_node *value = given(in, name);

		id->column = name;
		id->known = value && (in->ins->set.n || same_group(in->p)) &&
			    plan_route_value(in->p, value, &id->value);
	}
	id->required = true;
	if (id->known)
		return 0;
	return planner_unsupported(in->p, "filling AUTO_INCREMENT column '%s' of a sharded table",
				   name);
}

static int check(struct inserting *in)
{
	struct planner *p = in->p;
	const struct vschema_table *t = in->table->vtable;

	if (in->ins->query)
		return planner_unsupported(p, "INSERT ... SELECT into sharded tables");
	if (p->tables > 1)
		return planner_unsupported(p, "subqueries in an INSERT into a sharded table");
	if (!in->cv)
		return planner_unsupported(
			p, "INSERT into table '%s', which has no functional unique primary vindex",
			t->name);
	for (size_t i = 1; i < t->vindex_count; i++)
		if (t->vindexes[i].owned)
			return planner_unsupported(
				p, "INSERT into table '%s', which owns a lookup vindex", t->name);
	if (moves_rows(&in->ins->on_dup, t))
		return planner_unsupported(p, "ON DUPLICATE KEY UPDATE of a sharding column");
	if (p->plan->flags & (PLAN_USER_VARS_READ | PLAN_USER_VARS_SET))
		return planner_unsupported(p, "user variables in an INSERT into a sharded table");
	return 0;
}

int plan_insert_build(struct planner *p)
{
	struct inserting in = {.p = p, .ins = AST_AS(insert, p->tree), .table = &p->table[0]};
	struct plan_route *r;
	struct template t;

	/* A reference table has a copy on each shard. */
	if (in.table->reference)
		return planner_unsupported(p, "writing to reference table '%s'",
					   in.table->vtable->name);
	in.cv = plan_route_vindex(in.table->vtable);
	if (check(&in) < 0 || check_auto_id(&in) < 0)
		return -1;
	r = planner_route(p, ROUTE_ROWS);
	if (!r)
		return -1;
	if (in.ins->set.n)
		return set_route(&in, r) < 0 ? -1 : plan_session_values(p);
	if (!in.ins->rows.n)
		return planner_unsupported(p, "INSERT without values into a sharded table");
	if (!same_group(p))
		return planner_unsupported(
			p,
			"an INSERT whose rows have different shapes (expressions in some of them) "
			"into a sharded table");
	if (rows_route(&in, r) < 0)
		return -1;
	if (p->in->fp->features & (FP_HAS_LAST_INSERT_ID | FP_HAS_FOUND_ROWS | FP_HAS_ROW_COUNT |
				   FP_HAS_CONNECTION_ID | FP_HAS_DATABASE_FN | FP_HAS_USER_FN))
		return planner_unsupported(p,
					   "session functions in an INSERT into a sharded table");
	if (in.ins->returning.n)
		p->plan->single_only = true;
	template_init(&t, p);
	t.routed = r->group;
	return template_finish(&t);
}
