#include "gate/shardio/shard_fetch.h"

#include <stdio.h>
#include <string.h>

#include "gate/client/conditions.h"
#include "gate/vars/session_vars.h"
#include "src/base/arena.h"
#include "src/base/digest.h"
#include "src/data/type.h"
#include "src/wire/collation_id.h"
#include "src/wire/column_def.h"
#include "src/wire/packet.h"
#include "src/wire/text_row.h"

enum { FETCH_MAX_ROW = 1 << 30 };

static void finish(struct shard_fetch *f)
{
	if (f->join)
		packet_join_fini(f->join);
	f->join = NULL;
	if (f->conditions)
		conditions_count_list(f->conditions);
	f->done(f, f->error.code == ERR_OK ? NULL : &f->error);
}

static void note_error(struct shard_fetch *f, const struct err *e)
{
	if (f->error.code == ERR_OK)
		f->error = *e;
}

static void take_row(struct shard_fetch *f, struct str payload)
{
	struct str *col = arena_array(f->arena, f->columns + 1u, sizeof(*col));
	struct err e;

	if (!col || text_row_split(payload, col, f->columns) < 0)
		goto fail;
	for (uint32_t i = 0; i < f->columns; i++) {
		f->column[i].value = col[i].p ? arena_str(f->arena, col[i]) : col[i];
		if (col[i].p && !f->column[i].value.p)
			goto fail;
	}
	f->have_row = true;
	return;
fail:
	err_set(&e, ERR_NOMEM, "a value needs more memory than a statement is allowed");
	note_error(f, &e);
}

static void describe(struct shard_fetch_column *c, const struct type_meta *m)
{
	c->number = type_is_integer(m->type) || type_is_decimal(m->type) ||
		    m->type == TYPE_DOUBLE || m->type == TYPE_FLOAT;
	/* Dates and times are text here, whatever their column says. */
	c->collation = type_is_temporal(m->type) ? COLLATION_UTF8MB4_GENERAL_CI : m->charset;
}

static void take_columns(struct shard_fetch *f, unsigned index, uint64_t count)
{
	struct err e;

	f->lead = (int)index;
	f->columns = (uint32_t)count;
	f->seen = 0;
	f->column = arena_array(f->arena, f->columns + 1u, sizeof(*f->column));
	f->join = arena_zalloc(f->arena, sizeof(*f->join));
	if (f->join)
		packet_join_init(f->join, FETCH_MAX_ROW);
	if (!f->column || !f->join) {
		err_set(&e, ERR_NOMEM, "the statement needs more memory than allowed");
		note_error(f, &e);
	}
}

/* Rows come in pieces that may cut them anywhere; only the first row is of interest. */
static void take_rows(struct shard_fetch *f, struct str piece)
{
	struct str payload;
	struct err e;
	size_t used;

	while (piece.n && !f->have_row && f->error.code == ERR_OK) {
		int rc;

		if (!f->join->active && piece.n >= PACKET_HEADER)
			packet_join_expect(f->join, (uint8_t)piece.p[3]);
		rc = packet_join_feed(f->join, (const uint8_t *)piece.p, piece.n, &used, &payload,
				      &e);
		if (rc < 0) {
			note_error(f, &e);
			return;
		}
		if (rc == 0)
			return;
		take_row(f, payload);
		piece = str_make(piece.p + used, piece.n - used);
	}
}

static void on_part(struct shard_call *c, const struct scan_part *part, const uint8_t *p)
{
	struct shard_fetch *f = c->owner;
	struct type_meta m;

	(void)p;
	if (f->error.code != ERR_OK)
		return;
	if (part->what == SCAN_COLUMNS && f->lead < 0)
		take_columns(f, c->index, part->count);
	if (f->lead != (int)c->index || f->error.code != ERR_OK)
		return;
	if (part->what == SCAN_COLUMN) {
		if (f->seen < f->columns && column_def_peek(part->payload, &m, NULL) == 0)
			describe(&f->column[f->seen], &m);
		f->seen++;
	} else if (part->what == SCAN_ROWS) {
		take_rows(f, part->payload);
	}
}

static void on_flow(struct shard_call *c)
{
	shard_call_grant(c, c->ungranted);
}

static void on_ended(struct shard_call *c)
{
	struct shard_fetch *f = c->owner;

	if (c->error.code != ERR_OK)
		note_error(f, &c->error);
	if (--f->running == 0)
		finish(f);
}

void shard_fetch_start(struct shard_fetch *f)
{
	static const struct shard_call_ops ops = {on_part, on_flow, on_ended};
	unsigned started = 0;
	struct err e;

	f->lead = -1;
	f->call = arena_array(f->arena, f->targets + 1u, sizeof(*f->call));
	if (!f->call) {
		err_set(&f->error, ERR_NOMEM, "the statement needs more memory than allowed");
		finish(f);
		return;
	}
	for (unsigned i = 0; i < f->targets; i++) {
		struct shard_call *c = &f->call[i];

		*c = (struct shard_call){.ops = &ops,
					 .owner = f,
					 .index = i,
					 .ctx = f->ctx,
					 .arena = f->arena,
					 .txn = f->txn,
					 .conditions = f->conditions,
					 .warnings_before = f->conditions != NULL,
					 .shard = f->target[i]};
		if (shard_call_start(c, &f->request, &e) < 0)
			note_error(f, &e);
		else
			started++;
	}
	f->running = started;
	if (!started)
		finish(f);
}

void shard_fetch_cancel(struct shard_fetch *f)
{
	for (unsigned i = 0; f && f->call && i < f->targets; i++)
		shard_call_cancel(&f->call[i]);
}

int shard_fetch_settings(const struct session_vars *v, bool free, struct arena *a,
			 const char **settings, struct err *e)
{
	static const char limits[] = ",max_statement_time=0,max_join_size=18446744073709551615,"
				     "sql_select_limit=18446744073709551615,"
				     "max_session_mem_used=18446744073709551615";

	*settings =
		arena_printf(a, "%s%scharacter_set_results=NULL%s", v->settings ? v->settings : "",
			     v->settings ? "," : "", free && v->settings ? limits : "");
	return *settings ? 0
			 : err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
}

const char *shard_fetch_literal(struct arena *a, const struct shard_fetch_column *c)
{
	struct str charset = collation_id_charset(c->collation);
	struct str collation = collation_id_name(c->collation);
	size_t n;
	char *z;

	if (!c->value.p)
		return "NULL";
	if (c->number)
		return arena_dup(a, c->value.p, c->value.n);
	/* Hexadecimal needs no quoting and is read the same in every sql_mode; the introducer makes
	 * it text again. */
	if (!charset.p)
		charset = STR_LIT("utf8mb4");
	n = charset.n + collation.n + sizeof("_ X'' COLLATE ") + 2 * c->value.n;
	z = arena_alloc(a, n);
	if (!z)
		return NULL;
	n = (size_t)snprintf(z, n, "_%.*s X'", STR_ARG(charset));
	digest_hex((const uint8_t *)c->value.p, c->value.n, z + n);
	n += 2 * c->value.n;
	z[n++] = '\'';
	z[n] = 0;
	if (collation.p && !str_eqz(charset, "binary"))
		snprintf(z + n, sizeof(" COLLATE ") + collation.n, " COLLATE %.*s",
			 STR_ARG(collation));
	return z;
}
