/* VALUES rows of INSERT and REPLACE: each run of rows of one shape is one group. Rows of plain
 * numbers, strings and NULLs, of which long statements consist, are read byte by byte. */
#include "sql/lex/lex_run.h"
#include "sql/norm/fingerprint_int.h"

struct rows {
	uint32_t first_lit, first_row;
	uint32_t count; /* rows in the run, 0: none yet */
	uint32_t per_row;
	uint32_t start, end;   /* text of the run */
	size_t norm, norm_end; /* where the run's first row is in norm[] */
	uint32_t plain;	       /* columns when all are plain literals and it is no ROW(..) */
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
		while (!fingerprint_int_at_end(s) &&
		       !(s->depth == depth + 1 && (s->t.kind == ',' || s->t.kind == ')'))) {
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

static inline uint32_t skip_space(const struct lex *l, uint32_t i)
{
	while (i < l->n && l->p[i] <= ' ' &&
	       (l->p[i] == ' ' || l->p[i] == '\n' || l->p[i] == '\t' || l->p[i] == '\r'))
		i++;
	return i;
}

/* The end of a number without exponent, a string without escapes or a NULL that begins at @i; 0
 * when it is anything else. */
static inline uint32_t plain_column(const struct lex *l, uint32_t i, enum fingerprint_type *type)
{
	uint32_t from = i;

	if (l->p[i] == '\'') {
		*type = FP_STRING;
		i = lex_run_plain(l, i + 1, '\'');
		/* Eight bytes before the end of the text go the ordinary way; a quote, and not two. */
		return i + 1 < l->n && l->p[i] == '\'' && l->p[i + 1] != '\'' ? i + 1 : 0;
	}
	if ((l->p[i] | 0x20) == 'n') {
		*type = FP_NULL;
		return i + 4 < l->n && str_ieq(str_make(l->p + i, 4), STR_LIT("NULL")) ? i + 4 : 0;
	}
	from += l->p[i] == '-';
	i = lex_run_digits(l, from);
	*type = FP_INT;
	if (i == from)
		return 0;
	if (i < l->n && l->p[i] == '.') {
		*type = FP_DECIMAL;
		i = lex_run_digits(l, i + 1);
	}
	return i;
}

/* A row of plain columns only, from the '(' at @at on: its literals are pushed, the columns counted
 * in *columns; its end, or 0 and nothing pushed. */
static uint32_t plain_row(struct scan *s, uint32_t at, uint32_t *columns)
{
	const struct lex *l = &s->lx;
	struct fingerprint *fp = s->fp;
	size_t n = fp->lits.len;
	uint32_t i = at + 1;

	while (i < l->n) {
		enum fingerprint_type type;
		uint32_t start = skip_space(l, i), end;

		end = start < l->n ? plain_column(l, start, &type) : 0;
		i = end ? skip_space(l, end) : l->n;
		if (i >= l->n || (l->p[i] != ',' && l->p[i] != ')'))
			return 0;
		if (n == fp->lits.cap && vec_grow((void **)&fp->lits.v, &fp->lits.cap, n + 1,
						  sizeof(*fp->lits.v))) {
			s->failed = true;
			return 0;
		}
		fp->lits.v[n++] = (struct fingerprint_lit){
			.start = start,
			.len = end - start,
			.type = (uint8_t)type,
			.negative = l->p[start] == '-',
		};
		if (l->p[i++] == ')') {
			*columns = (uint32_t)(n - fp->lits.len);
			fp->lits.len = n;
			return i;
		}
	}
	return 0;
}

/* The row at @span is plain: the run goes on with it, or a new one begins. */
static void plain_add(struct scan *s, struct rows *r, uint32_t columns, uint32_t lit,
		      struct fingerprint_span span)
{
	size_t from = s->fp->norm.len;

	if (r->count && r->plain == columns) {
		r->count++;
		r->end = span.end;
		fingerprint_int_push_row(s, span.start, span.end);
		return;
	}
	fingerprint_int_put1(s, TAG_ROW);
	for (uint32_t i = 0; i < columns; i++) {
		fingerprint_int_put1(s, i ? ',' : '(');
		fingerprint_int_put1(s, TAG_ANY);
	}
	fingerprint_int_put1(s, ')');
	if (!s->failed)
		run_add(s, r, from, lit, span);
	r->plain = columns;
}

/* Takes plain rows, and the commas between them, from t on, which is a '('. True when t is the
 * first token of a row that is not plain; false at the end of the list. */
static bool plain_rows(struct scan *s, struct rows *r)
{
	uint32_t at = s->t.start, end, columns, comma = 0;

	for (;;) {
		uint32_t lit = (uint32_t)s->fp->lits.len;

		end = plain_row(s, at, &columns);
		if (!end)
			break;
		plain_add(s, r, columns, lit, (struct fingerprint_span){at, end});
		comma = skip_space(&s->lx, end);
		at = comma < s->lx.n ? skip_space(&s->lx, comma + 1) : s->lx.n;
		if (comma < s->lx.n && s->lx.p[comma] == ',' && at < s->lx.n && s->lx.p[at] == '(')
			continue;
		/* The ordinary way on, from behind the row. */
		s->t = (struct lex_token){.kind = ')', .start = end - 1, .end = end};
		s->lx.at = end;
		s->lx.after_name = s->lx.after_dot = false;
		fingerprint_int_taken(s);
		if (s->t.kind != ',')
			return false;
		fingerprint_int_taken(s);
		return s->t.kind == '(' || s->kw == KW_ROW;
	}
	if (comma) { /* past a comma: the row at @at is not plain */
		s->lx.after_name = s->lx.after_dot = false;
		s->t = (struct lex_token){.kind = ',', .start = comma, .end = comma + 1};
		s->lx.at = comma + 1;
		fingerprint_int_taken(s);
	}
	return true;
}

void fingerprint_int_rows(struct scan *s)
{
	struct rows r = {.count = 0};

	s->in_group = true;
	while (s->t.kind == '(' || s->kw == KW_ROW) {
		size_t from;
		uint32_t lit, start;

		if (s->t.kind == '(' && !plain_rows(s, &r))
			break;
		from = s->fp->norm.len;
		lit = (uint32_t)s->fp->lits.len;
		start = s->t.start;
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
	if (s->last_kind == ',') /* no row after it: not the same as without */
		fingerprint_int_put1(s, ',');
	s->in_group = false;
	s->values_done = true;
}
