#include "gate/local/show_warnings.h"

#include <stdio.h>
#include <string.h>

#include "gate/exec/statement.h"
#include "gate/local/show.h"
#include "gate/plan/plan.h"
#include "sql/ast/ast.h"

struct window {
	uint64_t skip, left;
};

static uint64_t number(struct statement *st, const struct ast_node *n, uint64_t otherwise)
{
	uint64_t v;

	return n && str_to_u64(statement_span(st, n->start, n->end), &v) ? v : otherwise;
}

static struct window limit_of(struct statement *st)
{
	const struct ast_show *show = AST_AS(show, st->plan->tree);
	const struct ast_limit *l;

	if (!show->limit)
		return (struct window){0, UINT64_MAX};
	l = AST_AS(limit, show->limit);
	return (struct window){number(st, l->offset, 0), number(st, l->count, UINT64_MAX)};
}

static void row(struct resultset *r, struct window *w, const char *level, uint32_t code,
		struct str message)
{
	struct str v[3] = {str_of(level), STR_LIT(""), message};
	char text[16];

	if (w->skip) {
		w->skip--;
		return;
	}
	if (!w->left)
		return;
	w->left--;
	snprintf(text, sizeof(text), "%u", (unsigned)code);
	v[1] = str_of(text);
	resultset_row(r, v);
}

static void list(struct statement *st, bool errors_only)
{
	static const struct resultset_column column[] = {{"Level", RESULTSET_LEVEL},
							 {"Code", RESULTSET_INT},
							 {"Message", RESULTSET_MESSAGE}};
	const struct conditions *c = &st->conn->vars.conditions;
	struct window w = limit_of(st);
	struct resultset r = show_begin(st, column, 3);

	for (size_t i = 0; i < c->len; i++) {
		const struct condition *x = &c->v[i];

		if (!errors_only || !strcmp(x->level, "Error"))
			row(&r, &w, x->level, x->code, str_make(x->message, x->n));
	}
	if (c->error && c->error->code != ERR_OK)
		row(&r, &w, "Error", c->error->mysql_errno, str_of(c->error->msg));
	show_end(st, &r);
}

static void count(struct statement *st, bool errors_only)
{
	static const struct resultset_column warnings[] = {
		{"@@session.warning_count", RESULTSET_LONG}};
	static const struct resultset_column errors[] = {{"@@session.error_count", RESULTSET_LONG}};
	const struct conditions *c = &st->conn->vars.conditions;
	struct resultset r = show_begin(st, errors_only ? errors : warnings, 1);
	struct str v;
	char text[16];

	snprintf(text, sizeof(text), "%u",
		 errors_only ? conditions_errors(c) : conditions_count(c));
	v = str_of(text);
	resultset_row(&r, &v);
	show_end(st, &r);
}

void show_warnings(struct statement *st)
{
	switch (st->plan->tree->op) {
	case AST_SHOW_COUNT_WARNINGS:
		count(st, false);
		break;
	case AST_SHOW_COUNT_ERRORS:
		count(st, true);
		break;
	default:
		list(st, st->plan->tree->op == AST_SHOW_ERRORS);
		break;
	}
}
