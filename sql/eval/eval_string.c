/* Functions of text that keep, cut and join it. */
#include <string.h>

#include "sql/eval/eval_int.h"
#include "sql/lex/keyword.h"
#include "src/base/utf8.h"
#include "src/data/number.h"

/* Room for a result of @n bytes; NULL when that is over the packet limit (a warning) or memory. */
static char *room(struct eval *v, size_t n)
{
	if (n > v->session->max_allowed_packet) {
		eval_warn(v, WARN_TOO_LARGE, "Result was larger than max_allowed_packet");
		return NULL;
	}
	return eval_alloc(v, n + 1);
}

/* The pieces of a result, put together at the end. */
struct pieces {
	struct str *s;
	uint32_t n;
};

static bool pieces_init(struct eval *v, struct pieces *p, size_t most)
{
	p->n = 0;
	p->s = eval_alloc(v, (most + 1) * sizeof(*p->s));
	return p->s != NULL;
}

static void join(struct eval *v, const struct pieces *p, struct str between, struct datum *out)
{
	size_t total = 0, at = 0;
	char *to;

	for (uint32_t i = 0; i < p->n; i++)
		total += p->s[i].n + (i ? between.n : 0);
	to = room(v, total);
	if (!to)
		return;
	for (uint32_t i = 0; i < p->n; i++) {
		if (i && between.n)
			memcpy(to + at, between.p, between.n);
		at += i ? between.n : 0;
		if (p->s[i].n)
			memcpy(to + at, p->s[i].p, p->s[i].n);
		at += p->s[i].n;
	}
	eval_put_str(out, str_make(to, total));
}

void eval_fn_concat(struct eval *v, const struct expr *x, struct datum *out)
{
	struct pieces p;

	if (!pieces_init(v, &p, x->n))
		return;
	for (uint32_t i = 0; i < x->n; i++)
		if (!eval_str_as(v, x->arg[i], x->t.collation, &p.s[p.n++]))
			return;
	join(v, &p, (struct str){0}, out);
}

void eval_fn_concat_ws(struct eval *v, const struct expr *x, struct datum *out)
{
	struct pieces p;
	struct str between;

	if (!eval_str_as(v, x->arg[0], x->t.collation, &between) || !pieces_init(v, &p, x->n))
		return;
	for (uint32_t i = 1; i < x->n; i++)
		p.n += eval_str_as(v, x->arg[i], x->t.collation, &p.s[p.n]);
	join(v, &p, between, out);
}

static struct str slice(enum charset_id cs, struct str s, size_t first, size_t count)
{
	size_t from = charset_offset(cs, s, first);
	struct str rest = str_make(s.p + from, s.n - from);

	rest.n = charset_offset(cs, rest, count);
	return rest;
}

/* A count that may be a large unsigned number. */
static bool eval_count(struct eval *v, const struct expr *x, int64_t *out)
{
	struct eval_num n;

	if (!eval_num(v, x, &n))
		return false;
	*out = n.is_unsigned && n.i < 0 && expr_is_number(x) ? INT64_MAX : n.i;
	return true;
}

void eval_fn_left(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;
	int64_t n;
	bool has_s = eval_str_as(v, x->arg[0], x->t.collation, &s);
	bool has_n = eval_count(v, x->arg[1], &n);

	if (!has_s || !has_n)
		return;
	eval_put_str(out, slice(x->t.collation->charset, s, 0, n < 0 ? 0 : (size_t)n));
}

void eval_fn_right(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
	struct str s;
	int64_t n;
	size_t all;
	bool has_s = eval_str_as(v, x->arg[0], x->t.collation, &s);
	bool has_n = eval_count(v, x->arg[1], &n);

	if (!has_s || !has_n)
		return;
	all = charset_count(cs, s);
	if (n <= 0)
		eval_put_str(out, str_make(s.p, 0));
	else
		eval_put_str(out, slice(cs, s, (uint64_t)n < all ? all - (size_t)n : 0, all));
}

void eval_fn_substr(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
	int64_t start = 0, n = INT64_MAX;
	struct str s;
	size_t all;
	bool has_s = eval_str_as(v, x->arg[0], x->t.collation, &s);
	bool has_start = eval_count(v, x->arg[1], &start);
	bool has_n = x->n == 2 || eval_count(v, x->arg[2], &n);

	if (!has_s || !has_start || !has_n)
		return;
	all = charset_count(cs, s);
	if (start < 0)
		start = 0 - (uint64_t)start > all ? 0 : (int64_t)all + start + 1;
	if (start == 0 || (uint64_t)start > all || n <= 0)
		eval_put_str(out, str_make(s.p, 0));
	else
		eval_put_str(out, slice(cs, s, (size_t)start - 1, (size_t)n));
}

/* Where @needle is in @s as bytes, at a whole character, from @at on. */
static size_t find_bytes(enum charset_id cs, struct str s, struct str needle, size_t at)
{
	while (at + needle.n <= s.n) {
		if (memcmp(s.p + at, needle.p, needle.n) == 0)
			return at;
		at += charset_char_length(cs, s.p + at, s.n - at);
	}
	return SIZE_MAX;
}

void eval_fn_substring_index(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
	struct str s, d;
	int64_t count, total = 0;
	size_t at = 0;
	bool has_s = eval_str_as(v, x->arg[0], x->t.collation, &s);
	bool has_d = eval_str_as(v, x->arg[1], x->t.collation, &d);

	if (!eval_count(v, x->arg[2], &count) || !has_s || !has_d)
		return;
	if (!s.n || !d.n || !count) {
		eval_put_str(out, str_make("", 0));
		return;
	}
	if (count < 0) {
		for (at = 0; (at = find_bytes(cs, s, d, at)) != SIZE_MAX; at += d.n)
			total++;
		if (count < -total) {
			eval_put_str(out, s);
			return;
		}
		count = total + count + 1;
		for (at = 0;; at += d.n) {
			at = find_bytes(cs, s, d, at);
			if (at == SIZE_MAX || --count == 0)
				break;
		}
		at = at == SIZE_MAX ? 0 : at + d.n;
		eval_put_str(out, str_make(s.p + at, s.n - at));
		return;
	}
	for (at = 0; (at = find_bytes(cs, s, d, at)) != SIZE_MAX; at += d.n) {
		if (--count == 0) {
			s.n = at;
			break;
		}
	}
	eval_put_str(out, s);
}

void eval_fn_insert(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
	struct str s, with, tail;
	struct pieces p;
	int64_t start = 0, n = 0;
	size_t all;
	bool has_s = eval_str_as(v, x->arg[0], x->t.collation, &s);
	bool has_start = eval_count(v, x->arg[1], &start), has_n = eval_count(v, x->arg[2], &n);

	if (!eval_str_as(v, x->arg[3], x->t.collation, &with) || !has_s || !has_start || !has_n)
		return;
	all = charset_count(cs, s);
	if (start < 1 || (uint64_t)start > all) {
		eval_put_str(out, s);
		return;
	}
	if (n < 0 || (uint64_t)n > all - (uint64_t)start + 1)
		n = (int64_t)(all - (uint64_t)start + 1);
	if (!pieces_init(v, &p, 3))
		return;
	tail = slice(cs, s, (size_t)start - 1 + (size_t)n, all);
	p.s[p.n++] = slice(cs, s, 0, (size_t)start - 1);
	p.s[p.n++] = with;
	p.s[p.n++] = tail;
	join(v, &p, (struct str){0}, out);
}

void eval_fn_replace(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
	struct str s, from, to;
	struct pieces p;
	size_t at = 0, next;

	if (!eval_str_as(v, x->arg[0], x->t.collation, &s) ||
	    !eval_str_as(v, x->arg[1], x->t.collation, &from))
		return;
	/* Where bytes decide, nothing found is known before the third argument is computed. */
	if (!from.n || ((collation_is_bin(x->t.collation) || charset_get(cs)->mbmax == 1) &&
			find_bytes(cs, s, from, 0) == SIZE_MAX)) {
		eval_put_str(out, s);
		return;
	}
	if (!eval_str_as(v, x->arg[2], x->t.collation, &to) ||
	    !pieces_init(v, &p, s.n / from.n + 1))
		return;
	while ((next = find_bytes(cs, s, from, at)) != SIZE_MAX) {
		p.s[p.n++] = str_make(s.p + at, next - at);
		at = next + from.n;
	}
	p.s[p.n++] = str_make(s.p + at, s.n - at);
	join(v, &p, to, out);
}

static void repeat(struct eval *v, struct str s, int64_t times, struct datum *out)
{
	char *p;

	if (times <= 0 || !s.n) {
		eval_put_str(out, str_make("", 0));
		return;
	}
	if ((uint64_t)times > v->session->max_allowed_packet / s.n) {
		eval_warn(v, WARN_TOO_LARGE, "Result was larger than max_allowed_packet");
		return;
	}
	p = room(v, s.n * (size_t)times);
	if (!p)
		return;
	for (size_t i = 0; i < (size_t)times; i++)
		memcpy(p + i * s.n, s.p, s.n);
	eval_put_str(out, str_make(p, s.n * (size_t)times));
}

void eval_fn_repeat(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;
	int64_t times;

	bool has_s = eval_str_as(v, x->arg[0], x->t.collation, &s);

	if (eval_count(v, x->arg[1], &times) && has_s)
		repeat(v, s, times, out);
}

void eval_fn_space(struct eval *v, const struct expr *x, struct datum *out)
{
	uint8_t space[4];
	size_t n = charset_encode(x->t.collation->charset, ' ', space);
	int64_t times;

	if (eval_count(v, x->arg[0], &times))
		repeat(v, str_make(space, n), times, out);
}

static size_t append(char *p, size_t n, struct str s)
{
	if (s.n)
		memcpy(p + n, s.p, s.n);
	return n + s.n;
}

static void pad(struct eval *v, const struct expr *x, bool left, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
	uint8_t space[4];
	struct str s, with = str_make(space, charset_encode(cs, ' ', space));
	int64_t want;
	size_t have, unit, times, n = 0;
	struct str rest;
	char *p;
	bool has_s = eval_str_as(v, x->arg[0], x->t.collation, &s);
	bool has_want = eval_count(v, x->arg[1], &want);
	bool has_with = x->n == 2 || eval_str_as(v, x->arg[2], x->t.collation, &with);

	if (!has_s || !has_want || !has_with || want < 0)
		return;
	have = charset_count(cs, s);
	if ((uint64_t)want <= have) {
		eval_put_str(out, slice(cs, s, 0, (size_t)want));
		return;
	}
	if ((uint64_t)want * charset_get(cs)->mbmax > v->session->max_allowed_packet) {
		eval_warn(v, WARN_TOO_LARGE, "Result was larger than max_allowed_packet");
		return;
	}
	unit = charset_count(cs, with);
	if (!unit)
		return;
	times = ((size_t)want - have) / unit;
	rest = slice(cs, with, 0, ((size_t)want - have) % unit);
	p = eval_alloc(v, s.n + times * with.n + rest.n + 1);
	if (!p)
		return;
	if (!left)
		n = append(p, n, s);
	for (size_t k = 0; k < times; k++)
		n = append(p, n, with);
	n = append(p, n, rest);
	if (left)
		n = append(p, n, s);
	eval_put_str(out, str_make(p, n));
}

void eval_fn_lpad(struct eval *v, const struct expr *x, struct datum *out)
{
	pad(v, x, true, out);
}

void eval_fn_rpad(struct eval *v, const struct expr *x, struct datum *out)
{
	pad(v, x, false, out);
}

void eval_trim(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
	bool left = x->op != AST_TRIM_TRAILING, right = x->op != AST_TRIM_LEADING;
	uint8_t space[4];
	struct str s, what = str_make(space, charset_encode(cs, ' ', space));

	if (x->kind == EXPR_CALL) {
		left = x->fn == FN_LTRIM;
		right = !left;
	}
	if (!eval_str_as(v, x->arg[0], x->t.collation, &s) ||
	    (x->n == 2 && !eval_str_as(v, x->arg[1], x->t.collation, &what)))
		return;
	while (left && what.n && s.n >= what.n && memcmp(s.p, what.p, what.n) == 0) {
		s.p += what.n;
		s.n -= what.n;
	}
	while (right && what.n && s.n >= what.n &&
	       memcmp(s.p + s.n - what.n, what.p, what.n) == 0)
		s.n -= what.n;
	eval_put_str(out, s);
}

void eval_fn_ltrim(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_trim(v, x, out);
}

void eval_fn_rtrim(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_trim(v, x, out);
}

static void fold(struct eval *v, const struct expr *x, bool upper, struct datum *out)
{
	struct str s;

	if (!eval_str_as(v, x->arg[0], x->t.collation, &s))
		return;
	if (!collation_fold(v->arena, x->t.collation, upper, s, &s))
		eval_fail(v, ERR_NOMEM, "out of memory");
	else
		eval_put_str(out, s);
}

void eval_fn_upper(struct eval *v, const struct expr *x, struct datum *out)
{
	fold(v, x, true, out);
}

void eval_fn_lower(struct eval *v, const struct expr *x, struct datum *out)
{
	fold(v, x, false, out);
}

void eval_fn_reverse(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
	struct str s;
	char *p;
	size_t to;

	if (!eval_str_as(v, x->arg[0], x->t.collation, &s))
		return;
	p = room(v, s.n);
	if (!p)
		return;
	to = s.n;
	for (size_t at = 0; at < s.n;) {
		size_t n = charset_char_length(cs, s.p + at, s.n - at);

		to -= n;
		memcpy(p + to, s.p + at, n);
		at += n;
	}
	eval_put_str(out, str_make(p, s.n));
}

void eval_fn_make_set(struct eval *v, const struct expr *x, struct datum *out)
{
	uint8_t comma[4];
	struct pieces p;
	int64_t bits;

	if (!eval_i64(v, x->arg[0], &bits) || !pieces_init(v, &p, x->n))
		return;
	for (uint32_t i = 1; i < x->n && i <= 64; i++)
		if ((uint64_t)bits >> (i - 1) & 1)
			p.n += eval_str_as(v, x->arg[i], x->t.collation, &p.s[p.n]);
	join(v, &p, str_make(comma, charset_encode(x->t.collation->charset, ',', comma)), out);
}

void eval_fn_export_set(struct eval *v, const struct expr *x, struct datum *out)
{
	uint8_t comma[4];
	struct str on, off, between = str_make(comma, charset_encode(x->t.collation->charset, ',',
		comma));
	struct pieces p;
	int64_t bits, count = 64;
	bool has_bits = eval_i64(v, x->arg[0], &bits);
	bool has_on = eval_str_as(v, x->arg[1], x->t.collation, &on);
	bool has_off = eval_str_as(v, x->arg[2], x->t.collation, &off);

	if (!has_bits || !has_on || !has_off || (x->n > 4 && !eval_i64(v, x->arg[4], &count)) ||
	    (x->n > 3 && !eval_str_as(v, x->arg[3], x->t.collation, &between)) ||
	    !pieces_init(v, &p, 64))
		return;
	if (count < 0 || count > 64)
		count = 64;
	for (int64_t i = 0; i < count; i++)
		p.s[p.n++] = (uint64_t)bits >> i & 1 ? on : off;
	join(v, &p, between, out);
}

void eval_fn_quote(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->t.collation->charset;
	struct str s;
	char *p;
	size_t n = 0;

	if (!eval_str_as(v, x->arg[0], x->t.collation, &s)) {
		if (!v->failed)
			eval_put_ascii(v, x, STR_LIT("NULL"), out);
		return;
	}
	if (!charset_get(cs)->ascii) {
		eval_fail(v, ERR_UNSUPPORTED, "QUOTE of ucs2 and its like");
		return;
	}
	p = room(v, s.n * 2 + 2);
	if (!p)
		return;
	p[n++] = '\'';
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '\\' || c == '\'' || c == 0 || c == 26)
			p[n++] = '\\';
		p[n++] = c == 0 ? '0' : c == 26 ? 'Z' : c;
	}
	p[n++] = '\'';
	eval_put_str(out, str_make(p, n));
}

/* --- about text --- */

void eval_fn_length(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;

	if (eval_str(v, x->arg[0], &s))
		eval_put_int(out, (int64_t)s.n, false);
}

void eval_fn_bit_length(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;

	if (eval_str(v, x->arg[0], &s))
		eval_put_int(out, (int64_t)s.n * 8, false);
}

void eval_fn_char_length(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;

	if (eval_str(v, x->arg[0], &s))
		eval_put_int(out, (int64_t)charset_count(x->arg[0]->t.collation->charset, s),
			false);
}

void eval_fn_ascii(struct eval *v, const struct expr *x, struct datum *out)
{
	struct str s;

	if (eval_str(v, x->arg[0], &s))
		eval_put_int(out, s.n ? (uint8_t)s.p[0] : 0, false);
}

void eval_fn_ord(struct eval *v, const struct expr *x, struct datum *out)
{
	enum charset_id cs = x->arg[0]->t.collation->charset;
	struct str s;
	int64_t code = 0;
	uint32_t cp;
	size_t n = 1;

	if (!eval_str(v, x->arg[0], &s))
		return;
	if (s.n && charset_get(cs)->mbmax > 1) {
		n = charset_decode(cs, s.p, s.n, &cp);
		n = n ? n : 1;
	}
	for (size_t i = 0; i < n && i < s.n; i++)
		code = code << 8 | (uint8_t)s.p[i];
	eval_put_int(out, code, false);
}

static void locate(struct eval *v, const struct expr *x, const struct expr *in,
	const struct expr *what,
		   struct datum *out)
{
	const struct collation *c = x->cmp.collation;
	struct str s, needle;
	int64_t start = 1;
	size_t at = 0, length;
	bool has_s = eval_str_as(v, in, c, &s), has_needle = eval_str_as(v, what, c, &needle);

	if (!has_s || !has_needle)
		return;
	if (x->n == 3 && !eval_count(v, x->arg[2], &start))
		start = 0;
	if (start < 1 || (x->n == 3 && (uint64_t)start > s.n)) {
		/* A server asks once more whether it is NULL. */
		if (start > 0 || !eval_is_null(v, x->arg[2]))
			eval_put_int(out, 0, false);
		return;
	}
	at = charset_offset(c->charset, s, (size_t)start - 1);
	if (!needle.n) {
		/* A place in bytes, as a server has it. */
		eval_put_int(out, (int64_t)at + 1, false);
		return;
	}
	at = collation_search(c, s, needle, at, &length);
	eval_put_int(out, at == SIZE_MAX ? 0 : (int64_t)charset_count(c->charset, str_make(s.p,
		at)) + 1,
		     false);
}

void eval_fn_locate(struct eval *v, const struct expr *x, struct datum *out)
{
	locate(v, x, x->arg[1], x->arg[0], out);
}

void eval_fn_instr(struct eval *v, const struct expr *x, struct datum *out)
{
	locate(v, x, x->arg[0], x->arg[1], out);
}

void eval_fn_find_in_set(struct eval *v, const struct expr *x, struct datum *out)
{
	const struct collation *c = x->cmp.collation;
	struct str what, set;
	int64_t place = 1;
	size_t at = 0, start = 0;
	bool has_what = eval_str_as(v, x->arg[0], c, &what);

	if (!eval_str_as(v, x->arg[1], c, &set) || !has_what)
		return;
	eval_put_int(out, 0, false);
	if (!charset_get(c->charset)->ascii) {
		eval_fail(v, ERR_UNSUPPORTED, "FIND_IN_SET of ucs2 and its like");
		return;
	}
	for (; set.n && at <= set.n; at++) {
		if (at < set.n && set.p[at] != ',')
			continue;
		if (collation_compare(c, what, str_make(set.p + start, at - start)) == 0) {
			eval_put_int(out, place, false);
			return;
		}
		place++;
		start = at + 1;
	}
}

void eval_fn_charset(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_put_ascii(v, x, str_of(charset_get(x->arg[0]->t.collation->charset)->name), out);
}

void eval_fn_collation(struct eval *v, const struct expr *x, struct datum *out)
{
	eval_put_ascii(v, x, str_of(x->arg[0]->t.collation->name), out);
}

void eval_fn_coercibility(struct eval *v, const struct expr *x, struct datum *out)
{
	(void)v;
	eval_put_int(out, x->arg[0]->t.derivation, false);
}
