/* JSON functions that look at JSON or make it of values; eval_json_edit.c has those that change it. */
#include "sql/eval/eval_json.h"

#include "sql/lex/keyword.h"
#include "src/data/number.h"

void eval_json_warn(struct eval *v)
{
	eval_warn(v, WARN_JSON, "Syntax error in JSON text or path");
}

bool eval_json_text(struct eval *v, const struct expr *x, struct str *s)
{
	bool text;

	/* Who wants JSON does not care how it looks. */
	while (x->kind == EXPR_CALL && (x->fn == FN_JSON_LOOSE || x->fn == FN_JSON_COMPACT))
		x = x->arg[0];
	text = expr_result_of(&x->t) == EXPR_STRING;
	if (!eval_str(v, x, s))
		return false;
	if (!text || charset_get(x->t.collation->charset)->ascii)
		return true;
	eval_fail(v, ERR_UNSUPPORTED, "JSON in ucs2 and its like");
	return false;
}

enum charset_id eval_json_charset(const struct expr *x)
{
	return expr_result_of(&x->t) == EXPR_STRING ? x->t.collation->charset : CHARSET_LATIN1;
}

struct jsontext *eval_json_parse(struct eval *v, struct str s, bool *whole)
{
	enum jsontext_error e;
	struct jsontext *j = jsontext_parse(v->arena, s, &e);

	if (e == JSONTEXT_NOMEM)
		eval_fail(v, ERR_NOMEM, "out of memory");
	*whole = e == JSONTEXT_OK;
	return v->failed ? NULL : j;
}

struct jsontext *eval_json_whole(struct eval *v, struct str s)
{
	bool whole;
	struct jsontext *j = eval_json_parse(v, s, &whole);

	if (v->failed || whole)
		return j;
	eval_json_warn(v);
	return NULL;
}

struct jsontext *eval_json_valid(struct eval *v, const struct expr *x)
{
	struct str s;

	return eval_json_text(v, x, &s) ? eval_json_whole(v, s) : NULL;
}

bool eval_json_path(struct eval *v, const struct expr *x, const struct expr *js, unsigned flags,
		    struct jsonpath *p)
{
	const struct collation *c = collation_get(charset_get(eval_json_charset(js))->bin_collation);
	struct str s;

	if (!eval_str_as(v, x, c, &s))
		return false;
	switch (jsonpath_parse(v->arena, s, p)) {
	case JSONPATH_OK:
		p->by_steps = flags & EVAL_JSON_STEPS;
		if (!p->many || !(flags & EVAL_JSON_ONE))
			return true;
		break;
	case JSONPATH_BAD:
		break;
	case JSONPATH_UNKNOWN:
		eval_fail(v, ERR_UNSUPPORTED, "JSON path");
		return false;
	case JSONPATH_NOMEM:
		eval_fail(v, ERR_NOMEM, "out of memory");
		return false;
	}
	if (!(flags & EVAL_JSON_QUIET))
		eval_json_warn(v);
	return false;
}

void eval_json_put(struct eval *v, const struct jsontext *j, bool loose, struct datum *out)
{
	struct str s;

	if (jsontext_print(j, loose, v->arena, &s))
		eval_put_str(out, s);
	else
		eval_fail(v, ERR_NOMEM, "out of memory");
}

/* Keys as who looks for a path step by step reads them. */
bool eval_json_names(struct eval *v, const struct expr *js, struct jsontext *j)
{
	if (j && !jsontext_unescape_keys(v->arena, j, eval_json_charset(js)))
		eval_fail(v, ERR_NOMEM, "out of memory");
	return !v->failed;
}

void eval_fn_json_valid(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;

	if (eval_json_text(v, x->arg[0], &s)) {
		bool whole;

		eval_json_parse(v, s, &whole);
		if (!whole && !v->failed)
			eval_json_warn(v);
		eval_put_bool(out, whole);
	}
}

void eval_fn_json_type(struct eval *v, const struct expr *x, struct datum *out)
{
	static const char *const names[] = {"OBJECT", "ARRAY",	 "STRING", "INTEGER",
					    "BOOLEAN", "BOOLEAN", "NULL"};
	const struct jsontext *j = eval_json_valid(v, x->arg[0]);

	if (!j)
		return;
	if (j->type == JSONTEXT_NUMBER && memchr(j->raw.p, '.', j->raw.n))
		eval_put_str(out, STR_LIT("DOUBLE"));
	else
		eval_put_str(out, str_of(names[j->type]));
}

void eval_fn_json_depth(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct jsontext *j = eval_json_valid(v, x->arg[0]);

	if (j)
		eval_put_int(out, jsontext_depth(j), false);
}

void eval_fn_json_format(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct jsontext *j = eval_json_valid(v, x->arg[0]);

	if (j)
		eval_json_put(v, j, x->fn == FN_JSON_LOOSE, out);
}

/* --- quotes --- */

void eval_fn_json_quote(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct expr *a = x->arg[0];
	struct str s, inside;

	if (!eval_str(v, a, &s) || expr_is_number(a))
		return;
	if (!jsontext_escape(v->arena, s, eval_json_charset(a), CHARSET_UTF8MB4, &inside)) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return;
	}
	s.p = arena_printf(v->arena, "\"%.*s\"", STR_ARG(inside));
	if (!s.p)
		eval_fail(v, ERR_NOMEM, "out of memory");
	else
		eval_put_str(out, str_make(s.p, inside.n + 2));
}

/* What is no string stays as it is, bytes and all. */
void eval_fn_json_unquote(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct expr *a = x->arg[0];
	enum jsontext_error e;
	struct jsontext *j;
	struct str s, plain;
	bool bad;
	size_t at = 0, lost;

	if (!eval_json_text(v, a, &s))
		return;
	eval_put_str(out, s);
	while (at < s.n && strchr(" \t\r\n", s.p[at]))
		at++;
	if (at == s.n || s.p[at] != '"')
		return;
	j = jsontext_parse_first(v->arena, s, &e);
	if (e == JSONTEXT_OK && jsontext_unescape(v->arena, jsontext_inside(j), CHARSET_UTF8MB4,
						  &plain, &bad)) {
		if (eval_json_charset(a) != CHARSET_UTF8MB4 && !charset_is_ascii(plain) &&
		    !charset_convert(v->arena, eval_json_charset(a), CHARSET_UTF8MB4,
				     jsontext_inside(j), &plain, &lost))
			eval_fail(v, ERR_NOMEM, "out of memory");
		eval_put_str(out, plain);
	} else if (e == JSONTEXT_BAD) {
		eval_json_warn(v);
	} else {
		eval_fail(v, ERR_NOMEM, "out of memory");
	}
}

/* --- parts --- */

static bool mark(void *arg, struct jsontext *j)
{
	(void)arg;
	j->marks++;
	return true;
}

/* The marked values of @root as an array, each as often as it is marked. */
static struct jsontext *marked(struct eval *v, struct jsontext *root)
{
	struct jsontext *all = jsontext_new(v->arena, JSONTEXT_ARRAY, (struct str){0}), *copy;

	for (struct jsontext *j = root; all && j; j = jsontext_following(j)) {
		for (; all && j->marks; j->marks--) {
			copy = arena_alloc(v->arena, sizeof(*copy));
			if (copy) {
				*copy = *j;
				jsontext_append(all, copy);
			} else {
				all = NULL;
			}
		}
	}
	if (!all)
		eval_fail(v, ERR_NOMEM, "out of memory");
	return all;
}

/* The paths from arg[@first] on, marked in *root. -1: there is no value. */
static int mark_paths(struct eval *v, const struct expr *x, uint32_t first, struct jsontext *root)
{
	bool many = x->n - first > 1;

	for (uint32_t i = first; i < x->n; i++) {
		struct jsonpath p;

		if (!eval_json_path(v, x->arg[i], x->arg[0], 0, &p))
			return -1;
		many = many || p.many;
		if (root)
			jsonpath_each(&p, root, mark, NULL);
	}
	return many;
}

/* What JSON_EXTRACT() finds: one value, or an array of them. */
static struct jsontext *extract(struct eval *v, const struct expr *x)
{
	struct jsontext *root, *all;
	struct str s;
	bool whole;
	int many;

	if (!eval_json_text(v, x->arg[0], &s))
		return NULL;
	root = eval_json_parse(v, s, &whole);
	if (v->failed)
		return NULL;
	many = mark_paths(v, x, 1, whole ? root : NULL);
	if (many < 0)
		return NULL;
	if (!whole) {
		eval_json_warn(v);
		return NULL;
	}
	all = marked(v, root);
	if (!all || !all->child)
		return NULL;
	return many ? all : all->child;
}

void eval_fn_json_extract(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct jsontext *j = extract(v, x);

	if (j)
		eval_json_put(v, j, true, out);
}

bool eval_is_extract(const struct expr *x)
{
	return x->kind == EXPR_CALL && x->fn == FN_JSON_EXTRACT;
}

/* The first value found; what is no number and no text of one is 0, of which only decimals
 * warn. */
void eval_extract_by(struct eval *v, const struct expr *x, enum expr_result by, struct datum *out)
{
	struct jsontext *j = extract(v, x);
	struct decimal d;
	struct eval_num n = {0};
	bool range, negative;
	struct str s;
	double r = 0;
	uint64_t u = 0;

	if (!j)
		return;
	s = j->type == JSONTEXT_NUMBER	 ? j->raw
	    : j->type == JSONTEXT_STRING ? jsontext_inside(j)
	    : j->type == JSONTEXT_TRUE	 ? STR_LIT("1")
					 : STR_LIT("0");
	if (by == EXPR_REAL) {
		number_scan_double(s, &r, &range);
		out->kind = DATUM_REAL;
		out->d = r;
	} else if (by == EXPR_INT) {
		number_scan_integer(s, &negative, &u, &range);
		n.i = (int64_t)(negative ? 0 - u : u);
		eval_put_int(out, n.i, false);
	} else {
		eval_scan_decimal(v, s, &d);
		eval_put_dec(v, &d, out);
	}
}

/* As comparisons see it: a string without its quotes. */
bool eval_extract_text(struct eval *v, const struct expr *x, struct str *s)
{
	enum jsontext_error e;
	struct jsontext *j;
	bool bad;

	if (!eval_str(v, x, s))
		return false;
	j = jsontext_parse(v->arena, *s, &e);
	if (e == JSONTEXT_OK && j->type == JSONTEXT_STRING &&
	    !jsontext_unescape(v->arena, jsontext_inside(j), x->t.collation->charset, s, &bad))
		e = JSONTEXT_NOMEM;
	if (e == JSONTEXT_NOMEM)
		eval_fail(v, ERR_NOMEM, "out of memory");
	return e == JSONTEXT_OK;
}

struct wanted {
	bool scalar;
	struct jsontext *found;
};

/* The first scalar, or the first that is none, of which all is there. */
static bool is_wanted(void *arg, struct jsontext *j)
{
	struct wanted *w = arg;

	if (!j->whole || jsontext_is_scalar(j) != w->scalar)
		return true;
	w->found = j;
	return false;
}

/* JSON_VALUE() and JSON_QUERY() stop where they have found it and say nothing about the rest. */
static const struct jsontext *look_up(struct eval *v, const struct expr *x, bool scalar)
{
	struct wanted w = {.scalar = scalar};
	struct jsontext *root;
	struct jsonpath p;
	struct str s;
	bool whole, has_s = eval_json_text(v, x->arg[0], &s);

	if (!eval_json_path(v, x->arg[1], x->arg[0], EVAL_JSON_STEPS | (scalar ? EVAL_JSON_ONE : 0), &p) ||
	    !has_s)
		return NULL;
	root = eval_json_parse(v, s, &whole);
	if (root && eval_json_names(v, x->arg[0], root))
		jsonpath_each(&p, root, is_wanted, &w);
	return w.found;
}

void eval_fn_json_value(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct jsontext *j = look_up(v, x, true);
	struct str s;
	bool bad;

	if (!j || j->type == JSONTEXT_NULL)
		return;
	if (j->type == JSONTEXT_TRUE || j->type == JSONTEXT_FALSE) {
		eval_put_str(out, j->type == JSONTEXT_TRUE ? STR_LIT("1") : STR_LIT("0"));
	} else if (j->type == JSONTEXT_NUMBER) {
		eval_put_str(out, j->raw);
	} else if (!jsontext_unescape(v->arena, jsontext_inside(j), eval_json_charset(x->arg[0]),
				      &s, &bad)) {
		eval_fail(v, ERR_NOMEM, "out of memory");
	} else if (bad) {
		eval_json_warn(v);
	} else {
		eval_put_str(out, s);
	}
}

void eval_fn_json_query(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct jsontext *j = look_up(v, x, false);

	if (j)
		eval_put_str(out, j->raw);
}

/* The value at the path in arg[@at], or the whole when there is no such argument. *whole: so far as
 * it is looked at. NULL: there is none. */
static struct jsontext *value_at(struct eval *v, const struct expr *x, uint32_t at, unsigned flags,
				 bool *whole)
{
	struct jsontext *root;
	struct jsonpath p;
	struct str s;

	*whole = true;
	if (!eval_json_text(v, x->arg[0], &s))
		return NULL;
	root = eval_json_parse(v, s, whole);
	if (v->failed || x->n <= at)
		return root;
	if (!eval_json_path(v, x->arg[at], x->arg[0], flags, &p)) {
		*whole = true;
		return NULL;
	}
	return root && eval_json_names(v, x->arg[0], root) ? jsonpath_first(&p, root) : NULL;
}

void eval_fn_json_exists(struct eval *v, const struct expr *x, struct datum *out)
{
	struct jsontext *root, *j;
	struct jsonpath p;
	struct str s;
	bool whole;

	if (!eval_json_text(v, x->arg[0], &s))
		return;
	root = eval_json_parse(v, s, &whole);
	if (v->failed || !eval_json_path(v, x->arg[1], x->arg[0], EVAL_JSON_QUIET | EVAL_JSON_STEPS, &p))
		return;
	j = root && eval_json_names(v, x->arg[0], root) ? jsonpath_first(&p, root) : NULL;
	if (j || whole)
		eval_put_bool(out, j != NULL);
	else if (!v->failed)
		eval_json_warn(v);
}

void eval_fn_json_length(struct eval *v, const struct expr *x, struct datum *out)
{
	bool whole;
	const struct jsontext *j = value_at(v, x, 1, EVAL_JSON_ONE, &whole);

	if (v->failed)
		return;
	if (j && jsontext_is_scalar(j) && j->whole)
		eval_put_int(out, 1, false);
	else if (!whole)
		eval_json_warn(v);
	else if (j)
		eval_put_int(out, jsontext_is_scalar(j) ? 1 : j->count, false);
}

static bool known_key(const struct jsontext *first, const struct jsontext *j)
{
	for (; first != j; first = first->next)
		if (str_eq(first->key, j->key))
			return true;
	return false;
}

void eval_fn_json_keys(struct eval *v, const struct expr *x, struct datum *out)
{
	struct jsontext *keys = jsontext_new(v->arena, JSONTEXT_ARRAY, (struct str){0}), *one;
	const struct jsontext *j;
	bool whole;

	j = value_at(v, x, 1, EVAL_JSON_ONE, &whole);
	if (v->failed || !keys)
		return;
	/* Of an array no more is read than that it is one. */
	if (j && j->type == JSONTEXT_ARRAY)
		return;
	if (!whole && (!j || !j->whole))
		eval_json_warn(v);
	if (!j || !j->whole || j->type != JSONTEXT_OBJECT)
		return;
	if ((uint64_t)j->count * j->count > EVAL_JSON_WORK) {
		eval_fail(v, ERR_UNSUPPORTED, "JSON_KEYS of that many");
		return;
	}
	for (const struct jsontext *c = j->child; c; c = c->next) {
		if (known_key(j->child, c))
			continue;
		/* The quotes around the key are in the text. */
		one = jsontext_new(v->arena, JSONTEXT_STRING, str_make(c->key.p - 1, c->key.n + 2));
		if (!one) {
			eval_fail(v, ERR_NOMEM, "out of memory");
			return;
		}
		jsontext_append(keys, one);
	}
	eval_json_put(v, keys, true, out);
}

void eval_fn_json_contains_path(struct eval *v, const struct expr *x, struct datum *out)
{
	struct jsontext *root;
	struct str s, mode;
	bool whole, all, none = true, every = true, has_s = eval_json_text(v, x->arg[0], &s);
	bool has_mode = eval_str_plain(v, x->arg[1], &mode);

	if (!has_s || !has_mode)
		return;
	all = str_ieqz(mode, "all");
	if (!all && !str_ieqz(mode, "one")) {
		eval_warn(v, 4046, "Argument 2 must be \"one\" or \"all\"");
		return;
	}
	root = eval_json_parse(v, s, &whole);
	for (uint32_t i = 2; i < x->n; i++) {
		struct jsonpath p;
		bool hit;

		if (!eval_json_path(v, x->arg[i], x->arg[0], 0, &p))
			return;
		hit = whole && jsonpath_first(&p, root);
		none = none && !hit;
		every = every && hit;
	}
	if (!whole)
		eval_json_warn(v);
	else
		eval_put_bool(out, all ? every : !none);
}
