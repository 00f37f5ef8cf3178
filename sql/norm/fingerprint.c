/* How the normalized form is written (norm[]): single characters as themselves, everything else
 * behind a tag byte below 0x20 or from 0x80 on. It is prefix-free, so that different token
 * sequences never give the same bytes. A row of VALUES is written like all else; when it ends with
 * the same bytes as the row before it, it is taken back. An IN list is taken in as one group as
 * long as only literals come; at the first other token it is written out as what it is. */
#include "sql/norm/fingerprint.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sql/lex/keyword.h"
#include "sql/norm/compound.h"
#include "src/base/vec.h"

enum tag {
	TAG_KEYWORD = 1, /* 2 bytes */
	TAG_WORD,        /* text, 0 */
	TAG_QUOTED,      /* text, 0 */
	TAG_OP,          /* lex kind - 258 */
	TAG_USER_VAR,    /* text, 0 */
	TAG_COMMENT,     /* hint or directive: text, 0 */
	TAG_SPACE,       /* between a native function's name and its parenthesis */
	TAG_IN,          /* 2 bytes of types, 4 of per_row; per_row 0: a flat list */
	TAG_ROW,         /* a run of rows: row, TAG_ROW_END */
	TAG_ROW_END,
	TAG_ANY,      /* a literal that is a whole column of a row */
	TAG_LITERAL = 0x80, /* + type, + 0x20 when negative */
};

enum { NEGATIVE = 0x20, NORM_KEEP = 1 << 16, LITS_KEEP = 1 << 16 };

struct scan {
	struct lex lx;
	struct lex_token t; /* not yet taken */
	struct fingerprint *fp;
	uint32_t last_end;
	uint16_t kw, fn;   /* of t, when it is a word */
	uint16_t last_kw;  /* of the token before t */
	uint16_t last_kind;
	bool last_fn;      /* the token before t names a built-in function */
	bool operand;      /* the token before t ends an operand */
	bool in_group;     /* literals do not make slots */
	bool values_done;  /* past VALUES or ON DUPLICATE: no more row groups */
	bool failed;       /* out of memory */
	bool in_comment;   /* the token before t is in an executed comment */
	uint32_t fn_feature; /* set when '(' follows */
	int depth;
	struct compound body;
};

void fingerprint_init(struct fingerprint *fp)
{
	*fp = (struct fingerprint){0};
}

void fingerprint_fini(struct fingerprint *fp)
{
	free(fp->lits.v);
	free(fp->groups.v);
	free(fp->rows.v);
	free(fp->norm.v);
	fingerprint_init(fp);
}

/* Empty again; what one huge statement made grow is given back. */
static void reset(struct fingerprint *fp)
{
	if (fp->norm.cap > NORM_KEEP || fp->lits.cap > LITS_KEEP || fp->rows.cap > LITS_KEEP)
		fingerprint_fini(fp);
	fp->lits.len = fp->groups.len = fp->rows.len = fp->norm.len = 0;
	fp->cls = FP_EMPTY;
	fp->features = fp->slots = fp->params = 0;
}

static inline uint8_t *room(struct scan *s, size_t n)
{
	struct fingerprint *fp = s->fp;

	if (fp->norm.cap - fp->norm.len < n &&
	    vec_grow((void **)&fp->norm.v, &fp->norm.cap, fp->norm.len + n, 1)) {
		s->failed = true;
		return NULL;
	}
	return fp->norm.v + fp->norm.len;
}

static inline void put1(struct scan *s, unsigned c)
{
	uint8_t *p = room(s, 1);

	if (!p)
		return;
	*p = (uint8_t)c;
	s->fp->norm.len++;
}

static inline void put_tagged(struct scan *s, unsigned tag, uint32_t v, unsigned bytes)
{
	uint8_t *p = room(s, 1 + bytes);

	if (!p)
		return;
	*p++ = (uint8_t)tag;
	for (unsigned i = 0; i < bytes; i++)
		*p++ = (uint8_t)(v >> (8 * i));
	s->fp->norm.len += 1 + bytes;
}

static inline void put_text(struct scan *s, unsigned tag, const struct lex_token *t)
{
	size_t n = t->end - t->start;
	uint8_t *p = room(s, n + 2);

	if (!p)
		return;
	*p = (uint8_t)tag;
	memcpy(p + 1, s->lx.p + t->start, n);
	p[n + 1] = 0;
	s->fp->norm.len += n + 2;
}

static inline void advance(struct scan *s)
{
	lex_next(&s->lx, &s->t);
	s->kw = s->fn = 0;
	if (s->t.kind == LEX_WORD && s->last_kind != '.') {
		struct keyword_hit hit =
			keyword_find((const char *)s->lx.p + s->t.start, s->t.end - s->t.start);

		s->kw = hit.kw;
		s->fn = hit.fn;
	}
}

/* t is dealt with: remember what it was, read the next. */
static inline void taken(struct scan *s)
{
	s->last_kind = s->t.kind;
	s->last_kw = s->kw;
	s->last_fn = s->fn != 0 && !keyword_is_reserved(s->kw);
	s->last_end = s->t.end;
	s->in_comment = s->lx.in_version_comment;
	s->operand = lex_ends_operand(s->t.kind, s->kw);
	advance(s);
}

static enum fingerprint_type type_of(unsigned kind)
{
	switch (kind) {
	case LEX_INT:
		return FP_INT;
	case LEX_DECIMAL:
		return FP_DECIMAL;
	case LEX_FLOAT:
		return FP_FLOAT;
	case LEX_STRING:
		return FP_STRING;
	case LEX_NSTRING:
		return FP_NSTRING;
	case LEX_HEX:
		return FP_HEX;
	case LEX_BIT:
		return FP_BIT;
	default:
		return FP_PARAM;
	}
}

static inline void push_lit(struct scan *s, const struct lex_token *t, enum fingerprint_type type)
{
	struct fingerprint *fp = s->fp;

	if (fp->lits.len == fp->lits.cap && VEC_GROW(&fp->lits)) {
		s->failed = true;
		return;
	}
	fp->lits.v[fp->lits.len++] = (struct fingerprint_lit){
		.start = t->start,
		.len = t->end - t->start,
		.type = (uint8_t)type,
		.negative = s->lx.p[t->start] == '-',
		.escaped = t->escaped,
	};
	if (type == FP_PARAM) {
		fp->params++;
		fp->features |= FP_HAS_PARAM;
	}
	if (!s->in_group)
		fp->slots++;
}

static inline unsigned lit_tag(const struct fingerprint_lit *l)
{
	return (unsigned)TAG_LITERAL + l->type + (l->negative ? NEGATIVE : 0u);
}

static bool is_lit(const struct lex_token *t)
{
	return lex_is_literal(t->kind) || t->kind == '?';
}

/* Makes t whole: "-" and a number become one, strings that follow each other become one. */
static inline void complete(struct scan *s)
{
	struct lex_token number;

	if (s->t.kind == '-' && !s->operand && lex_join_minus(&s->lx, &s->t, &number))
		s->t = number;
	else if (s->t.kind == LEX_STRING || s->t.kind == LEX_NSTRING)
		lex_join_strings(&s->lx, &s->t);
}

static inline void take_lit(struct scan *s)
{
	push_lit(s, &s->t, type_of(s->t.kind));
	if (!s->failed)
		put1(s, lit_tag(&s->fp->lits.v[s->fp->lits.len - 1]));
	taken(s);
}

static void set_class(struct scan *s)
{
	s->fp->cls = FP_OTHER;
	switch (s->kw) {
#define X(cls_, kw_)                                                                               \
	case KW_##kw_:                                                                             \
		s->fp->cls = FP_##cls_;                                                            \
		break;
#include "sql/norm/classes.def"
#undef X
	}
}

static uint32_t feature_of_fn(unsigned fn)
{
	unsigned flags = keyword_fn_flags(fn);

	switch (fn) {
	case FN_LAST_INSERT_ID:
		return FP_HAS_LAST_INSERT_ID;
	case FN_FOUND_ROWS:
		return FP_HAS_FOUND_ROWS;
	case FN_ROW_COUNT:
		return FP_HAS_ROW_COUNT;
	case FN_CONNECTION_ID:
		return FP_HAS_CONNECTION_ID;
	case FN_DATABASE:
	case FN_SCHEMA:
		return FP_HAS_DATABASE_FN;
	default:
		if (flags & FN_IS_LOCK)
			return FP_HAS_LOCK_FN;
		if (flags & FN_IS_SESS)
			return FP_HAS_USER_FN;
		if (flags & FN_IS_NOW)
			return FP_HAS_NOW_FN;
		return flags & FN_IS_NONDET ? FP_HAS_NONDET_FN : 0;
	}
}

static void keyword_features(struct scan *s)
{
	switch (s->kw) {
	case KW_UPDATE:
		s->fp->features |= s->last_kw == KW_FOR ? FP_HAS_FOR_UPDATE : 0;
		break;
	case KW_SHARE:
		if (s->last_kw == KW_FOR || s->last_kw == KW_IN)
			s->fp->features |= FP_HAS_FOR_SHARE;
		break;
	case KW_SQL_CALC_FOUND_ROWS:
		s->fp->features |= FP_HAS_CALC_FOUND_ROWS;
		break;
	case KW_INTO:
		if (s->fp->cls == FP_SELECT || s->fp->cls == FP_WITH)
			s->fp->features |= FP_HAS_INTO;
		break;
	case KW_SELECT:
		s->fp->features |= s->depth > 0 ? FP_HAS_SUBSELECT : 0;
		break;
	case KW_DUPLICATE:
		s->values_done = true;
		break;
	default:
		break;
	}
}

static void take_word(struct scan *s)
{
	if (s->kw) {
		if (s->fp->cls == FP_EMPTY)
			set_class(s);
		/* What WITH leads to decides. */
		if (s->fp->cls == FP_WITH && s->depth == 0 &&
		    (s->kw == KW_SELECT || s->kw == KW_UPDATE || s->kw == KW_DELETE ||
		     s->kw == KW_INSERT || s->kw == KW_REPLACE))
			set_class(s);
		keyword_features(s);
		compound_word(&s->body, s->kw, s->depth);
	} else if (s->fp->cls == FP_EMPTY) {
		s->fp->cls = FP_OTHER;
	}
	s->fn_feature = s->fn ? feature_of_fn(s->fn) : 0;
	if (keyword_is_reserved(s->kw) || s->kw == KW_CURRENT_ROLE) /* no parenthesis needed */
		s->fp->features |= s->fn_feature & (FP_HAS_USER_FN | FP_HAS_NOW_FN);
	if (keyword_is_reserved(s->kw)) {
		put_tagged(s, TAG_KEYWORD, s->kw, 2);
	} else {
		put_text(s, TAG_WORD, &s->t);
	}
	taken(s);
}

static void take_char(struct scan *s)
{
	unsigned c = s->t.kind;

	if (c == '(') {
		s->depth++;
		s->fp->features |= s->fn_feature;
		if (s->last_fn && s->t.spaced && !(s->lx.mode & LEX_IGNORE_SPACE))
			put1(s, TAG_SPACE);
	} else {
		if (c == ')' && s->depth > 0)
			s->depth--;
		compound_char(&s->body, c);
		if (s->fp->cls == FP_EMPTY)
			s->fp->cls = FP_OTHER;
	}
	put1(s, c);
	taken(s);
}

/* Takes one token of any kind but the end. */
static void take(struct scan *s)
{
	complete(s);
	switch (s->t.kind) {
	case LEX_WORD:
		take_word(s);
		return;
	case LEX_QUOTED:
		put_text(s, TAG_QUOTED, &s->t);
		break;
	case LEX_USER_VAR:
		s->fp->features |= FP_HAS_USER_VAR;
		put_text(s, TAG_USER_VAR, &s->t);
		break;
	case LEX_HINT:
	case LEX_DIRECTIVE:
		s->fp->features |= s->t.kind == LEX_HINT ? FP_HAS_HINT : FP_HAS_DIRECTIVE;
		put_text(s, TAG_COMMENT, &s->t);
		/* Not a token to the grammar: what stood before it still does. */
		s->last_end = s->t.end;
		advance(s);
		return;
	case LEX_AT_AT:
		s->fp->features |= FP_HAS_SYS_VAR;
		put_tagged(s, TAG_OP, LEX_AT_AT - 258, 1);
		break;
	default:
		if (is_lit(&s->t)) {
			if (s->fp->cls == FP_EMPTY)
				s->fp->cls = FP_OTHER;
			take_lit(s);
			return;
		}
		if (s->t.kind < 256) {
			take_char(s);
			s->fn_feature = 0;
			return;
		}
		put_tagged(s, TAG_OP, s->t.kind - 258u, 1);
	}
	if (s->fp->cls == FP_EMPTY)
		s->fp->cls = FP_OTHER;
	s->fn_feature = 0;
	taken(s);
}

static bool at_end(struct scan *s)
{
	if (s->t.kind == ';' && !compound_open(&s->body)) {
		/* It cannot end in the middle of an executed comment. */
		if (s->lx.in_version_comment)
			s->t.kind = LEX_ERROR;
		return true;
	}
	return s->failed || s->t.kind == LEX_EOF || s->t.kind == LEX_ERROR;
}

static struct fingerprint_group *push_group(struct scan *s, struct fingerprint_group g)
{
	struct fingerprint *fp = s->fp;

	if (fp->groups.len == fp->groups.cap && VEC_GROW(&fp->groups)) {
		s->failed = true;
		return NULL;
	}
	g.slot = fp->slots++;
	fp->groups.v[fp->groups.len] = g;
	return &fp->groups.v[fp->groups.len++];
}

static void push_row(struct scan *s, uint32_t start, uint32_t end)
{
	if (s->fp->rows.len == s->fp->rows.cap && VEC_GROW(&s->fp->rows)) {
		s->failed = true;
		return;
	}
	s->fp->rows.v[s->fp->rows.len++] = (struct fingerprint_span){start, end};
}

/* What is known of the IN list so far. */
struct in_list {
	uint32_t first_lit, first_row;
	uint32_t start;   /* of the first element */
	uint32_t per_row; /* 0: a flat list */
	uint32_t filled;  /* literals in the open row */
	uint32_t row_start;
	bool in_row, want; /* want: an element must come, not a comma */
};

/* It is no list of literals after all: write what was seen as any other text. */
static void in_spill(struct scan *s, const struct in_list *in)
{
	struct fingerprint *fp = s->fp;
	uint32_t n = (uint32_t)fp->lits.len - in->first_lit;
	uint32_t closed = ((uint32_t)fp->rows.len - in->first_row) * in->per_row;

	for (uint32_t i = 0; i < n; i++) {
		/* per_row is not known in the first row: then all are of that row. */
		uint32_t col = in->per_row ? i % in->per_row : i;

		if (i > 0)
			put1(s, ',');
		if (col == 0 && (in->per_row || in->in_row))
			put1(s, '(');
		put1(s, lit_tag(&fp->lits.v[in->first_lit + i]));
		if (i < closed && col == in->per_row - 1)
			put1(s, ')');
	}
	if (in->in_row) {
		if (in->filled == 0) {
			if (n > 0)
				put1(s, ',');
			put1(s, '(');
		} else if (in->want) {
			put1(s, ',');
		}
		s->depth++;
	} else if (in->want && n > 0) {
		put1(s, ',');
	}
	fp->rows.len = in->first_row;
	fp->slots += n;
	s->in_group = false;
}

static void in_close(struct scan *s, const struct in_list *in)
{
	struct fingerprint *fp = s->fp;
	uint32_t n = (uint32_t)fp->lits.len - in->first_lit, types = 0;
	struct fingerprint_group g = {
		.kind = in->per_row ? FP_IN_ROWS : FP_IN_LIST,
		.first_lit = in->first_lit,
		.rows = in->per_row ? n / in->per_row : n,
		.per_row = in->per_row ? in->per_row : 1,
		.first_row = in->first_row,
		.start = in->start,
		.end = s->last_end,
	};

	for (uint32_t i = 0; i < n; i++) {
		const struct fingerprint_lit *l = &fp->lits.v[in->first_lit + i];

		types |= 1u << l->type;
		types |= l->negative ? 1u << 15 : 0;
	}
	put_tagged(s, TAG_IN, types, 2);
	put_tagged(s, TAG_IN, in->per_row, 4);
	push_group(s, g);
	s->in_group = false;
}

/* One step inside of an IN list: true while it still is a list of literals. */
static bool in_step(struct scan *s, struct in_list *in)
{
	complete(s);
	if (is_lit(&s->t)) {
		if (!in->want || (!in->in_row && in->per_row) ||
		    (in->in_row && in->per_row && in->filled == in->per_row))
			return false;
		if (!in->in_row && in->first_lit == s->fp->lits.len)
			in->start = s->t.start;
		push_lit(s, &s->t, type_of(s->t.kind));
		in->filled++;
		in->want = false;
	} else if (s->t.kind == ',') {
		if (in->want)
			return false;
		in->want = true;
	} else if (s->t.kind == '(') {
		if (!in->want || in->in_row ||
		    (in->per_row == 0 && s->fp->lits.len > in->first_lit))
			return false;
		if (in->first_lit == s->fp->lits.len)
			in->start = s->t.start;
		in->in_row = true;
		in->filled = 0;
		in->row_start = s->t.start;
	} else if (s->t.kind == ')' && in->in_row && !in->want) {
		/* A row of one literal is but a literal in parentheses: not a row. */
		if (in->filled < 2 || (in->per_row && in->filled != in->per_row))
			return false;
		in->per_row = in->filled;
		in->in_row = false;
		push_row(s, in->row_start, s->t.end);
	} else {
		return false;
	}
	taken(s);
	return !s->failed;
}

/* t is the '(' after IN. */
static void in_list(struct scan *s)
{
	struct in_list in = {
		.first_lit = (uint32_t)s->fp->lits.len,
		.first_row = (uint32_t)s->fp->rows.len,
		.want = true,
	};

	take_char(s);
	s->in_group = true;
	for (;;) {
		if (s->t.kind == ')' && !in.in_row && !in.want) {
			in_close(s, &in);
			return;
		}
		if (!in_step(s, &in)) {
			in_spill(s, &in);
			return;
		}
	}
}

struct rows {
	uint32_t first_lit, first_row;
	uint32_t count;           /* rows in the run, 0: none yet */
	uint32_t per_row;
	uint32_t start, end;      /* text of the run */
	size_t norm, norm_end;    /* where the run's first row is in norm[] */
};

/* A column that is one literal, or NULL, TRUE, FALSE, is written as any such column is. */
static void column_done(struct scan *s, size_t norm, const struct lex_token *first, unsigned kw,
			uint32_t tokens)
{
	enum fingerprint_type type;

	if (tokens != 1)
		return;
	if (first->kind == LEX_WORD) {
		if (kw == KW_NULL)
			type = FP_NULL;
		else if (kw == KW_TRUE || kw == KW_FALSE)
			type = kw == KW_TRUE ? FP_TRUE : FP_FALSE;
		else
			return;
		push_lit(s, first, type);
	} else if (!is_lit(first)) {
		return;
	}
	s->fp->norm.len = norm;
	put1(s, TAG_ANY);
}

/* One row, t is its '('. False when the statement ends in it. */
static bool row(struct scan *s)
{
	int depth = s->depth;

	take_char(s);
	for (;;) {
		size_t norm = s->fp->norm.len;
		struct lex_token first;
		unsigned kw = s->kw;
		uint32_t tokens = 0;

		complete(s);
		first = s->t;
		while (!at_end(s) && !(s->depth == depth + 1 && (s->t.kind == ',' || s->t.kind == ')'))) {
			take(s);
			tokens++;
		}
		if (at_end(s))
			return false;
		column_done(s, norm, &first, kw, tokens);
		if (s->t.kind == ')') {
			take_char(s);
			return true;
		}
		take_char(s);
	}
}

static void run_close(struct scan *s, struct rows *r)
{
	if (r->count == 0)
		return;
	push_group(s, (struct fingerprint_group){
			      .kind = FP_ROWS,
			      .first_lit = r->first_lit,
			      .rows = r->count,
			      .per_row = r->per_row,
			      .first_row = r->first_row,
			      .start = r->start,
			      .end = r->end,
		      });
	r->count = 0;
}

/* The row from norm[@from] on is complete; its literals are from lits[@lit] on. */
static void run_add(struct scan *s, struct rows *r, size_t from, uint32_t lit,
		    struct fingerprint_span span)
{
	struct fingerprint *fp = s->fp;
	size_t n = fp->norm.len - from;

	if (r->count == 0 || n != r->norm_end - r->norm ||
	    memcmp(fp->norm.v + from, fp->norm.v + r->norm, n) != 0) {
		run_close(s, r);
		put1(s, TAG_ROW_END);
		*r = (struct rows){
			.first_lit = lit,
			.first_row = (uint32_t)fp->rows.len,
			.per_row = (uint32_t)fp->lits.len - lit,
			.start = span.start,
			.norm = from,
			.norm_end = from + n,
		};
	} else {
		fp->norm.len = from;
	}
	r->count++;
	r->end = span.end;
	push_row(s, span.start, span.end);
}

/* t is the token after VALUES: '(' or ROW. */
static void rows(struct scan *s)
{
	struct rows r = {.count = 0};

	s->in_group = true;
	while (s->t.kind == '(' || s->kw == KW_ROW) {
		size_t from = s->fp->norm.len;
		uint32_t lit = (uint32_t)s->fp->lits.len, start = s->t.start;

		put1(s, TAG_ROW);
		if (s->kw == KW_ROW)
			take_word(s);
		if (s->t.kind != '(' || !row(s) || s->failed) {
			/* The statement breaks off: no group, and no parse either. */
			run_close(s, &r);
			s->in_group = false;
			s->fp->slots += (uint32_t)s->fp->lits.len - lit;
			return;
		}
		run_add(s, &r, from, lit, (struct fingerprint_span){start, s->last_end});
		if (s->failed || s->t.kind != ',')
			break;
		taken(s);
	}
	run_close(s, &r);
	s->in_group = false;
	s->values_done = true;
}

static bool rows_follow(const struct scan *s)
{
	return (s->last_kw == KW_VALUES || s->last_kw == KW_VALUE) && !s->values_done &&
	       s->depth == 0 && (s->fp->cls == FP_INSERT || s->fp->cls == FP_REPLACE) &&
	       (s->t.kind == '(' || s->kw == KW_ROW);
}

static void statement(struct scan *s)
{
	while (!at_end(s)) {
		if (s->t.kind == '(' && s->last_kw == KW_IN)
			in_list(s);
		else if (rows_follow(s))
			rows(s);
		else
			take(s);
	}
}

static void finish(struct scan *s, uint64_t seed)
{
	struct fingerprint *fp = s->fp;
	struct lex *l = &s->lx;
	XXH128_hash_t h;

	if (fp->cls == FP_EMPTY && fp->norm.len > 0)
		fp->cls = FP_OTHER; /* parentheses only */
	fp->end = fp->cls == FP_EMPTY ? fp->start : s->in_comment ? s->t.start : s->last_end;
	if (fp->end < fp->start)
		fp->end = fp->start;
	fp->next = s->t.kind == ';' ? s->t.end : l->n;
	while (fp->next < l->n && (l->p[fp->next] == ' ' || (uint8_t)(l->p[fp->next] - '\t') <= 4))
		fp->next++;
	if (compound_seen(&s->body))
		fp->features |= FP_HAS_COMPOUND;
	seed ^= ((uint64_t)l->mode << 8 | l->charset | (uint64_t)l->mysql << 16) *
		UINT64_C(0x9E3779B97F4A7C15);
	h = XXH3_128bits_withSeed(fp->norm.v, fp->norm.len, seed);
	fp->hash[0] = h.low64;
	fp->hash[1] = h.high64;
}

int fingerprint_scan(struct fingerprint *fp, const struct lex_opts *opts, struct str text,
		     uint32_t at, uint64_t seed, struct err *e)
{
	struct scan s = {.fp = fp};

	if (text.n >= UINT32_MAX / 2)
		return err_set(e, ERR_TOO_BIG, "a statement of %zu bytes is too long", text.n);
	reset(fp);
	lex_init(&s.lx, opts, text, at);
	advance(&s);
	/* An executed comment belongs to the statement whole. */
	fp->start = s.lx.in_version_comment ? at : s.t.start;
	statement(&s);
	if (s.failed)
		return err_set(e, ERR_NOMEM, "out of memory for a statement of %zu bytes", text.n);
	finish(&s, seed);
	/* "a - -" is no statement; cut out, its end would read as a comment. */
	if (s.last_kind == '-' && fp->end >= fp->start + 2 && text.p[fp->end - 2] == '-')
		s.t.kind = LEX_ERROR;
	if (s.t.kind == LEX_ERROR) {
		fp->end = s.t.start;
		return err_set(e, ERR_SYNTAX, "unterminated string or comment, or a stray byte");
	}
	return 0;
}
