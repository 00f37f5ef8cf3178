#include "gate/exec/read_back.h"

#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "gate/shardio/shard_fetch.h"
#include "gate/txn/txn.h"
#include "gate/vars/uservars.h"
#include "sql/ast/ast.h"
#include "src/base/digest.h"
#include "topo/graph.h"

struct reading {
	struct shard_fetch fetch; /* first: the callback gets it */
	struct statement *st;
	void (*then)(struct statement *st);
	struct arena *arena;
	/* The names of the variables, each once. */
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

static void failed(struct reading *r, const struct err *e)
{
	struct statement *st = r->st;

	if (st->error.code == ERR_OK)
		st->error = *e;
	r->then(st);
}

static void no_room(struct reading *r)
{
	struct err e;

	err_set(&e, ERR_NOMEM, "out of memory for user variables");
	failed(r, &e);
}

static void took(struct shard_fetch *f, const struct err *e)
{
	struct reading *r = (struct reading *)f;
	struct statement *st = r->st;

	if (e) {
		failed(r, e);
		return;
	}
	for (size_t i = 0; f->have_row && i < r->names && i < f->columns; i++) {
		const char *literal = shard_fetch_literal(&st->arena, &f->column[i]);

		if (literal && uservars_set(&st->conn->vars, r->name[i], literal) == 0)
			continue;
		no_room(r);
		return;
	}
	if (f->have_row && f->columns == r->names + 1)
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

static void fetch(struct reading *r, struct str sql, shard_fetch_fn done)
{
	struct statement *st = r->st;
	struct err e;

	r->fetch = (struct shard_fetch){.target = st->resolved.target, .targets = 1, .done = done};
	r->fetch.request.sql = sql;
	if (!sql.p)
		no_room(r);
	else if (shard_fetch_settings(&st->conn->vars, true, r->arena, &r->fetch.request.settings, &e) < 0)
		failed(r, &e);
	else
		statement_fetch(st, &r->fetch);
}

static void fetch_values(struct reading *r)
{
	bool last_insert_id = r->st->plan->flags & PLAN_SETS_LAST_INSERT_ID;

	if (r->names || last_insert_id)
		fetch(r, select_text(r, last_insert_id), took);
	else
		r->then(r->st);
}

/* The names in hexadecimal, with a comma between them. */
static int take_names(struct reading *r, struct str list)
{
	size_t n = 1, at = 0;

	for (size_t i = 0; i < list.n; i++)
		n += list.p[i] == ',';
	r->name = arena_array(r->arena, n, sizeof(*r->name));
	if (!r->name)
		return -1;
	for (; at < list.n; at++) {
		size_t digits = 0;
		char *name;

		while (at + digits < list.n && list.p[at + digits] != ',')
			digits++;
		name = arena_alloc(r->arena, digits / 2 + 1);
		if (!name)
			return -1;
		if (digest_unhex(list.p + at, digits, (uint8_t *)name) < 0)
			return -1;
		r->name[r->names++] = str_make(name, digits / 2);
		at += digits;
	}
	return 0;
}

static void took_names(struct shard_fetch *f, const struct err *e)
{
	struct reading *r = (struct reading *)f;

	if (e)
		failed(r, e);
	else if (f->have_row && f->columns && take_names(r, f->column[0].value) < 0)
		no_room(r);
	else
		fetch_values(r);
}

bool read_back_wanted(const struct statement *st)
{
	unsigned flags = st->plan->flags;

	if (st->input == STATEMENT_PREPARE || st->resolved.targets != 1)
		return false;
	return flags & (PLAN_USER_VARS_SET | PLAN_SETS_LAST_INSERT_ID | PLAN_STORED_USER_VARS);
}

/* Without the connection that ran the statement there is nothing to read. */
static bool is_held(struct statement *st)
{
	const struct txn_shard *s = txn_find(&st->conn->txn, st->keyspace->name,
					     st->resolved.target[0]->name, st->target.tablet_type);

	return s && s->id;
}

void read_back(struct statement *st, void (*then)(struct statement *st))
{
	static const char names[] = "SET STATEMENT group_concat_max_len=1073741824 FOR "
				    "SELECT CONVERT(GROUP_CONCAT(HEX(variable_name)) USING "
				    "ascii) FROM information_schema.user_variables";
	struct reading *r;
	struct err e;

	if (!is_held(st)) {
		then(st);
		return;
	}
	r = arena_zalloc(&st->arena, sizeof(*r));
	if (!r) {
		err_set(&e, ERR_NOMEM, "out of memory for user variables");
		if (st->error.code == ERR_OK)
			st->error = e;
		then(st);
		return;
	}
	r->st = st;
	r->then = then;
	r->arena = &st->arena;
	if (st->plan->flags & PLAN_STORED_USER_VARS) {
		fetch(r, STR_LIT(names), took_names);
		return;
	}
	ast_walk((struct ast_node *)(uintptr_t)st->plan->tree, collect, r);
	if (r->failed)
		no_room(r);
	else
		fetch_values(r);
}
