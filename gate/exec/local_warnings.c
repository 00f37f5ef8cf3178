/* local_warnings - SHOW WARNINGS, SHOW ERRORS and their counts. */
#include <stdio.h>
#include <string.h>

#include "gate/exec/local.h"
#include "gate/exec/query.h"
#include "gate/plan/plan.h"
#include "gate/session/session.h"
#include "sql/ast/ast.h"

struct window {
	uint64_t skip, left;
};

static uint64_t number(struct query *q, const struct ast_node *n, uint64_t otherwise)
{
	uint64_t v;

	if (!n || !str_to_u64(str_make((char *)q->text.p + n->start, n->end - n->start), &v))
		return otherwise;
	return v;
}

static struct window limit_of(struct query *q)
{
	const struct ast_show *show = AST_AS(show, q->plan->tree);
	const struct ast_limit *l;

	if (!show->limit)
		return (struct window){0, UINT64_MAX};
	l = AST_AS(limit, show->limit);
	return (struct window){number(q, l->offset, 0), number(q, l->count, UINT64_MAX)};
}

static void row(struct query *q, struct window *w, const char *level, uint32_t code,
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
	local_row(q, v, 3);
}

static void list(struct query *q, bool errors_only)
{
	static const char *const column[] = {"Level", "Code", "Message"};
	const struct session *s = q->session;
	struct window w = limit_of(q);

	local_columns(q, column, 3);
	for (size_t i = 0; i < s->warning_list.len; i++) {
		const struct warning *x = &s->warning_list.v[i];

		if (!errors_only || !strcmp(x->level, "Error"))
			row(q, &w, x->level, x->code, str_make(x->message, x->n));
	}
	if (s->last_error && s->last_error->code != ERR_OK)
		row(q, &w, "Error", s->last_error->mysql_errno, str_of(s->last_error->msg));
	local_rows_end(q);
}

static void count(struct query *q, bool errors_only)
{
	static const char *const warnings[] = {"@@session.warning_count"};
	static const char *const errors[] = {"@@session.error_count"};
	struct str v;
	char text[16];

	snprintf(text, sizeof(text), "%u",
		 errors_only ? session_error_count(q->session) : session_warning_count(q->session));
	v = str_of(text);
	local_columns(q, errors_only ? errors : warnings, 1);
	local_row(q, &v, 1);
	local_rows_end(q);
}

void local_show_warnings(struct query *q)
{
	switch (q->plan->tree->op) {
	case AST_SHOW_COUNT_WARNINGS:
		count(q, false);
		break;
	case AST_SHOW_COUNT_ERRORS:
		count(q, true);
		break;
	default:
		list(q, q->plan->tree->op == AST_SHOW_ERRORS);
		break;
	}
}
