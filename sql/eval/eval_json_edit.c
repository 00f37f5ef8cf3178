/* JSON functions that make JSON of values, and that change it. */
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

/* The text of @a as it stands in JSON in @cs. */
static bool escaped(struct eval *v, const struct expr *a, struct str s, enum charset_id cs,
		    struct str *out)
{
	if (jsontext_escape(v->arena, s, eval_json_charset(a), cs, out))
		return true;
	eval_fail(v, ERR_NOMEM, "out of memory");
	return false;
}

static bool quoted(struct eval *v, struct str inside, struct str *out)
{
	return glue(v, (struct str[]){STR_LIT("\""), inside, STR_LIT("\"")}, 3, out);
}

/* The value of @a as JSON in @cs. */
static bool json_of(struct eval *v, const struct expr *a, enum charset_id cs, struct str *out)
{
	enum expr_result r = expr_result_of(&a->t);
	bool b, json = expr_is_json(a);

	*out = STR_LIT("null");
	if (a->t.is_bool) {
		if (eval_bool(v, a, &b))
			*out = b ? STR_LIT("true") : STR_LIT("false");
		return !v->failed;
	}
	if (!(json ? eval_json_text(v, a, out) : eval_str(v, a, out))) {
		*out = STR_LIT("null");
		return !v->failed;
	}
	if (json)
		return true;
	if (!escaped(v, a, *out, cs, out))
		return false;
	return (r != EXPR_STRING && r != EXPR_TIME) || quoted(v, *out, out);
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
		if (!json_of(v, x->arg[i], x->t.collation->charset, &piece[n++]))
			return;
	}
	piece[n++] = STR_LIT("]");
	if (glue(v, piece, n, &s))
		eval_put_str(out, s);
}

void eval_fn_json_object(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
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
		if (!eval_str(v, x->arg[i], &s))
			s = (struct str){"", 0};
		if (v->failed || !escaped(v, x->arg[i], s, cs, &s) || !quoted(v, s, &piece[n++]))
			return;
		piece[n++] = STR_LIT(": ");
		if (!json_of(v, x->arg[i + 1], cs, &piece[n++]))
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
	by->name = j->name;
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

/* The value of arg[0], @s, to be changed. */
static struct jsontext *start(struct eval *v, const struct expr *x, struct str s)
{
	bool whole;
	struct jsontext *root = eval_json_parse(v, s, &whole);

	if (v->failed)
		return NULL;
	if (!whole) {
		eval_json_warn(v);
		return NULL;
	}
	return eval_json_names(v, x->arg[0], root) ? root : NULL;
}

static void finish(struct eval *v, struct jsontext *root, struct datum *out)
{
	if (jsontext_depth(root) > JSONTEXT_MAX_DEPTH + 1)
		eval_fail(v, ERR_UNSUPPORTED, "JSON of that depth");
	else
		eval_json_put(v, root, true, out);
}

struct change {
	struct jsontext *root;
	const struct expr *value, *js; /* computed only if it is needed */
	bool inserts, replaces;
};

/* The value that is put in: JSON of a value always is JSON, but for BIT's. */
static struct jsontext *new_value(struct eval *v, const struct change *c)
{
	struct str s;

	return json_of(v, c->value, eval_json_charset(c->js), &s) ? eval_json_whole(v, s) : NULL;
}

static bool append_to(struct eval *v, const struct change *c, struct jsontext *at, struct str key)
{
	struct jsontext *value = new_value(v, c);

	if (!value)
		return false;
	value->key = value->name = key;
	jsontext_append(at, value);
	return true;
}

static bool replace_by(struct eval *v, struct change *c, struct jsontext *at)
{
	struct jsontext *value = new_value(v, c);

	if (value)
		replace(&c->root, at, value);
	return value != NULL;
}

/* [1] of what is no array makes it one; what does not count from its start is the thing itself. */
static bool wrap(struct eval *v, struct change *c, struct jsontext *at, int32_t place)
{
	struct jsontext *array, *copy;

	if (!c->inserts)
		return true;
	if (place < 0 && c->replaces)
		return replace_by(v, c, at);
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
	copy->key = copy->name = (struct str){0};
	jsontext_append(array, copy);
	return append_to(v, c, array, (struct str){0});
}

/* Where the last step of @p leads to nothing yet. */
static bool insert(struct eval *v, struct change *c, const struct jsonpath *p)
{
	struct jsonpath up = {.step = p->step, .n = p->n - 1};
	const struct jsonpath_step *last = &p->step[p->n - 1];
	struct jsontext *at = jsonpath_first(&up, c->root);

	if (!at)
		return true;
	if (last->kind == JSONPATH_KEY)
		return at->type != JSONTEXT_OBJECT || !c->inserts ||
		       append_to(v, c, at, last->key);
	if (at->type == JSONTEXT_ARRAY)
		return !c->inserts || append_to(v, c, at, (struct str){0});
	return wrap(v, c, at, last->first);
}

static bool change(struct eval *v, struct change *c, const struct jsonpath *p)
{
	struct jsontext *at = jsonpath_first(p, c->root);

	if (at)
		return !c->replaces || replace_by(v, c, at);
	return !p->n || insert(v, c, p);
}

void eval_fn_json_set(struct eval *v, const struct expr *x, struct datum *out)
{
	struct change c = {.js = x->arg[0],
			   .inserts = x->fn != FN_JSON_REPLACE,
			   .replaces = x->fn != FN_JSON_INSERT};
	struct str s;

	if (!eval_json_text(v, x->arg[0], &s))
		return;
	for (uint32_t i = 1; i < x->n; i += 2) {
		struct jsonpath p;

		if (!eval_json_path(v, x->arg[i], x->arg[0], EVAL_JSON_ONE, &p))
			return;
		c.root = i == 1 ? start(v, x, s) : c.root;
		c.value = x->arg[i + 1];
		if (!c.root || !change(v, &c, &p))
			return;
	}
	finish(v, c.root, out);
}

void eval_fn_json_remove(struct eval *v, const struct expr *x, struct datum *out)
{
	struct jsontext *root = NULL, *at;
	struct str s;

	if (!eval_json_text(v, x->arg[0], &s))
		return;
	for (uint32_t i = 1; i < x->n; i++) {
		struct jsonpath p;

		if (!eval_json_path(v, x->arg[i], x->arg[0], EVAL_JSON_ONE, &p))
			return;
		if (!p.n) {
			eval_warn(v, 4051, "Path expression '$' is not allowed");
			return;
		}
		root = i == 1 ? start(v, x, s) : root;
		if (!root)
			return;
		at = jsonpath_first(&p, root);
		/* [0] of what is no array is nothing to be taken out. */
		if (at && at->parent &&
		    (p.step[p.n - 1].kind == JSONPATH_KEY || at->parent->type == JSONTEXT_ARRAY))
			take_out(at);
	}
	finish(v, root, out);
}

/* --- JSON_MERGE_PATCH --- */

/* The member of that name, up to @last. */
static struct jsontext *member(struct jsontext *j, const struct jsontext *last, struct str name)
{
	for (struct jsontext *c = last ? j->child : NULL; c; c = c == last ? NULL : c->next)
		if (str_eq(c->name, name))
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

/* What @j becomes by @patch (RFC 7396, but that a key may be there twice). Both are as deep as JSON may be,
 * no deeper. */
static struct jsontext *merge(struct jsontext *j, struct jsontext *patch)
{
	struct jsontext *next, *by, *last, *end = j->last, *had;

	if (patch->type != JSONTEXT_OBJECT)
		return patch;
	if (j->type != JSONTEXT_OBJECT)
		return without_nulls(patch);
	/* First what is new, while it is known what is old. */
	for (struct jsontext *c = patch->child; c; c = next) {
		next = c->next;
		if (member(j, end, c->name))
			continue;
		take_out(c);
		if (c->type != JSONTEXT_NULL)
			jsontext_append(j, without_nulls(c));
	}
	last = patch->last;
	for (struct jsontext *c = j->child; c; c = next) {
		next = c == end ? NULL : c->next;
		had = member(patch, last, c->name);
		if (!had)
			continue;
		if (had->type == JSONTEXT_NULL) {
			take_out(c);
			continue;
		}
		take_out(had);
		by = merge(c, had);
		if (by != c)
			replace(&j, c, by);
		last = patch->last;
	}
	return j;
}

/* An object may end too early where it is only copied. */
static bool may_be_copied(const struct jsontext *root)
{
	for (const struct jsontext *j = root; j; j = jsontext_following((struct jsontext *)j))
		if (!j->whole && j->type != JSONTEXT_OBJECT)
			return false;
	return root != NULL;
}

/* What is patched: JSON that is read when it is needed, or NULL. */
struct target {
	struct jsontext *j;
	struct str text;
	bool null, read;
};

static uint32_t nodes(struct jsontext *root)
{
	uint32_t n = 0;

	for (struct jsontext *j = root; j; j = jsontext_following(j))
		n++;
	return n;
}

/* @patch over *t. False: one of them goes wrong. */
static bool merge_next(struct eval *v, const struct expr *x, struct target *t, struct jsontext *patch)
{
	bool whole;

	if (!t->read)
		t->j = eval_json_parse(v, t->text, &whole);
	t->read = true;
	if (t->j && (uint64_t)nodes(t->j) * nodes(patch) > EVAL_JSON_WORK) {
		eval_fail(v, ERR_UNSUPPORTED, "JSON_MERGE_PATCH of that much");
		return false;
	}
	if (!t->j || !t->j->whole || !eval_json_names(v, x, t->j) || !may_be_copied(patch) ||
	    (t->j->type == JSONTEXT_OBJECT && patch->type == JSONTEXT_OBJECT && !patch->whole))
		return false;
	t->j = merge(t->j, patch);
	return true;
}

void eval_fn_json_merge_patch(struct eval *v, const struct expr *x, struct datum *out)
{
	struct target t = {0};

	if (!ascii_based(v, x))
		return;
	t.null = !eval_str_as(v, x->arg[0], x->t.collation, &t.text);
	for (uint32_t i = 1; i < x->n && !v->failed; i++) {
		struct jsontext *patch;
		struct str s;
		bool whole, ok;

		if (!eval_str_as(v, x->arg[i], x->t.collation, &s)) {
			t.null = true;
			continue;
		}
		patch = eval_json_parse(v, s, &whole);
		if (t.null && patch && patch->type == JSONTEXT_OBJECT)
			continue; /* NULL stays NULL */
		ok = patch && eval_json_names(v, x, patch);
		if (ok && t.null)
			t = (struct target){.text = s};
		else
			ok = ok && merge_next(v, x, &t, patch);
		if (!ok && !v->failed) {
			eval_json_warn(v);
			return;
		}
	}
	if (t.null || v->failed)
		return;
	if (!t.read)
		t.j = start(v, x, t.text);
	if (t.j)
		finish(v, t.j, out);
}
