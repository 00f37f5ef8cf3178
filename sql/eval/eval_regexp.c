/* REGEXP and its functions, by PCRE2 with the options a MariaDB has: UTF, caseless where the collation is,
 * and limits, so that a pattern cannot run for long. Constant patterns are compiled once. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "sql/eval/eval_int.h"

enum { MATCH_LIMIT = 1000000, DEPTH_LIMIT = 10000, HEAP_LIMIT_KB = 20000, MAX_GROUPS = 32,
	NO_MEMORY = 121 };

/* The collation that matching is done in: UTF-8's for text, binary for bytes. */
static const struct collation *matching(const struct expr *x)
{
	const struct collation *c = x->cmp.collation;

	if (c->charset == CHARSET_UTF8MB4 || c->charset == CHARSET_BINARY)
		return c;
	return collation_get(collation_is_bin(c) ? charset_get(CHARSET_UTF8MB4)->bin_collation
						   : charset_get(CHARSET_UTF8MB4)->default_collation);
}

/* UTF-8 as the text that @x gives. */
static void put_matched(struct eval *v, const struct expr *x, struct str s, struct datum *out)
{
	size_t bad;

	if (!charset_convert(v->arena, matching(x)->charset, x->t.collation->charset, s, &s, &bad))
		eval_fail(v, ERR_NOMEM, "out of memory");
	else
		eval_put_str(out, s);
}

/* PCRE2 takes its memory from the arena: nothing is left behind, whatever happens. */
static void *take(size_t n, void *arena)
{
	return arena_alloc(arena, n);
}

static void leave(void *p, void *arena)
{
	(void)p, (void)arena;
}

static pcre2_code *compile(struct arena *a, const struct collation *c, struct str pattern,
	struct err *e)
{
	pcre2_general_context *g = pcre2_general_context_create(take, leave, a);
	pcre2_compile_context *cc = g ? pcre2_compile_context_create(g) : NULL;
	uint32_t options = c->charset == CHARSET_BINARY ? 0 : PCRE2_UTF | PCRE2_UCP;
	pcre2_code *code;
	PCRE2_SIZE at;
	int number;

	if (!cc) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	if (!collation_is_bin(c))
		options |= PCRE2_CASELESS;
	code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options, &number, &at, cc);
	if (!code && number == NO_MEMORY)
		err_set(e, ERR_NOMEM, "out of memory");
	else if (!code)
		err_set_mysql(e, ERR_INVALID, 1139, "42000", "Regex error %d at offset %zu",
			number, (size_t)at);
	return code;
}

int eval_regexp_prepare(struct arena *a, struct expr *x, struct err *e)
{
	const struct expr *p = x->arg[1];

	x->state = NULL;
	(void)e;
	if (p->kind != EXPR_LITERAL || p->value.kind != DATUM_STRING ||
		!charset_is_ascii(p->value.s) ||
	    !charset_get(p->t.collation->charset)->ascii)
		return 0;
	/* A wrong pattern is an error only when it is run. */
	x->state = compile(a, matching(x), p->value.s, NULL);
	return 0;
}

struct found {
	size_t start[MAX_GROUPS], end[MAX_GROUPS];
	uint32_t groups;
};

/* Matches from @at on; false: no match (or NULL, or failed). */
static bool match(struct eval *v, const pcre2_code *code, struct str s, size_t at, struct found *f)
{
	pcre2_general_context *g = pcre2_general_context_create(take, leave, v->arena);
	pcre2_match_context *mc = g ? pcre2_match_context_create(g) : NULL;
	pcre2_match_data *md = mc ? pcre2_match_data_create_from_pattern(code, g) : NULL;
	const PCRE2_SIZE *o;
	int rc;

	if (!md) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return false;
	}
	pcre2_set_match_limit(mc, MATCH_LIMIT);
	pcre2_set_depth_limit(mc, DEPTH_LIMIT);
	pcre2_set_heap_limit(mc, HEAP_LIMIT_KB);
	rc = pcre2_match(code, (PCRE2_SPTR)s.p, s.n, at, 0, md, mc);
	if (rc == PCRE2_ERROR_NOMATCH)
		return false;
	if (rc == PCRE2_ERROR_NOMEMORY) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return false;
	}
	if (rc < 0) {
		eval_fail(v, ERR_UNSUPPORTED, "a regular expression over the limits");
		return false;
	}
	o = pcre2_get_ovector_pointer(md);
	f->groups = (uint32_t)rc < MAX_GROUPS ? (uint32_t)rc : MAX_GROUPS;
	for (uint32_t i = 0; i < f->groups; i++) {
		f->start[i] = o[2 * i];
		f->end[i] = o[2 * i + 1];
	}
	return true;
}

/* The subject and the compiled pattern. */
static const pcre2_code *prepare(struct eval *v, const struct expr *x, struct str *s)
{
	const struct collation *c = matching(x);
	const pcre2_code *code = x->state;
	struct str pattern;

	if (!eval_str_as(v, x->arg[0], c, s))
		return NULL;
	if (!eval_str_as(v, x->arg[1], c, &pattern))
		return NULL;
	if (!code) {
		code = compile(v->arena, c, pattern, v->failed ? NULL : &v->e);
		v->failed = v->failed || !code;
	}
	if (code && charset_valid_prefix(c->charset, *s) < s->n) {
		eval_fail(v, ERR_UNSUPPORTED, "REGEXP over malformed text");
		return NULL;
	}
	return code;
}

void eval_regexp(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;
	struct found f;
	const pcre2_code *code = prepare(v, x, &s);
	bool hit = code && match(v, code, s, 0, &f);

	if (code && !v->failed)
		eval_put_bool(out, hit != x->negated);
}

void eval_fn_regexp_instr(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;
	struct found f;
	const pcre2_code *code = prepare(v, x, &s);
	bool hit = code && match(v, code, s, 0, &f);

	if (!code || v->failed)
		return;
	eval_put_int(out, hit ? (int64_t)charset_count(matching(x)->charset, str_make(s.p,
		f.start[0])) + 1 : 0,
		     false);
}

void eval_fn_regexp_substr(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;
	struct found f;
	const pcre2_code *code = prepare(v, x, &s);
	bool hit = code && match(v, code, s, 0, &f);

	if (code && !v->failed)
		put_matched(v, x, hit && f.end[0] >= f.start[0] ? str_make(s.p + f.start[0],
			f.end[0] - f.start[0])
								: str_make("", 0), out);
}

/* The replacement with \1 ... \9 filled in; only counted when @to is NULL. */
static size_t fill(struct str s, struct str with, const struct found *f, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < with.n; i++) {
		uint32_t group;

		if (with.p[i] != '\\' || i + 1 == with.n) {
			if (to)
				to[n] = with.p[i];
			n++;
			continue;
		}
		i++;
		group = (uint32_t)(with.p[i] - '0');
		if (with.p[i] < '0' || with.p[i] > '9') {
			if (to)
				to[n] = with.p[i];
			n++;
		} else if (group < f->groups && f->start[group] != PCRE2_UNSET) {
			size_t len = f->end[group] - f->start[group];

			if (to && len)
				memcpy(to + n, s.p + f->start[group], len);
			n += len;
		}
	}
	return n;
}

void eval_fn_regexp_replace(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s, with;
	struct found f;
	const pcre2_code *code = prepare(v, x, &s);
	size_t at = 0, from = 0, n = 0, room;
	char *p;

	if (!code || !eval_str_as(v, x->arg[2], matching(x), &with))
		return;
	room = 0;
	p = NULL;
	for (int pass = 0; pass < 2; pass++) {
		at = from = n = 0;
		/* The first match that is empty ends it. */
		while (at <= s.n && match(v, code, s, at, &f) && f.end[0] > f.start[0]) {
			size_t before = f.start[0] - from;

			if (p)
				memcpy(p + n, s.p + from, before);
			n += before;
			n += fill(s, with, &f, p ? p + n : NULL);
			from = at = f.end[0];
			if (n > v->session->max_allowed_packet)
				break;
		}
		if (v->failed)
			return;
		if (p && from < s.n)
			memcpy(p + n, s.p + from, s.n - from);
		n += s.n - from;
		if (pass)
			break;
		if (n > v->session->max_allowed_packet) {
			eval_warn(v, WARN_TOO_LARGE, "Result was larger than max_allowed_packet");
			return;
		}
		room = n;
		p = eval_alloc(v, room + 1);
		if (!p)
			return;
	}
	put_matched(v, x, str_make(p, n), out);
}
