/* How the normalized form is written (norm[]): single characters as themselves, everything else
 * behind a tag byte below 0x20 or from 0x80 on. It is prefix-free, so that different token
 * sequences never give the same bytes. A row of VALUES is written like all else; when it ends with
 * the same bytes as the row before it, it is taken back. An IN list is taken in as one group as
 * long as only literals come; at the first other token it is written out as what it is. */
#include "sql/norm/fingerprint.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sql/norm/fingerprint_int.h"

/* Arrays larger than this are given back after PATIENCE statements that had no need of them: the
 * next piece of a bulk load finds its pages there, a single large statement holds them not long. */
enum { NORM_KEEP = 1 << 16, LITS_KEEP = 1 << 16, PATIENCE = 8 };

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

/* Empty again. */
static void reset(struct fingerprint *fp)
{
	if (fp->norm.len > NORM_KEEP || fp->lits.len > LITS_KEEP || fp->rows.len > LITS_KEEP)
		fp->small = 0;
	else if (fp->norm.cap <= NORM_KEEP && fp->lits.cap <= LITS_KEEP &&
		 fp->rows.cap <= LITS_KEEP)
		fp->small = 0;
	else if (++fp->small == PATIENCE)
		fingerprint_fini(fp);
	fp->lits.len = fp->groups.len = fp->rows.len = fp->norm.len = 0;
	fp->cls = FP_EMPTY;
	fp->features = fp->slots = fp->params = 0;
}

static inline void take_lit(struct scan *s)
{
	fingerprint_int_push_lit(s, &s->t, fingerprint_int_type_of(s->t.kind));
	if (!s->failed)
		fingerprint_int_put1(s,
				     fingerprint_int_lit_tag(&s->fp->lits.v[s->fp->lits.len - 1]));
	fingerprint_int_taken(s);
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

void fingerprint_int_take_word(struct scan *s)
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
	} else if (s->fp->cls == FP_EMPTY) {
		s->fp->cls = FP_OTHER;
	}
	compound_word(&s->body, s->kw, s->depth);
	s->fn_feature = s->fn ? feature_of_fn(s->fn) : 0;
	if (keyword_is_reserved(s->kw) || s->kw == KW_CURRENT_ROLE) /* no parenthesis needed */
		s->fp->features |= s->fn_feature & (FP_HAS_USER_FN | FP_HAS_NOW_FN);
	if (keyword_is_reserved(s->kw)) {
		fingerprint_int_put_tagged(s, TAG_KEYWORD, s->kw, 2);
	} else {
		fingerprint_int_put_text(s, TAG_WORD, &s->t);
	}
	fingerprint_int_taken(s);
}

void fingerprint_int_take_char(struct scan *s)
{
	unsigned c = s->t.kind;

	if (c == '(') {
		s->depth++;
		s->fp->features |= s->fn_feature;
		if (s->last_fn && s->t.spaced && !(s->lx.mode & LEX_IGNORE_SPACE))
			fingerprint_int_put1(s, TAG_SPACE);
	} else {
		if (c == ')' && s->depth > 0)
			s->depth--;
		compound_char(&s->body, c);
		if (s->fp->cls == FP_EMPTY)
			s->fp->cls = FP_OTHER;
	}
	fingerprint_int_put1(s, c);
	fingerprint_int_taken(s);
}

/* Takes one token of any kind but the end. */
void fingerprint_int_take(struct scan *s)
{
	fingerprint_int_complete(s);
	switch (s->t.kind) {
	case LEX_WORD:
		fingerprint_int_take_word(s);
		return;
	case LEX_QUOTED:
		fingerprint_int_put_text(s, TAG_QUOTED, &s->t);
		break;
	case LEX_USER_VAR:
		s->fp->features |= FP_HAS_USER_VAR;
		fingerprint_int_put_text(s, TAG_USER_VAR, &s->t);
		break;
	case LEX_HINT:
	case LEX_DIRECTIVE:
		s->fp->features |= s->t.kind == LEX_HINT ? FP_HAS_HINT : FP_HAS_DIRECTIVE;
		fingerprint_int_put_text(s, TAG_COMMENT, &s->t);
		/* Not a token to the grammar: what stood before it still does. */
		s->last_end = s->t.end;
		fingerprint_int_advance(s);
		return;
	case LEX_AT_AT:
		s->fp->features |= FP_HAS_SYS_VAR;
		fingerprint_int_put_tagged(s, TAG_OP, LEX_AT_AT - 258, 1);
		break;
	default:
		if (fingerprint_int_is_lit(&s->t)) {
			if (s->fp->cls == FP_EMPTY)
				s->fp->cls = FP_OTHER;
			take_lit(s);
			return;
		}
		if (s->t.kind < 256) {
			fingerprint_int_take_char(s);
			s->fn_feature = 0;
			return;
		}
		fingerprint_int_put_tagged(s, TAG_OP, s->t.kind - 258u, 1);
	}
	if (s->fp->cls == FP_EMPTY)
		s->fp->cls = FP_OTHER;
	s->fn_feature = 0;
	fingerprint_int_taken(s);
}

bool fingerprint_int_at_end(struct scan *s)
{
	if (s->t.kind == ';' && !compound_open(&s->body)) {
		/* It cannot end in the middle of an executed comment. */
		if (s->lx.in_version_comment)
			s->t.kind = LEX_ERROR;
		return true;
	}
	return s->failed || s->t.kind == LEX_EOF || s->t.kind == LEX_ERROR;
}

static bool rows_follow(const struct scan *s)
{
	return (s->last_kw == KW_VALUES || s->last_kw == KW_VALUE) && !s->values_done &&
	       s->depth == 0 && (s->fp->cls == FP_INSERT || s->fp->cls == FP_REPLACE) &&
	       (s->t.kind == '(' || s->kw == KW_ROW);
}

static void statement(struct scan *s)
{
	while (!fingerprint_int_at_end(s)) {
		if (s->t.kind == '(' && s->last_kw == KW_IN)
			fingerprint_int_in_list(s);
		else if (rows_follow(s))
			fingerprint_int_rows(s);
		else
			fingerprint_int_take(s);
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
	fp->stop = s->t.kind == ';' ? s->t.start : l->n;
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
	s.body.oracle = opts->mode & LEX_ORACLE;
	fingerprint_int_advance(&s);
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
