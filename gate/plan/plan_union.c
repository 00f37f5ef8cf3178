/* plan_union - UNION ALL over sharded tables. Each shard runs the whole statement on its own rows;
 * as a row lives on one shard only, all the answers together are the answer. */
#include "gate/plan/plan_int.h"
#include "sql/lex/keyword.h"
#include "src/data/type.h"

struct arms {
	struct planner *p;
	struct plan_route *route;
	uint32_t n, room;
	bool single; /* so far every arm goes by one look-up */
};

static int find_aggregate(struct ast_node *n, void *arg)
{
	bool *found = arg;

	if (n->kind == AST_FUNC &&
	    (keyword_fn_flags(AST_AS(func, n)->fn) & FN_IS_AGG || AST_AS(func, n)->over))
		*found = true;
	return *found ? AST_STOP : n->kind == AST_SUBQUERY ? AST_SKIP_CHILDREN : AST_GO_ON;
}

static int add_arm(struct arms *a, struct ast_node *n)
{
	const struct ast_select *s = AST_AS(select, n);
	bool aggregates = false;

	if (n->kind != AST_SELECT)
		return planner_unsupported(a->p, "nested set operations over several shards");
	ast_walk_list(&s->items, find_aggregate, &aggregates);
	if (aggregates || s->group.n || s->having || s->limit || s->into ||
	    n->flags & AST_SELECT_DISTINCT)
		return planner_unsupported(
			a->p,
			"aggregation, DISTINCT or LIMIT in a part of UNION over several shards");
	if (!s->from.n)
		return planner_unsupported(a->p,
					   "a part of UNION without tables over several shards");
	return 0;
}

static int route_all(struct arms *a, struct ast_setop *s)
{
	struct planner *p = a->p;
	struct plan_table *tables = arena_array(p->a, p->tables + 1u, sizeof(*tables));
	uint32_t count = p->tables;

	if (!tables)
		return planner_no_memory(p);
	if (count)
		memcpy(tables, p->table, count * sizeof(*tables));
	for (uint32_t i = 0; i <= s->parts.n; i++) {
		struct ast_node *arm =
			i == 0 ? s->first : AST_AS(setop_part, s->parts.v[i - 1])->query;

		/* The arm's own tables only: arms need not be tied to each other. */
		p->tables = 0;
		for (uint32_t k = 0; k < count; k++)
			if (tables[k].block == arm)
				p->table[p->tables++] = tables[k];
		if (plan_route_block(p, arm, &a->route[a->n]) < 0)
			return -1;
		if (a->route[a->n].op == ROUTE_ANY)
			return planner_unsupported(
				p, "a part of UNION without sharded tables over several shards");
		/* Lists must reach every arm whole. */
		if (a->route[a->n].op == ROUTE_IN && a->route[a->n].group >= 0 && s->parts.n)
			a->route[a->n] = (struct plan_route){.op = ROUTE_SCATTER, .group = -1};
		a->n++;
	}
	if (count)
		memcpy(p->table, tables, count * sizeof(*tables));
	p->tables = count;
	return 0;
}

static int union_keys(struct planner *p, struct ast_setop *s)
{
	const struct ast_select *first = AST_AS(select, s->first);
	struct plan_merge *m = &p->plan->merge;

	m->order = arena_array(p->a, s->order.n + 1u, sizeof(*m->order));
	if (!m->order)
		return planner_no_memory(p);
	for (uint32_t i = 0; i < s->order.n; i++) {
		const struct ast_node *n = s->order.v[i], *e = AST_AS(order, n)->expr;
		const struct gate_column *c = NULL;
		uint64_t position = 0;
		int item = -1;

		if (e->kind == AST_LITERAL && e->op == AST_LIT_INT) {
			planner_guard(p, e);
			if (str_to_u64(AST_AS(literal, e)->text, &position) && position &&
			    position <= first->items.n)
				item = (int)position - 1;
		}
		for (uint32_t k = 0; item < 0 && e->kind == AST_COLUMN && k < first->items.n; k++) {
			const struct ast_item *it = AST_AS(item, first->items.v[k]);
			struct str name = it->alias.n ? it->alias
					  : it->expr->kind == AST_COLUMN
						  ? AST_AS(column, it->expr)->name
						  : STR_LIT("");

			if (str_ieq(name, AST_AS(column, e)->name))
				item = (int)k;
		}
		if (item >= 0)
			c = plan_tables_column(p, s->first,
					       AST_AS(item, first->items.v[item])->expr);
		for (int k = 0; k <= item; k++)
			if (AST_AS(item, first->items.v[k])->expr->kind == AST_STAR)
				c = NULL;
		if (!c || c->collation || c->type == TYPE_ENUM || c->type == TYPE_SET ||
		    c->flags & (TYPE_FLAG_ENUM | TYPE_FLAG_SET))
			return planner_unsupported(
				p, "ORDER BY of a UNION over several shards, unless by a column of "
				   "numbers or times");
		m->order[m->order_count++] = (struct plan_key){.column = (uint32_t)item,
							       .weight = -1,
							       .descending = n->op == AST_DIR_DESC};
	}
	return 0;
}

int plan_union_build(struct planner *p, struct ast_setop *s)
{
	struct arms a = {.p = p, .room = s->parts.n + 1u};
	struct template t;

	a.route = arena_array(p->a, a.room, sizeof(*a.route));
	if (!a.route)
		return planner_no_memory(p);
	if (s->with)
		return planner_unsupported(p, "WITH over several shards");
	if (add_arm(&a, s->first) < 0)
		return -1;
	for (uint32_t i = 0; i < s->parts.n; i++) {
		const struct ast_node *part = s->parts.v[i];

		if (part->op != AST_UNION || !(part->flags & AST_ALL))
			return planner_unsupported(
				p, "set operations other than UNION ALL over sharded tables");
		if (add_arm(&a, AST_AS(setop_part, part)->query) < 0)
			return -1;
	}
	if (route_all(&a, s) < 0)
		return -1;
	p->plan->route = a.route;
	p->plan->route_count = a.n;
	if (union_keys(p, s) < 0)
		return -1;
	if (!s->limit)
		return 0;
	p->plan->merge.limit = (struct plan_limit){.present = true};
	p->plan->merge.limit.offset =
		(struct plan_value){.kind = PLAN_VALUE_CONST, .constant = {.type = VALUE_INT}};
	if (!plan_route_value(p, AST_AS(limit, s->limit)->count, &p->plan->merge.limit.count) ||
	    (AST_AS(limit, s->limit)->offset &&
	     !plan_route_value(p, AST_AS(limit, s->limit)->offset, &p->plan->merge.limit.offset)))
		return planner_unsupported(p, "a LIMIT that is no number");
	template_init(&t, p);
	template_copy(&t, s->limit->start);
	template_skip(&t, s->limit->end);
	template_text(&t, " LIMIT ");
	template_piece(&t, (struct piece){.kind = PIECE_LIMIT});
	p->plan->text_guard = true;
	p->plan->text_hash = fingerprint_text_hash(p->in->fp, p->in->text);
	return template_finish(&t);
}
