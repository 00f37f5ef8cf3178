/* The response scanner: input in pieces must be seen exactly as input at once, and ranges must stay
 * inside it. First byte: kind and capabilities; second: size of the pieces. */
#include <stdint.h>
#include <stdlib.h>

#include "src/base/str.h"
#include "src/wire/caps.h"
#include "src/wire/result_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t parts, hash, rows, row_bytes;
	bool broken, done;
	size_t at;
};

static void scan(const uint8_t *p, size_t n, enum scan_kind kind, uint64_t caps, size_t piece,
		 struct seen *s)
{
	struct result_scan r;
	struct scan_part part;
	size_t have = 0;
	struct err e;

	*s = (struct seen){0};
	result_scan_begin(&r, kind, caps);
	while (!r.done) {
		if (result_scan_next(&r, p + s->at, have - s->at, &part, &e)) {
			s->broken = true;
			return;
		}
		if (part.what == SCAN_NEED) {
			if (part.n != 0)
				abort();
			if (have == n)
				break;
			have = n - have < piece ? n : have + piece;
			continue;
		}
		if (part.n == 0 || part.n > have - s->at)
			abort();
		if (part.what == SCAN_ROWS) {
			s->rows += part.count;
			s->row_bytes += part.n;
		} else {
			if ((const uint8_t *)part.payload.p + part.payload.n != p + s->at + part.n)
				abort();
			s->hash = s->hash * 31 + part.what * 7 + part.count + part.status;
			s->parts++;
		}
		s->at += part.n;
		if (part.last != r.done)
			abort();
	}
	s->done = r.done;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole, cut;
	enum scan_kind kind;
	uint64_t caps;

	if (size < 2)
		return 0;
	kind = (enum scan_kind)((data[0] & 7) % SCAN_NONE);
	caps = (data[0] & 8 ? CAP_DEPRECATE_EOF : 0) | (data[0] & 16 ? CAP_SESSION_TRACK : 0);
	scan(data + 2, size - 2, kind, caps, size, &whole);
	scan(data + 2, size - 2, kind, caps, (size_t)data[1] % 23 + 1, &cut);
	if (whole.parts != cut.parts || whole.hash != cut.hash || whole.rows != cut.rows ||
	    whole.broken != cut.broken || whole.done != cut.done ||
	    whole.row_bytes != cut.row_bytes || whole.at != cut.at)
		abort();
	return 0;
}
