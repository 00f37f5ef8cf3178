/* JSON_CONTAINS. */
#include <math.h>

#include "sql/eval/eval_json.h"
#include "src/data/number.h"

struct compared {
	uint32_t count;
	bool too_much;
	bool broken, w_broken; /* what was looked at goes wrong */
};

static bool same_scalar(const struct jsontext *j, const struct jsontext *w)
{
	double a, b;
	bool range;

	if (j->type != w->type)
		return false;
	if (j->type == JSONTEXT_STRING)
		return str_eq(j->raw, w->raw);
	if (j->type != JSONTEXT_NUMBER)
		return true;
	number_scan_double(j->raw, &a, &range);
	number_scan_double(w->raw, &b, &range);
	return fabs(a - b) < 1e-12;
}

static bool contains(struct compared *k, const struct jsontext *j, const struct jsontext *w);

static const struct jsontext *member(struct compared *k, const struct jsontext *j, struct str key)
{
	for (const struct jsontext *c = j->child; c && k->count < EVAL_JSON_WORK; c = c->next, k->count++)
		if (str_eq(c->name, key))
			return c;
	k->broken = k->broken || !j->whole;
	return NULL;
}

static bool contains_members(struct compared *k, const struct jsontext *j, const struct jsontext *w)
{
	const struct jsontext *c;

	if (w->type != JSONTEXT_OBJECT)
		return false;
	for (const struct jsontext *m = w->child; m; m = m->next) {
		c = member(k, j, m->name);
		if (!c || !contains(k, c, m))
			return false;
	}
	k->w_broken = k->w_broken || !w->whole;
	k->broken = k->broken || !j->whole;
	return !k->broken && !k->w_broken;
}

/* Arrays contain what one of their items does, objects what all their members do. */
static bool contains(struct compared *k, const struct jsontext *j, const struct jsontext *w)
{
	if (k->count++ >= EVAL_JSON_WORK) {
		k->too_much = true;
		return false;
	}
	k->broken = k->broken || (jsontext_is_scalar(j) && !j->whole);
	k->w_broken = k->w_broken || (jsontext_is_scalar(w) && !w->whole);
	if (k->broken || k->w_broken)
		return false;
	if (jsontext_is_scalar(j))
		return same_scalar(j, w);
	if (j->type == JSONTEXT_OBJECT)
		return contains_members(k, j, w);
	if (w->type != JSONTEXT_ARRAY) {
		/* Found or not, all of the array is read. */
		k->broken = k->broken || !j->whole;
		for (const struct jsontext *c = j->child; c && !k->too_much; c = c->next)
			if (contains(k, c, w))
				return true;
		return false;
	}
	for (const struct jsontext *c = w->child; c; c = c->next)
		if (!contains(k, j, c))
			return false;
	k->w_broken = k->w_broken || !w->whole;
	return true;
}

static void put_contains(struct eval *v, const struct jsontext *j, const struct jsontext *w,
			 struct datum *out)
{
	struct compared k = {.broken = !j, .w_broken = j && !w};
	bool hit = j && w && contains(&k, j, w);

	if (k.too_much)
		eval_fail(v, ERR_UNSUPPORTED, "JSON_CONTAINS of that much");
	if (k.broken)
		eval_json_warn(v);
	if (k.w_broken)
		eval_json_warn(v);
	if (!k.broken && !k.w_broken && !v->failed)
		eval_put_bool(out, hit);
}

void eval_fn_json_contains(struct eval *v, const struct expr *x, struct datum *out)
{
	struct jsontext *j, *w;
	struct jsonpath p;
	struct str s, what;
	bool whole, w_whole;

	if (!eval_json_text(v, x->arg[0], &s) || !eval_json_text(v, x->arg[1], &what))
		return;
	j = eval_json_parse(v, s, &whole);
	if (x->n == 3) {
		if (v->failed || !eval_json_path(v, x->arg[2], x->arg[0], EVAL_JSON_ONE, &p))
			return;
		p.by_steps = true;
		j = j && eval_json_names(v, x->arg[0], j) ? jsonpath_first(&p, j) : NULL;
		if (!j && whole) {
			eval_put_bool(out, false);
			return;
		}
	}
	w = eval_json_parse(v, what, &w_whole);
	if (!v->failed && eval_json_names(v, x->arg[1], w))
		put_contains(v, j, w, out);
}
