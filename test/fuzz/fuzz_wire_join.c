/* Joining and renumbering packets in pieces, against doing it at once.
 * First byte: size of the pieces. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/wire/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 3000 };

static void join(const uint8_t *p, size_t n, size_t piece, struct buf *out)
{
	struct packet_join j;
	struct str payload;
	struct err e;
	size_t at = 0, have = 0, used;
	int rc;

	packet_join_init(&j, LIMIT);
	for (;;) {
		rc = packet_join_feed(&j, p + at, have - at, &used, &payload, &e);
		if (used > have - at)
			abort();
		at += used;
		if (rc < 0) {
			buf_printf(out, "<%d>", e.code);
			break;
		}
		if (rc == 0 && have == n)
			break;
		if (rc == 0) {
			have = n - have < piece ? n : have + piece;
			continue;
		}
		if (payload.n > LIMIT)
			abort();
		buf_le32(out, (uint32_t)payload.n);
		buf_str(out, payload);
	}
	packet_join_fini(&j);
}

static void renumber(const uint8_t *p, size_t n, size_t piece)
{
	struct packet_renumber a = {.seq = 3}, b = {.seq = 3};
	uint8_t *x = malloc(n + 1), *y = malloc(n + 1);

	memcpy(x, p, n);
	memcpy(y, p, n);
	packet_renumber(&a, x, n);
	for (size_t at = 0; at < n; at += piece)
		packet_renumber(&b, y + at, n - at < piece ? n - at : piece);
	if (memcmp(x, y, n) != 0 || a.seq != b.seq || a.left != b.left)
		abort();
	free(x);
	free(y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole, cut;
	size_t piece;

	if (size < 1)
		return 0;
	piece = (size_t)data[0] % 31 + 1;
	buf_init(&whole);
	buf_init(&cut);
	join(data + 1, size - 1, size, &whole);
	join(data + 1, size - 1, piece, &cut);
	if (whole.len != cut.len || (whole.len && memcmp(whole.p, cut.p, whole.len) != 0))
		abort();
	renumber(data + 1, size - 1, piece);
	buf_fini(&whole);
	buf_fini(&cut);
	return 0;
}
