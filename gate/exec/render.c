#include "gate/exec/render.h"

#include <stdio.h>
#include <string.h>

#include "gate/exec/resolve.h"
#include "gate/exec/statement.h"
#include "gate/plan/plan.h"
#include "src/base/digest.h"

/* How often pushed text may repeat a parameter (hidden columns, ORDER BY); room for USER(). */
enum { RENDER_REPEATS = 8, SESSION_TEXT = 160 };

struct writer {
	struct statement *st;
	unsigned target;
	struct buf sql;
	uint32_t *param;
	uint32_t params, room;
};

/* Notes the parameters among literals [from, to) in the order of the text written. */
static void note_params(struct writer *w, uint32_t from, uint32_t to)
{
	if (!w->param)
		return;
	for (uint32_t i = from; i < to; i++) {
		if (w->st->fp.lits.v[i].type != FP_PARAM)
			continue;
		if (w->params == w->room)
			w->sql.failed = true; /* a plan that repeats parameters without end */
		else
			w->param[w->params++] = w->st->lit_param[i];
	}
}

static void write_span(struct writer *w, uint32_t start, uint32_t end)
{
	buf_append(&w->sql, w->st->text.p + start, end - start);
}

static void write_slot(struct writer *w, uint32_t slot)
{
	uint32_t lit = fingerprint_lit_at(&w->st->fp, slot, 0, 0);
	const struct fingerprint_lit *l = &w->st->fp.lits.v[lit];

	write_span(w, l->start, l->start + l->len);
	note_params(w, lit, lit + 1);
}

static bool row_is_here(const struct writer *w, uint32_t row)
{
	const struct resolved *r = &w->st->resolved;

	return !r->row_target || row >= r->rows || r->row_target[row] == w->target ||
	       r->row_target[row] == RESOLVED_EVERYWHERE;
}

/* @mine: only what belongs to this shard. */
static void write_group(struct writer *w, uint32_t slot, bool mine)
{
	const struct fingerprint_group *g = fingerprint_group_of(&w->st->fp, slot);
	bool any = false;

	for (uint32_t row = 0; row < g->rows; row++) {
		struct fingerprint_span s = fingerprint_element(&w->st->fp, g, row);
		uint32_t lit = g->first_lit + row * g->per_row;

		if (mine && !row_is_here(w, row))
			continue;
		if (any)
			buf_u8(&w->sql, ',');
		any = true;
		write_span(w, s.start, s.end);
		note_params(w, lit, lit + g->per_row);
	}
	/* No element belongs here (nothing can match): a list must not be empty. */
	if (!any && g->kind != FP_ROWS) {
		struct fingerprint_span s = fingerprint_element(&w->st->fp, g, 0);

		write_span(w, s.start, s.end);
		note_params(w, g->first_lit, g->first_lit + g->per_row);
	}
}

/* A limit as clients may send it: a whole number, a double that is one, or its digits. */
static int limit_number(struct statement *st, const struct plan_value *v, uint64_t *out,
			struct err *e)
{
	struct value n;

	if (resolve_value(st, v, 0, &n, e) < 0)
		return -1;
	if (n.type == VALUE_UINT || (n.type == VALUE_INT && n.i >= 0)) {
		*out = n.u;
		return 0;
	}
	if (n.type == VALUE_DOUBLE && n.d >= 0 && n.d < 9e15 && (double)(uint64_t)n.d == n.d) {
		*out = (uint64_t)n.d;
		return 0;
	}
	if (n.type == VALUE_TEXT && str_to_u64(n.s, out))
		return 0;
	return err_set(e, ERR_SYNTAX,
		       "LIMIT and OFFSET must be whole numbers that are not negative");
}

int render_limit(struct statement *st, uint64_t *offset, uint64_t *count, struct err *e)
{
	const struct plan_limit *l = &st->plan->merge.limit;

	return limit_number(st, &l->offset, offset, e) < 0 ? -1
							   : limit_number(st, &l->count, count, e);
}

static int write_limit(struct writer *w, struct err *e)
{
	uint64_t offset, count, sum;

	if (render_limit(w->st, &offset, &count, e) < 0)
		return -1;
	if (__builtin_add_overflow(offset, count, &sum))
		sum = UINT64_MAX;
	buf_printf(&w->sql, "%llu", (unsigned long long)sum);
	return 0;
}

/* Text of the gate's own: plain, or so that no sql_mode and no character set changes it. */
static void write_quoted(struct writer *w, const char *z)
{
	char hex[2 * SESSION_TEXT + 1];
	bool plain = true;

	for (const char *p = z; *p && plain; p++)
		plain = *p >= ' ' && *p <= '~' && *p != '\'' && *p != '\\';
	if (plain) {
		buf_printf(&w->sql, "'%s'", z);
		return;
	}
	digest_hex((const uint8_t *)z, strlen(z), hex);
	buf_printf(&w->sql, "_utf8mb4 X'%s'", hex);
}

/* Of the type, derivation and character set that USER() and DATABASE() have; NULL: NULL. */
static void write_system_text(struct writer *w, const char *z)
{
	if (!z) {
		buf_puts(&w->sql, "LEFT(VERSION(),NULL)");
		return;
	}
	buf_puts(&w->sql, "CONCAT(LEFT(VERSION(),0),");
	write_quoted(w, z);
	buf_u8(&w->sql, ')');
}

/* A number of type BIGINT(21), as FOUND_ROWS() is one: the type follows the digits. */
static void write_bigint(struct writer *w, int64_t n)
{
	buf_printf(&w->sql, "CAST('%021lld' AS SIGNED)", (long long)n);
}

static void write_count(struct writer *w, unsigned n)
{
	buf_printf(&w->sql, "CAST('%021u' AS UNSIGNED)", n);
}

static void write_session(struct writer *w, enum session_value what)
{
	const struct conn *c = w->st->conn;
	const struct session_vars *s = &c->vars;
	char text[SESSION_TEXT];

	switch (what) {
	case SESSION_FOUND_ROWS:
		write_bigint(w, (int64_t)s->found_rows);
		break;
	case SESSION_ROW_COUNT:
		write_bigint(w, s->row_count);
		break;
	case SESSION_CONNECTION_ID:
		buf_printf(&w->sql, "%u", s->id);
		break;
	case SESSION_USER:
		snprintf(text, sizeof(text), "%.64s@%s", s->user, client_host(&c->client));
		write_system_text(w, text);
		break;
	case SESSION_AUTOCOMMIT:
		write_bigint(w, s->autocommit);
		break;
	case SESSION_WARNING_COUNT:
		write_count(w, w->st->warnings_before);
		break;
	case SESSION_ERROR_COUNT:
		write_count(w, w->st->errors_before);
		break;
	case SESSION_DATABASE:
		write_system_text(w, w->st->target.keyspace[0] ? w->st->target.keyspace : NULL);
		break;
	}
}

static int write_pieces(struct writer *w, const struct piece *piece, uint32_t count, struct err *e)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct piece *p = &piece[i];

		switch (p->kind) {
		case PIECE_TEXT:
			buf_str(&w->sql, p->text);
			break;
		case PIECE_SLOT:
			write_slot(w, p->slot);
			break;
		case PIECE_GROUP:
			write_group(w, p->slot, p->row);
			break;
		case PIECE_LIMIT:
			if (write_limit(w, e) < 0)
				return -1;
			break;
		case PIECE_SESSION:
			write_session(w, (enum session_value)p->slot);
			break;
		}
	}
	return 0;
}

int render_target(struct statement *st, unsigned target, struct rendered *out, struct err *e)
{
	struct writer w = {.st = st, .target = target};
	int rc = -1;

	*out = (struct rendered){.params = st->fp.params};
	if (!st->plan->piece || (st->resolved.targets == 1 && !st->plan->render_always)) {
		out->sql = statement_whole(st);
		return 0;
	}
	buf_init(&w.sql);
	if (st->input == STATEMENT_EXECUTE) {
		w.room = st->fp.params * RENDER_REPEATS + 1;
		w.param = arena_array(&st->arena, w.room, sizeof(*w.param));
		if (!w.param)
			return err_set(e, ERR_NOMEM,
				       "the statement needs more memory than allowed");
	}
	if (write_pieces(&w, st->plan->piece, st->plan->piece_count, e) < 0 ||
	    buf_check(&w.sql, e) < 0)
		goto out;
	out->sql = arena_str(&st->arena, buf_slice(&w.sql));
	if (!st->plan->verbatim_params) {
		out->param = w.param;
		out->params = w.params;
	}
	rc = out->sql.p ? 0 : err_set(e, ERR_NOMEM, "the statement needs more memory than allowed");
out:
	buf_fini(&w.sql);
	return rc;
}
