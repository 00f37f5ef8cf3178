/* IN lists: taken in as one group as long as only literals, or rows of them, come. */
#include "sql/norm/fingerprint_int.h"

/* What is known of the IN list so far. */
struct in_list {
	uint32_t first_lit, first_row;
	uint32_t start;	  /* of the first element */
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
			fingerprint_int_put1(s, ',');
		if (col == 0 && (in->per_row || in->in_row))
			fingerprint_int_put1(s, '(');
		fingerprint_int_put1(s, fingerprint_int_lit_tag(&fp->lits.v[in->first_lit + i]));
		if (i < closed && col == in->per_row - 1)
			fingerprint_int_put1(s, ')');
	}
	if (in->in_row) {
		if (in->filled == 0) {
			if (n > 0)
				fingerprint_int_put1(s, ',');
			fingerprint_int_put1(s, '(');
		} else if (in->want) {
			fingerprint_int_put1(s, ',');
		}
		s->depth++;
	} else if (in->want && n > 0) {
		fingerprint_int_put1(s, ',');
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
	fingerprint_int_put_tagged(s, TAG_IN, types, 2);
	fingerprint_int_put_tagged(s, TAG_IN, in->per_row, 4);
	fingerprint_int_push_group(s, g);
	s->in_group = false;
}

/* One step inside of an IN list: true while it still is a list of literals. */
static bool in_step(struct scan *s, struct in_list *in)
{
	fingerprint_int_complete(s);
	if (fingerprint_int_is_lit(&s->t)) {
		if (!in->want || (!in->in_row && in->per_row) ||
		    (in->in_row && in->per_row && in->filled == in->per_row))
			return false;
		if (!in->in_row && in->first_lit == s->fp->lits.len)
			in->start = s->t.start;
		fingerprint_int_push_lit(s, &s->t, fingerprint_int_type_of(s->t.kind));
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
		fingerprint_int_push_row(s, in->row_start, s->t.end);
	} else {
		return false;
	}
	fingerprint_int_taken(s);
	return !s->failed;
}

void fingerprint_int_in_list(struct scan *s)
{
	struct in_list in = {
		.first_lit = (uint32_t)s->fp->lits.len,
		.first_row = (uint32_t)s->fp->rows.len,
		.want = true,
	};

	fingerprint_int_take_char(s);
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
