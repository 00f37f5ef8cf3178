#include "gate/exec/set.h"

#include <stdlib.h>
#include <string.h>

#include "gate/exec/fetch.h"
#include "gate/exec/local.h"
#include "gate/exec/query.h"
#include "gate/exec/uservars.h"
#include "gate/plan/catalog.h"
#include "gate/plan/plan.h"
#include "gate/session/client_charset.h"
#include "gate/session/gate_worker.h"
#include "gate/session/session.h"
#include "gate/txn/finish.h"
#include "sql/ast/ast.h"
#include "sql/lex/keyword.h"
#include "sql/lex/lex.h"
#include "sql/lex/literal.h"
#include "topo/graph.h"

/* One assignment, its value as SQL text once it is known. */
struct assignment {
	const char *name;  /* of a system variable, lower case; NULL: a user variable */
	struct str user;   /* the user variable's name */
	const char *value; /* SQL literal; NULL: an expression to be evaluated */
	struct str expr;   /* that expression, in the client's text */
};

struct set_state {
	struct assignment *v; /* in the arena */
	size_t n;
	struct hmap sysvars; /* name -> value (arena): what the session will have */
	const char *settings;
	int autocommit; /* -1: not said */
};

static int fail_oom(struct err *e)
{
	return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
}

static const char *lower_name(struct query *q, struct str name)
{
	char *z = arena_dup(&q->arena, name.p, name.n);

	for (char *p = z; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	return z;
}

/* The literal's text means the same in every sql_mode and character set: it may be sent again
 * when they are others. */
static bool reads_alike(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = (uint8_t)text.p[i];

		if (c < ' ' || c > '~' || c == '\\' || c == '"')
			return false;
	}
	return true;
}

/* A string literal between single quotes, when it is the same for everybody then. */
static const char *plain_string(struct query *q, struct str text)
{
	struct str s;

	if (literal_string(text, &q->session->lex, &q->arena, &s, NULL) < 0 || !reads_alike(s) ||
	    memchr(s.p, '\'', s.n))
		return NULL;
	return arena_printf(&q->arena, "'%.*s'", STR_ARG(s));
}

/* The text of literals, bare words (SET x = ON) and DEFAULT; NULL for other expressions. */
static const char *plain_value(struct query *q, const struct ast_node *v)
{
	struct str text = str_make((char *)q->text.p + v->start, v->end - v->start);
	struct buf b;
	const char *z;

	if (v->kind == AST_DEFAULT)
		return "DEFAULT";
	if (v->kind == AST_LITERAL && !reads_alike(text))
		return v->op == AST_LIT_STRING ? plain_string(q, text) : NULL;
	if (v->kind == AST_LITERAL && v->op != AST_LIT_PARAM)
		return arena_dup(&q->arena, text.p, text.n);
	if (v->kind != AST_COLUMN || AST_AS(column, v)->table.n)
		return NULL;
	/* A bare word is its own name; quoted, so that it is never taken for anything else. */
	text = AST_AS(column, v)->name;
	buf_init(&b);
	buf_u8(&b, '\'');
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\'' && text.p[i] != '\\')
			buf_u8(&b, (uint8_t)text.p[i]);
	buf_u8(&b, '\'');
	z = b.failed ? NULL : arena_dup(&q->arena, b.p, b.len);
	buf_fini(&b);
	return z;
}

static int add(struct query *q, struct set_state *st, struct assignment a,
	       const struct ast_node *value, struct err *e)
{
	if (value) {
		a.value = plain_value(q, value);
		a.expr = str_make((char *)q->text.p + value->start, value->end - value->start);
	}
	if (!a.name && !a.user.p)
		return fail_oom(e);
	st->v[st->n++] = a;
	return 0;
}

static const char *quoted(struct query *q, struct str s)
{
	return arena_printf(&q->arena, "'%.*s'", STR_ARG(s));
}

/* SET NAMES cs [COLLATE c], SET CHARACTER SET cs: the variables they stand for. */
static int add_names(struct query *q, struct set_state *st, const struct ast_set_item *item,
		     struct err *e)
{
	static const char *const vars[] = {"character_set_client", "character_set_results",
					   "character_set_connection"};
	const char *cs = item->charset.p ? quoted(q, item->charset) : "'utf8mb4'";

	for (size_t i = 0; i < item->charset.n; i++)
		if (item->charset.p[i] == '\'' || item->charset.p[i] == '\\')
			return err_set(e, ERR_SYNTAX, "a character set's name has no quotes");
	for (size_t i = 0; i < 3; i++)
		if (add(q, st, (struct assignment){.name = vars[i], .value = cs}, NULL, e) < 0)
			return -1;
	if (item->collate.p)
		return add(q, st,
			   (struct assignment){.name = "collation_connection",
					       .value = quoted(q, item->collate)},
			   NULL, e);
	return 0;
}

static int add_item(struct query *q, struct set_state *st, const struct ast_set_item *item,
		    struct err *e)
{
	struct assignment a = {.name = NULL};

	if (item->n.op != AST_SET_VARIABLE)
		return add_names(q, st, item, e);
	if (item->target->kind == AST_USER_VAR) {
		a.user = AST_AS(user_var, item->target)->name;
		return add(q, st, a, item->value, e);
	}
	switch (item->target->op) {
	case AST_SCOPE_GLOBAL:
	case AST_SCOPE_PERSIST:
	case AST_SCOPE_PERSIST_ONLY:
		return err_set(e, ERR_UNSUPPORTED,
			       "SET GLOBAL is not supported yet: global variables belong to "
			       "the servers behind the gate");
	default:
		break;
	}
	a.name = lower_name(q, AST_AS(sys_var, item->target)->name);
	return add(q, st, a, item->value, e);
}

static int collect(struct query *q, struct set_state *st, struct err *e)
{
	const struct ast_node *tree = q->plan->tree;
	const struct ast_set *set;

	if (tree->kind == AST_SET_TRANSACTION) {
		static const char *const levels[] = {"", "'READ-UNCOMMITTED'", "'READ-COMMITTED'",
						     "'REPEATABLE-READ'", "'SERIALIZABLE'"};
		const struct ast_set_transaction *t = AST_AS(set_transaction, tree);

		if (tree->op != AST_SCOPE_SESSION && tree->op != AST_SCOPE_LOCAL)
			return err_set(e, ERR_UNSUPPORTED,
				       "SET TRANSACTION without SESSION is not supported yet");
		st->v = arena_array(&q->arena, 2, sizeof(*st->v));
		if (!st->v)
			return fail_oom(e);
		if (t->isolation &&
		    add(q, st,
			(struct assignment){.name = "tx_isolation", .value = levels[t->isolation]},
			NULL, e) < 0)
			return -1;
		if (t->access)
			return add(q, st,
				   (struct assignment){.name = "tx_read_only",
						       .value = t->access == KW_READ ? "1" : "0"},
				   NULL, e);
		return 0;
	}
	set = AST_AS(set, tree);
	st->v = arena_array(&q->arena, set->items.n * 4u + 1, sizeof(*st->v));
	if (!st->v)
		return fail_oom(e);
	for (uint32_t i = 0; i < set->items.n; i++)
		if (add_item(q, st, AST_AS(set_item, set->items.v[i]), e) < 0)
			return -1;
	return 0;
}

/* --- putting it into force --- */

static int truth(const char *value)
{
	static const char *const yes[] = {"1",	    "'ON'",   "'on'", "'On'", "'1'",
					  "'true'", "'TRUE'", "TRUE", "true", "DEFAULT"};
	static const char *const no[] = {"0",	    "'OFF'",   "'off'", "'Off'", "'0'",
					 "'false'", "'FALSE'", "FALSE", "false"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (!strcmp(value, yes[i]))
			return 1;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (!strcmp(value, no[i]))
			return 0;
	return -1;
}

static void drop_map(struct set_state *st)
{
	hmap_fini(&st->sysvars, NULL);
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct hmap_slot *)a)->key, ((const struct hmap_slot *)b)->key);
}

/* The settings text, sorted by name: equal settings must be equal text for the tablets' pools. */
static int settings_text(struct query *q, struct set_state *st, struct err *e)
{
	struct hmap_slot *sorted = arena_array(&q->arena, st->sysvars.len + 1, sizeof(*sorted)),
			 *slot;
	size_t it = 0, n = 0;
	struct buf b;

	if (!sorted)
		return fail_oom(e);
	while ((slot = hmap_next(&st->sysvars, &it)))
		sorted[n++] = *slot;
	qsort(sorted, n, sizeof(*sorted), by_key);
	buf_init(&b);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s=%s", i ? "," : "", sorted[i].key,
			   (const char *)sorted[i].value);
	st->settings = arena_dup(&q->arena, b.p ? (const char *)b.p : "", b.len);
	buf_fini(&b);
	return st->settings ? 0 : fail_oom(e);
}

static int copy_session_map(struct session *s, struct set_state *st, struct err *e)
{
	struct hmap_slot *slot;
	size_t it = 0;

	hmap_init(&st->sysvars);
	while (s->sysvars && (slot = hmap_next(s->sysvars, &it)))
		if (hmap_put(&st->sysvars, str_make(slot->key, slot->n), slot->value, NULL) < 0)
			return fail_oom(e);
	return 0;
}

static bool gate_only(const char *name)
{
	return !strcmp(name, "autocommit");
}

/* From the assignments to the new settings. */
static int prepare_settings(struct query *q, struct set_state *st, struct err *e)
{
	for (size_t i = 0; i < st->n; i++) {
		struct assignment *a = &st->v[i];

		if (!a->name)
			continue;
		if (gate_only(a->name)) {
			st->autocommit = truth(a->value);
			if (st->autocommit < 0)
				return err_set_mysql(
					e, ERR_INVALID, 1231, "42000",
					"Variable 'autocommit' can't be set to the value of %s",
					a->value);
		} else if (!strcmp(a->value, "DEFAULT")) {
			hmap_del(&st->sysvars, str_of(a->name));
		} else if (hmap_put(&st->sysvars, str_of(a->name), (void *)(uintptr_t)a->value,
				    NULL) < 0) {
			return fail_oom(e);
		}
	}
	return settings_text(q, st, e);
}

static int any_shard(struct query *q, struct err *e)
{
	if (!q->keyspace)
		return err_set(e, ERR_UNAVAILABLE,
			       "there is no keyspace yet whose servers could be asked");
	return resolve_any(q, e);
}

/* Everything has been accepted: the session takes it over. */
static int take_over(struct query *q, struct set_state *st, struct err *e)
{
	struct session *s = q->session;
	struct hmap *map = calloc(1, sizeof(*map));
	char *settings = st->settings[0] ? str_dup(str_of(st->settings)) : NULL;
	struct hmap_slot *slot;
	size_t it = 0;

	if (!map || (st->settings[0] && !settings))
		goto fail;
	hmap_init(map);
	while ((slot = hmap_next(&st->sysvars, &it))) {
		char *copy = str_dup(str_of(slot->value));

		if (!copy || hmap_put(map, str_make(slot->key, slot->n), copy, NULL) < 0) {
			free(copy);
			goto fail;
		}
	}
	for (size_t i = 0; i < st->n; i++)
		if (!st->v[i].name && uservars_set(s, st->v[i].user, st->v[i].value) < 0)
			goto fail;
	if (s->sysvars) {
		hmap_fini(s->sysvars, free);
		free(s->sysvars);
	}
	free(s->settings);
	s->sysvars = map;
	s->settings = settings;
	return 0;
fail:
	if (map)
		hmap_fini(map, free);
	free(map);
	free(settings);
	return fail_oom(e);
}

static void committed(void *arg, const struct err *e)
{
	struct query *q = arg;

	q->session->autocommit = true;
	if (e)
		query_fail(q, e);
	else
		local_ok(q);
}

static void finish_set(struct query *q)
{
	struct set_state *st = q->set;
	struct session *s = q->session;
	struct err e;
	int rc = take_over(q, st, &e);

	drop_map(st);
	q->set = NULL;
	if (rc < 0) {
		query_fail(q, &e);
		return;
	}
	if (st->autocommit == 1 && !s->autocommit && s->txn.open) {
		finish_start(&q->finish, s, FINISH_COMMIT, committed, q);
		return;
	}
	if (st->autocommit >= 0)
		s->autocommit = st->autocommit;
	local_ok(q);
}

static void fail_set(struct query *q, const struct err *e)
{
	drop_map(q->set);
	q->set = NULL;
	query_fail(q, e);
}

/* A shard has accepted the settings and says what sql_mode and character set they come to, as
 * bytes: character_set_results does not touch them. */
static void tried(struct query *q, const struct err *e)
{
	if (e) {
		fail_set(q, e);
		return;
	}
	if (q->fetch->have_row && q->fetch->column[0].value.p)
		lex_mode_of(q->fetch->column[0].value, &q->session->lex.mode);
	if (q->fetch->have_row && q->fetch->columns > 1 && q->fetch->column[1].value.p)
		client_charset_set(q->session, q->fetch->column[1].value);
	finish_set(q);
}

static void try_settings(struct query *q)
{
	struct fetch_request r = {.sql = STR_LIT("SELECT CAST(@@session.sql_mode AS BINARY), "
						 "CAST(@@session.character_set_client AS BINARY)"),
				  .done = tried};
	struct set_state *st = q->set;
	const char *now = q->session->settings;
	struct err e;

	if (prepare_settings(q, st, &e) < 0) {
		fail_set(q, &e);
		return;
	}
	/* Nothing new for the servers: nothing to try. */
	if (!strcmp(st->settings, now ? now : "")) {
		finish_set(q);
		return;
	}
	if (any_shard(q, &e) < 0) {
		fail_set(q, &e);
		return;
	}
	r.target = q->resolved.target;
	r.targets = 1;
	r.settings = st->settings;
	fetch_start(q, &r);
}

/* The expressions' values have come. */
static void evaluated(struct query *q, const struct err *e)
{
	struct set_state *st = q->set;
	struct fetch *f = q->fetch;
	uint32_t at = 0;

	if (e) {
		fail_set(q, e);
		return;
	}
	for (size_t i = 0; i < st->n; i++) {
		struct err oom;

		if (st->v[i].value)
			continue;
		st->v[i].value =
			f->have_row && at < f->columns ? fetch_literal(q, &f->column[at]) : NULL;
		at++;
		if (!st->v[i].value) {
			fail_oom(&oom);
			fail_set(q, &oom);
			return;
		}
	}
	try_settings(q);
}

static bool evaluate(struct query *q)
{
	struct fetch_request r = {.done = evaluated, .targets = 1};
	struct set_state *st = q->set;
	struct err e;
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < st->n; i++) {
		if (st->v[i].value)
			continue;
		buf_puts(&b, b.len ? "," : "SELECT ");
		buf_str(&b, st->v[i].expr);
	}
	if (!b.len)
		return false;
	r.sql = arena_str(&q->arena, buf_slice(&b));
	buf_fini(&b);
	if (!r.sql.p || fetch_own_charsets(q, &r.settings, &e) < 0 || any_shard(q, &e) < 0) {
		if (!r.sql.p)
			fail_oom(&e);
		fail_set(q, &e);
		return true;
	}
	r.target = q->resolved.target;
	q->eval_uservars = true; /* SET @b = @a + 1 */
	fetch_start(q, &r);
	return true;
}

void set_execute(struct query *q)
{
	struct set_state *st = arena_zalloc(&q->arena, sizeof(*st));
	struct catalog *c = gate_worker_catalog(q->gw);
	struct session *s = q->session;
	struct err e;

	if (!st) {
		fail_oom(&e);
		query_fail(q, &e);
		return;
	}
	st->autocommit = -1;
	q->set = st;
	/* Any shard can evaluate an expression or try a variable out. */
	q->keyspace = !c ? NULL
		      : s->target.keyspace[0]
			      ? graph_find_keyspace(c->graph, str_of(s->target.keyspace))
		      : c->graph->keyspace_count ? &c->graph->keyspaces[0]
						 : NULL;
	if (copy_session_map(s, st, &e) < 0 || collect(q, st, &e) < 0) {
		fail_set(q, &e);
		return;
	}
	if (!evaluate(q))
		try_settings(q);
}
