#include "gate/exec/read_back.h"

#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "gate/shardio/shard_fetch.h"
#include "gate/vars/uservars.h"
#include "sql/ast/ast.h"
#include "src/base/vec.h"

struct reading {
	struct shard_fetch fetch; /* first: the callback gets it */
	void (*then)(struct statement *st);
	struct arena *arena;
	/* The names in the statement, each once, in the order of the text. */
	struct str *name; /* in the arena */
	size_t names, room;
	bool failed;
};

static int collect(struct ast_node *node, void *arg)
{
	struct reading *r = arg;
	struct str name, *more;

	if (node->kind != AST_USER_VAR)
		return AST_GO_ON;
	name = AST_AS(user_var, node)->name;
	for (size_t i = 0; i < r->names; i++)
		if (str_ieq(r->name[i], name))
			return AST_GO_ON;
	if (r->names == r->room) {
		more = arena_array(r->arena, r->room * 2 + 8, sizeof(*more));
		if (!more) {
			r->failed = true;
			return AST_GO_ON;
		}
		for (size_t i = 0; i < r->names; i++)
			more[i] = r->name[i];
		r->name = more;
		r->room = r->room * 2 + 8;
	}
	r->name[r->names++] = name;
	return AST_GO_ON;
}

static void took(struct shard_fetch *f, const struct err *e)
{
	struct reading *r = (struct reading *)f;
	struct statement *st = f->arg;

	if (e)
		st->error = *e;
	for (size_t i = 0; !e && f->have_row && i < r->names && i < f->columns; i++) {
		const char *literal = shard_fetch_literal(&st->arena, &f->column[i]);

		if (literal && uservars_set(&st->conn->vars, r->name[i], literal) == 0)
			continue;
		err_set(&st->error, ERR_NOMEM, "out of memory for a user variable");
		break;
	}
	if (!e && f->have_row && f->columns == r->names + 1)
		str_to_u64(f->column[r->names].value, &st->conn->vars.last_insert_id);
	r->then(st);
}

/* SELECT @`a`,@`b`,LAST_INSERT_ID() */
static struct str select_text(struct reading *r, bool last_insert_id)
{
	struct str sql = {NULL, 0};
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < r->names; i++) {
		buf_puts(&b, i ? "," : "SELECT ");
		uservars_put_name(&b, r->name[i]);
	}
	if (last_insert_id)
		buf_puts(&b, r->names ? ",LAST_INSERT_ID()" : "SELECT LAST_INSERT_ID()");
	if (!b.failed)
		sql = arena_str(r->arena, buf_slice(&b));
	buf_fini(&b);
	return sql;
}

void read_back(struct statement *st, void (*then)(struct statement *st))
{
	struct reading *r = arena_zalloc(&st->arena, sizeof(*r));
	bool last_insert_id = st->plan->flags & PLAN_SETS_LAST_INSERT_ID;

	if (r) {
		r->arena = &st->arena;
		ast_walk((struct ast_node *)(uintptr_t)st->plan->tree, collect, r);
	}
	if (!r || r->failed) {
		err_set(&st->error, ERR_NOMEM, "out of memory for user variables");
		then(st);
		return;
	}
	if ((!r->names && !last_insert_id) || st->resolved.targets != 1) {
		then(st);
		return;
	}
	r->then = then;
	r->fetch.request.sql = select_text(r, last_insert_id);
	r->fetch.target = st->resolved.target;
	r->fetch.targets = 1;
	r->fetch.done = took;
	if (!r->fetch.request.sql.p) {
		err_set(&st->error, ERR_NOMEM, "out of memory for user variables");
		then(st);
		return;
	}
	if (shard_fetch_settings(&st->conn->vars, &st->arena, &r->fetch.request.settings,
				 &st->error) < 0) {
		then(st);
		return;
	}
	statement_fetch(st, &r->fetch);
}
