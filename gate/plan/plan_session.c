/* plan_session - LAST_INSERT_ID() and its like: their values are the session's, not those of the
 * pooled connection on which the statement happens to run. */
#include "gate/plan/plan_int.h"
#include "sql/lex/keyword.h"

enum { MAX_CALLS = 64 };

struct found {
	struct place {
		uint32_t start, end;
		enum session_value value;
		const struct ast_item *item; /* the select item that it is the whole of */
	} v[MAX_CALLS];
	uint32_t n;
	const struct ast_item *item;
	bool last_insert_id, sets_last_insert_id;
};

static bool variable(struct str name, enum session_value *out)
{
	if (str_ieqz(name, "autocommit"))
		*out = SESSION_AUTOCOMMIT;
	else if (str_ieqz(name, "warning_count"))
		*out = SESSION_WARNING_COUNT;
	else if (str_ieqz(name, "error_count"))
		*out = SESSION_ERROR_COUNT;
	else
		return false;
	return true;
}

static bool value_of(const struct ast_node *n, enum session_value *out)
{
	const struct ast_func *f = AST_AS(func, n);

	if (n->kind == AST_SYS_VAR)
		return n->op != AST_SCOPE_GLOBAL && variable(AST_AS(sys_var, n)->name, out);
	if (n->kind != AST_FUNC || f->args.n || f->schema.n)
		return false;
	switch (f->fn) {
	case FN_FOUND_ROWS:
		*out = SESSION_FOUND_ROWS;
		return true;
	case FN_ROW_COUNT:
		*out = SESSION_ROW_COUNT;
		return true;
	case FN_CONNECTION_ID:
		*out = SESSION_CONNECTION_ID;
		return true;
	case FN_USER:
	case FN_SESSION_USER:
	case FN_SYSTEM_USER:
	case FN_CURRENT_USER:
		*out = SESSION_USER;
		return true;
	case FN_DATABASE:
	case FN_SCHEMA:
		*out = SESSION_DATABASE;
		return true;
	default:
		return false;
	}
}

static int visit(struct ast_node *n, void *arg)
{
	struct found *f = arg;
	enum session_value v = SESSION_AUTOCOMMIT;

	if (n->kind == AST_ITEM)
		f->item = AST_AS(item, n);
	if (n->kind == AST_FUNC && AST_AS(func, n)->fn == FN_LAST_INSERT_ID &&
	    !AST_AS(func, n)->schema.n) {
		f->last_insert_id = true;
		f->sets_last_insert_id = f->sets_last_insert_id || AST_AS(func, n)->args.n;
		return AST_GO_ON;
	}
	if (!value_of(n, &v) || n->end <= n->start)
		return AST_GO_ON;
	if (f->n < MAX_CALLS) {
		struct place *at = &f->v[f->n++];

		*at = (struct place){n->start, n->end, v, NULL};
		if (f->item && f->item->expr == n && !f->item->alias.n)
			at->item = f->item;
	}
	return AST_SKIP_CHILDREN;
}

/* Whether a call stands in a list or among VALUES rows, which a plan has as one slot. */
static bool in_group(const struct planner *p, const struct found *f)
{
	const struct fingerprint *fp = p->in->fp;

	for (size_t g = 0; g < fp->groups.len; g++)
		for (uint32_t i = 0; i < f->n; i++)
			if (f->v[i].start >= fp->groups.v[g].start &&
			    f->v[i].start < fp->groups.v[g].end)
				return true;
	return false;
}

/* The client's very text with the calls replaced; used once. */
static int replace_in_text(struct planner *p, const struct found *f)
{
	uint32_t at = p->in->fp->start;
	struct template t;

	template_init(&t, p);
	for (uint32_t i = 0; i < f->n; i++) {
		template_verbatim(&t, at, f->v[i].start);
		template_piece(&t, (struct piece){.kind = PIECE_SESSION, .slot = f->v[i].value});
		at = f->v[i].end;
	}
	template_verbatim(&t, at, p->in->fp->end);
	template_skip(&t, p->in->fp->end);
	p->plan->render_always = p->plan->verbatim_params = true;
	p->plan->flags |= PLAN_NO_CACHE;
	return template_finish(&t);
}

int plan_session_values(struct planner *p)
{
	const uint32_t features = FP_HAS_LAST_INSERT_ID | FP_HAS_FOUND_ROWS | FP_HAS_ROW_COUNT |
				  FP_HAS_CONNECTION_ID | FP_HAS_DATABASE_FN | FP_HAS_USER_FN |
				  FP_HAS_SYS_VAR;
	struct found f = {.n = 0};
	struct template t;

	if (!(p->in->fp->features & features) || p->plan->piece)
		return 0;
	ast_walk(p->tree, visit, &f);
	if (f.last_insert_id)
		p->plan->flags |= PLAN_LAST_INSERT_ID;
	if (f.sets_last_insert_id)
		p->plan->flags |= PLAN_SETS_LAST_INSERT_ID;
	if (!f.n)
		return 0;
	if (in_group(p, &f))
		return replace_in_text(p, &f);
	template_init(&t, p);
	for (uint32_t i = 0; i < f.n; i++) {
		const struct place *at = &f.v[i];
		struct str name = planner_text(p, at->start, at->end);

		template_copy(&t, at->start);
		template_piece(&t, (struct piece){.kind = PIECE_SESSION, .slot = at->value});
		if (at->item)
			template_text(&t, " AS `%.*s`", STR_ARG(name));
		template_skip(&t, at->end);
	}
	p->plan->render_always = true;
	p->plan->text_guard = true;
	p->plan->text_hash = fingerprint_text_hash(p->in->fp, p->in->text);
	return template_finish(&t);
}
