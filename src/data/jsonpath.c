#include "src/data/jsonpath.h"

#include "src/base/arena.h"
#include "src/data/jsontext.h"

enum { MAX_STEPS = 32, MAX_INDEX = 1000000 };

struct scan {
	const char *p, *end;
	struct jsonpath_step *s;
};

static bool is_digit(const struct scan *k)
{
	return k->p < k->end && *k->p >= '0' && *k->p <= '9';
}

static void skip_space(struct scan *k)
{
	while (k->p < k->end && (*k->p == ' ' || *k->p == '\t' || *k->p == '\n' || *k->p == '\r'))
		k->p++;
}

static bool take(struct scan *k, const char *word)
{
	const char *p = k->p;

	for (; *word; word++, p++)
		if (p == k->end || *p != *word)
			return false;
	k->p = p;
	return true;
}

/* A key without quotes has nearly everything; what would be an error to a server, or may be, is not. */
static bool in_word(char c)
{
	return c != '.' && c != '[' && c != '*' && c != ']' && c != '"' && c != '\\' &&
	       ((uint8_t)c >= ' ' || (uint8_t)c >= 0x80);
}

/* Behind the point. */
static enum jsonpath_error read_key(struct scan *k)
{
	const char *start;

	if (take(k, "*")) {
		k->s->kind = JSONPATH_ANY_KEY;
		return JSONPATH_OK;
	}
	k->s->kind = JSONPATH_KEY;
	if (take(k, "\"")) {
		for (start = k->p; k->p < k->end && *k->p != '"'; k->p++)
			if (*k->p == '\\')
				return JSONPATH_UNKNOWN;
		if (k->p == k->end)
			return JSONPATH_BAD;
		k->s->key = str_make(start, (size_t)(k->p++ - start));
		return JSONPATH_OK;
	}
	for (start = k->p; k->p < k->end && in_word(*k->p); k->p++)
		;
	k->s->key = str_make(start, (size_t)(k->p - start));
	if (k->p < k->end && *k->p != '.' && *k->p != '[' && *k->p != '*')
		return JSONPATH_UNKNOWN;
	return k->s->key.n ? JSONPATH_OK : JSONPATH_BAD;
}

static enum jsonpath_error read_number(struct scan *k, int32_t *out)
{
	*out = 0;
	if (!is_digit(k))
		return k->p == k->end || *k->p == ']' ? JSONPATH_BAD : JSONPATH_UNKNOWN;
	for (; is_digit(k); k->p++) {
		if (*out > MAX_INDEX)
			return JSONPATH_UNKNOWN;
		*out = *out * 10 + (*k->p - '0');
	}
	return JSONPATH_OK;
}

/* 3, -3, last, last-3 */
static enum jsonpath_error read_index(struct scan *k, int32_t *out)
{
	bool last = take(k, "last"), minus;
	enum jsonpath_error e;

	if (last)
		skip_space(k);
	minus = take(k, "-");
	if (last && !minus) {
		*out = -1;
		return JSONPATH_OK;
	}
	if (minus)
		skip_space(k);
	e = read_number(k, out);
	if (minus)
		*out = -*out - last;
	/* -0 counts from the end, too, and is nothing. */
	return e == JSONPATH_OK && minus && *out == 0 ? JSONPATH_UNKNOWN : e;
}

/* Behind the bracket. */
static enum jsonpath_error read_item(struct scan *k)
{
	enum jsonpath_error e = JSONPATH_OK;

	k->s->kind = JSONPATH_ITEM;
	skip_space(k);
	if (take(k, "*")) {
		k->s->kind = JSONPATH_ANY_ITEM;
	} else {
		e = read_index(k, &k->s->first);
		skip_space(k);
		if (e == JSONPATH_OK && take(k, "to")) {
			skip_space(k);
			k->s->range = true;
			e = read_index(k, &k->s->last);
			skip_space(k);
		}
	}
	if (e != JSONPATH_OK)
		return e;
	return take(k, "]") ? JSONPATH_OK : JSONPATH_BAD;
}

static enum jsonpath_error read_step(struct scan *k)
{
	if (take(k, "**"))
		k->s->deep = true;
	if (take(k, "."))
		return read_key(k);
	if (!take(k, "["))
		return JSONPATH_BAD;
	/* What a server makes of **[0] is not what it says. */
	return k->s->deep ? JSONPATH_UNKNOWN : read_item(k);
}

enum jsonpath_error jsonpath_parse(struct arena *a, struct str s, struct jsonpath *p)
{
	struct scan k = {.p = s.p, .end = s.p + s.n};

	*p = (struct jsonpath){.step = arena_zalloc(a, MAX_STEPS * sizeof(*p->step))};
	if (!p->step)
		return JSONPATH_NOMEM;
	skip_space(&k);
	if (!take(&k, "$"))
		return k.p < k.end && (*k.p == 'l' || *k.p == 's') ? JSONPATH_UNKNOWN : JSONPATH_BAD;
	while (k.p < k.end) {
		enum jsonpath_error e;

		if (p->n == MAX_STEPS)
			return JSONPATH_UNKNOWN;
		k.s = &p->step[p->n++];
		e = read_step(&k);
		if (e != JSONPATH_OK)
			return e;
		p->many = p->many || k.s->deep || k.s->range || k.s->kind == JSONPATH_ANY_KEY ||
			  k.s->kind == JSONPATH_ANY_ITEM;
	}
	return JSONPATH_OK;
}

/* --- looking for values --- */

/* The way from the root to a value: the value at each step, its place in an array, and how many steps of
 * the path may lead there (bits). So each value costs no more than the path is long. */
struct way {
	struct jsontext *at[JSONTEXT_MAX_DEPTH + 2];
	uint32_t place[JSONTEXT_MAX_DEPTH + 2];
	uint64_t set[JSONTEXT_MAX_DEPTH + 2];
	uint32_t n; /* of steps: at[0] is the root */
};

static bool fits_item(const struct jsonpath_step *s, const struct way *w)
{
	int64_t count = w->at[w->n - 1]->count, place = w->place[w->n];
	int64_t first = s->first < 0 ? count + s->first : s->first;
	int64_t last = s->last < 0 ? count + s->last : s->last;

	if (s->kind == JSONPATH_ANY_ITEM)
		return true;
	return s->range ? place >= first && place <= last : place == first;
}

/* Whether @s leads from the parent to the value at the end of the way. */
static bool fits_step(const struct jsonpath_step *s, const struct way *w)
{
	bool array = w->at[w->n - 1]->type == JSONTEXT_ARRAY;

	if (s->kind == JSONPATH_ITEM || s->kind == JSONPATH_ANY_ITEM)
		return array && fits_item(s, w);
	return !array && (s->kind == JSONPATH_ANY_KEY || str_eq(s->key, w->at[w->n]->name));
}

/* [0] of what is no array is the thing itself. */
static bool is_itself(const struct jsonpath *p, const struct jsonpath_step *s,
		      const struct jsontext *j)
{
	return s->kind == JSONPATH_ITEM && s->first == 0 && j->type != JSONTEXT_ARRAY &&
	       !(s->range && p->by_steps);
}

static uint64_t bit(uint32_t step)
{
	return UINT64_C(1) << step;
}

/* The steps that may lead to the value at the end of the way. */
static uint64_t reach(const struct jsonpath *p, const struct way *w)
{
	uint64_t from = w->n ? w->set[w->n - 1] : 0, to = w->n ? 0 : bit(0);

	for (uint32_t i = 0; i < p->n; i++) {
		if (!(from & bit(i)))
			continue;
		if (fits_step(&p->step[i], w))
			to |= bit(i + 1);
		if (p->step[i].deep && !p->by_steps)
			to |= bit(i);
	}
	for (uint32_t i = 0; i < p->n; i++)
		if ((to & bit(i)) && is_itself(p, &p->step[i], w->at[w->n]))
			to |= bit(i + 1);
	return to;
}

void jsonpath_each(const struct jsonpath *p, struct jsontext *root,
		   bool (*fn)(void *arg, struct jsontext *j), void *arg)
{
	struct way w = {.at = {root}};
	struct jsontext *j = root;

	for (;;) {
		w.at[w.n] = j;
		w.set[w.n] = reach(p, &w);
		if ((w.set[w.n] & bit(p->n)) && !fn(arg, j))
			return;
		if (j->child && w.set[w.n] && w.n <= JSONTEXT_MAX_DEPTH) {
			w.n++;
			w.place[w.n] = 0;
			j = j->child;
			continue;
		}
		while (w.n && !j->next) {
			w.n--;
			j = w.at[w.n];
		}
		if (!w.n)
			return;
		w.place[w.n]++;
		j = j->next;
	}
}

static bool keep_first(void *arg, struct jsontext *j)
{
	struct jsontext **found = arg;

	*found = j;
	return false;
}

struct jsontext *jsonpath_first(const struct jsonpath *p, struct jsontext *root)
{
	struct jsontext *found = NULL;

	jsonpath_each(p, root, keep_first, &found);
	return found;
}
