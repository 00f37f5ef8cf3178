/* Fingerprints of any bytes: spans in bounds and in order, slots and literals each other's inverse. */
#include "sql/norm/fingerprint.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/fuzz_sql.h"

static void check_lits(const struct fingerprint *fp, size_t size)
{
	uint32_t at = fp->start;

	for (uint32_t i = 0; i < fp->lits.len; i++) {
		const struct fingerprint_lit *l = &fp->lits.v[i];
		struct fingerprint_place p = fingerprint_place(fp, i);

		FUZZ_CHECK(l->start >= at && l->len > 0 && l->start + l->len <= size);
		at = l->start + l->len;
		FUZZ_CHECK(p.slot < fp->slots);
		FUZZ_CHECK(fingerprint_lit_at(fp, p.slot, p.row, p.sub) == i);
	}
}

static void check_groups(const struct fingerprint *fp, size_t size)
{
	for (size_t i = 0; i < fp->groups.len; i++) {
		const struct fingerprint_group *g = &fp->groups.v[i];
		uint32_t at = g->start;

		FUZZ_CHECK(g->rows > 0 && g->start < g->end && g->end <= size);
		FUZZ_CHECK(g->first_lit + g->rows * g->per_row <= fp->lits.len);
		FUZZ_CHECK(fingerprint_group_of(fp, g->slot) == g);
		for (uint32_t r = 0; r < g->rows; r++) {
			struct fingerprint_span s = fingerprint_element(fp, g, r);

			FUZZ_CHECK(s.start >= at && s.start < s.end && s.end <= g->end);
			at = s.end;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fingerprint fp, again;
	struct lex_opts o;
	uint32_t at = 0;

	if (size == 0)
		return 0;
	o = fuzz_sql_opts(data[0], size);
	data++;
	size--;
	do {
		struct str text = str_make(data, size);
		int rc = fingerprint_scan(&fp, &o, text, at, 1, NULL);

		FUZZ_CHECK(fp.start >= at && fp.end >= fp.start && fp.end <= size);
		check_lits(&fp, size);
		check_groups(&fp, size);
		if (rc)
			break;
		fingerprint_text_hash(&fp, text);
		FUZZ_CHECK(fp.next <= size && fp.next >= fp.end &&
			   (fp.next > at || fp.next == size));
		/* Cut out, it is the same statement. */
		text.n = fp.end;
		FUZZ_CHECK(fingerprint_scan(&again, &o, text, fp.start, 1, NULL) == 0);
		FUZZ_CHECK(again.hash[0] == fp.hash[0] && again.slots == fp.slots);
		at = fp.next;
	} while (at < size);
	return 0;
}
