#include "gate/local/show_processlist.h"

#include <stdio.h>
#include <stdlib.h>

#include "gate/base/gate_ctx.h"
#include "gate/base/session_list.h"
#include "gate/exec/statement.h"
#include "gate/local/show.h"
#include "gate/plan/plan.h"
#include "sql/ast/ast.h"

enum { SHORT_TEXT = 100 }; /* without FULL */

static int by_id(const void *a, const void *b)
{
	const struct session_row *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void print_row(struct resultset *r, const struct session_row *s, bool full)
{
	char id[16], seconds[24];
	struct str v[8] = {str_of(id),	       str_of(s->user), str_of(s->host),  str_of(s->db),
			   str_of(s->command), str_of(seconds), str_of(s->state), {NULL, 0}};

	snprintf(id, sizeof(id), "%u", s->id);
	snprintf(seconds, sizeof(seconds), "%llu", (unsigned long long)s->seconds);
	v[0] = str_of(id);
	v[5] = str_of(seconds);
	if (!s->db[0])
		v[3] = (struct str){NULL, 0};
	if (s->text)
		v[7] = str_of(s->text);
	if (!full && v[7].n > SHORT_TEXT)
		v[7].n = SHORT_TEXT;
	resultset_row(r, v);
}

static void listed(struct statement *st, bool ok)
{
	static const struct resultset_column column[] = {
		{"Id", RESULTSET_LONG},	   {"User", RESULTSET_NAME},	{"Host", RESULTSET_NAME},
		{"db", RESULTSET_UTF8},	   {"Command", RESULTSET_NAME}, {"Time", RESULTSET_INT},
		{"State", RESULTSET_NAME}, {"Info", RESULTSET_UTF8}};
	struct session_list **list = st->local;
	struct session_list *l = *list;
	struct resultset r;

	if (!ok || !l) {
		statement_fail_memory(st);
		return;
	}
	qsort(l->v, l->len, sizeof(*l->v), by_id);
	r = show_begin(st, column, 8);
	for (size_t i = 0; i < l->len; i++)
		print_row(&r, &l->v[i], st->plan->tree->flags & AST_FULL);
	show_end(st, &r);
}

static void gathered(void *arg, struct session_list *l)
{
	struct statement_wait *w = arg;

	if (w->st)
		*(struct session_list **)w->st->local = l;
	statement_resume(w, l != NULL);
	session_list_free(l);
}

void show_processlist(struct statement *st)
{
	struct session_list **list = arena_zalloc(&st->arena, sizeof(struct session_list *));
	struct statement_wait *w = list ? statement_wait_new(st, listed) : NULL;

	st->local = list;
	if (!w)
		statement_fail_memory(st);
	else if (st->ctx->ops->list_sessions(st->ctx, st->conn->vars.user, gathered, w) < 0)
		statement_resume(w, false);
}
