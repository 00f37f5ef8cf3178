#include "gate/local/set.h"

#include <stdlib.h>
#include <string.h>

#include "gate/base/gate_ctx.h"
#include "gate/catalog/catalog.h"
#include "gate/exec/read_back.h"
#include "gate/exec/resolve.h"
#include "gate/exec/statement.h"
#include "gate/local/settings.h"
#include "gate/plan/plan.h"
#include "gate/shardio/shard_fetch.h"
#include "gate/txn/commit.h"
#include "gate/vars/client_charset.h"
#include "gate/vars/uservars.h"
#include "sql/ast/ast.h"
#include "sql/lex/keyword.h"
#include "topo/graph.h"

enum { SET_FIXED_COLUMNS = 2 }; /* sql_mode, character_set_client */

struct set {
	struct settings settings; /* what the session will have */
	struct buf text;	  /* arena-copied before it is sent: SET <assignments> */
	struct str before[2];
	/* User variables, in the order of the text. */
	struct str *user;
	const char **literal; /* known without asking; NULL: read back */
	size_t users;
	/* SET autocommit. */
	int autocommit; /* -1: not said */
	struct str autocommit_expr;
	uint64_t last_insert_id;
	struct txn_traits traits; /* SET TRANSACTION of the next transaction only */
	bool asks;		  /* a server is needed */
	bool has_last_insert_id;
};

static int fail_oom(struct err *e)
{
	return err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
}

static void fail(struct statement *st, const struct err *e)
{
	struct set *s = st->local;

	buf_fini(&s->text);
	statement_fail(st, e);
}

/* --- the assignments --- */

static const char *lower_name(struct arena *a, struct str name)
{
	char *z = arena_dup(a, name.p, name.n);

	for (char *p = z; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	return z;
}

static struct str span_of(const struct statement *st, const struct ast_node *n)
{
	return statement_span(st, n->start, n->end);
}

/* A literal whose text means the same in every sql_mode and character set. */
static const char *plain_literal(struct statement *st, const struct ast_node *v)
{
	const struct hmap *set = st->conn->vars.sysvars;
	struct str text = span_of(st, v);

	if (v->kind != AST_LITERAL || v->op == AST_LIT_PARAM || !settings_reads_alike(text))
		return NULL;
	/* A string has the connection's collation, also when that changes later. */
	if (v->op == AST_LIT_STRING)
		return set && hmap_get(set, STR_LIT("collation_connection"))
			       ? NULL
			       : arena_printf(&st->arena, "_utf8mb4 %.*s", STR_ARG(text));
	return arena_dup(&st->arena, text.p, text.n);
}

static void add_text(struct set *s, struct str name, const char *prefix, struct str value)
{
	buf_puts(&s->text, s->text.len ? "," : "SET ");
	buf_puts(&s->text, prefix);
	buf_str(&s->text, name);
	if (value.p) {
		buf_u8(&s->text, '=');
		buf_str(&s->text, value);
	}
}

static int add_user(struct statement *st, struct set *s, const struct ast_set_item *item,
		    struct err *e)
{
	struct str name = AST_AS(user_var, item->target)->name;
	const char *literal = plain_literal(st, item->value);
	struct buf quoted;

	if (!name.p)
		return fail_oom(e);
	s->user[s->users] = name;
	s->literal[s->users++] = literal;
	s->asks = s->asks || !literal;
	buf_init(&quoted);
	uservars_put_name(&quoted, name);
	add_text(s, buf_slice(&quoted), "", span_of(st, item->value));
	buf_fini(&quoted);
	return 0;
}

static int truth(struct str value)
{
	static const char *const yes[] = {"1", "ON", "TRUE", "DEFAULT"};
	static const char *const no[] = {"0", "OFF", "FALSE"};

	if (value.n > 2 && (value.p[0] == '\'' || value.p[0] == '"') &&
	    value.p[value.n - 1] == value.p[0])
		value = str_make(value.p + 1, value.n - 2);
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (str_ieqz(value, yes[i]))
			return 1;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (str_ieqz(value, no[i]))
			return 0;
	return -1;
}

static int bad_autocommit(struct str value, struct err *e)
{
	return err_set_mysql(e, ERR_INVALID, 1231, "42000",
			     "Variable 'autocommit' can't be set to the value of '%.*s'",
			     STR_ARG(value));
}

/* Variables that are the gate's own. True: @name is one. */
static bool add_own(struct statement *st, struct set *s, const char *name,
		    const struct ast_node *value, int *rc, struct err *e)
{
	struct str text = span_of(st, value);

	*rc = 0;
	if (!strcmp(name, "profiling") && truth(text) != 0) {
		*rc = err_set(e, ERR_UNSUPPORTED,
			      "profiling is not supported yet: a session's statements run on "
			      "many connections");
		return true;
	}
	if (!strcmp(name, "autocommit")) {
		s->autocommit = truth(text);
		s->autocommit_expr = (struct str){NULL, 0};
		if (s->autocommit < 0 && value->kind != AST_LITERAL) {
			s->autocommit_expr = text;
			s->asks = true;
		} else if (s->autocommit < 0) {
			*rc = bad_autocommit(text, e);
		}
		return true;
	}
	if ((!strcmp(name, "last_insert_id") || !strcmp(name, "identity")) &&
	    value->kind == AST_LITERAL && str_to_u64(text, &s->last_insert_id)) {
		s->has_last_insert_id = true;
		return true;
	}
	return false;
}

static int refuse_global(struct err *e)
{
	return err_set(e, ERR_UNSUPPORTED,
		       "SET GLOBAL is not supported yet: global variables belong to the servers "
		       "behind the gate");
}

/* Of the next transaction; what is not said stays as it was said before. */
static int add_traits(struct statement *st, struct set *s, struct txn_traits more, struct err *e)
{
	if (st->conn->txn.open)
		return err_set_mysql(e, ERR_INVALID, 1568, "25001",
				     "Transaction characteristics can't be changed while a "
				     "transaction is in progress");
	if (more.isolation)
		s->traits.isolation = more.isolation;
	if (more.access)
		s->traits.access = more.access;
	return 0;
}

/* The number of a level, by name or number as in SET @@tx_isolation; 0: none. */
static uint8_t isolation_of(struct str text)
{
	static const char *const name[][2] = {{"'READ-UNCOMMITTED'", "0"},
					      {"'READ-COMMITTED'", "1"},
					      {"'REPEATABLE-READ'", "2"},
					      {"'SERIALIZABLE'", "3"}};

	for (uint8_t i = 0; i < 4; i++)
		if (str_ieqz(text, name[i][0]) || str_eqz(text, name[i][1]))
			return (uint8_t)(TXN_READ_UNCOMMITTED + i);
	return 0;
}

/* SET @@tx_isolation and SET @@tx_read_only, without SESSION, are for the next transaction; without
 * the @@ they are the session's. True: it is one. */
static bool add_next(struct statement *st, struct set *s, const struct ast_set_item *item,
		     const char *name, int *rc, struct err *e)
{
	bool isolation = !strcmp(name, "tx_isolation");
	struct str value = span_of(st, item->value);
	struct txn_traits next = {0};
	int yes;

	if (item->target->op != AST_SCOPE_NONE || !str_starts(span_of(st, item->target), "@@") ||
	    (!isolation && strcmp(name, "tx_read_only") != 0))
		return false;
	yes = truth(value);
	if (isolation)
		next.isolation = isolation_of(value);
	else if (yes >= 0)
		next.access = yes ? TXN_READ_ONLY : TXN_READ_WRITE;
	if (next.isolation || next.access)
		*rc = add_traits(st, s, next, e);
	else
		*rc = err_set_mysql(e, ERR_INVALID, 1231, "42000",
				    "Variable '%s' can't be set to the value of '%.*s'", name,
				    STR_ARG(value));
	return true;
}

static int add_system(struct statement *st, struct set *s, const struct ast_set_item *item,
		      struct err *e)
{
	const char *name;
	int rc;

	switch (item->target->op) {
	case AST_SCOPE_GLOBAL:
	case AST_SCOPE_PERSIST:
	case AST_SCOPE_PERSIST_ONLY:
		return refuse_global(e);
	default:
		break;
	}
	name = lower_name(&st->arena, AST_AS(sys_var, item->target)->name);
	if (!name)
		return fail_oom(e);
	if (add_own(st, s, name, item->value, &rc, e) || add_next(st, s, item, name, &rc, e))
		return rc;
	if (!strcmp(name, "tx_isolation"))
		s->traits.isolation = TXN_ISOLATION_SESSION;
	else if (!strcmp(name, "tx_read_only"))
		s->traits.access = TXN_ACCESS_SESSION;
	s->asks = true;
	add_text(s, str_of(name), "SESSION ", span_of(st, item->value));
	if (item->value->kind == AST_DEFAULT) {
		settings_remove(&s->settings, name);
		return 0;
	}
	/* Where reading back tells nothing, the client's literal is what is kept. */
	return settings_add(&s->settings, name,
			    settings_is_write_only(name) ? plain_literal(st, item->value) : NULL,
			    e);
}

/* SET NAMES and SET CHARACTER SET, as they are written. */
static int add_names(struct statement *st, struct set *s, const struct ast_set_item *item,
		     struct err *e)
{
	static const char *const vars[] = {"character_set_client", "character_set_results",
					   "character_set_connection", "collation_connection"};

	s->asks = true;
	add_text(s, span_of(st, &item->n), "", (struct str){NULL, 0});
	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]); i++)
		if (settings_add(&s->settings, vars[i], NULL, e) < 0)
			return -1;
	return 0;
}

static int add_item(struct statement *st, struct set *s, const struct ast_set_item *item,
		    struct err *e)
{
	if (item->n.op != AST_SET_VARIABLE)
		return add_names(st, s, item, e);
	if (item->target->kind == AST_USER_VAR)
		return add_user(st, s, item, e);
	return add_system(st, s, item, e);
}

static int add_transaction(struct statement *st, struct set *s, const struct ast_node *tree,
			   struct err *e)
{
	static const char *const levels[] = {"", "'READ-UNCOMMITTED'", "'READ-COMMITTED'",
					     "'REPEATABLE-READ'", "'SERIALIZABLE'"};
	const struct ast_set_transaction *t = AST_AS(set_transaction, tree);

	if (tree->op == AST_SCOPE_NONE)
		return add_traits(st, s,
				  (struct txn_traits){(uint8_t)t->isolation,
						      !t->access	     ? TXN_ACCESS_SESSION
						      : t->access == KW_READ ? TXN_READ_ONLY
									     : TXN_READ_WRITE},
				  e);
	if (tree->op != AST_SCOPE_SESSION && tree->op != AST_SCOPE_LOCAL)
		return refuse_global(e);
	s->asks = true;
	if (t->isolation) {
		s->traits.isolation = TXN_ISOLATION_SESSION;
		add_text(s, STR_LIT("tx_isolation"), "SESSION ", str_of(levels[t->isolation]));
		if (settings_add(&s->settings, "tx_isolation", NULL, e) < 0)
			return -1;
	}
	if (!t->access)
		return 0;
	s->traits.access = TXN_ACCESS_SESSION;
	add_text(s, STR_LIT("tx_read_only"), "SESSION ",
		 t->access == KW_READ ? STR_LIT("1") : STR_LIT("0"));
	return settings_add(&s->settings, "tx_read_only", NULL, e);
}

static int collect(struct statement *st, struct set *s, struct err *e)
{
	const struct ast_node *tree = st->plan->tree;
	const struct ast_set *set;

	if (settings_load(&s->settings, &st->arena, &st->conn->vars, e) < 0)
		return -1;
	if (tree->kind == AST_SET_TRANSACTION)
		return add_transaction(st, s, tree, e);
	set = AST_AS(set, tree);
	s->user = arena_array(&st->arena, set->items.n + 1u, sizeof(*s->user));
	s->literal = arena_array(&st->arena, set->items.n + 1u, sizeof(*s->literal));
	if (!s->user || !s->literal)
		return fail_oom(e);
	for (uint32_t i = 0; i < set->items.n; i++)
		if (add_item(st, s, AST_AS(set_item, set->items.v[i]), e) < 0)
			return -1;
	return 0;
}

/* --- putting it into force --- */

static void commit_done(void *arg, const struct err *e)
{
	struct statement *st = arg;

	st->conn->vars.autocommit = true;
	if (e)
		statement_fail(st, e);
	else
		statement_ok(st);
}

/* Everything has been accepted: the session takes it over. */
static void take_over(struct statement *st)
{
	struct session_vars *v = &st->conn->vars;
	struct set *s = st->local;
	struct err e;

	buf_fini(&s->text);
	if (s->asks && settings_store(&s->settings, v, &e) < 0) {
		statement_fail(st, &e);
		return;
	}
	for (size_t i = 0; i < s->users; i++) {
		if (uservars_set(v, s->user[i], s->literal[i]) < 0) {
			statement_fail_memory(st);
			return;
		}
	}
	if (s->has_last_insert_id)
		v->last_insert_id = s->last_insert_id;
	st->conn->txn.traits = s->traits;
	if (s->autocommit == 1 && !v->autocommit && txn_is_under_way(&st->conn->txn)) {
		statement_commit(st, false, commit_done);
		return;
	}
	if (s->autocommit >= 0)
		v->autocommit = s->autocommit;
	statement_ok(st);
}

/* The columns, in order: the fixed ones, the settings, the user variables that were not literals,
 * autocommit. */
static int take_values(struct statement *st, struct set *s, struct shard_fetch *f, struct err *e)
{
	struct session_vars *v = &st->conn->vars;
	const struct shard_fetch_column *col = f->column;
	uint32_t at = SET_FIXED_COLUMNS;

	if (!f->have_row || f->columns < at)
		return err_set(e, ERR_INTERNAL, "a server did not say what SET came to");
	if (settings_take(&s->settings, &st->arena, f, &at, e) < 0)
		return -1;
	for (size_t i = 0; i < s->users; i++) {
		if (s->literal[i])
			continue;
		if (at >= f->columns)
			return err_set(e, ERR_INTERNAL, "a server left out a variable");
		s->literal[i] = shard_fetch_literal(&st->arena, &col[at++]);
		if (!s->literal[i])
			return fail_oom(e);
	}
	if (s->autocommit_expr.p) {
		struct str value = at < f->columns ? col[at].value : (struct str){NULL, 0};

		s->autocommit = value.p ? truth(value) : -1;
		if (s->autocommit < 0)
			return bad_autocommit(value.p ? value : STR_LIT("NULL"), e);
	}
	/* Bytes: character_set_results does not touch them. */
	if (col[0].value.p)
		lex_mode_of(col[0].value, &v->lex.mode);
	if (col[1].value.p)
		client_charset_set(v, col[1].value);
	return 0;
}

static void release(struct statement *st)
{
	if (read_back_wanted(st))
		commit_release_held(st->ctx, &st->conn->txn);
}

/* The variables that the expressions have set: by :=, or as OUT parameters of functions. */
static void values_read(struct statement *st)
{
	release(st);
	if (st->error.code != ERR_OK)
		fail(st, &st->error);
	else
		take_over(st);
}

static void answered(struct shard_fetch *f, const struct err *e)
{
	struct statement *st = f->arg;
	struct set *s = st->local;
	struct err bad;

	if (!e && take_values(st, s, f, &bad) < 0)
		e = &bad;
	if (e) {
		release(st);
		fail(st, e);
	} else if (read_back_wanted(st)) {
		read_back(st, values_read);
	} else {
		take_over(st);
	}
}

static struct str question(struct statement *st, struct set *s)
{
	struct str sql = {NULL, 0};
	struct buf b;

	buf_init(&b);
	buf_puts(&b, "SELECT CAST(@@session.sql_mode AS BINARY), "
		     "CAST(@@session.character_set_client AS BINARY)");
	settings_ask(&s->settings, &b);
	for (size_t i = 0; i < s->users; i++) {
		if (s->literal[i])
			continue;
		buf_u8(&b, ',');
		uservars_put_name(&b, s->user[i]);
	}
	if (s->autocommit_expr.p) {
		buf_puts(&b, ",(");
		buf_str(&b, s->autocommit_expr);
		buf_u8(&b, ')');
	}
	buf_puts(&b, " LIMIT 1"); /* whatever sql_select_limit says */
	if (!b.failed)
		sql = arena_str(&st->arena, buf_slice(&b));
	buf_fini(&b);
	return sql;
}

/* Any shard can carry it out. */
static int any_shard(struct statement *st, struct err *e)
{
	const struct graph *g = st->plan->catalog->graph;
	const char *name = st->target.keyspace;

	st->keyspace = name[0]		   ? graph_find_keyspace(g, str_of(name))
		       : g->keyspace_count ? &g->keyspaces[0]
					   : NULL;
	if (!st->keyspace)
		return err_set(e, ERR_UNAVAILABLE,
			       "there is no keyspace yet whose servers could be asked");
	return resolve_any(st, e);
}

static int ask(struct statement *st, struct set *s, struct err *e)
{
	struct shard_fetch *f = arena_zalloc(&st->arena, sizeof(*f));
	struct str text =
		s->text.failed ? (struct str){NULL, 0} : arena_str(&st->arena, buf_slice(&s->text));
	unsigned n = 0;

	buf_fini(&s->text); /* the client may leave while the server answers */
	if (!f || !text.p)
		return fail_oom(e);
	if (any_shard(st, e) < 0 ||
	    shard_fetch_settings(&st->conn->vars, false, &st->arena, &f->request.settings, e) < 0 ||
	    uservars_statement(&st->conn->vars, &st->arena, &s->before[n], e) < 0)
		return -1;
	n += s->before[n].n > 0;
	if (text.n)
		s->before[n++] = text;
	f->request.before = s->before;
	f->request.befores = n;
	f->request.sql = question(st, s);
	f->target = st->resolved.target;
	f->targets = 1;
	f->done = answered;
	f->conditions = &st->conn->vars.conditions;
	if (read_back_wanted(st))
		f->request.flags = SHARD_CALL_HOLD;
	if (!f->request.sql.p)
		return fail_oom(e);
	statement_fetch(st, f);
	return 0;
}

void set_run(struct statement *st)
{
	struct set *s = arena_zalloc(&st->arena, sizeof(*s));
	struct err e;

	if (!s) {
		statement_fail_memory(st);
		return;
	}
	st->local = s;
	s->autocommit = -1;
	s->traits = st->conn->txn.traits;
	buf_init(&s->text);
	if (collect(st, s, &e) < 0)
		fail(st, &e);
	else if (!s->asks)
		take_over(st);
	else if (ask(st, s, &e) < 0)
		fail(st, &e);
}
