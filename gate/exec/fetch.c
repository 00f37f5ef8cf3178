#include "gate/exec/fetch.h"

#include "gate/exec/query.h"
#include "gate/exec/render.h"
#include "gate/session/session.h"
#include "src/wire/column_def.h"
#include "src/wire/text_row.h"

void fetch_start(struct query *q, const struct fetch_request *r)
{
	struct rendered text = {.sql = r->sql};
	struct err e;

	for (unsigned i = 0; i < q->calls; i++)
		call_cancel(&q->call[i]);
	q->mode = QUERY_FETCH;
	q->state = QUERY_RUNNING;
	q->fetched = r->done;
	q->settings = r->settings;
	err_clear(&q->error);
	q->resolved.target = r->target;
	q->resolved.targets = r->targets;
	q->fetch = arena_zalloc(&q->arena, sizeof(*q->fetch));
	if (!q->fetch || query_make_calls(q, r->targets, &e) < 0) {
		err_set(&e, ERR_NOMEM, "the statement needs more memory than allowed");
		r->done(q, &e);
		return;
	}
	q->running = q->calls;
	for (unsigned i = 0; i < q->calls; i++) {
		if (call_start(&q->call[i], &text, &e) == 0)
			continue;
		q->call[i].ended = true;
		q->running--;
		if (q->error.code == ERR_OK)
			q->error = e;
	}
	if (!q->running)
		r->done(q, q->error.code == ERR_OK ? NULL : &q->error);
}

static void take_row(struct query *q, struct str payload)
{
	struct fetch *f = q->fetch;
	struct str *col = arena_array(&q->arena, f->columns, sizeof(*col));

	if (!col || !f->column || text_row_split(payload, col, f->columns) < 0)
		return;
	for (uint32_t i = 0; i < f->columns; i++)
		f->column[i].value = col[i].p ? arena_str(&q->arena, col[i]) : col[i];
	f->have_row = true;
}

void fetch_part(struct query *q, const struct scan_part *part)
{
	struct fetch *f = q->fetch;
	struct type_meta m;
	struct packet row;

	switch (part->what) {
	case SCAN_COLUMNS:
		f->columns = (uint32_t)part->count;
		f->seen = 0;
		f->column = arena_array(&q->arena, f->columns, sizeof(*f->column));
		break;
	case SCAN_COLUMN:
		if (f->column && f->seen < f->columns &&
		    column_def_peek(part->payload, &m, NULL) == 0)
			f->column[f->seen].number = type_is_integer(m.type) ||
						    type_is_decimal(m.type) ||
						    m.type == TYPE_DOUBLE || m.type == TYPE_FLOAT;
		f->seen++;
		break;
	case SCAN_ROWS:
		if (!f->have_row &&
		    packet_peek((const uint8_t *)part->payload.p, part->payload.n, &row) &&
		    row.whole)
			take_row(q, str_make(row.payload, row.len));
		break;
	default:
		break;
	}
}

const char *fetch_literal(struct query *q, const struct fetch_column *c)
{
	static const char digits[] = "0123456789abcdef";
	char *z;

	if (!c->value.p)
		return "NULL";
	if (c->number)
		return arena_dup(&q->arena, c->value.p, c->value.n);
	/* Hexadecimal needs no quoting and is read the same in every sql_mode; the introducer makes
	 * it text again. */
	z = arena_alloc(&q->arena, sizeof("_utf8mb4 X''") + 2 * c->value.n);
	if (!z)
		return NULL;
	memcpy(z, "_utf8mb4 X'", 11);
	for (size_t i = 0; i < c->value.n; i++) {
		z[11 + 2 * i] = digits[(unsigned char)c->value.p[i] >> 4];
		z[12 + 2 * i] = digits[c->value.p[i] & 15];
	}
	z[11 + 2 * c->value.n] = '\'';
	z[12 + 2 * c->value.n] = 0;
	return z;
}
