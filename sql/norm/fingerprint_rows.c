/* VALUES rows of INSERT and REPLACE: each run of rows of one shape is one group. Rows of plain
 * numbers, strings and NULLs, of which long statements consist, are read byte by byte. */
#include "sql/norm/fingerprint_int.h"

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
		fingerprint_int_push_lit(s, first, type);
	} else if (!fingerprint_int_is_lit(first)) {
		return;
	}
	s->fp->norm.len = norm;
	fingerprint_int_put1(s, TAG_ANY);
}

/* One row, t is its '('. False when the statement ends in it. */
static bool row(struct scan *s)
{
	int depth = s->depth;

	fingerprint_int_take_char(s);
	for (;;) {
		size_t norm = s->fp->norm.len;
		struct lex_token first;
		unsigned kw = s->kw;
		uint32_t tokens = 0;

		fingerprint_int_complete(s);
		first = s->t;
		while (!fingerprint_int_at_end(s) && !(s->depth == depth + 1 && (s->t.kind == ',' || s->t.kind == ')'))) {
			fingerprint_int_take(s);
			tokens++;
		}
		if (fingerprint_int_at_end(s))
			return false;
		column_done(s, norm, &first, kw, tokens);
		if (s->t.kind == ')') {
			fingerprint_int_take_char(s);
			return true;
		}
		fingerprint_int_take_char(s);
	}
}

static void run_close(struct scan *s, struct rows *r)
{
	if (r->count == 0)
		return;
	fingerprint_int_push_group(s, (struct fingerprint_group){
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
		fingerprint_int_put1(s, TAG_ROW_END);
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
	fingerprint_int_push_row(s, span.start, span.end);
}

void fingerprint_int_rows(struct scan *s)
{
	struct rows r = {.count = 0};

	s->in_group = true;
	while (s->t.kind == '(' || s->kw == KW_ROW) {
		size_t from = s->fp->norm.len;
		uint32_t lit = (uint32_t)s->fp->lits.len, start = s->t.start;

		fingerprint_int_put1(s, TAG_ROW);
		if (s->kw == KW_ROW)
			fingerprint_int_take_word(s);
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
		fingerprint_int_taken(s);
	}
	run_close(s, &r);
	s->in_group = false;
	s->values_done = true;
}
