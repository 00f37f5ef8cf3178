#include <stdarg.h>

#include "gate/plan/plan_int.h"

void template_init(struct template *t, struct planner *p)
{
	*t = (struct template){.p = p, .at = p->in->fp->start, .routed = -1};
}

void template_piece(struct template *t, struct piece piece)
{
	if (t->n == t->room) {
		uint32_t room = t->room ? t->room * 2 : 16;
		struct piece *v = arena_array(t->p->a, room, sizeof(*v));

		if (!v) {
			t->failed = true;
			return;
		}
		if (t->n)
			memcpy(v, t->v, t->n * sizeof(*v));
		t->v = v;
		t->room = room;
	}
	t->v[t->n++] = piece;
}

static void put_text(struct template *t, struct str s)
{
	if (!s.n)
		return;
	s = arena_str(t->p->a, s);
	if (!s.p)
		t->failed = true;
	template_piece(t, (struct piece){.kind = PIECE_TEXT, .text = s});
}

/* Literals and groups in the order of the text: the first literal at or behind @from. */
static uint32_t first_lit(const struct fingerprint *fp, uint32_t from)
{
	uint32_t lo = 0, hi = (uint32_t)fp->lits.len;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (fp->lits.v[mid].start < from)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const struct fingerprint_group *group_at(const struct fingerprint *fp, uint32_t from,
						uint32_t to)
{
	for (size_t i = 0; i < fp->groups.len; i++)
		if (fp->groups.v[i].start >= from && fp->groups.v[i].start < to)
			return &fp->groups.v[i];
	return NULL;
}

void template_range(struct template *t, uint32_t from, uint32_t to)
{
	const struct fingerprint *fp = t->p->in->fp;

	while (from < to) {
		const struct fingerprint_group *g = group_at(fp, from, to);
		uint32_t lit = first_lit(fp, from), stop = g ? g->start : to;

		if (lit < fp->lits.len && fp->lits.v[lit].start < stop) {
			const struct fingerprint_lit *l = &fp->lits.v[lit];
			struct fingerprint_place place = fingerprint_place(fp, lit);

			put_text(t, planner_text(t->p, from, l->start));
			template_piece(t, (struct piece){.kind = PIECE_SLOT, .slot = place.slot});
			from = l->start + l->len;
			continue;
		}
		put_text(t, planner_text(t->p, from, stop));
		if (!g)
			break;
		template_piece(t, (struct piece){.kind = PIECE_GROUP,
						 .slot = g->slot,
						 .row = t->routed == (int32_t)g->slot});
		from = g->end;
	}
}

void template_verbatim(struct template *t, uint32_t from, uint32_t to)
{
	put_text(t, planner_text(t->p, from, to));
}

void template_copy(struct template *t, uint32_t to)
{
	if (to > t->at)
		template_range(t, t->at, to);
	t->at = to > t->at ? to : t->at;
}

void template_skip(struct template *t, uint32_t to)
{
	t->at = to > t->at ? to : t->at;
}

void template_text(struct template *t, const char *fmt, ...)
{
	va_list ap;
	char *z;

	va_start(ap, fmt);
	z = arena_vprintf(t->p->a, fmt, ap);
	va_end(ap);
	if (!z)
		t->failed = true;
	else
		template_piece(t, (struct piece){.kind = PIECE_TEXT, .text = str_of(z)});
}

int template_finish(struct template *t)
{
	template_copy(t, t->p->in->fp->end);
	if (t->failed)
		return planner_no_memory(t->p);
	t->p->plan->piece = t->v;
	t->p->plan->piece_count = t->n;
	return 0;
}
