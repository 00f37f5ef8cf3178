/* What users of a fingerprint ask: slots, places, elements. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sql/norm/fingerprint.h"

/* The last group whose first literal is at or before @lit and that has literals, or -1. */
static int32_t group_before(const struct fingerprint *fp, uint32_t lit)
{
	size_t lo = 0, hi = fp->groups.len;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (fp->groups.v[mid].first_lit <= lit)
			lo = mid + 1;
		else
			hi = mid;
	}
	/* Groups without literals share their first_lit with what follows them. */
	return (int32_t)lo - 1;
}

static uint32_t group_lits(const struct fingerprint_group *g)
{
	return g->rows * g->per_row;
}

struct fingerprint_place fingerprint_place(const struct fingerprint *fp, uint32_t lit)
{
	int32_t i = group_before(fp, lit);
	const struct fingerprint_group *g;

	if (i < 0)
		return (struct fingerprint_place){.slot = lit, .group = -1};
	g = &fp->groups.v[i];
	if (lit - g->first_lit < group_lits(g))
		return (struct fingerprint_place){
			.slot = g->slot,
			.group = i,
			.row = (lit - g->first_lit) / g->per_row,
			.sub = (lit - g->first_lit) % g->per_row,
		};
	return (struct fingerprint_place){
		.slot = g->slot + 1 + (lit - g->first_lit - group_lits(g)),
		.group = -1,
	};
}

/* The last group whose slot is at or before @slot, or NULL. */
static const struct fingerprint_group *slot_group(const struct fingerprint *fp, uint32_t slot)
{
	size_t lo = 0, hi = fp->groups.len;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (fp->groups.v[mid].slot <= slot)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &fp->groups.v[lo - 1] : NULL;
}

uint32_t fingerprint_lit_at(const struct fingerprint *fp, uint32_t slot, uint32_t row, uint32_t sub)
{
	const struct fingerprint_group *g = slot_group(fp, slot);

	if (!g)
		return slot;
	if (g->slot == slot)
		return g->first_lit + row * g->per_row + sub;
	return g->first_lit + group_lits(g) + (slot - g->slot - 1);
}

const struct fingerprint_group *fingerprint_group_of(const struct fingerprint *fp, uint32_t slot)
{
	const struct fingerprint_group *g = slot_group(fp, slot);

	return g && g->slot == slot ? g : NULL;
}

struct fingerprint_span fingerprint_element(const struct fingerprint *fp,
					    const struct fingerprint_group *g, uint32_t row)
{
	const struct fingerprint_lit *l;

	if (g->kind != FP_IN_LIST)
		return fp->rows.v[g->first_row + row];
	l = &fp->lits.v[g->first_lit + row];
	return (struct fingerprint_span){l->start, l->start + l->len};
}

uint64_t fingerprint_text_hash(const struct fingerprint *fp, struct str text)
{
	uint32_t at = fp->start;
	uint64_t h = 0;
	size_t lit = 0, group = 0;

	while (lit < fp->lits.len || group < fp->groups.len) {
		uint32_t from, to;

		if (group < fp->groups.len && fp->groups.v[group].first_lit <= lit) {
			const struct fingerprint_group *g = &fp->groups.v[group++];

			from = g->start;
			to = g->end;
			lit = g->first_lit + group_lits(g);
		} else {
			from = fp->lits.v[lit].start;
			to = from + fp->lits.v[lit++].len;
		}
		h = XXH3_64bits_withSeed(text.p + at, from - at, h + 1);
		at = to;
	}
	return XXH3_64bits_withSeed(text.p + at, fp->end - at, h + 1);
}
