/* JSON functions that make JSON of values and change it: JSON_ARRAY, JSON_SET, JSON_REMOVE, JSON_MERGE_PATCH. */
#include "sql/eval/eval_json.h"
#include "sql/lex/keyword.h"

/* @pieces put one behind the other. */
static bool glue(struct eval *v, const struct str *pieces, uint32_t n, struct str *out)
{
	size_t total = 0, at = 0;
	char *to;

	for (uint32_t i = 0; i < n; i++)
		total += pieces[i].n;
	if (total > v->session->max_allowed_packet) {
		eval_warn(v, WARN_TOO_LARGE, "Result was larger than max_allowed_packet");
		return false;
	}
	to = eval_alloc(v, total + 1);
	for (uint32_t i = 0; to && i < n; at += pieces[i++].n)
		if (pieces[i].n)
			memcpy(to + at, pieces[i].p, pieces[i].n);
	*out = str_make(to, total);
	return to != NULL;
}

static bool quoted(struct eval *v, struct str s, struct str *out)
{
	struct str inside;

	if (!jsontext_escape(v->arena, s, &inside)) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return false;
	}
	return glue(v, (struct str[]){STR_LIT("\""), inside, STR_LIT("\"")}, 3, out);
}

/* The value of @a as JSON in the character set of @c. */
static bool json_of(struct eval *v, const struct expr *a, const struct collation *c, struct str *out)
{
	enum expr_result r = expr_result_of(&a->t);
	bool b;

	*out = STR_LIT("null");
	if (a->t.is_bool) {
		if (eval_bool(v, a, &b))
			*out = b ? STR_LIT("true") : STR_LIT("false");
		return !v->failed;
	}
	if (!eval_str_as(v, a, c, out)) {
		*out = STR_LIT("null");
		return !v->failed;
	}
	if (expr_is_json(a) || (r != EXPR_STRING && r != EXPR_TIME))
		return true;
	return quoted(v, *out, out);
}

static bool ascii_based(struct eval *v, const struct expr *x)
{
	if (charset_get(x->t.collation->charset)->ascii)
		return true;
	eval_fail(v, ERR_UNSUPPORTED, "JSON in ucs2 and its like");
	return false;
}

void eval_fn_json_array(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str *piece, s;
	uint32_t n = 0;

	if (!ascii_based(v, x))
		return;
	piece = eval_alloc(v, (2 * (size_t)x->n + 2) * sizeof(*piece));
	if (!piece)
		return;
	piece[n++] = STR_LIT("[");
	for (uint32_t i = 0; i < x->n; i++) {
		if (i)
			piece[n++] = STR_LIT(", ");
		if (!json_of(v, x->arg[i], x->t.collation, &piece[n++]))
			return;
	}
	piece[n++] = STR_LIT("]");
	if (glue(v, piece, n, &s))
		eval_put_str(out, s);
}

void eval_fn_json_object(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str *piece, s;
	uint32_t n = 0;

	if (!ascii_based(v, x))
		return;
	piece = eval_alloc(v, (2 * (size_t)x->n + 2) * sizeof(*piece));
	if (!piece)
		return;
	piece[n++] = STR_LIT("{");
	for (uint32_t i = 0; i < x->n; i += 2) {
		if (i)
			piece[n++] = STR_LIT(", ");
		if (!eval_str_as(v, x->arg[i], x->t.collation, &s))
			s = (struct str){"", 0};
		if (v->failed || !quoted(v, s, &piece[n++]))
			return;
		piece[n++] = STR_LIT(": ");
		if (!json_of(v, x->arg[i + 1], x->t.collation, &piece[n++]))
			return;
	}
	piece[n++] = STR_LIT("}");
	if (glue(v, piece, n, &s))
		eval_put_str(out, s);
}

/* --- changes --- */

/* @by in the place of @j, which is *root or has a parent. */
static void replace(struct jsontext **root, struct jsontext *j, struct jsontext *by)
{
	struct jsontext *parent = j->parent, **link;

	by->key = j->key;
	by->parent = parent;
	by->next = j->next;
	if (!parent) {
		*root = by;
		return;
	}
	for (link = &parent->child; *link != j;)
		link = &(*link)->next;
	*link = by;
	if (parent->last == j)
		parent->last = by;
}

static void take_out(struct jsontext *j)
{
	struct jsontext *parent = j->parent, **link, *before = NULL;

	for (link = &parent->child; *link != j; link = &(*link)->next)
		before = *link;
	*link = j->next;
	if (parent->last == j)
		parent->last = before;
	parent->count--;
}

/* Keys as they are written are those that paths have only without escapes. */
static bool has_escaped_keys(const struct jsontext *root)
{
	for (const struct jsontext *j = root; j; j = jsontext_following((struct jsontext *)j))
		if (j->key.n && memchr(j->key.p, '\\', j->key.n))
			return true;
	return false;
}

/* The value of arg[0], to be changed. */
static struct jsontext *start(struct eval *v, const struct expr *x)
{
	struct jsontext *root = eval_json_valid(v, x->arg[0]);

	if (root && has_escaped_keys(root)) {
		eval_fail(v, ERR_UNSUPPORTED, "change of JSON whose keys have escapes");
		return NULL;
	}
	return root;
}

static void finish(struct eval *v, struct jsontext *root, struct datum *out)
{
	if (jsontext_depth(root) > JSONTEXT_MAX_DEPTH + 1)
		eval_fail(v, ERR_UNSUPPORTED, "JSON of that depth");
	else
		eval_json_put(v, root, true, out);
}

struct change {
	struct jsontext *root, *value;
	bool inserts, replaces;
};

/* Where the last step of @p leads to nothing yet. */
static bool insert(struct eval *v, struct change *c, const struct jsonpath *p)
{
	struct jsonpath up = {.step = p->step, .n = p->n - 1};
	const struct jsonpath_step *last = &p->step[p->n - 1];
	struct jsontext *at = jsonpath_first(&up, c->root), *array, *copy;

	if (!at)
		return true;
	if (last->kind == JSONPATH_KEY) {
		if (at->type == JSONTEXT_OBJECT) {
			c->value->key = last->key;
			jsontext_append(at, c->value);
		}
		return true;
	}
	if (at->type == JSONTEXT_ARRAY) {
		jsontext_append(at, c->value);
		return true;
	}
	/* [1] of what is no array makes it one. */
	array = jsontext_new(v->arena, JSONTEXT_ARRAY, (struct str){0});
	copy = arena_alloc(v->arena, sizeof(*copy));
	if (!array || !copy) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return false;
	}
	*copy = *at;
	for (struct jsontext *k = copy->child; k; k = k->next)
		k->parent = copy;
	replace(&c->root, at, array);
	copy->key = (struct str){0};
	jsontext_append(array, copy);
	jsontext_append(array, c->value);
	return true;
}

static bool change(struct eval *v, struct change *c, const struct jsonpath *p)
{
	struct jsontext *at = jsonpath_first(p, c->root);

	if (at && c->replaces)
		replace(&c->root, at, c->value);
	if (at || !c->inserts || !p->n)
		return true;
	return insert(v, c, p);
}

/* The value that is put in: JSON of a value always is JSON. */
static struct jsontext *new_value(struct eval *v, const struct expr *a, const struct expr *js)
{
	struct jsontext *j;
	struct str s;
	bool whole;

	if (!json_of(v, a, collation_get(charset_get(eval_json_charset(js))->bin_collation), &s))
		return NULL;
	j = eval_json_parse(v, s, &whole);
	if (!v->failed && !whole) {
		eval_json_warn(v);
		return NULL;
	}
	return j;
}

void eval_fn_json_set(struct eval *v, const struct expr *x, struct datum *out)
{
	struct change c = {.root = start(v, x),
			   .inserts = x->fn != FN_JSON_REPLACE,
			   .replaces = x->fn != FN_JSON_INSERT};

	for (uint32_t i = 1; c.root && i < x->n; i += 2) {
		struct jsonpath p;

		if (!eval_json_path(v, x->arg[i], x->arg[0], EVAL_JSON_ONE, &p))
			return;
		c.value = new_value(v, x->arg[i + 1], x->arg[0]);
		if (!c.value || !change(v, &c, &p))
			return;
	}
	if (c.root)
		finish(v, c.root, out);
}

void eval_fn_json_remove(struct eval *v, const struct expr *x, struct datum *out)
{
	struct jsontext *root = start(v, x), *at;

	for (uint32_t i = 1; root && i < x->n; i++) {
		struct jsonpath p;

		if (!eval_json_path(v, x->arg[i], x->arg[0], EVAL_JSON_ONE, &p))
			return;
		if (!p.n) {
			eval_warn(v, 4051, "Path expression '$' is not allowed");
			return;
		}
		at = jsonpath_first(&p, root);
		/* [0] of what is no array is nothing to be taken out. */
		if (at && at->parent &&
		    (p.step[p.n - 1].kind == JSONPATH_KEY || at->parent->type == JSONTEXT_ARRAY))
			take_out(at);
	}
	if (root)
		finish(v, root, out);
}

/* --- JSON_MERGE_PATCH --- */

static struct jsontext *member(struct jsontext *j, struct str key)
{
	for (struct jsontext *c = j->child; c; c = c->next)
		if (str_eq(c->key, key))
			return c;
	return NULL;
}

/* Members that are null have no place in what is new. */
static struct jsontext *without_nulls(struct jsontext *j)
{
	struct jsontext *next;

	if (j->type != JSONTEXT_OBJECT)
		return j;
	for (struct jsontext *c = j->child; c; c = next) {
		next = c->next;
		if (c->type == JSONTEXT_NULL)
			take_out(c);
		else
			without_nulls(c);
	}
	return j;
}

/* What @j becomes by @patch (RFC 7396). Both are as deep as JSON may be, no deeper. */
static struct jsontext *merge(struct jsontext *j, struct jsontext *patch)
{
	struct jsontext *next, *old, *by;

	if (patch->type != JSONTEXT_OBJECT)
		return patch;
	if (j->type != JSONTEXT_OBJECT)
		return without_nulls(patch);
	for (struct jsontext *c = patch->child; c; c = next) {
		next = c->next;
		old = member(j, c->key);
		if (c->type == JSONTEXT_NULL) {
			if (old)
				take_out(old);
		} else if (old) {
			by = merge(old, c);
			if (by != old)
				replace(&j, old, by);
		} else {
			jsontext_append(j, without_nulls(c));
		}
	}
	return j;
}

void eval_fn_json_merge_patch(struct eval *v, const struct expr *x, struct datum *out)
{
	struct jsontext *root = NULL, *patch;
	struct str s;
	bool whole;

	if (!ascii_based(v, x))
		return;
	for (uint32_t i = 0; i < x->n; i++) {
		if (!eval_str_as(v, x->arg[i], x->t.collation, &s)) {
			if (v->failed)
				return;
			root = NULL;
			continue;
		}
		patch = eval_json_parse(v, s, &whole);
		if (v->failed)
			return;
		if (!whole) {
			eval_json_warn(v);
			return;
		}
		if (has_escaped_keys(patch)) {
			eval_fail(v, ERR_UNSUPPORTED, "JSON_MERGE_PATCH of keys with escapes");
			return;
		}
		if (i == 0 || (!root && patch->type != JSONTEXT_OBJECT))
			root = patch;
		else if (root)
			root = merge(root, patch);
	}
	if (root)
		finish(v, root, out);
}
