/* fingerprint_int - what the parts of the fingerprint share: the state of a scan and how the
 * normalized form is written. For sql/norm only. */
#ifndef NORM_FINGERPRINT_INT_H
#define NORM_FINGERPRINT_INT_H
#include <string.h>

#include "sql/lex/keyword.h"
#include "sql/norm/compound.h"
#include "sql/norm/fingerprint.h"
#include "src/base/vec.h"

enum tag {
	TAG_KEYWORD = 1, /* 2 bytes */
	TAG_WORD,	 /* text, 0 */
	TAG_QUOTED,	 /* text, 0 */
	TAG_OP,		 /* lex kind - 258 */
	TAG_USER_VAR,	 /* text, 0 */
	TAG_COMMENT,	 /* hint or directive: text, 0 */
	TAG_SPACE,	 /* between a native function's name and its parenthesis */
	TAG_IN,		 /* 2 bytes of types, 4 of per_row; per_row 0: a flat list */
	TAG_ROW,	 /* a run of rows: row, TAG_ROW_END */
	TAG_ROW_END,
	TAG_ANY,	    /* a literal that is a whole column of a row */
	TAG_LITERAL = 0x80, /* + type, + 0x20 when negative */
};

enum { TAG_NEGATIVE = 0x20 };

struct scan {
	struct lex lx;
	struct lex_token t; /* not yet taken */
	struct fingerprint *fp;
	uint32_t last_end;
	uint16_t kw, fn;  /* of t, when it is a word */
	uint16_t last_kw; /* of the token before t */
	uint16_t last_kind;
	bool last_fn;	     /* the token before t names a built-in function */
	bool operand;	     /* the token before t ends an operand */
	bool in_group;	     /* literals do not make slots */
	bool values_done;    /* past VALUES or ON DUPLICATE: no more row groups */
	bool failed;	     /* out of memory */
	bool in_comment;     /* the token before t is in an executed comment */
	uint32_t fn_feature; /* set when '(' follows */
	int depth;
	struct compound body;
};

static inline uint8_t *fingerprint_int_room(struct scan *s, size_t n)
{
	struct fingerprint *fp = s->fp;

	if (fp->norm.cap - fp->norm.len < n &&
	    vec_grow((void **)&fp->norm.v, &fp->norm.cap, fp->norm.len + n, 1)) {
		s->failed = true;
		return NULL;
	}
	return fp->norm.v + fp->norm.len;
}

static inline void fingerprint_int_put1(struct scan *s, unsigned c)
{
	uint8_t *p = fingerprint_int_room(s, 1);

	if (!p)
		return;
	*p = (uint8_t)c;
	s->fp->norm.len++;
}

static inline void fingerprint_int_put_tagged(struct scan *s, unsigned tag, uint32_t v,
					      unsigned bytes)
{
	uint8_t *p = fingerprint_int_room(s, 1 + bytes);

	if (!p)
		return;
	*p++ = (uint8_t)tag;
	for (unsigned i = 0; i < bytes; i++)
		*p++ = (uint8_t)(v >> (8 * i));
	s->fp->norm.len += 1 + bytes;
}

static inline void fingerprint_int_put_text(struct scan *s, unsigned tag, const struct lex_token *t)
{
	size_t n = t->end - t->start;
	uint8_t *p = fingerprint_int_room(s, n + 2);

	if (!p)
		return;
	*p = (uint8_t)tag;
	memcpy(p + 1, s->lx.p + t->start, n);
	p[n + 1] = 0;
	s->fp->norm.len += n + 2;
}

static inline void fingerprint_int_advance(struct scan *s)
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
static inline void fingerprint_int_taken(struct scan *s)
{
	s->last_kind = s->t.kind;
	s->last_kw = s->kw;
	s->last_fn = s->fn != 0 && !keyword_is_reserved(s->kw);
	s->last_end = s->t.end;
	s->in_comment = s->lx.in_version_comment;
	s->operand = lex_ends_operand(s->t.kind, s->kw);
	fingerprint_int_advance(s);
}

static inline enum fingerprint_type fingerprint_int_type_of(unsigned kind)
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

static inline void fingerprint_int_push_lit(struct scan *s, const struct lex_token *t,
					    enum fingerprint_type type)
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

static inline unsigned fingerprint_int_lit_tag(const struct fingerprint_lit *l)
{
	return (unsigned)TAG_LITERAL + l->type + (l->negative ? TAG_NEGATIVE : 0u);
}

static inline bool fingerprint_int_is_lit(const struct lex_token *t)
{
	return lex_is_literal(t->kind) || t->kind == '?';
}

/* Makes t whole: "-" and a number become one, strings that follow each other become one. */
static inline void fingerprint_int_complete(struct scan *s)
{
	struct lex_token number;

	if (s->t.kind == '-' && !s->operand && lex_join_minus(&s->lx, &s->t, &number))
		s->t = number;
	else if (s->t.kind == LEX_STRING || s->t.kind == LEX_NSTRING)
		lex_join_strings(&s->lx, &s->t);
}

static inline struct fingerprint_group *fingerprint_int_push_group(struct scan *s,
								   struct fingerprint_group g)
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

static inline void fingerprint_int_push_row(struct scan *s, uint32_t start, uint32_t end)
{
	if (s->fp->rows.len == s->fp->rows.cap && VEC_GROW(&s->fp->rows)) {
		s->failed = true;
		return;
	}
	s->fp->rows.v[s->fp->rows.len++] = (struct fingerprint_span){start, end};
}

/* fingerprint.c: takes one token of any kind but the end; a character token; a word. */
void fingerprint_int_take(struct scan *s);
void fingerprint_int_take_char(struct scan *s);
void fingerprint_int_take_word(struct scan *s);
/* t ends the statement, or nothing more can be read. */
bool fingerprint_int_at_end(struct scan *s);
/* fingerprint_in.c: t is the '(' after IN. */
void fingerprint_int_in_list(struct scan *s);
/* fingerprint_rows.c: t is the token after VALUES, '(' or ROW. */
void fingerprint_int_rows(struct scan *s);
#endif
