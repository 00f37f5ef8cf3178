/* The response scanner: every kind of response, in both EOF forms, cut at every place; what it says
 * must not depend on the cuts, and its ranges must add up to the response. */
#include <stdlib.h>

#include "src/base/rng.h"
#include "src/wire/caps.h"
#include "src/wire/column_def.h"
#include "src/wire/packet.h"
#include "src/wire/prepared.h"
#include "src/wire/reply.h"
#include "src/wire/result_scan.h"
#include "src/wire/text_row.h"
#include "test/lib/tap.h"

struct script {
	struct buf b;
	uint64_t caps;
	uint8_t seq;
};

static void raw(struct script *s, const void *p, size_t n)
{
	packet_append(&s->b, p, n, &s->seq);
}

static void column(struct script *s, const char *name)
{
	struct column_def c = {.name = str_of(name), .meta = {.type = TYPE_LONG}};
	size_t start = packet_begin(&s->b);

	column_def_build(&s->b, &c);
	packet_end(&s->b, start, &s->seq);
}

static void ok(struct script *s, bool eof_header, uint16_t status, uint64_t rows)
{
	struct reply_ok o = {.eof_header = eof_header, .status = status, .affected_rows = rows,
			     .insert_id = 300, .warnings = 2};
	size_t start = packet_begin(&s->b);

	reply_build_ok(&s->b, s->caps, &o);
	packet_end(&s->b, start, &s->seq);
}

static void eof(struct script *s, uint16_t status)
{
	size_t start = packet_begin(&s->b);

	reply_build_eof(&s->b, 2, status);
	packet_end(&s->b, start, &s->seq);
}

static void end_rows(struct script *s, uint16_t status)
{
	if (s->caps & CAP_DEPRECATE_EOF)
		ok(s, true, status, 0);
	else
		eof(s, status);
}

static void header(struct script *s, unsigned columns, uint16_t status)
{
	uint8_t n = (uint8_t)columns;

	raw(s, &n, 1);
	for (unsigned i = 0; i < columns; i++)
		column(s, "c");
	if (!(s->caps & CAP_DEPRECATE_EOF))
		eof(s, status);
}

static void error(struct script *s)
{
	size_t start = packet_begin(&s->b);

	reply_build_err(&s->b, 1064, "42000", STR_LIT("no"));
	packet_end(&s->b, start, &s->seq);
}

/* A row of one column of @n bytes. */
static void row(struct script *s, size_t n)
{
	size_t start = packet_begin(&s->b);
	char *p = malloc(n + 1);

	memset(p, 'r', n + 1);
	text_row_put(&s->b, str_make(p, n));
	packet_end(&s->b, start, &s->seq);
	free(p);
}

/* Scans in chunks; writes what was seen as letters, with neighbouring row ranges as one. */
static const char *scan(const struct script *s, enum scan_kind kind, size_t chunk, struct buf *out)
{
	struct result_scan r;
	struct scan_part part = {0};
	size_t have = 0, at = 0, rows = 0;
	static const char letter[] = "?NcE_eOXIPpQS";
	struct err e;

	buf_reset(out);
	result_scan_begin(&r, kind, s->caps);
	while (!r.done) {
		if (result_scan_next(&r, s->b.p + at, have - at, &part, &e))
			return "broken";
		if (part.what == SCAN_NEED) {
			if (have == s->b.len)
				return "short";
			have = s->b.len - have < chunk ? s->b.len : have + chunk;
			continue;
		}
		if (part.n == 0 || part.n > have - at)
			return "bad length";
		at += part.n;
		if (part.what == SCAN_ROWS) {
			rows += part.count;
			continue;
		}
		if (rows)
			buf_printf(out, "R%zu", rows);
		rows = 0;
		buf_u8(out, (uint8_t)letter[part.what]);
		if (part.what == SCAN_COLUMNS)
			buf_printf(out, "%d", (int)part.count);
		if (part.what == SCAN_ERR && memcmp(part.payload.p + 9, "no", 2) != 0)
			return "bad payload";
	}
	if (at != s->b.len)
		return "bytes left";
	if (!part.last)
		return "not last";
	return buf_cstr(out);
}

static void expect(struct script *s, enum scan_kind kind, const char *want, size_t step)
{
	struct buf out;
	size_t chunk;

	buf_init(&out);
	for (chunk = 1; chunk <= s->b.len + step; chunk += step)
		if (strcmp(scan(s, kind, chunk, &out), want) != 0)
			break;
	CHECK(chunk > s->b.len);
	CHECK_STR(scan(s, kind, s->b.len, &out), want);
	buf_fini(&out);
	buf_fini(&s->b);
	s->seq = 1;
}

static void queries(uint64_t caps)
{
	bool old = !(caps & CAP_DEPRECATE_EOF);
	struct script s = {.caps = caps, .seq = 1};

	ok(&s, false, 2, 5);
	expect(&s, SCAN_QUERY, "O", 1);
	error(&s);
	expect(&s, SCAN_QUERY, "X", 1);
	header(&s, 1, 2);
	for (size_t i = 0; i < 50; i++)
		row(&s, i * 7);
	end_rows(&s, 2);
	expect(&s, SCAN_QUERY, old ? "N1cER50e" : "N1cR50e", 1);
	header(&s, 3, 2); /* no rows */
	end_rows(&s, 2);
	expect(&s, SCAN_QUERY, old ? "N3cccEe" : "N3ccce", 1);
	header(&s, 1, 2);
	row(&s, 300);
	error(&s);
	expect(&s, SCAN_QUERY, old ? "N1cER1X" : "N1cR1X", 1);
	/* Several results. */
	ok(&s, false, STATUS_MORE_RESULTS, 0);
	header(&s, 1, 2);
	row(&s, 1);
	row(&s, 0);
	end_rows(&s, STATUS_MORE_RESULTS);
	ok(&s, false, 0, 0);
	expect(&s, SCAN_QUERY, old ? "ON1cER2eO" : "ON1cR2eO", 1);
	ok(&s, false, STATUS_MORE_RESULTS, 0);
	error(&s);
	expect(&s, SCAN_QUERY, "OX", 1);
	/* LOCAL INFILE: the file name, later an OK. */
	raw(&s, "\xfb/tmp/x", 7);
	s.seq = 4;
	ok(&s, false, 0, 0);
	expect(&s, SCAN_QUERY, "IO", 1);
	/* A cursor: with the old EOF the definitions are all there is. */
	header(&s, 2, STATUS_CURSOR_EXISTS);
	if (!old)
		end_rows(&s, STATUS_CURSOR_EXISTS);
	expect(&s, SCAN_QUERY, old ? "N2ccE" : "N2cce", 1);
	row(&s, 3);
	row(&s, 300);
	end_rows(&s, STATUS_LAST_ROW_SENT);
	expect(&s, SCAN_FETCH, "R2e", 1);
}

static void others(uint64_t caps)
{
	bool old = !(caps & CAP_DEPRECATE_EOF);
	struct script s = {.caps = caps, .seq = 1};

	for (unsigned params = 0; params < 3; params++) {
		for (unsigned columns = 0; columns < 3; columns++) {
			struct prepared_ok p = {9, (uint16_t)columns, (uint16_t)params, 0};
			size_t start = packet_begin(&s.b);
			char want[40];

			prepared_build_ok(&s.b, &p);
			packet_end(&s.b, start, &s.seq);
			for (unsigned i = 0; i < params; i++)
				column(&s, "?");
			if (params && old)
				eof(&s, 0);
			for (unsigned i = 0; i < columns; i++)
				column(&s, "c");
			if (columns && old)
				eof(&s, 0);
			snprintf(want, sizeof(want), "P%.*s%s%.*s%s", (int)params, "ppp",
				 params && old ? "Q" : "", (int)columns, "ccc",
				 columns && old ? "E" : "");
			expect(&s, SCAN_PREPARE, want, 1);
		}
	}
	error(&s);
	expect(&s, SCAN_PREPARE, "X", 1);
	ok(&s, false, STATUS_MORE_RESULTS, 0); /* of no meaning here */
	expect(&s, SCAN_SIMPLE, "O", 1);
	end_rows(&s, 0);
	expect(&s, SCAN_SIMPLE, "O", 1);
	raw(&s, "Uptime: 1", 9);
	expect(&s, SCAN_TEXT, "S", 1);
	column(&s, "a");
	column(&s, "b");
	end_rows(&s, 0);
	expect(&s, SCAN_FIELDS, "cce", 1);
	error(&s);
	expect(&s, SCAN_FIELDS, "X", 1);
}

/* Rows of 16 MB and more: their first byte looks like an EOF. */
static void huge(uint64_t caps)
{
	struct script s = {.caps = caps, .seq = 1};

	header(&s, 1, 0);
	row(&s, 10);
	row(&s, PACKET_FULL - 9 + 0);
	row(&s, 2 * (size_t)PACKET_FULL - 9);
	row(&s, 2 * (size_t)PACKET_FULL - 8);
	row(&s, (size_t)PACKET_FULL + 100);
	row(&s, 3);
	end_rows(&s, 0);
	expect(&s, SCAN_QUERY, caps & CAP_DEPRECATE_EOF ? "N1cR6e" : "N1cER6e", 999983);
}

static void is_broken(uint64_t caps, enum scan_kind kind, const void *p, size_t n)
{
	struct script s = {.caps = caps};
	struct buf out;

	buf_init(&out);
	raw(&s, p, n);
	CHECK_STR(scan(&s, kind, s.b.len, &out), "broken");
	buf_fini(&out);
	buf_fini(&s.b);
}

static void broken(uint64_t caps)
{
	is_broken(caps, SCAN_QUERY, "", 0);
	is_broken(caps, SCAN_QUERY, "\1\1", 2);         /* more than a count */
	is_broken(caps, SCAN_QUERY, "\xfc\0\0", 3);     /* no columns */
	is_broken(caps, SCAN_QUERY, "\xfd\0\0\1", 4);   /* 65536 columns */
	is_broken(caps, SCAN_QUERY, "\xfe\0\0\0\0", 5); /* EOF */
	is_broken(caps, SCAN_QUERY, "\0\1\1\1", 4);     /* a short OK */
	is_broken(caps, SCAN_SIMPLE, "\5", 1);
	is_broken(caps, SCAN_PREPARE, "\0\1", 2);
	is_broken(caps, SCAN_PREPARE, "\1\1\1\1\1\1\1\1\1\1\1\1", 12);
	is_broken(caps, SCAN_FETCH, "", 0);
}

/* Noise must end in an error or a wait, never in a crash or a bad range. */
static void noise(void)
{
	unsigned bad = 0;
	struct buf out;

	buf_init(&out);
	rng_seed(1);
	for (int round = 0; round < 3000; round++) {
		struct script s = {.caps = rng_u64() & CAP_DEPRECATE_EOF};

		for (int i = 0; i < 8; i++) {
			uint8_t p[12];

			for (size_t k = 0; k < sizeof(p); k++)
				p[k] = (uint8_t)(rng_below(3) ? rng_below(3) : rng_u64());
			raw(&s, p, rng_below(sizeof(p)));
		}
		bad += !strcmp(scan(&s, (enum scan_kind)rng_below(6), 1 + rng_below(9), &out), "bad length");
		buf_fini(&s.b);
	}
	CHECK_INT(bad, 0);
	buf_fini(&out);
}

/* Ranges that hold only the middle of a row still tell its sequence number: a relay goes on from it. */
static void middle_of_a_row(void)
{
	struct script s = {.caps = CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF};
	struct result_scan scan;
	struct scan_part part;
	unsigned wrong = 0, ranges = 0;
	struct err e;

	buf_init(&s.b);
	header(&s, 2, 0);
	row(&s, 1000);
	result_scan_begin(&scan, SCAN_QUERY, s.caps);
	for (size_t at = 0; at < s.b.len;) {
		size_t n = s.b.len - at < 100 ? s.b.len - at : 100;

		if (result_scan_next(&scan, s.b.p + at, n, &part, &e) < 0)
			break;
		if (part.what == SCAN_ROWS) {
			wrong += part.seq != (uint8_t)(s.seq - 1);
			ranges++;
		}
		at += part.n;
	}
	CHECK_INT(wrong, 0);
	CHECK(ranges > 5);
	buf_fini(&s.b);
}

int main(void)
{
	middle_of_a_row();
	static const uint64_t caps[] = {0, CAP_DEPRECATE_EOF, CAP_SESSION_TRACK,
					CAP_DEPRECATE_EOF | CAP_SESSION_TRACK};

	for (int i = 0; i < 4; i++) {
		queries(caps[i]);
		others(caps[i]);
		broken(caps[i]);
	}
	huge(caps[0]);
	huge(caps[1]);
	noise();
	return TAP_DONE();
}
