/* plan_session - LAST_INSERT_ID() and its like: their values are the session's, not those of the
 * pooled connection on which the statement happens to run. */
#include <stdlib.h>
#include <string.h>

#include "gate/plan/plan_int.h"
#include "sql/lex/keyword.h"
#include "sql/sema/colname.h"
#include "src/base/vec.h"

/* What the text changes at one place, in the order of the text. */
struct change {
	uint32_t start, end; /* what is replaced; a name is put in at @start */
	enum change_kind {
		CHANGE_VALUE,	   /* a call or variable becomes @value */
		CHANGE_LOCK_OWNER, /* IS_USED_LOCK() */
		CHANGE_NAME,	   /* behind a select item: AS, with the name that it had before */
	} kind;
	enum session_value value;
	struct str name; /* of CHANGE_NAME */
};

struct found {
	struct planner *p;
	struct {
		struct change *v;
		size_t len, cap;
	} change;
	struct {
		const struct ast_item **v;
		size_t len, cap;
	} item; /* select items without an alias */
	bool last_insert_id, sets_last_insert_id, failed;
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

static void add(struct found *f, struct change c)
{
	if (VEC_GROW(&f->change) < 0)
		f->failed = true;
	else
		f->change.v[f->change.len++] = c;
}

static int visit(struct ast_node *n, void *arg)
{
	struct found *f = arg;
	enum session_value v = SESSION_AUTOCOMMIT;
	const struct ast_func *fn = n->kind == AST_FUNC ? AST_AS(func, n) : NULL;

	if (n->kind == AST_ITEM && !AST_AS(item, n)->alias.n) {
		if (VEC_GROW(&f->item) < 0)
			f->failed = true;
		else
			f->item.v[f->item.len++] = AST_AS(item, n);
	}
	if (n->end <= n->start)
		return AST_GO_ON;
	if (fn && fn->fn == FN_LAST_INSERT_ID && !fn->schema.n) {
		f->last_insert_id = true;
		f->sets_last_insert_id = f->sets_last_insert_id || fn->args.n;
		return AST_GO_ON;
	}
	if (fn && fn->fn == FN_IS_USED_LOCK && fn->args.n == 1) {
		add(f,
		    (struct change){.start = n->start, .end = n->end, .kind = CHANGE_LOCK_OWNER});
		return AST_SKIP_CHILDREN;
	}
	if (!value_of(n, &v))
		return AST_GO_ON;
	add(f, (struct change){n->start, n->end, CHANGE_VALUE, .value = v});
	return AST_SKIP_CHILDREN;
}

/* Items nest, and the walk goes by the tree: into the order of the text; what ends an inner item
 * comes before what ends an outer one. */
static int by_place(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->kind == CHANGE_NAME) - (y->kind == CHANGE_NAME);
}

static void sort(struct found *f)
{
	qsort(f->change.v, f->change.len, sizeof(f->change.v[0]), by_place);
}

/* The first of @n sorted changes at or behind byte @at. */
static size_t first_change(const struct found *f, size_t n, uint32_t at)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (f->change.v[mid].start < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool has_literal(const struct fingerprint *fp, uint32_t start, uint32_t end)
{
	for (size_t i = 0; i < fp->lits.len && fp->lits.v[i].start < end; i++)
		if (fp->lits.v[i].start >= start)
			return true;
	return false;
}

/* An item in which something changes keeps the name that a server gives it: its text. With a
 * literal in it the name is this very statement's, which no other may find in the cache. */
static void keep_names(struct found *f)
{
	const struct planner_input *in = f->p->in;
	size_t n = f->change.len;

	sort(f);
	for (size_t k = 0; k < f->item.len; k++) {
		const struct ast_item *i = f->item.v[k];
		size_t at = first_change(f, n, i->name_start);

		if (at == n || f->change.v[at].start >= i->name_end)
			continue;
		add(f,
		    (struct change){i->name_end, i->name_end, CHANGE_NAME,
				    .name = colname_of(f->p->a, &in->context->lex, in->text, i)});
		if (has_literal(in->fp, i->name_start, i->name_end))
			f->p->plan->flags |= PLAN_NO_CACHE;
	}
	sort(f);
}

/* Whether a change stands in a list or among VALUES rows, which a plan has as one slot. */
static bool in_group(const struct found *f)
{
	const struct fingerprint *fp = f->p->in->fp;

	for (size_t g = 0; g < fp->groups.len; g++)
		for (size_t i = 0; i < f->change.len; i++)
			if (f->change.v[i].start >= fp->groups.v[g].start &&
			    f->change.v[i].start < fp->groups.v[g].end)
				return true;
	return false;
}

static void put_name(struct template *t, struct str name)
{
	template_text(t, " AS `");
	for (size_t at = 0; at < name.n;) {
		const char *tick = memchr(name.p + at, '`', name.n - at);
		size_t end = tick ? (size_t)(tick - name.p) + 1 : name.n;

		template_text(t, "%.*s%s", (int)(end - at), name.p + at, tick ? "`" : "");
		at = end;
	}
	template_text(t, "`");
}

/* The connection on the shard has an id of its own: its lock is the session's. What others hold
 * gets a number that no client has, so that no client mistakes it for its own or kills it. */
static void put_lock_owner(struct template *t, const struct change *c, bool verbatim)
{
	void (*put_call)(struct template * t, uint32_t from, uint32_t to) =
		verbatim ? template_verbatim : template_range;

	template_text(t, "IF(");
	put_call(t, c->start, c->end);
	template_text(t, "=CONNECTION_ID(),");
	template_piece(t, (struct piece){.kind = PIECE_SESSION, .slot = SESSION_CONNECTION_ID});
	template_text(t, ",");
	put_call(t, c->start, c->end);
	template_text(t, "+2147483648)");
}

/* @verbatim: all the client's text as it is, and the plan is used once. */
static int replace(struct found *f, bool verbatim)
{
	struct planner *p = f->p;
	struct template t;

	template_init(&t, p);
	for (size_t i = 0; i < f->change.len; i++) {
		const struct change *c = &f->change.v[i];

		if (verbatim)
			template_verbatim(&t, t.at, c->start);
		else
			template_copy(&t, c->start);
		switch (c->kind) {
		case CHANGE_VALUE:
			template_piece(&t, (struct piece){.kind = PIECE_SESSION, .slot = c->value});
			break;
		case CHANGE_LOCK_OWNER:
			if (verbatim && p->in->fp->params) /* its markers would be there twice */
				return planner_unsupported(
					p, "IS_USED_LOCK() with parameters beside a list");
			put_lock_owner(&t, c, verbatim);
			break;
		case CHANGE_NAME:
			put_name(&t, c->name);
			break;
		}
		template_skip(&t, c->end);
	}
	if (verbatim) {
		template_verbatim(&t, t.at, p->in->fp->end);
		template_skip(&t, p->in->fp->end);
		p->plan->verbatim_params = true;
		p->plan->flags |= PLAN_NO_CACHE;
	} else {
		p->plan->text_guard = true;
		p->plan->text_hash = fingerprint_text_hash(p->in->fp, p->in->text);
	}
	p->plan->render_always = true;
	return template_finish(&t);
}

int plan_session_values(struct planner *p)
{
	const uint32_t features = FP_HAS_LAST_INSERT_ID | FP_HAS_FOUND_ROWS | FP_HAS_ROW_COUNT |
				  FP_HAS_CONNECTION_ID | FP_HAS_DATABASE_FN | FP_HAS_USER_FN |
				  FP_HAS_SYS_VAR | FP_HAS_LOCK_FN;
	struct found f = {.p = p};
	int rc = 0;

	if (!(p->in->fp->features & features) || p->plan->piece)
		return 0;
	ast_walk(p->tree, visit, &f);
	if (f.last_insert_id)
		p->plan->flags |= PLAN_LAST_INSERT_ID;
	if (f.sets_last_insert_id)
		p->plan->flags |= PLAN_SETS_LAST_INSERT_ID;
	if (f.change.len)
		keep_names(&f);
	if (f.failed)
		rc = planner_no_memory(p);
	else if (f.change.len)
		rc = replace(&f, in_group(&f));
	free(f.change.v);
	free(f.item.v);
	return rc;
}
