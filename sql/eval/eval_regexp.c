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

/* A pattern at work on one text. */
struct matcher {
	const pcre2_code *code; /* NULL: no value, or failed */
	pcre2_match_context *context;
	pcre2_match_data *data;
	struct str s;
	bool checked; /* the text is well-formed, as PCRE2 says */
};

static bool matcher_init(struct eval *v, struct matcher *m)
{
	pcre2_general_context *g = pcre2_general_context_create(take, leave, v->arena);

	m->context = g ? pcre2_match_context_create(g) : NULL;
	m->data = m->context ? pcre2_match_data_create_from_pattern(m->code, g) : NULL;
	if (!m->data) {
		eval_fail(v, ERR_NOMEM, "out of memory");
		return false;
	}
	pcre2_set_match_limit(m->context, MATCH_LIMIT);
	pcre2_set_depth_limit(m->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(m->context, HEAP_LIMIT_KB);
	return true;
}

/* Matches from @at on; false: no match (or failed). */
static bool match(struct eval *v, struct matcher *m, size_t at, struct found *f)
{
	/* Each check reads all of the text. */
	uint32_t options = m->checked ? PCRE2_NO_UTF_CHECK : 0;
	const PCRE2_SIZE *o;
	int rc = pcre2_match(m->code, (PCRE2_SPTR)m->s.p, m->s.n, at, options, m->data, m->context);

	m->checked = m->checked || rc >= 0 || rc == PCRE2_ERROR_NOMATCH;
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
	o = pcre2_get_ovector_pointer(m->data);
	f->groups = (uint32_t)rc < MAX_GROUPS ? (uint32_t)rc : MAX_GROUPS;
	for (uint32_t i = 0; i < f->groups; i++) {
		f->start[i] = o[2 * i];
		f->end[i] = o[2 * i + 1];
	}
	return true;
}

/* The subject and the compiled pattern; false: no value, or failed. */
static bool prepare(struct eval *v, const struct expr *x, struct matcher *m)
{
	const struct collation *c = matching(x);
	struct str pattern;

	*m = (struct matcher){.code = x->state};
	if (!eval_str_as(v, x->arg[0], c, &m->s))
		return false;
	if (!eval_str_as(v, x->arg[1], c, &pattern))
		return false;
	if (!m->code) {
		m->code = compile(v->arena, c, pattern, v->failed ? NULL : &v->e);
		v->failed = v->failed || !m->code;
	}
	if (m->code && charset_valid_prefix(c->charset, m->s) < m->s.n)
		eval_fail(v, ERR_UNSUPPORTED, "REGEXP over malformed text");
	return m->code && !v->failed && matcher_init(v, m);
}

void eval_regexp(struct eval *v, const struct expr *x, struct datum *out)
{
	struct matcher m;
	struct found f;
	bool hit;

	if (!prepare(v, x, &m))
		return;
	hit = match(v, &m, 0, &f);
	if (!v->failed)
		eval_put_bool(out, hit != x->negated);
}

void eval_fn_regexp_instr(struct eval *v, const struct expr *x, struct datum *out)
{
	struct matcher m;
	struct found f;
	int64_t at = 0;

	if (!prepare(v, x, &m))
		return;
	if (match(v, &m, 0, &f))
		at = (int64_t)charset_count(matching(x)->charset, str_make(m.s.p, f.start[0])) + 1;
	if (!v->failed)
		eval_put_int(out, at, false);
}

void eval_fn_regexp_substr(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str part = {"", 0};
	struct matcher m;
	struct found f;

	if (!prepare(v, x, &m))
		return;
	if (match(v, &m, 0, &f) && f.end[0] >= f.start[0])
		part = str_make(m.s.p + f.start[0], f.end[0] - f.start[0]);
	if (!v->failed)
		put_matched(v, x, part, out);
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

/* The text with each match replaced, into @to; only counted, up to @limit, when that is NULL. */
static size_t replace(struct eval *v, struct matcher *m, struct str with, size_t limit, char *to)
{
	size_t from = 0, n = 0;
	struct found f;

	/* The first match that is empty ends it. */
	while (from <= m->s.n && match(v, m, from, &f) && f.end[0] > f.start[0]) {
		size_t before = f.start[0] - from;

		if (to)
			memcpy(to + n, m->s.p + from, before);
		n += before;
		n += fill(m->s, with, &f, to ? to + n : NULL);
		from = f.end[0];
		if (n > limit)
			break;
	}
	if (to && from < m->s.n)
		memcpy(to + n, m->s.p + from, m->s.n - from);
	return n + m->s.n - from;
}

void eval_fn_regexp_replace(struct eval *v, const struct expr *x, struct datum *out)
{
	struct matcher m;
	struct str with;
	size_t n;
	char *p;

	if (!prepare(v, x, &m) || !eval_str_as(v, x->arg[2], matching(x), &with))
		return;
	n = replace(v, &m, with, v->session->max_allowed_packet, NULL);
	if (v->failed)
		return;
	if (n > v->session->max_allowed_packet) {
		eval_warn(v, WARN_TOO_LARGE, "Result was larger than max_allowed_packet");
		return;
	}
	p = eval_alloc(v, n + 1);
	if (!p)
		return;
	n = replace(v, &m, with, SIZE_MAX, p);
	if (!v->failed)
		put_matched(v, x, str_make(p, n), out);
}
