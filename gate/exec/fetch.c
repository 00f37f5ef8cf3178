#include "gate/exec/fetch.h"

#include <stdio.h>
#include <string.h>

#include "gate/exec/query.h"
#include "gate/exec/render.h"
#include "gate/session/session.h"
#include "src/base/digest.h"
#include "src/base/hmap.h"
#include "src/wire/collation_id.h"
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

static void describe(struct fetch_column *c, const struct type_meta *m)
{
	c->number = type_is_integer(m->type) || type_is_decimal(m->type) ||
		    m->type == TYPE_DOUBLE || m->type == TYPE_FLOAT;
	/* Dates and times are text here, whatever their column says. */
	c->collation = type_is_temporal(m->type) ? COLLATION_UTF8MB4_GENERAL_CI : m->charset;
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
			describe(&f->column[f->seen], &m);
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

int fetch_own_charsets(struct query *q, const char **settings, struct err *e)
{
	const struct session *s = q->session;
	const char *results =
		s->sysvars ? hmap_get(s->sysvars, STR_LIT("character_set_results")) : NULL;

	*settings = NULL;
	if (!results || !strcmp(results, "'utf8mb4'"))
		return 0;
	*settings = arena_printf(&q->arena, "%s,character_set_results=NULL", s->settings);
	return *settings ? 0
			 : err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
}

const char *fetch_literal(struct query *q, const struct fetch_column *c)
{
	struct str charset = collation_id_charset(c->collation);
	size_t n;
	char *z;

	if (!c->value.p)
		return "NULL";
	if (c->number)
		return arena_dup(&q->arena, c->value.p, c->value.n);
	/* Hexadecimal needs no quoting and is read the same in every sql_mode; the introducer makes
	 * it text again. */
	if (!charset.p)
		charset = STR_LIT("utf8mb4");
	n = charset.n + sizeof("_ X''") + 2 * c->value.n;
	z = arena_alloc(&q->arena, n);
	if (!z)
		return NULL;
	n = (size_t)snprintf(z, n, "_%.*s X'", STR_ARG(charset));
	digest_hex((const uint8_t *)c->value.p, c->value.n, z + n);
	n += 2 * c->value.n;
	z[n] = '\'';
	z[n + 1] = 0;
	return z;
}
